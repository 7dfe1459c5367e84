//! How long personal data stay in the trail, by class of event. What expires is
//! the address, the device and the like; that it happened stays, in its place in
//! the chain, which still verifies.

use std::{collections::BTreeMap, time::Duration};

use tollgate_base::{Result, access::Principal, time::Time};
use tollgate_records::{
    cursors,
    events::{self, Class, EventKind},
};
use tollgate_store::{lease, sql::Tx};

use crate::{
    ctx::Ctx,
    steps::note::{Details, Log, change},
};

/// Events of one transaction.
const BATCH: u32 = 500;
/// Transactions of one round and class; the next round goes on.
const BATCHES: u32 = 100;
/// How long one node does this before another may.
const LEASE: Duration = Duration::from_mins(2);
/// A clock that was set back may write events that seem this much older.
const MARGIN: Duration = Duration::from_hours(24);

/// Erase what was kept for long enough, and tell how much that was, if it was
/// anything.
///
/// # Errors
/// What the database says.
pub async fn expire(ctx: &Ctx, by: &Principal, (): ()) -> Result<u64> {
    let (policy, now) = (ctx.policy(), ctx.now());
    if !lease::hold(ctx.db(), "expire", ctx.node(), now, LEASE).await? {
        return Ok(0);
    }
    let mut gone = BTreeMap::new();
    for class in Class::ALL {
        let Some(keep) = policy.audit.keep.of(*class) else {
            continue;
        };
        let count = expire_class(ctx, *class, now.minus(keep)).await?;
        if count > 0 {
            gone.insert(class.as_str(), count);
        }
    }
    let all = gone.values().sum();
    if all > 0 {
        change(ctx, by, async move |_: &mut Tx<'_>, log: &mut Log| {
            let mut details = Details::default();
            for (class, count) in &gone {
                details.data.say(class, count);
            }
            log.note(EventKind::AuditExpired, details);
            Ok(())
        })
        .await?;
    }
    Ok(all)
}

async fn expire_class(ctx: &Ctx, class: Class, before: Time) -> Result<u64> {
    let name = format!("expire:{}", class.as_str());
    let done = cursors::find(ctx.db(), &name).await?;
    let done = done.map_or(Time::from_micros(i64::MIN), |done| {
        Time::from_micros(done.place)
    });
    let (mut gone, mut left) = (0, BATCHES);
    for kind in class.kinds() {
        loop {
            let span = (done.minus(MARGIN), before);
            let count = ctx
                .db()
                .write(async move |tx: &mut Tx<'_>| events::expire(tx, kind, span, BATCH).await)
                .await?;
            gone += count;
            if count < u64::from(BATCH) {
                break;
            }
            left -= 1;
            if left == 0 {
                return Ok(gone);
            }
        }
    }
    // An idle server does not write each time that it has looked.
    if gone > 0 || before.since(done) > MARGIN {
        let now = ctx.now();
        ctx.db()
            .write(async move |tx: &mut Tx<'_>| cursors::set(tx, &name, before.micros(), now).await)
            .await?;
    }
    Ok(gone)
}
