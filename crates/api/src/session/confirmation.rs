//! Confirming a sign-in by a code that was mailed.

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::Deserialize;
use tollgate_base::access::Principal;
use tollgate_flows::signin::{self, Confirm};
use tollgate_web::{Peer, Problem, Web, body::Json, device};
use utoipa::ToSchema;

use crate::shapes::{Password, ProblemShape};

use super::{Mode, Opened, opened};

/// What somebody got by mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mailed {
    /// What the first step answered.
    challenge: Password,
    /// The code of the mail.
    code: Password,
    /// Stay signed in for long.
    #[serde(default)]
    remember: bool,
    /// What the client calls this device.
    device: Option<String>,
    /// As at the first step.
    #[serde(default)]
    remember_device: bool,
    /// Whether the session lives in a cookie or in tokens.
    #[serde(default)]
    mode: Mode,
}

/// Finish signing in with a code that was mailed
///
/// Where `devices.confirm` wants that. A program that does not have its device
/// remembered is asked again each time. Ask again from the beginning after
/// `one_time.invalid`.
#[utoipa::path(
    post, path = "/api/v1/session/confirmation", operation_id = "confirm_sign_in",
    tag = "sign-in", request_body = Mailed,
    params(("Tollgate-Device" = Option<String>, Header, description = "What this program is known again by: a `device_token`")),
    responses(
        (status = 200, body = Opened),
        (status = 400, description = "`request.invalid`, `one_time.invalid`", body = ProblemShape),
        (status = 401, description = "`confirmation.code`", body = ProblemShape),
        (status = 403, description = "`request.origin`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
    )
)]
pub(crate) async fn confirm(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    Json(body): Json<Mailed>,
) -> Result<Response, Problem> {
    let keeps = body.mode.keeps(body.remember_device);
    let request = Confirm {
        challenge: body.challenge.0,
        code: body.code.0,
        device: device(&web, &headers, peer)
            .named(body.device)
            .keeping(keeps),
        address: peer.0,
        opening: body.mode.opening(&web, &headers, body.remember)?,
    };
    let signed_in = signin::confirm(web.ctx(), &Principal::Anonymous, request).await?;
    Ok(opened(&web, signed_in))
}
