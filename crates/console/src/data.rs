//! Taking one's data out, and deleting one's account.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::{Error, codes};
use tollgate_flows::account;
use tollgate_web::{Problem, Web, cookies};

use crate::page::{Frame, HasToken, Note, Refusal, StepUp, Submitted, Visitor};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    form_token: String,
    confirmation: String,
}

#[derive(Template)]
#[template(path = "data.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    login: String,
    /// What is to be shown first.
    asks: StepUp,
}

impl HasToken for Form {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

pub(crate) async fn show(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let page = page(&web, &visitor, Refusal::default()).await?;
    visitor.frame.send(StatusCode::OK, &page)
}

/// The account is gone when they have typed what it signs in with.
pub(crate) async fn delete(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let visitor = visitor.at("/me/data");
    let frame = &visitor.frame;
    let login = frame.me.as_ref().map(|me| me.login.as_str());
    let outcome = if login == Some(form.confirmation.trim()) {
        account::delete(web.ctx(), &visitor.who, visitor.who.person()?.user).await
    } else {
        let unconfirmed = Error::new(&codes::CONFIRMATION_REQUIRED);
        Err(unconfirmed.field("/confirmation", "confirmation", "Type it exactly as shown."))
    };
    if let Err(fault) = outcome {
        let refusal = Refusal::of(&fault, frame.locale);
        let again = page(&web, &visitor, refusal).await?;
        return frame.send_refusal(&fault, &again);
    }
    let note = Note::good(frame, "data-deleted-title")
        .say(&frame.t("data-deleted"))
        .onward("/", "back-home");
    let mut response = frame.send(StatusCode::OK, &note)?;
    for (name, value) in cookies::leave(&web.http()) {
        response.headers_mut().append(name, value);
    }
    Ok(response)
}

async fn page<'a>(web: &Web, visitor: &'a Visitor, refusal: Refusal) -> Result<Page<'a>, Problem> {
    let me = visitor.frame.me.as_ref();
    Ok(Page {
        frame: &visitor.frame,
        refusal,
        login: me.map_or_else(String::new, |me| me.login.clone()),
        asks: StepUp::of(web, &visitor.who).await?,
    })
}
