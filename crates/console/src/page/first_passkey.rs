//! The passkey that an account begins with: the page on which the browser makes it,
//! and the recovery codes that come with it.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use tollgate_base::ExposeSecret;
use tollgate_flows::passkeys::{Question, RecoveryCodes};
use tollgate_web::Problem;

use super::{Frame, recovery_codes::lines};

/// Where the browser's answer goes, and what goes along.
pub(crate) struct Return<'a> {
    pub(crate) action: &'a str,
    /// The page to begin again at.
    pub(crate) back: &'a str,
    /// Fields, by name, that were typed before.
    pub(crate) carried: &'a [(&'static str, &'a str)],
}

#[derive(Template)]
#[template(path = "first_passkey.html")]
struct Page<'a> {
    frame: &'a Frame,
    question: &'a Question,
    to: Return<'a>,
}

#[derive(Template)]
#[template(path = "first_codes.html")]
struct Codes<'a> {
    frame: &'a Frame,
    /// One a line.
    codes: String,
    /// Where to go on.
    onward: &'a str,
}

/// The page on which the browser makes it.
pub(crate) fn ask_first_passkey(
    frame: &Frame,
    question: &Question,
    to: Return<'_>,
) -> Result<Response, Problem> {
    let page = Page {
        frame,
        question,
        to,
    };
    frame.send(StatusCode::OK, &page)
}

/// The account is made: its recovery codes, and on from there.
pub(crate) fn show_first_codes(
    frame: &Frame,
    codes: &RecoveryCodes,
    onward: &str,
) -> Result<Response, Problem> {
    let page = Codes {
        frame,
        codes: lines(codes),
        onward,
    };
    frame.send(StatusCode::CREATED, &page)
}
