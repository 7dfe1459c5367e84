//! Tidying: buffered uses are stored, expired rows are deleted, tables stay
//! bounded. Nothing depends on it for safety: expiry is checked at use.

use std::time::Duration;

use tollgate_base::{Result, access::Principal};
use tollgate_records::{
    accounts::waiting, attempts, compliance, factors::passkeys, idempotency, jobs, one_time,
    recoveries, sessions, webhooks::deliveries,
};
use tollgate_store::{lease, sql::Tx};

use crate::ctx::Ctx;

/// How long expired sessions are kept, for people who ask what they were.
const KEPT: Duration = Duration::from_hours(24 * 7);
/// How long one node tidies before another may.
const LEASE: Duration = Duration::from_mins(1);

/// Store when sessions were last used.
///
/// # Errors
/// What the database says; the uses of this round are then lost, and the
/// sessions seem idle for longer than they are by one round.
pub async fn store_seen(ctx: &Ctx, _by: &Principal, (): ()) -> Result<()> {
    let seen = ctx.freshness().take_seen();
    if seen.is_empty() {
        return Ok(());
    }
    ctx.db()
        .write(async move |tx: &mut Tx<'_>| {
            for (session, at) in &seen {
                sessions::saw(tx, *session, *at).await?;
            }
            Ok(())
        })
        .await
}

/// Hand over what this node did for all of them, as it stops.
///
/// # Errors
/// What the database says; the others then wait until its leases end.
pub async fn hand_over(ctx: &Ctx, _by: &Principal, (): ()) -> Result<()> {
    lease::let_go(ctx.db(), ctx.node()).await
}

/// Delete what has expired, a bounded number of rows at a time. Says how many
/// rows went.
///
/// # Errors
/// What the database says.
pub async fn clean(ctx: &Ctx, _by: &Principal, (): ()) -> Result<u64> {
    if !lease::hold(ctx.db(), "clean", ctx.node(), ctx.now(), LEASE).await? {
        return Ok(0);
    }
    let now = ctx.now();
    let before = now.minus(KEPT);
    let mut gone = 0;
    loop {
        let round = ctx
            .db()
            .write(async move |tx: &mut Tx<'_>| {
                Ok(sessions::clean(tx, before).await?
                    + one_time::clean(tx, before).await?
                    + passkeys::clean(tx, now).await?
                    + waiting::clean(tx, now).await?
                    + recoveries::clean(tx, now).await?
                    + compliance::clean(tx, now).await?
                    + attempts::clean(tx, attempts::NOBODIES, now).await?
                    + idempotency::clean(tx, now).await?
                    + deliveries::clean(tx, now).await?
                    + jobs::clean(tx, before).await?)
            })
            .await?;
        gone += round;
        if round < 500 {
            metrics::counter!("tollgate_rows_cleaned_total").increment(gone);
            return Ok(gone);
        }
    }
}

/// Notice that a disk that was full has room again.
///
/// # Errors
/// `store.full` while it has none, and what else the database says.
pub async fn try_room(ctx: &Ctx, _by: &Principal, (): ()) -> Result<()> {
    lease::try_room(ctx.db(), ctx.node(), ctx.now()).await
}
