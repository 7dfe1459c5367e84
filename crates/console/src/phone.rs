//! One's own phone: adding it, proving it by the code of a text, taking it away.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::{Error, Result, SecretString, phone::Phone};
use tollgate_flows::phone::{self, Begin, Phones};
use tollgate_web::{Peer, Problem, Web};

use crate::page::{Button, Done, Frame, HasToken, Query, Refusal, StepUp, Submitted, Visitor, go};

const HERE: &str = "/me/phone";

/// A number that somebody wants to have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewForm {
    form_token: String,
    phone: String,
    current_password: Option<SecretString>,
}

/// The code of the text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeForm {
    form_token: String,
    code: SecretString,
}

/// The current password, before the phone goes: beside another one on the same
/// page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemoveForm {
    form_token: String,
    remove_password: Option<SecretString>,
}

#[derive(Template)]
#[template(path = "phone.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    done: Done,
    /// The number that is proved, and the one that waits for its code.
    proved: Option<String>,
    waits: Option<String>,
    offered: bool,
    typed: &'a str,
    asks: StepUp,
}

macro_rules! has_token {
    ($($form:ident),*) => {$(
        impl HasToken for $form {
            fn form_token(&self) -> &str {
                &self.form_token
            }
        }
    )*};
}
has_token!(NewForm, CodeForm, RemoveForm);

pub(crate) async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let page = page(&web, &visitor, Refusal::default(), "").await?;
    visitor.frame.send(StatusCode::OK, &Page { done, ..page })
}

pub(crate) async fn begin(
    State(web): State<Web>,
    peer: Peer,
    visitor: Visitor,
    Submitted(form): Submitted<NewForm>,
) -> Result<Response, Problem> {
    let request = Phone::parse(&form.phone).map(|number| Begin {
        number,
        password: form.current_password,
        address: peer.0,
    });
    let outcome = match request {
        Ok(request) => phone::begin(web.ctx(), &visitor.who, request).await,
        Err(fault) => Err(fault),
    };
    answer(&web, visitor, outcome, (&form.phone, "phone-code-sent")).await
}

pub(crate) async fn resend(
    State(web): State<Web>,
    peer: Peer,
    visitor: Visitor,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    let outcome = phone::resend(web.ctx(), &visitor.who, peer.0).await;
    answer(&web, visitor, outcome, ("", "phone-code-sent")).await
}

pub(crate) async fn confirm(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<CodeForm>,
) -> Result<Response, Problem> {
    let outcome = phone::confirm(web.ctx(), &visitor.who, form.code).await;
    answer(&web, visitor, outcome, ("", "phone-added")).await
}

pub(crate) async fn remove(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<RemoveForm>,
) -> Result<Response, Problem> {
    let outcome = phone::remove(web.ctx(), &visitor.who, form.remove_password).await;
    let outcome = outcome.map_err(|fault| fault.renamed("/current_password", "/remove_password"));
    answer(&web, visitor, outcome, ("", "phone-removed")).await
}

async fn answer(
    web: &Web,
    visitor: Visitor,
    outcome: Result<(), Error>,
    (typed, done): (&str, &'static str),
) -> Result<Response, Problem> {
    match outcome {
        Ok(()) => Ok(go(&Done::at(HERE, done))),
        Err(fault) => {
            let visitor = visitor.at(HERE);
            let refusal = Refusal::of(&fault, visitor.frame.locale);
            let again = page(web, &visitor, refusal, typed).await?;
            visitor.frame.send_refusal(&fault, &again)
        }
    }
}

async fn page<'a>(
    web: &Web,
    visitor: &'a Visitor,
    refusal: Refusal,
    typed: &'a str,
) -> Result<Page<'a>> {
    let me = visitor.who.person()?.user;
    let Phones { proved, waits } = phone::of(web.ctx(), &visitor.who, me).await?;
    let number = |phone: tollgate_flows::StoredPhone| phone.number.as_str().to_owned();
    Ok(Page {
        frame: &visitor.frame,
        refusal,
        done: Done::default(),
        proved: proved.map(number),
        waits: waits.map(number),
        offered: phone::offered(web.ctx()),
        typed,
        asks: StepUp::of(web, &visitor.who).await?,
    })
}
