//! Where to go on after signing in: a path of this server and nothing else.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Query as Lenient},
    http::request::Parts,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;

use tollgate_flows::is_local;
use tollgate_web::Web;

/// What the address of a page says, leniently: links from elsewhere carry
/// parameters that are not ours, and what cannot be read says nothing.
pub(crate) struct Query<T>(pub(crate) T);

/// Longer ones are forgotten.
const LONGEST: usize = 2_000;

/// The path, if it can only be one here: one slash first, and nothing that a
/// browser reads as the beginning of a host or skips.
pub(crate) fn local_path(text: &str) -> Option<&str> {
    (is_local(text) && text.len() <= LONGEST).then_some(text)
}

/// A parameter of an address with its value.
pub(crate) fn pair(name: &str, value: &str) -> String {
    format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))
}

/// The address of a page from which one goes on there.
pub(crate) fn onward(page: &str, next: &str) -> String {
    match local_path(next) {
        Some("/") | None => page.to_owned(),
        Some(next) => format!("{page}?{}", pair("next", next)),
    }
}

impl<T: DeserializeOwned + Default> FromRequestParts<Web> for Query<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Infallible> {
        let read = Lenient::try_from_uri(&parts.uri).map(|Lenient(read)| read);
        Ok(Self(read.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::local_path;

    /// vuln:82
    #[test]
    fn nothing_leads_to_another_host() {
        for good in [
            "/",
            "/me",
            "/enter?to=https%3A%2F%2Fapp.example%2F&state=a",
            "/a//b",
            "/me#x",
        ] {
            assert_eq!(local_path(good), Some(good));
        }
        let long = format!("/{}", "a".repeat(2_000));
        for bad in [
            "",
            "me",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/a\\b",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\n/evil.example",
            " /me",
            "/me ",
            "/\u{e9}",
            "///evil.example",
            "/me\r\nset-cookie: a=1",
            &long,
        ] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
    }
}
