//! Signing in with a passkey: what the script asks for, and the form that takes
//! the browser's answer along.

use axum::{Json, extract::State, http::HeaderMap, response::Response};
use serde::Deserialize;
use tollgate_base::{ExposeSecret, SecretString, access::Principal, codes};
use tollgate_flows::{
    Opening,
    signin::{self, BeginPasskey, FinishPasskey},
};
use tollgate_web::{Peer, Problem, Web, device};

use crate::page::{AskedPasskey, Frame, HasToken, Refusal, Submitted, local_path};

use super::{Page, Second, enter};

/// What the script sends to be asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    form_token: String,
    /// Of the first step; empty without one.
    challenge: SecretString,
}

/// The form with its answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answered {
    form_token: String,
    #[serde(default)]
    next: String,
    remember: Option<String>,
    /// Of the first step; empty without one.
    challenge: SecretString,
    ceremony: SecretString,
    credential: String,
    trust: Option<String>,
}

impl HasToken for Wanted {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

impl HasToken for Answered {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

pub(crate) async fn begin(
    State(web): State<Web>,
    Peer(address): Peer,
    Submitted(form): Submitted<Wanted>,
) -> Result<Json<AskedPasskey>, Problem> {
    let request = BeginPasskey {
        challenge: given(&form.challenge),
        address,
    };
    let question = signin::begin_passkey(web.ctx(), &Principal::Anonymous, request).await?;
    Ok(Json(question.into()))
}

pub(crate) async fn finish(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    frame: Frame,
    Submitted(form): Submitted<Answered>,
) -> Result<Response, Problem> {
    let frame = frame.at("/signin");
    let next = local_path(&form.next).unwrap_or_default();
    let (remember, challenge) = (form.remember.is_some(), given(&form.challenge));
    let request = FinishPasskey {
        ceremony: form.ceremony,
        challenge: challenge.clone(),
        answer: form.credential,
        device: device(&web, &headers, peer).keeping(true),
        address: peer.0,
        opening: Opening::Cookie { remember },
        trust: form.trust.is_some(),
    };
    let fault = match signin::finish_passkey(web.ctx(), &Principal::Anonymous, request).await {
        Ok(signed_in) => {
            return enter(&web, &frame, &signed_in, next);
        }
        Err(fault) => fault,
    };
    let refusal = Refusal::of(&fault, frame.locale);
    // After the first step the password need not be typed again, unless nothing
    // more will come of its challenge.
    match challenge.filter(|_| !fault.is(&codes::ONE_TIME_INVALID)) {
        Some(challenge) => {
            let again = Second {
                refusal,
                remember,
                ..Second::new(&web, &frame, &challenge, next).await
            };
            frame.send_refusal(&fault, &again)
        }
        None => {
            let again = Page {
                refusal,
                remember,
                ..Page::new(&web, &frame, next)
            };
            frame.send_refusal(&fault, &again)
        }
    }
}

fn given(challenge: &SecretString) -> Option<SecretString> {
    (!challenge.expose_secret().is_empty()).then(|| challenge.clone())
}
