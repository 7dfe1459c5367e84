//! The pages on the way in and out, as a browser without script meets them.

mod by_mail;
mod entrance;
mod frame;
mod markup;
pub(crate) mod reader;
mod refused;
