//! Stories about the storage seam, told on SQLite always and on PostgreSQL and
//! Redis where `TEST_DATABASE_URL` and `TEST_REDIS_URL` name a server.

mod archive;
mod house;
mod migrate;
mod postgres;
mod reads;
mod redis;
mod sqlite;
mod values;
mod writes;
