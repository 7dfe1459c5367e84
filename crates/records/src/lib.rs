//! Floor 3, nouns: each room has a type, its pure rules and its SQL, and is the
//! only writer of its tables. No room here knows another; what joins them
//! stands one floor up.

pub mod accounts;
pub mod alerts;
pub mod aliases;
pub mod attempts;
pub mod checkpoints;
pub mod compliance;
pub mod cursors;
pub mod devices;
pub mod events;
pub mod factors;
pub mod idempotency;
pub mod installation;
pub mod jobs;
pub mod nodes;
pub mod one_time;
pub mod passwords;
pub mod phones;
pub mod pictures;
pub mod recoveries;
pub mod schema;
pub mod sessions;
pub mod signing_keys;
pub mod sites;
pub mod tallies;
pub mod webhooks;
