//! Getting back into an account whose second factors are lost.

use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use tollgate_base::{Error, access::Principal, codes, id::UserId};
use tollgate_flows::{
    Recovery,
    recovery::{self, Finish},
};
use tollgate_web::{Problem, Web, Who, body::Json, input::Id};
use utoipa::ToSchema;

use crate::shapes::{Password, ProblemShape};

/// A recovery that waits.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryShape {
    /// Who started it: an id, or `operator`.
    started_by: String,
    started_at: String,
    /// When its link is sent to the owner.
    ready_at: String,
    /// When it is over.
    expires_at: String,
}

/// The token of the link, and what comes after it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FinishRecovery {
    token: Password,
    password: Password,
}

/// Start a recovery for a person
///
/// They are told, and may stop it; when it has waited, a link goes to their verified
/// address. If one waits already, that is the answer.
#[utoipa::path(
    post, path = "/api/v1/people/{id}/recovery", operation_id = "start_recovery",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 200, body = RecoveryShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`, `factor.fresh`, `password.fresh`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
        (status = 409, description = "`recovery.address`", body = ProblemShape),
    )
)]
pub(crate) async fn start(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
) -> Result<axum::Json<RecoveryShape>, Problem> {
    let started = recovery::start(web.ctx(), &who, id).await?;
    Ok(axum::Json(started.into()))
}

/// Show the recovery that waits for a person
#[utoipa::path(
    get, path = "/api/v1/people/{id}/recovery", operation_id = "show_recovery",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 200, body = RecoveryShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 404, description = "`recovery.missing`, `person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn show(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
) -> Result<axum::Json<RecoveryShape>, Problem> {
    waiting(&web, &who, id).await
}

/// Stop the recovery of a person
#[utoipa::path(
    delete, path = "/api/v1/people/{id}/recovery", operation_id = "stop_recovery",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 204, description = "It is stopped."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 404, description = "`recovery.missing`, `person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn stop(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
) -> Result<StatusCode, Problem> {
    recovery::stop(web.ctx(), &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Show the recovery that waits for me
#[utoipa::path(
    get, path = "/api/v1/me/recovery", operation_id = "show_my_recovery",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = RecoveryShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 404, description = "`recovery.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn show_mine(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<RecoveryShape>, Problem> {
    waiting(&web, &who, who.person()?.user).await
}

/// Stop the recovery that waits for me
#[utoipa::path(
    delete, path = "/api/v1/me/recovery", operation_id = "stop_my_recovery",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "It is stopped."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 404, description = "`recovery.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn stop_mine(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<StatusCode, Problem> {
    recovery::stop(web.ctx(), &who, who.person()?.user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Finish a recovery by its link
///
/// The account has this password then, no second factors and no sessions.
#[utoipa::path(
    post, path = "/api/v1/recovery", operation_id = "finish_recovery",
    tag = "me", request_body = FinishRecovery,
    responses(
        (status = 204, description = "It is finished."),
        (status = 400, description = "`one_time.invalid`, `password.weak`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn finish(
    State(web): State<Web>,
    Json(body): Json<FinishRecovery>,
) -> Result<StatusCode, Problem> {
    let request = Finish {
        token: body.token.0,
        new: body.password.0,
    };
    recovery::finish(web.ctx(), &Principal::Anonymous, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn waiting(
    web: &Web,
    who: &Principal,
    of: UserId,
) -> Result<axum::Json<RecoveryShape>, Problem> {
    let waits = recovery::pending(web.ctx(), who, of).await?;
    let waits = waits.ok_or_else(|| Error::new(&codes::RECOVERY_MISSING))?;
    Ok(axum::Json(waits.into()))
}

impl From<Recovery> for RecoveryShape {
    fn from(recovery: Recovery) -> Self {
        Self {
            started_by: recovery.started_by,
            started_at: recovery.started_at.to_string(),
            ready_at: recovery.ready_at.to_string(),
            expires_at: recovery.expires_at.to_string(),
        }
    }
}
