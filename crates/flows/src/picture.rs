//! The picture of an account: made from an upload, shown to whoever may see the
//! account, removed.

use tollgate_base::{
    Error, Result,
    access::{Permission, Principal},
    codes,
    id::UserId,
};
use tollgate_imaging::Avatar;
use tollgate_records::{
    accounts,
    events::EventKind,
    pictures::{self, Picture},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        facts::{allow, allow_reading},
        note::{Log, change},
        view::{AccountView, view},
    },
};

pub use tollgate_imaging::UPLOAD_MOST;

/// The picture of an account.
///
/// # Errors
/// `access.denied`, `access.rank`, `person.missing`, `picture.missing`.
pub async fn show(ctx: &Ctx, by: &Principal, id: UserId) -> Result<Picture> {
    allow_reading(ctx.db(), by, Permission::AccountRead, id).await?;
    pictures::find(ctx.db(), id)
        .await?
        .ok_or_else(|| Error::new(&codes::PICTURE_MISSING))
}

/// Make the picture of an account from an upload. Who may not is refused
/// before any work is done.
///
/// # Errors
/// `access.denied`, `access.rank`, `person.missing`, `request.too_large`,
/// `picture.kind`, `picture.broken`, `picture.animated`, `picture.too_large`,
/// `busy.imaging`.
pub async fn upload(
    ctx: &Ctx,
    by: &Principal,
    (id, file): (UserId, Vec<u8>),
) -> Result<AccountView> {
    allow_reading(ctx.db(), by, Permission::AccountEdit, id).await?;
    let Avatar { media_type, bytes } = ctx.studio().avatar(file).await?;
    let (picture, asks, now) = (Picture::new(media_type, bytes), by.clone(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::AccountEdit, id).await?;
        pictures::set(tx, id, &picture, now).await?;
        accounts::touch(tx, id, now).await?;
        log.about(EventKind::AccountUpdated, id);
        Ok(())
    })
    .await?;
    view(ctx, id).await
}

/// Remove the picture of an account, if it has one.
///
/// # Errors
/// `access.denied`, `access.rank`, `person.missing`.
pub async fn remove(ctx: &Ctx, by: &Principal, id: UserId) -> Result<AccountView> {
    let (asks, now) = (by.clone(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::AccountEdit, id).await?;
        if pictures::forget(tx, id).await? {
            accounts::touch(tx, id, now).await?;
            log.about(EventKind::AccountUpdated, id);
        }
        Ok(())
    })
    .await?;
    view(ctx, id).await
}
