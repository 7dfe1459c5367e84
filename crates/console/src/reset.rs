//! The page behind a reset link: a new password.
//!
//! Looking at it uses nothing up; only the submitted form presents the token.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;
use tollgate_base::{SecretString, access::Principal};
use tollgate_flows::{
    ClientProfile,
    password::{self, ResetPassword},
};
use tollgate_web::{Problem, Web, problem};

use crate::page::{self, Frame, HasToken, Refusal, Submitted};

/// The form as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    form_token: String,
    token: String,
    password: SecretString,
}

#[derive(Template)]
#[template(path = "reset.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    token: &'a str,
}

#[derive(Template)]
#[template(path = "reset_done.html")]
struct Done;

impl HasToken for Form {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

pub(crate) async fn show(State(web): State<Web>, headers: HeaderMap) -> Result<Response, Problem> {
    let frame = Frame::new(&web, &headers)?;
    let empty = Page {
        frame: &frame,
        refusal: Refusal::default(),
        token: "",
    };
    page::send_form(StatusCode::OK, &empty, frame.cookie.clone())
}

pub(crate) async fn submit(
    State(web): State<Web>,
    headers: HeaderMap,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let token = SecretString::from(form.token.trim());
    let request = ResetPassword {
        token,
        new: form.password,
        client: ClientProfile::NATIVE,
    };
    match password::reset(web.ctx(), &Principal::Anonymous, request).await {
        Ok(()) => page::send(StatusCode::OK, &Done),
        Err(fault) => {
            let frame = Frame::new(&web, &headers)?;
            let again = Page {
                frame: &frame,
                refusal: Refusal::of(&fault),
                token: &form.token,
            };
            page::send_form(problem::status(&fault), &again, frame.cookie.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use tollgate_base::{Error, codes};

    use super::{Done, Frame, Page, Refusal, Template};

    #[test]
    fn a_spent_link_is_told_above_the_form() {
        let frame = Frame {
            form_token: "f".repeat(64),
            cookie: HeaderValue::from_static("x=y"),
            plain: false,
        };
        let refusal = Refusal::of(&Error::new(&codes::ONE_TIME_INVALID));
        let text = Page {
            frame: &frame,
            refusal,
            token: "otp_1",
        }
        .render()
        .unwrap();
        assert!(text.contains("role=\"alert\"") && text.contains("ask for a new one"));
        assert!(text.contains("autocomplete=\"new-password\"") && text.contains("value=\"otp_1\""));
        for page in [text, Done.render().unwrap()] {
            assert_eq!(page.matches("<h1").count(), 1);
        }
    }
}
