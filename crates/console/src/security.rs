//! The security settings in force and where each was set, for administrators: to
//! be read, not changed.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use tollgate_flows::overview;
use tollgate_web::{Problem, Web};

use crate::page::{Frame, Visitor};

/// Each setting has a heading there, whose address has no dots.
const MANUAL: &str = "/docs/reference/configuration.html";

#[derive(Template)]
#[template(path = "security.html")]
struct Page<'a> {
    frame: &'a Frame,
    rows: Vec<Row>,
}

struct Row {
    key: &'static str,
    /// Where the manual tells of it.
    manual: String,
    value: String,
    origin: Option<String>,
}

pub(crate) async fn show(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let settings = overview::settings(web.ctx(), &visitor.who, ())?;
    let row = |setting: &tollgate_flows::ctx::Setting| Row {
        key: setting.key,
        manual: format!("{MANUAL}#{}", setting.key.replace('.', "")),
        value: setting.value.clone(),
        origin: setting.origin.clone(),
    };
    let page = Page {
        frame: &visitor.frame,
        rows: settings.iter().map(row).collect(),
    };
    visitor.frame.send(StatusCode::OK, &page)
}
