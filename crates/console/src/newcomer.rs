//! Making an account for somebody.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::{
    Error, ExposeSecret, Result, SecretString,
    access::{Permission, Role},
    codes,
};
use tollgate_flows::people::{self, CreatePerson};
use tollgate_web::{Problem, Web};

use crate::page::{Done, Frame, HasToken, Refusal, Submitted, Visitor, applicant, go, reset_link};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    form_token: String,
    name: String,
    email: String,
    username: String,
    role: String,
    password: SecretString,
}

#[derive(Template)]
#[template(path = "newcomer.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    given: Vec<Role>,
    least: usize,
    name: &'a str,
    email: &'a str,
    username: &'a str,
    role: &'a str,
}

impl HasToken for Form {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

impl<'a> Page<'a> {
    fn new(web: &Web, visitor: &'a Visitor, given: Vec<Role>) -> Self {
        Self {
            frame: &visitor.frame,
            refusal: Refusal::default(),
            given,
            least: web.ctx().policy().password.least,
            name: "",
            email: "",
            username: "",
            role: Role::Default.as_str(),
        }
    }

    fn roles(&self) -> Vec<(&'static str, String)> {
        self.frame.roles(&self.given)
    }
}

pub(crate) async fn show(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let given = people::roles_to_give(web.ctx(), &visitor.who, ())?;
    let page = Page::new(&web, &visitor, given);
    visitor.frame.send(StatusCode::OK, &page)
}

pub(crate) async fn submit(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let without_password = form.password.expose_secret().is_empty();
    let outcome = match request(&form) {
        Ok(request) => people::create(web.ctx(), &visitor.who, request).await,
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(made) => {
            let (id, at) = (
                made.account.id,
                format!("/admin/people/{}", made.account.id),
            );
            let powers = people::powers(web.ctx(), &visitor.who, id).await?;
            if without_password && powers.contains(&Permission::PasswordReset) {
                return reset_link(&web, &visitor.at(&at), id, Done::now("created")).await;
            }
            Ok(go(&Done::at(&at, "created")))
        }
        Err(fault) => {
            let given = people::roles_to_give(web.ctx(), &visitor.who, ())?;
            let fault = fault.renamed("/display_name", "/name");
            let page = Page {
                refusal: Refusal::of(&fault, visitor.frame.locale),
                name: &form.name,
                email: &form.email,
                username: &form.username,
                role: &form.role,
                ..Page::new(&web, &visitor, given)
            };
            visitor.frame.send_refusal(&fault, &page)
        }
    }
}

/// Without a password they set it by the link that is shown then.
fn request(form: &Form) -> Result<CreatePerson> {
    let mut who = applicant(
        &form.name,
        &form.email,
        &form.username,
        Some(&form.password),
    )?;
    who.password = who
        .password
        .filter(|password| !password.expose_secret().is_empty());
    let role = form.role.parse::<Role>();
    let role = role.map_err(|_| Error::new(&codes::REQUEST_INVALID))?;
    Ok(CreatePerson {
        applicant: who,
        role,
        once: None,
    })
}
