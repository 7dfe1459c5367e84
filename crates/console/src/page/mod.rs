//! The ground of the pages: what every page knows of its reader, and how one
//! is sent. A page can only be sent through here, which puts the policy on.

mod applicant;
mod chart;
mod code_offer;
mod confirm;
mod delivery;
mod devices;
mod done;
mod events;
mod first_passkey;
mod form;
mod look;
mod nav;
mod new_password;
mod next;
mod note;
mod passkey;
mod recovery_codes;
mod refusal;
mod reset_link;
mod rules;
mod sessions;
mod shell;
mod step_up;
mod table;
mod undelivered;
mod upload;
mod visitor;
mod when;

use askama::DynTemplate;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{Html, IntoResponse, Redirect, Response},
};
use tollgate_base::{Error, ExposeSecret, Result, codes, id::SessionId};
use tollgate_flows::{Credentials, Renewed, SignedIn};
use tollgate_web::{Http, Problem, Web, cookies, form as token, problem, request_id, session};

pub(crate) use self::{
    applicant::applicant,
    chart::Chart,
    code_offer::CodeOffer,
    confirm::Confirm,
    devices::DeviceRow,
    done::Done,
    events::{EventRow, Party, kind_words, people_in},
    first_passkey::{Return, ask_first_passkey, show_first_codes},
    form::{Button, HasToken, Submitted},
    look::{LANG, THEME, Theme, preference},
    new_password::{LinkWords, NewPasswordForm, NewPasswordPage},
    next::{Query, local_path, onward, pair},
    note::Note,
    passkey::AskedPasskey,
    recovery_codes::{FEW_CODES, added, shown_codes},
    refusal::Refusal,
    reset_link::reset_link,
    sessions::SessionRow,
    shell::icon,
    step_up::{StepUp, is_stale},
    table::{Asked, Sort, Table},
    undelivered::UndeliveredRow,
    upload::SubmittedFile,
    visitor::{Known, Me, Visitor, initials},
    when::When,
};
use crate::{
    assets::{Asset, Ground},
    words::{Locale, Message},
};

/// Nothing but our own style, script and pictures may load; forms and scripts
/// ask nobody else.
const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every page shows beside its own subject.
pub(crate) struct Frame {
    /// The language.
    pub(crate) locale: Locale,
    /// Light or dark.
    pub(crate) theme: Theme,
    /// The hidden half of its forms' token.
    pub(crate) form_token: String,
    /// Whether what is typed could be read on its way.
    pub(crate) plain: bool,
    /// The path of this page, to come back to after changing how it looks. On
    /// an app's host there is none: how pages look is chosen on ours.
    pub(crate) here: Option<String>,
    /// Where the brand leads.
    pub(crate) home: String,
    /// Where style, script and the mark are.
    pub(crate) style: &'static str,
    pub(crate) script: &'static str,
    pub(crate) mark: &'static str,
    /// The languages and the ways to look that there are to choose from.
    pub(crate) locales: &'static [Locale],
    pub(crate) themes: &'static [Theme],
    /// Who is signed in, where the page is theirs.
    pub(crate) me: Option<Me>,
    /// The other half of the token.
    cookie: Option<HeaderValue>,
}

impl Frame {
    /// For the page that answers such a request of that session.
    ///
    /// # Errors
    /// `internal.entropy`, `request.credentials`.
    pub(crate) fn new(
        web: &Web,
        headers: &HeaderMap,
        uri: &Uri,
        session: Option<SessionId>,
    ) -> Result<Self> {
        if Ground::of(uri.path()) == Ground::Site {
            return Ok(Self::bare(&web.http(), headers, uri));
        }
        let token = token::issue(web, headers, session)?;
        Ok(Self {
            form_token: token.field.expose_secret().to_owned(),
            cookie: Some(token.cookie),
            ..Self::bare(&web.http(), headers, uri)
        })
    }

    /// A page whose forms cannot be sent, for when there is no token.
    pub(crate) fn bare(http: &Http, headers: &HeaderMap, uri: &Uri) -> Self {
        let here = uri.path_and_query().map_or("/", |whole| whole.as_str());
        let ground = Ground::of(uri.path());
        let (here, home) = match ground {
            Ground::Ours => (Some(local_path(here).unwrap_or("/")), "/".to_owned()),
            Ground::Site => (None, format!("{}/", http.public_url)),
        };
        Self {
            locale: look::locale(headers),
            theme: look::theme(headers),
            form_token: String::new(),
            plain: travels_in_clear(http),
            here: here.map(ToOwned::to_owned),
            home,
            style: Asset::Style.address(ground),
            script: Asset::Script.address(ground),
            mark: Asset::Mark.address(ground),
            locales: Locale::ALL,
            themes: Theme::ALL,
            me: None,
            cookie: None,
        }
    }

    /// The same for the answer to a form that is sent to another address than
    /// its page's: `path` is where that page is.
    pub(crate) fn at(mut self, path: &str) -> Self {
        self.here = Some(path.to_owned());
        self
    }

    /// A message in the reader's language.
    pub(crate) fn t<'a>(&self, key: &'a str) -> Message<'a> {
        self.locale.say(key)
    }

    /// Nothing, where a part may say something.
    pub(crate) fn blank(&self) -> Message<'static> {
        self.locale.say("")
    }

    /// Send a page in this frame.
    pub(crate) fn send(
        &self,
        status: StatusCode,
        page: &dyn DynTemplate,
    ) -> Result<Response, Problem> {
        let text = page
            .dyn_render()
            .map_err(|fault| Error::new(&codes::INTERNAL).because(fault))?;
        let language = HeaderValue::from_static(self.locale.tag());
        let headers = [
            (
                header::CONTENT_SECURITY_POLICY,
                HeaderValue::from_static(CSP),
            ),
            (header::CONTENT_LANGUAGE, language),
        ];
        let mut response = (status, headers, Html(text)).into_response();
        if let Some(cookie) = &self.cookie {
            response
                .headers_mut()
                .append(header::SET_COOKIE, cookie.clone());
        }
        Ok(response)
    }

    /// Send a form again, with what was wrong about it.
    pub(crate) fn send_refusal(
        &self,
        fault: &Error,
        page: &dyn DynTemplate,
    ) -> Result<Response, Problem> {
        let mut response = self.send(problem::status(fault), page)?;
        if let Some(wait) = fault.wait() {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, problem::seconds(wait));
        }
        Ok(response)
    }
}

impl FromRequestParts<Web> for Frame {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let session = session(parts, web).await?;
        Ok(Self::new(web, &parts.headers, &parts.uri, session)?)
    }
}

/// Go on at a path of ours, by GET.
pub(crate) fn go(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// Put the cookies of a session that was opened onto an answer.
pub(crate) fn admit(web: &Web, signed_in: &SignedIn, mut response: Response) -> Response {
    if let Credentials::Cookie { secret, max_age } = &signed_in.credentials {
        let cookie = cookies::set(&web.http(), secret, *max_age);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    if let Some(secrets) = &signed_in.device {
        let cookie = cookies::keep_devices(&web.http(), secrets);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Put the new secret of a session, if there is one, onto an answer.
pub(crate) fn renew(web: &Web, renewed: &Renewed, mut response: Response) -> Response {
    if let Some([(name, cookie)]) = cookies::renew(&web.http(), renewed) {
        response.headers_mut().append(name, cookie);
    }
    response
}

/// The id of the request that this page answers.
pub(crate) fn request_id() -> Option<String> {
    request_id::current().map(|id| id.to_string())
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

    use tollgate_web::{Http, Limits, Networks};

    use super::travels_in_clear;

    #[test]
    fn plain_http_is_only_safe_on_this_machine() {
        let check = |url: &str, clear: bool| {
            let http = Http {
                public_url: url.to_owned(),
                listen: ([127, 0, 0, 1], 8700).into(),
                trusted_proxies: Vec::new(),
                cors_origins: Vec::new(),
                body_limit: 1,
                hsts_subdomains: false,
                request_timeout: Duration::ZERO,
                limits: Limits::default(),
                networks: Networks::default(),
                security_contact: None,
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
}
