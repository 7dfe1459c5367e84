//! The public halves of our signing keys (RFC 7517).

use axum::{extract::State, http::header, response::IntoResponse};
use tollgate_flows::keyring;
use tollgate_web::Web;

/// Public keys
///
/// A key stands here for as long as an answer may be kept before it signs.
#[utoipa::path(
    get, path = "/.well-known/jwks.json",
    tag = "operation",
    responses((status = 200, description = "A JSON Web Key Set", body = serde_json::Value)),
)]
pub(crate) async fn jwks(State(web): State<Web>) -> impl IntoResponse {
    let lives = format!("public, max-age={}", keyring::JWKS_LIVES.as_secs());
    (
        [(header::CACHE_CONTROL, lives)],
        axum::Json(keyring::jwks(web.ctx())),
    )
}
