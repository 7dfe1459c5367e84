//! The roof of the verbs: the only list of background work.

use std::{future::Future, sync::Arc, time::Duration};

use tokio::{sync::Mutex, time::timeout};
use tollgate_base::{Result, access::Principal};

use crate::{audit, ctx::Ctx, deliver, pace::Pace, tend, watch::Feed};

/// No round of a chore may take longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Start all chores of a server.
pub fn start(ctx: &Ctx) {
    follow(ctx);
    keep_pace(ctx);
    every(ctx, "seal", Duration::from_millis(500), |ctx| async move {
        audit::seal(&ctx, &Principal::Chore("seal"), ())
            .await
            .map(drop)
    });
    every(ctx, "deliver", Duration::from_secs(1), |ctx| async move {
        deliver::deliver(&ctx, &Principal::Chore("deliver"), ())
            .await
            .map(drop)
    });
    every(
        ctx,
        "store_seen",
        Duration::from_secs(30),
        |ctx| async move { tend::store_seen(&ctx, &Principal::Chore("store_seen"), ()).await },
    );
    every(ctx, "try_room", Duration::from_secs(1), |ctx| async move {
        tend::try_room(&ctx, &Principal::Chore("try_room"), ()).await
    });
    every(ctx, "clean", Duration::from_mins(5), |ctx| async move {
        tend::clean(&ctx, &Principal::Chore("clean"), ())
            .await
            .map(drop)
    });
}

/// Follow the feed, woken by the bus and by polling: the bus may lose a message.
fn follow(ctx: &Ctx) {
    let feed = Arc::new(Mutex::new(Feed::default()));
    let bus = Arc::new(Mutex::new(ctx.bus().subscribe()));
    every(ctx, "follow", Duration::ZERO, move |ctx| {
        let (feed, bus) = (feed.clone(), bus.clone());
        async move {
            // Whatever the message says: it is read from the database.
            let _ = timeout(Feed::POLL, bus.lock().await.recv()).await;
            feed.lock()
                .await
                .follow(&ctx, &Principal::Chore("follow"))
                .await
        }
    });
}

fn keep_pace(ctx: &Ctx) {
    let pace = Arc::new(Mutex::new(Pace::begin(ctx)));
    every(ctx, "keep_pace", Duration::from_secs(1), move |ctx| {
        let pace = pace.clone();
        async move {
            pace.lock()
                .await
                .check(&ctx, &Principal::Chore("keep_pace"))
                .await
        }
    });
}

/// Run one round after another. A round that fails is logged; the next one
/// tries again.
fn every<F, W>(ctx: &Ctx, name: &'static str, pause: Duration, round: W)
where
    W: Fn(Ctx) -> F + Send + 'static,
    F: Future<Output = Result<()>> + Send + 'static,
{
    let own = ctx.clone();
    ctx.tasks().repeat(name, pause, move || {
        let work = round(own.clone());
        async move {
            match timeout(PATIENCE, work).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(chore = name, ?error, "A round of a chore failed"),
                Err(_) => tracing::warn!(chore = name, "A round of a chore took too long"),
            }
        }
    });
}
