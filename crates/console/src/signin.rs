//! Signing in with a name and a password, and a code where there is a second
//! factor.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use tollgate_base::{ExposeSecret, SecretString, access::Principal, codes};
use tollgate_flows::{
    ClientProfile, Opening,
    ctx::Registration,
    signin::{self, Finish, SignIn, Step},
};
use tollgate_web::{Peer, Problem, Web, device};

use crate::page::{
    Frame, HasToken, Known, Query, Refusal, Submitted, admit, go, local_path, onward,
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
    #[serde(default)]
    next: String,
    login: String,
    password: SecretString,
    remember: Option<String>,
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
}

#[derive(Template)]
#[template(path = "second.html")]
struct Second<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    challenge: &'a str,
    next: &'a str,
    remember: bool,
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
    remember: bool,
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
        device: device(&headers, peer),
        address: peer.0,
        opening: Opening::Cookie { remember },
        client: ClientProfile::NATIVE,
    };
    match signin::signin(web.ctx(), &Principal::Anonymous, request).await {
        Ok(Step::Done(signed_in)) => {
            let response = forward(&frame, destination(next))?;
            Ok(admit(&web, &signed_in, response))
        }
        Ok(Step::Second(challenge)) => {
            let second = Second {
                frame: &frame,
                refusal: Refusal::default(),
                challenge: challenge.expose_secret(),
                next,
                remember,
            };
            frame.send(StatusCode::OK, &second)
        }
        Err(fault) => {
            let again = Page {
                refusal: Refusal::of(&fault, frame.locale),
                login: &form.login,
                remember,
                ..Page::new(&web, &frame, next)
            };
            frame.send_refusal(&fault, &again)
        }
    }
}

/// Whoever loads the second step anew begins again.
pub(crate) async fn again() -> Response {
    go("/signin")
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
        device: device(&headers, peer),
        address: peer.0,
        opening: Opening::Cookie { remember },
    };
    match signin::finish(web.ctx(), &Principal::Anonymous, request).await {
        Ok(signed_in) => {
            let response = forward(&frame, destination(next))?;
            Ok(admit(&web, &signed_in, response))
        }
        // Nothing more will come of this challenge.
        Err(fault) if fault.is(&codes::ONE_TIME_INVALID) => {
            let again = Page {
                refusal: Refusal::of(&fault, frame.locale),
                remember,
                ..Page::new(&web, &frame, next)
            };
            frame.send_refusal(&fault, &again)
        }
        Err(fault) => {
            let again = Second {
                frame: &frame,
                refusal: Refusal::of(&fault, frame.locale),
                challenge: form.challenge.expose_secret(),
                next,
                remember,
            };
            frame.send_refusal(&fault, &again)
        }
    }
}

impl<'a> Page<'a> {
    fn new(web: &Web, frame: &'a Frame, next: &'a str) -> Self {
        Self {
            frame,
            refusal: Refusal::default(),
            next,
            towards: site_behind(next),
            login: "",
            remember: false,
            open: web.ctx().policy().registration == Registration::Open,
            signup: onward("/signup", next),
        }
    }
}

/// Where somebody goes who came for nothing in particular.
fn destination(next: &str) -> &str {
    if next.is_empty() { "/" } else { next }
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
