//! Hearing of changes made elsewhere: by another node, or by a command on this
//! machine. Every change wrote an event; whatever caches hold of its subject
//! is stale.

use std::{collections::HashSet, time::Duration};

use tollgate_base::{Result, access::Principal, id::EventId};
use tollgate_records::{
    events::{self, Change, EventKind},
    installation,
};

use crate::{ctx::Ctx, steps::keys};

/// Changes that one round reads.
const BATCH: u32 = 1_000;

/// How far this node has read.
#[derive(Debug, Default)]
pub struct Feed {
    after: Option<i64>,
    unsealed: HashSet<EventId>,
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
        let Some(mut after) = self.after else {
            return self.begin(ctx).await;
        };
        if !ctx.db().changed_elsewhere().await? {
            ctx.freshness().fed();
            return Ok(());
        }
        let mut changes = Vec::new();
        loop {
            let batch = events::feed(ctx.db(), after, BATCH).await?;
            let full = batch.len() == BATCH as usize;
            let last = batch.iter().filter_map(|change| change.seq).max();
            changes.extend(batch);
            match last {
                Some(last) if full => after = last,
                _ => {
                    after = last.unwrap_or(after);
                    break;
                }
            }
        }
        self.after = Some(after);
        let unsealed = changes
            .iter()
            .filter(|change| change.seq.is_none())
            .map(|change| change.id)
            .collect();
        let known = std::mem::replace(&mut self.unsealed, unsealed);
        let news: Vec<Change> = changes
            .into_iter()
            .filter(|change| !known.contains(&change.id))
            .collect();
        apply(ctx, &news).await?;
        ctx.freshness().fed();
        Ok(())
    }

    /// What happened before this node looked is in none of its caches.
    async fn begin(&mut self, ctx: &Ctx) -> Result<()> {
        self.after = Some(events::last_number(ctx.db()).await?);
        ctx.freshness().bump_all();
        ctx.freshness().fed();
        Ok(())
    }
}

async fn apply(ctx: &Ctx, news: &[Change]) -> Result<()> {
    for change in news {
        // A kind that only a newer node knows may mean anything.
        let kind = EventKind::parse(&change.kind);
        if kind.is_none_or(EventKind::stales_everything) {
            if let Some(facts) = installation::read(ctx.db()).await? {
                ctx.set_installation(facts);
            }
            keys::reload(ctx).await?;
            ctx.freshness().bump_all();
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
