//! Bare programs: what the same work costs where nothing else is done.

pub(crate) mod argon;
pub(crate) mod hello;
pub(crate) mod rotation;
pub(crate) mod rotation_postgres;
pub(crate) mod rows;
pub(crate) mod signature;
