//! Refusals for people: what makes a problem (RFC 9457) makes a page where a
//! browser shows the answer to somebody. Which page it is, floor 6 says.

use axum::{
    extract::Request,
    http::{HeaderMap, Method, Uri, header},
    response::Response,
};
use tollgate_base::Error;

use crate::{state::Web, upload::is_declared};

/// Renders a refusal. The request id is that of the request at hand.
pub type RefusalPage = fn(&Web, &Asked, &Error) -> Response;

/// Programs speak to what is below; a browser that comes by sees what they see.
const FOR_PROGRAMS: &str = "/api/";

/// What a browser asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The method.
    pub method: Method,
    /// The address.
    pub uri: Uri,
    /// The headers.
    pub headers: HeaderMap,
}

impl Asked {
    /// The request, if its answer is shown to somebody: the client names HTML
    /// among what it takes, which programs do not, or sends a form and takes
    /// whatever comes, as it would take the page behind the form.
    pub(crate) fn by_browser(request: &Request) -> Option<Self> {
        let headers = request.headers();
        let wanted = || {
            let accept = headers.get_all(header::ACCEPT).iter();
            accept.flat_map(|value| {
                let ranges = value.to_str().unwrap_or_default().split(',');
                ranges.map(|range| range.split(';').next().unwrap_or_default().trim())
            })
        };
        let is_html = |wanted: &str| wanted.eq_ignore_ascii_case("text/html");
        let takes_all = || wanted().all(|wanted| wanted == "*/*");
        let is_page = wanted().any(is_html) || is_form(headers) && takes_all();
        let shown = is_page && !request.uri().path().starts_with(FOR_PROGRAMS);
        shown.then(|| Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers: request.headers().clone(),
        })
    }

    /// The page in place of the problem, with what the problem's headers said.
    pub(crate) fn dress(problem: &Response, mut page: Response) -> Response {
        for (name, value) in problem.headers() {
            let of_the_body = [header::CONTENT_TYPE, header::CONTENT_LENGTH].contains(name);
            if !of_the_body && (name == header::SET_COOKIE || !page.headers().contains_key(name)) {
                page.headers_mut().append(name, value.clone());
            }
        }
        page
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let forms = ["application/x-www-form-urlencoded", "multipart/form-data"];
    forms.into_iter().any(|form| is_declared(headers, form))
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::HeaderValue};

    use super::*;

    fn asked(path: &str, accept: &str) -> Option<Asked> {
        let request = Request::get(path).header(header::ACCEPT, accept);
        Asked::by_browser(&request.body(Body::empty()).unwrap())
    }

    #[test]
    fn only_who_names_html_is_shown_a_page() {
        let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
        assert!(asked("/nowhere", browser).is_some());
        assert!(asked("/nowhere", "application/json, TEXT/HTML;q=0.1").is_some());
        for (path, accept) in [
            ("/api/v1/me", browser),
            ("/nowhere", "*/*"),
            ("/nowhere", "application/json"),
            ("/nowhere", "text/htmlx"),
        ] {
            assert!(asked(path, accept).is_none(), "{path} {accept}");
        }
    }

    #[test]
    fn who_sends_a_form_and_takes_anything_is_shown_a_page() {
        let sent = |path: &str, kind: &str, accept: Option<&str>| {
            let request = Request::post(path).header(header::CONTENT_TYPE, kind);
            let request = match accept {
                Some(accept) => request.header(header::ACCEPT, accept),
                None => request,
            };
            Asked::by_browser(&request.body(Body::empty()).unwrap()).is_some()
        };
        let form = "application/x-www-form-urlencoded";
        for accept in [None, Some("*/*")] {
            assert!(sent("/signin", form, accept));
            assert!(sent(
                "/me/picture",
                "multipart/form-data; boundary=x",
                accept
            ));
            assert!(!sent("/signin", "application/json", accept));
            assert!(!sent("/api/v1/session", form, accept));
        }
        assert!(!sent("/signin", form, Some("application/json, */*")));
    }

    #[test]
    fn a_page_keeps_what_the_headers_said() {
        let problem = Response::builder()
            .header(header::RETRY_AFTER, "7")
            .header(header::SET_COOKIE, "a=1")
            .header(header::CONTENT_TYPE, "application/problem+json");
        let page = Response::builder()
            .header(header::SET_COOKIE, "b=2")
            .header(header::CONTENT_TYPE, "text/html");
        let problem = problem.body(Body::empty()).unwrap();
        let dressed = Asked::dress(&problem, page.body(Body::empty()).unwrap());
        assert_eq!(dressed.headers()[header::RETRY_AFTER], "7");
        assert_eq!(dressed.headers()[header::CONTENT_TYPE], "text/html");
        let cookies: Vec<&HeaderValue> = dressed
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .collect();
        assert_eq!(cookies, ["b=2", "a=1"]);
    }
}
