//! The roof of the manual: which address shows which page.

use axum::{Router, response::Redirect, routing::get};
use tollgate_web::Web;

use crate::{errors, files};

/// Every route by method and path, for tests that visit them all.
pub const LISTING: &[(&str, &str)] = &[
    ("GET", "/docs"),
    ("GET", "/docs/"),
    ("GET", "/docs/{*path}"),
    ("GET", "/docs/errors/{code}"),
];

/// All pages.
pub fn router() -> Router<Web> {
    Router::new()
        .route("/docs", get(async || Redirect::permanent("/docs/")))
        .route("/docs/", get(files::first))
        .route("/docs/{*path}", get(files::serve))
        .route("/docs/errors/{code}", get(errors::serve))
}
