//! Whether this server can do its work, part by part.

use tollgate_base::access::Principal;
use tollgate_records::{jobs, schema};
use tollgate_store::migrate;

use crate::ctx::{Ctx, PURPOSE_ACCESS};

/// A part that others rest on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: &'static str,
    /// Whether the server can do its work without it.
    pub spare: bool,
    /// What is wrong with it, if anything is. Without personal data.
    pub fault: Option<String>,
}

/// The parts and how they are. Never fails: that is what it tells of.
pub async fn parts(ctx: &Ctx, _by: &Principal, (): ()) -> Vec<Part> {
    let database = ctx
        .db()
        .ping()
        .await
        .err()
        .map(|error| error.public().to_owned());
    let migrations = match migrate::status(ctx.db(), schema::MIGRATIONS).await {
        Ok(status) if status.pending.is_empty() => status.refusal,
        Ok(status) => Some(format!("{} migrations are pending", status.pending.len())),
        Err(error) => Some(error.public().to_owned()),
    };
    let key = ctx
        .keys()
        .signer(PURPOSE_ACCESS, ctx.now())
        .err()
        .map(|_| "no key signs".to_owned());
    let feed = ctx
        .freshness()
        .is_cut_off()
        .then(|| "no news from the database for five seconds".to_owned());
    let writer = ctx
        .db()
        .health()
        .poisoned
        .then(|| "a write to the disk failed; restart after mending it".to_owned());
    let room = ctx
        .db()
        .is_full()
        .then(|| "the disk is full; reads go on, and writes as soon as there is room".to_owned());
    let needed = [
        ("database", database),
        ("migrations", migrations),
        ("signing_key", key),
        ("feed", feed),
        ("writer", writer),
        ("room", room),
    ];
    let mut parts: Vec<Part> = needed
        .map(|(name, fault)| Part {
            name,
            spare: false,
            fault,
        })
        .into();
    let panicking = ctx.tasks().panicking();
    parts.push(Part {
        name: "chores",
        spare: true,
        fault: (!panicking.is_empty())
            .then(|| format!("{} panicked and began again", panicking.join(", "))),
    });
    parts.push(Part {
        name: "mail",
        spare: true,
        fault: stuck(ctx).await,
    });
    if let Some(live) = ctx.counters().redis_is_live() {
        let fault = (!live).then(|| "it cannot be reached; the server goes on without".to_owned());
        parts.push(Part {
            name: "redis",
            spare: true,
            fault,
        });
    }
    parts
}

/// A database that does not answer is told of already.
async fn stuck(ctx: &Ctx) -> Option<String> {
    let stuck = jobs::stuck(ctx.db()).await.unwrap_or_default();
    (stuck != jobs::Stuck::default()).then(|| {
        format!(
            "{} failed and are tried again, {} were given up; see tollgate mail queue",
            stuck.waiting, stuck.dead
        )
    })
}
