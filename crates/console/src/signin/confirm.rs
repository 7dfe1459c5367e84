//! Confirming a sign-in by a code that was mailed.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;
use tollgate_base::{ExposeSecret, SecretString, access::Principal, codes};
use tollgate_flows::{
    Opening,
    signin::{self, Confirm, Unconfirmed},
};
use tollgate_web::{Peer, Problem, Web, device};

use crate::page::{Frame, HasToken, Refusal, Submitted, local_path, onward};

use super::enter;

/// The form as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    form_token: String,
    challenge: SecretString,
    /// Where the code went, for the page that is shown again.
    sent_to: String,
    #[serde(default)]
    next: String,
    code: SecretString,
    remember: Option<String>,
}

#[derive(Template)]
#[template(path = "signin_confirm.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    challenge: &'a str,
    sent_to: &'a str,
    next: &'a str,
    /// Where the first step is, and this one: both know where to go on.
    first: String,
    here: String,
    remember: bool,
}

impl HasToken for Form {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

/// Ask for the code.
pub(super) fn ask(
    frame: &Frame,
    waits: &Unconfirmed,
    next: &str,
    remember: bool,
) -> Result<Response, Problem> {
    let (challenge, sent_to) = (waits.challenge.expose_secret(), &waits.sent_to);
    let page = Page {
        remember,
        ..Page::new(frame, challenge, sent_to, next)
    };
    frame.send(StatusCode::OK, &page)
}

pub(crate) async fn submit(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    frame: Frame,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let (next, remember) = (
        local_path(&form.next).unwrap_or_default(),
        form.remember.is_some(),
    );
    let request = Confirm {
        challenge: form.challenge.clone(),
        code: form.code,
        device: device(&web, &headers, peer).keeping(true),
        address: peer.0,
        opening: Opening::Cookie { remember },
    };
    match signin::confirm(web.ctx(), &Principal::Anonymous, request).await {
        Ok(signed_in) => enter(&web, &frame, &signed_in, next),
        // Nothing more will come of this challenge.
        Err(fault) if fault.is(&codes::ONE_TIME_INVALID) => {
            let again = super::Page {
                refusal: Refusal::of(&fault, frame.locale),
                remember,
                ..super::Page::new(&web, &frame, next)
            };
            frame.send_refusal(&fault, &again)
        }
        Err(fault) => {
            let again = Page {
                refusal: Refusal::of(&fault, frame.locale),
                remember,
                ..Page::new(&frame, form.challenge.expose_secret(), &form.sent_to, next)
            };
            frame.send_refusal(&fault, &again)
        }
    }
}

impl<'a> Page<'a> {
    fn new(frame: &'a Frame, challenge: &'a str, sent_to: &'a str, next: &'a str) -> Self {
        Self {
            frame,
            refusal: Refusal::default(),
            challenge,
            sent_to,
            next,
            first: onward("/signin", next),
            here: onward("/signin/confirm", next),
            remember: false,
        }
    }
}
