//! Recovery codes, shown once.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use tollgate_base::ExposeSecret;
use tollgate_flows::factors::{Added, RecoveryCodes};
use tollgate_web::{Problem, Web};

use super::{Frame, go, renew};

/// So few are left that it is time for new ones.
pub(crate) const FEW_CODES: i64 = 3;

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct Page<'a> {
    frame: &'a Frame,
    /// One a line.
    codes: String,
    /// Where to go on.
    onward: &'a str,
}

/// The page that shows them, and goes on from there.
pub(crate) fn shown_codes(
    frame: &Frame,
    codes: &RecoveryCodes,
    onward: &str,
) -> Result<Response, Problem> {
    let page = Page {
        frame,
        codes: lines(codes),
        onward,
    };
    frame.send(StatusCode::OK, &page)
}

/// A factor was added: its recovery codes if it is the first, which go on from there,
/// otherwise the page that says that it is done.
pub(crate) fn added(
    web: &Web,
    frame: &Frame,
    added: &Added,
    (onward, done): (&str, &str),
) -> Result<Response, Problem> {
    let shown = match &added.codes {
        Some(codes) => shown_codes(frame, codes, onward)?,
        None => go(done),
    };
    Ok(renew(web, &added.renewed, shown))
}

/// One a line.
pub(super) fn lines(RecoveryCodes(codes): &RecoveryCodes) -> String {
    let lines: Vec<&str> = codes.iter().map(ExposeSecret::expose_secret).collect();
    lines.join("\n")
}
