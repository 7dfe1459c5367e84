//! Dev only: private PostgreSQL and Redis servers for tests. Each lives in a
//! folder that its caller gives and removes, listens on a free port of
//! 127.0.0.1 and ends with its handle. Servers that run already stay untouched.
//!
//! Waits block the thread; `testkit` wraps them for async tests.

mod postgres;
mod process;
mod redis;

pub use postgres::{Postgres, Shutdown, postgres_program};
pub use process::{Signal, find_daemon, find_program, free_port, is_root, send_signal};
pub use redis::Redis;
