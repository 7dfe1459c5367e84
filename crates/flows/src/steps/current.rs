//! Proving oneself again before something that a borrowed session must not do:
//! by the current password and, where there is a second factor, by one that was
//! shown lately. Who has no password signs in with something else, and did so
//! lately.

use std::time::Duration;

use tollgate_base::{
    Error, Result, SecretString,
    access::{Person, Principal},
    codes,
    time::Time,
};
use tollgate_crypto::password::Verdict;
use tollgate_records::{attempts, events::EventKind, factors, passwords, sessions};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

use super::{
    lanes::Row,
    note::{Log, change},
    strikes,
};

/// For how long a second factor that was shown is fresh.
const FRESH: Duration = Duration::from_mins(10);

/// A password that was right, or that there is none, to be held against what is
/// stored when the change is made.
pub(crate) struct Proof {
    person: Person,
    stored: Option<String>,
}

/// Check the password of an account that has one.
///
/// # Errors
/// `request.invalid` if it was not typed, `password.wrong`, `throttled`,
/// `busy.hashing`.
pub(crate) async fn prove(
    ctx: &Ctx,
    person: &Person,
    typed: Option<&SecretString>,
) -> Result<Proof> {
    if passwords::find(ctx.db(), person.user).await?.is_none() {
        let (person, stored) = (person.clone(), None);
        return Ok(Proof { person, stored });
    }
    let typed = typed.ok_or_else(|| {
        let fault = Error::new(&codes::REQUEST_INVALID);
        fault.field(
            "/current_password",
            "required",
            "Type your current password.",
        )
    })?;
    prove_by_password(ctx, person, typed).await
}

/// Check the password, counted as a try.
///
/// # Errors
/// `password.wrong`, also where there is none, `throttled`, `busy.hashing`.
pub(crate) async fn prove_by_password(
    ctx: &Ctx,
    person: &Person,
    typed: &SecretString,
) -> Result<Proof> {
    let user = person.user;
    let stored = passwords::find(ctx.db(), user).await?.ok_or_else(wrong)?;
    let row = Row::Password.in_session(person);
    let counted = strikes::count_in_row(ctx, row).await?;
    let looked = ctx.hasher().verify(typed, &stored).await;
    if counted.judged(ctx, looked).await? == Verdict::Mismatch {
        if counted.last {
            let by = Principal::Person(person.clone());
            let blocked = async move |_: &mut Tx<'_>, log: &mut Log| {
                log.about(EventKind::PasswordBlocked, user);
                Ok(())
            };
            change(ctx, &by, blocked).await?;
        }
        return Err(wrong());
    }
    let forgive = async move |tx: &mut Tx<'_>| attempts::forgive(tx, row).await;
    ctx.db().write(forgive).await?;
    Ok(Proof {
        person: person.clone(),
        stored: Some(stored),
    })
}

/// In the transaction of a change of what an account signs in with: whoever asks
/// signed in, or showed again who they are, a moment ago. The operator and chores
/// are not asked.
///
/// # Errors
/// `factor.fresh`, `password.fresh`.
pub(crate) async fn stands_lately(tx: &mut Tx<'_>, by: &Principal, now: Time) -> Result<()> {
    match by {
        Principal::Person(person) => stood_lately(tx, person, now).await,
        _ => Ok(()),
    }
}

async fn stood_lately(tx: &mut Tx<'_>, person: &Person, now: Time) -> Result<()> {
    if is_stale(tx, person, now).await? {
        return Err(Error::new(&codes::FACTOR_FRESH));
    }
    if wants_password(tx, person, now).await? {
        return Err(Error::new(&codes::PASSWORD_FRESH));
    }
    Ok(())
}

/// Whether the session of somebody without a second factor is too old for that.
pub(crate) async fn wants_password(tx: &mut Tx<'_>, person: &Person, now: Time) -> Result<bool> {
    if factors::confirmed_in(tx, person.user).await? > 0 {
        return Ok(false);
    }
    let session = sessions::find(tx, person.session).await?;
    Ok(session.is_none_or(|session| session.auth_time.plus(FRESH) <= now))
}

/// Whether whoever asks has to show a second factor first.
pub(crate) async fn is_stale(tx: &mut Tx<'_>, person: &Person, now: Time) -> Result<bool> {
    if factors::confirmed_in(tx, person.user).await? == 0 {
        return Ok(false);
    }
    // Where codes are sent and nothing is stronger, no session opens without one.
    let strong = factors::strong_in(tx, person.user).await? > 0;
    let session = sessions::find(tx, person.session).await?;
    let shown = session.is_some_and(|session| {
        if strong {
            session.is_fresh(FRESH, now)
        } else {
            session.is_recent(FRESH, now)
        }
    });
    Ok(!shown)
}

impl Proof {
    /// Whether the account has none.
    pub(crate) const fn is_without_password(&self) -> bool {
        self.stored.is_none()
    }

    /// In the transaction of what it allows: nobody replaced the password, and
    /// the second factor is fresh, or the sign-in where there is neither.
    ///
    /// # Errors
    /// `password.wrong`, `factor.fresh`, `password.fresh`.
    pub(crate) async fn stands(&self, tx: &mut Tx<'_>, now: Time) -> Result<()> {
        let stored = self.stored.as_deref();
        if !passwords::is_still(tx, self.person.user, stored).await? {
            return Err(wrong());
        }
        match stored {
            Some(_) if is_stale(tx, &self.person, now).await? => {
                Err(Error::new(&codes::FACTOR_FRESH))
            }
            Some(_) => Ok(()),
            None => stood_lately(tx, &self.person, now).await,
        }
    }
}

fn wrong() -> Error {
    let detail = "It is not the current one.";
    Error::new(&codes::PASSWORD_WRONG).field("/current_password", "wrong", detail)
}
