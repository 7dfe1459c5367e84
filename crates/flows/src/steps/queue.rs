//! What the queues hold: the payloads that a verb writes and a chore reads.

use serde::{Deserialize, Serialize};
use tollgate_base::{Error, Result, codes};

/// A reset link was asked for. JSON column.
#[derive(Serialize, Deserialize)]
pub(crate) struct ResetJob {
    /// The address that somebody typed; whether it is anybody's is found out
    /// when the mail is made, so that asking costs the same for all.
    pub(crate) email: String,
}

impl ResetJob {
    /// Their queue.
    pub(crate) const QUEUE: &'static str = "password_reset";

    /// As it is stored.
    pub(crate) fn to_payload(&self) -> Result<String> {
        serde_json::to_string(self).map_err(broken)
    }

    /// As it was stored.
    pub(crate) fn from_payload(payload: &str) -> Result<Self> {
        serde_json::from_str(payload).map_err(broken)
    }
}

fn broken(fault: serde_json::Error) -> Error {
    Error::new(&codes::INTERNAL).because(fault)
}
