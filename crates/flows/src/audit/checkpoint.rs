//! Signed heads of the chain: made when there is something new, kept, and told
//! to the log, so that they leave the machine. What is signed was checked first.

use std::time::Duration;

use serde_json::{Value, json};
use tollgate_base::{
    Result,
    access::{Facts, Permission, Principal, Target, decide},
    codes,
    time::Time,
};
use tollgate_crypto::jwt::Algorithm;
use tollgate_records::{
    checkpoints::{self, Checkpoint},
    events::{self, Chain},
};
use tollgate_store::{lease, sql::Tx};

use super::{
    BATCH,
    proof::{Head, Proof, VerifyingKey, broken, keys_in},
};
use crate::{
    ctx::{Ctx, PURPOSE_AUDIT},
    steps::{keys, trail},
};

/// How long one node signs before another may.
const LEASE: Duration = Duration::from_mins(1);
/// Most events between two signed heads, so that a round ends.
const STRETCH: i64 = 20_000;
/// Events that one round of the patrol looks at again.
const PATROL: i64 = 2_000;

/// Where the patrol is, which goes round and round.
#[derive(Clone, Copy, Debug, Default)]
pub struct Round {
    /// Number of the last event that was looked at.
    after: i64,
    /// When it was at the first one; nothing before that.
    begun: Option<Time>,
}

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
/// what was signed. Behind something that does not fit nothing is, while that stands.
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
    if !trail::end_holds(ctx, by).await?
        || trail::fault(db).await?.is_some()
        || !is_due(ctx, from.seq, last.map(|last| last.at)).await?
        || !lease::hold(db, "checkpoint", ctx.node(), now, LEASE).await?
    {
        return Ok(None);
    }
    let mut proof = Proof::after(from);
    match walk(ctx, &mut proof, STRETCH).await {
        Err(fault) if fault.is(&codes::AUDIT_BROKEN) => {
            trail::report(ctx, by, fault.public()).await?;
            return Ok(None);
        }
        Err(fault) => return Err(fault),
        Ok(()) if proof.seq() == from.seq => return Ok(None),
        Ok(()) => {}
    }
    sign(ctx, by, proof.chain()).await
}

/// Look at the next part of the trail again: what was signed long ago may have been
/// changed since. Says where to go on. Once a whole round found nothing, what was
/// found before it stands no more.
///
/// # Errors
/// What the database says.
pub async fn patrol(ctx: &Ctx, by: &Principal, round: Round) -> Result<Round> {
    let begun = round.begun.unwrap_or_else(|| ctx.now());
    match look(ctx, round.after).await {
        Err(fault) if fault.is(&codes::AUDIT_BROKEN) => {
            trail::report(ctx, by, fault.public()).await?;
            Ok(Round::default())
        }
        Err(fault) => Err(fault),
        Ok(Some(after)) => Ok(Round {
            after,
            begun: Some(begun),
        }),
        Ok(None) => {
            trail::fits(ctx, begun).await?;
            Ok(Round::default())
        }
    }
}

/// Says after which number to go on, if that was not all.
async fn look(ctx: &Ctx, after: i64) -> Result<Option<i64>> {
    let begin = match after {
        0 => Chain::start(),
        _ => match events::sealed_after(ctx.db(), after - 1, 1).await?.pop() {
            Some(event) if event.seq == Some(after) => Chain {
                seq: after,
                hash: event.hash.unwrap_or_default(),
            },
            _ => {
                let says = format!("Number {after} was there, and is not any more.");
                return Err(broken(says));
            }
        },
    };
    let mut proof = Proof::after(begin);
    let signed = checkpoints::after(ctx.db(), after, BATCH).await?;
    // Afterwards: a server beside us may have signed with a key that it just made.
    let keys = keys(ctx).await?;
    for signed in signed {
        if signed.seq <= after + PATROL {
            proof.expect(&Head::kept(&signed, &keys)?)?;
        }
    }
    walk(ctx, &mut proof, PATROL).await?;
    if proof.seq() < after + PATROL {
        proof.end()?;
        return match trail::cut(ctx.db()).await? {
            Some(says) => Err(broken(says)),
            None => Ok(None),
        };
    }
    Ok(Some(proof.seq()))
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
    Ok(Standing {
        fault: trail::fault(ctx.db()).await?,
        beyond: (head - seq).max(0),
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
        return Err(broken(says));
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

/// Nothing if somebody found a fault meanwhile.
async fn sign(ctx: &Ctx, by: &Principal, chain: Chain) -> Result<Option<Checkpoint>> {
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
            if !trail::reached(tx, row.seq, now).await? {
                return Ok(None);
            }
            checkpoints::add(tx, &row, (&id, &public)).await.map(Some)
        })
        .await?;
    if added == Some(true) {
        tracing::info!(
            seq = made.seq,
            checkpoint = made.signed,
            "Signed a checkpoint of the audit trail"
        );
    }
    Ok(added.map(|_| made))
}
