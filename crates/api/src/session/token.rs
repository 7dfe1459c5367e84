//! Signing in with a link that an administrator made: making it, and using it.

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::{Deserialize, Serialize};
use tollgate_base::{ExposeSecret, access::Principal, id::UserId};
use tollgate_flows::signin::{self, IssueToken, TOKEN_MINUTES, UseToken};
use tollgate_web::{Peer, Problem, Web, Who, body::Json, device, input::Id};
use utoipa::ToSchema;

use crate::shapes::{Password, ProblemShape};

use super::{Challenged, Mode, Opened, stepped};

/// How long the link is to work.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WantedLink {
    /// From 1 to 60; 10 if left out.
    #[serde(default = "ten")]
    #[schema(default = 10, minimum = 1, maximum = 60)]
    minutes: u32,
}

const fn ten() -> u32 {
    TOKEN_MINUTES
}

/// A link with which somebody signs in, shown once.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignInLink {
    /// For a browser.
    link: String,
    /// For `POST /api/v1/session/token`.
    token: String,
    /// Seconds until it is void.
    expires_in: u64,
}

/// A token that was passed on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShownToken {
    token: Password,
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

/// Make a link with which a person signs in
///
/// To be passed on by hand to somebody who has lost what they sign in with. It
/// works once, and earlier ones are void; a second factor is still asked for, and
/// the owner is told by mail.
#[utoipa::path(
    post, path = "/api/v1/people/{id}/sign-in-link", operation_id = "make_sign_in_link",
    tag = "people", security(("bearer" = []), ("cookie" = [])), request_body = WantedLink,
    params(("id" = String, Path)),
    responses(
        (status = 200, body = SignInLink),
        (status = 400, description = "`request.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `factor.fresh`, `password.fresh`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
        (status = 409, description = "`person.suspended`", body = ProblemShape),
    )
)]
pub(crate) async fn issue(
    State(web): State<Web>,
    Who(who): Who,
    Id(account): Id<UserId>,
    Json(body): Json<WantedLink>,
) -> Result<axum::Json<SignInLink>, Problem> {
    let request = IssueToken {
        account,
        minutes: body.minutes,
    };
    let issued = signin::issue_token(web.ctx(), &who, request).await?;
    let token = issued.token.expose_secret().to_owned();
    Ok(axum::Json(SignInLink {
        link: format!("{}/signin/token#{token}", web.http().public_url),
        token,
        expires_in: issued.lives.as_secs(),
    }))
}

/// Sign in with a link that an administrator made
///
/// Where the account has a second factor, the answer is 202 with a challenge.
#[utoipa::path(
    post, path = "/api/v1/session/token", operation_id = "sign_in_by_token",
    tag = "sign-in", request_body = ShownToken,
    responses(
        (status = 200, body = Opened),
        (status = 202, body = Challenged),
        (status = 400, description = "`request.invalid`, `one_time.invalid`", body = ProblemShape),
        (status = 403, description = "`request.origin`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
    )
)]
pub(crate) async fn present(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    Json(body): Json<ShownToken>,
) -> Result<Response, Problem> {
    let keeps = body.mode.keeps(body.remember_device);
    let request = UseToken {
        token: body.token.0,
        device: device(&web, &headers, peer)
            .named(body.device)
            .keeping(keeps),
        address: peer.0,
        opening: body.mode.opening(&web, &headers, body.remember)?,
    };
    let step = signin::use_token(web.ctx(), &Principal::Anonymous, request).await?;
    stepped(&web, step).await
}
