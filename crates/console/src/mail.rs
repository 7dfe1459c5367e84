//! Mails and texts that were not delivered, for administrators: tried again or
//! deleted.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use tollgate_base::id::JobId;
use tollgate_flows::outbox::{self, Undelivered};
use tollgate_web::{Problem, Web, input::Id};

use crate::page::{Button, Done, Frame, Query, Submitted, UndeliveredRow, Visitor, go};

const HERE: &str = "/admin/mail";

#[derive(Template)]
#[template(path = "mail.html")]
struct Page<'a> {
    frame: &'a Frame,
    done: Done,
    /// Those that were given up, and those that wait.
    given_up: Vec<UndeliveredRow>,
    waiting: Vec<UndeliveredRow>,
}

pub(crate) async fn list(
    State(web): State<Web>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let (frame, now) = (&visitor.frame, web.ctx().now());
    let all = outbox::list(web.ctx(), &visitor.who, ()).await?;
    let row = |one: Undelivered| UndeliveredRow::new(frame, one, now);
    let (given_up, waiting): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|one| one.given_up_at.is_some());
    let page = Page {
        frame,
        done,
        given_up: given_up.into_iter().map(row).collect(),
        waiting: waiting.into_iter().map(row).collect(),
    };
    frame.send(StatusCode::OK, &page)
}

pub(crate) async fn retry(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<JobId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    outbox::retry(web.ctx(), &visitor.who, id).await?;
    Ok(go(&Done::at(HERE, "mail-retried")))
}

pub(crate) async fn discard(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<JobId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    outbox::discard(web.ctx(), &visitor.who, id).await?;
    Ok(go(&Done::at(HERE, "mail-deleted")))
}
