//! Getting back into an account whose second factors are lost: the page behind
//! the link, and the buttons that start and stop it.

use axum::{extract::State, http::StatusCode, response::Response};
use tollgate_base::{SecretString, access::Principal, id::UserId};
use tollgate_flows::recovery::{self, Finish};
use tollgate_web::{Problem, Web, input::Id};

use crate::page::{
    Button, Done, Frame, LinkWords, NewPasswordForm, NewPasswordPage, Note, Submitted, Visitor, go,
};

const WORDS: LinkWords = LinkWords {
    action: "/recover",
    title: "recover-title",
    lead: "recover-lead",
    submit: "recover-submit",
    again: None,
};

pub(crate) async fn show(State(web): State<Web>, frame: Frame) -> Result<Response, Problem> {
    let empty = NewPasswordPage::new(&web, &frame, &WORDS);
    frame.send(StatusCode::OK, &empty)
}

pub(crate) async fn submit(
    State(web): State<Web>,
    frame: Frame,
    Submitted(form): Submitted<NewPasswordForm>,
) -> Result<Response, Problem> {
    let request = Finish {
        token: SecretString::from(form.token()),
        new: form.password.clone(),
    };
    match recovery::finish(web.ctx(), &Principal::Anonymous, request).await {
        Ok(()) => {
            let note = Note::good(&frame, "recover-done-title")
                .say(&frame.t("recover-done"))
                .onward("/signin?next=%2Fme%2Ffactors", "signin-submit");
            frame.send(StatusCode::OK, &note)
        }
        Err(fault) => {
            let page = NewPasswordPage::new(&web, &frame, &WORDS);
            frame.send_refusal(&fault, &page.again(&form, &fault))
        }
    }
}

/// Whoever has lost nothing stops it.
pub(crate) async fn stop_mine(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    recovery::stop(web.ctx(), &visitor.who, visitor.who.person()?.user).await?;
    Ok(go(&Done::at("/me", "recovery-stopped")))
}

pub(crate) async fn start(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    recovery::start(web.ctx(), &visitor.who, id).await?;
    Ok(go(&Done::at(&person(id), "recovery-started")))
}

pub(crate) async fn stop(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    recovery::stop(web.ctx(), &visitor.who, id).await?;
    Ok(go(&Done::at(&person(id), "recovery-stopped")))
}

fn person(id: UserId) -> String {
    format!("/admin/people/{id}")
}
