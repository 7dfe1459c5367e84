//! The cookies of our own host: their names, their attributes and how they are
//! read.
//!
//! Under https it has the `__Host-` prefix (RFC 6265bis), so that no neighbour
//! on the domain can plant one. Over plain http browsers refuse that prefix
//! and `Secure`, so there it goes without.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes};
use tollgate_flows::{Credentials, DeviceSecrets, Renewed};

use crate::state::Http;

/// Where programs say what they are known again by.
pub const DEVICE: HeaderName = HeaderName::from_static("tollgate-device");

const CLEAR: HeaderName = HeaderName::from_static("clear-site-data");

/// A cookie of ours, by what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// The session. `SameSite=Lax`, so that a link from elsewhere arrives
    /// signed in.
    Session,
    /// What this browser is known again by. `SameSite=Lax` as the session's, which
    /// may be bound to it.
    Device,
    /// Half of a form's token. Never needed on a request from elsewhere.
    Form,
    /// Tells that a sign-in by mail ends in the browser that asked for it. `Lax`,
    /// as it is a mail that leads back.
    Mail,
}

impl Cookie {
    /// Its name.
    pub(crate) const fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Self::Session, true) => "__Host-tollgate",
            (Self::Session, false) => "tollgate",
            (Self::Device, true) => "__Host-tollgate-device",
            (Self::Device, false) => "tollgate-device",
            (Self::Form, true) => "__Host-tollgate-form",
            (Self::Form, false) => "tollgate-form",
            (Self::Mail, true) => "__Host-tollgate-mail",
            (Self::Mail, false) => "tollgate-mail",
        }
    }

    /// The value in a request, if it is there.
    ///
    /// # Errors
    /// `request.credentials` if it was sent twice: one of the two was planted.
    pub fn read(self, headers: &HeaderMap, http: &Http) -> Result<Option<SecretString>> {
        find(headers, self.name(http.is_https()))
    }

    /// The header that sets it; without `max_age` it ends with the browser.
    pub fn set(self, http: &Http, value: &SecretString, max_age: Option<Duration>) -> HeaderValue {
        let name = self.name(http.is_https());
        let same_site = match self {
            Self::Session | Self::Device | Self::Mail => "Lax",
            Self::Form => "Strict",
        };
        let secure = if http.is_https() { "; Secure" } else { "" };
        let age = max_age.map_or_else(String::new, |age| format!("; Max-Age={}", age.as_secs()));
        let value = value.expose_secret();
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite={same_site}{secure}{age}");
        let mut header = HeaderValue::from_str(&text)
            .expect("tokens are letters, digits, `_`, `-`, `.` and `%`");
        header.set_sensitive(true);
        header
    }

    /// The header that takes it away.
    pub fn clear(self, http: &Http) -> HeaderValue {
        self.set(http, &SecretString::default(), Some(Duration::ZERO))
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

/// The header that gives a browser the new secret of its session, if there is one.
pub fn renew(http: &Http, renewed: &Renewed) -> Option<[(HeaderName, HeaderValue); 1]> {
    match renewed.credentials()? {
        Credentials::Cookie { secret, max_age } => {
            Some([(header::SET_COOKIE, set(http, secret, *max_age))])
        }
        Credentials::Tokens { .. } => None,
    }
}

/// As long as browsers keep a cookie at most: 400 days.
const DEVICE_KEPT: Duration = Duration::from_hours(400 * 24);

/// What the browser, or the program, that sent a request is known again by.
/// Programs say it in a header. What cannot be read says nothing.
pub fn devices(headers: &HeaderMap, http: &Http) -> DeviceSecrets {
    let mut said = headers.get_all(DEVICE).iter();
    if let (Some(value), None) = (said.next(), said.next()) {
        return DeviceSecrets::read(value.to_str().unwrap_or_default());
    }
    let cookie = Cookie::Device.read(headers, http).ok().flatten();
    cookie.map_or_else(DeviceSecrets::default, |cookie| {
        DeviceSecrets::read(cookie.expose_secret())
    })
}

/// The header that has a browser keep what it is known again by.
pub fn keep_devices(http: &Http, secrets: &DeviceSecrets) -> HeaderValue {
    Cookie::Device.set(http, &secrets.text(), Some(DEVICE_KEPT))
}

/// The header that takes the session cookie away.
pub fn clear(http: &Http) -> HeaderValue {
    Cookie::Session.clear(http)
}

/// What the answer to whoever leaves has: the session cookie is taken away, and what pages
/// have kept in the browser. Which devices and colours it knows stays.
pub fn leave(http: &Http) -> [(HeaderName, HeaderValue); 2] {
    let kept = HeaderValue::from_static("\"storage\"");
    [(header::SET_COOKIE, clear(http)), (CLEAR, kept)]
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
