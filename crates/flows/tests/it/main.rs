//! Stories about the verbs, told on SQLite always and on PostgreSQL where
//! `TEST_DATABASE_URL` names a server.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test may fail it too"
)]

mod audit;
mod feed;
mod first_admin;
mod freshness;
mod one_time;
mod people;
mod revocation;
mod sessions;
mod signin;
mod support;
mod tokens;
