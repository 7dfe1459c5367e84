//! A mail or text that was not delivered, as lists show it.

use tollgate_base::time::Time;
use tollgate_flows::outbox::Undelivered;

use super::{Frame, When};

/// The sorts that have a name; others are shown as they are called.
const KNOWN: [(&str, &str); 8] = [
    ("mailed_code", "mail-kind-code"),
    ("text_code", "mail-kind-text"),
    ("password_reset", "mail-kind-reset"),
    ("address_verification", "mail-kind-verification"),
    ("sign_in", "mail-kind-signin"),
    ("unlock", "mail-kind-unlock"),
    ("account_recovery", "mail-kind-recovery"),
    ("notice", "mail-kind-notice"),
];

/// A row.
pub(crate) struct UndeliveredRow {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) to: String,
    pub(crate) asked: When,
    pub(crate) tries: i64,
    pub(crate) fault: Option<String>,
    pub(crate) given_up: bool,
    pub(crate) may_retry: bool,
    pub(crate) may_drop: bool,
}

impl UndeliveredRow {
    pub(crate) fn new(frame: &Frame, one: Undelivered, now: Time) -> Self {
        let known = KNOWN.iter().find(|(kind, _)| *kind == one.kind);
        Self {
            id: one.id.to_string(),
            kind: known.map_or_else(|| one.kind.clone(), |(_, key)| frame.t(key).to_string()),
            to: one.to.unwrap_or_default(),
            asked: frame.when(one.created_at, now),
            tries: one.tries,
            fault: one.fault,
            given_up: one.given_up_at.is_some(),
            may_retry: one.may_retry,
            may_drop: one.may_drop,
        }
    }
}
