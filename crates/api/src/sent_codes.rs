//! Codes by mail and text as second factors: turning them on and off, and having
//! one sent.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use tollgate_base::{Result, SecretString, access::Principal};
use tollgate_flows::sent_codes::{self, Offer, Send};
use tollgate_web::{Peer, Problem, Web, Who, body::Json};
use utoipa::ToSchema;

use crate::shapes::{Password, ProblemShape, RecoveryCodesShape, added};

/// The ways in which codes are sent, or could be.
#[derive(Serialize, ToSchema)]
pub(crate) struct SentCodes {
    data: Vec<SentCode>,
}

/// A way in which codes are sent, or could be.
#[derive(Serialize, ToSchema)]
pub(crate) struct SentCode {
    /// `email` or `sms`.
    by: &'static str,
    /// Where to, as much of it as its owner needs.
    to: String,
    /// Since when codes finish a sign-in; `null` if they do not.
    on_since: Option<String>,
    last_used_at: Option<String>,
}

/// A way in which codes are to be sent, or no more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TurnSentCode {
    /// `email` or `sms`.
    by: String,
    /// Left out by who has none.
    current_password: Option<Password>,
}

/// A code for the second step of a sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskSignInCode {
    /// What the first step answered.
    challenge: Password,
    /// `email` or `sms`.
    by: String,
}

/// A code for stepping up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskCode {
    /// `email` or `sms`.
    by: String,
}

/// Have a code sent for the second step of a sign-in
///
/// It works where it was asked for, for ten minutes, and makes the one before it
/// void. Send it to `POST /api/v1/session/second`.
#[utoipa::path(
    post, path = "/api/v1/session/second/code", operation_id = "send_sign_in_code",
    tag = "sign-in", request_body = AskSignInCode,
    responses(
        (status = 202, description = "It is on its way."),
        (status = 400, description = "`request.invalid`, `one_time.invalid`", body = ProblemShape),
        (status = 409, description = "`code.unavailable`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
    )
)]
pub(crate) async fn send(
    State(web): State<Web>,
    peer: Peer,
    Json(body): Json<AskSignInCode>,
) -> Result<StatusCode, Problem> {
    let request = Send {
        challenge: body.challenge.0,
        way: body.by.parse()?,
        address: peer.0,
    };
    sent_codes::send(web.ctx(), &Principal::Anonymous, request).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Have a code sent for stepping up
///
/// Only where there is no authenticator app and no passkey. Send it to
/// `POST /api/v1/session/step-up`.
#[utoipa::path(
    post, path = "/api/v1/session/step-up/code", operation_id = "send_step_up_code",
    tag = "sign-in", security(("bearer" = []), ("cookie" = [])), request_body = AskCode,
    responses(
        (status = 202, description = "It is on its way."),
        (status = 400, description = "`request.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 409, description = "`code.unavailable`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
    )
)]
pub(crate) async fn send_step_up(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<AskCode>,
) -> Result<StatusCode, Problem> {
    sent_codes::send_step_up(web.ctx(), &who, body.by.parse()?).await?;
    Ok(StatusCode::ACCEPTED)
}

/// The ways in which codes are sent to me, or could be
#[utoipa::path(
    get, path = "/api/v1/me/codes", operation_id = "list_my_codes",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = SentCodes),
        (status = 401, description = "`auth.required`", body = ProblemShape),
    )
)]
pub(crate) async fn list(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<SentCodes>, Problem> {
    let mine = sent_codes::mine(web.ctx(), &who, ()).await?;
    let data = mine.into_iter().map(SentCode::from).collect();
    Ok(axum::Json(SentCodes { data }))
}

/// Turn codes by mail or text on
///
/// They are weaker than an app or a passkey. Other sessions end. With the first
/// factor come ten recovery codes.
#[utoipa::path(
    put, path = "/api/v1/me/codes", operation_id = "turn_my_codes_on",
    tag = "me", security(("bearer" = []), ("cookie" = [])), request_body = TurnSentCode,
    responses(
        (status = 200, body = RecoveryCodesShape),
        (status = 400, description = "`request.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`password.wrong`, `factor.fresh`", body = ProblemShape),
        (status = 409, description = "`code.unavailable`", body = ProblemShape),
        (status = 412, description = "`version.mismatch`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn turn_on(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<TurnSentCode>,
) -> Result<Response, Problem> {
    let request = (
        body.by.parse()?,
        body.current_password.map(SecretString::from),
    );
    let made = sent_codes::turn_on(web.ctx(), &who, request).await?;
    Ok(added(&web, made))
}

/// Turn codes by mail or text off
///
/// With the last factor the recovery codes go too.
#[utoipa::path(
    post, path = "/api/v1/me/codes/removal", operation_id = "turn_my_codes_off",
    tag = "me", security(("bearer" = []), ("cookie" = [])), request_body = TurnSentCode,
    responses(
        (status = 204, description = "They are off."),
        (status = 400, description = "`request.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`password.wrong`, `factor.fresh`", body = ProblemShape),
        (status = 404, description = "`factor.missing`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn turn_off(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<TurnSentCode>,
) -> Result<StatusCode, Problem> {
    let request = (
        body.by.parse()?,
        body.current_password.map(SecretString::from),
    );
    sent_codes::turn_off(web.ctx(), &who, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<Offer> for SentCode {
    fn from(offer: Offer) -> Self {
        Self {
            by: offer.way.as_str(),
            to: offer.to,
            on_since: offer.on_since.map(|at| at.to_string()),
            last_used_at: offer.last_used_at.map(|at| at.to_string()),
        }
    }
}
