//! Where one is signed in, and ending it.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use tollgate_base::id::SessionId;
use tollgate_flows::signout::{self, Which};
use tollgate_web::{Problem, Web, input::Id};

use crate::page::{Button, Done, Frame, Query, SessionRow, Submitted, Visitor, go};

const HERE: &str = "/me/sessions";

#[derive(Template)]
#[template(path = "sessions.html")]
struct Page<'a> {
    frame: &'a Frame,
    done: Done,
    sessions: Vec<SessionRow>,
}

pub(crate) async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let frame = &visitor.frame;
    let me = visitor.who.person()?;
    let live = signout::list(web.ctx(), &visitor.who, me.user).await?;
    let sessions = frame.sessions(live, Some(me.session), web.ctx().now());
    frame.send(
        StatusCode::OK,
        &Page {
            frame,
            done,
            sessions,
        },
    )
}

pub(crate) async fn end(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<SessionId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    let me = visitor.who.person()?.user;
    signout::end(web.ctx(), &visitor.who, (me, id)).await?;
    Ok(go(&Done::at(HERE, "session-ended")))
}

pub(crate) async fn end_others(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    let me = visitor.who.person()?.user;
    signout::end_all(web.ctx(), &visitor.who, (me, Which::Others)).await?;
    Ok(go(&Done::at(HERE, "others-ended")))
}
