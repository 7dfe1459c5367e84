//! Making an account for oneself, where the operator allows it. With a passkey: in
//! `passkey`.

pub(crate) mod passkey;

use std::net::IpAddr;

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::{Error, SecretString, access::Principal, codes};
use tollgate_flows::{
    ClientProfile,
    ctx::Registration,
    passkeys::offered,
    signup::{SignUp, signup},
};
use tollgate_web::{Peer, Problem, Web, problem};

use crate::page::{
    Frame, HasToken, Note, Query, Refusal, Submitted, applicant, local_path, onward,
};

/// What the address says.
#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    /// Where to go on after signing in.
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
    #[serde(default)]
    name: String,
    email: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: SecretString,
}

#[derive(Template)]
#[template(path = "signup.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    least: usize,
    /// Whether browsers make passkeys here.
    passkeys: bool,
    next: &'a str,
    signin: String,
    name: &'a str,
    email: &'a str,
    username: &'a str,
}

impl HasToken for Form {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    Query(asked): Query<Asked>,
    frame: Frame,
) -> Result<Response, Problem> {
    if web.ctx().policy().registration == Registration::Off {
        return closed(&frame);
    }
    let next = local_path(&asked.next).unwrap_or_default();
    frame.send(StatusCode::OK, &Page::new(&web, &frame, next))
}

pub(crate) async fn submit(
    State(web): State<Web>,
    Peer(address): Peer,
    frame: Frame,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let next = local_path(&form.next).unwrap_or_default();
    let made = match form.request(&frame, Some(&form.password), address) {
        Ok(request) => signup(web.ctx(), &Principal::Anonymous, request).await,
        Err(fault) => Err(fault),
    };
    match made {
        Ok(_) => {
            let said = frame.t("signup-done").with("name", form.email.as_str());
            let note = Note::good(&frame, "signup-done-title").say(&said);
            let note = note.onward(onward("/signin", next), "signin-submit");
            frame.send(StatusCode::CREATED, &note)
        }
        Err(fault) => again(&web, &frame, &form, &fault),
    }
}

/// The form again, with what was typed and what was wrong.
fn again(web: &Web, frame: &Frame, form: &Form, fault: &Error) -> Result<Response, Problem> {
    if fault.is(&codes::REGISTRATION_OFF) {
        return closed(frame);
    }
    let next = local_path(&form.next).unwrap_or_default();
    let again = Page {
        refusal: Refusal::of(fault, frame.locale),
        name: &form.name,
        email: &form.email,
        username: &form.username,
        ..Page::new(web, frame, next)
    };
    frame.send_refusal(fault, &again)
}

impl Form {
    fn request(
        &self,
        frame: &Frame,
        password: Option<&SecretString>,
        address: Option<IpAddr>,
    ) -> Result<SignUp, Error> {
        Ok(SignUp {
            applicant: applicant(&self.name, &self.email, &self.username, password)?,
            locale: Some(frame.locale.tag().to_owned()),
            address,
            client: ClientProfile::NATIVE,
        })
    }
}

impl<'a> Page<'a> {
    fn new(web: &Web, frame: &'a Frame, next: &'a str) -> Self {
        Self {
            frame,
            refusal: Refusal::default(),
            least: web.ctx().policy().password.least,
            passkeys: offered(web.ctx()),
            next,
            signin: onward("/signin", next),
            name: "",
            email: "",
            username: "",
        }
    }
}

fn closed(frame: &Frame) -> Result<Response, Problem> {
    let note = Note::info(frame, "signup-closed-title")
        .say(&frame.t("signup-closed"))
        .onward("/signin", "back-to-signin");
    frame.send(
        problem::status(&Error::new(&codes::REGISTRATION_OFF)),
        &note,
    )
}
