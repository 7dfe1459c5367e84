//! The way of a sign-in from our host to an app's, as addresses: some on the
//! app's host, below `/.tollgate/`, and one on ours. Nothing here is shown
//! unless something is wrong.
//!
//! ```text
//! app   /.tollgate/enter   a nonce in this browser          → /enter
//! ours  /enter             signed in? a ticket for it       → /.tollgate/land
//! app   /.tollgate/land    ticket and nonce for a cookie    → where it began
//! ```

use std::{sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use tollgate_base::{Error, ExposeSecret, Kind, access::Principal, codes};
use tollgate_flows::{
    Site,
    admit::{Credential, admit},
    gate::{self, Enter, Land},
    is_local,
};
use tollgate_web::{Problem, SiteCookie, Web, cookies, input::Query, place};

/// How long a sign-in may take until its browser is not recognised any more.
const NONCE_LIVES: Duration = Duration::from_mins(10);

/// Where a sign-in begins.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Begin {
    #[serde(default)]
    to: String,
    /// Whether it came back once and could not be finished.
    again: Option<String>,
}

/// Where it comes to us.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cross {
    to: String,
    state: String,
    again: Option<String>,
}

/// Where it ends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct End {
    ticket: String,
    #[serde(default)]
    to: String,
    again: Option<String>,
}

/// On the app's host: put a nonce into this browser and go on to us.
pub(crate) async fn begin(
    State(web): State<Web>,
    headers: HeaderMap,
    Query(begin): Query<Begin>,
) -> Result<Response, Problem> {
    let site = here(&web, &headers)?;
    let known = SiteCookie::Nonce.read(&headers, &site.address)?;
    let nonce = match known.filter(|nonce| gate::state(nonce).is_some()) {
        Some(nonce) => nonce,
        None => gate::nonce(web.ctx())?,
    };
    let state = gate::state(&nonce).unwrap_or_default();
    let back = format!("{}{}", site.address.origin(), local(&begin.to));
    let ours = web.ctx().policy().public_url.clone();
    let again = if begin.again.is_some() {
        "&again=1"
    } else {
        ""
    };
    let on = format!("{ours}/enter?to={}&state={state}{again}", encoded(&back));
    let cookie = SiteCookie::Nonce.set(&site.address, &nonce, Some(NONCE_LIVES));
    Ok(redirect(&on, [(header::SET_COOKIE, cookie)]))
}

/// On our host: who is signed in gets a ticket, who is not signs in first.
pub(crate) async fn cross(
    State(web): State<Web>,
    headers: HeaderMap,
    extensions: Extensions,
    Query(cross): Query<Cross>,
) -> Result<Response, Problem> {
    let (ctx, http) = (web.ctx(), web.http());
    // Nobody signs in for an address that leads nowhere.
    if ctx.sites().destination(&cross.to).is_none() {
        return Err(Error::new(&codes::SITE_UNKNOWN).into());
    }
    let again = cross.again.as_ref().map_or("", |_| "&again=1");
    let (to, state) = (encoded(&cross.to), encoded(&cross.state));
    let here = format!("/enter?to={to}&state={state}{again}");
    let first = |page: &str| Ok(redirect(&format!("{page}?next={}", encoded(&here)), []));
    let who = match cookies::read(&headers, &http)? {
        Some(cookie) => {
            let (credential, place) = (
                Credential::Cookie(cookie),
                place(&web, &headers, &extensions),
            );
            admit(ctx, &Principal::Anonymous, (&credential, &place)).await
        }
        None => Err(Error::new(&codes::AUTH_REQUIRED)),
    };
    let who = match who {
        Err(error) if error.kind() == Kind::Stranger => return first("/signin"),
        who => who?,
    };
    let request = Enter {
        to: cross.to,
        state: cross.state,
    };
    let crossing = match gate::enter(ctx, &who, request).await {
        Err(error) if error.is(&codes::FACTOR_REQUIRED) => return first("/me/factors"),
        crossing => crossing?,
    };
    let (origin, ticket) = (
        crossing.site.address.origin(),
        encoded(crossing.ticket.expose_secret()),
    );
    let on = format!(
        "{origin}/.tollgate/land?ticket={ticket}&to={}{again}",
        encoded(&crossing.path)
    );
    Ok(redirect(&on, []))
}

/// On the app's host again: the ticket for a cookie, in the same browser. In
/// another one, or too late, it begins anew; once.
pub(crate) async fn end(
    State(web): State<Web>,
    headers: HeaderMap,
    Query(end): Query<End>,
) -> Result<Response, Problem> {
    let site = here(&web, &headers)?;
    let to = local(&end.to);
    let nonce = SiteCookie::Nonce.read(&headers, &site.address)?;
    let landed = match &nonce {
        Some(nonce) => {
            let request = Land {
                site: &site,
                ticket: &end.ticket,
                nonce,
            };
            gate::land(web.ctx(), &Principal::Anonymous, request).await
        }
        None => Err(Error::new(&codes::GATE_COOKIES)),
    };
    match landed {
        Ok(cookie) => {
            let cookie = SiteCookie::Visit.set(&site.address, &cookie, None);
            Ok(redirect(to, [(header::SET_COOKIE, cookie)]))
        }
        Err(error) if end.again.is_none() && !matches!(error.kind(), Kind::Busy | Kind::Broken) => {
            let begin = format!("/.tollgate/enter?to={}&again=1", encoded(to));
            Ok(redirect(&begin, []))
        }
        Err(error) => Err(error.into()),
    }
}

/// On the app's host: forget the cookie and go on to sign out.
pub(crate) async fn leave(State(web): State<Web>, headers: HeaderMap) -> Result<Response, Problem> {
    let site = here(&web, &headers)?;
    let ours = web.ctx().policy().public_url.clone();
    let cleared = (header::SET_COOKIE, SiteCookie::Visit.clear(&site.address));
    Ok(redirect(&format!("{ours}/signout"), [cleared]))
}

/// On the app's host: what is shown to whom its rules refuse.
pub(crate) async fn refuse(State(web): State<Web>, headers: HeaderMap) -> Problem {
    match here(&web, &headers) {
        Ok(_) => Error::new(&codes::GATE_DENIED).into(),
        Err(unknown) => unknown.into(),
    }
}

/// The app on whose host we are asked.
fn here(web: &Web, headers: &HeaderMap) -> Result<Arc<Site>, Error> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().unwrap_or_default(),
        _ => "",
    };
    let site = web.ctx().sites().at(host).cloned();
    site.ok_or_else(|| Error::new(&codes::SITE_UNKNOWN))
}

/// A path of this host to return to, but none of our own: those begin again.
fn local(to: &str) -> &str {
    if is_local(to) && !to.starts_with("/.tollgate") {
        to
    } else {
        "/"
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn redirect<const N: usize>(to: &str, more: [(HeaderName, HeaderValue); N]) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (
        StatusCode::SEE_OTHER,
        [(header::LOCATION, to)],
        more.into_iter().collect::<HeaderMap>(),
    )
        .into_response()
}
