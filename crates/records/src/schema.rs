//! The roof of the records: the migration tree, every table's name and every
//! SQL text. A new room is listed here three times, and nowhere else.

use tollgate_store::migrate::Migration;

use crate::{
    accounts, alerts, aliases, attempts, checkpoints, compliance, cursors, devices, events,
    factors, idempotency, installation, jobs, nodes, one_time, passwords, phones, pictures,
    recoveries, sessions, signing_keys, sites, tallies, webhooks,
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
    Migration {
        version: 8,
        name: "passkeys",
        sql: include_str!("../migrations/0008_passkeys.sql"),
    },
    Migration {
        version: 9,
        name: "founders",
        sql: include_str!("../migrations/0009_founders.sql"),
    },
    Migration {
        version: 10,
        name: "devices",
        sql: include_str!("../migrations/0010_devices.sql"),
    },
    Migration {
        version: 11,
        name: "phones",
        sql: include_str!("../migrations/0011_phones.sql"),
    },
    Migration {
        version: 12,
        name: "recoveries",
        sql: include_str!("../migrations/0012_recoveries.sql"),
    },
    Migration {
        version: 13,
        name: "newcomers",
        sql: include_str!("../migrations/0013_newcomers.sql"),
    },
    Migration {
        version: 14,
        name: "waiting addresses",
        sql: include_str!("../migrations/0014_waiting_addresses.sql"),
    },
    Migration {
        version: 15,
        name: "lanes",
        sql: include_str!("../migrations/0015_lanes.sql"),
    },
    Migration {
        version: 16,
        name: "nodes",
        sql: include_str!("../migrations/0016_nodes.sql"),
    },
    Migration {
        version: 17,
        name: "audit search",
        sql: include_str!("../migrations/0017_audit_search.sql"),
    },
    Migration {
        version: 18,
        name: "checkpoints",
        sql: include_str!("../migrations/0018_checkpoints.sql"),
    },
    Migration {
        version: 19,
        name: "webhooks",
        sql: include_str!("../migrations/0019_webhooks.sql"),
    },
    Migration {
        version: 20,
        name: "alerts",
        sql: include_str!("../migrations/0020_alerts.sql"),
    },
    Migration {
        version: 21,
        name: "compliance",
        sql: include_str!("../migrations/0021_compliance.sql"),
    },
];

/// What a backup holds, parents before children. Leases and nodes are left
/// out: they belong to running servers.
pub const TABLES: &[&str] = &[
    "installation",
    "accounts",
    "identifiers",
    "waiting_addresses",
    "external_ids",
    "passwords",
    "former_passwords",
    "factors",
    "recovery_codes",
    "code_ways",
    "passkeys",
    "passkey_ceremonies",
    "phones",
    "pictures",
    "devices",
    "networks",
    "alias_counters",
    "aliases",
    "sessions",
    "refresh_tokens",
    "one_time_secrets",
    "recoveries",
    "signing_keys",
    "sites",
    "compliance_counts",
    "compliance_exceptions",
    "events",
    "checkpoint_keys",
    "checkpoints",
    "cursors",
    "tallies",
    "jobs",
    "attempts",
    "idempotency",
    "webhooks",
    "webhook_deliveries",
    "alerts",
    "alert_notices",
    "alert_channels",
    "alert_marks",
];

/// Every SQL text of this floor by room, for the test that prepares them all.
pub const QUERIES: &[&[(&str, &str)]] = &[
    accounts::QUERIES,
    accounts::waiting::QUERIES,
    alerts::QUERIES,
    alerts::notices::QUERIES,
    aliases::QUERIES,
    attempts::QUERIES,
    attempts::marks::QUERIES,
    attempts::pace::QUERIES,
    checkpoints::QUERIES,
    cursors::QUERIES,
    compliance::QUERIES,
    devices::QUERIES,
    events::QUERIES,
    events::SEARCHES,
    factors::QUERIES,
    factors::passkeys::QUERIES,
    factors::ways::QUERIES,
    idempotency::QUERIES,
    installation::QUERIES,
    jobs::QUERIES,
    nodes::QUERIES,
    one_time::QUERIES,
    passwords::QUERIES,
    phones::QUERIES,
    pictures::QUERIES,
    recoveries::QUERIES,
    sessions::QUERIES,
    signing_keys::QUERIES,
    sites::QUERIES,
    tallies::QUERIES,
    webhooks::QUERIES,
    webhooks::deliveries::QUERIES,
];
