//! The page behind a reset link: a new password.
//!
//! Looking at it uses nothing up; only the submitted form presents the token.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::{SecretString, access::Principal};
use tollgate_flows::{
    ClientProfile,
    password::{self, ResetPassword},
};
use tollgate_web::{Problem, Web};

use crate::page::{Frame, HasToken, Note, Refusal, Submitted};

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
    least: usize,
    token: &'a str,
}

impl HasToken for Form {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

pub(crate) async fn show(State(web): State<Web>, frame: Frame) -> Result<Response, Problem> {
    let empty = Page {
        frame: &frame,
        refusal: Refusal::default(),
        least: web.ctx().policy().password.least,
        token: "",
    };
    frame.send(StatusCode::OK, &empty)
}

pub(crate) async fn submit(
    State(web): State<Web>,
    frame: Frame,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let request = ResetPassword {
        token: SecretString::from(form.token.trim()),
        new: form.password,
        client: ClientProfile::NATIVE,
    };
    match password::reset(web.ctx(), &Principal::Anonymous, request).await {
        Ok(()) => {
            let note = Note::good(&frame, "reset-done-title")
                .say(&frame.t("reset-done"))
                .onward("/signin", "signin-submit");
            frame.send(StatusCode::OK, &note)
        }
        Err(fault) => {
            let again = Page {
                frame: &frame,
                refusal: Refusal::of(&fault, frame.locale),
                least: web.ctx().policy().password.least,
                token: &form.token,
            };
            frame.send_refusal(&fault, &again)
        }
    }
}
