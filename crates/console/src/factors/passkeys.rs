//! One's own passkeys: making one, what it is called, and removing it.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes, id::PasskeyId};
use tollgate_flows::{
    factors,
    passkeys::{self, Begin, Finish, Passkey, Question},
};
use tollgate_web::{Problem, Web, input::Id};

use crate::page::{Done, Frame, HasToken, Refusal, StepUp, Submitted, Visitor, When, added, go};

use super::{HERE, PasswordForm, Typed, onward_from, refused, to_go_on};

/// A passkey that is to be made. Its fields stand beside those of an app.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewForm {
    form_token: String,
    #[serde(default)]
    next: String,
    passkey_name: String,
    passkey_password: Option<SecretString>,
}

/// What the browser answered.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MadeForm {
    form_token: String,
    #[serde(default)]
    next: String,
    ceremony: SecretString,
    credential: String,
}

/// Another name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NameForm {
    form_token: String,
    name: String,
}

/// A passkey in the list.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) synced: bool,
    pub(crate) added: When,
    pub(crate) used: Option<When>,
}

/// The question that the browser is to answer.
#[derive(Template)]
#[template(path = "passkey_begun.html")]
struct Create<'a> {
    frame: &'a Frame,
    question: &'a Question,
    next: &'a str,
}

#[derive(Template)]
#[template(path = "passkey.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    id: PasskeyId,
    /// As it is stored.
    name: String,
    /// As it is typed.
    typed: String,
    is_last: bool,
    /// This page.
    here: String,
    /// What is to be shown first.
    asks: StepUp,
}

impl HasToken for NewForm {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

impl HasToken for MadeForm {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

impl HasToken for NameForm {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

pub(crate) async fn begin(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<NewForm>,
) -> Result<Response, Problem> {
    let visitor = visitor.at(HERE);
    let request = Begin {
        name: form.passkey_name.clone(),
        password: form.passkey_password,
    };
    match passkeys::begin(web.ctx(), &visitor.who, request).await {
        Ok(question) => {
            let page = Create {
                frame: &visitor.frame,
                question: &question,
                next: onward_from(&form.next),
            };
            visitor.frame.send(StatusCode::OK, &page)
        }
        Err(fault) => {
            let fault = fault.renamed("/name", "/passkey_name");
            let fault = fault.renamed("/current_password", "/passkey_password");
            let typed = Typed {
                next: onward_from(&form.next),
                passkey: &form.passkey_name,
                ..Typed::default()
            };
            refused(&web, &visitor, &fault, typed).await
        }
    }
}

pub(crate) async fn finish(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<MadeForm>,
) -> Result<Response, Problem> {
    let visitor = visitor.at(HERE);
    let (frame, next) = (&visitor.frame, onward_from(&form.next));
    let request = Finish {
        ceremony: form.ceremony,
        answer: form.credential,
    };
    match passkeys::finish(web.ctx(), &visitor.who, request).await {
        Ok(made) => {
            let done = Done::at(HERE, "passkey-added");
            added(&web, frame, &made, (to_go_on(next), &done))
        }
        Err(fault) => {
            let typed = Typed {
                next,
                ..Typed::default()
            };
            refused(&web, &visitor, &fault, typed).await
        }
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<PasskeyId>,
) -> Result<Response, Problem> {
    let page = Page::of(&web, &visitor, id).await?;
    visitor.frame.send(StatusCode::OK, &page)
}

pub(crate) async fn rename(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<PasskeyId>,
    Submitted(form): Submitted<NameForm>,
) -> Result<Response, Problem> {
    let visitor = visitor.at(&format!("{HERE}/passkeys/{id}"));
    match passkeys::rename(web.ctx(), &visitor.who, (id, form.name.clone())).await {
        Ok(()) => Ok(go(&Done::at(HERE, "passkey-renamed"))),
        Err(fault) => {
            let again = Page {
                refusal: Refusal::of(&fault, visitor.frame.locale),
                typed: form.name,
                ..Page::of(&web, &visitor, id).await?
            };
            visitor.frame.send_refusal(&fault, &again)
        }
    }
}

pub(crate) async fn remove(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<PasskeyId>,
    Submitted(form): Submitted<PasswordForm>,
) -> Result<Response, Problem> {
    let visitor = visitor.at(&format!("{HERE}/passkeys/{id}"));
    let request = (id, form.current_password);
    match passkeys::remove(web.ctx(), &visitor.who, request).await {
        Ok(()) => Ok(go(&Done::at(HERE, "passkey-removed"))),
        Err(fault) => {
            let again = Page {
                refusal: Refusal::of(&fault, visitor.frame.locale),
                ..Page::of(&web, &visitor, id).await?
            };
            visitor.frame.send_refusal(&fault, &again)
        }
    }
}

/// The list, as the page of all factors shows it.
pub(crate) async fn rows(web: &Web, visitor: &Visitor) -> Result<Vec<Row>> {
    let (frame, now) = (&visitor.frame, web.ctx().now());
    let row = |passkey: Passkey| Row {
        id: passkey.id.to_string(),
        name: passkey.name,
        synced: passkey.synced,
        added: frame.when(passkey.added_at, now),
        used: passkey.last_used_at.map(|at| frame.when(at, now)),
    };
    let mine = mine(web, visitor).await?;
    Ok(mine.into_iter().map(row).collect())
}

async fn mine(web: &Web, visitor: &Visitor) -> Result<Vec<Passkey>> {
    let me = visitor.who.person()?.user;
    passkeys::list(web.ctx(), &visitor.who, me).await
}

impl<'a> Page<'a> {
    async fn of(web: &Web, visitor: &'a Visitor, id: PasskeyId) -> Result<Self> {
        let me = visitor.who.person()?.user;
        let apps = factors::list(web.ctx(), &visitor.who, me).await?.apps;
        let mine = mine(web, visitor).await?;
        let is_last = mine.len() + apps.len() == 1;
        let found = mine.into_iter().find(|passkey| passkey.id == id);
        let found = found.ok_or_else(|| Error::new(&codes::PASSKEY_MISSING))?;
        Ok(Self {
            frame: &visitor.frame,
            refusal: Refusal::default(),
            id,
            typed: found.name.clone(),
            name: found.name,
            is_last,
            here: format!("{HERE}/passkeys/{id}"),
            asks: StepUp::of(web, &visitor.who).await?,
        })
    }
}
