//! Refusals as HTTP says them: problem details (RFC 9457) with the code, its
//! page and the request id. The cause is logged here, once, and never sent.

use std::{sync::Arc, time::Duration};

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tollgate_base::{Error, Kind, codes, error::FieldFault};

use crate::{observe, request_id};

/// The header of an answer with what is to be worked on, and of the request that
/// follows with the work.
pub const PROOF: HeaderName = HeaderName::from_static("tollgate-proof");
/// The media type of RFC 9457.
pub const MEDIA_TYPE: &str = "application/problem+json";
/// Where the page of each code is; its name follows.
pub const PAGES: &str = "/docs/errors/";

/// A refusal on its way out.
#[derive(Debug)]
pub struct Problem {
    error: Error,
    clear_cookie: Option<HeaderValue>,
}

/// Which refusal an answer tells, for whoever tells it in another shape.
#[derive(Clone)]
pub(crate) struct Told(pub(crate) Arc<Error>);

/// The body. `type` is a reference relative to where we are reached.
#[derive(Serialize)]
struct Details<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Field<'a>>,
}

#[derive(Serialize)]
struct Field<'a> {
    pointer: &'a str,
    rule: &'a str,
    detail: &'a str,
}

impl Problem {
    /// What sort of refusal it is.
    pub fn kind(&self) -> Kind {
        self.error.kind()
    }

    /// Take the session cookie away as well: it is worth nothing any more.
    pub(crate) fn clearing(error: Error, clear_cookie: HeaderValue) -> Self {
        Self {
            error,
            clear_cookie: Some(clear_cookie),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self {
            error,
            clear_cookie: None,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self {
            error,
            clear_cookie,
        } = self;
        tell(&error);
        let status = status(&error);
        let details = Details {
            r#type: format!("{PAGES}{}", error.code().name),
            title: error.code().title,
            status: status.as_u16(),
            detail: error.public(),
            code: error.code().name,
            request_id: request_id::current().map(|id| id.to_string()),
            proof: error.proof(),
            errors: error.fields().iter().map(Field::from).collect(),
        };
        let body = serde_json::to_vec(&details).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(wait) = error.wait() {
            headers.insert(header::RETRY_AFTER, seconds(wait));
        }
        if let Some(asked) = error.proof().and_then(|asked| asked.parse().ok()) {
            headers.insert(PROOF, asked);
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, challenge(&error));
        }
        if let Some(cookie) = clear_cookie {
            headers.append(header::SET_COOKIE, cookie);
        }
        response.extensions_mut().insert(Told(Arc::new(error)));
        response
    }
}

impl<'a> From<&'a FieldFault> for Field<'a> {
    fn from(fault: &'a FieldFault) -> Self {
        Self {
            pointer: &fault.pointer,
            rule: fault.rule,
            detail: &fault.detail,
        }
    }
}

/// The status of a refusal: by its kind, but for the few codes that HTTP has a
/// status of their own for.
pub fn status(error: &Error) -> StatusCode {
    let own = [
        (&codes::REQUEST_TOO_LARGE, StatusCode::PAYLOAD_TOO_LARGE),
        (
            &codes::REQUEST_HEADERS,
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        ),
        (
            &codes::REQUEST_MEDIA_TYPE,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (&codes::ROUTE_METHOD, StatusCode::METHOD_NOT_ALLOWED),
        (
            &codes::IDEMPOTENCY_MISMATCH,
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (&codes::VERSION_MISMATCH, StatusCode::PRECONDITION_FAILED),
    ];
    if let Some((_, status)) = own.into_iter().find(|(code, _)| error.is(code)) {
        return status;
    }
    match error.kind() {
        Kind::Invalid => StatusCode::BAD_REQUEST,
        Kind::Stranger => StatusCode::UNAUTHORIZED,
        Kind::Denied => StatusCode::FORBIDDEN,
        Kind::Missing => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Limited => StatusCode::TOO_MANY_REQUESTS,
        Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Exhausted => StatusCode::PAYMENT_REQUIRED,
        Kind::Upstream => StatusCode::BAD_GATEWAY,
        Kind::Broken => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Log a refusal. For surfaces that answer in a shape of their own; whoever
/// answers with a [`Problem`] has done it. The line of the request names each;
/// those that are our fault have one of their own, with the cause.
pub fn tell(error: &Error) {
    let code = error.code().name;
    observe::refused(code);
    let cause = error.cause().map(tracing::field::debug);
    match error.kind() {
        Kind::Broken => tracing::error!(code, cause, "Refused: {}", error.code().title),
        Kind::Busy | Kind::Upstream => {
            tracing::warn!(code, cause, "Refused: {}", error.code().title);
        }
        _ => tracing::debug!(code, cause, "Refused: {}", error.code().title),
    }
}

/// Whole seconds, rounded up: who waits as long as told is not refused again.
pub fn seconds(wait: Duration) -> HeaderValue {
    HeaderValue::from(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}

/// RFC 6750, section 3: the fault is named only where a credential was sent.
fn challenge(error: &Error) -> HeaderValue {
    let sent = ["token.", "session.", "account."]
        .iter()
        .any(|part| error.code().name.starts_with(part));
    HeaderValue::from_static(if sent {
        r#"Bearer realm="tollgate", error="invalid_token""#
    } else {
        r#"Bearer realm="tollgate""#
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_status_of_a_refusal() {
        for code in codes::ALL {
            let status = status(&Error::new(code));
            assert!(
                status.is_client_error() || status.is_server_error(),
                "{}",
                code.name
            );
        }
    }

    /// asvs:V16.5.1
    #[test]
    fn a_cause_is_never_sent() {
        let error = Error::new(&codes::INTERNAL_STORE).because("secret of the database");
        let response = Problem::from(error).into_response();
        assert_eq!(response.status(), 500);
        let body =
            futures_util::FutureExt::now_or_never(axum::body::to_bytes(response.into_body(), 9999));
        let body = body.expect("a body in memory is ready").unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("secret"));
    }

    #[test]
    fn waiting_as_told_is_enough() {
        for (millis, told) in [(0, "0"), (1, "1"), (1_000, "1"), (1_001, "2")] {
            assert_eq!(seconds(Duration::from_millis(millis)), told);
        }
    }

    /// RFC 6750 and RFC 9110: each 401 says how to do better.
    #[test]
    fn a_challenge_names_a_fault_only_where_a_credential_was_sent() {
        let told = |code| challenge(&Error::new(code)).to_str().unwrap().to_owned();
        assert!(!told(&codes::AUTH_REQUIRED).contains("error"));
        assert!(told(&codes::TOKEN_EXPIRED).contains("invalid_token"));
    }
}
