//! The installation at a glance: how many people and sessions there are, what
//! happened on each of the last days, and what is still to be set up.

use std::sync::Arc;

use tollgate_base::{
    Result,
    access::{Facts, Permission, Principal, Target, decide},
    time::Time,
};
use tollgate_records::{
    accounts::{self, Census},
    events::{self, Event, EventKind},
    sessions,
    tallies::{self, Day, Tally},
};
use tollgate_store::sql::Db;

use crate::{
    ctx::{Ctx, Setting},
    steps,
};

/// Days that are told of, today among them.
pub const DAYS: i64 = 30;
/// Events that are told of.
const LATEST: u32 = 10;
/// How many times as many are looked through for them.
const READINGS: u32 = 20;

/// The installation at a glance.
#[derive(Clone, Debug)]
pub struct Overview {
    /// People by role.
    pub people: Vec<Census>,
    /// Administrators who may sign in and have no second factor.
    pub admins_without_factor: i64,
    /// Sessions that live.
    pub sessions: i64,
    /// The last [`DAYS`] days, oldest first, each there whatever happened.
    pub days: Vec<DayFigures>,
    /// The latest events, newest first; none for whoever may not read them.
    pub latest: Option<Vec<Event>>,
    /// When the last backup was written.
    pub last_backup: Option<Time>,
}

/// What happened on one day in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayFigures {
    /// When it began.
    pub begins: Time,
    /// Sessions that were opened.
    pub signins: i64,
    /// Sign-ins by password that came to nothing.
    pub failed: i64,
    /// Accounts that took no more attempts for a while.
    pub blocked: i64,
    /// Accounts that were made.
    pub signups: i64,
    /// Sessions that were ended, one or several at once.
    pub revocations: i64,
}

/// Look.
///
/// # Errors
/// `auth.required`, `access.denied`.
pub async fn overview(ctx: &Ctx, by: &Principal, (): ()) -> Result<Overview> {
    let may = |permission| decide(by, permission, &Target::Installation, &Facts::NONE);
    may(Permission::OverviewRead)?;
    let (db, now) = (ctx.db(), ctx.now());
    let latest = match may(Permission::AuditRead) {
        Ok(()) => Some(latest(db).await?),
        Err(_) => None,
    };
    let first = Day(Day::of(now).0 - DAYS + 1);
    Ok(Overview {
        people: accounts::census(db).await?,
        admins_without_factor: steps::read::admins_without_factor(db).await?,
        sessions: sessions::live(db, ctx.installation().epoch, now).await?,
        days: days(first, &tallies::since(db, first).await?),
        latest,
        last_backup: steps::read::last(db, EventKind::BackupWritten).await?,
    })
}

/// The latest events but those that tell of reading others: looking here would fill
/// the list.
async fn latest(db: &Db) -> Result<Vec<Event>> {
    let mut events = events::page(db, None, None, LATEST * READINGS).await?;
    events.retain(|event| event.kind != EventKind::AuditRead.as_str());
    events.truncate(LATEST as usize);
    Ok(events)
}

/// The settings in force that are about security.
///
/// # Errors
/// `auth.required`, `access.denied`.
pub fn settings(ctx: &Ctx, by: &Principal, (): ()) -> Result<Arc<Vec<Setting>>> {
    decide(
        by,
        Permission::Diagnostics,
        &Target::Installation,
        &Facts::NONE,
    )?;
    Ok(ctx.settings())
}

fn days(first: Day, tallies: &[Tally]) -> Vec<DayFigures> {
    let figures = |day: Day| {
        let mut figures = DayFigures {
            begins: day.begins(),
            ..DayFigures::default()
        };
        for Tally { what, n, .. } in tallies.iter().filter(|tally| tally.day == day) {
            match EventKind::parse(what) {
                Some(EventKind::SignedIn) => figures.signins += n,
                Some(EventKind::SigninBlocked) => figures.blocked += n,
                Some(EventKind::AccountCreated) => figures.signups += n,
                Some(
                    EventKind::SessionEnded | EventKind::SessionsEnded | EventKind::TokenReused,
                ) => {
                    figures.revocations += n;
                }
                None if what == tallies::SIGNIN_FAILED => figures.failed += n,
                _ => {}
            }
        }
        figures
    };
    (0..DAYS)
        .map(|after| figures(Day(first.0 + after)))
        .collect()
}
