//! How the trail stands by what this server checked on its own: how far it was signed,
//! and what was found not to fit, which stands until all of it was seen to fit again.

use tollgate_base::{Result, access::Principal, time::Time};
use tollgate_records::{
    alerts,
    cursors::{self, CHECK, SYSLOG},
    events::{self, EventKind},
    webhooks,
};
use tollgate_store::sql::{Db, Tx};

use crate::ctx::Ctx;

use super::{
    note::{Details, Log, change},
    read,
};

/// What was found not to fit, if anything was.
pub(crate) async fn fault(db: &Db) -> Result<Option<String>> {
    let check = cursors::find(db, CHECK).await?;
    Ok(check.and_then(|check| check.fault))
}

/// Tell of what was found, once: what is found while that stands is no news.
pub(crate) async fn report(ctx: &Ctx, by: &Principal, says: &str) -> Result<()> {
    // No transaction for what is known, which is looked at again and again.
    if fault(ctx.db()).await?.is_some() {
        return Ok(());
    }
    let (says, now) = (says.to_owned(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if cursors::fail_first(tx, CHECK, &says, now).await? {
            let mut details = Details::default();
            details.data.say("says", &says);
            log.note(EventKind::AuditBroken, details);
        }
        Ok(())
    })
    .await
}

/// What shows by itself that the end was cut off: somebody had come further than it is
/// now, or it is another one than this server saw last.
pub(crate) async fn cut(db: &Db) -> Result<Option<String>> {
    let seen = alerts::mark(db, alerts::CHAIN).await?;
    let reach = read::reach(db).await?;
    let far = reach.proved.max(reach.followed);
    if far > reach.last {
        return Ok(Some(format!(
            "Number {far} was there before, and the trail ends at {}: its end was cut off.",
            reach.last
        )));
    }
    if let Some((seq @ 1.., Some(hash))) = seen {
        let there = events::sealed_after(db, seq - 1, 1).await?.pop();
        if !there.is_some_and(|event| event.seq == Some(seq) && event.hash == Some(hash)) {
            return Ok(Some(format!(
                "At number {seq} the trail is not what it was: its end was cut off, or written anew."
            )));
        }
    }
    Ok(None)
}

/// Whether nothing shows that the end was cut off. If something does, it is told, and
/// whoever follows the trail goes on from the end that there is: they would hear
/// nothing until it is as long again.
pub(crate) async fn end_holds(ctx: &Ctx, by: &Principal) -> Result<bool> {
    let Some(says) = cut(ctx.db()).await? else {
        return Ok(true);
    };
    report(ctx, by, &says).await?;
    let reach = read::reach(ctx.db()).await?;
    if reach.followed > reach.last {
        let back = async move |tx: &mut Tx<'_>| {
            cursors::lower(tx, SYSLOG, reach.last).await?;
            alerts::lower_mark(tx, alerts::READ, reach.last).await?;
            webhooks::lower(tx, reach.last).await
        };
        ctx.db().write(back).await?;
    }
    Ok(false)
}

/// All of it was looked at and fits, by a look that began then.
pub(crate) async fn fits(ctx: &Ctx, begun: Time) -> Result<()> {
    // Whoever finds nothing writes nothing.
    if fault(ctx.db()).await?.is_some() && cursors::clear(ctx.db(), CHECK, begun).await? {
        tracing::info!("The audit trail fits again: checkpoints are signed from here on");
    }
    Ok(())
}

/// It is signed up to there. False if something does not fit: then it is not.
pub(crate) async fn reached(tx: &mut Tx<'_>, seq: i64, now: Time) -> Result<bool> {
    cursors::reach(tx, CHECK, seq, now).await
}
