//! Signing in by mail: asking for a link or a code, and showing it.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tollgate_base::{ExposeSecret, access::Principal, identifier::Email};
use tollgate_flows::signin::{self, AskMail, FinishMail};
use tollgate_web::{Peer, Problem, Web, body::Json, device};
use utoipa::ToSchema;

use crate::shapes::{Password, ProblemShape};

use super::{Challenged, Mode, Opened, stepped};

/// Where the mail is to go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskSignInMail {
    email: String,
}

/// A request that waits for what the mail says.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignInMailAsked {
    /// For the confirmation. Keep it to yourself: what the mail says is worth
    /// nothing without it.
    request: String,
    /// Seconds until it is void.
    expires_in: u64,
}

/// What the mail says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShownMail {
    /// What was answered when the mail was asked for.
    request: Password,
    /// The code, or the token of the link.
    code: Password,
    /// Stay signed in for long.
    #[serde(default)]
    remember: bool,
    /// Answer with a secret by which this device is known again, for programs.
    #[serde(default)]
    remember_device: bool,
    /// What the client calls this device.
    device: Option<String>,
    /// Whether the session lives in a cookie or in tokens.
    #[serde(default)]
    mode: Mode,
}

/// Ask for a mail to sign in with
///
/// The answer is the same whether or not somebody signs in with that address. Only
/// verified addresses get one; `[signin] by_mail` allows it.
#[utoipa::path(
    post, path = "/api/v1/session/mail", operation_id = "request_sign_in_mail",
    tag = "sign-in", request_body = AskSignInMail,
    responses(
        (status = 202, body = SignInMailAsked),
        (status = 400, description = "`identifier.invalid`", body = ProblemShape),
        (status = 403, description = "`signin.mail_off`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
    )
)]
pub(crate) async fn ask(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    Json(body): Json<AskSignInMail>,
) -> Result<Response, Problem> {
    let request = AskMail {
        email: Email::parse(&body.email)?,
        device: device(&web, &headers, peer),
        address: peer.0,
    };
    let asked = signin::ask_mail(web.ctx(), &Principal::Anonymous, request).await?;
    let asked = SignInMailAsked {
        request: asked.request.expose_secret().to_owned(),
        expires_in: asked.lives.as_secs(),
    };
    Ok((StatusCode::ACCEPTED, axum::Json(asked)).into_response())
}

/// Sign in with what the mail says
///
/// A code may be tried five times. Wrong, used, expired and nobody's are answered
/// alike. Where the account has a second factor, the answer is 202 with a
/// challenge.
#[utoipa::path(
    post, path = "/api/v1/session/mail/confirmation", operation_id = "sign_in_by_mail",
    tag = "sign-in", request_body = ShownMail,
    responses(
        (status = 200, body = Opened),
        (status = 202, body = Challenged),
        (status = 400, description = "`request.invalid`, `one_time.invalid`", body = ProblemShape),
        (status = 403, description = "`signin.mail_off`, `request.origin`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
    )
)]
pub(crate) async fn confirm(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    Json(body): Json<ShownMail>,
) -> Result<Response, Problem> {
    let keeps = body.mode.keeps(body.remember_device);
    let request = FinishMail {
        request: body.request.0,
        shown: body.code.0,
        device: device(&web, &headers, peer)
            .named(body.device)
            .keeping(keeps),
        address: peer.0,
        opening: body.mode.opening(&web, &headers, body.remember)?,
    };
    let step = signin::finish_mail(web.ctx(), &Principal::Anonymous, request).await?;
    stepped(&web, step).await
}
