//! The first page of those who are signed in.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use tollgate_web::Problem;

use crate::page::{Frame, Visitor};

#[derive(Template)]
#[template(path = "me.html")]
struct Page<'a> {
    frame: &'a Frame,
    name: String,
}

pub(crate) async fn show(visitor: Visitor) -> Result<Response, Problem> {
    let frame = &visitor.frame;
    let profile = &visitor.account.account.profile;
    let name = profile.display_name.clone().unwrap_or_default();
    frame.send(StatusCode::OK, &Page { frame, name })
}
