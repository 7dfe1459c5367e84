//! Answers in JSON, and refusals in DRF's words.

use std::time::Duration;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tollgate_base::{
    Error, Kind,
    codes::{self, Code},
};
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
    /// What is to be worked on before asking again.
    proof: Option<HeaderValue>,
}

#[derive(Serialize)]
struct Detail<'a> {
    detail: &'a str,
}

#[derive(Serialize)]
struct Coded<'a> {
    detail: &'a str,
    code: &'a str,
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
            proof: None,
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
/// What a client of such a contract cannot ask somebody for, if that is why they
/// are refused.
pub(crate) fn unasked(error: &Error) -> Option<&'static Code> {
    [
        &codes::FACTOR_NEEDED,
        &codes::CONFIRMATION_NEEDED,
        &codes::CONFIRMATION_UNREACHABLE,
    ]
    .into_iter()
    .find(|code| error.is(code))
}

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
            // Not SimpleJWT's, but of its shape: a client can tell it from others.
            Kind::Denied if unasked(&error).is_some() => {
                let (detail, code) = (error.public(), error.code().name);
                Self::new(status, &Coded { detail, code })
            }
            Kind::Denied => {
                Self::detail(status, "You do not have permission to perform this action.")
            }
            Kind::Missing => Self::detail(status, "Not found."),
            Kind::Limited if error.is(&codes::SIGNIN_PROOF_NEEDED) => {
                let (detail, code) = (error.public(), error.code().name);
                let proof = error.proof().and_then(|asked| asked.parse().ok());
                Self {
                    proof,
                    ..Self::new(status, &Coded { detail, code })
                }
            }
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
        if let Some(proof) = self.proof {
            headers.insert(problem::PROOF, proof);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: &'static Code, wait: u64) -> (u16, String, Option<String>) {
        let error = Error::new(code)
            .retry_after(Duration::from_millis(wait))
            .because("for the log");
        let refusal = Refusal::from(error);
        let body = String::from_utf8(refusal.body.clone()).unwrap();
        let response = refusal.into_response();
        let wait = response.headers().get(header::RETRY_AFTER);
        (
            response.status().as_u16(),
            body,
            wait.map(|wait| wait.to_str().unwrap().to_owned()),
        )
    }

    #[test]
    fn the_sentence_and_the_header_tell_the_same_whole_seconds() {
        for (millis, seconds, words) in [
            (200, "1", "1 second."),
            (1_000, "1", "1 second."),
            (1_001, "2", "2 seconds."),
        ] {
            let (status, body, wait) = refused(&codes::THROTTLED, millis);
            assert_eq!((status, wait.as_deref()), (429, Some(seconds)));
            let sentence = format!("Request was throttled. Expected available in {words}");
            assert_eq!(body, format!(r#"{{"detail":"{sentence}"}}"#));
        }
    }

    #[test]
    fn whoever_is_not_to_blame_may_come_again() {
        let (status, body, wait) = refused(&codes::HASHING_BUSY, 3_000);
        assert_eq!((status, wait.as_deref()), (503, Some("3")));
        assert_eq!(
            body,
            r#"{"detail":"Service temporarily unavailable, try again later."}"#
        );
    }

    #[test]
    fn no_cause_is_ever_told() {
        for code in codes::ALL {
            assert!(
                !refused(code, 1_000).1.contains("for the log"),
                "{}",
                code.name
            );
        }
    }
}
