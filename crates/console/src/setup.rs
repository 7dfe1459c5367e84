//! The page behind the setup link: the first administrator.
//!
//! Looking at it uses nothing up; only the submitted form presents the token.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use serde::Deserialize;
use tollgate_base::{
    Error, Result, SecretString,
    access::Principal,
    codes,
    identifier::{Email, Username},
};
use tollgate_flows::{
    Applicant, Credentials, SignedIn,
    setup::{self, SetUp},
};
use tollgate_web::{Peer, Problem, Web, cookies, device, problem};

use crate::page::{self, Frame, HasToken, Refusal, Submitted};

/// The form as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    form_token: String,
    token: String,
    #[serde(default)]
    name: String,
    email: String,
    #[serde(default)]
    username: String,
    password: SecretString,
}

#[derive(Template)]
#[template(path = "setup.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    token: &'a str,
    name: &'a str,
    email: &'a str,
    username: &'a str,
}

#[derive(Template)]
#[template(path = "setup_closed.html")]
struct Closed;

#[derive(Template)]
#[template(path = "setup_done.html")]
struct Done;

impl HasToken for Form {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

pub(crate) async fn show(State(web): State<Web>, headers: HeaderMap) -> Result<Response, Problem> {
    if !setup::is_open(web.ctx(), &Principal::Anonymous, ()).await? {
        return page::send(problem::status(&Error::new(&codes::ADMIN_EXISTS)), &Closed);
    }
    let frame = Frame::new(&web, &headers)?;
    let empty = Page {
        frame: &frame,
        refusal: Refusal::default(),
        token: "",
        name: "",
        email: "",
        username: "",
    };
    page::send_form(StatusCode::OK, &empty, frame.cookie.clone())
}

pub(crate) async fn submit(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let made = match form.applicant() {
        Ok(admin) => {
            let token = SecretString::from(form.token.trim());
            let request = SetUp {
                token,
                admin,
                device: device(&headers, peer),
            };
            setup::set_up(web.ctx(), &Principal::Anonymous, request).await
        }
        Err(fault) => Err(fault),
    };
    match made {
        Ok(signed_in) => welcome(&web, &signed_in),
        Err(fault) if fault.is(&codes::ADMIN_EXISTS) => {
            page::send(problem::status(&fault), &Closed)
        }
        Err(fault) => {
            let frame = Frame::new(&web, &headers)?;
            let again = Page {
                frame: &frame,
                refusal: Refusal::of(&fault),
                token: &form.token,
                name: &form.name,
                email: &form.email,
                username: &form.username,
            };
            page::send_form(problem::status(&fault), &again, frame.cookie.clone())
        }
    }
}

impl Form {
    /// What was typed, parsed, with every fault that can be told at once.
    fn applicant(&self) -> Result<Applicant> {
        let email = Email::parse(&self.email);
        let username = filled(&self.username).map(Username::parse).transpose();
        match (email, username) {
            (Ok(email), Ok(username)) => Ok(Applicant {
                email: Some(email),
                username,
                display_name: filled(&self.name).map(ToOwned::to_owned),
                password: Some(self.password.clone()),
            }),
            (email, username) => {
                let faults = [email.err(), username.err()];
                let fields = faults.iter().flatten().flat_map(Error::fields);
                let invalid = Error::new(&codes::IDENTIFIER_INVALID);
                Err(fields.fold(invalid, |error, field| {
                    error.field(field.pointer, field.rule, field.detail.clone())
                }))
            }
        }
    }
}

fn welcome(web: &Web, signed_in: &SignedIn) -> Result<Response, Problem> {
    let mut response = page::send(StatusCode::OK, &Done)?;
    if let Credentials::Cookie { secret, max_age } = &signed_in.credentials {
        let cookie = cookies::set(&web.http(), secret, *max_age);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::{Closed, Done, Form, Frame, Page, Refusal, Template};

    fn form(email: &str, username: &str) -> Form {
        Form {
            form_token: String::new(),
            token: "st_1".into(),
            name: " ".into(),
            email: email.into(),
            username: username.into(),
            password: "horse battery".to_owned().into(),
        }
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let fault = form("ann", "a@b").applicant().unwrap_err();
        let fields: Vec<_> = fault.fields().iter().map(|field| field.pointer).collect();
        assert_eq!(fields, ["/email", "/username"]);
        let good = form("ann@example.org", "").applicant().unwrap();
        assert!(good.username.is_none() && good.display_name.is_none());
    }

    #[test]
    fn what_was_typed_is_kept_but_the_password_and_is_never_markup() {
        let frame = Frame {
            form_token: "f".repeat(64),
            cookie: HeaderValue::from_static("x=y"),
            plain: true,
        };
        let refusal = Refusal::of(&form("ann", "").applicant().unwrap_err());
        let page = Page {
            frame: &frame,
            refusal,
            token: "st_1",
            name: "<b>Ann",
            email: "\"ann",
            username: "",
        };
        let text = page.render().unwrap();
        assert!(text.contains("&#60;b&#62;Ann") && text.contains("&#34;ann"));
        assert!(text.contains("Not an e-mail address.") && text.contains("st_1"));
        assert!(!text.contains("horse battery") && !text.contains("<b>"));
        assert!(text.contains("https"), "plain http is warned of");
        for page in [text, Closed.render().unwrap(), Done.render().unwrap()] {
            assert_eq!(page.matches("<h1").count(), 1);
            assert!(
                !page.contains("<style") && !page.contains(" style=") && !page.contains("<script>")
            );
        }
    }
}
