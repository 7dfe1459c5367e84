//! The roof of the verbs: the only list of background work.

use std::{future::Future, sync::Arc, time::Duration};

use tokio::{sync::Mutex, time::timeout};
use tollgate_base::{Result, access::Principal};

use crate::{
    alerts, audit, compliance, ctx::Ctx, deliver, muster, pace::Pace, tend, watch::Feed, webhooks,
};

/// No round of a chore may take longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Start all chores of a server.
pub fn start(ctx: &Ctx) {
    follow(ctx);
    keep_pace(ctx);
    keep_compliant(ctx);
    every(ctx, "seal", Duration::from_millis(500), |ctx| async move {
        audit::seal(&ctx, &Principal::Chore("seal"), ())
            .await
            .map(drop)
    });
    keep_trail(ctx);
    every(ctx, "deliver", Duration::from_secs(1), |ctx| async move {
        deliver::deliver(&ctx, &Principal::Chore("deliver"), ())
            .await
            .map(drop)
    });
    every(
        ctx,
        "deliver_texts",
        Duration::from_secs(1),
        |ctx| async move {
            deliver::texts(&ctx, &Principal::Chore("deliver_texts"), ())
                .await
                .map(drop)
        },
    );
    every(
        ctx,
        "store_seen",
        Duration::from_secs(30),
        |ctx| async move { tend::store_seen(&ctx, &Principal::Chore("store_seen"), ()).await },
    );
    every(ctx, "muster", Duration::from_secs(5), |ctx| async move {
        muster::muster(&ctx, &Principal::Chore("muster"), ()).await
    });
    every(ctx, "try_room", Duration::from_secs(1), |ctx| async move {
        tend::try_room(&ctx, &Principal::Chore("try_room"), ()).await
    });
    send_webhooks(ctx);
    every(ctx, "alerts", Duration::from_secs(1), |ctx| async move {
        let by = Principal::Chore("alerts");
        alerts::watch(&ctx, &by, ()).await.map(drop)
    });
    every(
        ctx,
        "tell_alerts",
        Duration::from_secs(1),
        |ctx| async move { alerts::tell(&ctx, &Principal::Chore("tell_alerts"), ()).await },
    );
    every(
        ctx,
        "check_alerts",
        Duration::from_mins(5),
        |ctx| async move { alerts::check(&ctx, &Principal::Chore("check_alerts"), ()).await },
    );
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

/// Sign the head of the audit trail, look at it again from its beginning, hand it
/// on, and erase what was kept for long enough.
fn keep_trail(ctx: &Ctx) {
    every(
        ctx,
        "checkpoint",
        Duration::from_secs(10),
        |ctx| async move {
            audit::checkpoint(&ctx, &Principal::Chore("checkpoint"), ())
                .await
                .map(drop)
        },
    );
    let place = Arc::new(Mutex::new(audit::Round::default()));
    every(ctx, "patrol", Duration::from_secs(30), move |ctx| {
        let place = place.clone();
        async move {
            let mut place = place.lock().await;
            *place = audit::patrol(&ctx, &Principal::Chore("patrol"), *place).await?;
            Ok(())
        }
    });
    every(ctx, "ship", Duration::from_secs(1), |ctx| async move {
        audit::ship(&ctx, &Principal::Chore("ship"), ())
            .await
            .map(drop)
    });
    every(ctx, "expire", Duration::from_hours(1), |ctx| async move {
        audit::expire(&ctx, &Principal::Chore("expire"), ())
            .await
            .map(drop)
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

/// Send to each webhook by itself: the round waits for none of them.
fn send_webhooks(ctx: &Ctx) {
    every(ctx, "webhooks", Duration::from_secs(1), |ctx| async move {
        let by = Principal::Chore("webhooks");
        for id in webhooks::due(&ctx, &by, ()).await? {
            let (own, by) = (ctx.clone(), by.clone());
            ctx.tasks().spawn(async move {
                match timeout(PATIENCE, webhooks::send(&own, &by, id)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::warn!(webhook.id = %id, ?error, "Sending failed"),
                    Err(_) => tracing::warn!(webhook.id = %id, "Sending took too long"),
                }
            });
        }
        Ok(())
    });
}

fn keep_compliant(ctx: &Ctx) {
    let sweep = Arc::new(Mutex::new(compliance::Sweep::default()));
    every(ctx, "compliance", Duration::from_secs(30), move |ctx| {
        let sweep = sweep.clone();
        async move {
            let by = Principal::Chore("compliance");
            compliance::keep_checking(&ctx, &by, &mut *sweep.lock().await).await
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
