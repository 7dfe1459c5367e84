//! The first administrator, who begins with a passkey and has no password.

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::Deserialize;
use tollgate_base::{SecretString, access::Principal};
use tollgate_flows::{
    NewPasskey,
    setup::{self, SetUpByPasskey},
};
use tollgate_web::{Peer, Problem, Web, device};

use crate::page::{Frame, HasToken, Return, Submitted, admit, ask_first_passkey, show_first_codes};

use super::{Form, again};

const HERE: &str = "/setup";

/// What the browser answered, and what was typed before.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Made {
    form_token: String,
    token: String,
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
    let begun = match form.request(&web, None, (&headers, peer)) {
        Ok(request) => setup::begin_passkey(web.ctx(), &Principal::Anonymous, request).await,
        Err(fault) => Err(fault),
    };
    match begun {
        Ok(question) => {
            let to = Return {
                action: "/setup/passkey/confirm",
                back: HERE,
                carried: &[
                    ("token", &form.token),
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
    peer: Peer,
    headers: HeaderMap,
    frame: Frame,
    Submitted(made): Submitted<Made>,
) -> Result<Response, Problem> {
    let frame = frame.at(HERE);
    let request = SetUpByPasskey {
        token: SecretString::from(made.token.trim()),
        made: NewPasskey {
            ceremony: made.ceremony,
            answer: made.credential,
        },
        device: device(&web, &headers, peer).keeping(true),
    };
    match setup::finish_passkey(web.ctx(), &Principal::Anonymous, request).await {
        Ok((signed_in, codes)) => {
            let shown = show_first_codes(&frame, &codes, "/setup/address")?;
            Ok(admit(&web, &signed_in, shown))
        }
        Err(fault) => {
            let typed = Form {
                form_token: made.form_token,
                token: made.token,
                name: made.name,
                email: made.email,
                username: made.username,
                password: SecretString::default(),
            };
            again(&web, &frame, &typed, &fault)
        }
    }
}
