//! What happened to one's own account, and shutting everybody else out.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tollgate_flows::{account, lockdown};
use tollgate_web::{Problem, Web, Who, cookies};
use utoipa::ToSchema;

use crate::shapes::{EventShape, ProblemShape};

/// What happened.
#[derive(Serialize, ToSchema)]
pub(crate) struct Activity {
    /// The last hundred events, newest first.
    events: Vec<EventShape>,
}

/// What a lock-down did.
#[derive(Serialize, ToSchema)]
pub(crate) struct LockedDown {
    /// Other sessions that ended.
    sessions_ended: u64,
}

/// What happened to my account
#[utoipa::path(
    get, path = "/api/v1/me/activity", operation_id = "show_activity",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = Activity),
        (status = 401, description = "`auth.required`", body = ProblemShape),
    )
)]
pub(crate) async fn show(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<Activity>, Problem> {
    let events = account::activity(web.ctx(), &who, who.person()?.user).await?;
    let events = events.into_iter().map(EventShape::from).collect();
    Ok(axum::Json(Activity { events }))
}

/// Shut everybody else out
///
/// Ends every session but this one, whose cookie is replaced, voids links and codes that are on their way, and
/// stops a recovery. Change the password next.
#[utoipa::path(
    post, path = "/api/v1/me/lockdown", operation_id = "lock_down",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = LockedDown),
        (status = 401, description = "`auth.required`", body = ProblemShape),
    )
)]
pub(crate) async fn lock_down(State(web): State<Web>, Who(who): Who) -> Result<Response, Problem> {
    let (sessions_ended, renewed) = lockdown::lockdown(web.ctx(), &who, ()).await?;
    let cookie = cookies::renew(&web.http(), &renewed);
    Ok((cookie, axum::Json(LockedDown { sessions_ended })).into_response())
}
