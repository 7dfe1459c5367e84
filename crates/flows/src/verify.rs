//! Proving that an e-mail address is one's own: a link is sent there, and who
//! has it and is signed in to the account has proved it. Neither is enough alone:
//! a stranger who made an account with somebody's address has no link, and the
//! address's owner, who may press on anything, has no such account.

use tollgate_base::{
    Error, Result, SecretString,
    access::{Permission, Principal},
    codes,
    id::UserId,
    identifier::{Email, Identifier},
    time::Time,
};
use tollgate_records::{
    accounts::{
        self, StoredIdentifier, addressed,
        waiting::{self, WaitingAddress},
    },
    events::EventKind,
    one_time::{self, Purpose},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        facts::allow,
        note::{Details, Log, change},
        once,
        proving::{Proving, WAITS},
    },
};

/// What an address is to whoever asks about it.
enum Standing {
    /// They sign in with it.
    Own(StoredIdentifier),
    /// It waits to be theirs.
    Waits(WaitingAddress),
}

/// Have a link sent to one of one's own addresses, or to one that waits to be. None is
/// sent to one that is verified.
///
/// # Errors
/// `auth.required`, `request.invalid` if it is none of theirs, `throttled`.
pub async fn ask(ctx: &Ctx, by: &Principal, email: Email) -> Result<()> {
    let (user, now) = (by.person()?.user, ctx.now());
    let known = accounts::identifiers(ctx.db(), user).await?;
    let waiting = waiting::of(ctx.db(), user, now).await?;
    let proving = match standing(known, waiting, &email)? {
        Standing::Own(own) if own.verified_at.is_some() => return Ok(()),
        Standing::Own(_) => Proving::prepare(ctx, user, &email).await?,
        Standing::Waits(_) => Proving::prepare_new(ctx, user, &email).await?,
    };
    let asks = by.clone();
    change(ctx, by, async move |tx: &mut Tx<'_>, _: &mut Log| {
        allow(tx, &asks, Permission::AccountEdit, user).await?;
        let known = accounts::identifiers_in(tx, user).await?;
        let waiting = waiting::of_in(tx, user, now).await?;
        match standing(known, waiting, &email)? {
            Standing::Own(own) if own.verified_at.is_some() => return Ok(()),
            Standing::Own(_) => {}
            Standing::Waits(waits) => {
                let email = Email::parse(&waits.shown)?;
                waiting::ask(tx, user, &email, now, now.plus(WAITS)).await?;
            }
        }
        proving.queue(tx, now).await
    })
    .await
}

/// # Errors
/// `request.invalid` if it is none of these.
fn standing(
    own: Vec<StoredIdentifier>,
    waiting: Vec<WaitingAddress>,
    email: &Email,
) -> Result<Standing> {
    let (mut own, mut waiting) = (own.into_iter(), waiting.into_iter());
    if let Some(own) = own.find(|own| own.canonical == email.canonical()) {
        return Ok(Standing::Own(own));
    }
    if let Some(waits) = waiting.find(|waits| waits.canonical == email.canonical()) {
        return Ok(Standing::Waits(waits));
    }
    let fault = Error::new(&codes::REQUEST_INVALID);
    Err(fault.field("/email", "unknown", "It is none of yours."))
}

/// Use a link to one's own account. It proves the address that it was sent to and no
/// other, and only while that is still its owner's, or waits to be: then it is one of
/// their names from now on, and an address of before is told.
///
/// # Errors
/// `auth.required`, `one_time.invalid`, `verification.other` if the link is for
/// another account, `identifier.taken` if the address is somebody's by now,
/// `request.invalid` past ten names.
pub async fn confirm(ctx: &Ctx, by: &Principal, token: SecretString) -> Result<()> {
    let (owner, now, hash) = (by.person()?.user, ctx.now(), once::fingerprint(&token)?);
    let presented = once::present(ctx, Purpose::AddressVerification, hash).await?;
    if presented.account != Some(owner) {
        return Err(Error::new(&codes::VERIFICATION_OTHER));
    }
    let asks = by.clone();
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::AccountEdit, owner).await?;
        let (purpose, known) = (
            Purpose::AddressVerification,
            accounts::identifiers_in(tx, owner).await?,
        );
        for own in &known {
            let binding = Some(once::sent_to(&own.canonical));
            let redeemed = one_time::redeem(tx, purpose, hash, binding, now).await?;
            if redeemed.is_none() {
                continue;
            }
            let identifier = Identifier::parse(&own.shown)?;
            if accounts::verify_identifier(tx, owner, &identifier, now).await? {
                log.about(EventKind::IdentifierVerified, owner);
            }
            return Ok(());
        }
        for waits in waiting::of_in(tx, owner, now).await? {
            let binding = Some(once::sent_to(&waits.canonical));
            let redeemed = one_time::redeem(tx, purpose, hash, binding, now).await?;
            if redeemed.is_some() {
                return become_name(tx, log, (owner, &known, &waits), now).await;
            }
        }
        Err(once::invalid())
    })
    .await
}

/// An address that waited is a verified name of its owner's.
async fn become_name(
    tx: &mut Tx<'_>,
    log: &mut Log,
    (owner, known, waits): (UserId, &[StoredIdentifier], &WaitingAddress),
    now: Time,
) -> Result<()> {
    accounts::check_room(known)?;
    let new = Identifier::Email(Email::parse(&waits.shown)?);
    if !accounts::add_identifier(tx, owner, (&new, Some(now)), now).await? {
        return Err(Error::new(&codes::IDENTIFIER_TAKEN));
    }
    waiting::drop(tx, owner, &waits.canonical).await?;
    let details = Details {
        subject: Some(owner),
        told: addressed(known).map(|name| name.shown.clone()),
        ..Details::default()
    };
    log.note(EventKind::IdentifierAdded, details);
    log.about(EventKind::IdentifierVerified, owner);
    Ok(())
}
