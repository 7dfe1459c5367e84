//! One's own account at a glance: who am I, since when, and what there is to
//! keep an eye on.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use tollgate_flows::{AccountView, signout};
use tollgate_web::{Problem, Web};

use crate::page::{Frame, Visitor, When};

#[derive(Template)]
#[template(path = "me.html")]
struct Page<'a> {
    frame: &'a Frame,
    account: &'a AccountView,
    since: When,
    /// This sign-in, and the one before it that still lives.
    opened: Option<When>,
    before: Option<Before>,
    sessions: usize,
}

/// An earlier sign-in.
struct Before {
    when: When,
    device: String,
    address: Option<String>,
}

pub(crate) async fn show(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let (frame, now) = (&visitor.frame, web.ctx().now());
    let me = visitor.who.person()?;
    let live = signout::list(web.ctx(), &visitor.who, me.user).await?;
    let current = live.iter().find(|session| session.id == me.session);
    let earlier = live.iter().find(|session| session.id != me.session);
    let page = Page {
        frame,
        account: &visitor.account,
        since: frame.when(visitor.account.account.created_at, now),
        opened: current.map(|session| frame.when(session.created_at, now)),
        before: earlier.map(|session| Before {
            when: frame.when(session.created_at, now),
            device: frame.device(&session.device),
            address: session.device.address.clone(),
        }),
        sessions: live.len(),
    };
    frame.send(StatusCode::OK, &page)
}
