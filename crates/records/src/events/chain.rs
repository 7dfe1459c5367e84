//! The hash chain over sealed events. Pure.

use tollgate_crypto::mac::digest;

use super::Event;

/// What the first event is chained to.
pub const GENESIS: [u8; 32] = [0; 32];

/// The part of an event that the chain covers.
#[derive(Clone, Copy, Debug)]
pub struct Leaf<'e>(pub &'e Event);

/// The head of a chain while it is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Number of the last event; 0 before the first.
    pub seq: i64,
    /// Its hash.
    pub hash: [u8; 32],
}

impl Leaf<'_> {
    /// Hash of this event as number `seq` after `previous`. Every part is
    /// length-prefixed, so that no two events share a text.
    pub fn hash(&self, seq: i64, previous: &[u8; 32]) -> [u8; 32] {
        let event = self.0;
        digest(&[
            b"tollgate event 1",
            previous,
            &seq.to_be_bytes(),
            event.id.to_string().as_bytes(),
            &event.at.micros().to_be_bytes(),
            event.kind.as_bytes(),
            event.actor.as_bytes(),
            event.subject.as_deref().unwrap_or_default().as_bytes(),
            event.session.as_deref().unwrap_or_default().as_bytes(),
            event.data.as_bytes(),
            &event.personal_digest,
        ])
    }
}

impl Chain {
    /// Before the first event.
    pub const fn start() -> Self {
        Self {
            seq: 0,
            hash: GENESIS,
        }
    }

    /// Go on to an event that is to be sealed.
    #[must_use]
    pub fn extend(self, event: &Event) -> Self {
        let seq = self.seq + 1;
        Self {
            seq,
            hash: Leaf(event).hash(seq, &self.hash),
        }
    }

    /// Go on to a sealed event, if it is the one that must come next and its
    /// personal data, where they are still there, are what they were.
    pub fn check(self, event: &Event) -> Option<Self> {
        let next = self.extend(event);
        let personal_fits = match (&event.personal, &event.salt) {
            (Some(personal), Some(salt)) => {
                personal_digest(salt, personal) == event.personal_digest
            }
            (None, None) => true,
            _ => false,
        };
        let address_fits =
            event.address.is_none() || event.address == event.personal_detail("address");
        let sealed_so = event.seq == Some(next.seq) && event.hash == Some(next.hash);
        (sealed_so && personal_fits && address_fits).then_some(next)
    }
}

/// Digest of personal data that outlives them.
pub fn personal_digest(salt: &[u8], personal: &str) -> [u8; 32] {
    digest(&[b"tollgate personal 1", salt, personal.as_bytes()])
}
