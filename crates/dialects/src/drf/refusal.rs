//! Answers in JSON, and refusals in DRF's words.

use std::time::Duration;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tollgate_base::{Error, Kind, codes};
use tollgate_web::problem;

/// What answers a 401 whose view has an authenticator.
const CHALLENGE: HeaderValue = HeaderValue::from_static(r#"Bearer realm="api""#);

/// A refusal on its way out.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    body: Vec<u8>,
    challenged: bool,
    wait: Option<Duration>,
}

#[derive(Serialize)]
struct Detail<'a> {
    detail: &'a str,
}

/// An answer. DRF writes no charset.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    respond(status, serde_json::to_vec(body).unwrap_or_default())
}

impl Refusal {
    /// A refusal with this body.
    pub(crate) fn new(status: StatusCode, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self {
            status,
            body,
            challenged: false,
            wait: None,
        }
    }

    /// The usual shape.
    pub(crate) fn detail(status: StatusCode, detail: &str) -> Self {
        Self::new(status, &Detail { detail })
    }

    /// Say that a bearer token would help.
    pub(crate) fn challenged(self) -> Self {
        Self {
            challenged: true,
            ..self
        }
    }

    fn wait(self, wait: Option<Duration>) -> Self {
        Self { wait, ..self }
    }
}

/// As DRF's own exceptions read; whoever has better words for a code uses them
/// before coming here. The cause is logged.
impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        problem::tell(&error);
        let status = problem::status(&error);
        let wait = error.wait();
        match error.kind() {
            Kind::Stranger if error.is(&codes::AUTH_REQUIRED) => {
                Self::detail(status, "Authentication credentials were not provided.").challenged()
            }
            Kind::Stranger => Self::detail(status, error.public()).challenged(),
            Kind::Denied => {
                Self::detail(status, "You do not have permission to perform this action.")
            }
            Kind::Missing => Self::detail(status, "Not found."),
            Kind::Limited => Self::detail(status, &throttled(wait)).wait(wait),
            Kind::Busy => {
                Self::detail(status, "Service temporarily unavailable, try again later.").wait(wait)
            }
            Kind::Upstream | Kind::Broken => Self::detail(status, "A server error occurred."),
            Kind::Invalid | Kind::Conflict | Kind::Exhausted => {
                Self::detail(status, error.public())
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = respond(self.status, self.body);
        let headers = response.headers_mut();
        if self.challenged {
            headers.insert(header::WWW_AUTHENTICATE, CHALLENGE);
        }
        if let Some(wait) = self.wait {
            headers.insert(header::RETRY_AFTER, problem::seconds(wait));
        }
        response
    }
}

fn respond(status: StatusCode, body: Vec<u8>) -> Response {
    let kind = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}

fn throttled(wait: Option<Duration>) -> String {
    let seconds = wait.map_or(1, |wait| {
        wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
    });
    let plural = if seconds == 1 { "" } else { "s" };
    format!("Request was throttled. Expected available in {seconds} second{plural}.")
}
