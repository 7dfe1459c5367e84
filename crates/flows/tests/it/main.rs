//! Stories about the verbs, told on SQLite always and on PostgreSQL where
//! `TEST_DATABASE_URL` names a server.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it too")]

mod accounts;
mod audit;
mod doors;
mod factors;
mod feed;
mod first_admin;
mod foreign;
mod freshness;
mod gate;
mod keys;
mod one_time;
mod outbox;
mod overview;
mod people;
mod privacy;
mod profiles;
mod purse;
mod refresh;
mod reset_mail;
mod revocation;
mod sessions;
mod shared_secret;
mod signin;
mod support;
mod tokens;
mod verify;
