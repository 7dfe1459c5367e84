//! Signing in and stepping up with a passkey: the question that a browser is
//! asked, and its answer.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tollgate_base::access::Principal;
use tollgate_flows::{
    signin::{self, BeginPasskey, FinishPasskey},
    step_up::{self, ShowPasskey},
};
use tollgate_web::{Peer, Problem, Web, Who, body::Json, cookies, device};
use utoipa::ToSchema;

use crate::shapes::{Password, ProblemShape, Question};

use super::{Mode, Opened, opened};

/// A browser that wants to be asked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// What `POST /api/v1/session` answered, where a password came first.
    challenge: Option<Password>,
}

/// What the browser answers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answered {
    /// Which question.
    ceremony: Password,
    /// What `navigator.credentials.get` gave, as its `toJSON` writes it.
    #[schema(value_type = Object)]
    credential: serde_json::Value,
    /// The same as before, where a password came first.
    challenge: Option<Password>,
    /// Stay signed in for long.
    #[serde(default)]
    remember: bool,
    /// What the client calls this device.
    device: Option<String>,
    /// Have this device known from now on: the answer holds a `device_token`.
    #[serde(default)]
    remember_device: bool,
    /// Leave the second step out on this device for as long as `devices.trust` says. It
    /// is remembered then.
    #[serde(default)]
    trust_device: bool,
    /// Whether the session lives in a cookie or in tokens.
    #[serde(default)]
    mode: Mode,
}

/// Begin to sign in with a passkey
///
/// Nobody has to say who they are: the passkey does. With a challenge the
/// passkey stands for the code after a password.
#[utoipa::path(
    post, path = "/api/v1/session/passkey", operation_id = "begin_passkey_sign_in",
    tag = "sign-in", request_body = Wanted,
    responses(
        (status = 200, body = Question),
        (status = 400, description = "`one_time.invalid`", body = ProblemShape),
        (status = 409, description = "`passkey.unavailable`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
    )
)]
pub(crate) async fn begin(
    State(web): State<Web>,
    peer: Peer,
    Json(body): Json<Wanted>,
) -> Result<axum::Json<Question>, Problem> {
    let request = BeginPasskey {
        challenge: body.challenge.map(|challenge| challenge.0),
        address: peer.0,
    };
    let question = signin::begin_passkey(web.ctx(), &Principal::Anonymous, request).await?;
    Ok(axum::Json(Question::of(&question)?))
}

/// Sign in with a passkey
///
/// Unknown, not valid and suspended are answered alike. A question is taken once,
/// whatever the answer.
#[utoipa::path(
    post, path = "/api/v1/session/passkey/confirmation", operation_id = "finish_passkey_sign_in",
    tag = "sign-in", request_body = Answered,
    params(("Tollgate-Device" = Option<String>, Header, description = "What this program is known again by: a `device_token`")),
    responses(
        (status = 200, body = Opened),
        (status = 400, description = "`request.invalid`, `one_time.invalid`", body = ProblemShape),
        (status = 401, description = "`passkey.refused`", body = ProblemShape),
        (status = 403, description = "`request.origin`", body = ProblemShape),
        (status = 409, description = "`passkey.unavailable`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
    )
)]
pub(crate) async fn finish(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    Json(body): Json<Answered>,
) -> Result<Response, Problem> {
    let keeps = body.mode.keeps(body.remember_device || body.trust_device);
    let request = FinishPasskey {
        ceremony: body.ceremony.0,
        challenge: body.challenge.map(|challenge| challenge.0),
        answer: body.credential.to_string(),
        device: device(&web, &headers, peer)
            .named(body.device)
            .keeping(keeps),
        trust: body.trust_device,
        address: peer.0,
        opening: body.mode.opening(&web, &headers, body.remember)?,
    };
    let signed_in = signin::finish_passkey(web.ctx(), &Principal::Anonymous, request).await?;
    Ok(opened(&web, signed_in))
}

/// What the browser answers to whoever is signed in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShownPasskey {
    /// Which question.
    ceremony: Password,
    /// What `navigator.credentials.get` gave, as its `toJSON` writes it.
    #[schema(value_type = Object)]
    credential: serde_json::Value,
}

/// Begin to show a passkey again
#[utoipa::path(
    post, path = "/api/v1/session/step-up/passkey", operation_id = "begin_passkey_step_up",
    tag = "sign-in", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = Question),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 404, description = "`passkey.missing`", body = ProblemShape),
        (status = 409, description = "`passkey.unavailable`", body = ProblemShape),
    )
)]
pub(crate) async fn begin_step_up(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<Question>, Problem> {
    let question = step_up::begin_passkey(web.ctx(), &who, ()).await?;
    Ok(axum::Json(Question::of(&question)?))
}

/// Show a passkey again
///
/// As with a code, the session may change password and factors for ten minutes.
#[utoipa::path(
    post, path = "/api/v1/session/step-up/passkey/confirmation", operation_id = "finish_passkey_step_up",
    tag = "sign-in", security(("bearer" = []), ("cookie" = [])), request_body = ShownPasskey,
    responses(
        (status = 204, description = "It was accepted."),
        (status = 400, description = "`one_time.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`passkey.wrong`", body = ProblemShape),
        (status = 409, description = "`passkey.unavailable`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
    )
)]
pub(crate) async fn finish_step_up(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<ShownPasskey>,
) -> Result<Response, Problem> {
    let request = ShowPasskey {
        ceremony: body.ceremony.0,
        answer: body.credential.to_string(),
    };
    let renewed = step_up::finish_passkey(web.ctx(), &who, request).await?;
    let cookie = cookies::renew(&web.http(), &renewed);
    Ok((StatusCode::NO_CONTENT, cookie, ()).into_response())
}
