//! Making an account that begins with a passkey and has no password.

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::Deserialize;
use tollgate_base::{SecretString, access::Principal};
use tollgate_flows::{NewPasskey, signup};
use tollgate_web::{Peer, Problem, Web, device};

use crate::page::{
    Frame, HasToken, Return, Submitted, ask_first_passkey, local_path, onward, show_first_codes,
};

use super::{Form, again};

const HERE: &str = "/signup";

/// What the browser answered, and what was typed before.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Made {
    form_token: String,
    next: String,
    name: String,
    email: String,
    username: String,
    ceremony: SecretString,
    credential: String,
}

impl HasToken for Made {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

pub(crate) async fn begin(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    frame: Frame,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let frame = frame.at(HERE);
    let device = device(&web, &headers, peer);
    let begun = match form.request(&frame, None, peer.0) {
        Ok(request) => {
            signup::begin_passkey(web.ctx(), &Principal::Anonymous, (request, device)).await
        }
        Err(fault) => Err(fault),
    };
    match begun {
        Ok(question) => {
            let to = Return {
                action: "/signup/passkey/confirm",
                back: &onward(HERE, local_path(&form.next).unwrap_or_default()),
                carried: &[
                    ("next", &form.next),
                    ("name", &form.name),
                    ("email", &form.email),
                    ("username", &form.username),
                ],
            };
            ask_first_passkey(&frame, &question, to)
        }
        Err(fault) => again(&web, &frame, &form, &fault),
    }
}

pub(crate) async fn finish(
    State(web): State<Web>,
    Peer(address): Peer,
    frame: Frame,
    Submitted(made): Submitted<Made>,
) -> Result<Response, Problem> {
    let frame = frame.at(HERE);
    let passkey = NewPasskey {
        ceremony: made.ceremony,
        answer: made.credential,
    };
    match signup::finish_passkey(web.ctx(), &Principal::Anonymous, (passkey, address)).await {
        Ok((_, codes)) => {
            let next = local_path(&made.next).unwrap_or_default();
            show_first_codes(&frame, &codes, &onward("/signin", next))
        }
        Err(fault) => {
            let typed = Form {
                form_token: made.form_token,
                next: made.next,
                name: made.name,
                email: made.email,
                username: made.username,
                password: SecretString::default(),
            };
            again(&web, &frame, &typed, &fault)
        }
    }
}
