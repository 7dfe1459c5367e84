//! Where every way in ends: a session is opened and its credentials are made.

use std::time::Duration;

use tollgate_base::{
    ExposeSecret, Result, SecretString,
    access::Assurance,
    id::{SessionId, UserId},
    time::Time,
};
use tollgate_crypto::token::{self, Prefix};
use tollgate_records::{
    events::EventKind,
    sessions::{self, Device, NewSession, SessionKind},
};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

use super::{
    mint::{self, Subject},
    note::{Details, Log},
    view::AccountView,
};

/// Which credentials are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// A cookie for a browser.
    Cookie {
        /// Keep it when the browser is closed.
        remember: bool,
    },
    /// A short access token and a refresh token that rotates.
    Tokens {
        /// Live as long as a remembered session.
        remember: bool,
    },
    /// The chatbot dialect's pair.
    Chatbot,
}

/// The credentials of a session. Shown once, stored as hashes.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// For a browser.
    Cookie {
        /// Its value.
        secret: SecretString,
        /// How long the browser is to keep it; absent for until it closes.
        max_age: Option<Duration>,
    },
    /// For a program.
    Tokens {
        /// A JWT.
        access: SecretString,
        /// How long it lives.
        access_lives: Duration,
        /// What renews it.
        refresh: SecretString,
    },
}

/// A successful way in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Whose account.
    pub account: AccountView,
    /// The session that was opened.
    pub session: SessionId,
    /// Its credentials.
    pub credentials: Credentials,
}

/// A session that is about to be opened: everything random is drawn, nothing
/// is written.
#[derive(Clone)]
pub(crate) struct Landing {
    session: NewSession,
    secret: SecretString,
    refresh_lives: Duration,
    opening: Opening,
    opened_at: Time,
}

impl Landing {
    /// Draw what is random, outside the transaction.
    pub(crate) fn prepare(
        ctx: &Ctx,
        account: UserId,
        opening: Opening,
        device: Device,
    ) -> Result<Self> {
        let now = ctx.now();
        let policy = ctx.policy();
        let (idle, max) = match opening {
            Opening::Cookie { remember: true } | Opening::Tokens { remember: true } => {
                (policy.session.idle, policy.session.max)
            }
            Opening::Cookie { remember: false } | Opening::Tokens { remember: false } => {
                (policy.session.short_idle, policy.session.short_max)
            }
            Opening::Chatbot => (policy.chatbot.refresh, policy.chatbot.refresh),
        };
        let (kind, prefix) = match opening {
            Opening::Cookie { .. } => (SessionKind::Cookie, Prefix::Session),
            Opening::Tokens { .. } => (SessionKind::Token, Prefix::Refresh),
            Opening::Chatbot => (SessionKind::Chatbot, Prefix::Refresh),
        };
        let secret = token::mint(ctx.entropy(), prefix)?;
        let session = NewSession {
            id: SessionId::new(now, ctx.entropy())?,
            account,
            kind,
            secret_hash: (kind == SessionKind::Cookie)
                .then(|| token::fingerprint(secret.expose_secret())),
            foreign_token: None,
            epoch: ctx.installation().epoch,
            assurance: Assurance::One,
            idle_span: idle,
            expires_at: now.plus(max),
            device,
        };
        Ok(Self {
            session,
            secret,
            refresh_lives: idle,
            opening,
            opened_at: now,
        })
    }

    /// The same for somebody who has proved themselves twice.
    pub(crate) fn twice(mut self) -> Self {
        self.session.assurance = Assurance::Two;
        self
    }

    /// Open it in the transaction of whatever led here.
    pub(crate) async fn open(
        &self,
        tx: &mut Tx<'_>,
        log: &mut Log,
        way: &'static str,
    ) -> Result<()> {
        let (session, now) = (&self.session, self.opened_at);
        sessions::open(tx, session, now).await?;
        if session.kind == SessionKind::Token {
            let hash = token::fingerprint(self.secret.expose_secret());
            sessions::add_refresh(tx, hash, session.id, 1, now.plus(self.refresh_lives), now)
                .await?;
        }
        let mut details = Details {
            actor: Some(session.account),
            subject: Some(session.account),
            session: Some(session.id),
            ..Details::default()
        };
        details.data.insert("way".into(), way.into());
        details
            .data
            .insert("kind".into(), session.kind.as_str().into());
        if let Some(address) = &session.device.address {
            details
                .personal
                .insert("address".into(), address.clone().into());
        }
        log.note(EventKind::SignedIn, details);
        Ok(())
    }

    /// Make the credentials once it is open.
    pub(crate) fn finish(self, ctx: &Ctx, account: AccountView) -> Result<SignedIn> {
        let now = self.opened_at;
        let subject = Subject {
            user: self.session.account,
            session: self.session.id,
            number: account.aliases.number,
            assurance: self.session.assurance,
            auth_time: now,
        };
        let credentials = match self.opening {
            Opening::Cookie { remember } => {
                let max_age = remember.then(|| self.session.expires_at.since(now));
                Credentials::Cookie {
                    secret: self.secret,
                    max_age,
                }
            }
            Opening::Tokens { .. } => {
                let (access, access_lives) = mint::access(ctx, &subject, now)?;
                Credentials::Tokens {
                    access,
                    access_lives,
                    refresh: self.secret,
                }
            }
            Opening::Chatbot => {
                let lives = ctx.policy().chatbot;
                let access = mint::chatbot(ctx, &subject, "access", lives.access, now)?;
                let refresh = mint::chatbot(ctx, &subject, "refresh", lives.refresh, now)?;
                Credentials::Tokens {
                    access,
                    access_lives: lives.access,
                    refresh,
                }
            }
        };
        Ok(SignedIn {
            account,
            session: self.session.id,
            credentials,
        })
    }
}
