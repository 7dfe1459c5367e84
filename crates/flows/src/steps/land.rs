//! Where every way in ends: a session is opened and its credentials are made.

use std::{fmt, time::Duration};

use tollgate_base::{
    ExposeSecret, Result, SecretString,
    access::Assurance,
    id::{SessionId, UserId},
    time::Time,
};
use tollgate_crypto::{
    device::DeviceSecrets,
    token::{self, Prefix},
};
use tollgate_records::{
    devices,
    events::EventKind,
    sessions::{self, NewSession, SessionKind},
};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

use super::{
    device::{Arrival, Settled, UserAgent},
    end,
    mint::{self, Subject},
    note::{Details, Log},
    recovery,
    view::AccountView,
    ways::Way,
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
#[derive(Clone)]
pub struct SignedIn {
    /// Whose account.
    pub account: AccountView,
    /// The session that was opened.
    pub session: SessionId,
    /// Its credentials.
    pub credentials: Credentials,
    /// What the device is to keep, to be known again. Nothing if it keeps none.
    pub device: Option<DeviceSecrets>,
    /// It may do nothing but add or show a second factor, which this account must
    /// have.
    pub limited: bool,
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedIn({})", self.session)
    }
}

/// What became of the device while its session was opened.
#[must_use]
pub(crate) struct Opened(Option<DeviceSecrets>);

/// A session that is about to be opened: everything random is drawn, nothing
/// is written.
#[derive(Clone)]
pub(crate) struct Landing {
    session: NewSession,
    secret: SecretString,
    refresh_lives: Duration,
    opening: Opening,
    opened_at: Time,
    arrival: Arrival,
    /// Whether the second step is to be left out on the device from now on.
    trusts: bool,
    /// Whether the owner has heard of it before it is opened.
    is_confirmed: bool,
    /// Most sessions of the account.
    most: u32,
}

impl Landing {
    /// Draw what is random, outside the transaction.
    pub(crate) fn prepare(
        ctx: &Ctx,
        account: UserId,
        opening: Opening,
        agent: UserAgent,
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
            device: agent.device.clone(),
            device_id: None,
        };
        Ok(Self {
            session,
            secret,
            refresh_lives: idle,
            opening,
            opened_at: now,
            arrival: Arrival::prepare(ctx, account, agent)?,
            trusts: false,
            is_confirmed: false,
            most: policy.session.most,
        })
    }

    /// The same for somebody who has proved themselves that well.
    pub(crate) fn with_assurance(mut self, assurance: Assurance) -> Self {
        self.session.assurance = assurance;
        self
    }

    /// The same on a device on which the second step is to be left out: its owner wants
    /// that, and may.
    pub(crate) const fn with_trust(mut self, trusts: bool) -> Self {
        self.trusts = trusts;
        self
    }

    /// The same for a sign-in that its owner was told of, and has confirmed.
    pub(crate) fn confirmed(mut self) -> Self {
        self.is_confirmed = true;
        self
    }

    /// Whose session it will be.
    pub(crate) const fn account(&self) -> UserId {
        self.session.account
    }

    /// From where it comes.
    pub(crate) const fn arrival(&self) -> &Arrival {
        &self.arrival
    }

    /// Open it in the transaction of whatever led here. The sessions that the
    /// account may not have beside it end.
    pub(crate) async fn open(
        &self,
        tx: &mut Tx<'_>,
        log: &mut Log,
        ways: &[Way],
    ) -> Result<Opened> {
        let now = self.opened_at;
        let device = self.settle(tx, log).await?;
        let session = NewSession {
            device_id: device.as_ref().map(|device| device.id),
            ..self.session.clone()
        };
        sessions::open(tx, &session, now).await?;
        if session.assurance == Assurance::Two {
            recovery::stop(tx, log, session.account, now).await?;
        }
        end::end_beyond(tx, log, (session.account, session.id), self.most, now).await?;
        if session.kind == SessionKind::Token {
            let hash = token::fingerprint(self.secret.expose_secret());
            sessions::add_refresh(tx, hash, session.id, 1, now.plus(self.refresh_lives), now)
                .await?;
        }
        let mut details = Details {
            actor: Some(session.account),
            subject: Some(session.account),
            session: Some(session.id),
            address: session.device.address.clone(),
            ..Details::default()
        };
        let ways: Vec<&str> = ways.iter().map(|way| way.name()).collect();
        details.data.say("way", ways.join("+"));
        details.data.say("kind", session.kind.as_str());
        log.note(EventKind::SignedIn, details);
        Ok(Opened(device.map(|device| device.secrets)))
    }

    /// Keep what is known of the device from now on.
    async fn settle(&self, tx: &mut Tx<'_>, log: &mut Log) -> Result<Option<Settled>> {
        let now = self.opened_at;
        let seen = self.arrival.look(tx).await?;
        if !self.is_confirmed {
            self.arrival.announce(tx, log, &seen).await?;
        }
        let settled = self.arrival.settle(tx, seen, now).await?;
        if let Some(device) = settled.as_ref().filter(|_| self.trusts) {
            devices::trust(tx, device.id, now).await?;
            log.note(EventKind::DeviceTrusted, self.arrival.details());
        }
        Ok(settled)
    }

    /// Make the credentials once it is open.
    pub(crate) fn finish(
        self,
        ctx: &Ctx,
        account: AccountView,
        opened: Opened,
    ) -> Result<SignedIn> {
        let now = self.opened_at;
        let (role, founder) = (account.account.role, account.account.founder);
        let required = ctx.policy().second_factor.required_of(role, founder);
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
            device: opened.0,
            limited: required && self.session.assurance == Assurance::One,
        })
    }
}
