//! Floor 2, a hand: bytes that outlive a request. SQL on two engines, and what
//! we can afford to lose in Redis.
//!
//! Knows no noun: every text and every table name comes from above, save the
//! two tables that this room keeps for itself (`schema_migrations`, `leases`).

pub mod archive;
pub mod bus;
pub mod counters;
pub mod lease;
pub mod migrate;
mod redis_link;
pub mod sql;
