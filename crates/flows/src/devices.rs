//! The browsers and apps that somebody has signed in from: seeing and forgetting
//! them. How they come to be known is the business of every way in.

use std::time::Duration;

use tollgate_base::{
    Error, Result,
    access::{Permission, Principal},
    codes,
    id::{DeviceId, UserId},
    time::Time,
};
use tollgate_records::{
    accounts,
    devices::{self, StoredDevice},
    events::EventKind,
    sessions::{self, EndReason},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        facts::{allow, allow_reading},
        note::{Details, Log, change},
    },
};

/// A device as its owner sees it.
#[derive(Clone, Debug)]
pub struct KnownDevice {
    /// What is stored of it.
    pub stored: StoredDevice,
    /// When it was last used, by signing in or by a session on it.
    pub last_used_at: Time,
    /// Until when the second step is left out on it, if it is.
    pub trusted_until: Option<Time>,
    /// Whether the session that asks was opened on it.
    pub is_current: bool,
}

/// Which devices of an account are to be forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// All but the one on which the asking session was opened.
    Others,
}

/// The devices of an account, the one that was used last first.
///
/// # Errors
/// `auth.required`, `access.denied`, `access.rank`, `person.missing`.
pub async fn list(ctx: &Ctx, by: &Principal, of: UserId) -> Result<Vec<KnownDevice>> {
    allow_reading(ctx.db(), by, Permission::SessionsRead, of).await?;
    let (now, trust) = (ctx.now(), trust(ctx, of).await?);
    let not_before = ctx.installation().not_before;
    let live = sessions::live_of(ctx.db(), of, now).await?;
    let mine = by.person().ok().map(|person| person.session);
    let known = devices::of(ctx.db(), of).await?.into_iter().map(|stored| {
        let on_it = live.iter().filter(|it| it.device_id == Some(stored.id));
        let seen = on_it.clone().map(|session| {
            let seen = ctx.freshness().last_seen(session.id);
            seen.unwrap_or_default().max(session.last_seen_at)
        });
        let until = trust.and_then(|lasts| stored.trusted_until(lasts, not_before));
        KnownDevice {
            last_used_at: seen.max().unwrap_or_default().max(stored.last_used_at),
            trusted_until: until.filter(|until| *until > now),
            is_current: on_it.map(|session| session.id).any(|id| Some(id) == mine),
            stored,
        }
    });
    let mut known: Vec<_> = known.collect();
    known.sort_by_key(|device| std::cmp::Reverse(device.last_used_at));
    Ok(known)
}

/// Forget one device of an account. Sessions that were opened on it end.
///
/// # Errors
/// `device.missing` also where it is somebody else's, `auth.required`,
/// `access.denied`, `access.rank`, `person.missing`.
pub async fn forget(ctx: &Ctx, by: &Principal, (of, id): (UserId, DeviceId)) -> Result<()> {
    let (asks, now) = (by.clone(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::SessionsEnd, of).await?;
        if !devices::remove(tx, of, id).await? {
            return Err(Error::new(&codes::DEVICE_MISSING));
        }
        sessions::end_of_device(tx, of, id, EndReason::DeviceRemoved, now).await?;
        let mut details = Details {
            subject: Some(of),
            ..Details::default()
        };
        details.data.say("device", id.to_string());
        log.note(EventKind::DeviceRemoved, details);
        Ok(())
    })
    .await
}

/// Forget several devices of an account; with all of them the networks too that it
/// was used from. Sessions that were opened on them end. Says how many there were.
///
/// # Errors
/// `auth.required`, `access.denied`, `access.rank`, `person.missing`.
pub async fn forget_several(
    ctx: &Ctx,
    by: &Principal,
    (of, which): (UserId, Which),
) -> Result<u64> {
    let (asks, now) = (by.clone(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::SessionsEnd, of).await?;
        let but = match which {
            Which::All => None,
            Which::Others => sessions::find(tx, asks.person()?.session).await?,
        };
        let but = but.and_then(|session| session.device_id);
        let count = match but {
            None => devices::forget(tx, of).await?,
            Some(but) => devices::remove_others(tx, of, but).await?,
        };
        sessions::end_of_devices(tx, of, but, EndReason::DeviceRemoved, now).await?;
        let mut details = Details {
            subject: Some(of),
            ..Details::default()
        };
        details.data.say("count", count);
        log.note(EventKind::DevicesRemoved, details);
        Ok(count)
    })
    .await
}

/// For how long the second step may be left out on a device of theirs, if at all.
async fn trust(ctx: &Ctx, of: UserId) -> Result<Option<Duration>> {
    let policy = ctx.policy();
    let account = accounts::find(ctx.db(), of).await?;
    let required = account.is_none_or(|account| {
        let required = policy.second_factor;
        required.required_of(account.role, account.founder)
    });
    Ok(policy.devices.trust.filter(|_| !required))
}
