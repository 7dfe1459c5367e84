//! The review of one account: what the rules find in it, what happened, what is
//! open, and what was done about it. What ends things are other verbs' own; this
//! one voids links, and notes that the review was made.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};
use tollgate_base::{
    Error, Result,
    access::{Facts, Permission, Principal, Target, decide},
    codes,
    id::UserId,
    time::Time,
};
use tollgate_records::{
    compliance::{self, Exception},
    devices,
    events::{self, Event, EventKind},
    one_time::{self, Purpose},
    recoveries::{self, Recovery},
};
use tollgate_store::sql::Tx;

pub use tollgate_records::one_time::Out;

use crate::{
    ctx::Ctx,
    steps::{
        end,
        facts::allow,
        looked,
        note::{Details, Log, change},
        standing::{
            self, Standing,
            rules::{self, Rule},
        },
        view::{AccountView, view},
    },
};

/// Events that are looked at.
const EVENTS: u32 = 200;
/// What was done so long ago belongs to an earlier review.
const SITTING: Duration = Duration::from_hours(1);
/// What may be done in a review.
const ACTS: [EventKind; 10] = [
    EventKind::SessionEnded,
    EventKind::SessionsEnded,
    EventKind::DeviceRemoved,
    EventKind::DevicesRemoved,
    EventKind::LinksVoided,
    EventKind::PasswordResetRequested,
    EventKind::RecoveryStopped,
    EventKind::AccountSuspended,
    EventKind::RoleAssigned,
    EventKind::FindingAccepted,
];

/// What there is to know of an account.
#[derive(Clone)]
pub struct Review {
    /// The account.
    pub account: AccountView,
    /// What it proves itself with, and how many sessions and devices it has.
    pub standing: Standing,
    /// What the rules find in it, and what of that is accepted.
    pub findings: Vec<(&'static Rule, Option<Exception>)>,
    /// What happened, newest first.
    pub events: Vec<Event>,
    /// Devices on which the second step is left out.
    pub trusted_devices: usize,
    /// Links and codes that are out.
    pub links: Vec<Out>,
    /// A recovery that waits.
    pub recovery: Option<Recovery>,
    /// When it was reviewed last.
    pub last: Option<Time>,
    /// What whoever asks has done since this review began: kinds of events.
    pub done: BTreeSet<String>,
}

/// Look at an account. That somebody did is noted.
///
/// # Errors
/// `auth.required`, `access.denied`, `person.missing`.
pub async fn review(ctx: &Ctx, by: &Principal, id: UserId) -> Result<Review> {
    decide(
        by,
        Permission::AuditRead,
        &Target::Installation,
        &Facts::NONE,
    )?;
    let (db, now, policy) = (ctx.db(), ctx.now(), ctx.policy());
    let account = view(ctx, id).await?;
    let standing = standing::of(ctx, id).await?;
    let standing = standing.ok_or_else(|| Error::new(&codes::PERSON_MISSING))?;
    let accepted = compliance::of(db, &id.to_string(), now).await?;
    let exception = |rule: &'static Rule| {
        let found = accepted.iter().find(|it| it.rule == rule.name);
        (rule, found.cloned())
    };
    let found = rules::findings(&standing, &policy, now);
    let events = events::page(db, None, Some(id.to_string()), EVENTS).await?;
    let reviewed = EventKind::AccountReviewed.as_str();
    let last = events.iter().find(|event| event.kind == reviewed);
    let last = last.map(|event| event.at);
    let (not_before, lasts) = (ctx.installation().not_before, policy.devices.trust);
    let trusted = |device: &devices::StoredDevice| {
        let until = lasts.and_then(|lasts| device.trusted_until(lasts, not_before));
        until.is_some_and(|until| until > now)
    };
    let known = devices::of(db, id).await?;
    looked::tell(ctx, by, ("review", Some(id.to_string()), events.len())).await?;
    Ok(Review {
        account,
        standing,
        findings: found.into_iter().map(exception).collect(),
        trusted_devices: known.iter().filter(|device| trusted(device)).count(),
        links: one_time::out(db, id, now).await?,
        recovery: recoveries::find(db, id, now).await?,
        done: done(&events, by, last, now),
        events,
        last,
    })
}

/// Void the links and codes that are out for an account: those that set a password,
/// sign in, verify an address, or go on with something that was begun.
///
/// # Errors
/// `access.denied`, `access.rank`, `person.missing`.
pub async fn void_links(ctx: &Ctx, by: &Principal, id: UserId) -> Result<()> {
    let (asks, now) = (by.clone(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::PasswordReset, id).await?;
        one_time::withdraw_mailed(tx, id, now).await?;
        one_time::withdraw(tx, Purpose::AddressVerification, Some(id), now).await?;
        end::void_begun(tx, id, now).await?;
        log.about(EventKind::LinksVoided, id);
        Ok(())
    })
    .await
}

/// Close the review: note what was found, and what whoever asks did about it.
///
/// # Errors
/// As [`review`].
pub async fn close(ctx: &Ctx, by: &Principal, id: UserId) -> Result<()> {
    let seen = review(ctx, by, id).await?;
    let found: Vec<Value> = seen.findings.iter().map(finding).collect();
    let open = json!({
        "sessions": seen.standing.sessions,
        "devices": seen.standing.devices,
        "trusted_devices": seen.trusted_devices,
        "links": seen.links.len(),
        "recovery": seen.recovery.is_some(),
    });
    change(ctx, by, async move |_: &mut Tx<'_>, log: &mut Log| {
        let mut details = Details {
            subject: Some(id),
            ..Details::default()
        };
        let data = &mut details.data;
        data.say("found", &found);
        data.say("open", &open);
        data.say("done", &seen.done);
        log.note(EventKind::AccountReviewed, details);
        Ok(())
    })
    .await
}

fn finding((rule, accepted): &(&'static Rule, Option<Exception>)) -> Value {
    json!({ "rule": rule.name, "accepted": accepted.is_some() })
}

/// What whoever asks did to the account since the last review, and not long ago.
fn done(events: &[Event], by: &Principal, last: Option<Time>, now: Time) -> BTreeSet<String> {
    let actor = by.to_string();
    let after = |last: Time| last.plus(Duration::from_micros(1));
    let since = last.map(after).unwrap_or_default().max(now.minus(SITTING));
    let counts = |event: &&Event| {
        let act = EventKind::parse(&event.kind).is_some_and(|kind| ACTS.contains(&kind));
        act && event.actor == actor && event.at >= since
    };
    events
        .iter()
        .filter(counts)
        .map(|event| event.kind.clone())
        .collect()
}
