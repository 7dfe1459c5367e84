//! The page behind a link that verifies an e-mail address.
//!
//! Looking at it proves nothing: mail programs open links too. Only the
//! submitted form presents the token.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::{SecretString, access::Principal};
use tollgate_flows::verify::confirm;
use tollgate_web::{Problem, Web};

use crate::page::{Frame, HasToken, Note, Refusal, Submitted};

/// The form as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    form_token: String,
    token: String,
}

#[derive(Template)]
#[template(path = "verify.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    token: &'a str,
}

impl HasToken for Form {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

pub(crate) async fn show(frame: Frame) -> Result<Response, Problem> {
    let empty = Page {
        frame: &frame,
        refusal: Refusal::default(),
        token: "",
    };
    frame.send(StatusCode::OK, &empty)
}

pub(crate) async fn submit(
    State(web): State<Web>,
    frame: Frame,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let token = SecretString::from(form.token.trim());
    match confirm(web.ctx(), &Principal::Anonymous, token).await {
        Ok(()) => {
            let note = Note::good(&frame, "verify-done-title")
                .say(&frame.t("verify-done"))
                .onward("/", "continue");
            frame.send(StatusCode::OK, &note)
        }
        Err(fault) => {
            let again = Page {
                frame: &frame,
                refusal: Refusal::of(&fault, frame.locale),
                token: &form.token,
            };
            frame.send_refusal(&fault, &again)
        }
    }
}
