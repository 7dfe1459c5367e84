//! Floor 7, the roof: configuration, wiring and the command line. Logic does
//! not live here: an `if` about the domain belongs to a verb.

pub mod cli;
pub mod config;
#[cfg(debug_assertions)]
mod fail_points;
pub mod listener;
pub mod pid_file;
pub mod reload;
pub mod secrets_file;
pub mod serve;
pub mod surfaces;
pub mod telemetry;
pub mod tls;
pub mod wire;
