//! Every number that is told at `/metrics`: its name, its kind and what it counts.
//! Where each is counted is decided where it happens; the page of the manual is
//! written from here.

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge};
use tollgate_flows::alerts::Channel;
use tollgate_records::events::EventKind;

/// What a number does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only grows, until the next start.
    Counter,
    /// It goes up and down.
    Gauge,
    /// It is counted in classes of size.
    Histogram,
}

/// A number, or several that their labels tell apart.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    /// Its name, as Prometheus knows it.
    pub name: &'static str,
    /// What it does.
    pub kind: Kind,
    /// What it counts, by which labels: without a full stop.
    pub about: &'static str,
}

/// All of them.
pub const NUMBERS: &[Number] = &[
    histogram(
        "tollgate_http_request_duration_seconds",
        "answers, by method, route and status",
    ),
    counted(
        "tollgate_signins_total",
        "sign-ins, by method and result: `ok` or a code",
    ),
    counted(
        "tollgate_signin_evaluated_total",
        "passwords that were looked at, by lane: `strangers`, `network` or `device`",
    ),
    counted(
        "tollgate_signin_refused_total",
        "sign-ins that were refused before, by reason: a lane that is shut, `network_shut` or `proof`",
    ),
    counted(
        "tollgate_signups_total",
        "accounts that people made for themselves, by client",
    ),
    counted(
        "tollgate_refreshes_total",
        "exchanged refresh tokens, by result",
    ),
    counted(
        EVENTS,
        "events, by kind, also those of commands; each is counted by the node that numbers it for the audit trail, so that the sum over all nodes is right",
    ),
    counted(
        "tollgate_principal_cache_total",
        "looks into memory for a credential: `hit` or `miss`",
    ),
    measured("tollgate_principal_cache_entries", "credentials in memory"),
    counted(
        "tollgate_authz_decisions_total",
        "what proxies were told, by proxy and result: `allowed`, `sign_in`, `refused` or `failed`",
    ),
    counted(
        THROTTLED,
        "requests refused for their number, by `address` or `account`, and by cost",
    ),
    counted(
        "tollgate_connections_cut_total",
        "connections that were closed because one `address` had too many, all places were taken (`full`), or a body came too slowly (`slow`)",
    ),
    measured(
        "tollgate_tls_certificate_expires_seconds",
        "when our own certificate expires, in seconds since 1970",
    ),
    measured(
        "tollgate_audit_export_lag",
        "events that an export of the audit trail (`sink`) has not taken yet",
    ),
    measured(
        "tollgate_alerts_open",
        "open alerts, by severity; of several nodes some may be minutes behind",
    ),
    counted(
        ALERTS_TOLD,
        "messages about alerts, without tests, by channel and result: `ok` or `failed` (tried again)",
    ),
    counted(
        DELIVERIES,
        "tries to deliver an event to a webhook, by result: `ok` or `failed`",
    ),
    counted("tollgate_audit_exported_total", "events that it took"),
    measured(
        "tollgate_hash_queue_depth",
        "passwords that wait to be checked",
    ),
    measured(
        "tollgate_store_queue_depth",
        "writes that wait for the database",
    ),
    histogram(
        "tollgate_store_batch_size",
        "writes that share one commit, on SQLite",
    ),
    histogram("tollgate_store_commit_seconds", "how long a commit takes"),
    counted(
        "tollgate_store_retries_total",
        "transactions that were tried again, on PostgreSQL",
    ),
    measured(
        POISONED,
        "1 after a write to the disk failed: mend the disk and restart",
    ),
    counted(
        MAILS,
        "tries to hand over a mail, by result: `ok`, `failed` (tried again) or `refused`",
    ),
    counted(TEXTS, "the same for texts"),
    counted(
        "tollgate_breach_checks_failed_total",
        "new passwords that could not be looked up, by whose answer was missing: `list` or `service`",
    ),
    counted(
        "tollgate_rows_cleaned_total",
        "expired rows that were deleted",
    ),
    counted(
        "tollgate_trace_spans_total",
        "spans of traces, by result: `sent`, `lost` (the collector did not take them) or `dropped` (too many waited for it)",
    ),
    counted(PANICS, "faults of ours; should be 0"),
];

const EVENTS: &str = "tollgate_events_total";
const ALERTS_TOLD: &str = "tollgate_alerts_told_total";
const DELIVERIES: &str = "tollgate_webhook_deliveries_total";
const MAILS: &str = "tollgate_mail_sent_total";
const TEXTS: &str = "tollgate_sms_sent_total";
const THROTTLED: &str = "tollgate_requests_throttled_total";
const POISONED: &str = "tollgate_store_poisoned";
const PANICS: &str = "tollgate_panics_total";

/// Say what each is, and begin at 0 what alerts wait for: a number that is first
/// seen when it is 1 has not grown.
pub(super) fn describe() {
    for number in NUMBERS {
        match number.kind {
            Kind::Counter => describe_counter!(number.name, number.about),
            Kind::Gauge => describe_gauge!(number.name, number.about),
            Kind::Histogram => describe_histogram!(number.name, number.about),
        }
    }
    for kind in EventKind::ALL {
        counter!(EVENTS, "kind" => kind.as_str()).absolute(0);
    }
    for number in [MAILS, TEXTS] {
        for result in ["ok", "failed", "refused"] {
            counter!(number, "result" => result).absolute(0);
        }
    }
    for result in ["ok", "failed"] {
        counter!(DELIVERIES, "result" => result).absolute(0);
        for channel in Channel::ALL {
            let channel = channel.name();
            counter!(ALERTS_TOLD, "channel" => channel, "result" => result).absolute(0);
        }
    }
    for by in ["address", "account"] {
        for cost in ["reading", "changing", "expensive"] {
            counter!(THROTTLED, "by" => by, "cost" => cost).absolute(0);
        }
    }
    counter!(PANICS).absolute(0);
    gauge!(POISONED).set(0.0);
}

const fn counted(name: &'static str, about: &'static str) -> Number {
    Number {
        name,
        kind: Kind::Counter,
        about,
    }
}

const fn measured(name: &'static str, about: &'static str) -> Number {
    Number {
        name,
        kind: Kind::Gauge,
        about,
    }
}

const fn histogram(name: &'static str, about: &'static str) -> Number {
    Number {
        name,
        kind: Kind::Histogram,
        about,
    }
}
