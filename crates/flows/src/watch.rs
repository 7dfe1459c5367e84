//! Hearing of changes made elsewhere: by another node, or by a command on this
//! machine. Every change wrote an event; whatever caches hold of its subject
//! is stale.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use tollgate_base::{Result, access::Principal, id::EventId};
use tollgate_records::{
    events::{self, Change, EventKind},
    installation,
};

use crate::{
    ctx::Ctx,
    steps::{keys, places},
};

/// Changes that one round reads.
const BATCH: u32 = 1_000;

/// How far this node has read.
#[derive(Debug, Default)]
pub struct Feed {
    after: Option<i64>,
    unsealed: HashSet<EventId>,
    behind: bool,
}

impl Feed {
    /// How long at most between two rounds, for the promised staleness of one
    /// second: SQLite answers in microseconds whether there is news at all.
    pub const POLL: Duration = Duration::from_millis(250);

    /// Read on, and forget what is stale.
    ///
    /// # Errors
    /// What the database says; then nothing counts as heard.
    pub async fn follow(&mut self, ctx: &Ctx, _by: &Principal) -> Result<()> {
        let asked = Instant::now();
        let Some(after) = self.after else {
            self.begin(ctx).await?;
            ctx.freshness().fed(asked);
            return Ok(());
        };
        // The database tells only once that there is news: a round that fails
        // leaves it to be heard by the next one.
        self.behind |= ctx.db().changed_elsewhere().await?;
        if self.behind {
            self.read_on(ctx, after).await?;
            self.behind = false;
        }
        ctx.freshness().fed(asked);
        Ok(())
    }

    async fn read_on(&mut self, ctx: &Ctx, mut after: i64) -> Result<()> {
        let (mut changes, mut beyond) = (Vec::new(), None);
        // What is not told in the feed has been passed too.
        let last = events::last_number(ctx.db()).await?;
        loop {
            let batch = events::feed(ctx.db(), after, beyond, BATCH).await?;
            let full = batch.len() == BATCH as usize;
            let number = batch.iter().filter_map(|change| change.seq).max();
            after = number.unwrap_or(after);
            let unsealed = batch.iter().rfind(|change| change.seq.is_none());
            beyond = unsealed.map(|change| change.id).or(beyond);
            changes.extend(batch);
            if !full {
                break;
            }
        }
        let is_news = |change: &&Change| !self.unsealed.contains(&change.id);
        apply(ctx, changes.iter().filter(is_news)).await?;
        let unsealed = changes.iter().filter(|change| change.seq.is_none());
        self.unsealed = unsealed.map(|change| change.id).collect();
        self.after = Some(after.max(last));
        Ok(())
    }

    /// What happened before this node looked is in none of its caches, but may
    /// have happened since it read its keys.
    async fn begin(&mut self, ctx: &Ctx) -> Result<()> {
        let last = events::last_number(ctx.db()).await?;
        renew(ctx).await?;
        self.after = Some(last);
        Ok(())
    }
}

async fn apply(ctx: &Ctx, news: impl Iterator<Item = &Change>) -> Result<()> {
    for change in news {
        // A kind that only a newer node knows may mean anything.
        let kind = EventKind::parse(&change.kind);
        if kind.is_none_or(EventKind::stales_everything) {
            renew(ctx).await?;
        } else if kind.is_some_and(EventKind::stales_sites) {
            places::reload(ctx).await?;
        } else if kind.is_some_and(EventKind::stales_subject)
            && let Some(subject) = change
                .subject
                .as_deref()
                .and_then(|subject| subject.parse().ok())
        {
            ctx.freshness().bump(subject);
        }
    }
    Ok(())
}

/// Anything may have changed.
async fn renew(ctx: &Ctx) -> Result<()> {
    if let Some(facts) = installation::read(ctx.db()).await? {
        ctx.set_installation(facts);
    }
    keys::reload(ctx).await?;
    places::reload(ctx).await?;
    ctx.freshness().bump_all();
    Ok(())
}
