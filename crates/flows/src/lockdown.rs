//! "This wasn't me": whoever is signed in shuts everybody else out at once.

use tollgate_base::{
    Result,
    access::{Permission, Principal},
};
use tollgate_records::{
    accounts::waiting,
    devices,
    events::EventKind,
    one_time,
    sessions::{self, EndReason},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        end,
        facts::allow,
        note::{Log, change},
        recovery,
        renew::{Renewal, Renewed},
    },
};

/// End every session but this one, which has a new secret, forget every other device
/// and every network, trust none, void every link and code that was issued, forget every
/// address that waits to be proved, and stop a recovery. What is left, a new password and
/// a look at the factors, is the owner's to do. Says how many sessions ended.
///
/// # Errors
/// `auth.required`, `access.denied`.
pub async fn lockdown(ctx: &Ctx, by: &Principal, (): ()) -> Result<(u64, Renewed)> {
    let person = by.person()?;
    let (asks, user, session, now) = (by.clone(), person.user, person.session, ctx.now());
    let renewal = Renewal::prepare(ctx, person)?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::SessionsEnd, user).await?;
        let ended = end::end_all(tx, user, Some(session), EndReason::LockedDown, now).await?;
        one_time::withdraw_all(tx, user, now).await?;
        waiting::forget(tx, user).await?;
        let here = sessions::find(tx, session).await?;
        match here.and_then(|here| here.device_id) {
            Some(device) => devices::remove_others(tx, user, device).await?,
            None => devices::forget(tx, user).await?,
        };
        devices::forget_networks(tx, user).await?;
        devices::distrust(tx, user).await?;
        recovery::stop(tx, log, user, now).await?;
        log.about(EventKind::LockedDown, user);
        Ok((ended, renewal.make(tx, now).await?))
    })
    .await
}
