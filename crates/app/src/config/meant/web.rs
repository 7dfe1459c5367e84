//! Web addresses: where browsers find us, and who else may call.

use url::{Host, Url};

use super::value::{Word, quoted};

/// Scheme, host and port of a web address, as a browser sends them (RFC 6454).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebOrigin(Url);

/// What the `iss` of our tokens says (RFC 7519): a web address, compared
/// letter by letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer(String);

/// How somebody is reached: by mail, telephone or a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactUrl(String);

impl WebOrigin {
    /// Such as `https://id.example.org`, without a slash at its end.
    pub fn text(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Whether the way there is encrypted.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether it never leaves the machine.
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        }
    }
}

impl Issuer {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ContactUrl {
    /// As it was written.
    pub fn text(&self) -> String {
        self.0.clone()
    }
}

impl Word for ContactUrl {
    const FORM: &'static str = "an address such as mailto:security@example.org or https://…";

    fn parse(text: &str) -> Result<Self, String> {
        let known = ["mailto:", "https://", "tel:"];
        let begins = known
            .iter()
            .any(|scheme| text.len() > scheme.len() && text.starts_with(scheme));
        // It becomes a line of its own in security.txt.
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        if begins && plain && Url::parse(text).is_ok() {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!(
                "{} begins with none of mailto:, https:// and tel:",
                quoted(text)
            ))
        }
    }

    fn shown(&self) -> String {
        self.0.clone()
    }
}

impl Word for WebOrigin {
    const FORM: &'static str = "an address without a path such as https://id.example.org";

    fn parse(text: &str) -> Result<Self, String> {
        if text == "*" {
            return Err("would let every site in".to_owned());
        }
        let url = web_address(text)?;
        if url.path() != "/" || text.contains(['?', '#']) {
            return Err(format!("{} goes on after the host", quoted(text)));
        }
        Ok(Self(url))
    }

    fn shown(&self) -> String {
        self.text()
    }
}

impl Word for Issuer {
    const FORM: &'static str = "an address such as https://id.example.org";

    fn parse(text: &str) -> Result<Self, String> {
        web_address(text)?;
        if text.contains(['?', '#']) {
            return Err(format!("{} has a query or a fragment", quoted(text)));
        }
        Ok(Self(text.to_owned()))
    }

    fn shown(&self) -> String {
        self.0.clone()
    }
}

/// An address of `http` or `https` with a host and nobody's name in it.
fn web_address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|cause| format!("is not a web address: {cause}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!(
            "{} begins with neither https:// nor http://",
            quoted(text)
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user name or a password".to_owned());
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::{ContactUrl, Issuer, WebOrigin, Word};

    fn check<T: Word>(text: &str, shown: Option<&str>) {
        let found = T::parse(text).ok().map(|value| value.shown());
        assert_eq!(found.as_deref(), shown, "{text}");
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        check::<WebOrigin>("https://id.example.org", Some("https://id.example.org"));
        check::<WebOrigin>(
            "https://ID.example.org:443/",
            Some("https://id.example.org"),
        );
        check::<WebOrigin>("http://localhost:8700", Some("http://localhost:8700"));
        for bad in [
            "*",
            "null",
            "",
            "id.example.org",
            "ftp://x.org",
            "https://x.org/a",
            "https://x.org?a",
            "https://a:b@x.org",
        ] {
            check::<WebOrigin>(bad, None);
        }
        let loopback = |text| WebOrigin::parse(text).unwrap().is_loopback();
        assert!(
            loopback("http://localhost")
                && loopback("http://127.0.0.1:1")
                && loopback("http://[::1]")
        );
        assert!(!loopback("http://localhost.example.org") && !loopback("http://192.168.1.20"));
    }

    #[test]
    fn a_contact_is_one_line() {
        check::<ContactUrl>("mailto:a@example.org", Some("mailto:a@example.org"));
        check::<ContactUrl>(
            "https://example.org/report",
            Some("https://example.org/report"),
        );
        for bad in [
            "a@example.org",
            "mailto:",
            "http://example.org",
            "mailto:a@b\nPolicy: x",
            "",
        ] {
            check::<ContactUrl>(bad, None);
        }
    }

    #[test]
    fn an_issuer_keeps_its_letters() {
        check::<Issuer>("https://id.example.org/", Some("https://id.example.org/"));
        check::<Issuer>("https://id.example.org/a", Some("https://id.example.org/a"));
        check::<Issuer>("https://id.example.org/?a", None);
        check::<Issuer>("tollgate", None);
    }
}
