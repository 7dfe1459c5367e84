//! The trail handed to others as it grows: to a log server. In order, from the
//! place where the last batch was taken, and at least once. Whoever takes them is
//! down or slow: nothing waits for them, and they get all of it afterwards.

use std::time::Duration;

use tollgate_base::{Error, Result, access::Principal, codes, time::Time};
use tollgate_outbound::syslog::{Message, Severity};
use tollgate_records::{
    cursors,
    events::{self, Event, EventKind, Level},
};
use tollgate_store::{lease, sql::Tx};

use super::checkpoint::may_read;
/// The one export that there is.
pub use tollgate_records::cursors::SYSLOG;

use crate::{
    ctx::Ctx,
    steps::note::{Details, Log, change},
};

/// Events that are handed over at once.
const BATCH: u32 = 200;
/// Batches of one round, so that it ends.
const BATCHES: usize = 25;
/// How long one node hands over before another may: longer than a round.
const LEASE: Duration = Duration::from_secs(40);

/// How far an export has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// Its name.
    pub name: &'static str,
    /// Number of the last event that was taken.
    pub after: i64,
    /// Sealed events that were not taken yet.
    pub behind: i64,
    /// What keeps it, if anything does.
    pub fault: Option<String>,
    /// When it last went on, or began to fail.
    pub moved_at: Option<Time>,
}

/// Hand over what is new. Says how many events were taken.
///
/// # Errors
/// What the database says. A log server that takes nothing is no error: it is
/// told of once, and kept with the place.
pub async fn ship(ctx: &Ctx, _by: &Principal, (): ()) -> Result<u64> {
    let policy = ctx.policy();
    let Some(server) = &policy.audit.syslog else {
        return Ok(0);
    };
    let (mut place, mut behind) = place(ctx).await?;
    show_lag(behind);
    // An idle server writes nothing, not even its lease.
    if behind <= 0 || !lease::hold(ctx.db(), SYSLOG, ctx.node(), ctx.now(), LEASE).await? {
        return Ok(0);
    }
    let mut taken = 0;
    for _ in 0..BATCHES {
        let batch = events::sealed_after(ctx.db(), place, BATCH).await?;
        let Some(last) = batch.last().and_then(|event| event.seq) else {
            break;
        };
        let messages: Vec<Message> = batch.iter().map(message).collect();
        if let Err(fault) = server.send(&messages).await {
            let says = fault.public().to_owned();
            if cursors::fail(ctx.db(), SYSLOG, &says, ctx.now()).await? {
                tracing::warn!(error = ?fault, behind, "The log server takes no events");
            }
            return Ok(taken);
        }
        // Somebody has put it elsewhere meanwhile: it goes on from there.
        if !cursors::go_on(ctx.db(), SYSLOG, (place, last), ctx.now()).await? {
            break;
        }
        (place, behind) = (last, behind - i64::from(BATCH).min(behind));
        taken += batch.len() as u64;
        show_lag(behind);
        metrics::counter!("tollgate_audit_exported_total", "sink" => SYSLOG)
            .increment(batch.len() as u64);
    }
    Ok(taken)
}

/// How far the exports have come that are configured.
///
/// # Errors
/// `access.denied`.
pub async fn exports(ctx: &Ctx, by: &Principal, (): ()) -> Result<Vec<Export>> {
    may_read(by)?;
    if ctx.policy().audit.syslog.is_none() {
        return Ok(Vec::new());
    }
    let known = cursors::find(ctx.db(), SYSLOG).await?;
    let after = known.as_ref().map_or(0, |known| known.place);
    Ok(vec![Export {
        name: SYSLOG,
        after,
        behind: events::last_number(ctx.db()).await? - after,
        moved_at: known.as_ref().map(|known| known.moved_at),
        fault: known.and_then(|known| known.fault),
    }])
}

/// Have an export go on after an earlier number, or a later one.
///
/// # Errors
/// `access.denied`; `request.invalid` for an export that there is not, or a
/// number that there is not yet.
pub async fn replay(ctx: &Ctx, by: &Principal, (sink, after): (String, i64)) -> Result<Export> {
    may_read(by)?;
    let invalid = |says: &str| Error::new(&codes::REQUEST_INVALID).detail(says.to_owned());
    let known = exports(ctx, by, ()).await?;
    let Some(known) = known.into_iter().find(|known| known.name == sink) else {
        return Err(invalid("No export of that name is configured."));
    };
    if !(0..=known.after + known.behind).contains(&after) {
        return Err(invalid("No event has that number."));
    }
    let now = ctx.now();
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        cursors::set(tx, SYSLOG, after, now).await?;
        let mut details = Details::default();
        details.data.say("sink", SYSLOG);
        details.data.say("before", known.after);
        details.data.say("after", after);
        log.note(EventKind::AuditReplayed, details);
        Ok(())
    })
    .await?;
    Ok(Export {
        after,
        behind: known.after + known.behind - after,
        fault: None,
        moved_at: Some(now),
        ..known
    })
}

fn show_lag(behind: i64) {
    // What is more than a gauge can tell exactly is too much in any case.
    let behind = u32::try_from(behind.max(0)).unwrap_or(u32::MAX);
    metrics::gauge!("tollgate_audit_export_lag", "sink" => SYSLOG).set(behind);
}

/// Where to go on, and how many events wait there.
async fn place(ctx: &Ctx) -> Result<(i64, i64)> {
    let head = events::last_number(ctx.db()).await?;
    if let Some(known) = cursors::find(ctx.db(), SYSLOG).await? {
        return Ok((known.place, head - known.place));
    }
    if head > 0 {
        let now = ctx.now();
        ctx.db()
            .write(async move |tx: &mut Tx<'_>| cursors::set(tx, SYSLOG, 0, now).await)
            .await?;
    }
    Ok((0, head))
}

fn message(event: &Event) -> Message {
    let kind = EventKind::parse(&event.kind);
    let severity = match kind.map(EventKind::level) {
        Some(Level::Error) => Severity::Error,
        Some(Level::Warn) => Severity::Warning,
        Some(Level::Info) | None => Severity::Informational,
    };
    let known = [
        ("id", Some(event.id.to_string())),
        ("seq", event.seq.map(|seq| seq.to_string())),
        ("actor", Some(event.actor.clone())),
        ("subject", event.subject.clone()),
        ("session", event.session.clone()),
        ("address", event.address.clone()),
        (
            "hash",
            event.hash.map(|hash| tollgate_base::hex::hex(&hash)),
        ),
    ];
    let data = known
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name, value)));
    Message {
        severity,
        at: event.at,
        kind: event.kind.clone(),
        data: data.collect(),
        text: format!("{} {}", kind.map_or("", EventKind::about), event.data),
    }
}
