//! Addresses of the servers behind us, which may hold passwords.

use std::{
    fmt,
    path::{Path, PathBuf},
};

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
    use super::{DatabaseUrl, RedisUrl, Word};

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
}
