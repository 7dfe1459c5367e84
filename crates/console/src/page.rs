//! The ground of the pages: how one is sent, what a form brings along, and how
//! a refusal is told beside the fields.

use askama::Template;
use axum::{
    body::Body,
    extract::{Form, FromRequest, Request, rejection::FormRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use tollgate_base::{Error, ExposeSecret, codes};
use tollgate_web::{
    Http, Problem, Web, body::read_body, form, origin::same_origin, problem, request_id,
};

/// Nothing but our own style and script may load; forms go nowhere else.
const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every form shows beside its own fields.
pub(crate) struct Frame {
    /// The hidden half of the form's token.
    pub(crate) form_token: String,
    /// Its other half.
    pub(crate) cookie: HeaderValue,
    /// Whether what is typed could be read on its way.
    pub(crate) plain: bool,
}

/// A refusal as a page tells it: a sentence above the form, and one beside
/// each field that is wrong.
#[derive(Default)]
pub(crate) struct Refusal {
    general: Option<String>,
    fields: Vec<(String, String)>,
}

/// A form that was not taken, told as a page.
pub(crate) struct Refused {
    error: Error,
    hint: Option<String>,
}

#[derive(Template)]
#[template(path = "refused.html")]
struct RefusedPage<'a> {
    title: &'a str,
    detail: &'a str,
    hint: Option<&'a str>,
    code: &'a str,
    request_id: Option<String>,
}

/// A form that comes from a page of ours. The type has a `form_token`.
pub(crate) struct Submitted<T>(pub(crate) T);

/// What [`Submitted`] needs of a form.
pub(crate) trait HasToken {
    /// The hidden field.
    fn form_token(&self) -> &str;
}

impl Frame {
    /// For the page that answers this request.
    pub(crate) fn new(web: &Web, headers: &HeaderMap) -> Result<Self, Problem> {
        let http = web.http();
        let token = form::issue(web.ctx(), headers, &http)?;
        Ok(Self {
            form_token: token.field.expose_secret().to_owned(),
            cookie: token.cookie,
            plain: travels_in_clear(&http),
        })
    }
}

impl Refusal {
    /// What an error says. It is logged here, as no problem is made of it.
    pub(crate) fn of(error: &Error) -> Self {
        problem::tell(error);
        let field = |fault: &tollgate_base::error::FieldFault| {
            let name = fault.pointer.trim_start_matches('/').to_owned();
            (name, fault.detail.to_string())
        };
        let fields: Vec<_> = error.fields().iter().map(field).collect();
        let general = format!("{}. {}", error.code().title, error.public());
        Self {
            general: fields.is_empty().then_some(general),
            fields,
        }
    }

    /// The sentence above the form.
    pub(crate) fn general(&self) -> Option<&str> {
        self.general.as_deref()
    }

    /// What is wrong with a field, in one text; empty if nothing is.
    pub(crate) fn field(&self, name: &str) -> String {
        let mine = self.fields.iter().filter(|(field, _)| field == name);
        mine.map(|(_, detail)| detail.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

impl<T: DeserializeOwned + HasToken> FromRequest<Web> for Submitted<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Refused> {
        let (http, headers) = (web.http(), request.headers().clone());
        same_origin(&headers, &http).map_err(|error| Refused::elsewhere(error, &headers, &http))?;
        let (head, body) = request.into_parts();
        let whole = read_body(Request::from_parts(head.clone(), body), http.body_limit).await?;
        let whole = Request::from_parts(head, Body::from(whole));
        let Form(form) = Form::<T>::from_request(whole, web)
            .await
            .map_err(|fault| malformed(&fault))?;
        form::check(&headers, &http, form.form_token())?;
        Ok(Self(form))
    }
}

impl Refused {
    /// The browser and the server have two ideas of where the server is: most
    /// often `public_url` is not set.
    fn elsewhere(error: Error, headers: &HeaderMap, http: &Http) -> Self {
        let from = headers
            .get(header::ORIGIN)
            .and_then(|origin| origin.to_str().ok());
        let hint = from.map(|from| {
            let ours = http.origin();
            format!(
                "Your browser calls this server {from}; it believes that it is {ours}. Open it there, or set \
                 public_url = \"{from}\" in tollgate.toml if that is its address."
            )
        });
        Self { error, hint }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self { error, hint: None }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        problem::tell(&self.error);
        let page = RefusedPage {
            title: self.error.code().title,
            detail: self.error.public(),
            hint: self.hint.as_deref(),
            code: self.error.code().name,
            request_id: request_id::current().map(|id| id.to_string()),
        };
        send(problem::status(&self.error), &page).into_response()
    }
}

/// Send a page.
pub(crate) fn send(status: StatusCode, page: &impl Template) -> Result<Response, Problem> {
    let text = page
        .render()
        .map_err(|fault| Error::new(&codes::INTERNAL).because(fault))?;
    let policy = (header::CONTENT_SECURITY_POLICY, CSP);
    Ok((status, [policy], Html(text)).into_response())
}

/// Send a page with a form: the cookie half of its token goes with it.
pub(crate) fn send_form(
    status: StatusCode,
    page: &impl Template,
    cookie: HeaderValue,
) -> Result<Response, Problem> {
    let mut response = send(status, page)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

fn malformed(fault: &FormRejection) -> Error {
    let code = match fault.status() {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => &codes::REQUEST_MEDIA_TYPE,
        _ => &codes::REQUEST_MALFORMED,
    };
    let error = Error::new(code).detail("Send the form as a browser does.");
    error.because(fault.to_string())
}

/// Plain http to anywhere but this machine.
fn travels_in_clear(http: &Http) -> bool {
    let origin = http.origin();
    let host = origin.strip_prefix("http://").unwrap_or_default();
    let here = ["localhost", "127.", "[::1]"];
    !http.is_https() && !here.iter().any(|name| host.starts_with(name))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tollgate_base::{Error, codes};
    use tollgate_web::Http;

    use super::{Refusal, travels_in_clear};

    #[test]
    fn plain_http_is_only_safe_on_this_machine() {
        let check = |url: &str, clear: bool| {
            let http = Http {
                public_url: url.to_owned(),
                trusted_proxies: Vec::new(),
                cors_origins: Vec::new(),
                body_limit: 1,
                request_timeout: Duration::ZERO,
            };
            assert_eq!(travels_in_clear(&http), clear, "{url}");
        };
        check("https://id.example.org", false);
        check("http://localhost:8700", false);
        check("http://127.0.0.1", false);
        check("http://[::1]:8700", false);
        check("http://192.168.1.20:8700", true);
        check("http://id.example.org", true);
    }

    #[test]
    fn a_refusal_is_told_where_it_belongs() {
        let weak = Error::new(&codes::PASSWORD_WEAK)
            .field("/password", "too_short", "One.")
            .field("/password", "too_common", "Two.");
        let refusal = Refusal::of(&weak);
        assert_eq!(refusal.field("password"), "One. Two.");
        assert_eq!(
            (refusal.general(), refusal.field("email").as_str()),
            (None, "")
        );
        let spent = Refusal::of(&Error::new(&codes::ONE_TIME_INVALID));
        assert!(spent.general().unwrap().contains("ask for a new one"));
    }
}
