//! The session cookie: its name, its attributes and how it is read.
//!
//! Under https it has the `__Host-` prefix (RFC 6265bis), so that no neighbour
//! on the domain can plant one. Over plain http browsers refuse that prefix
//! and `Secure`, so there it goes without.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes};

use crate::state::Http;

/// A cookie of ours, by what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The session. `SameSite=Lax`, so that a link from elsewhere arrives
    /// signed in.
    Session,
    /// Half of a form's token. Never needed on a request from elsewhere.
    Form,
}

impl Cookie {
    /// Its name.
    pub(crate) const fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Self::Session, true) => "__Host-tollgate",
            (Self::Session, false) => "tollgate",
            (Self::Form, true) => "__Host-tollgate-form",
            (Self::Form, false) => "tollgate-form",
        }
    }

    /// The value in a request; none if it is not there or not ASCII.
    pub(crate) fn read(self, headers: &HeaderMap, http: &Http) -> Result<Option<SecretString>> {
        find(headers, self.name(http.is_https()))
    }

    /// The header that sets it; without `max_age` it ends with the browser.
    pub(crate) fn set(
        self,
        http: &Http,
        value: &SecretString,
        max_age: Option<Duration>,
    ) -> HeaderValue {
        let name = self.name(http.is_https());
        let same_site = match self {
            Self::Session => "Lax",
            Self::Form => "Strict",
        };
        let secure = if http.is_https() { "; Secure" } else { "" };
        let age = max_age.map_or_else(String::new, |age| format!("; Max-Age={}", age.as_secs()));
        let value = value.expose_secret();
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite={same_site}{secure}{age}");
        let mut header =
            HeaderValue::from_str(&text).expect("tokens are letters, digits, `_`, `-` and `.`");
        header.set_sensitive(true);
        header
    }
}

/// The name of the session cookie.
pub fn name(http: &Http) -> &'static str {
    Cookie::Session.name(http.is_https())
}

/// The session cookie of a request.
///
/// # Errors
/// `request.credentials` if it was sent twice: one of the two was planted.
pub fn read(headers: &HeaderMap, http: &Http) -> Result<Option<SecretString>> {
    Cookie::Session.read(headers, http)
}

/// The header that sets the session cookie. Without `max_age` the browser
/// keeps it until it closes.
pub fn set(http: &Http, value: &SecretString, max_age: Option<Duration>) -> HeaderValue {
    Cookie::Session.set(http, value, max_age)
}

/// The header that takes the session cookie away.
pub fn clear(http: &Http) -> HeaderValue {
    Cookie::Session.set(http, &SecretString::default(), Some(Duration::ZERO))
}

/// A cookie by its exact name. Cookies of others on the same host are none of
/// our business, whatever is in them.
///
/// # Errors
/// `request.credentials` if it was sent twice.
pub fn find(headers: &HeaderMap, name: &str) -> Result<Option<SecretString>> {
    let text = place(headers, name)?.map(|value| String::from_utf8_lossy(value).into_owned());
    Ok(text.map(SecretString::from))
}

/// The same where it stands.
///
/// # Errors
/// `request.credentials` if it was sent twice.
pub(crate) fn place<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a [u8]>> {
    let mut found = None;
    for line in headers.get_all(header::COOKIE) {
        for pair in line.as_bytes().split(|byte| *byte == b';') {
            let pair = pair.trim_ascii();
            let Some(at) = pair.iter().position(|byte| *byte == b'=') else {
                continue;
            };
            if pair[..at].trim_ascii() != name.as_bytes() {
                continue;
            }
            if found.is_some() {
                return Err(Error::new(&codes::REQUEST_CREDENTIALS));
            }
            found = Some(pair[at + 1..].trim_ascii());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::tests::http;

    fn cookies(lines: &[&[u8]]) -> HeaderMap {
        let lines = lines
            .iter()
            .map(|line| (header::COOKIE, HeaderValue::from_bytes(line).unwrap()));
        lines.collect()
    }

    /// asvs:V3.3.1, asvs:V3.3.2, asvs:V3.3.3, asvs:V3.3.4
    #[test]
    fn the_attributes_are_as_strict_as_the_scheme_allows() {
        let value = SecretString::from("tgs_1");
        let shown = |header: HeaderValue| header.to_str().unwrap().to_owned();
        assert_eq!(
            shown(set(&http("https://x"), &value, None)),
            "__Host-tollgate=tgs_1; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            shown(clear(&http("http://x"))),
            "tollgate=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
        );
        assert!(set(&http("http://x"), &value, None).is_sensitive());
    }

    /// vuln:34
    #[test]
    fn two_cookies_of_one_name_are_refused_in_any_form() {
        for lines in [
            &[b"tollgate=a; tollgate=b".as_slice()] as &[&[u8]],
            &[b"tollgate=a", b"tollgate=a"],
            &[b"x=1;tollgate =a;tollgate="],
        ] {
            let refused = read(&cookies(lines), &http("http://x")).unwrap_err();
            assert!(refused.is(&codes::REQUEST_CREDENTIALS));
        }
    }

    #[test]
    fn cookies_of_others_do_not_matter() {
        let headers = cookies(&[b"a=\xff; tollgatex=1; b; =; tollgate=tgs_1; c=\x80"]);
        let found = read(&headers, &http("http://x")).unwrap().unwrap();
        assert_eq!(found.expose_secret(), "tgs_1");
        assert!(read(&headers, &http("https://x")).unwrap().is_none());
    }
}
