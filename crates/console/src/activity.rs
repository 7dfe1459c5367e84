//! What happened to one's own account, and what to do if it was somebody else.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use tollgate_flows::{Event, account, lockdown};
use tollgate_web::{Problem, Web};

use crate::page::{Button, Confirm, Frame, Submitted, Visitor, When, renew};

const HERE: &str = "/me/activity";

#[derive(Template)]
#[template(path = "activity.html")]
struct Page<'a> {
    frame: &'a Frame,
    rows: Vec<Row>,
}

/// Something that happened.
struct Row {
    what: String,
    who: String,
    address: Option<String>,
    at: When,
}

/// What is left to do after everybody else was shut out.
#[derive(Template)]
#[template(path = "locked_down.html")]
struct LockedDown<'a> {
    frame: &'a Frame,
    ended: u64,
}

pub(crate) async fn show(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let (frame, now) = (&visitor.frame, web.ctx().now());
    let me = visitor.who.person()?.user;
    let mine = me.to_string();
    let row = |event: Event| Row {
        what: frame.happened(&event),
        who: if event.actor == mine {
            frame.t("party-you").to_string()
        } else {
            frame.stranger(&event.actor)
        },
        address: event.personal_detail("address"),
        at: frame.when(event.at, now),
    };
    let events = account::activity(web.ctx(), &visitor.who, me).await?;
    let rows = events.into_iter().map(row).collect();
    frame.send(StatusCode::OK, &Page { frame, rows })
}

/// Ask once more before everybody else is shut out.
pub(crate) async fn ask(visitor: Visitor) -> Result<Response, Problem> {
    let frame = &visitor.frame;
    let page = Confirm::new(
        frame,
        &frame.t("lockdown-title"),
        "/me/lockdown".to_owned(),
        &frame.t("lockdown-submit"),
    )
    .say(&frame.t("lockdown-follows"))
    .back(HERE, &frame.t("nav-activity").to_string());
    frame.send(StatusCode::OK, &page)
}

pub(crate) async fn lock_down(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    let visitor = visitor.at(HERE);
    let frame = &visitor.frame;
    let (ended, renewed) = lockdown::lockdown(web.ctx(), &visitor.who, ()).await?;
    let told = frame.send(StatusCode::OK, &LockedDown { frame, ended })?;
    Ok(renew(&web, &renewed, told))
}
