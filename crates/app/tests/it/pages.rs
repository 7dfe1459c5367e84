//! The pages on the way in and out, as a browser without script meets them.

mod entrance;
mod frame;
mod reader;
mod refused;
