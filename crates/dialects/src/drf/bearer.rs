//! The `Authorization` header as SimpleJWT reads it.

use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use tollgate_base::{Error, SecretString, codes};
use tollgate_web::credentials::authorization;

use super::Refusal;

#[derive(Serialize)]
struct BadHeader {
    detail: &'static str,
    code: &'static str,
}

/// The token of the request. `Bearer` is compared exactly; under any other
/// scheme nobody is signed in.
///
/// # Errors
/// The 401 that DRF gives.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<SecretString, Refusal> {
    let nobody = || Refusal::from(Error::new(&codes::AUTH_REQUIRED));
    let value = authorization(headers)?.ok_or_else(nobody)?;
    let mut words = value
        .as_bytes()
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    if words.next() != Some(b"Bearer") {
        return Err(nobody());
    }
    match (words.next(), words.next()) {
        // What is no UTF-8 is no token either, and is refused as one.
        (Some(token), None) => Ok(String::from_utf8_lossy(token).into_owned().into()),
        _ => {
            let body = BadHeader {
                detail: "Authorization header must contain two space-delimited values",
                code: "bad_authorization_header",
            };
            Err(Refusal::new(StatusCode::UNAUTHORIZED, &body).challenged())
        }
    }
}
