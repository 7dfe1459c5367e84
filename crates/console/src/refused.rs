//! Refusals as pages: what happened, what to do, and the request id. Every
//! problem that would be shown to somebody in a browser comes through here.

use askama::Template;
use axum::{
    http::{HeaderMap, Method, header},
    response::{IntoResponse, Response},
};
use tollgate_base::{Error, codes};
use tollgate_web::{Http, Web, pages::Asked, problem};

use crate::{
    page::{Frame, go, local_path, onward, request_id},
    words::Message,
};

#[derive(Template)]
#[template(path = "refused.html")]
struct Page<'a> {
    frame: &'a Frame,
    status: u16,
    title: String,
    help: String,
    hint: Option<Message<'a>>,
    onward: String,
    onward_key: &'static str,
    code: &'static str,
    request_id: Option<String>,
}

/// Where somebody goes on an app's host who has another account.
const LEAVE: &str = "/.tollgate/leave";

/// The page for a refusal; who is only not signed in is sent to do so.
pub fn refused(web: &Web, asked: &Asked, error: &Error) -> Response {
    let http = web.http();
    let here = asked
        .uri
        .path_and_query()
        .map_or("/", |whole| whole.as_str());
    let status = problem::status(error);
    let stranger = status == axum::http::StatusCode::UNAUTHORIZED;
    if stranger && asked.method == Method::GET {
        return go(&onward("/signin", here));
    }
    let frame = Frame::new(web, &asked.headers, &asked.uri)
        .unwrap_or_else(|_| Frame::bare(&http, &asked.headers, &asked.uri));
    // Where a form was sent, there may be no page to come back to.
    let frame = match asked.method {
        Method::GET | Method::HEAD => frame,
        _ => frame.at("/"),
    };
    let seen = browser(&asked.headers, &http);
    let ours = http.origin();
    let elsewhere = seen.filter(|_| error.is(&codes::REQUEST_ORIGIN));
    let hint = elsewhere.map(|browser| {
        let said = frame.t("refused-elsewhere").with("browser", browser);
        said.with("server", ours.as_str())
    });
    let stale_form = form(&asked.headers, &ours).filter(|_| error.is(&codes::REQUEST_ORIGIN));
    let (onward, onward_key) = match stale_form {
        _ if stranger => (onward("/signin", here), "signin-submit"),
        Some(form) => (form.to_owned(), "back-form"),
        None if error.is(&codes::GATE_DENIED) => (LEAVE.to_owned(), "refused-leave"),
        None => ("/".to_owned(), "back-home"),
    };
    let page = Page {
        frame: &frame,
        status: status.as_u16(),
        title: frame.locale.title(error),
        help: frame.locale.help(error),
        hint,
        onward,
        onward_key,
        code: error.code().name,
        request_id: request_id(),
    };
    frame.send(status, &page).into_response()
}

/// The page of ours that a form was sent from.
fn form<'a>(headers: &'a HeaderMap, ours: &str) -> Option<&'a str> {
    let page = headers.get(header::REFERER)?.to_str().ok()?;
    local_path(page.strip_prefix(ours)?)
}

/// Where the browser believes to be, if it is elsewhere than we do: most often
/// `public_url` is not set.
fn browser<'a>(headers: &'a HeaderMap, http: &Http) -> Option<&'a str> {
    let origin = headers.get(header::ORIGIN)?.to_str().ok()?;
    (origin != http.origin() && origin != "null").then_some(origin)
}
