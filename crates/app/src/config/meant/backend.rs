//! Addresses of the servers behind us, which may hold passwords.

use std::{
    fmt,
    net::IpAddr,
    path::{Path, PathBuf},
};

use percent_encoding::percent_decode_str;
use tollgate_base::{ExposeSecret, SecretString};
use url::Url;

use super::{
    plain::Secret,
    value::{Word, quoted},
};

/// Where the database is.
#[derive(Clone, PartialEq)]
pub enum DatabaseUrl {
    /// A file of SQLite's.
    Sqlite(PathBuf),
    /// A PostgreSQL server, by its address.
    Postgres(Secret),
}

/// Where the mail server is.
#[derive(Clone, Debug, PartialEq)]
pub struct MailUrl(Url);

/// An address of somebody's that we call.
#[derive(Clone, Debug, PartialEq)]
pub struct WebUrl(Url);

/// Where a log server is.
#[derive(Clone, Debug, PartialEq)]
pub struct SyslogUrl(Url);

/// Where Redis is.
#[derive(Clone, PartialEq)]
pub struct RedisUrl(Secret);

impl DatabaseUrl {
    /// As the store takes it: `sqlite:path` or `postgres://…`.
    pub fn to_secret(&self) -> SecretString {
        match self {
            Self::Sqlite(path) => of_file(path).into(),
            Self::Postgres(url) => SecretString::clone(url),
        }
    }
}

impl RedisUrl {
    /// As a client takes it.
    pub fn to_secret(&self) -> SecretString {
        SecretString::clone(&self.0)
    }
}

impl MailUrl {
    /// Its name or address.
    pub fn host(&self) -> &str {
        let host = self.0.host_str().unwrap_or_default();
        host.trim_matches(['[', ']'])
    }

    /// Its port: what was said, or the usual one (RFC 8314).
    pub fn port(&self) -> u16 {
        let usual = if self.is_tls() { 465 } else { 587 };
        self.0.port().unwrap_or(usual)
    }

    /// Who we are to it.
    pub fn user(&self) -> Option<String> {
        let user = percent_decode_str(self.0.username()).decode_utf8_lossy();
        (!user.is_empty()).then(|| user.into_owned())
    }

    /// Whether the way there is encrypted from the first byte.
    pub fn is_tls(&self) -> bool {
        self.0.scheme() == "smtps"
    }

    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        is_here(self.host())
    }
}

impl WebUrl {
    /// As a client takes it.
    pub fn to_url(&self) -> Url {
        self.0.clone()
    }

    /// Its name or address.
    pub fn host(&self) -> &str {
        let host = self.0.host_str().unwrap_or_default();
        host.trim_matches(['[', ']'])
    }

    /// Whether the way there is encrypted.
    pub fn is_tls(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        is_here(self.host())
    }
}

impl SyslogUrl {
    /// Its name or address.
    pub fn host(&self) -> &str {
        let host = self.0.host_str().unwrap_or_default();
        host.trim_matches(['[', ']'])
    }

    /// Its port: what was said, or the usual one (RFC 5425, 5426).
    pub fn port(&self) -> u16 {
        let usual = if self.scheme() == "udp" { 514 } else { 6514 };
        self.0.port().unwrap_or(usual)
    }

    /// `tls`, `tcp` or `udp`.
    pub fn scheme(&self) -> &str {
        self.0.scheme()
    }

    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        is_here(self.host())
    }
}

impl Word for SyslogUrl {
    const FORM: &'static str = "tls://host:port, tcp://host:port or udp://host:port";

    fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|cause| format!("is not an address: {cause}"))?;
        if !matches!(url.scheme(), "tls" | "tcp" | "udp") {
            return Err("begins with none of tls://, tcp:// and udp://".to_owned());
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err("names no host".to_owned());
        }
        if !url.username().is_empty()
            || !matches!(url.path(), "" | "/")
            || text.contains(['?', '#'])
        {
            return Err("says more than a host and a port".to_owned());
        }
        Ok(Self(url))
    }

    fn shown(&self) -> String {
        self.0.to_string()
    }
}

fn is_here(host: &str) -> bool {
    let address = host.parse::<IpAddr>();
    address.map_or(host == "localhost", |address| address.is_loopback())
}

impl Word for DatabaseUrl {
    const FORM: &'static str = "sqlite:path/to/file.db or postgres://user@host/name";

    fn parse(text: &str) -> Result<Self, String> {
        if let Some(rest) = text.strip_prefix("sqlite:") {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            if path.is_empty()
                || path.starts_with(':')
                || path.contains('?')
                || path.chars().any(char::is_control)
            {
                return Err("names no file".to_owned());
            }
            return Ok(Self::Sqlite(path.into()));
        }
        let url = Url::parse(text).map_err(|cause| format!("is not an address: {cause}"))?;
        match url.scheme() {
            "postgres" | "postgresql" if url.has_host() => Word::parse(text).map(Self::Postgres),
            "postgres" | "postgresql" => Err("names no host".to_owned()),
            other => Err(format!("{} is not a database that we know", quoted(other))),
        }
    }

    /// Without password and options.
    fn shown(&self) -> String {
        match self {
            Self::Sqlite(path) => of_file(path),
            Self::Postgres(url) => without_password(url),
        }
    }
}

impl Word for MailUrl {
    const FORM: &'static str =
        "smtps://user@host:465 (TLS) or smtp://user@host:587 (STARTTLS), without a password";

    fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|cause| format!("is not an address: {cause}"))?;
        if url.password().is_some() {
            return Err("holds a password, which belongs into mail.password_file".to_owned());
        }
        if !matches!(url.scheme(), "smtps" | "smtp") {
            return Err("begins with neither smtps:// nor smtp://".to_owned());
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err("names no host".to_owned());
        }
        if !matches!(url.path(), "" | "/") || text.contains(['?', '#']) {
            return Err("goes on after the host".to_owned());
        }
        Ok(Self(url))
    }

    fn shown(&self) -> String {
        self.0.to_string()
    }
}

impl Word for WebUrl {
    const FORM: &'static str = "https://host/path, without user and password";

    fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|cause| format!("is not an address: {cause}"))?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err("begins with neither https:// nor http://".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("holds a user or a password, which nobody is sent".to_owned());
        }
        if url.fragment().is_some() {
            return Err("has a #, which nobody is sent".to_owned());
        }
        Ok(Self(url))
    }

    fn shown(&self) -> String {
        self.0.to_string()
    }
}

impl Word for RedisUrl {
    const FORM: &'static str = "redis://host:6379/0";

    fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|cause| format!("is not an address: {cause}"))?;
        match url.scheme() {
            "redis" if url.host_str().is_some_and(|host| !host.is_empty()) => {
                Word::parse(text).map(Self)
            }
            "redis" => Err("names no host".to_owned()),
            "rediss" => Err("asks for TLS, which is not built in".to_owned()),
            other => Err(format!("{} is not Redis", quoted(other))),
        }
    }

    /// Without password and options.
    fn shown(&self) -> String {
        without_password(&self.0)
    }
}

/// What may be seen of it.
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

/// What may be seen of it.
impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

/// Three slashes before an absolute path, none before another.
fn of_file(path: &Path) -> String {
    let slashes = if path.is_absolute() { "//" } else { "" };
    format!("sqlite:{slashes}{}", path.display())
}

/// Scheme, user, host, port and path; a password may also be among the options,
/// so these are left out.
fn without_password(url: &Secret) -> String {
    let Ok(mut url) = Url::parse(url.expose_secret()) else {
        return "(secret)".to_owned();
    };
    let hidden = url.password().map(|_| "***");
    if url.set_password(hidden).is_err() {
        return "(secret)".to_owned();
    }
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::{DatabaseUrl, MailUrl, RedisUrl, WebUrl, Word};

    fn check<T: Word>(text: &str, shown: Option<&str>) {
        let found = T::parse(text).ok().map(|value| value.shown());
        assert_eq!(found.as_deref(), shown, "{text}");
    }

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        check::<DatabaseUrl>(
            "postgres://u:hunter2@db:5432/t?password=hunter2",
            Some("postgres://u:***@db:5432/t"),
        );
        check::<RedisUrl>(
            "redis://:hunter2@cache:6379/0",
            Some("redis://:***@cache:6379/0"),
        );
        let url = DatabaseUrl::parse("postgres://u:hunter2@db/t").unwrap();
        assert!(!format!("{url:?}").contains("hunter2"));
    }

    #[test]
    fn a_database_is_a_file_or_a_server() {
        check::<DatabaseUrl>("sqlite:///var/lib/t.db", Some("sqlite:///var/lib/t.db"));
        check::<DatabaseUrl>("sqlite:data/t.db", Some("sqlite:data/t.db"));
        for bad in [
            "",
            "sqlite:",
            "sqlite://",
            "sqlite::memory:",
            "sqlite:a?mode=ro",
            "mysql://x/y",
            "t.db",
            "postgres:///t",
        ] {
            check::<DatabaseUrl>(bad, None);
        }
        for bad in [
            "",
            "cache:6379",
            "redis://",
            "rediss://cache",
            "http://cache",
        ] {
            check::<RedisUrl>(bad, None);
        }
    }

    #[test]
    fn a_hook_is_an_address_without_credentials() {
        for bad in [
            "sms.example.org",
            "ftp://sms.example.org",
            "https://ann@sms.example.org",
            "https://:hunter2@sms.example.org",
            "https://sms.example.org/#in",
        ] {
            let fault = WebUrl::parse(bad).unwrap_err();
            assert!(!fault.contains("hunter2"), "{fault}");
        }
        let url = WebUrl::parse("http://[::1]:8025/in?a=b").unwrap();
        assert!(url.is_loopback() && !url.is_tls());
        assert_eq!(url.shown(), "http://[::1]:8025/in?a=b");
    }

    #[test]
    fn a_mail_server_is_host_port_and_user() {
        for bad in [
            "smtp.example.org",
            "https://smtp.example.org",
            "smtps://",
            "smtps://ann:hunter2@smtp.example.org",
            "smtp://smtp.example.org/inbox",
            "smtp://smtp.example.org?tls=off",
        ] {
            let fault = MailUrl::parse(bad).unwrap_err();
            assert!(!fault.contains("hunter2"), "{fault}");
        }
        let told = |text: &str| {
            let url = MailUrl::parse(text).unwrap();
            (
                url.host().to_owned(),
                url.port(),
                url.user(),
                url.is_loopback(),
            )
        };
        let ann = Some("ann@example.org".to_owned());
        let far = "smtp.example.org".to_owned();
        assert_eq!(
            told("smtps://ann%40example.org@smtp.example.org"),
            (far.clone(), 465, ann.clone(), false)
        );
        assert_eq!(
            told("smtp://ann@example.org@smtp.example.org"),
            (far, 587, ann, false)
        );
        assert_eq!(told("smtp://[::1]:25"), ("::1".to_owned(), 25, None, true));
        assert!(told("smtp://127.0.0.1").3 && told("smtp://localhost").3);
        assert!(!told("smtp://localhost.example.org").3);
    }
}
