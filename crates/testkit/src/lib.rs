//! Dev only: what tests of several crates share. Services are processes: the
//! real binary, its databases, clients in other languages.

pub mod countries;
pub mod house;
pub mod node;
pub mod services;

pub use tollgate_authenticator as authenticator;
