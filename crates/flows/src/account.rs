//! An account in its owner's hands, and in those of who may act for them: read,
//! change, take out, delete.

use tollgate_base::{
    Error, Result,
    access::{Permission, Principal},
    codes,
    id::UserId,
    identifier::Identifier,
};
use tollgate_records::{
    accounts::{self, Profile},
    aliases,
    events::{self, Event, EventKind},
    factors, idempotency, one_time, passwords,
    pictures::{self, Picture},
    sessions::{self, Session},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        facts::{allow, allow_reading, keep_an_admin},
        note::{Details, Log, change},
        profile,
        view::{AccountView, view},
    },
};

/// Most events of an account that are taken out with it.
const EXPORT_EVENTS: u32 = 10_000;

/// A change of a profile; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct EditProfile {
    /// What the account is called.
    pub display_name: Option<String>,
    /// What it says of itself.
    pub bio: Option<String>,
    /// Its picture's address.
    pub picture: Option<String>,
    /// Its language.
    pub locale: Option<String>,
    /// The version that was read, if the caller cares.
    pub if_version: Option<i64>,
}

/// All that there is of an account.
pub struct Export {
    /// The account.
    pub account: AccountView,
    /// The hash of its password, in PHC or a foreign form.
    pub password_hash: Option<String>,
    /// The picture that it uploaded.
    pub picture: Option<Picture>,
    /// Its live sessions.
    pub sessions: Vec<Session>,
    /// What happened to it, newest first.
    pub events: Vec<Event>,
}

/// One's own account.
///
/// # Errors
/// `auth.required`.
pub async fn me(ctx: &Ctx, by: &Principal, (): ()) -> Result<AccountView> {
    view(ctx, by.person()?.user).await
}

/// Change a profile. An empty text removes what was there.
///
/// # Errors
/// `access.denied`, `request.invalid`, `version.mismatch`.
pub async fn edit(
    ctx: &Ctx,
    by: &Principal,
    (id, edit): (UserId, EditProfile),
) -> Result<AccountView> {
    check(&edit)?;
    let (asks, now) = (by.clone(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::AccountEdit, id).await?;
        let account = accounts::find_in(tx, id)
            .await?
            .ok_or_else(|| Error::new(&codes::PERSON_MISSING))?;
        let was = account.profile;
        let new = Profile {
            display_name: merged(edit.display_name.as_ref(), was.display_name),
            bio: merged(edit.bio.as_ref(), was.bio),
            picture: merged(edit.picture.as_ref(), was.picture),
            locale: merged(edit.locale.as_ref(), was.locale),
        };
        let version = edit.if_version.unwrap_or(account.version);
        if !accounts::save_profile(tx, id, &new, version, now).await? {
            return Err(Error::new(&codes::VERSION_MISMATCH));
        }
        log.about(EventKind::AccountUpdated, id);
        Ok(())
    })
    .await?;
    view(ctx, id).await
}

/// Give an account one more name to sign in with. It is not verified yet.
///
/// # Errors
/// `access.denied`, `identifier.taken`, `request.invalid` past ten of them.
pub async fn add_identifier(
    ctx: &Ctx,
    by: &Principal,
    (id, new): (UserId, Identifier),
) -> Result<AccountView> {
    let (asks, now) = (by.clone(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::AccountEdit, id).await?;
        if accounts::identifiers_in(tx, id).await?.len() >= 10 {
            return Err(
                Error::new(&codes::REQUEST_INVALID).detail("An account has ten names at most.")
            );
        }
        if !accounts::add_identifier(tx, id, &new, now).await? {
            return Err(Error::new(&codes::IDENTIFIER_TAKEN));
        }
        log.about(EventKind::AccountUpdated, id);
        Ok(())
    })
    .await?;
    view(ctx, id).await
}

/// Take a name from an account that has another.
///
/// # Errors
/// `access.denied`, `request.invalid` for the last one.
pub async fn remove_identifier(
    ctx: &Ctx,
    by: &Principal,
    (id, old): (UserId, Identifier),
) -> Result<AccountView> {
    let (asks, now) = (by.clone(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::AccountEdit, id).await?;
        if accounts::identifiers_in(tx, id).await?.len() < 2 {
            return Err(Error::new(&codes::REQUEST_INVALID)
                .detail("An account keeps one name to sign in with."));
        }
        if accounts::remove_identifier(tx, id, &old, now).await? {
            log.about(EventKind::AccountUpdated, id);
        }
        Ok(())
    })
    .await?;
    view(ctx, id).await
}

/// Take out all that there is of an account. That it was done is noted.
///
/// # Errors
/// `access.denied`, `person.missing`.
pub async fn export(ctx: &Ctx, by: &Principal, id: UserId) -> Result<Export> {
    allow_reading(ctx.db(), by, Permission::AccountExport, id).await?;
    let export = Export {
        account: view(ctx, id).await?,
        password_hash: passwords::find(ctx.db(), id).await?,
        picture: pictures::find(ctx.db(), id).await?,
        sessions: sessions::live_of(ctx.db(), id, ctx.now()).await?,
        events: events::page(ctx.db(), None, Some(id.to_string()), EXPORT_EVENTS).await?,
    };
    change(ctx, by, async move |_: &mut Tx<'_>, log: &mut Log| {
        log.about(EventKind::AccountExported, id);
        Ok(())
    })
    .await?;
    Ok(export)
}

/// Delete an account. Personal data in the audit trail are erased; the trail
/// itself holds.
///
/// # Errors
/// `access.denied`, `person.missing`, `admin.last`.
pub async fn delete(ctx: &Ctx, by: &Principal, id: UserId) -> Result<()> {
    let asks = by.clone();
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::AccountDelete, id).await?;
        keep_an_admin(tx, id).await?;
        sessions::forget(tx, id).await?;
        one_time::forget(tx, id).await?;
        passwords::forget(tx, id).await?;
        factors::forget(tx, id).await?;
        pictures::forget(tx, id).await?;
        aliases::forget(tx, id).await?;
        idempotency::forget(tx, &id.to_string()).await?;
        accounts::forget(tx, id).await?;
        events::clean_personal(tx, &id.to_string()).await?;
        log.note(
            EventKind::AccountDeleted,
            Details {
                subject: Some(id),
                ..Details::default()
            },
        );
        Ok(())
    })
    .await
}

fn merged(new: Option<&String>, old: Option<String>) -> Option<String> {
    match new {
        None => old,
        Some(text) => profile::kept(text),
    }
}

fn check(edit: &EditProfile) -> Result<()> {
    let limits = [
        ("/display_name", &edit.display_name, Profile::NAME_MOST),
        ("/bio", &edit.bio, Profile::BIO_MOST),
        ("/picture", &edit.picture, Profile::PICTURE_MOST),
        ("/locale", &edit.locale, Profile::LOCALE_MOST),
    ];
    let mut fault = Error::new(&codes::REQUEST_INVALID);
    for (pointer, text, most) in limits {
        if let Some(text) = text {
            fault = profile::judge(fault, pointer, text, most);
        }
    }
    let scheme_fits = |text: &String| text.trim().is_empty() || text.trim().starts_with("https://");
    if edit.picture.as_ref().is_some_and(|text| !scheme_fits(text)) {
        fault = fault.field("/picture", "scheme", "An https:// address.");
    }
    let tag = |text: &String| {
        text.trim()
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    if edit.locale.as_ref().is_some_and(|text| !tag(text)) {
        let detail = "A language tag, such as de or pt-BR.";
        fault = fault.field("/locale", "language_tag", detail);
    }
    if fault.fields().is_empty() {
        Ok(())
    } else {
        Err(fault)
    }
}
