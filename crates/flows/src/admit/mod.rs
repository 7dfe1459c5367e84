//! Who is it? Every credential of every surface comes here and nowhere else.
//!
//! A surface names the family of the credential that it takes; the header of a
//! token never chooses. What was loaded is remembered until something about
//! the account changes; expiry is checked at each use.

mod chatbot;
mod native;
pub mod read;
mod site;

use std::{sync::Arc, time::Duration};

use tollgate_base::{
    Error, ExposeSecret, Result, SecretString,
    access::{Assurance, Permissions, Person, Principal},
    codes,
    time::Time,
};
use tollgate_crypto::{
    mac::digest,
    token::{self, Prefix},
};

use crate::{
    ctx::{Bond, Cached, Ctx},
    steps::elsewhere,
};

pub use chatbot::ChatbotToken;

pub use crate::ctx::Place;

use read::Loaded;

/// How long a session may be used before that is noted again.
const SEEN_EVERY: Duration = Duration::from_secs(30);

/// What a request presents.
#[derive(Clone, Debug)]
pub enum Credential {
    /// The cookie of our own pages.
    Cookie(SecretString),
    /// An access token of our own.
    Access(SecretString),
    /// An access token of the chatbot dialect.
    ChatbotAccess(SecretString),
    /// The cookie of an app behind the gate.
    Site {
        /// The canonical host of the app that it was sent to.
        host: String,
        /// The cookie.
        token: SecretString,
    },
}

/// Who presents this, and from where?
///
/// # Errors
/// `token.invalid`, `token.expired`, `token.type`, `token.claim`,
/// `token.person`, `session.revoked`, `session.expired`, `session.device`,
/// `session.network`, `account.suspended`, `factor.needed`, `store.stale`, or
/// what the database says.
pub async fn admit(
    ctx: &Ctx,
    by: &Principal,
    (credential, place): (&Credential, &Place),
) -> Result<Principal> {
    debug_assert!(
        *by == Principal::Anonymous,
        "nobody is known before they are admitted"
    );
    let now = ctx.now();
    let key = credential.key();
    let remembered = ctx.freshness().recall(&key)?;
    // What is remembered of the last use grows old when it is stored, and when
    // another node serves the session: only the database says that it expired.
    if let Some(cached) = remembered
        && check(ctx, &cached, place, now).is_ok()
    {
        return Ok(Principal::Person(cached.person.clone()));
    }
    let sight = ctx.freshness().sight();
    let loaded = match credential {
        Credential::Cookie(secret) => cookie(ctx, secret).await?,
        Credential::Access(token) => native::load(ctx, token, now).await?,
        Credential::ChatbotAccess(token) => chatbot::load(ctx, token, now).await?,
        Credential::Site { host, token } => site::load(ctx, host, token).await?,
    };
    let checked = check(ctx, &loaded, place, now);
    elsewhere::tell(ctx, (loaded.person.user, loaded.session.id), checked, place).await?;
    let person = loaded.person.clone();
    ctx.freshness().remember(key, Arc::new(loaded), sight);
    Ok(Principal::Person(person))
}

/// A credential where it stands in a request, for the hottest path.
#[derive(Clone, Copy)]
pub enum Presented<'a> {
    /// An access token of our own.
    Access(&'a [u8]),
    /// The cookie of an app behind the gate, and the host it was sent to.
    Site(&'a str, &'a [u8]),
}

/// Who presents this, if that is remembered: as [`admit`], without asking the
/// database.
///
/// # Errors
/// `store.stale`.
pub fn remembered(
    ctx: &Ctx,
    by: &Principal,
    (shown, place): (Presented<'_>, &Place),
) -> Result<Option<Principal>> {
    debug_assert!(
        *by == Principal::Anonymous,
        "nobody is known before they are admitted"
    );
    let cached = ctx.freshness().recall(&shown.key())?;
    let valid = cached.filter(|cached| check(ctx, cached, place, ctx.now()).is_ok());
    Ok(valid.map(|cached| Principal::Person(cached.person.clone())))
}

/// Whether a text is a token of ours, of whatever kind and whether or not it
/// still counts: what nobody else is to see.
pub fn is_ours(ctx: &Ctx, text: &str) -> bool {
    token::is_ours(text) || native::signed(ctx, text).is_ok() || chatbot::signed(ctx, text).is_ok()
}

/// A token of the chatbot dialect that is not a session's access token: the
/// refresh token, which is exchanged and never admits to anything else.
///
/// # Errors
/// As [`admit`].
pub async fn chatbot_refresh(
    ctx: &Ctx,
    by: &Principal,
    shown: (&SecretString, &Place),
) -> Result<ChatbotToken> {
    chatbot::refresh(ctx, by, shown).await
}

impl Credential {
    /// The whole credential and its family, hashed: what the cache is keyed by.
    fn key(&self) -> [u8; 32] {
        match self {
            Self::Cookie(text) => digest(&[b"cookie", text.expose_secret().as_bytes()]),
            Self::ChatbotAccess(text) => digest(&[b"chatbot", text.expose_secret().as_bytes()]),
            Self::Access(text) => Presented::Access(text.expose_secret().as_bytes()).key(),
            Self::Site { host, token } => {
                Presented::Site(host, token.expose_secret().as_bytes()).key()
            }
        }
    }
}

impl Presented<'_> {
    fn key(self) -> [u8; 32] {
        match self {
            Self::Access(text) => digest(&[b"access", text]),
            Self::Site(host, text) => digest(&[b"site", host.as_bytes(), text]),
        }
    }
}

async fn cookie(ctx: &Ctx, secret: &SecretString) -> Result<Cached> {
    if !token::shaped(secret.expose_secret(), Prefix::Session) {
        return Err(Error::new(&codes::TOKEN_INVALID));
    }
    let hash = token::fingerprint(secret.expose_secret());
    let loaded = read::by_cookie(ctx.db(), hash)
        .await?
        .ok_or_else(|| Error::new(&codes::TOKEN_INVALID))?;
    Ok(loaded.active()?.cached(ctx, Time::from_micros(i64::MAX)))
}

/// What is checked at each use, remembered or not.
fn check(ctx: &Ctx, cached: &Cached, place: &Place, now: Time) -> Result<()> {
    if cached.until <= now {
        return Err(Error::new(&codes::TOKEN_EXPIRED));
    }
    let id = cached.session.id;
    let last_seen = ctx
        .freshness()
        .last_seen(id)
        .unwrap_or(cached.session.last_seen_at);
    cached
        .session
        .check(ctx.installation().epoch, last_seen, now)?;
    cached.bond.check(ctx.binding(), place)?;
    if now.since(last_seen) >= SEEN_EVERY {
        ctx.freshness().saw(id, now);
    }
    Ok(())
}

impl Loaded {
    fn cached(self, ctx: &Ctx, until: Time) -> Cached {
        let (policy, assurance) = (ctx.policy(), self.session.assurance);
        let person = Person {
            user: self.session.account,
            session: self.session.id,
            role: self.role,
            org: None,
            ceiling: Permissions::ALL,
            assurance,
            auth_time: self.session.auth_time,
            limited: assurance == Assurance::One
                && policy.second_factor.required_of(self.role, self.founder),
        };
        Cached {
            person,
            bond: Bond::of(&self.session, self.device_hash),
            session: self.session,
            until,
        }
    }

    /// A suspended account is nobody.
    fn active(self) -> Result<Self> {
        if self.suspended {
            Err(Error::new(&codes::ACCOUNT_SUSPENDED))
        } else {
            Ok(self)
        }
    }
}
