//! Floor 1, words: what every other room speaks. Ids, time, chance, errors and
//! their codes, paging, identifiers of people, and the one decision function.
//!
//! Nothing here waits, reads a clock of its own accord or knows SQL or HTTP.

pub mod access;
pub mod codes;
pub mod country;
pub mod entropy;
pub mod error;
pub mod fail;
pub mod hex;
pub mod html;
pub mod id;
pub mod identifier;
pub mod network;
pub mod page;
pub mod phone;
pub mod spans;
pub mod time;

pub use error::{Error, Kind, Result};
pub use secrecy::{ExposeSecret, SecretBox, SecretSlice, SecretString};
