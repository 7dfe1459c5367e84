//! Cross-origin requests from scripts (the CORS protocol of the Fetch
//! standard): only for origins that the operator names, each answered with
//! itself, never with `*` and never by reflection.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};

use crate::state::Http;

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
const TAKEN: &str = "Authorization, Content-Type, Idempotency-Key, If-Match, Tollgate-Device, \
    Tollgate-Proof";
const SHOWN: &str = "ETag, Link, RateLimit, RateLimit-Policy, Retry-After, Tollgate-Proof, \
    WWW-Authenticate, X-Request-Id";
/// How long a browser may remember the answer to a preflight, in seconds.
const REMEMBERED: &str = "600";

/// What a request asks of us, decided before it is handled.
pub(crate) struct Cors {
    /// The origin to name in the answer; none if it is not one of the allowed.
    allowed: Option<HeaderValue>,
    preflight: bool,
}

impl Cors {
    /// Look at a request.
    pub(crate) fn of(request: &Request, http: &Http) -> Self {
        let headers = request.headers();
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let origin = origins.next().filter(|_| origins.next().is_none());
        let listed = |origin: &&HeaderValue| {
            http.cors_origins
                .iter()
                .any(|listed| listed.as_bytes() == origin.as_bytes())
        };
        Self {
            allowed: origin.filter(listed).cloned(),
            preflight: request.method() == Method::OPTIONS
                && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD),
        }
    }

    /// The answer to a preflight from an origin that is allowed. Any other
    /// goes on and finds that no route takes `OPTIONS`.
    pub(crate) fn preflight(&self) -> Option<Response> {
        if !self.preflight || self.allowed.is_none() {
            return None;
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static(METHODS),
        );
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static(TAKEN),
        );
        headers.insert(
            header::ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from_static(REMEMBERED),
        );
        Some(response)
    }

    /// Mark an answer. `Vary` also where nothing is allowed: caches must not
    /// give one origin what was meant for another.
    pub(crate) fn mark(&self, headers: &mut HeaderMap) {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        let Some(origin) = &self.allowed else { return };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
            HeaderValue::from_static("true"),
        );
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static(SHOWN),
        );
    }
}
