//! The page behind a link that verifies an e-mail address, for whoever is signed in to
//! the account. Others sign in first and come back.
//!
//! Looking at it proves nothing: mail programs open links too. Only the
//! submitted form presents the token.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::SecretString;
use tollgate_flows::verify::confirm;
use tollgate_web::{Problem, Web};

use crate::page::{Frame, HasToken, Known, Note, Refusal, Submitted, Visitor};

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
    /// Whether somebody is signed in.
    known: bool,
}

impl HasToken for Form {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

pub(crate) async fn show(frame: Frame, Known(who): Known) -> Result<Response, Problem> {
    let empty = Page {
        frame: &frame,
        refusal: Refusal::default(),
        token: "",
        known: who.is_some(),
    };
    frame.send(StatusCode::OK, &empty)
}

pub(crate) async fn submit(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let frame = &visitor.frame;
    let token = SecretString::from(form.token.trim());
    match confirm(web.ctx(), &visitor.who, token).await {
        Ok(()) => {
            let note = Note::good(frame, "verify-done-title")
                .say(&frame.t("verify-done"))
                .onward("/", "continue");
            frame.send(StatusCode::OK, &note)
        }
        Err(fault) => {
            let again = Page {
                frame,
                refusal: Refusal::of(&fault, frame.locale),
                token: &form.token,
                known: true,
            };
            frame.send_refusal(&fault, &again)
        }
    }
}
