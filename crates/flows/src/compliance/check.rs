//! The check: every account and the installation held against the rules, in
//! batches. Once a day by one node, which goes on where its last round ended; at
//! once for whoever asks.

use std::{collections::BTreeMap, mem, time::Duration};

use serde_json::{Map, json};
use tollgate_base::{Result, access::Principal, id::UserId, time::Time};
use tollgate_records::{
    accounts,
    compliance::{self, Count},
    events::EventKind,
};
use tollgate_store::{lease, sql::Tx};

use super::{BATCH, Report, accepted, allow, installation, report};
use crate::{
    ctx::Ctx,
    steps::{
        note::{Details, Log, change},
        standing::{self, Standing, rules},
    },
};

/// How often the rules are checked.
const DAILY: Duration = Duration::from_hours(24);
/// How long one node checks before another may.
const LEASE: Duration = Duration::from_mins(5);
/// Batches of one round of the chore, which has half a minute.
const ROUND: usize = 25;
/// A use is stored once it is so much later than the one that is.
const STORED_WITHIN: Duration = Duration::from_hours(24);

/// A check that may be under way.
#[derive(Debug, Default)]
pub struct Sweep {
    from: Option<UserId>,
    under_way: bool,
    counted: BTreeMap<&'static str, Counted>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    findings: i64,
    accepted: i64,
}

impl Sweep {
    /// Look at some more accounts. True when all have been looked at.
    async fn go_on(&mut self, ctx: &Ctx, rounds: usize) -> Result<bool> {
        let (policy, now, accepted) = (ctx.policy(), ctx.now(), accepted(ctx).await?);
        let mut tell = |rule: &'static str, subject: &str| {
            let counted = self.counted.entry(rule).or_default();
            if accepted.contains(&(rule.to_owned(), subject.to_owned())) {
                counted.accepted += 1;
            } else {
                counted.findings += 1;
            }
        };
        for _ in 0..rounds {
            let mut batch = standing::some(ctx, self.from, None, BATCH + 1).await?;
            let more = (batch.len() > BATCH as usize)
                .then(|| batch.pop())
                .flatten();
            for found in &batch {
                let all = rules::findings(found, &policy, now);
                if !all.is_empty() {
                    let subject = found.id.to_string();
                    for rule in all {
                        tell(rule.name, &subject);
                    }
                }
            }
            store_uses(ctx, batch).await?;
            match more {
                Some(next) => self.from = Some(next.id),
                None => {
                    for (rule, finding) in installation::findings(ctx).await? {
                        tell(rule.name, &finding.subject);
                    }
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// Check all rules now, and say what they find.
///
/// # Errors
/// `auth.required`, `access.denied`.
pub async fn check(ctx: &Ctx, by: &Principal, (): ()) -> Result<Report> {
    allow(by)?;
    let mut sweep = Sweep::default();
    while !sweep.go_on(ctx, ROUND).await? {}
    keep(ctx, by, sweep).await?;
    report(ctx, by, ()).await
}

/// Check the rules once a day, if this node holds the lease: one round of it.
///
/// # Errors
/// What the database says.
pub async fn keep_checking(ctx: &Ctx, by: &Principal, sweep: &mut Sweep) -> Result<()> {
    let now = ctx.now();
    if !sweep.under_way {
        let last = compliance::checked(ctx.db()).await?;
        if last.is_some_and(|last| last <= now && last.plus(DAILY) > now) {
            return Ok(());
        }
    }
    if !lease::hold(ctx.db(), "compliance", ctx.node(), now, LEASE).await? {
        *sweep = Sweep::default();
        return Ok(());
    }
    // A round that fails or takes too long leaves nothing half counted: it begins anew.
    let mut round = mem::take(sweep);
    round.under_way = true;
    if round.go_on(ctx, ROUND).await? {
        return keep(ctx, by, round).await;
    }
    *sweep = round;
    Ok(())
}

/// Keep what was counted, and tell what is new.
async fn keep(ctx: &Ctx, by: &Principal, sweep: Sweep) -> Result<()> {
    let now = ctx.now();
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let before = compliance::counts_in(tx).await?;
        let mut grown = Map::new();
        for rule in rules::ALL {
            let counted = sweep.counted.get(rule.name).copied().unwrap_or_default();
            let had = had(&before, rule.name);
            if counted.findings > had {
                grown.insert(rule.name.into(), json!([had, counted.findings]));
            }
            let counts = (counted.findings, counted.accepted);
            compliance::keep(tx, rule.name, counts, now).await?;
        }
        if !grown.is_empty() {
            let worst = rules::ALL.iter().find(|rule| grown.contains_key(rule.name));
            let mut details = Details::default();
            let worst = worst.map_or("low", |rule| rule.severity.as_str());
            details.data.say("worst", worst);
            details.data.say("rules", grown);
            log.note(EventKind::ComplianceChanged, details);
        }
        Ok(())
    })
    .await
}

fn had(before: &[Count], rule: &str) -> i64 {
    let count = before.iter().find(|count| count.rule == rule);
    count.map_or(0, |count| count.findings)
}

/// Note when accounts were last used, before their sessions are deleted, which
/// happens a week after they end.
async fn store_uses(ctx: &Ctx, batch: Vec<Standing>) -> Result<()> {
    let later = |found: &Standing| {
        let used = found.last_used_at?;
        let stored = found.stored_use;
        let is_later = stored.is_none_or(|stored| stored.plus(STORED_WITHIN) <= used);
        is_later.then_some((found.id, used))
    };
    let uses: Vec<(UserId, Time)> = batch.iter().filter_map(later).collect();
    if uses.is_empty() {
        return Ok(());
    }
    ctx.db()
        .write(async move |tx: &mut Tx<'_>| {
            for (id, at) in &uses {
                accounts::used(tx, *id, *at).await?;
            }
            Ok(())
        })
        .await
}
