//! Media types: which answer a client takes, and as what it sent its body.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts},
};
use tollgate_base::{Error, codes};
use tollgate_web::Web;
use url::form_urlencoded;

use super::Refusal;

/// What we render.
const JSON: &str = "application/json";

/// A request whose sender takes JSON.
pub(crate) struct Negotiated;

impl FromRequestParts<Web> for Negotiated {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Refusal> {
        negotiate(&parts.headers, &parts.uri).map(|()| Self)
    }
}

/// Refuse whoever does not take JSON. DRF looks at this before anything else.
///
/// # Errors
/// 406, or 404 for another `?format=`.
pub(crate) fn negotiate(headers: &HeaderMap, uri: &Uri) -> Result<(), Refusal> {
    let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let format = query.filter(|(name, _)| name == "format").last();
    if format.is_some_and(|(_, format)| !format.is_empty() && format != "json") {
        return Err(Error::new(&codes::ROUTE_MISSING).into());
    }
    let accepts: Vec<_> = headers
        .get_all(header::ACCEPT)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    if accepts.is_empty() {
        return Ok(());
    }
    let accepts = accepts.join(&b',');
    if String::from_utf8_lossy(&accepts)
        .split(',')
        .any(|theirs| matches(JSON, theirs))
    {
        return Ok(());
    }
    let sentence = "Could not satisfy the request Accept header.";
    Err(Refusal::detail(StatusCode::NOT_ACCEPTABLE, sentence))
}

/// Whether `theirs`, which may have parameters and asterisks, is `ours`.
pub(super) fn matches(ours: &str, theirs: &str) -> bool {
    let essence = theirs
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let (main, sub) = essence.split_once('/').unwrap_or((&essence, ""));
    let (our_main, our_sub) = ours.split_once('/').unwrap_or((ours, ""));
    (main == "*" || main == our_main) && (sub == "*" || sub == our_sub)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_matched_as_drf_does() {
        for good in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "*/*;q=0.8",
            "application/*",
        ] {
            assert!(matches(JSON, good), "{good}");
        }
        for bad in [
            "",
            "text/html",
            "application/jsonp",
            "application",
            "json",
            "*",
        ] {
            assert!(!matches(JSON, bad), "{bad}");
        }
    }
}
