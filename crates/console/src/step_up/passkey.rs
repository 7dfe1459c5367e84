//! Showing a passkey in place of the code: what the script asks for, and the
//! form that takes the browser's answer along.

use axum::{Json, extract::State, response::Response};
use serde::Deserialize;
use tollgate_base::SecretString;
use tollgate_flows::step_up::{self, ShowPasskey};
use tollgate_web::{Problem, Web};

use crate::page::{
    AskedPasskey, Button, HasToken, Refusal, StepUp, Submitted, Visitor, go, local_path, renew,
};

use super::Page;

/// The form with the browser's answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answered {
    form_token: String,
    /// The page that asked; a path of ours, or it is forgotten.
    next: String,
    ceremony: SecretString,
    credential: String,
}

impl HasToken for Answered {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

pub(crate) async fn begin(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(_): Submitted<Button>,
) -> Result<Json<AskedPasskey>, Problem> {
    let question = step_up::begin_passkey(web.ctx(), &visitor.who, ()).await?;
    Ok(Json(question.into()))
}

pub(crate) async fn finish(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<Answered>,
) -> Result<Response, Problem> {
    let next = local_path(&form.next).unwrap_or("/me");
    let visitor = visitor.at(next);
    let frame = &visitor.frame;
    let request = ShowPasskey {
        ceremony: form.ceremony,
        answer: form.credential,
    };
    match step_up::finish_passkey(web.ctx(), &visitor.who, request).await {
        Ok(renewed) => Ok(renew(&web, &renewed, go(next))),
        Err(fault) => {
            let again = Page {
                frame,
                refusal: Refusal::of(&fault, frame.locale),
                next,
                sent: false,
                asks: StepUp::of(&web, &visitor.who).await?.by_code(),
            };
            frame.send_refusal(&fault, &again)
        }
    }
}
