//! The audit trail: sealing it, reading it, and proving that it is whole.

mod checkpoint;
mod proof;
mod retention;
mod search;
mod ship;

use std::{collections::BTreeMap, time::Duration};

use tollgate_base::{Result, access::Principal, hex::hex, time::Time};
use tollgate_records::{
    accounts, checkpoints,
    events::{self, Event, EventKind},
    tallies::{self, Day},
};
use tollgate_store::{lease, sql::Tx};

use crate::{
    ctx::Ctx,
    steps::{
        looked,
        note::{Details, Log, change},
        read, trail,
    },
};

use checkpoint::{keys, may_read};

pub use checkpoint::{Round, Standing, checkpoint, key_set, patrol, signed, standing};
pub use proof::{Head, Proof, VerifyingKey, checkpoints_in, keys_in};
pub use retention::expire;
pub use search::{Found, Search, search};
pub use ship::{Export, SYSLOG, exports, replay, ship};
pub use tollgate_records::checkpoints::Checkpoint;

/// Events that one transaction seals.
const BATCH: u32 = 500;
/// How long one node seals before another may.
const LEASE: Duration = Duration::from_secs(10);

/// What checking the trail came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Events that are chained and hold.
    pub sealed: i64,
    /// Events that wait to be chained.
    pub waiting: i64,
    /// Signed heads that were met on the way.
    pub checkpoints: u64,
    /// Hash of the last one: kept elsewhere, it shows later that the end was
    /// not cut off.
    pub head: String,
}

/// What was kept elsewhere and has to be met on the way: by itself a trail
/// cannot show that its end was cut off, or that all of it was written anew.
#[derive(Clone, Default)]
pub struct Kept {
    /// A head that an earlier check told.
    pub head: Option<String>,
    /// Signed heads.
    pub checkpoints: Vec<String>,
    /// The keys that prove them; those in the database if there are none.
    pub keys: Vec<VerifyingKey>,
}

/// Walk the whole chain, past every signed head and whatever was kept elsewhere.
///
/// # Errors
/// `audit.broken`, naming the first event or checkpoint that does not hold.
pub async fn verify(ctx: &Ctx, by: &Principal, kept: Kept) -> Result<Verified> {
    may_read(by)?;
    let ours_prove = kept.keys.is_empty();
    let mut proving = if ours_prove {
        keys(ctx).await?
    } else {
        kept.keys.clone()
    };
    let ours = |head: Head| {
        if head.installation == ctx.installation().id {
            return Ok(head);
        }
        let says = "A checkpoint is of another installation.";
        Err(proof::broken(says.to_owned()))
    };
    let mut proof = Proof::begin();
    for signed in &kept.checkpoints {
        proof.expect(&ours(Head::read(signed, &proving)?)?)?;
    }
    let (mut met, mut known) = (false, 0);
    loop {
        let signed = checkpoints::after(ctx.db(), known, BATCH).await?;
        if ours_prove && !signed.is_empty() {
            // A server beside us may have signed with a key that it just made.
            proving = keys(ctx).await?;
        }
        for signed in signed {
            known = signed.seq;
            proof.expect(&ours(Head::kept(&signed, &proving)?)?)?;
        }
        let batch = events::sealed_after(ctx.db(), proof.seq(), BATCH).await?;
        for event in &batch {
            proof.step(event)?;
            let is_kept = |kept: &String| *kept == hex(&proof.chain().hash);
            met |= kept.head.as_ref().is_some_and(is_kept);
        }
        if batch.is_empty() {
            break;
        }
    }
    proof.end()?;
    if kept.head.is_some() && !met {
        let detail =
            "No event has the hash that was kept: the end was cut off, or this is another trail.";
        return Err(proof::broken(detail.to_owned()));
    }
    if let Some(says) = trail::cut(ctx.db()).await? {
        return Err(proof::broken(says));
    }
    let waiting = events::waiting(ctx.db()).await?;
    let is_empty = proof.seq() == 0 && waiting == 0;
    if is_empty
        && !accounts::census(ctx.db())
            .await?
            .iter()
            .all(|held| held.people == 0)
    {
        let detail = "There are accounts, and no event that tells of them: the trail is gone.";
        return Err(proof::broken(detail.to_owned()));
    }
    Ok(Verified {
        sealed: proof.seq(),
        waiting,
        checkpoints: proof.met(),
        head: hex(&proof.chain().hash),
    })
}

/// Events newest first, which nobody is shown or somebody was told of: see [`recent`].
///
/// # Errors
/// `access.denied`.
pub async fn page(
    ctx: &Ctx,
    by: &Principal,
    (before, subject, most): (Option<(Time, String)>, Option<String>, u32),
) -> Result<Vec<Event>> {
    may_read(by)?;
    events::page(ctx.db(), before, subject, most).await
}

/// The newest events of one subject or all, looked at by somebody: that is told, once
/// for each look. Says `view`.
///
/// # Errors
/// `access.denied`.
pub async fn recent(
    ctx: &Ctx,
    by: &Principal,
    (view, subject, most): (&'static str, Option<String>, u32),
) -> Result<Vec<Event>> {
    let events = page(ctx, by, (None, subject.clone(), most)).await?;
    looked::tell(ctx, by, (view, subject, events.len())).await?;
    Ok(events)
}

/// When this last happened.
///
/// # Errors
/// `access.denied`.
pub async fn latest(ctx: &Ctx, by: &Principal, kind: EventKind) -> Result<Option<Time>> {
    may_read(by)?;
    read::last(ctx.db(), kind).await
}

/// Begin to take the trail out after a number: that somebody does is told first.
/// Says up to which number.
///
/// # Errors
/// `access.denied`.
pub async fn begin_export(
    ctx: &Ctx,
    by: &Principal,
    (after, form): (i64, &'static str),
) -> Result<i64> {
    may_read(by)?;
    let end = events::last_number(ctx.db()).await?;
    tell_export(ctx, by, (form, after, end.saturating_sub(after).max(0))).await?;
    Ok(end)
}

/// Tell that somebody takes the result of a search out.
///
/// # Errors
/// `access.denied`.
pub async fn exported(ctx: &Ctx, by: &Principal, (form, rows): (&'static str, i64)) -> Result<()> {
    may_read(by)?;
    tell_export(ctx, by, (form, 0, rows)).await
}

async fn tell_export(
    ctx: &Ctx,
    by: &Principal,
    (form, after, rows): (&'static str, i64, i64),
) -> Result<()> {
    let reader = by.user();
    change(ctx, by, async move |_: &mut Tx<'_>, log: &mut Log| {
        let mut details = Details {
            subject: reader,
            ..Details::default()
        };
        details.data.say("form", form);
        details.data.say("after", after);
        details.data.say("events", rows);
        log.note(EventKind::AuditExported, details);
        Ok(())
    })
    .await
}

/// Sealed events in the order of the chain, after a number. Whoever takes them
/// out [begins](begin_export) first.
///
/// # Errors
/// `access.denied`.
pub async fn export(ctx: &Ctx, by: &Principal, (after, most): (i64, u32)) -> Result<Vec<Event>> {
    may_read(by)?;
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
        let counts = ctx.db().write(seal_batch).await?;
        let count: usize = counts.values().sum();
        // By the one node that numbers it, whoever noted it: commands are asked for
        // no numbers, and the sum over all nodes is right.
        for (kind, many) in counts {
            metrics::counter!("tollgate_events_total", "kind" => kind).increment(many as u64);
        }
        sealed += count;
        if count < BATCH as usize {
            return Ok(sealed);
        }
    }
}

/// An event is counted in the transaction that numbers it: both happen once. Says how
/// many of each kind.
async fn seal_batch(tx: &mut Tx<'_>) -> Result<BTreeMap<String, usize>> {
    let sealed = events::seal(tx, BATCH).await?;
    let (mut counts, mut kinds) = (BTreeMap::new(), BTreeMap::new());
    for event in sealed {
        *kinds.entry(event.kind.clone()).or_default() += 1;
        *counts.entry((Day::of(event.at), event.kind)).or_default() += 1;
    }
    tallies::add(tx, counts).await?;
    Ok(kinds)
}
