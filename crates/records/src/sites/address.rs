//! Where an app is, in the one spelling that counts. `Host` headers are held
//! against it in whatever case, script or length they come.

use url::{Host, Url};

/// Longest host with its port that is looked at.
const MOST: usize = 260;
/// Longest name (RFC 1035, section 2.3.4, as text), in ASCII: other scripts
/// grow when they are written so.
const NAME_MOST: usize = 253;

/// Scheme, host and port of a web address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    origin: String,
    host: String,
    hostname: String,
    port: Option<u16>,
    https: bool,
}

impl Address {
    /// Parse such as `https://notes.example.org`.
    ///
    /// # Errors
    /// A sentence.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let url = Url::parse(text.trim())
            .map_err(|_| "Not a web address such as https://notes.example.org.")?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("Begins with neither https:// nor http://.");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("Holds a user name or a password.");
        }
        if url.path() != "/" || text.contains(['?', '#', '\\']) {
            return Err("Goes on after the host: a site is a whole host; its rules have paths.");
        }
        let hostname = hostname(&url).ok_or("Has no host.")?;
        let (https, port) = (url.scheme() == "https", url.port());
        Ok(Self {
            origin: with_port(&format!("{}://{hostname}", url.scheme()), port),
            host: with_port(&hostname, port.filter(|port| !is_usual(*port))),
            hostname,
            port,
            https,
        })
    }

    /// As browsers write it (RFC 6454): `https://notes.example.org`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host in canonical form, with its port where that is not 80 or 443:
    /// what a site is found by.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host without any port.
    pub fn hostname(&self) -> &str {
        &self.hostname
    }

    /// The port, where the address names one.
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// Whether browsers reach it over TLS.
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// The canonical form of a `Host` header; none if it is no host.
    pub fn canonical(header: &str) -> Option<String> {
        let plain = |c: char| c.is_alphanumeric() || ".-_:[]\u{ad}".contains(c) || !c.is_ascii();
        if header.is_empty() || header.len() > MOST || !header.chars().all(plain) {
            return None;
        }
        let url = Url::parse(&format!("http://{header}/")).ok()?;
        let port = url.port().filter(|port| !is_usual(*port));
        Some(with_port(&hostname(&url)?, port))
    }
}

/// Lower case, ASCII, without the dot of the root.
fn hostname(url: &Url) -> Option<String> {
    match url.host()? {
        Host::Domain(name) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            let whole = !name.is_empty() && !name.ends_with('.') && name.chars().all(plain);
            (whole && name.len() <= NAME_MOST).then(|| name.to_owned())
        }
        literal => Some(literal.to_string()),
    }
}

/// A proxy that takes both schemes says either, or none.
const fn is_usual(port: u16) -> bool {
    matches!(port, 80 | 443)
}

fn with_port(text: &str, port: Option<u16>) -> String {
    port.map_or_else(|| text.to_owned(), |port| format!("{text}:{port}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::Address;

    /// asvs:V1.2.2
    #[test]
    fn an_address_is_an_origin() {
        let shown = |text: &str| {
            Address::parse(text).map(|it| (it.origin().to_owned(), it.host().to_owned()))
        };
        let check = |text, origin: &str, host: &str| {
            assert_eq!(shown(text), Ok((origin.to_owned(), host.to_owned())));
        };
        check(
            "https://Notes.Example.org",
            "https://notes.example.org",
            "notes.example.org",
        );
        check(
            "https://notes.example.org.:443/",
            "https://notes.example.org",
            "notes.example.org",
        );
        check(
            "http://notes.localhost:8080",
            "http://notes.localhost:8080",
            "notes.localhost:8080",
        );
        check(
            "https://bücher.example",
            "https://xn--bcher-kva.example",
            "xn--bcher-kva.example",
        );
        check("http://[::1]:8080", "http://[::1]:8080", "[::1]:8080");
        for bad in [
            "",
            "notes.example.org",
            "ftp://x.org",
            "https://a@x.org",
            "https://x.org/a",
            "https://x.org?a",
            "https://x.org#",
            "https://x.org\\",
            "javascript:alert(1)",
            "https://.",
            "https://*.example.org",
        ] {
            assert!(shown(bad).is_err(), "{bad}");
        }
    }

    /// vuln:102
    #[test]
    fn every_spelling_of_a_host_is_one() {
        for same in [
            "bücher.example",
            "BÜCHER.example",
            "XN--bcher-kva.EXAMPLE",
            "xn--bcher-kva.example.",
            "xn--bcher-kva.example:443",
            "xn--bcher-kva.example:80",
            "xn--bcher-kva.example.:0443",
            "bücher。example",
        ] {
            assert_eq!(
                Address::canonical(same).as_deref(),
                Some("xn--bcher-kva.example"),
                "{same}"
            );
        }
        assert_eq!(Address::canonical("A.b:8080").as_deref(), Some("a.b:8080"));
        for none in [
            "",
            "a b",
            "a/b",
            "a@b",
            "a?b",
            "a#b",
            "a\\b",
            "a%2eb",
            "a,b",
            "a:b",
            "a:99999",
            "a..",
            ".",
            "[::1",
            &"a".repeat(300),
        ] {
            assert_eq!(Address::canonical(none), None, "{none}");
        }
    }

    /// Found by `fuzz/targets/paths.rs`.
    #[test]
    fn a_name_that_grows_too_long_is_none() {
        let grows = "ӛ.".repeat(50) + "example";
        assert!(grows.len() < super::MOST);
        assert_eq!(Address::canonical(&grows), None);
        assert!(Address::parse(&format!("https://{grows}")).is_err());
    }

    proptest! {
        #[test]
        fn canonical_stays_canonical(header in any::<String>(), ascii in "[a-zA-Z0-9.:-]{0,30}") {
            for text in [header, ascii] {
                if let Some(once) = Address::canonical(&text) {
                    prop_assert_eq!(Address::canonical(&once), Some(once));
                }
            }
        }
    }
}
