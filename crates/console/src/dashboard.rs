//! The installation at a glance, for those who look after it.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use tollgate_base::{Kind, access::Role};
use tollgate_flows::{
    alerts,
    overview::{self, DayFigures, Overview},
    people, sites,
};
use tollgate_web::{Problem, Web};

use crate::page::{Chart, EventRow, Frame, Visitor, When, people_in};

#[derive(Template)]
#[template(path = "dashboard.html")]
struct Page<'a> {
    frame: &'a Frame,
    people: i64,
    suspended: i64,
    sessions: i64,
    today: DayFigures,
    signups: i64,
    /// For those who may know of them.
    sites: Option<usize>,
    /// Open alerts, for those who may know of them.
    alerts: Option<i64>,
    chart: Chart,
    checks: Vec<Check>,
    latest: Option<Vec<EventRow>>,
    backup: Option<When>,
}

/// Something that a good installation has.
struct Check {
    done: bool,
    key: &'static str,
}

pub(crate) async fn show(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let (frame, now) = (&visitor.frame, web.ctx().now());
    let seen = overview::overview(web.ctx(), &visitor.who, ()).await?;
    let latest = match &seen.latest {
        Some(events) => {
            let names = people::names(web.ctx(), &visitor.who, people_in(events)).await?;
            Some(frame.events(events.clone(), &names, now))
        }
        None => None,
    };
    let sites = match sites::list(web.ctx(), &visitor.who, ()).await {
        Ok(all) => Some(all.len()),
        Err(fault) if fault.kind() == Kind::Denied => None,
        Err(fault) => return Err(fault.into()),
    };
    let alerts = match alerts::open(web.ctx(), &visitor.who, ()).await {
        Ok(open) => Some(open.iter().map(|(_, many)| many).sum()),
        Err(fault) if fault.kind() == Kind::Denied => None,
        Err(fault) => return Err(fault.into()),
    };
    let page = Page {
        frame,
        people: seen.people.iter().map(|of| of.people).sum(),
        suspended: seen.people.iter().map(|of| of.suspended).sum(),
        sessions: seen.sessions,
        today: seen.days.last().copied().unwrap_or_default(),
        signups: seen.days.iter().map(|day| day.signups).sum(),
        chart: Chart::of(&seen.days),
        checks: checks(&web, &seen),
        backup: seen.last_backup.map(|at| frame.when(at, now)),
        latest,
        sites,
        alerts,
    };
    frame.send(StatusCode::OK, &page)
}

impl Page<'_> {
    /// Whether the list still has something to say.
    fn is_unfinished(&self) -> bool {
        self.checks.iter().any(|check| !check.done)
    }
}

fn checks(web: &Web, seen: &Overview) -> Vec<Check> {
    let admins = seen.people.iter().filter(|of| of.role == Role::Admin);
    let able: i64 = admins.map(|of| of.people - of.suspended).sum();
    let check = |done, key| Check { done, key };
    vec![
        check(true, "check-admin"),
        check(web.http().is_https(), "check-https"),
        check(seen.admins_without_factor == 0, "check-factor"),
        check(able > 1, "check-second"),
        check(seen.last_backup.is_some(), "check-backup"),
    ]
}
