//! Ending a lock-out before its time: by a link that comes by mail, and by whoever
//! looks after people.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde::{Deserialize, Serialize};
use tollgate_base::{ExposeSecret, access::Principal, id::UserId};
use tollgate_flows::unlock::{self, Ask, Finish};
use tollgate_web::{Peer, Problem, Web, Who, body::Json, device, input::Id};
use utoipa::ToSchema;

use crate::shapes::{Password, ProblemShape};

/// Who wants in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnlockRequest {
    /// An e-mail address or a username.
    login: String,
}

/// The token of the link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FinishUnlock {
    token: Password,
    /// What the client calls this device.
    device: Option<String>,
    /// Have this device known from now on: the answer holds a `device_token`, which is
    /// to be sent in the `Tollgate-Device` header. What is tried elsewhere never locks
    /// it out.
    #[serde(default)]
    remember_device: bool,
}

/// Sign-in works again.
#[derive(Serialize, ToSchema)]
pub(crate) struct Unlocked {
    /// For the `Tollgate-Device` header of later requests, if this device is to be
    /// known.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_token: Option<String>,
}

/// Ask for a mail with a way in
///
/// For whoever is refused with `throttled`. The answer is the same for names that are
/// nobody's; the mail goes to a verified address.
#[utoipa::path(
    post, path = "/api/v1/unlock", operation_id = "ask_for_unlock",
    tag = "sign-in", request_body = UnlockRequest,
    responses(
        (status = 202, description = "A mail is on its way, if the name is somebody's."),
        (status = 429, description = "`throttled`", body = ProblemShape),
    )
)]
pub(crate) async fn ask(
    State(web): State<Web>,
    Peer(address): Peer,
    Json(body): Json<UnlockRequest>,
) -> Result<StatusCode, Problem> {
    let request = Ask {
        login: body.login,
        address,
    };
    unlock::ask(web.ctx(), &Principal::Anonymous, request).await?;
    Ok(StatusCode::ACCEPTED)
}

/// End a lock-out by the link of a mail
#[utoipa::path(
    post, path = "/api/v1/unlock/confirm", operation_id = "finish_unlock",
    tag = "sign-in", request_body = FinishUnlock,
    responses(
        (status = 200, body = Unlocked),
        (status = 400, description = "`one_time.invalid`", body = ProblemShape),
    )
)]
pub(crate) async fn finish(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    Json(body): Json<FinishUnlock>,
) -> Result<axum::Json<Unlocked>, Problem> {
    let device = device(&web, &headers, peer).named(body.device);
    let request = Finish {
        token: body.token.0,
        device: device.keeping(body.remember_device),
    };
    let kept = unlock::finish(web.ctx(), &Principal::Anonymous, request).await?;
    let device_token = kept.map(|secrets| secrets.text().expose_secret().to_owned());
    Ok(axum::Json(Unlocked { device_token }))
}

/// End the lock-out of a person
///
/// Wrong passwords and wrong codes that were counted are forgotten.
#[utoipa::path(
    post, path = "/api/v1/people/{id}/unlock", operation_id = "unlock_person",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 204, description = "They may sign in again."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn unlock(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
) -> Result<StatusCode, Problem> {
    unlock::unlock(web.ctx(), &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
