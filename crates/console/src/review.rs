//! The review of one account, step by step, for administrators: what the rules
//! find, what happened, what is open, what to do. What ends things are the verbs of
//! the person's own page.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use tollgate_base::{
    access::{Permission, Principal},
    id::UserId,
};
use tollgate_flows::{
    devices, people, recovery,
    review::{self, Review},
    signout::{self, Which},
};
use tollgate_web::{Problem, Web, input::Id};

use crate::page::{
    Button, Done, EventRow, Frame, Query, Submitted, Visitor, When, go, people_in, reset_link,
};

/// Events that are shown.
const EVENTS: usize = 30;

#[derive(Template)]
#[template(path = "review.html")]
struct Page<'a> {
    frame: &'a Frame,
    done: Done,
    seen: Review,
    at: String,
    powers: Vec<Permission>,
    findings: Vec<Found>,
    events: Vec<EventRow>,
    last: Option<When>,
    recovery: Option<When>,
    acts: Vec<String>,
}

struct Found {
    what: String,
    to_do: String,
    at: String,
    accepted: Option<(String, String)>,
}

impl Page<'_> {
    /// Where the form of a step goes.
    fn step(&self, step: &str) -> String {
        format!("{}/{step}", self.at)
    }

    fn may_end(&self) -> bool {
        self.powers.contains(&Permission::SessionsEnd)
    }

    fn may_reset(&self) -> bool {
        self.powers.contains(&Permission::PasswordReset)
    }

    fn may_suspend(&self) -> bool {
        let active = self.seen.standing.is_active();
        active && self.powers.contains(&Permission::PeopleSuspend)
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let (ctx, who, frame, now) = (web.ctx(), &visitor.who, &visitor.frame, web.ctx().now());
    let mut seen = review::review(ctx, who, id).await?;
    seen.events.truncate(EVENTS);
    let names = people::names(ctx, who, people_in(&seen.events)).await?;
    let found = seen.findings.iter().map(|(rule, accepted)| Found {
        what: frame.finds(rule, ""),
        to_do: frame.finds(rule, "-do"),
        at: format!("/admin/compliance/{}", rule.name),
        accepted: accepted
            .as_ref()
            .map(|it| (it.until.to_string(), it.reason.clone())),
    });
    let page = Page {
        frame,
        done,
        at: at(id),
        powers: people::powers(ctx, who, id).await?,
        findings: found.collect(),
        events: frame.events(seen.events.clone(), &names, now),
        last: seen.last.map(|at| frame.when(at, now)),
        recovery: seen
            .recovery
            .as_ref()
            .map(|waits| frame.when(waits.ready_at, now)),
        acts: seen
            .done
            .iter()
            .filter_map(|kind| frame.kind(kind))
            .collect(),
        seen,
    };
    frame.send(StatusCode::OK, &page)
}

pub(crate) async fn end_sessions(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    // Whoever reviews their own account goes on with it.
    let which = if own(&visitor.who, id) {
        Which::Others
    } else {
        Which::All
    };
    signout::end_all(web.ctx(), &visitor.who, (id, which)).await?;
    Ok(go(&Done::at(&at(id), "sessions-ended")))
}

pub(crate) async fn forget_devices(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    let which = if own(&visitor.who, id) {
        devices::Which::Others
    } else {
        devices::Which::All
    };
    devices::forget_several(web.ctx(), &visitor.who, (id, which)).await?;
    Ok(go(&Done::at(&at(id), "devices-forgotten")))
}

pub(crate) async fn void_links(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    review::void_links(web.ctx(), &visitor.who, id).await?;
    Ok(go(&Done::at(&at(id), "links-voided")))
}

pub(crate) async fn stop_recovery(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    recovery::stop(web.ctx(), &visitor.who, id).await?;
    Ok(go(&Done::at(&at(id), "recovery-stopped")))
}

pub(crate) async fn make_reset_link(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    reset_link(&web, &visitor.at(&at(id)), id, Done::default()).await
}

pub(crate) async fn close(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    review::close(web.ctx(), &visitor.who, id).await?;
    Ok(go(&Done::at(&format!("/admin/people/{id}"), "reviewed")))
}

fn own(who: &Principal, id: UserId) -> bool {
    who.user() == Some(id)
}

fn at(id: UserId) -> String {
    format!("/admin/people/{id}/review")
}
