//! Vouching for an account: that an identifier is its owner's, and what it is
//! called in other systems. Nobody vouches for themselves but administrators.

use tollgate_base::{
    Error, Result,
    access::{Permission, Principal},
    codes,
    id::UserId,
    identifier::Identifier,
};
use tollgate_records::{
    accounts::{self, ExternalId},
    events::EventKind,
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        facts::allow,
        note::{Log, change},
        view::{AccountView, view},
    },
};

/// Note that an identifier of an account is known to be its owner's.
///
/// # Errors
/// `access.denied`, `access.rank`, `person.missing`, `request.invalid` if it is
/// none of theirs.
pub async fn verify(
    ctx: &Ctx,
    by: &Principal,
    (id, identifier): (UserId, Identifier),
) -> Result<AccountView> {
    let (asks, now) = (by.clone(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::AccountVouch, id).await?;
        let known = accounts::identifiers_in(tx, id).await?;
        if !known
            .iter()
            .any(|known| known.canonical == identifier.canonical())
        {
            let fault = Error::new(&codes::REQUEST_INVALID);
            return Err(fault.field("/identifier", "unknown", "They do not sign in with it."));
        }
        if accounts::verify_identifier(tx, id, &identifier, now).await? {
            log.about(EventKind::IdentifierVerified, id);
        }
        Ok(())
    })
    .await?;
    view(ctx, id).await
}

/// Note what an account is called in another system. A name there is one
/// account's only.
///
/// # Errors
/// `access.denied`, `access.rank`, `person.missing`, `request.invalid`,
/// `identifier.taken`.
pub async fn add_external_id(
    ctx: &Ctx,
    by: &Principal,
    (id, new): (UserId, ExternalId),
) -> Result<AccountView> {
    check(&new)?;
    let (asks, now) = (by.clone(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::AccountVouch, id).await?;
        if accounts::external_ids_in(tx, id).await?.contains(&new) {
            return Ok(());
        }
        if !accounts::add_external_id(tx, id, &new, now).await? {
            return Err(Error::new(&codes::IDENTIFIER_TAKEN));
        }
        log.about(EventKind::AccountUpdated, id);
        Ok(())
    })
    .await?;
    view(ctx, id).await
}

/// Forget what an account is called in another system.
///
/// # Errors
/// `access.denied`, `access.rank`, `person.missing`.
pub async fn remove_external_id(
    ctx: &Ctx,
    by: &Principal,
    (id, old): (UserId, ExternalId),
) -> Result<AccountView> {
    let (asks, now) = (by.clone(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::AccountVouch, id).await?;
        if accounts::remove_external_id(tx, id, &old, now).await? {
            log.about(EventKind::AccountUpdated, id);
        }
        Ok(())
    })
    .await?;
    view(ctx, id).await
}

/// The name there is opaque text; the provider is a word of the operator's.
fn check(new: &ExternalId) -> Result<()> {
    let mut fault = None;
    let mut blame = |pointer, detail: &'static str| {
        let error = fault
            .take()
            .unwrap_or_else(|| Error::new(&codes::REQUEST_INVALID));
        fault = Some(error.field(pointer, "format", detail));
    };
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    let length = new.provider.chars().count();
    if !(1..=ExternalId::PROVIDER_MOST).contains(&length) || !new.provider.chars().all(word) {
        blame(
            "/provider",
            "1 to 64 lower-case letters, digits, dots, dashes and underscores.",
        );
    }
    let length = new.external_id.chars().count();
    if !(1..=ExternalId::ID_MOST).contains(&length) || new.external_id.chars().any(char::is_control)
    {
        blame(
            "/external_id",
            "1 to 255 characters, none of them a control character.",
        );
    }
    fault.map_or(Ok(()), Err)
}
