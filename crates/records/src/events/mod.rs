//! Facts: every change writes its event in its own transaction. The same row
//! is audit trail, invalidation feed, outbox cursor and witness in tests.
//! Owns table `events`.
//!
//! An event is written without a number; one node at a time seals: it numbers
//! events in batches and chains their hashes. The chain covers the digest of
//! personal data, not the data, so that they may be erased.

mod chain;
mod class;
mod kind;
mod members;
mod occasion;
mod search;
mod table;

use tollgate_base::{id::EventId, time::Time};

pub use chain::{Chain, GENESIS, Leaf, personal_digest};
pub use class::Class;
pub use kind::{EventKind, Level};
pub use members::Members;
pub use occasion::{About, Occasion};
pub use search::{By, Place, QUERIES as SEARCHES, before};
pub use table::{
    Change, QUERIES, append, clean_personal, count, expire, feed, find, head, last_number, latest,
    page, seal, sealed_after, since, unsealed, waiting,
};

/// A fact as it is stored.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// Its place in the chain; none until it is sealed.
    pub seq: Option<i64>,
    /// When it happened.
    pub at: Time,
    /// What happened.
    pub kind: String,
    /// Who did it: an id, `anonymous`, `operator` or `chore:name`.
    pub actor: String,
    /// To which account, if to one.
    pub subject: Option<String>,
    /// Which session, if one.
    pub session: Option<String>,
    /// What else is known: a JSON object without personal data.
    pub data: String,
    /// Personal data: a JSON object. May be erased.
    pub personal: Option<String>,
    /// The address in the personal data, to be found by; erased with them.
    pub address: Option<String>,
    /// Salts the digest; erased with the personal data.
    pub salt: Option<Vec<u8>>,
    /// Digest of salt and personal data. Stays.
    pub personal_digest: [u8; 32],
    /// Hash over this event and the one before; none until it is sealed.
    pub hash: Option<[u8; 32]>,
}

impl Event {
    /// One of the texts in `data`.
    pub fn detail(&self, name: &str) -> Option<String> {
        text_in(&self.data, name)
    }

    /// All that is known of it by name, what is personal last.
    pub fn members(&self) -> Vec<(String, String)> {
        let parts = [Some(self.data.as_str()), self.personal.as_deref()];
        let parts = parts.into_iter().flatten();
        let members = parts.flat_map(|part| {
            serde_json::from_str::<serde_json::Map<_, _>>(part).unwrap_or_default()
        });
        let said = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        members.map(|(name, value)| (name, said(value))).collect()
    }

    /// One of the texts in `personal`, while it is there.
    pub fn personal_detail(&self, name: &str) -> Option<String> {
        text_in(self.personal.as_deref()?, name)
    }
}

fn text_in(json: &str, name: &str) -> Option<String> {
    let data: serde_json::Value = serde_json::from_str(json).ok()?;
    Some(data.get(name)?.as_str()?.to_owned())
}
