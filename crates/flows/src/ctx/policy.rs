//! What the operator allows, as the verbs see it: plain values that can be
//! replaced as a whole while the server runs.

use std::time::Duration;

use tollgate_crypto::jwt::Algorithm;
use tollgate_records::{
    attempts::Allowance,
    sites::{Address, Site},
};
use tollgate_store::counters::Rate;

/// What the operator allows.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Where people reach us, without a slash at the end.
    pub public_url: String,
    /// Whether strangers may make accounts.
    pub registration: Registration,
    /// How often sign-in to one account may fail.
    pub attempts: Allowance,
    /// How often one address may try.
    pub address_rate: Rate,
    /// What a new password has to be.
    pub password: PasswordPolicy,
    /// How long sessions live.
    pub session: SessionPolicy,
    /// Our own access tokens.
    pub tokens: TokenPolicy,
    /// The chatbot dialect.
    pub chatbot: ChatbotPolicy,
    /// Apps behind the gate that the operator has set; no verb changes them.
    pub sites: Vec<Site>,
}

impl Policy {
    /// Whether an app there would be sent our own cookie: browsers tell hosts
    /// apart, and ports not.
    pub fn is_our_own_host(&self, address: &Address) -> bool {
        let own = Address::parse(&self.public_url);
        own.is_ok_and(|own| own.hostname() == address.hostname())
    }
}

/// Whether strangers may make accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Only administrators make accounts.
    Off,
    /// Anybody may.
    Open,
}

/// What a new password has to be.
#[derive(Clone, Debug, Default)]
pub struct PasswordPolicy {
    /// Fewest characters.
    pub least: usize,
    /// How many passwords before the current one must not come back.
    pub history: u32,
    /// What a change does to the person's other sessions.
    pub end_sessions: EndSessions,
    /// One of each has to be in it.
    pub require: Vec<Class>,
    /// Words that must not be in it, besides names.
    pub words: Vec<String>,
    /// The host that people find us at: nor must this, nor a part of it.
    pub host: String,
}

/// What a change of a password does to the person's other sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EndSessions {
    /// It ends them if the person wants that.
    #[default]
    Offer,
    /// It ends them.
    Always,
}

/// A kind of character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A capital letter of any script.
    Upper,
    /// A small letter of any script.
    Lower,
    /// A digit of any script.
    Digit,
    /// Anything else, a space among them.
    Symbol,
}

/// How long sessions live.
#[derive(Clone, Copy, Debug)]
pub struct SessionPolicy {
    /// Idle limit of a session that is to be remembered.
    pub idle: Duration,
    /// Absolute limit of such a session.
    pub max: Duration,
    /// Idle limit of any other.
    pub short_idle: Duration,
    /// Absolute limit of any other.
    pub short_max: Duration,
    /// How long a lost answer to a refresh may be asked for again.
    pub retry_window: Duration,
}

/// Our own access tokens.
#[derive(Clone, Debug)]
pub struct TokenPolicy {
    /// How long they live.
    pub access: Duration,
    /// How new keys sign.
    pub algorithm: Algorithm,
    /// Their `iss`.
    pub issuer: String,
    /// Their `aud`.
    pub audience: String,
}

/// The chatbot dialect's tokens.
#[derive(Clone, Copy, Debug)]
pub struct ChatbotPolicy {
    /// How long its access tokens live.
    pub access: Duration,
    /// How long its refresh tokens live.
    pub refresh: Duration,
    /// Which release's wording and types it speaks.
    pub simplejwt: SimpleJwt,
}

/// The two generations of SimpleJWT that clients may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimpleJwt {
    /// Numbers as `user_id`, one message for invalid and expired.
    V5_3,
    /// Text as `user_id`, two messages.
    V5_5,
}
