//! Showing a code again before something that a borrowed browser must not do.
//! Most pages that need it ask for it in place of their forms; others are led here.
//! With a passkey: in `passkey`.

pub(crate) mod passkey;

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::SecretString;
use tollgate_flows::{sent_codes, step_up};
use tollgate_web::{Problem, Web};

use crate::page::{
    Frame, HasToken, Query, Refusal, StepUp, Submitted, Visitor, go, local_path, renew,
};

/// What the address says.
#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    /// Where to go on; a path of ours, or it is forgotten.
    #[serde(default)]
    next: String,
}

/// The form as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    form_token: String,
    /// The page that asked; a path of ours, or it is forgotten.
    next: String,
    /// One of the two, by what the page asked for.
    code: Option<SecretString>,
    current_password: Option<SecretString>,
}

#[derive(Template)]
#[template(path = "step_up.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    next: &'a str,
    /// Whether a code was sent just now.
    sent: bool,
    asks: StepUp,
}

/// The way in which a code is to be sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendForm {
    form_token: String,
    /// The page that asked; a path of ours, or it is forgotten.
    next: String,
    by: String,
}

impl HasToken for Form {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

impl HasToken for SendForm {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

/// On its own, before something that has no form on its page to ask with. Who has
/// shown one lately goes on.
pub(crate) async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let next = local_path(&asked.next).unwrap_or("/me");
    let asks = StepUp::of(&web, &visitor.who).await?;
    if !asks.is_any() {
        return Ok(go(next));
    }
    let page = Page {
        frame: &visitor.frame,
        refusal: Refusal::default(),
        next,
        sent: false,
        asks,
    };
    visitor.frame.send(StatusCode::OK, &page)
}

pub(crate) async fn submit(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let next = local_path(&form.next).unwrap_or("/me");
    let visitor = visitor.at(next);
    let frame = &visitor.frame;
    let by_code = form.current_password.is_none();
    let outcome = match form.current_password {
        Some(password) => step_up::step_up_by_password(web.ctx(), &visitor.who, password).await,
        None => step_up::step_up(web.ctx(), &visitor.who, form.code.unwrap_or_default()).await,
    };
    match outcome {
        Ok(renewed) => Ok(renew(&web, &renewed, go(next))),
        Err(fault) => {
            let refusal = Refusal::of(&fault, frame.locale);
            let asks = StepUp::of(&web, &visitor.who).await?;
            let again = Page {
                frame,
                refusal,
                next,
                sent: false,
                asks: if by_code { asks.by_code() } else { asks },
            };
            frame.send_refusal(&fault, &again)
        }
    }
}

pub(crate) async fn send_code(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<SendForm>,
) -> Result<Response, Problem> {
    let next = local_path(&form.next).unwrap_or("/me");
    let visitor = visitor.at(next);
    let frame = &visitor.frame;
    let sent = sent_codes::send_step_up(web.ctx(), &visitor.who, form.by.parse()?).await;
    let page = Page {
        frame,
        refusal: Refusal::default(),
        next,
        sent: sent.is_ok(),
        asks: StepUp::of(&web, &visitor.who).await?.by_code(),
    };
    match sent {
        Ok(()) => frame.send(StatusCode::OK, &page),
        Err(fault) => {
            let refusal = Refusal::of(&fault, frame.locale);
            frame.send_refusal(&fault, &Page { refusal, ..page })
        }
    }
}
