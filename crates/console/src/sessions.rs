//! Where one is signed in and by which devices one is known, and ending both.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use tollgate_base::id::{DeviceId, SessionId};
use tollgate_flows::{
    devices,
    signout::{self, Which},
};
use tollgate_web::{Problem, Web, input::Id};

use crate::page::{Button, DeviceRow, Done, Frame, Query, SessionRow, Submitted, Visitor, go};

const HERE: &str = "/me/sessions";

#[derive(Template)]
#[template(path = "sessions.html")]
struct Page<'a> {
    frame: &'a Frame,
    done: Done,
    sessions: Vec<SessionRow>,
    devices: Vec<DeviceRow>,
}

pub(crate) async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let frame = &visitor.frame;
    let me = visitor.who.person()?;
    let live = signout::list(web.ctx(), &visitor.who, me.user).await?;
    let now = web.ctx().now();
    let sessions = frame.sessions(live, Some(me.session), now);
    let known = devices::list(web.ctx(), &visitor.who, me.user).await?;
    let devices = frame.devices(known, now);
    frame.send(
        StatusCode::OK,
        &Page {
            frame,
            done,
            sessions,
            devices,
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

/// Forget one device. Whoever forgets the one that they use is signed out.
pub(crate) async fn forget_device(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<DeviceId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    let me = visitor.who.person()?.user;
    devices::forget(web.ctx(), &visitor.who, (me, id)).await?;
    Ok(go(&Done::at(HERE, "device-forgotten")))
}

pub(crate) async fn forget_other_devices(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    let me = visitor.who.person()?.user;
    let request = (me, devices::Which::Others);
    devices::forget_several(web.ctx(), &visitor.who, request).await?;
    Ok(go(&Done::at(HERE, "devices-forgotten")))
}
