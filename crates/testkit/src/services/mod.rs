//! For tests between processes: the real binary as a server, databases and
//! peers of one's own, real proxies with an app behind them, clients in other
//! languages. Tests inside one process
//! want a house instead.
//!
//! Everything here panics with what it saw when something goes wrong, because
//! that is how a test ends.

mod command;
mod echo;
mod environment;
mod line;
mod log_server;
#[cfg(target_os = "linux")]
mod namespace;
mod postgres;
mod private;
mod proxy;
mod raw;
mod redis;
mod scripts;
mod server;
mod smtp;
mod tls;
mod web;
#[cfg(target_os = "linux")]
mod world;

pub use command::Finished;
pub use echo::{EchoApp, Seen};
pub use environment::{campaign, database_url, redis_url, screenshots};
pub use line::{Carriage, Line};
pub use log_server::LogServer;
#[cfg(target_os = "linux")]
pub use namespace::Namespace;
pub use postgres::{PostgresDatabase, PostgresServer};
pub use proxy::{Proxy, ProxyKind};
pub use raw::{RawAnswer, raw};
pub use redis::RedisServer;
pub use scripts::Interpreter;
pub use server::{Program, Server};
pub use smtp::{Greeting, Letter, Mood, SMTP_PASSWORD, SMTP_USER, SmtpServer};
pub use tollgate_throwaway::{Shutdown, Signal, free_port};
pub use web::{Reply, WebServer};
#[cfg(target_os = "linux")]
pub use world::{Disk, World};
