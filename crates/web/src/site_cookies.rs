//! The two cookies on an app's own host. Browsers tell hosts apart and ports
//! not, so the name has the port where the address of the app has one.

use std::{borrow::Cow, time::Duration};

use axum::http::{HeaderMap, HeaderValue};
use tollgate_base::{ExposeSecret, Result, SecretString};
use tollgate_flows::Address;

use crate::cookies;

/// A cookie of ours on an app's host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteCookie {
    /// Tells the gate whose session it is. `SameSite=Lax`, so that a link from
    /// elsewhere arrives signed in.
    Visit,
    /// Tells that a sign-in ends in the browser that began it. `Lax`, as it
    /// comes back from our own host.
    Nonce,
}

impl SiteCookie {
    /// Its name on that host.
    pub fn name(self, site: &Address) -> Cow<'static, str> {
        let name = match (self, site.is_https()) {
            (Self::Visit, true) => "__Host-tollgate-site",
            (Self::Visit, false) => "tollgate-site",
            (Self::Nonce, true) => "__Host-tollgate-enter",
            (Self::Nonce, false) => "tollgate-enter",
        };
        site.port()
            .map_or(name.into(), |port| format!("{name}-{port}").into())
    }

    /// Its value in a request.
    ///
    /// # Errors
    /// `request.credentials` if it was sent twice: one of the two was planted.
    pub fn read(self, headers: &HeaderMap, site: &Address) -> Result<Option<SecretString>> {
        cookies::find(headers, &self.name(site))
    }

    /// The same where it stands.
    ///
    /// # Errors
    /// `request.credentials` if it was sent twice.
    pub fn place<'a>(self, headers: &'a HeaderMap, site: &Address) -> Result<Option<&'a [u8]>> {
        cookies::place(headers, &self.name(site))
    }

    /// The header that sets it; without `max_age` it ends with the browser.
    pub fn set(
        self,
        site: &Address,
        value: &SecretString,
        max_age: Option<Duration>,
    ) -> HeaderValue {
        let secure = if site.is_https() { "; Secure" } else { "" };
        let age = max_age.map_or_else(String::new, |age| format!("; Max-Age={}", age.as_secs()));
        let (name, value) = (self.name(site), value.expose_secret());
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}");
        let mut header =
            HeaderValue::from_str(&text).expect("tokens are letters, digits, `_` and `-`");
        header.set_sensitive(true);
        header
    }

    /// The header that takes it away.
    pub fn clear(self, site: &Address) -> HeaderValue {
        self.set(site, &SecretString::default(), Some(Duration::ZERO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// asvs:V3.3.1, asvs:V3.3.2, asvs:V3.3.3, asvs:V3.3.4
    #[test]
    fn the_attributes_are_as_strict_as_the_scheme_allows() {
        let shown = |url: &str, cookie: SiteCookie| {
            let header = cookie.set(&Address::parse(url).unwrap(), &"tgv_1".into(), None);
            assert!(header.is_sensitive());
            header.to_str().unwrap().to_owned()
        };
        assert_eq!(
            shown("https://x.org", SiteCookie::Visit),
            "__Host-tollgate-site=tgv_1; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            shown("http://x.localhost:8080", SiteCookie::Nonce),
            "tollgate-enter-8080=tgv_1; Path=/; HttpOnly; SameSite=Lax"
        );
    }
}
