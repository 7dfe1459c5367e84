//! Signing in by mail: asking for a link or a code, and showing it in the browser
//! that asked. A cookie tells which that is, and where it wanted to go.
//!
//! Looking at the page behind a link uses nothing up: mail programs open links
//! too. Only the submitted form presents the token.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;
use tollgate_base::{
    Error, ExposeSecret, SecretString, access::Principal, codes, identifier::Email,
};
use tollgate_flows::{
    Opening,
    ctx::ByMail,
    signin::{self, AskMail, AskedMail, FinishMail, Step},
};
use tollgate_web::{Http, Peer, Problem, Web, cookies::Cookie, device, problem};

use crate::page::{Frame, HasToken, Note, Query, Refusal, Submitted, go, local_path, onward};

use super::{Asked, go_on};

/// The form that asks for a mail.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskForm {
    form_token: String,
    #[serde(default)]
    next: String,
    email: String,
}

/// The form with the code of the mail.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeForm {
    form_token: String,
    code: SecretString,
    remember: Option<String>,
}

/// The form with the token of a link.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkForm {
    form_token: String,
    pub(super) token: String,
    pub(super) remember: Option<String>,
}

#[derive(Template)]
#[template(path = "signin_mail.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    by_mail: ByMail,
    next: &'a str,
    email: &'a str,
    /// Where to sign in another way.
    signin: String,
}

#[derive(Template)]
#[template(path = "signin_mail_code.html")]
struct CodePage<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    /// Where the mail goes, as it was typed.
    email: Option<&'a str>,
    remember: bool,
    /// Where another code is asked for.
    again: String,
}

/// The page behind a link: a button, and nothing that uses it up.
#[derive(Template)]
#[template(path = "signin_link.html")]
pub(super) struct LinkPage<'a> {
    pub(super) frame: &'a Frame,
    pub(super) refusal: Refusal,
    /// What the form is sent to.
    pub(super) at: &'static str,
    pub(super) token: &'a str,
    pub(super) remember: bool,
    /// Where another link is asked for, if one can be.
    pub(super) again: Option<String>,
}

/// What the browser keeps that asked for a mail: its request, and where it
/// wanted to go.
struct Waiting {
    request: SecretString,
    next: String,
}

/// A longer way is forgotten: browsers keep cookies of 4 KiB.
const NEXT_MOST: usize = 2_500;

impl HasToken for AskForm {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

impl HasToken for CodeForm {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

impl HasToken for LinkForm {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    Query(asked): Query<Asked>,
    frame: Frame,
) -> Result<Response, Problem> {
    let by_mail = web.ctx().policy().by_mail;
    if by_mail == ByMail::Off {
        return off(&frame);
    }
    let next = local_path(&asked.next).unwrap_or_default();
    frame.send(StatusCode::OK, &Page::new(&frame, by_mail, next))
}

pub(crate) async fn ask(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    frame: Frame,
    Submitted(form): Submitted<AskForm>,
) -> Result<Response, Problem> {
    let by_mail = web.ctx().policy().by_mail;
    let next = local_path(&form.next).unwrap_or_default();
    let asked = match Email::parse(&form.email) {
        Ok(email) => {
            let request = AskMail {
                email,
                device: device(&web, &headers, peer),
                address: peer.0,
            };
            signin::ask_mail(web.ctx(), &Principal::Anonymous, request).await
        }
        Err(fault) => Err(fault),
    };
    let asked = match asked {
        Ok(asked) => asked,
        Err(fault) if fault.is(&codes::SIGNIN_MAIL_OFF) => return off(&frame),
        Err(fault) => {
            let again = Page {
                refusal: Refusal::of(&fault, frame.locale),
                email: &form.email,
                ..Page::new(&frame, by_mail, next)
            };
            return frame.send_refusal(&fault, &again);
        }
    };
    let mut response = if by_mail == ByMail::Code {
        let frame = frame.at("/signin/mail/code");
        let page = CodePage {
            email: Some(&form.email),
            ..CodePage::new(&frame, next)
        };
        frame.send(StatusCode::OK, &page)?
    } else {
        let note = Note::info(&frame, "forgot-done-title")
            .say(
                &frame
                    .t("signin-mail-sent")
                    .with("email", form.email.as_str()),
            )
            .say(&frame.t("signin-mail-sent-help"))
            .onward(onward("/signin", next), "back-to-signin");
        frame.send(StatusCode::OK, &note)?
    };
    let cookie = Waiting::cookie(&web.http(), &asked, next);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Whoever loads the page for the code anew goes on if they asked for one.
pub(crate) async fn again(
    State(web): State<Web>,
    headers: HeaderMap,
    frame: Frame,
) -> Result<Response, Problem> {
    match Waiting::of(&headers, &web.http())? {
        Some(waiting) => frame.send(StatusCode::OK, &CodePage::new(&frame, &waiting.next)),
        None => Ok(go("/signin/mail")),
    }
}

pub(crate) async fn finish(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    frame: Frame,
    Submitted(form): Submitted<CodeForm>,
) -> Result<Response, Problem> {
    let Some(waiting) = Waiting::of(&headers, &web.http())? else {
        return Ok(go("/signin/mail"));
    };
    let remember = form.remember.is_some();
    match waiting
        .redeem(&web, (peer, &headers), form.code, remember)
        .await
    {
        Ok(step) => enter(&web, &frame, step, (&waiting.next, remember)).await,
        Err(fault) if fault.is(&codes::SIGNIN_MAIL_OFF) => off(&frame),
        Err(fault) => {
            let fault = if fault.is(&codes::ONE_TIME_INVALID) {
                let detail = "That is not the code, or it does not work any more.";
                fault.field("/code", "mail_code", detail)
            } else {
                fault
            };
            let again = CodePage {
                refusal: Refusal::of(&fault, frame.locale),
                remember,
                ..CodePage::new(&frame, &waiting.next)
            };
            frame.send_refusal(&fault, &again)
        }
    }
}

/// The page behind the link.
pub(crate) async fn open(
    State(web): State<Web>,
    headers: HeaderMap,
    frame: Frame,
) -> Result<Response, Problem> {
    match Waiting::of(&headers, &web.http())? {
        Some(waiting) => frame.send(StatusCode::OK, &LinkPage::mailed(&frame, &waiting.next)),
        None => elsewhere(&frame, StatusCode::OK),
    }
}

pub(crate) async fn follow(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    frame: Frame,
    Submitted(form): Submitted<LinkForm>,
) -> Result<Response, Problem> {
    let Some(waiting) = Waiting::of(&headers, &web.http())? else {
        return elsewhere(&frame, StatusCode::BAD_REQUEST);
    };
    let (token, remember) = (form.token.trim().to_owned(), form.remember.is_some());
    let shown = token.clone().into();
    match waiting
        .redeem(&web, (peer, &headers), shown, remember)
        .await
    {
        Ok(step) => enter(&web, &frame, step, (&waiting.next, remember)).await,
        Err(fault) if fault.is(&codes::SIGNIN_MAIL_OFF) => off(&frame),
        Err(fault) => {
            let again = LinkPage {
                refusal: Refusal::of(&fault, frame.locale),
                token: &token,
                remember,
                ..LinkPage::mailed(&frame, &waiting.next)
            };
            frame.send_refusal(&fault, &again)
        }
    }
}

/// In, or on to the second step; nothing waits any more.
async fn enter(
    web: &Web,
    frame: &Frame,
    step: Step,
    onward: (&str, bool),
) -> Result<Response, Problem> {
    let mut response = go_on(web, frame, step, onward).await?;
    let cleared = Cookie::Mail.clear(&web.http());
    response.headers_mut().append(header::SET_COOKIE, cleared);
    Ok(response)
}

/// A link works in the browser that asked for it.
fn elsewhere(frame: &Frame, status: StatusCode) -> Result<Response, Problem> {
    let note = Note::info(frame, "signin-elsewhere-title")
        .say(&frame.t("signin-elsewhere"))
        .onward("/signin/mail", "signin-mail-again");
    frame.send(status, &note)
}

fn off(frame: &Frame) -> Result<Response, Problem> {
    let note = Note::info(frame, "signin-mail-off-title")
        .say(&frame.t("signin-mail-off"))
        .onward("/signin", "back-to-signin");
    frame.send(problem::status(&Error::new(&codes::SIGNIN_MAIL_OFF)), &note)
}

impl Waiting {
    /// What a browser sends that asked for a mail.
    fn of(headers: &HeaderMap, http: &Http) -> Result<Option<Self>, Problem> {
        let Some(cookie) = Cookie::Mail.read(headers, http)? else {
            return Ok(None);
        };
        let text = cookie.expose_secret();
        let (request, next) = text.split_once('.').unwrap_or((text, ""));
        if request.is_empty() {
            return Ok(None);
        }
        let next = percent_decode_str(next).decode_utf8_lossy();
        Ok(Some(Self {
            request: request.to_owned().into(),
            next: local_path(&next).unwrap_or_default().to_owned(),
        }))
    }

    fn cookie(http: &Http, asked: &AskedMail, next: &str) -> HeaderValue {
        let next = utf8_percent_encode(next, NON_ALPHANUMERIC).to_string();
        let next = if next.len() > NEXT_MOST { "" } else { &next };
        let value = format!("{}.{next}", asked.request.expose_secret());
        Cookie::Mail.set(http, &value.into(), Some(asked.lives))
    }

    async fn redeem(
        &self,
        web: &Web,
        (peer, headers): (Peer, &HeaderMap),
        shown: SecretString,
        remember: bool,
    ) -> Result<Step, Error> {
        let request = FinishMail {
            request: self.request.clone(),
            shown,
            device: device(web, headers, peer).keeping(true),
            address: peer.0,
            opening: Opening::Cookie { remember },
        };
        signin::finish_mail(web.ctx(), &Principal::Anonymous, request).await
    }
}

impl<'a> Page<'a> {
    fn new(frame: &'a Frame, by_mail: ByMail, next: &'a str) -> Self {
        Self {
            frame,
            refusal: Refusal::default(),
            by_mail,
            next,
            email: "",
            signin: onward("/signin", next),
        }
    }
}

impl<'a> CodePage<'a> {
    fn new(frame: &'a Frame, next: &str) -> Self {
        Self {
            frame,
            refusal: Refusal::default(),
            email: None,
            remember: false,
            again: onward("/signin/mail", next),
        }
    }
}

impl<'a> LinkPage<'a> {
    fn mailed(frame: &'a Frame, next: &str) -> Self {
        Self {
            frame,
            refusal: Refusal::default(),
            at: "/signin/link",
            token: "",
            remember: false,
            again: Some(onward("/signin/mail", next)),
        }
    }
}
