//! Changing one's password, and resetting it by mail.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tollgate_base::{Error, SecretString, access::Principal, error::FieldFault, identifier::Email};
use tollgate_flows::{
    ClientProfile,
    password::{self, AskReset, Candidate, ChangePassword, ResetPassword},
};
use tollgate_web::{Peer, Problem, Web, Who, body::Json, cookies, device};
use utoipa::ToSchema;

use crate::shapes::{Password, ProblemShape};

/// The current password and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    /// Left out by who has none.
    current_password: Option<Password>,
    new_password: Password,
    /// Whether all other sessions end; the operator may insist on it.
    #[serde(default = "yes")]
    #[schema(default = true)]
    end_other_sessions: bool,
}

const fn yes() -> bool {
    true
}

/// Where the link is to be sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ask {
    email: String,
}

/// The token of the link and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirm {
    token: Password,
    new_password: Password,
}

/// A password that somebody has in mind, and their names, which must not be in
/// it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordStrengthRequest {
    password: Password,
    email: Option<String>,
    username: Option<String>,
    display_name: Option<String>,
}

/// How good it would be.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasswordStrength {
    /// From 0, which falls at once or is refused, to 4.
    #[schema(maximum = 4)]
    score: u8,
    /// The rules that it breaks.
    faults: Vec<RuleViolation>,
}

/// A rule that a password breaks.
#[derive(Serialize, ToSchema)]
struct RuleViolation {
    /// As in the `errors` of `password.weak`, such as `too_short`.
    rule: &'static str,
    /// A sentence for people.
    detail: String,
}

/// Change my password
///
/// All other sessions end, unless that is declined. A cookie is replaced.
#[utoipa::path(
    put, path = "/api/v1/me/password", operation_id = "change_password",
    tag = "me", security(("bearer" = []), ("cookie" = [])), request_body = Change,
    responses(
        (status = 204, description = "It is changed."),
        (status = 400, description = "`password.weak`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`password.wrong`, `factor.fresh`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
    )
)]
pub(crate) async fn change(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<Change>,
) -> Result<Response, Problem> {
    let request = ChangePassword {
        current: body.current_password.map(SecretString::from),
        new: body.new_password.0,
        end_others: body.end_other_sessions,
        client: ClientProfile::NATIVE,
    };
    let renewed = password::change_own(web.ctx(), &who, request)
        .await
        .map_err(new_password)?;
    let cookie = cookies::renew(&web.http(), &renewed);
    Ok((StatusCode::NO_CONTENT, cookie, ()).into_response())
}

/// Say how good a password would be
///
/// For forms that tell it while somebody types. Nothing is kept or logged.
#[utoipa::path(
    post, path = "/api/v1/password/strength", operation_id = "check_password_strength",
    tag = "sign-in", request_body = PasswordStrengthRequest,
    responses(
        (status = 200, body = PasswordStrength),
        (status = 429, description = "`throttled`", body = ProblemShape),
    )
)]
pub(crate) async fn check_strength(
    State(web): State<Web>,
    Peer(address): Peer,
    Json(body): Json<PasswordStrengthRequest>,
) -> Result<axum::Json<PasswordStrength>, Problem> {
    let names = [body.email, body.username, body.display_name];
    let request = Candidate {
        password: body.password.0,
        names: names.into_iter().flatten().collect(),
        address,
    };
    let found = password::strength(web.ctx(), &Principal::Anonymous, request).await?;
    let broken = |fault: FieldFault| RuleViolation {
        rule: fault.rule,
        detail: fault.detail.into_owned(),
    };
    Ok(axum::Json(PasswordStrength {
        score: found.score,
        faults: found.faults.into_iter().map(broken).collect(),
    }))
}

/// Ask for a reset link
///
/// The answer is the same whether or not somebody signs in with that address.
#[utoipa::path(
    post, path = "/api/v1/password-reset", operation_id = "request_password_reset",
    tag = "sign-in", request_body = Ask,
    responses(
        (status = 202, description = "If it is somebody's, a mail is on its way."),
        (status = 400, description = "`identifier.invalid`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
    )
)]
pub(crate) async fn ask(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    Json(body): Json<Ask>,
) -> Result<StatusCode, Problem> {
    let request = AskReset {
        email: Email::parse(&body.email)?,
        device: device(&web, &headers, peer),
        address: peer.0,
    };
    password::request_reset(web.ctx(), &Principal::Anonymous, request).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Set a new password by a reset link
///
/// All sessions end.
#[utoipa::path(
    post, path = "/api/v1/password-reset/confirm", operation_id = "reset_password",
    tag = "sign-in", request_body = Confirm,
    responses(
        (status = 204, description = "It is set."),
        (status = 400, description = "`one_time.invalid`, `password.weak`", body = ProblemShape),
    )
)]
pub(crate) async fn confirm(
    State(web): State<Web>,
    Json(body): Json<Confirm>,
) -> Result<StatusCode, Problem> {
    let request = ResetPassword {
        token: body.token.0,
        new: body.new_password.0,
        client: ClientProfile::NATIVE,
    };
    password::reset(web.ctx(), &Principal::Anonymous, request)
        .await
        .map_err(new_password)?;
    Ok(StatusCode::NO_CONTENT)
}

/// The verbs speak of the password; here it is the new one.
fn new_password(error: Error) -> Error {
    error.renamed("/password", "/new_password")
}
