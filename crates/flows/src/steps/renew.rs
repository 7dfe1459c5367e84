//! A new secret for the session of a browser whose owner proved themselves again or
//! shut others out: a copy of the old one opens nothing any more. Programs get none:
//! their access tokens live for minutes, and a refresh token that is used twice ends
//! its session.

use std::time::Duration;

use tollgate_base::{
    ExposeSecret, Result, SecretString, access::Person, id::SessionId, time::Time,
};
use tollgate_crypto::token::{self, Prefix};
use tollgate_records::sessions::{self, SessionKind};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

use super::land::Credentials;

/// A secret that is about to take the place of another: drawn, not written.
#[derive(Clone)]
pub(crate) struct Renewal {
    session: SessionId,
    secret: SecretString,
    /// The idle limit of sessions that a browser forgets when it closes.
    short: Duration,
}

/// What the browser is to keep from now on, if the session lives in one.
#[must_use]
#[derive(Debug)]
pub struct Renewed(Option<Credentials>);

impl Renewal {
    /// Draw what is random, outside the transaction.
    pub(crate) fn prepare(ctx: &Ctx, person: &Person) -> Result<Self> {
        Ok(Self {
            session: person.session,
            secret: token::mint(ctx.entropy(), Prefix::Session)?,
            short: ctx.policy().session.short_idle,
        })
    }

    /// Put it in place, in the transaction of what it follows from. The audit trail
    /// has to be told of something about the account there, so that no node remembers
    /// the old one.
    pub(crate) async fn make(&self, tx: &mut Tx<'_>, now: Time) -> Result<Renewed> {
        let session = sessions::find(tx, self.session).await?;
        let browser = session.filter(|session| session.kind == SessionKind::Cookie);
        let Some(session) = browser else {
            return Ok(Renewed(None));
        };
        let hash = token::fingerprint(self.secret.expose_secret());
        if !sessions::renew(tx, session.id, hash).await? {
            return Ok(Renewed(None));
        }
        let remembered = session.idle_span > self.short;
        Ok(Renewed(Some(Credentials::Cookie {
            secret: self.secret.clone(),
            max_age: remembered.then(|| session.expires_at.since(now)),
        })))
    }
}

impl Renewed {
    /// The cookie, if there is one to keep.
    pub const fn credentials(&self) -> Option<&Credentials> {
        self.0.as_ref()
    }
}
