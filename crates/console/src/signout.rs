//! Signing out: asked for by a page, done by its form.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_flows::signout::signout;
use tollgate_web::{Problem, Web, cookies};

use crate::page::{Frame, HasToken, Known, Note, Submitted, Visitor};

/// The form as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    form_token: String,
}

#[derive(Template)]
#[template(path = "signout.html")]
struct Page<'a> {
    frame: &'a Frame,
    name: String,
}

impl HasToken for Form {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

pub(crate) async fn show(visitor: Visitor) -> Result<Response, Problem> {
    let frame = &visitor.frame;
    let name = frame
        .me
        .as_ref()
        .map_or_else(String::new, |me| me.login.clone());
    frame.send(StatusCode::OK, &Page { frame, name })
}

/// Whoever is signed out already is told the same.
pub(crate) async fn submit(
    State(web): State<Web>,
    Known(who): Known,
    frame: Frame,
    Submitted(_): Submitted<Form>,
) -> Result<Response, Problem> {
    if let Some(who) = who {
        signout(web.ctx(), &who, ()).await?;
    }
    let note = Note::good(&frame, "signout-done-title")
        .say(&frame.t("signout-done"))
        .onward("/signin", "signin-submit");
    let mut response = frame.send(StatusCode::OK, &note)?;
    for (name, value) in cookies::leave(&web.http()) {
        response.headers_mut().append(name, value);
    }
    Ok(response)
}
