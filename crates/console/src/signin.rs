//! Signing in with a name and a password, and a code where there is a second
//! factor. With a passkey: in `passkey`, by mail: in `mail`, with a link that an
//! administrator made: in `token`. Confirming it by mail: in `confirm`.

pub(crate) mod confirm;
pub(crate) mod mail;
pub(crate) mod passkey;
pub(crate) mod token;

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use tollgate_base::{Error, ExposeSecret, Kind, SecretString, access::Principal, codes};
use tollgate_flows::{
    ClientProfile, Opening, SignedIn,
    ctx::{ByMail, Registration},
    passkeys,
    sent_codes::{self, Send},
    signin::{self, Finish, SignIn, Step},
};
use tollgate_web::{Peer, Problem, Web, device};

use crate::page::{
    CodeOffer, Frame, HasToken, Known, Query, Refusal, Submitted, admit, go, local_path, onward,
};

/// In seconds.
const DAY: u64 = 24 * 60 * 60;

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
    #[serde(default)]
    next: String,
    login: String,
    password: SecretString,
    remember: Option<String>,
    /// The work that was asked for.
    proof: Option<SecretString>,
}

/// The form that has a code sent for the second step.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendForm {
    form_token: String,
    challenge: SecretString,
    #[serde(default)]
    next: String,
    remember: Option<String>,
    by: String,
}

/// The form of the second step.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeForm {
    form_token: String,
    challenge: SecretString,
    #[serde(default)]
    next: String,
    code: SecretString,
    remember: Option<String>,
    /// Whether the second step is to be left out on this device from now on.
    trust: Option<String>,
}

#[derive(Template)]
#[template(path = "second.html")]
struct Second<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    challenge: &'a str,
    next: &'a str,
    /// Where the first step is, and this one: both know where to go on.
    first: String,
    here: String,
    remember: bool,
    passkeys_offered: bool,
    /// For how many days the device may be trusted; 0 if it may not.
    trust_days: u64,
    /// The ways in which a code can be sent.
    offers: Vec<CodeOffer>,
    /// Whether one was sent just now.
    sent: bool,
}

#[derive(Template)]
#[template(path = "signin.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    next: &'a str,
    /// The site that waits behind.
    towards: Option<String>,
    login: &'a str,
    /// Where a way in is mailed while tries are refused, and what to work on before
    /// the next.
    way_in: Option<&'static str>,
    work: Option<&'a str>,
    remember: bool,
    passkeys_offered: bool,
    by_mail: ByMail,
    /// Where a mail to sign in with is asked for.
    mail: String,
    /// Whether strangers may make accounts, and where.
    open: bool,
    signup: String,
}

#[derive(Template)]
#[template(path = "continue.html")]
struct Continue<'a> {
    frame: &'a Frame,
    next: &'a str,
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

impl HasToken for CodeForm {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    Known(who): Known,
    Query(asked): Query<Asked>,
    frame: Frame,
) -> Result<Response, Problem> {
    let next = local_path(&asked.next).unwrap_or_default();
    if who.is_some() {
        return Ok(go(destination(next)));
    }
    let page = Page::new(&web, &frame, next);
    frame.send(StatusCode::OK, &page)
}

pub(crate) async fn submit(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    frame: Frame,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let (next, remember) = (
        local_path(&form.next).unwrap_or_default(),
        form.remember.is_some(),
    );
    let request = SignIn {
        login: form.login.clone(),
        password: form.password,
        device: device(&web, &headers, peer)
            .keeping(true)
            .proving(form.proof),
        address: peer.0,
        opening: Opening::Cookie { remember },
        client: ClientProfile::NATIVE,
    };
    match signin::signin(web.ctx(), &Principal::Anonymous, request).await {
        Ok(step) => go_on(&web, &frame, step, (next, remember)).await,
        Err(fault) => {
            let again = Page {
                refusal: Refusal::of(&fault, frame.locale),
                login: &form.login,
                way_in: (fault.kind() == Kind::Limited).then_some("/unlock/mail"),
                work: fault.proof(),
                remember,
                ..Page::new(&web, &frame, next)
            };
            frame.send_refusal(&fault, &again)
        }
    }
}

/// Whoever loads the second step anew begins again.
pub(crate) async fn again(Query(asked): Query<Asked>) -> Response {
    go(&onward("/signin", &asked.next))
}

pub(crate) async fn finish(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    frame: Frame,
    Submitted(form): Submitted<CodeForm>,
) -> Result<Response, Problem> {
    let (next, remember) = (
        local_path(&form.next).unwrap_or_default(),
        form.remember.is_some(),
    );
    let request = Finish {
        challenge: form.challenge.clone(),
        code: form.code,
        device: device(&web, &headers, peer).keeping(true),
        address: peer.0,
        opening: Opening::Cookie { remember },
        trust: form.trust.is_some(),
    };
    match signin::finish(web.ctx(), &Principal::Anonymous, request).await {
        Ok(signed_in) => enter(&web, &frame, &signed_in, next),
        Err(fault) if fault.is(&codes::ONE_TIME_INVALID) => {
            begin_again(&web, &frame, &fault, (next, remember))
        }
        Err(fault) => {
            let again = Second {
                refusal: Refusal::of(&fault, frame.locale),
                remember,
                ..Second::new(&web, &frame, &form.challenge, next).await
            };
            frame.send_refusal(&fault, &again)
        }
    }
}

/// Have a code sent, and ask for it.
pub(crate) async fn send_code(
    State(web): State<Web>,
    peer: Peer,
    frame: Frame,
    Submitted(form): Submitted<SendForm>,
) -> Result<Response, Problem> {
    let next = local_path(&form.next).unwrap_or_default();
    let remember = form.remember.is_some();
    let request = Send {
        challenge: form.challenge.clone(),
        way: form.by.parse()?,
        address: peer.0,
    };
    let outcome = sent_codes::send(web.ctx(), &Principal::Anonymous, request).await;
    if let Some(fault) = outcome
        .as_ref()
        .err()
        .filter(|it| it.is(&codes::ONE_TIME_INVALID))
    {
        return begin_again(&web, &frame, fault, (next, remember));
    }
    let second = Second {
        remember,
        sent: outcome.is_ok(),
        ..Second::new(&web, &frame, &form.challenge, next).await
    };
    match outcome {
        Ok(()) => frame.send(StatusCode::OK, &second),
        Err(fault) => {
            let refusal = Refusal::of(&fault, frame.locale);
            frame.send_refusal(&fault, &Second { refusal, ..second })
        }
    }
}

/// Nothing more will come of this challenge.
fn begin_again(
    web: &Web,
    frame: &Frame,
    fault: &Error,
    (next, remember): (&str, bool),
) -> Result<Response, Problem> {
    let again = Page {
        refusal: Refusal::of(fault, frame.locale),
        remember,
        ..Page::new(web, frame, next)
    };
    frame.send_refusal(fault, &again)
}

impl<'a> Page<'a> {
    fn new(web: &Web, frame: &'a Frame, next: &'a str) -> Self {
        Self {
            frame,
            refusal: Refusal::default(),
            next,
            towards: site_behind(next),
            login: "",
            way_in: None,
            work: None,
            remember: false,
            passkeys_offered: passkeys::offered(web.ctx()),
            by_mail: web.ctx().policy().by_mail,
            mail: onward("/signin/mail", next),
            open: web.ctx().policy().registration == Registration::Open,
            signup: onward("/signup", next),
        }
    }
}

impl<'a> Second<'a> {
    async fn new(web: &Web, frame: &'a Frame, challenge: &'a SecretString, next: &'a str) -> Self {
        // A challenge that was used up by the last try offers nothing.
        let offers = sent_codes::offers(web.ctx(), &Principal::Anonymous, challenge).await;
        let offers = offers.unwrap_or_default().into_iter();
        let trust = signin::offers_trust(web.ctx(), &Principal::Anonymous, challenge).await;
        let trust = trust.unwrap_or_default();
        Self {
            frame,
            refusal: Refusal::default(),
            challenge: challenge.expose_secret(),
            offers: offers.map(CodeOffer::from).collect(),
            sent: false,
            next,
            first: onward("/signin", next),
            here: onward("/signin/code", next),
            remember: false,
            passkeys_offered: passkeys::offered(web.ctx()),
            trust_days: trust.map_or(0, |trust| trust.as_secs() / DAY),
        }
    }
}

/// Where somebody goes who came for nothing in particular.
fn destination(next: &str) -> &str {
    if next.is_empty() { "/" } else { next }
}

/// They took the first step: in, or on to the second.
async fn go_on(
    web: &Web,
    frame: &Frame,
    step: Step,
    (next, remember): (&str, bool),
) -> Result<Response, Problem> {
    match step {
        Step::Done(signed_in) => enter(web, frame, &signed_in, next),
        Step::Second(challenge) => {
            let second = Second {
                remember,
                ..Second::new(web, frame, &challenge, next).await
            };
            frame.send(StatusCode::OK, &second)
        }
        Step::Confirm(waits) => confirm::ask(frame, &waits, next, remember),
    }
}

/// They are in: the cookie of their session, and on to where they wanted to go,
/// or first to what is still wanted of them.
fn enter(web: &Web, frame: &Frame, signed_in: &SignedIn, next: &str) -> Result<Response, Problem> {
    let response = if signed_in.limited {
        go(&onward("/me/factors", next))
    } else {
        forward(frame, destination(next))?
    };
    Ok(admit(web, signed_in, response))
}

/// What `/enter` leads to is on another host. The policy of our forms forbids
/// them to end there by redirects, so a page goes between.
fn forward(frame: &Frame, next: &str) -> Result<Response, Problem> {
    if next.starts_with(ENTER) {
        frame.send(StatusCode::OK, &Continue { frame, next })
    } else {
        Ok(go(next))
    }
}

/// Leads to sites behind proxies.
const ENTER: &str = "/enter?";

/// The host of the site that `/enter` is asked to lead to.
fn site_behind(next: &str) -> Option<String> {
    let query = next.strip_prefix(ENTER)?;
    let to = query.split('&').find_map(|pair| pair.strip_prefix("to="))?;
    let to = percent_decode_str(to).decode_utf8().ok()?;
    let host = to.split_once("://")?.1.split(['/', '?', '#']).next()?;
    let plain = host
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    (plain && !host.is_empty()).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::site_behind;

    #[test]
    fn the_site_behind_is_named_if_it_can_be_read() {
        let to = |to: &str| site_behind(&format!("/enter?to={to}&state=x"));
        assert_eq!(
            to("https%3A%2F%2Fapp.example%3A8443%2Fa").as_deref(),
            Some("app.example:8443")
        );
        for silent in [
            "",
            "app",
            "https%3A%2F%2F",
            "https%3A%2F%2Fa%20b%2F",
            "https%3A%2F%2Fa%40b",
        ] {
            assert_eq!(to(silent), None, "{silent}");
        }
        assert_eq!(site_behind("/me"), None);
    }
}
