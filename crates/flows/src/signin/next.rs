//! What a sign-in lacks after its first step: nothing, a second factor, or a code by
//! mail.

use tollgate_base::{Error, Result, codes, identifier::masked, time::Time};
use tollgate_crypto::token::Prefix;
use tollgate_records::{
    accounts::{Account, StoredIdentifier},
    factors,
    one_time::{self, Purpose},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::{Ctx, DevicePolicy},
    steps::{
        begun,
        land::{Landing, Opened},
        note::Log,
        once::{self, Minted},
        ways::Way,
    },
};

use super::confirm;

/// What is drawn before it is known which of it is needed.
#[derive(Clone)]
pub(super) struct Drawn {
    pub(super) landing: Landing,
    pub(super) second: Minted,
    pub(super) confirmation: confirm::Draft,
    policy: DevicePolicy,
    /// How the first step was taken.
    way: Way,
    /// Whether the account must have a second factor.
    required: bool,
    /// No trust counts that is older.
    not_before: Time,
    now: Time,
}

/// What a sign-in lacks.
pub(super) enum Lacks {
    /// Nothing.
    Nothing,
    /// A second factor.
    Factor,
    /// A code that goes to this address.
    Confirmation(StoredIdentifier),
}

/// What became of it.
pub(super) enum Next {
    /// The session is open.
    Opened(Opened),
    /// A second factor is wanted.
    Second,
    /// A code went to this address, of which little is shown.
    Confirm(String),
}

impl Drawn {
    /// Bound to the way of the first step and to the password of that time, so that a
    /// new one makes it void.
    pub(super) fn new(
        ctx: &Ctx,
        landing: Landing,
        (account, way, password): (&Account, Way, Option<&str>),
    ) -> Result<Self> {
        let (policy, id) = (ctx.policy(), account.id);
        let purpose = Purpose::SecondFactor;
        let mut minted = once::mint(ctx, purpose, Prefix::OneTime, Some(id))?;
        minted.row.binding = Some(begun::binding(way, account, password));
        Ok(Self {
            second: minted,
            confirmation: confirm::Draft::new(ctx, account, (way, password))?,
            way,
            landing: if way.is_by_mail() {
                landing.confirmed()
            } else {
                landing
            },
            policy: policy.devices,
            required: policy
                .second_factor
                .required_of(account.role, account.founder),
            not_before: ctx.installation().not_before,
            now: ctx.now(),
        })
    }

    /// What it lacks. A trusted device stands for the second factor, but not where
    /// the account must have one, nor where it does not know the network and the
    /// operator wants that confirmed. Whoever came by mail has confirmed it.
    ///
    /// # Errors
    /// `confirmation.unreachable` for an account that could be held against what it
    /// knows, and has no address to ask at. One that knows nothing yet takes what
    /// comes first.
    pub(super) async fn judge(&self, tx: &mut Tx<'_>) -> Result<Lacks> {
        let (account, asks) = (self.landing.account(), self.policy.confirm);
        let arrival = self.landing.arrival();
        let seen = arrival.look(tx).await?;
        let unfamiliar = seen.is_unfamiliar(asks) && !self.way.is_by_mail();
        if factors::confirmed_in(tx, account).await? > 0 {
            let until = seen.trusted_until(self.policy.trust, self.not_before);
            // Where codes are sent and nothing is stronger, no session opens without
            // one: what may be changed in it rests on that.
            let strong = factors::strong_in(tx, account).await? > 0;
            let stands = strong && !self.required && !unfamiliar;
            return Ok(if stands && until.is_some_and(|until| until > self.now) {
                Lacks::Nothing
            } else {
                Lacks::Factor
            });
        }
        if !unfamiliar {
            return Ok(Lacks::Nothing);
        }
        if let Some(to) = confirm::address(tx, account).await? {
            return Ok(Lacks::Confirmation(to));
        }
        if arrival.has_precedent(tx, asks).await? {
            return Err(Error::new(&codes::CONFIRMATION_UNREACHABLE));
        }
        Ok(Lacks::Nothing)
    }

    /// Whether the client can ask for it.
    ///
    /// # Errors
    /// `factor.needed`, also where the account must have a factor and has none, and
    /// `confirmation.needed`.
    pub(super) fn can_be_asked(&self, lacks: &Lacks, asks: bool) -> Result<()> {
        match lacks {
            _ if asks => Ok(()),
            Lacks::Confirmation(_) => Err(Error::new(&codes::CONFIRMATION_NEEDED)),
            Lacks::Factor => Err(Error::new(&codes::FACTOR_NEEDED)),
            Lacks::Nothing if self.required => Err(Error::new(&codes::FACTOR_NEEDED)),
            Lacks::Nothing => Ok(()),
        }
    }

    /// Open the session, or issue what the next step goes on with.
    pub(super) async fn follow(
        &self,
        tx: &mut Tx<'_>,
        log: &mut Log,
        lacks: Lacks,
    ) -> Result<Next> {
        match lacks {
            Lacks::Nothing => {
                let opened = self.landing.open(tx, log, &[self.way]).await?;
                Ok(Next::Opened(opened))
            }
            Lacks::Factor => {
                one_time::add(tx, &self.second.row, self.now).await?;
                Ok(Next::Second)
            }
            Lacks::Confirmation(to) => {
                let whose = (self.landing.account(), &to);
                self.confirmation.issue(tx, log, whose, self.now).await?;
                Ok(Next::Confirm(masked(&to.shown)))
            }
        }
    }
}
