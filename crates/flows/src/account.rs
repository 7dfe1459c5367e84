//! An account in its owner's hands, and in those of who may act for them: read,
//! change, take out, delete.

use std::time::Duration;

use tollgate_base::{
    Error, Result,
    access::{Permission, Principal},
    codes,
    id::UserId,
    identifier::{Email, Identifier},
    time::Time,
};
use tollgate_crypto::mac::digest;
use tollgate_records::{
    accounts::{
        self, Profile, addressed,
        waiting::{self, WaitingAddress},
    },
    aliases,
    attempts::Allowance,
    compliance::{self, Exception},
    devices::{self, StoredDevice},
    events::{self, Event, EventKind},
    factors::{
        self, passkeys,
        ways::{self, Channel, CodeWay},
    },
    idempotency, jobs,
    one_time::{self, Purpose},
    passwords,
    phones::{self, StoredPhone},
    pictures::{self, Picture},
    recoveries,
    sessions::{self, Session},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        current, departed,
        equip::removed,
        facts::{allow, allow_reading, keep_an_admin},
        note::{Details, Log, change},
        once, profile,
        proving::{Proving, WAITS},
        strikes,
        view::{AccountView, view},
    },
};

/// Events of an account that its owner sees.
const ACTIVITY: u32 = 100;
/// Most events of an account that are taken out with it.
const EXPORT_EVENTS: u32 = 10_000;

/// How often one account may try whether a username is free.
const NAME_TRIES: Allowance = Allowance {
    failures: 20,
    window: Duration::from_hours(1),
};

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

/// What became of a name that was to be added.
#[derive(Clone, Debug)]
pub enum Added {
    /// It is one to sign in with from now on.
    Named(Box<AccountView>),
    /// It waits to be proved.
    Waits(WaitingAddress),
}

/// All that there is of an account.
pub struct Export {
    /// The account.
    pub account: AccountView,
    /// Addresses that wait to be proved.
    pub waiting: Vec<WaitingAddress>,
    /// The hash of its password, in PHC or a foreign form.
    pub password_hash: Option<String>,
    /// Its phone, and one that waits to be proved.
    pub phones: Vec<StoredPhone>,
    /// The ways in which codes are sent to it.
    pub code_ways: Vec<CodeWay>,
    /// The picture that it uploaded.
    pub picture: Option<Picture>,
    /// Its second factors and passkeys, without what is secret of them.
    pub factors: Vec<Held>,
    /// Its live sessions.
    pub sessions: Vec<Session>,
    /// The devices that it knows.
    pub devices: Vec<StoredDevice>,
    /// The networks that it was used from.
    pub networks: Vec<String>,
    /// What the compliance rules found in it and somebody accepted.
    pub exceptions: Vec<Exception>,
    /// What happened to it, newest first.
    pub events: Vec<Event>,
}

/// A second factor or a passkey.
#[derive(Clone, Debug)]
pub struct Held {
    /// `totp` or `passkey`.
    pub kind: &'static str,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub added_at: Time,
    /// When it was last used.
    pub last_used_at: Option<Time>,
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

/// The e-mail addresses of an account that wait to be proved.
///
/// # Errors
/// `access.denied`, `access.rank`, `person.missing`.
pub async fn waiting(ctx: &Ctx, by: &Principal, of: UserId) -> Result<Vec<WaitingAddress>> {
    allow_reading(ctx.db(), by, Permission::AccountRead, of).await?;
    waiting::of(ctx.db(), of, ctx.now()).await
}

/// Give an account one more name to sign in with. An e-mail address that its owner adds
/// becomes one only once they open the link that is sent there; until then it waits, and
/// whether it is somebody's shows in nothing. Any other is one at once, not verified,
/// and an address of before is told.
///
/// # Errors
/// `access.denied`, `factor.fresh`, `password.fresh`, `identifier.taken`, `throttled`,
/// `request.invalid` past ten names, or past five addresses that wait.
pub async fn add_identifier(
    ctx: &Ctx,
    by: &Principal,
    (id, new): (UserId, Identifier),
) -> Result<Added> {
    let is_own = by.user() == Some(id);
    match new {
        Identifier::Email(email) if is_own => wait(ctx, by, (id, email)).await.map(Added::Waits),
        new => {
            if is_own {
                let tries = digest(&[b"names tried by", id.to_string().as_bytes()]);
                strikes::count_within(ctx, tries, NAME_TRIES).await?;
            }
            let view = name(ctx, by, (id, new)).await?;
            Ok(Added::Named(Box::new(view)))
        }
    }
}

async fn wait(ctx: &Ctx, by: &Principal, (id, email): (UserId, Email)) -> Result<WaitingAddress> {
    let proving = Proving::prepare_new(ctx, id, &email).await?;
    let (asks, now) = (by.clone(), ctx.now());
    let until = now.plus(WAITS);
    change(ctx, by, async move |tx: &mut Tx<'_>, _: &mut Log| {
        allow(tx, &asks, Permission::AccountEdit, id).await?;
        current::stands_lately(tx, &asks, now).await?;
        let known = accounts::identifiers_in(tx, id).await?;
        accounts::check_room(&known)?;
        if known.iter().any(|own| own.canonical == email.canonical()) {
            return Err(Error::new(&codes::IDENTIFIER_TAKEN));
        }
        let waits = waiting::ask(tx, id, &email, now, until).await?;
        let waits = waits.ok_or_else(|| {
            Error::new(&codes::REQUEST_INVALID).detail("Five addresses wait at most.")
        })?;
        proving.queue(tx, now).await?;
        Ok(waits)
    })
    .await
}

async fn name(ctx: &Ctx, by: &Principal, (id, new): (UserId, Identifier)) -> Result<AccountView> {
    let (asks, now) = (by.clone(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::AccountEdit, id).await?;
        current::stands_lately(tx, &asks, now).await?;
        let known = accounts::identifiers_in(tx, id).await?;
        accounts::check_room(&known)?;
        if !accounts::add_identifier(tx, id, (&new, None), now).await? {
            return Err(Error::new(&codes::IDENTIFIER_TAKEN));
        }
        waiting::drop(tx, id, new.canonical()).await?;
        let details = Details {
            subject: Some(id),
            told: addressed(&known).map(|name| name.shown.clone()),
            ..Details::default()
        };
        log.note(EventKind::IdentifierAdded, details);
        Ok(())
    })
    .await?;
    view(ctx, id).await
}

/// Take a name from an account that has another, or an address back that waits. What
/// was sent there opens nothing any more, and an address that goes is told.
///
/// # Errors
/// `access.denied`, `factor.fresh`, `password.fresh`, `request.invalid` for the
/// last one.
pub async fn remove_identifier(
    ctx: &Ctx,
    by: &Principal,
    (id, old): (UserId, Identifier),
) -> Result<AccountView> {
    let (asks, now) = (by.clone(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::AccountEdit, id).await?;
        if waiting::drop(tx, id, old.canonical()).await? {
            let (purpose, to) = (Purpose::AddressVerification, once::sent_to(old.canonical()));
            one_time::withdraw_bound(tx, purpose, id, to, now).await?;
            return Ok(());
        }
        current::stands_lately(tx, &asks, now).await?;
        let known = accounts::identifiers_in(tx, id).await?;
        if known.len() < 2 {
            return Err(Error::new(&codes::REQUEST_INVALID)
                .detail("An account keeps one name to sign in with."));
        }
        if accounts::remove_identifier(tx, id, &old, now).await? {
            let gone = known
                .into_iter()
                .find(|name| name.kind == "email" && name.canonical == old.canonical());
            let details = Details {
                subject: Some(id),
                told: gone.map(|name| name.shown),
                ..Details::default()
            };
            log.note(EventKind::IdentifierRemoved, details);
            departed::void(tx, log, (id, old.canonical()), now).await?;
            if ways::turn_off_at(tx, id, Channel::Email, old.canonical()).await? {
                log.about(EventKind::CodesTurnedOff, id);
                removed(tx, id, asks.person()?.session).await?;
            }
        }
        Ok(())
    })
    .await?;
    view(ctx, id).await
}

/// What happened to an account, newest first.
///
/// # Errors
/// `access.denied`, `person.missing`.
pub async fn activity(ctx: &Ctx, by: &Principal, of: UserId) -> Result<Vec<Event>> {
    allow_reading(ctx.db(), by, Permission::SessionsRead, of).await?;
    events::page(ctx.db(), None, Some(of.to_string()), ACTIVITY).await
}

/// Take out all that there is of an account. That it was done is noted.
///
/// # Errors
/// `access.denied`, `factor.fresh`, `password.fresh`, `person.missing`.
pub async fn export(ctx: &Ctx, by: &Principal, id: UserId) -> Result<Export> {
    allow_reading(ctx.db(), by, Permission::AccountExport, id).await?;
    let (asks, now) = (by.clone(), ctx.now());
    let lately = async move |tx: &mut Tx<'_>| current::stands_lately(tx, &asks, now).await;
    ctx.db().write(lately).await?;
    let export = Export {
        account: view(ctx, id).await?,
        waiting: waiting::of(ctx.db(), id, ctx.now()).await?,
        password_hash: passwords::find(ctx.db(), id).await?,
        phones: phones::of(ctx.db(), id).await?,
        code_ways: ways::of(ctx.db(), id).await?,
        picture: pictures::find(ctx.db(), id).await?,
        factors: held(ctx, id).await?,
        sessions: sessions::live_of(ctx.db(), id, ctx.now()).await?,
        devices: devices::of(ctx.db(), id).await?,
        networks: devices::networks(ctx.db(), id).await?,
        exceptions: compliance::of(ctx.db(), &id.to_string(), ctx.now()).await?,
        events: events::page(ctx.db(), None, Some(id.to_string()), EXPORT_EVENTS).await?,
    };
    change(ctx, by, async move |_: &mut Tx<'_>, log: &mut Log| {
        log.about(EventKind::AccountExported, id);
        Ok(())
    })
    .await?;
    Ok(export)
}

async fn held(ctx: &Ctx, id: UserId) -> Result<Vec<Held>> {
    let apps = factors::of(ctx.db(), id).await?;
    let apps = apps.into_iter().map(|app| Held {
        kind: app.kind.as_str(),
        name: app.name,
        added_at: app.created_at,
        last_used_at: app.last_used_at,
    });
    let passkeys = passkeys::of(ctx.db(), id).await?;
    let passkeys = passkeys.into_iter().map(|passkey| Held {
        kind: "passkey",
        name: passkey.name,
        added_at: passkey.created_at,
        last_used_at: passkey.last_used_at,
    });
    Ok(apps.chain(passkeys).collect())
}

/// Delete an account. Personal data in the audit trail are erased; the trail
/// itself holds.
///
/// # Errors
/// `access.denied`, `factor.fresh`, `password.fresh`, `person.missing`, `admin.last`.
pub async fn delete(ctx: &Ctx, by: &Principal, id: UserId) -> Result<()> {
    let (asks, now) = (by.clone(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::AccountDelete, id).await?;
        keep_an_admin(tx, id).await?;
        current::stands_lately(tx, &asks, now).await?;
        sessions::forget(tx, id).await?;
        devices::forget(tx, id).await?;
        one_time::forget(tx, id).await?;
        recoveries::stop(tx, id).await?;
        compliance::forget(tx, &id.to_string()).await?;
        passwords::forget(tx, id).await?;
        factors::forget(tx, id).await?;
        phones::forget(tx, id).await?;
        waiting::forget(tx, id).await?;
        jobs::forget(tx, id).await?;
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
    if let Some(locale) = &edit.locale {
        fault = profile::judge_locale(fault, locale);
    }
    if fault.fields().is_empty() {
        Ok(())
    } else {
        Err(fault)
    }
}
