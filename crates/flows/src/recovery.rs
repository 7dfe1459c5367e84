//! Getting back into an account whose second factors are lost. An administrator
//! starts it and nobody finishes it alone: it waits, its owner is told and may
//! stop it, and only then a link goes to their verified address.

use std::time::Duration;

use tollgate_base::{
    Error, Result, SecretString,
    access::{Permission, Principal},
    codes,
    id::{JobId, UserId},
    time::Time,
};
use tollgate_records::{
    accounts,
    events::EventKind,
    factors, jobs,
    one_time::{self, Purpose},
    recoveries::{self, Recovery},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        current,
        facts::{allow, allow_reading},
        lanes,
        new_password::{self, Ends},
        note::{Details, Log, change},
        once,
        queue::{Payload, RecoveryJob},
        recovery,
        vet::ClientProfile,
    },
};

/// How long after the wait it may be finished: a day for the mail, and one for
/// its link.
const OPEN: Duration = Duration::from_hours(48);

/// A new password from somebody who holds the link of a recovery.
#[derive(Debug)]
pub struct Finish {
    /// The token of the link.
    pub token: SecretString,
    /// The new password.
    pub new: SecretString,
}

/// Start one, or tell of the one that waits already. One whose link never went
/// out, and will not, gives way to a new one.
///
/// # Errors
/// `access.denied`, `access.rank`, `factor.fresh`, `password.fresh`, `person.missing`,
/// `recovery.address` without a verified address.
pub async fn start(ctx: &Ctx, by: &Principal, of: UserId) -> Result<Recovery> {
    let (asks, now) = (by.clone(), ctx.now());
    let ready_at = now.plus(ctx.policy().recovery_wait);
    let new = Recovery {
        account: of,
        job: JobId::new(now, ctx.entropy())?,
        started_by: by.to_string(),
        started_at: now,
        ready_at,
        expires_at: ready_at.plus(OPEN),
    };
    let payload = RecoveryJob {
        account: of.to_string(),
    }
    .to_payload()?;
    let begun = new.clone();
    let started = change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::RecoveryStart, of).await?;
        current::stands_lately(tx, &asks, now).await?;
        let known = accounts::identifiers_in(tx, of).await?;
        if accounts::proved_address(&known).is_none() {
            return Err(Error::new(&codes::RECOVERY_ADDRESS));
        }
        if is_stranded(tx, of, now).await? {
            recovery::stop(tx, log, of, now).await?;
        }
        if !recoveries::start(tx, &begun).await? {
            return Ok(false);
        }
        let job = (begun.job, RecoveryJob::QUEUE, payload.as_str());
        jobs::add_for(tx, job, now, ready_at).await?;
        log.about(EventKind::RecoveryStarted, of);
        Ok(true)
    })
    .await?;
    if started {
        return Ok(new);
    }
    pending(ctx, by, of)
        .await?
        .ok_or_else(|| Error::new(&codes::RECOVERY_MISSING))
}

/// Whether the one that waits leads nowhere: its mail was given up or deleted, and
/// no link of it is out.
async fn is_stranded(tx: &mut Tx<'_>, of: UserId, now: Time) -> Result<bool> {
    let Some(waits) = recoveries::find_in(tx, of, now).await? else {
        return Ok(false);
    };
    let mail = jobs::find(tx, waits.job).await?;
    Ok(match mail {
        Some(mail) => mail.dead_at.is_some(),
        None => !one_time::is_out(tx, Purpose::AccountRecovery, of, now).await?,
    })
}

/// The one that waits, if there is one.
///
/// # Errors
/// `access.denied`, `access.rank`, `person.missing`.
pub async fn pending(ctx: &Ctx, by: &Principal, of: UserId) -> Result<Option<Recovery>> {
    allow_reading(ctx.db(), by, Permission::RecoveryStop, of).await?;
    recoveries::find(ctx.db(), of, ctx.now()).await
}

/// Stop it: its owner has lost nothing, or whoever started it was wrong.
///
/// # Errors
/// `access.denied`, `access.rank`, `recovery.missing`.
pub async fn stop(ctx: &Ctx, by: &Principal, of: UserId) -> Result<()> {
    let (asks, now) = (by.clone(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::RecoveryStop, of).await?;
        if recovery::stop(tx, log, of, now).await? {
            Ok(())
        } else {
            Err(Error::new(&codes::RECOVERY_MISSING))
        }
    })
    .await
}

/// Finish it: a new password, and nothing of what was lost. All sessions end.
///
/// # Errors
/// `one_time.invalid`, `password.weak`, `busy.hashing`.
pub async fn finish(ctx: &Ctx, by: &Principal, request: Finish) -> Result<()> {
    let (now, token) = (ctx.now(), once::fingerprint(&request.token)?);
    let presented = once::present(ctx, Purpose::AccountRecovery, token).await?;
    let user = presented.account.ok_or_else(once::invalid)?;
    new_password::vet_for(ctx, by, user, &request.new, None, ClientProfile::NATIVE).await?;
    let hash = ctx.hash(&request.new).await?;
    let history = ctx.policy().password.history;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let known = accounts::identifiers_in(tx, user).await?;
        let proved = known.iter().filter(|own| own.verified_at.is_some());
        let mut to = proved.map(|own| once::sent_to(&own.canonical));
        let binding = to.find(|to| presented.binding == Some(*to));
        let purpose = Purpose::AccountRecovery;
        one_time::redeem(tx, purpose, token, binding, now)
            .await?
            .ok_or_else(once::invalid)?;
        if !recoveries::take(tx, user, now).await? {
            return Err(once::invalid());
        }
        new_password::set(tx, user, (&hash, history), Ends::All, now).await?;
        factors::forget(tx, user).await?;
        lanes::forgive_codes(tx, user).await?;
        let details = Details {
            actor: Some(user),
            subject: Some(user),
            ..Details::default()
        };
        log.note(EventKind::AccountRecovered, details);
        Ok(())
    })
    .await
}
