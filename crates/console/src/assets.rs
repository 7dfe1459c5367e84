//! The few files that pages load: style and one script, embedded.

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};
use tollgate_base::{Error, codes};
use tollgate_web::Problem;

/// Short, as the names stay the same over versions.
const CACHE: &str = "public, max-age=300";

/// Name, media type and content.
const FILES: [(&str, &str, &str); 2] = [
    (
        "pages.css",
        "text/css; charset=utf-8",
        include_str!("../static/pages.css"),
    ),
    (
        "token.js",
        "text/javascript; charset=utf-8",
        include_str!("../static/token.js"),
    ),
];

pub(crate) async fn serve(Path(name): Path<String>) -> Result<Response, Problem> {
    let found = FILES.iter().find(|(known, _, _)| *known == name);
    let (_, media_type, content) = found.ok_or_else(|| Error::new(&codes::ROUTE_MISSING))?;
    let headers = [
        (header::CONTENT_TYPE, *media_type),
        (header::CACHE_CONTROL, CACHE),
    ];
    Ok((headers, *content).into_response())
}
