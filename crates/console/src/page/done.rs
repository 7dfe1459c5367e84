//! What was done by the form that led here, as the address says it: a page
//! that is loaded again does nothing twice.

use serde::Deserialize;

use super::Frame;
use crate::words::Message;

/// What there is to say; each is a message `done-…`.
const KNOWN: [&str; 14] = [
    "saved",
    "picture-saved",
    "picture-removed",
    "name-added",
    "name-removed",
    "password-changed",
    "session-ended",
    "others-ended",
    "created",
    "suspended",
    "resumed",
    "role-changed",
    "sessions-ended",
    "deleted",
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

    /// In words, if it is something that we say.
    pub(crate) fn said(&self, frame: &Frame) -> Option<String> {
        let known = KNOWN.contains(&self.done.as_str());
        known.then(|| {
            let key = format!("done-{}", self.done);
            Message::to_string(&frame.t(&key))
        })
    }
}
