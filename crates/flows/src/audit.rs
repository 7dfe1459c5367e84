//! The audit trail: sealing it, reading it, and proving that it is whole.

use std::{collections::BTreeMap, time::Duration};

use tollgate_base::{
    Error, Result,
    access::{Facts, Permission, Principal, Target, decide},
    codes,
    hex::hex,
    time::Time,
};
use tollgate_records::{
    events::{self, Chain, Event, EventKind},
    tallies::{self, Day},
};
use tollgate_store::{lease, sql::Tx};

use crate::ctx::Ctx;

/// Events that one transaction seals.
const BATCH: u32 = 500;
/// How long one node seals before another may.
const LEASE: Duration = Duration::from_secs(10);

/// What checking the chain came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Events that are chained and hold.
    pub sealed: i64,
    /// Events that wait to be chained.
    pub waiting: i64,
    /// Hash of the last one: kept elsewhere, it shows later that the end was
    /// not cut off.
    pub head: String,
}

/// Walk the whole chain. A head that was kept elsewhere must be met on the
/// way: by itself a chain cannot show that its end was cut off.
///
/// # Errors
/// `audit.broken`, naming the first event that does not hold.
pub async fn verify(ctx: &Ctx, by: &Principal, kept: Option<String>) -> Result<Verified> {
    decide(
        by,
        Permission::AuditRead,
        &Target::Installation,
        &Facts::NONE,
    )?;
    let mut chain = Chain::start();
    let mut met = false;
    loop {
        let batch = events::sealed_after(ctx.db(), chain.seq, BATCH).await?;
        if batch.is_empty() {
            break;
        }
        for event in &batch {
            chain = chain.check(event).ok_or_else(|| {
                let place = format!(
                    "Event {} after number {} does not fit.",
                    event.id, chain.seq
                );
                Error::new(&codes::AUDIT_BROKEN).detail(place)
            })?;
            met |= kept.as_ref().is_some_and(|kept| *kept == hex(&chain.hash));
        }
    }
    if kept.is_some() && !met {
        let detail =
            "No event has the hash that was kept: the end was cut off, or this is another trail.";
        return Err(Error::new(&codes::AUDIT_BROKEN).detail(detail));
    }
    let waiting = events::waiting(ctx.db()).await?;
    let head = hex(&chain.hash);
    Ok(Verified {
        sealed: chain.seq,
        waiting,
        head,
    })
}

/// Events newest first.
///
/// # Errors
/// `access.denied`.
pub async fn page(
    ctx: &Ctx,
    by: &Principal,
    (before, subject, most): (Option<(Time, String)>, Option<String>, u32),
) -> Result<Vec<Event>> {
    decide(
        by,
        Permission::AuditRead,
        &Target::Installation,
        &Facts::NONE,
    )?;
    events::page(ctx.db(), before, subject, most).await
}

/// When this last happened.
///
/// # Errors
/// `access.denied`.
pub async fn latest(ctx: &Ctx, by: &Principal, kind: EventKind) -> Result<Option<Time>> {
    decide(
        by,
        Permission::AuditRead,
        &Target::Installation,
        &Facts::NONE,
    )?;
    // Of the sealed ones the tallies know the day; only others may be newer.
    let known = tallies::last(ctx.db(), kind.as_str()).await?;
    let since = known.map_or(Time::from_micros(0), Day::begins);
    events::latest(ctx.db(), kind, since).await
}

/// Sealed events in the order of the chain, after a number.
///
/// # Errors
/// `access.denied`.
pub async fn export(ctx: &Ctx, by: &Principal, (after, most): (i64, u32)) -> Result<Vec<Event>> {
    decide(
        by,
        Permission::AuditRead,
        &Target::Installation,
        &Facts::NONE,
    )?;
    events::sealed_after(ctx.db(), after, most).await
}

/// Number, chain and count what waits, if this node holds the lease. Says how
/// many.
///
/// # Errors
/// What the database says.
pub async fn seal(ctx: &Ctx, _by: &Principal, (): ()) -> Result<usize> {
    // An idle server writes nothing, not even its lease.
    if events::waiting(ctx.db()).await? == 0 {
        return Ok(0);
    }
    if !lease::hold(ctx.db(), "seal", ctx.node(), ctx.now(), LEASE).await? {
        return Ok(0);
    }
    let mut sealed = 0;
    loop {
        let count = ctx.db().write(seal_batch).await?;
        sealed += count;
        if count < BATCH as usize {
            return Ok(sealed);
        }
    }
}

/// An event is counted in the transaction that numbers it: both happen once.
async fn seal_batch(tx: &mut Tx<'_>) -> Result<usize> {
    let sealed = events::seal(tx, BATCH).await?;
    let mut counts = BTreeMap::new();
    for event in &sealed {
        let fact = (Day::of(event.at), event.kind.clone());
        *counts.entry(fact).or_default() += 1;
    }
    tallies::add(tx, counts).await?;
    Ok(sealed.len())
}
