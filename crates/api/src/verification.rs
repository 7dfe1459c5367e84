//! Proving that an e-mail address is one's own.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use tollgate_base::identifier::Email;
use tollgate_flows::verify;
use tollgate_web::{Problem, Web, Who, body::Json};
use utoipa::ToSchema;

use crate::shapes::{Password, ProblemShape};

/// One of one's own addresses.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskVerification {
    email: String,
}

/// The token of the link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmVerification {
    token: Password,
}

/// Have a link sent that verifies my e-mail address
///
/// To one of my addresses, or to one that waits to be. None is sent to one that is
/// verified.
#[utoipa::path(
    post, path = "/api/v1/me/verification", operation_id = "request_verification",
    tag = "me", security(("bearer" = []), ("cookie" = [])), request_body = AskVerification,
    responses(
        (status = 202, description = "A mail is on its way."),
        (status = 400, description = "`identifier.invalid`, `request.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
    )
)]
pub(crate) async fn ask(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<AskVerification>,
) -> Result<StatusCode, Problem> {
    verify::ask(web.ctx(), &who, Email::parse(&body.email)?).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Verify my e-mail address by a link
///
/// It takes both, the link and being signed in to the account that asked for it. An
/// address that waited is a name to sign in with from now on.
#[utoipa::path(
    post, path = "/api/v1/verification", operation_id = "confirm_verification",
    tag = "me", security(("bearer" = []), ("cookie" = [])), request_body = ConfirmVerification,
    responses(
        (status = 204, description = "It is verified."),
        (status = 400, description = "`one_time.invalid`, `request.invalid` past ten names", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`verification.other`", body = ProblemShape),
        (status = 409, description = "`identifier.taken`: it became somebody's meanwhile", body = ProblemShape),
    )
)]
pub(crate) async fn confirm(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<ConfirmVerification>,
) -> Result<StatusCode, Problem> {
    verify::confirm(web.ctx(), &who, body.token.0).await?;
    Ok(StatusCode::NO_CONTENT)
}
