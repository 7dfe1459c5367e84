//! Showing a second factor again, for what a borrowed session must not do. A
//! passkey in place of a code: in `passkey`.

mod passkey;

use tollgate_base::{
    Error, Result, SecretString,
    access::{Assurance, Principal},
    codes,
    id::{SessionId, UserId},
    time::Time,
};
use tollgate_records::{events::EventKind, factors, sessions};
use tollgate_store::sql::Tx;

pub use passkey::{ShowPasskey, begin_passkey, finish_passkey};

use crate::{
    ctx::Ctx,
    steps::{
        self, current,
        equip::manages,
        lanes::Row,
        note::{Details, Log, change},
        renew::{Renewal, Renewed},
        second,
    },
};

/// Whether whoever asks has to step up before they change their password or
/// their factors.
///
/// # Errors
/// `auth.required`.
pub async fn is_needed(ctx: &Ctx, by: &Principal, (): ()) -> Result<bool> {
    let (person, now) = (by.person()?.clone(), ctx.now());
    let look = async move |tx: &mut Tx<'_>| current::is_stale(tx, &person, now).await;
    ctx.db().write(look).await
}

/// Whether whoever asks has to type their password before they change what they
/// sign in with.
///
/// # Errors
/// `auth.required`.
pub async fn wants_password(ctx: &Ctx, by: &Principal, (): ()) -> Result<bool> {
    let (person, now) = (by.person()?.clone(), ctx.now());
    let look = async move |tx: &mut Tx<'_>| current::wants_password(tx, &person, now).await;
    ctx.db().write(look).await
}

/// Whether a passkey will do: there is one, and browsers use it here.
///
/// # Errors
/// `auth.required`.
pub async fn takes_passkey(ctx: &Ctx, by: &Principal, (): ()) -> Result<bool> {
    let user = by.person()?.user;
    let offered = steps::passkey::relying_party(ctx).is_ok();
    Ok(offered && !factors::passkeys::of(ctx.db(), user).await?.is_empty())
}

/// Show a code of an app, or a recovery code; where there is no stronger factor,
/// a code that was sent. It is used up, and the session may do everything for
/// ten minutes; it has a new secret.
///
/// # Errors
/// `auth.required`, `access.denied`, `factor.missing` without a factor,
/// `factor.wrong`, `throttled`, `busy.hashing`.
pub async fn step_up(ctx: &Ctx, by: &Principal, code: SecretString) -> Result<Renewed> {
    let person = manages(by)?;
    let (user, session, now) = (person.user, person.session, ctx.now());
    let count = async move |tx: &mut Tx<'_>| factors::confirmed_in(tx, user).await;
    if ctx.db().write(count).await? == 0 {
        return Err(Error::new(&codes::FACTOR_MISSING));
    }
    let typed = (second::of_session(session), &code);
    let row = Row::SecondFactor.in_session(person);
    let proof = second::prove(ctx, by, (user, row), typed).await?;
    let proof = proof.ok_or_else(second::wrong)?;
    let renewal = Renewal::prepare(ctx, person)?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if !proof.consume(tx, log, user, now).await? {
            return Err(second::wrong());
        }
        raise(tx, log, (user, session), (proof.assurance(), now)).await?;
        renewal.make(tx, now).await
    })
    .await
}

/// Type the password again: enough for ten minutes where there is no second
/// factor. The session has a new secret.
///
/// # Errors
/// `auth.required`, `access.denied`, `factor.fresh` with a second factor,
/// `password.wrong`, `throttled`, `busy.hashing`.
pub async fn step_up_by_password(
    ctx: &Ctx,
    by: &Principal,
    password: SecretString,
) -> Result<Renewed> {
    let person = manages(by)?;
    let (user, session, now) = (person.user, person.session, ctx.now());
    let proof = current::prove_by_password(ctx, person, &password).await?;
    let renewal = Renewal::prepare(ctx, person)?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if factors::confirmed_in(tx, user).await? > 0 {
            return Err(Error::new(&codes::FACTOR_FRESH));
        }
        proof.stands(tx, now).await?;
        sessions::proved_again(tx, session, now).await?;
        note(log, user, session);
        renewal.make(tx, now).await
    })
    .await
}

/// The session may do everything for a while.
async fn raise(
    tx: &mut Tx<'_>,
    log: &mut Log,
    (user, session): (UserId, SessionId),
    (by, now): (Assurance, Time),
) -> Result<()> {
    match by {
        Assurance::Two => sessions::raise_assurance(tx, session, now).await?,
        Assurance::One => sessions::proved_again(tx, session, now).await?,
    }
    note(log, user, session);
    Ok(())
}

fn note(log: &mut Log, user: UserId, session: SessionId) {
    let details = Details {
        subject: Some(user),
        session: Some(session),
        ..Details::default()
    };
    log.note(EventKind::SteppedUp, details);
}
