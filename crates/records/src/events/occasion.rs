//! How an event is made of what a change says about it. Pure: a change that is
//! run again makes the same events.

use std::net::IpAddr;

use tollgate_base::{
    entropy::Seed,
    id::{EventId, SessionId, UserId},
    time::Time,
};
use tollgate_crypto::mac::digest;

use super::{Event, EventKind, Members, personal_digest};

/// Who acts where nobody is signed in.
const NOBODY: &str = "anonymous";

/// What the events of one change have in common.
pub struct Occasion {
    /// When it happens.
    pub now: Time,
    /// Who does it.
    pub actor: String,
    /// From where it was asked for.
    pub from: Option<IpAddr>,
    /// What ids and salts follow from.
    pub seed: Seed,
}

/// What there is to say of one of them beside its kind.
#[derive(Default)]
pub struct About {
    /// Who did it, if it was somebody else than the rest.
    pub actor: Option<UserId>,
    /// To which account.
    pub subject: Option<UserId>,
    /// Which session.
    pub session: Option<SessionId>,
    /// Without personal data.
    pub data: Members,
    /// Personal data, which may be erased later.
    pub personal: Members,
    /// From which address it was done, where another one than that of the occasion
    /// is known. Personal.
    pub address: Option<String>,
}

impl Occasion {
    /// The event that has this place among them.
    pub fn event(&self, place: usize, kind: EventKind, about: About) -> Event {
        let actor = about
            .actor
            .map_or_else(|| self.actor.clone(), |actor| actor.to_string());
        let subject = about.subject.map(|subject| subject.to_string());
        // Of others it would be told to who is none of their business, and would
        // outlive their account.
        let own = subject.is_some() && (subject.as_ref() == Some(&actor) || actor == NOBODY);
        let from = self.from.filter(|_| own);
        let address = about.address.or_else(|| Some(from?.to_string()));
        let mut personal = about.personal;
        if let Some(address) = &address {
            personal.say("address", address);
        }
        let personal = personal.into_json();
        let place = (place as u64).to_be_bytes();
        let [mut chance, mut salt] = [[0; 16]; 2];
        let drawn = digest(&[&self.seed, &place]);
        chance.copy_from_slice(&drawn[..16]);
        salt.copy_from_slice(&drawn[16..]);
        Event {
            id: EventId::with_chance(self.now, chance),
            seq: None,
            at: self.now,
            kind: kind.as_str().to_owned(),
            actor,
            subject,
            session: about.session.map(|session| session.to_string()),
            data: about.data.into_json().unwrap_or_else(|| "{}".to_owned()),
            salt: personal.is_some().then(|| salt.to_vec()),
            personal_digest: personal_digest(&salt, personal.as_deref().unwrap_or_default()),
            personal,
            address,
            hash: None,
        }
    }
}
