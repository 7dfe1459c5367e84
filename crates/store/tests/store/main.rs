//! Stories about the storage seam, told on SQLite always and on PostgreSQL and
//! Redis where `TEST_DATABASE_URL` and `TEST_REDIS_URL` name a server.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it too")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests spawn by themselves, and their servers are named by the environment"
)]

mod archive;
mod house;
mod liars;
mod migrate;
mod postgres;
mod reads;
mod redis;
mod sqlite;
mod values;
mod writes;
