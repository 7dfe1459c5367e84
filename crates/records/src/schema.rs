//! The roof of the records: the migration tree, every table's name and every
//! SQL text. A new room is listed here three times, and nowhere else.

use tollgate_store::migrate::Migration;

use crate::{
    accounts, aliases, attempts, events, factors, idempotency, installation, jobs, one_time,
    passwords, pictures, sessions, signing_keys, sites, tallies,
};

/// Forward-only steps, each safe while the previous version still runs.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "foundation",
        sql: include_str!("../migrations/0001_foundation.sql"),
    },
    Migration {
        version: 2,
        name: "pictures",
        sql: include_str!("../migrations/0002_pictures.sql"),
    },
    Migration {
        version: 3,
        name: "sites",
        sql: include_str!("../migrations/0003_sites.sql"),
    },
    Migration {
        version: 4,
        name: "tallies",
        sql: include_str!("../migrations/0004_tallies.sql"),
    },
    Migration {
        version: 5,
        name: "folded names",
        sql: include_str!("../migrations/0005_folded_names.sql"),
    },
    Migration {
        version: 6,
        name: "former passwords",
        sql: include_str!("../migrations/0006_former_passwords.sql"),
    },
    Migration {
        version: 7,
        name: "factors",
        sql: include_str!("../migrations/0007_factors.sql"),
    },
];

/// What a backup holds, parents before children. Leases are left out: they
/// belong to running servers.
pub const TABLES: &[&str] = &[
    "installation",
    "accounts",
    "identifiers",
    "external_ids",
    "passwords",
    "former_passwords",
    "factors",
    "recovery_codes",
    "pictures",
    "alias_counters",
    "aliases",
    "sessions",
    "refresh_tokens",
    "one_time_secrets",
    "signing_keys",
    "sites",
    "events",
    "tallies",
    "jobs",
    "attempts",
    "idempotency",
];

/// Every SQL text of this floor by room, for the test that prepares them all.
pub const QUERIES: &[&[(&str, &str)]] = &[
    accounts::QUERIES,
    aliases::QUERIES,
    attempts::QUERIES,
    events::QUERIES,
    factors::QUERIES,
    idempotency::QUERIES,
    installation::QUERIES,
    jobs::QUERIES,
    one_time::QUERIES,
    passwords::QUERIES,
    pictures::QUERIES,
    sessions::QUERIES,
    signing_keys::QUERIES,
    sites::QUERIES,
    tallies::QUERIES,
];
