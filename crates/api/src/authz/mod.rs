//! Forward-auth: a proxy asks for each request whether it may pass. What the
//! proxies say differs, so each has an address of its own; the answer is the
//! same: 200 with who it is, or what the visitor is to be told instead.
//!
//! This path is the hottest there is: its cost is added to every request of
//! every app. It goes around the router and the layers of the house, as a
//! visitor's preflight or address must not be taken for one of ours either.

mod description;

use std::{net::SocketAddr, pin::pin, sync::Arc, task::Poll, time::Duration};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::poll;
use metrics::Counter;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::time::timeout;
use tollgate_base::{Error, Kind, Result, access::Principal, codes, id::UserId};
use tollgate_flows::{
    Path, Site,
    admit::{Credential, Presented, admit, is_ours, remembered},
    ctx::{Binding, Face},
    gate::{self, Decision, Visit},
    is_local, sites,
};
use tollgate_web::{
    Problem, SiteCookie, Trace, Web, bare, credentials, place,
    proxies::{IDENTITY, Proxy},
    request_id,
};

pub(crate) use description::complete;

/// What their addresses begin with.
const PREFIX: &str = "/api/authz/";
/// What all of them are to who traces.
const ROUTE: &str = "/api/authz/{proxy}";
/// Why somebody may not pass, for a proxy that answers in words of its own.
const CODE: HeaderName = HeaderName::from_static("tollgate-code");
/// A longer address is not returned to after signing in.
const RETURN_MOST: usize = 2_000;

/// What came of it.
#[derive(Clone, Copy)]
enum Outcome {
    Allowed,
    SignIn,
    Refused,
    Failed,
}

/// What a visitor asks for, as their proxy says it.
struct Asked<'a> {
    host: &'a str,
    target: &'a str,
    method: &'a str,
}

/// Who asks, and what the gate says.
struct Judged {
    visitor: Visitor,
    decision: Decision,
}

/// Who it is, and how that is known.
struct Visitor {
    who: Principal,
    /// By a token of ours, which is no business of the app's.
    by_token: bool,
}

/// What answers proxies. Cheap to clone.
#[derive(Clone)]
pub struct ForwardAuth(Arc<Inner>);

struct Inner {
    web: Web,
    decisions: [[Counter; 4]; 4],
}

impl<'a> Asked<'a> {
    /// What the visitor asks for, in this proxy's words. None unless all of it is
    /// said, and once.
    fn read(proxy: Proxy, request: &'a Parts) -> Option<Self> {
        let headers = &request.headers;
        match proxy {
            Proxy::Nginx => {
                let (host, target) = sites::apart(one(headers, "x-original-url")?)?;
                Some(Self {
                    host,
                    target,
                    method: one(headers, "x-original-method")?,
                })
            }
            Proxy::Caddy | Proxy::Traefik => Some(Self {
                host: one(headers, "x-forwarded-host")?,
                target: one(headers, "x-forwarded-uri")?,
                method: one(headers, "x-forwarded-method")?,
            }),
            Proxy::Envoy => {
                let whole = request
                    .uri
                    .path_and_query()
                    .map_or("", |whole| whole.as_str());
                let target = whole.strip_prefix(PREFIX)?.strip_prefix("envoy")?;
                Some(Self {
                    host: one(headers, "host")?,
                    target: if target.is_empty() { "/" } else { target },
                    method: request.method.as_str(),
                })
            }
        }
    }
}

impl Outcome {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Allowed, "allowed"),
        (Self::SignIn, "sign_in"),
        (Self::Refused, "refused"),
        (Self::Failed, "failed"),
    ];
}

impl ForwardAuth {
    /// With the context of the house.
    pub fn new(web: Web) -> Self {
        let counter = |proxy: &'static str, result: &'static str| metrics::counter!("tollgate_authz_decisions_total", "proxy" => proxy, "result" => result);
        let decisions =
            Proxy::ALL.map(|proxy| Outcome::ALL.map(|(_, result)| counter(proxy.name(), result)));
        Self(Arc::new(Inner { web, decisions }))
    }

    /// The answer to a proxy, if this request is one's question.
    pub async fn answer(&self, request: &mut Parts, peer: SocketAddr) -> Option<Response> {
        let proxy = at(request.uri.path())?;
        // From where the visitor comes costs something to know.
        let (web, http) = (&self.0.web, self.0.web.http());
        let placed = !http.networks.are_open() || web.ctx().binding() != Binding::Off;
        if placed {
            request.extensions.insert(ConnectInfo(peer));
        }
        let (outcome, response) = match Trace::begin(&request.method, ROUTE) {
            None => self.decide(proxy, request).await,
            Some(trace) => {
                let work = trace.over(self.decide(proxy, request), |(_, it)| it.status());
                Box::pin(work).await
            }
        };
        self.0.decisions[proxy as usize][outcome as usize].increment(1);
        Some(response)
    }

    async fn decide(&self, proxy: Proxy, request: &Parts) -> (Outcome, Response) {
        let web = &self.0.web;
        let refuse = async |code, site: Option<&Site>, person| {
            self.refuse(Error::new(code), proxy, site, person).await
        };
        let Some(asked) = Asked::read(proxy, request) else {
            return refuse(&codes::GATE_REQUEST, None, None).await;
        };
        let Some(site) = web.ctx().sites().at(asked.host).cloned() else {
            return refuse(&codes::SITE_UNKNOWN, None, None).await;
        };
        let http = web.http();
        let network = http
            .networks
            .check(&request.headers, &request.extensions, &http);
        if network.is_err() {
            return refuse(&codes::NETWORK_DENIED, Some(&site), None).await;
        }
        let mut work = pin!(self.judge(&site, &asked, request));
        let judged = match poll!(work.as_mut()) {
            // What is in memory needs no deadline.
            Poll::Ready(judged) => judged,
            Poll::Pending => {
                let late =
                    || Error::new(&codes::REQUEST_TIMEOUT).retry_after(Duration::from_secs(1));
                let judged = timeout(web.http().request_timeout, work).await;
                judged.unwrap_or_else(|_| Err(late()))
            }
        };
        let Judged { visitor, decision } = match judged {
            Ok(judged) => judged,
            Err(error) => return self.refuse(error, proxy, Some(&site), None).await,
        };
        match decision {
            Decision::Pass { face, statement } => {
                let mut response = pass(face.as_deref(), statement.as_ref());
                let hidden = visitor.by_token || self.holds_ours(&request.headers);
                let theirs = authorization(&request.headers).filter(|_| !hidden);
                response
                    .headers_mut()
                    .insert(header::AUTHORIZATION, theirs.unwrap_or(EMPTY));
                (Outcome::Allowed, response)
            }
            Decision::SignIn => {
                let response = self.sign_in(proxy, &site, &asked, &request.headers).await;
                (Outcome::SignIn, response)
            }
            Decision::Enrol => {
                let who = visitor.who.user();
                let (outcome, mut response) =
                    refuse(&codes::FACTOR_REQUIRED, Some(&site), who).await;
                if is_browser(asked.method, &request.headers) {
                    lead(proxy, &mut response, entrance(&site, asked.target));
                }
                (outcome, response)
            }
            Decision::Refuse => {
                let who = visitor.who.user();
                let (outcome, mut response) = refuse(&codes::GATE_DENIED, Some(&site), who).await;
                if is_browser(asked.method, &request.headers) {
                    lead(proxy, &mut response, on(&site, "/.tollgate/refused"));
                }
                (outcome, response)
            }
        }
    }

    async fn judge(&self, site: &Site, asked: &Asked<'_>, request: &Parts) -> Result<Judged> {
        let ctx = self.0.web.ctx();
        let visitor = self.visitor(site, request).await?;
        let path = Path::read(asked.target);
        let visit = Visit {
            site,
            path: &path,
            method: asked.method,
        };
        let decision = gate::check(ctx, &visitor.who, visit).await?;
        Ok(Judged { visitor, decision })
    }

    /// Who it is, by a token of ours or else by the cookie of this host. What is
    /// neither may be the app's own, and says nothing.
    async fn visitor(&self, site: &Site, request: &Parts) -> Result<Visitor> {
        let (ctx, nobody) = (self.0.web.ctx(), Principal::Anonymous);
        let headers = &request.headers;
        let place = &place(&self.0.web, headers, &request.extensions);
        let known = |who, by_token| Visitor { who, by_token };
        let token = credentials::bearer_in_place(headers).unwrap_or_default();
        let cookie = SiteCookie::Visit
            .place(headers, &site.address)
            .unwrap_or_default();
        let host = site.address.host();
        if let Some(token) = token {
            let shown = Presented::Access(token.as_bytes());
            if let Some(who) = remembered(ctx, &nobody, (shown, place))? {
                return Ok(known(who, true));
            }
            let credential = Credential::Access(token.into());
            let who = admit(ctx, &nobody, (&credential, place)).await;
            if !is_stranger(&who) {
                return Ok(known(who?, true));
            }
        }
        if let Some(cookie) = cookie {
            let shown = Presented::Site(host, cookie);
            if let Some(who) = remembered(ctx, &nobody, (shown, place))? {
                return Ok(known(who, false));
            }
            let credential = Credential::Site {
                host: host.to_owned(),
                token: String::from_utf8_lossy(cookie).into_owned().into(),
            };
            let who = admit(ctx, &nobody, (&credential, place)).await;
            if !is_stranger(&who) {
                return Ok(known(who?, false));
            }
        }
        Ok(known(nobody, false))
    }

    /// Whether a token of ours was sent that admits nobody: one that ended, one that
    /// is for something else, or one in a form that is none.
    fn holds_ours(&self, headers: &HeaderMap) -> bool {
        let sent = headers.get_all(header::AUTHORIZATION).iter();
        let apart = |sign: char| !(sign.is_ascii_alphanumeric() || "._-".contains(sign));
        sent.map(|value| String::from_utf8_lossy(value.as_bytes()))
            .any(|text| {
                text.split(apart)
                    .any(|word| is_ours(self.0.web.ctx(), word))
            })
    }

    /// To sign-in with a browser; a program is told that it needs a credential.
    async fn sign_in(
        &self,
        proxy: Proxy,
        site: &Site,
        asked: &Asked<'_>,
        headers: &HeaderMap,
    ) -> Response {
        let error = Error::new(&codes::AUTH_REQUIRED);
        let mut response = self.problem(async { Problem::from(error) }).await;
        if is_browser(asked.method, headers) {
            lead(proxy, &mut response, entrance(site, asked.target));
        }
        response
    }

    /// The line in the log is what the request id of the answer leads to.
    async fn refuse(
        &self,
        error: Error,
        proxy: Proxy,
        site: Option<&Site>,
        person: Option<UserId>,
    ) -> (Outcome, Response) {
        let outcome = match error.kind() {
            Kind::Denied => Outcome::Refused,
            _ => Outcome::Failed,
        };
        let error_code = error.code().name;
        let work = async {
            tracing::info!(
                request.id = request_id::current().map(display),
                code = error_code,
                proxy = proxy.name(),
                site = site.map(|site| site.name.as_str()),
                subject = person.map(display),
                "Refused at the gate"
            );
            Problem::from(error)
        };
        let mut response = self.problem(work).await;
        let code = HeaderValue::from_static(error_code);
        response.headers_mut().insert(CODE, code);
        (outcome, response)
    }

    async fn problem(&self, work: impl Future<Output = Problem>) -> Response {
        let mut response = bare(&self.0.web, async { work.await.into_response() }).await;
        response.headers_mut().extend(nobody());
        response
    }
}

/// Whose address this is. Envoy's begins the visitor's own path.
fn at(path: &str) -> Option<Proxy> {
    let name = path.strip_prefix(PREFIX)?;
    match name.split_once('/') {
        None => Proxy::by_name(name),
        Some((name, _)) => Proxy::by_name(name).filter(|proxy| *proxy == Proxy::Envoy),
    }
}

fn is_stranger(known: &Result<Principal>) -> bool {
    known
        .as_ref()
        .is_err_and(|error| error.kind() == Kind::Stranger)
}

/// 200, with every header that tells who it is.
fn pass(face: Option<&Face>, statement: Option<&Bytes>) -> Response {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.reserve(IDENTITY.len());
    let Some(face) = face else {
        headers.extend(nobody());
        return response;
    };
    let texts = [
        Some(&face.name),
        Some(&face.email),
        Some(&face.display_name),
        Some(&face.groups),
        Some(&face.id),
        statement,
    ];
    for ((_, name), text) in IDENTITY.into_iter().zip(texts) {
        let value = text.map(|text| HeaderValue::from_maybe_shared(text.clone()));
        // A text that no header can hold is left out; none has control characters.
        let value = value.and_then(Result::ok);
        headers.insert(name, value.unwrap_or(EMPTY));
    }
    response
}

/// The credentials that a visitor sent, if they can be read in one way only.
fn authorization(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    match (all.next(), all.next()) {
        (Some(value), None) => Some(value.clone()),
        _ => None,
    }
}

/// The same headers, saying nothing.
fn nobody() -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    IDENTITY.into_iter().map(|(_, name)| (name, EMPTY))
}

const EMPTY: HeaderValue = HeaderValue::from_static("");

/// The one header of that name, as text.
fn one<'a>(headers: &'a HeaderMap, name: &'static str) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    match (all.next(), all.next()) {
        (Some(value), None) => std::str::from_utf8(value.as_bytes()).ok(),
        _ => None,
    }
}

/// Whether somebody looks at the answer. Scripts of a page say that they do not
/// navigate; where nothing is said, whoever takes HTML does.
fn is_browser(method: &str, headers: &HeaderMap) -> bool {
    if let Some(mode) = headers.get("sec-fetch-mode") {
        return mode == "navigate";
    }
    let takes_html = |value: &HeaderValue| {
        value
            .to_str()
            .is_ok_and(|text| text.to_ascii_lowercase().contains("text/html"))
    };
    matches!(method, "GET" | "HEAD") && headers.get_all(header::ACCEPT).iter().any(takes_html)
}

/// Have a browser go on there. nginx does it by itself, as it takes no redirect
/// for an answer.
fn lead(proxy: Proxy, response: &mut Response, to: HeaderValue) {
    if !matches!(proxy, Proxy::Nginx) {
        *response.status_mut() = StatusCode::FOUND;
    }
    response.headers_mut().insert(header::LOCATION, to);
}

/// Where a sign-in to this site begins, and where it is to end.
fn entrance(site: &Site, target: &str) -> HeaderValue {
    let fits = is_local(target) && target.len() <= RETURN_MOST;
    let to = utf8_percent_encode(if fits { target } else { "/" }, NON_ALPHANUMERIC);
    on(site, &format!("/.tollgate/enter?to={to}"))
}

/// An address of ours on the app's host.
fn on(site: &Site, path: &str) -> HeaderValue {
    let location = format!("{}{path}", site.address.origin());
    HeaderValue::from_str(&location).expect("an origin and %-encoded text are ASCII")
}
