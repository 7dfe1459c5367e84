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
    page::{Frame, go, is_stale, local_path, onward, request_id},
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

/// Where somebody shows again who they are.
const STEP_UP: &str = "/me/step-up";

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
    let wants_factor = error.is(&codes::FACTOR_REQUIRED);
    if wants_factor && asked.method == Method::GET {
        return go(&onward("/me/factors", here));
    }
    let wants_proof = is_stale(error);
    if wants_proof && asked.method == Method::GET {
        return go(&onward(STEP_UP, here));
    }
    // Its one form is that of the foot, which acts for the browser alone.
    let frame = Frame::new(web, &asked.headers, &asked.uri, None)
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
    let from = form(&asked.headers, &ours);
    let stale_form = from.filter(|_| error.is(&codes::REQUEST_ORIGIN));
    let (onward, onward_key) = match stale_form {
        _ if stranger => (onward("/signin", here), "signin-submit"),
        Some(form) => (form.to_owned(), "back-form"),
        None if wants_proof => (onward(STEP_UP, from.unwrap_or("/me")), "continue"),
        None if wants_factor => ("/me/factors".to_owned(), "nav-factors"),
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
