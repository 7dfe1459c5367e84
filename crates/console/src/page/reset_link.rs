//! A link with which somebody sets their password, made for them by whoever
//! looks after them. It is on this page and nowhere else; sending the form
//! again makes another.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use tollgate_base::{ExposeSecret, id::UserId};
use tollgate_flows::{password, people};
use tollgate_web::{Problem, Web};

use super::{Done, Frame, Visitor};

#[derive(Template)]
#[template(path = "reset_link.html")]
struct Page<'a> {
    frame: &'a Frame,
    done: Done,
    name: String,
    at: String,
    link: String,
}

/// Make a link for `of` and show it. `done` is what was done before.
///
/// # Errors
/// Those of `password::reset_link` and `people::show`.
pub(crate) async fn reset_link(
    web: &Web,
    visitor: &Visitor,
    of: UserId,
    done: Done,
) -> Result<Response, Problem> {
    let made = password::reset_link(web.ctx(), &visitor.who, of).await?;
    let person = people::show(web.ctx(), &visitor.who, of).await?;
    let token = made.token.expose_secret();
    let page = Page {
        frame: &visitor.frame,
        done,
        name: person.name().to_owned(),
        at: format!("/admin/people/{of}"),
        link: format!("{}/reset#{token}", web.http().public_url),
    };
    visitor.frame.send(StatusCode::OK, &page)
}
