//! What the queues hold: the payloads that a verb writes and a chore reads.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tollgate_base::{Error, Result, codes};

/// The payload of a queue: a JSON column. Whatever it is about, it has `email`.
pub(crate) trait Payload: Serialize + DeserializeOwned {
    /// Their queue.
    const QUEUE: &'static str;

    /// As it is stored.
    fn to_payload(&self) -> Result<String> {
        serde_json::to_string(self).map_err(broken)
    }

    /// As it was stored.
    fn from_payload(payload: &str) -> Result<Self> {
        serde_json::from_str(payload).map_err(broken)
    }
}

/// A reset link was asked for. JSON column.
#[derive(Serialize, Deserialize)]
pub(crate) struct ResetJob {
    /// The address that somebody typed; whether it is anybody's is found out
    /// when the mail is made, so that asking costs the same for all.
    pub(crate) email: String,
}

/// A link was asked for that proves an address to be one's own. JSON column.
#[derive(Serialize, Deserialize)]
pub(crate) struct VerifyJob {
    /// Whose it is said to be.
    pub(crate) account: String,
    /// The address.
    pub(crate) email: String,
}

impl Payload for ResetJob {
    const QUEUE: &'static str = "password_reset";
}

impl Payload for VerifyJob {
    const QUEUE: &'static str = "address_verification";
}

/// Every queue of mail.
pub(crate) const MAIL: [&str; 2] = [ResetJob::QUEUE, VerifyJob::QUEUE];

/// For whom a payload of any queue of mail is.
pub(crate) fn receiver(payload: &str) -> Option<String> {
    ResetJob::from_payload(payload).ok().map(|job| job.email)
}

fn broken(fault: serde_json::Error) -> Error {
    Error::new(&codes::INTERNAL).because(fault)
}
