//! Asking for a link to set a new password. The answer is the same whether or
//! not the address is anybody's.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;
use tollgate_base::{access::Principal, identifier::Email};
use tollgate_flows::password::{AskReset, request_reset};
use tollgate_web::{Peer, Problem, Web, device};

use crate::page::{Frame, HasToken, Note, Refusal, Submitted};

/// The form as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    form_token: String,
    email: String,
}

#[derive(Template)]
#[template(path = "forgot.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    email: &'a str,
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
        email: "",
    };
    frame.send(StatusCode::OK, &empty)
}

pub(crate) async fn submit(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    frame: Frame,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let asked = match Email::parse(&form.email) {
        Ok(email) => {
            let request = AskReset {
                email,
                device: device(&web, &headers, peer),
                address: peer.0,
            };
            request_reset(web.ctx(), &Principal::Anonymous, request).await
        }
        Err(fault) => Err(fault),
    };
    match asked {
        Ok(()) => {
            let note = Note::info(&frame, "forgot-done-title")
                .say(&frame.t("forgot-done").with("email", form.email.as_str()))
                .say(&frame.t("forgot-done-help"))
                .onward("/signin", "back-to-signin");
            frame.send(StatusCode::OK, &note)
        }
        Err(fault) => {
            let again = Page {
                frame: &frame,
                refusal: Refusal::of(&fault, frame.locale),
                email: &form.email,
            };
            frame.send_refusal(&fault, &again)
        }
    }
}
