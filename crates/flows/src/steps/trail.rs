//! How the trail stands by what this server checked on its own: how far it was signed,
//! and what was found not to fit. That stands until all of it was seen to fit again.

use tollgate_base::{Result, access::Principal, time::Time};
use tollgate_records::{cursors, events::EventKind};
use tollgate_store::sql::{Db, Tx};

use crate::ctx::Ctx;

use super::note::{Details, Log, change};

/// How far the check has come, and what it found.
const CHECK: &str = "check";

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
