//! What other programs look for at fixed places: the public halves of our
//! signing keys (RFC 7517), what browsers ask about passkeys and passwords, and
//! where faults of security are told (RFC 9116).

use std::time::Duration;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Redirect},
};
use serde::Serialize;
use tollgate_base::{Error, codes};
use tollgate_flows::{keyring, passkeys};
use tollgate_web::{Problem, Web};
use utoipa::ToSchema;

use crate::shapes::ProblemShape;

/// Where people find their passkeys.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasskeyEndpoints {
    /// Where one is made.
    enroll: String,
    /// Where they are listed and removed.
    manage: String,
}

/// Other origins that may use our passkeys.
#[derive(Serialize, ToSchema)]
pub(crate) struct RelatedOrigins {
    origins: Vec<String>,
}

/// Where each is.
const MINE: &str = "/me/factors";
/// Where one's password is changed.
const PASSWORD: &str = "/me/password";
/// Whoever reads `security.txt` shall look again by then, and by less than a year.
const EXPIRES: Duration = Duration::from_hours(180 * 24);

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

/// Where passkeys are managed
///
/// Password managers send people there (W3C, "A well-known URL for relying
/// party passkey endpoints").
#[utoipa::path(
    get, path = "/.well-known/passkey-endpoints", operation_id = "passkey_endpoints",
    tag = "operation",
    responses(
        (status = 200, body = PasskeyEndpoints),
        (status = 404, description = "`route.missing`: passkeys do not work at this address", body = ProblemShape),
    ),
)]
pub(crate) async fn passkey_endpoints(
    State(web): State<Web>,
) -> Result<axum::Json<PasskeyEndpoints>, Problem> {
    if !passkeys::offered(web.ctx()) {
        return Err(Error::new(&codes::ROUTE_MISSING).into());
    }
    let at = format!("{}{MINE}", web.http().public_url);
    Ok(axum::Json(PasskeyEndpoints {
        enroll: at.clone(),
        manage: at,
    }))
}

/// Origins that may use our passkeys too
///
/// Those of `passkeys.related_origins` (Web Authentication, section 5.11).
#[utoipa::path(
    get, path = "/.well-known/webauthn", operation_id = "passkey_related_origins",
    tag = "operation",
    responses(
        (status = 200, body = RelatedOrigins),
        (status = 404, description = "`route.missing`: there are none", body = ProblemShape),
    ),
)]
pub(crate) async fn related_origins(
    State(web): State<Web>,
) -> Result<axum::Json<RelatedOrigins>, Problem> {
    let origins = web.ctx().policy().related_origins.clone();
    if origins.is_empty() {
        return Err(Error::new(&codes::ROUTE_MISSING).into());
    }
    Ok(axum::Json(RelatedOrigins { origins }))
}

/// Where faults of security are told
///
/// `[contact] security` says it (RFC 9116).
#[utoipa::path(
    get, path = "/.well-known/security.txt", operation_id = "security_txt",
    tag = "operation",
    responses(
        (status = 200, description = "Lines of text", body = String, content_type = "text/plain"),
        (status = 404, description = "`route.missing`: no contact is set", body = ProblemShape),
    ),
)]
pub(crate) async fn security_txt(State(web): State<Web>) -> Result<impl IntoResponse, Problem> {
    let http = web.http();
    let contact = http.security_contact.as_deref();
    let contact = contact.ok_or_else(|| Error::new(&codes::ROUTE_MISSING))?;
    let (expires, at) = (web.ctx().now().plus(EXPIRES), &http.public_url);
    let text = format!(
        "Contact: {contact}\nExpires: {expires}\nCanonical: {at}/.well-known/security.txt\n"
    );
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((kind, text))
}

/// Where one's password is changed
///
/// Password managers lead people there (W3C, "A well-known URL for changing
/// passwords").
#[utoipa::path(
    get, path = "/.well-known/change-password", operation_id = "change_password_page",
    tag = "operation",
    responses((status = 303, description = "To the page")),
)]
pub(crate) async fn change_password() -> Redirect {
    Redirect::to(PASSWORD)
}
