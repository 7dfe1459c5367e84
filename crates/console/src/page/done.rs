//! What was done by the form that led here, as the address says it: a page
//! that is loaded again does nothing twice.

use serde::Deserialize;

use super::Frame;

/// What there is to say: messages. The address has them without `done-`.
const KNOWN: [&str; 46] = [
    "done-saved",
    "done-picture-saved",
    "done-picture-removed",
    "done-name-added",
    "done-name-removed",
    "done-verification-sent",
    "done-password-changed",
    "done-password-alone-changed",
    "done-factor-added",
    "done-factor-removed",
    "done-passkey-added",
    "done-passkey-renamed",
    "done-passkey-removed",
    "done-codes-on",
    "done-codes-off",
    "done-phone-code-sent",
    "done-phone-added",
    "done-phone-removed",
    "done-links-voided",
    "done-reviewed",
    "done-checked",
    "done-finding-accepted",
    "done-finding-withdrawn",
    "done-mail-retried",
    "done-mail-deleted",
    "done-recovery-started",
    "done-recovery-stopped",
    "done-session-ended",
    "done-others-ended",
    "done-device-forgotten",
    "done-devices-forgotten",
    "done-created",
    "done-suspended",
    "done-resumed",
    "done-unlocked",
    "done-role-changed",
    "done-sessions-ended",
    "done-deleted",
    "done-site-added",
    "done-site-removed",
    "done-alert-acknowledged",
    "done-alert-closed",
    "done-alerts-tested",
    "done-webhook-removed",
    "done-webhook-tested",
    "done-webhook-replayed",
];

/// The part of the address.
#[derive(Default, Deserialize)]
pub(crate) struct Done {
    #[serde(default)]
    done: String,
}

impl Done {
    /// A path of ours that says so.
    pub(crate) fn at(path: &str, what: &'static str) -> String {
        format!("{path}?done={what}")
    }

    /// On the page that answers the form itself.
    pub(crate) fn now(what: &str) -> Self {
        Self {
            done: what.to_owned(),
        }
    }

    /// In words, if it is something that we say.
    pub(crate) fn said(&self, frame: &Frame) -> Option<String> {
        let says = |key: &&&str| key.strip_prefix("done-") == Some(self.done.as_str());
        KNOWN.iter().find(says).map(|key| frame.t(key).to_string())
    }
}
