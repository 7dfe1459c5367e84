//! Signed heads of the chain: made when there is something new, kept, and told
//! to the log, so that they leave the machine. What is signed was checked first.

use std::time::Duration;

use serde_json::{Value, json};
use tollgate_base::{
    Error, Result,
    access::{Facts, Permission, Principal, Target, decide},
    codes,
    time::Time,
};
use tollgate_crypto::jwt::Algorithm;
use tollgate_records::{
    checkpoints::{self, Checkpoint},
    cursors,
    events::{self, Chain, EventKind},
};
use tollgate_store::{lease, sql::Tx};

use super::{
    BATCH,
    proof::{Head, Proof, VerifyingKey, keys_in},
};
use crate::{
    ctx::{Ctx, PURPOSE_AUDIT},
    steps::{
        keys,
        note::{Details, Log, change},
    },
};

/// How long one node signs before another may.
const LEASE: Duration = Duration::from_mins(1);
/// Most events between two signed heads, so that a round ends.
const STRETCH: i64 = 20_000;
/// Events that one round of the patrol looks at again.
const PATROL: i64 = 2_000;
/// How far the check has come, and what it found.
const CHECK: &str = "check";

/// How the trail stands, by what this server checks on its own.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The last signed head.
    pub last: Option<Checkpoint>,
    /// What was found not to fit, if anything was.
    pub fault: Option<String>,
    /// Events that are not behind a signed head yet.
    pub beyond: i64,
}

/// Sign the head of the chain, if it is time to and what is new holds. Says
/// what was signed.
///
/// # Errors
/// What the database says.
pub async fn checkpoint(ctx: &Ctx, by: &Principal, (): ()) -> Result<Option<Checkpoint>> {
    let (db, now) = (ctx.db(), ctx.now());
    let last = checkpoints::last(db).await?;
    let from = match &last {
        Some(last) => Chain {
            seq: last.seq,
            hash: last.hash,
        },
        None => Chain::start(),
    };
    // An idle server writes nothing, not even its lease.
    if !is_due(ctx, from.seq, last.map(|last| last.at)).await?
        || !lease::hold(db, "checkpoint", ctx.node(), now, LEASE).await?
    {
        return Ok(None);
    }
    let mut proof = Proof::after(from);
    match walk(ctx, &mut proof, STRETCH).await {
        Err(fault) if fault.is(&codes::AUDIT_BROKEN) => {
            report(ctx, by, &fault).await?;
            return Ok(None);
        }
        Err(fault) => return Err(fault),
        Ok(()) if proof.seq() == from.seq => return Ok(None),
        Ok(()) => {}
    }
    sign(ctx, by, proof.chain()).await.map(Some)
}

/// Look at a part of the trail again, after number `after`: what was signed long
/// ago may have been changed since. Says where to go on.
///
/// # Errors
/// What the database says.
pub async fn patrol(ctx: &Ctx, by: &Principal, after: i64) -> Result<i64> {
    let begin = match after {
        0 => Chain::start(),
        _ => match events::sealed_after(ctx.db(), after - 1, 1).await?.pop() {
            Some(event) if event.seq == Some(after) => Chain {
                seq: after,
                hash: event.hash.unwrap_or_default(),
            },
            _ => return Ok(0),
        },
    };
    let mut proof = Proof::after(begin);
    let keys = keys(ctx).await?;
    for signed in checkpoints::after(ctx.db(), after, BATCH).await? {
        if signed.seq <= after + PATROL {
            let checked = Head::read(&signed.signed, &keys).and_then(|head| proof.expect(&head));
            if let Err(fault) = checked {
                report(ctx, by, &fault).await?;
                return Ok(0);
            }
        }
    }
    match walk(ctx, &mut proof, PATROL).await {
        Err(fault) if fault.is(&codes::AUDIT_BROKEN) => {
            report(ctx, by, &fault).await?;
            Ok(0)
        }
        Err(fault) => Err(fault),
        Ok(()) if proof.seq() < after + PATROL => match proof.end() {
            Ok(()) => Ok(0),
            Err(fault) => {
                report(ctx, by, &fault).await?;
                Ok(0)
            }
        },
        Ok(()) => Ok(proof.seq()),
    }
}

/// How the trail stands.
///
/// # Errors
/// `access.denied`.
pub async fn standing(ctx: &Ctx, by: &Principal, (): ()) -> Result<Standing> {
    may_read(by)?;
    let last = checkpoints::last(ctx.db()).await?;
    let head = events::last_number(ctx.db()).await?;
    let seq = last.as_ref().map_or(0, |last| last.seq);
    let check = cursors::find(ctx.db(), CHECK).await?;
    Ok(Standing {
        fault: check.and_then(|check| check.fault),
        beyond: head - seq,
        last,
    })
}

/// Signed heads after number `after`, in the order of the chain.
///
/// # Errors
/// `access.denied`.
pub async fn signed(
    ctx: &Ctx,
    by: &Principal,
    (after, most): (i64, u32),
) -> Result<Vec<Checkpoint>> {
    may_read(by)?;
    checkpoints::after(ctx.db(), after, most).await
}

/// The public keys that prove signed heads, as a key set; those that were
/// removed among them.
///
/// # Errors
/// `access.denied`.
pub async fn key_set(ctx: &Ctx, by: &Principal, (): ()) -> Result<Value> {
    may_read(by)?;
    let keys = checkpoints::keys(ctx.db()).await?;
    let keys: Vec<Value> = keys
        .iter()
        .filter_map(|key| serde_json::from_str(key).ok())
        .collect();
    Ok(json!({ "keys": keys }))
}

/// The same, to check with.
pub(super) async fn keys(ctx: &Ctx) -> Result<Vec<VerifyingKey>> {
    let set = key_set(ctx, &Principal::Chore("checkpoint"), ()).await?;
    Ok(keys_in(&set))
}

pub(super) fn may_read(by: &Principal) -> Result<()> {
    decide(
        by,
        Permission::AuditRead,
        &Target::Installation,
        &Facts::NONE,
    )
}

/// After so many events, or so long after the last one while there are new.
async fn is_due(ctx: &Ctx, seq: i64, at: Option<Time>) -> Result<bool> {
    let policy = ctx.policy();
    let head = events::last_number(ctx.db()).await?;
    if head == seq {
        return Ok(false);
    }
    if head - seq >= i64::from(policy.audit.checkpoint_events) || head < seq {
        return Ok(true);
    }
    let since = match at {
        Some(at) => Some(at),
        None => {
            let first = events::sealed_after(ctx.db(), 0, 1).await?.pop();
            first.map(|event| event.at)
        }
    };
    let due = |since: Time| ctx.now() >= since.plus(policy.audit.checkpoint_every);
    Ok(since.is_some_and(due))
}

async fn walk(ctx: &Ctx, proof: &mut Proof, most: i64) -> Result<()> {
    let end = proof.seq() + most;
    if events::last_number(ctx.db()).await? < proof.seq() {
        let says = format!(
            "A checkpoint was signed at number {}, which is not there any more: the end was cut off.",
            proof.seq()
        );
        return Err(Error::new(&codes::AUDIT_BROKEN).detail(says));
    }
    while proof.seq() < end {
        let batch = events::sealed_after(ctx.db(), proof.seq(), BATCH).await?;
        for event in &batch {
            proof.step(event)?;
        }
        if batch.len() < BATCH as usize {
            return Ok(());
        }
    }
    Ok(())
}

async fn sign(ctx: &Ctx, by: &Principal, chain: Chain) -> Result<Checkpoint> {
    let now = ctx.now();
    if ctx.keys().signer(PURPOSE_AUDIT, now).is_err() {
        let key = keys::draw(ctx, Algorithm::EdDsa)?;
        keys::add_first(ctx, by, PURPOSE_AUDIT, key).await?;
        keys::reload(ctx).await?;
    }
    let ring = ctx.keys();
    let key = &ring.signer(PURPOSE_AUDIT, now)?.key;
    let head = Head {
        installation: ctx.installation().id.clone(),
        seq: chain.seq,
        hash: chain.hash,
        at: now,
    };
    let made = Checkpoint {
        seq: chain.seq,
        hash: chain.hash,
        at: now,
        signed: head.sign(key)?,
    };
    let public = key.public_jwk().unwrap_or_default().to_string();
    let (row, id) = (made.clone(), key.kid().to_owned());
    let added = ctx
        .db()
        .write(async move |tx: &mut Tx<'_>| {
            cursors::set(tx, CHECK, row.seq, now).await?;
            checkpoints::add(tx, &row, (&id, &public)).await
        })
        .await?;
    if added {
        tracing::info!(
            seq = made.seq,
            checkpoint = made.signed,
            "Signed a checkpoint of the audit trail"
        );
    }
    Ok(made)
}

/// Tell of what was found, once.
async fn report(ctx: &Ctx, by: &Principal, fault: &Error) -> Result<()> {
    let (says, now) = (fault.public().to_owned(), ctx.now());
    let known = cursors::find(ctx.db(), CHECK).await?;
    if known.as_ref().and_then(|known| known.fault.as_ref()) == Some(&says) {
        return Ok(());
    }
    if known.is_none() {
        ctx.db()
            .write(async move |tx: &mut Tx<'_>| cursors::set(tx, CHECK, 0, now).await)
            .await?;
    }
    if cursors::fail(ctx.db(), CHECK, &says, now).await? {
        change(ctx, by, async move |_: &mut Tx<'_>, log: &mut Log| {
            let mut details = Details::default();
            details.data.say("says", &says);
            log.note(EventKind::AuditBroken, details);
            Ok(())
        })
        .await?;
    }
    Ok(())
}
