//! Ending a lock-out before its time: asking for the mail, the page behind its link,
//! and the button of whoever looks after people.
//!
//! Looking at the page uses nothing up; only the submitted form presents the token.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use serde::Deserialize;
use tollgate_base::{access::Principal, id::UserId};
use tollgate_flows::unlock::{self, Ask, Finish};
use tollgate_web::{Peer, Problem, Web, cookies, device, input::Id};

use crate::page::{Button, Done, Frame, HasToken, Note, Refusal, Submitted, Visitor, go};

/// The form behind the link.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    form_token: String,
    token: String,
}

/// The form that asks for the mail.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskForm {
    form_token: String,
    login: String,
}

#[derive(Template)]
#[template(path = "unlock.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    token: &'a str,
}

#[derive(Template)]
#[template(path = "unlock_mail.html")]
struct AskPage<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    login: &'a str,
}

impl HasToken for Form {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

impl HasToken for AskForm {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

pub(crate) async fn show(frame: Frame) -> Result<Response, Problem> {
    let (refusal, token) = (Refusal::default(), "");
    let page = Page {
        frame: &frame,
        refusal,
        token,
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
    let token = form.token.trim();
    let request = Finish {
        token: token.to_owned().into(),
        device: device(&web, &headers, peer).keeping(true),
    };
    match unlock::finish(web.ctx(), &Principal::Anonymous, request).await {
        Ok(kept) => {
            let note = Note::good(&frame, "unlock-done-title")
                .say(&frame.t("unlock-done"))
                .onward("/signin", "signin-submit");
            let mut response = frame.send(StatusCode::OK, &note)?;
            if let Some(secrets) = kept {
                let cookie = cookies::keep_devices(&web.http(), &secrets);
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(fault) => {
            let again = Page {
                frame: &frame,
                refusal: Refusal::of(&fault, frame.locale),
                token,
            };
            frame.send_refusal(&fault, &again)
        }
    }
}

pub(crate) async fn show_ask(frame: Frame) -> Result<Response, Problem> {
    let (refusal, login) = (Refusal::default(), "");
    let page = AskPage {
        frame: &frame,
        refusal,
        login,
    };
    frame.send(StatusCode::OK, &page)
}

pub(crate) async fn ask(
    State(web): State<Web>,
    Peer(address): Peer,
    frame: Frame,
    Submitted(form): Submitted<AskForm>,
) -> Result<Response, Problem> {
    let request = Ask {
        login: form.login.clone(),
        address,
    };
    match unlock::ask(web.ctx(), &Principal::Anonymous, request).await {
        Ok(()) => {
            let note = Note::info(&frame, "forgot-done-title")
                .say(&frame.t("unlock-mail-done").with("login", &*form.login))
                .say(&frame.t("forgot-done-help"))
                .onward("/signin", "back-to-signin");
            frame.send(StatusCode::OK, &note)
        }
        Err(fault) => {
            let again = AskPage {
                frame: &frame,
                refusal: Refusal::of(&fault, frame.locale),
                login: &form.login,
            };
            frame.send_refusal(&fault, &again)
        }
    }
}

pub(crate) async fn unlock(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    unlock::unlock(web.ctx(), &visitor.who, id).await?;
    Ok(go(&Done::at(&format!("/admin/people/{id}"), "unlocked")))
}
