//! Raising alerts: from what was sealed since somebody last looked, each event once,
//! and from conditions that are looked at regularly.

use std::time::Duration;

use tollgate_base::{
    Result,
    access::Principal,
    id::{AlertId, JobId, UserId},
    time::Time,
};
use tollgate_crypto::mac::digest;
use tollgate_records::{
    accounts,
    alerts::{self, Alert, CHAIN, READ, Raise, Severity, notices},
    events::{self, Chain, Event, EventKind},
};
use tollgate_store::{lease, sql::Tx};

use crate::{
    ctx::{AlertPolicy, Ctx},
    steps::{read, trail},
};

use super::{
    Channel,
    rules::{LIMITS_HIT, RULES, Rule, TRAIL_BROKEN, WITHOUT_FACTOR},
};

/// Events that one transaction goes over.
const BATCH: u32 = 200;
/// How long one node watches before another may.
const LEASE: Duration = Duration::from_secs(10);
/// Events of the chain's end that are checked.
const TAIL: u32 = 1_000;
/// Alerts of one rule that are open at once; more are gathered in one.
const OPEN_MOST: i64 = 100;
/// Refused calls between two looks that are many.
const REFUSED_MANY: u64 = 500;
/// Whoever is meant by it gets mail.
const ADMINS: &str = "admins";

/// What raises alerts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// Events after that number, up to that one.
    Events(i64, i64),
    /// Something that was looked at.
    Condition(Lasts),
}

/// Whether what is so now is what was so before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lasts {
    Yes,
    No,
}

/// Go over what was sealed since the last time. Says how many alerts were raised.
///
/// # Errors
/// What the database says.
pub async fn watch(ctx: &Ctx, by: &Principal, (): ()) -> Result<usize> {
    let (db, last) = (ctx.db(), events::last_number(ctx.db()).await?);
    let Some((mut from, _)) = alerts::mark(db, READ).await? else {
        // What happened before anybody watched is history.
        alerts::begin_mark(db, READ, last, None).await?;
        return Ok(0);
    };
    if from > last {
        // The end was cut off: what comes now is heard from the next round on.
        trail::end_holds(ctx, by).await?;
        return Ok(0);
    }
    // An idle server writes nothing, not even its lease.
    if from == last || !lease::hold(db, "alerts", ctx.node(), ctx.now(), LEASE).await? {
        return Ok(0);
    }
    let mut raised = 0;
    while from < last {
        let batch = events::sealed_after(db, from, BATCH).await?;
        let Some(to) = batch.last().and_then(|event| event.seq) else {
            break;
        };
        let mut raises = Vec::new();
        for event in &batch {
            raises.extend(heard(ctx, event).await?);
        }
        raised += raises.len();
        if !raise_all(ctx, raises, Cause::Events(from, to)).await? {
            break;
        }
        from = to;
    }
    Ok(raised)
}

/// What an event raises.
async fn heard(ctx: &Ctx, event: &Event) -> Result<Vec<Raise>> {
    let mut raises = Vec::new();
    for rule in RULES.iter().filter(|rule| rule.hears(event)) {
        let (many, within) = rule.threshold;
        if many > 1 {
            let kind = EventKind::parse(&event.kind);
            let kind = kind.unwrap_or(EventKind::SignedIn);
            let since = event.at.minus(within);
            if events::count(ctx.db(), kind, since, event.at).await? < many {
                continue;
            }
        }
        raises.push(Raise {
            id: AlertId::new(ctx.now(), ctx.entropy())?,
            rule: rule.name,
            severity: rule.severity_of(event),
            subject: rule.subject(event),
            at: event.at,
            event: Some(event.id),
        });
    }
    Ok(raises)
}

/// Look at what no event tells of.
///
/// # Errors
/// What the database says.
pub async fn check(ctx: &Ctx, by: &Principal, (): ()) -> Result<()> {
    if ctx.take_throttled() >= REFUSED_MANY {
        condition(ctx, LIMITS_HIT, Lasts::No).await?;
    }
    if !lease::hold(ctx.db(), "alert_check", ctx.node(), ctx.now(), LEASE).await? {
        // Each node tells its own numbers.
        return tally(ctx).await;
    }
    if read::admins_without_factor(ctx.db()).await? > 0 {
        condition(ctx, WITHOUT_FACTOR, Lasts::Yes).await?;
    } else {
        let (by, now) = (by.to_string(), ctx.now());
        let over =
            async move |tx: &mut Tx<'_>| alerts::close_rule(tx, WITHOUT_FACTOR, &by, now).await;
        ctx.db().write(over).await?;
    }
    if !trail::end_holds(ctx, by).await? || !tail_fits(ctx).await? {
        condition(ctx, TRAIL_BROKEN, Lasts::Yes).await?;
    }
    let by = by.to_string();
    let now = ctx.now();
    ctx.db()
        .write(async move |tx: &mut Tx<'_>| {
            notices::forget_last(tx, now.minus(alerts::KEPT)).await?;
            alerts::clean(tx, &by, now).await
        })
        .await?;
    tally(ctx).await
}

/// Something is so that should not be: while it lasts it is one and the same, and what
/// comes anew each time counts each time.
async fn condition(ctx: &Ctx, rule: &'static str, lasts: Lasts) -> Result<()> {
    let Some(rule) = Rule::named(rule) else {
        return Ok(());
    };
    let raise = Raise {
        id: AlertId::new(ctx.now(), ctx.entropy())?,
        rule: rule.name,
        severity: rule.severity,
        subject: String::new(),
        at: ctx.now(),
        event: None,
    };
    raise_all(ctx, vec![raise], Cause::Condition(lasts))
        .await
        .map(drop)
}

/// Whether the end of the chain holds, and still has in it what was its end before.
async fn tail_fits(ctx: &Ctx) -> Result<bool> {
    let db = ctx.db();
    let last = events::last_number(db).await?;
    let noted = alerts::mark(db, CHAIN).await?;
    // From the noted end on, that one included, or the last so many.
    let first = noted.map_or(0, |(seq, _)| seq).max(last - i64::from(TAIL));
    let batch = events::sealed_after(db, first.max(1) - 1, TAIL + 1).await?;
    let mut events = batch.iter();
    let Some(begin) = events.next() else {
        return Ok(noted.is_none_or(|(seq, _)| seq == 0));
    };
    if let Some((seq, Some(hash))) = noted
        && (seq > last || (begin.seq == Some(seq) && begin.hash != Some(hash)))
    {
        return Ok(false);
    }
    let (Some(seq), Some(hash)) = (begin.seq, begin.hash) else {
        return Ok(false);
    };
    let mut chain = Chain { seq, hash };
    for event in events {
        match chain.check(event) {
            Some(next) => chain = next,
            None => return Ok(false),
        }
    }
    let from = noted.map_or(0, |(seq, _)| seq);
    if noted.is_none() {
        alerts::begin_mark(db, CHAIN, chain.seq, Some(chain.hash)).await?;
    } else if chain.seq > from {
        let moved = async move |tx: &mut Tx<'_>| {
            alerts::move_mark(tx, CHAIN, (from, chain.seq), Some(chain.hash)).await
        };
        db.write(moved).await?;
    }
    Ok(true)
}

/// Raise them and queue what channels are told, in one transaction with the place
/// that was reached. False if somebody else was there first.
async fn raise_all(ctx: &Ctx, raises: Vec<Raise>, cause: Cause) -> Result<bool> {
    let (now, policy, channels) = (ctx.now(), ctx.policy().alerts.clone(), Channel::set(ctx));
    let any = !raises.is_empty();
    let done = ctx
        .db()
        .write(async move |tx: &mut Tx<'_>| {
            if let Cause::Events(from, to) = cause
                && !alerts::move_mark(tx, READ, (from, to), None).await?
            {
                return Ok(false);
            }
            for wanted in &raises {
                if cause == Cause::Condition(Lasts::Yes)
                    && alerts::is_open(tx, wanted.rule, "").await?
                {
                    continue;
                }
                if is_told_together(tx, wanted).await? {
                    continue;
                }
                let wanted = folded(tx, wanted).await?;
                let alert = alerts::raise(tx, &wanted).await?;
                if is_news(&alert, &policy, now) {
                    alerts::told(tx, &alert, now).await?;
                    queue(tx, &alert, (&policy, &channels), now).await?;
                }
            }
            Ok(true)
        })
        .await?;
    if any {
        tally(ctx).await?;
    }
    Ok(done)
}

/// Whether it would be a new alert beside an open one that tells of all such events.
async fn is_told_together(tx: &mut Tx<'_>, raise: &Raise) -> Result<bool> {
    let wider = Rule::named(raise.rule).and_then(|rule| rule.part_of);
    match wider {
        Some(wider) => Ok(alerts::is_open(tx, wider, "").await?
            && !alerts::is_open(tx, raise.rule, &raise.subject).await?),
        None => Ok(false),
    }
}

/// About the installation, once there are too many about single accounts.
async fn folded(tx: &mut Tx<'_>, raise: &Raise) -> Result<Raise> {
    let single = !raise.subject.is_empty()
        && !alerts::is_open(tx, raise.rule, &raise.subject).await?
        && alerts::open_of(tx, raise.rule).await? >= OPEN_MOST;
    let mut raise = raise.clone();
    if single {
        raise.subject = String::new();
    }
    Ok(raise)
}

/// Whether channels are told: once, and again after a quiet while or when it is worse.
/// What somebody has seen is told again only when it is worse.
fn is_news(alert: &Alert, policy: &AlertPolicy, now: Time) -> bool {
    let Some((at, severity)) = alert.told else {
        return true;
    };
    alert.severity as i64 > severity
        || (alert.acknowledged.is_none() && at.plus(policy.quiet) <= now)
}

async fn queue(
    tx: &mut Tx<'_>,
    alert: &Alert,
    (policy, channels): (&AlertPolicy, &[Channel]),
    now: Time,
) -> Result<()> {
    for channel in channels {
        if alert.severity < channel.level(policy) {
            continue;
        }
        let due_at = due(alert.severity, policy, now);
        let receivers = match channel {
            Channel::Mail => mailed(tx, policy).await?,
            _ => vec![String::new()],
        };
        for receiver in receivers {
            let id = alert.id.to_string();
            let parts = [&id, channel.name(), &receiver, &alert.count.to_string()];
            let drawn = digest(&parts.map(str::as_bytes));
            let mut chance = [0; 16];
            chance.copy_from_slice(&drawn[..16]);
            let notice = notices::Notice {
                id: JobId::with_chance(now, chance),
                alert: alert.id,
                channel: channel.name().to_owned(),
                receiver,
                created_at: due_at,
                tries: 0,
            };
            notices::add(tx, &notice, due_at).await?;
        }
    }
    Ok(())
}

/// Now, or when what is milder is told together: at full hours or days.
fn due(severity: Severity, policy: &AlertPolicy, now: Time) -> Time {
    let Some(digest) = policy.digest.filter(|_| severity < policy.at_once) else {
        return now;
    };
    let span = i64::try_from(digest.as_micros()).unwrap_or(i64::MAX).max(1);
    Time::from_micros((now.micros() / span).saturating_add(1).saturating_mul(span))
}

pub(super) async fn mailed(tx: &mut Tx<'_>, policy: &AlertPolicy) -> Result<Vec<String>> {
    let mut receivers = Vec::new();
    for named in &policy.mail {
        if named == ADMINS {
            let admins = accounts::admins(tx).await?;
            receivers.extend(admins.iter().map(UserId::to_string));
        } else {
            receivers.push(named.clone());
        }
    }
    Ok(receivers)
}

/// Tell how many are open.
pub(super) async fn tally(ctx: &Ctx) -> Result<()> {
    let open = alerts::by_severity(ctx.db()).await?;
    for severity in Severity::ALL {
        let of = open.iter().find(|(one, _)| *one == severity);
        let gauge = metrics::gauge!("tollgate_alerts_open", "severity" => severity.as_str());
        #[expect(clippy::cast_precision_loss, reason = "a figure for charts")]
        gauge.set(of.map_or(0.0, |(_, many)| *many as f64));
    }
    Ok(())
}
