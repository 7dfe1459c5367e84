//! What balancers and operators ask: does it live, is it ready.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tollgate_base::{
    Error,
    access::{Facts, Permission, Target, decide},
    codes,
};
use tollgate_flows::health::{self, Part};
use tollgate_web::{MaybeWho, Peer, Problem, Web, input::Query};
use utoipa::ToSchema;

use crate::shapes::ProblemShape;

/// How much is to be told.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Detail {
    /// `?verbose` lists the parts, for this machine and for administrators.
    verbose: Option<String>,
}

/// Whether a server can do its work.
#[derive(Serialize, ToSchema)]
pub(crate) struct Readiness {
    ready: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<PartShape>>,
}

/// A part of the server.
#[derive(Serialize, ToSchema)]
struct PartShape {
    name: &'static str,
    ready: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// Does the process live
#[utoipa::path(
    get, path = "/livez", operation_id = "livez",
    tag = "operation",
    responses((status = 200, description = "It does.", content_type = "text/plain", body = String)),
)]
pub(crate) async fn live() -> &'static str {
    "ok\n"
}

/// Can it do its work
#[utoipa::path(
    get, path = "/readyz", operation_id = "readyz",
    tag = "operation", params(Detail),
    responses(
        (status = 200, body = Readiness),
        (status = 401, description = "A credential was sent, and it is not valid.", body = ProblemShape),
        (status = 403, description = "`access.denied` for `verbose`", body = ProblemShape),
        (status = 503, body = Readiness),
    )
)]
pub(crate) async fn ready(
    State(web): State<Web>,
    MaybeWho(who): MaybeWho,
    peer: Peer,
    headers: HeaderMap,
    Query(detail): Query<Detail>,
) -> Result<Response, Problem> {
    let verbose = detail.verbose.is_some();
    let administrator = decide(
        &who,
        Permission::Diagnostics,
        &Target::Installation,
        &Facts::NONE,
    )
    .is_ok();
    if verbose && !administrator && !peer.is_local(&headers) {
        return Err(Error::new(&codes::ACCESS_DENIED).into());
    }
    let parts = health::parts(web.ctx(), &who, ()).await;
    let ready = parts.iter().all(|part| part.spare || part.fault.is_none());
    let shape = |part: Part| PartShape {
        name: part.name,
        ready: part.fault.is_none(),
        detail: part.fault,
    };
    let parts = verbose.then(|| parts.into_iter().map(shape).collect());
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    Ok((status, axum::Json(Readiness { ready, parts })).into_response())
}
