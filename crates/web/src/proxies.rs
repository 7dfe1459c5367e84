//! What to write into the configuration of a reverse proxy, so that an app is
//! behind the gate: the headers and the addresses by which a proxy asks. The
//! texts are in `templates/proxies`; the stories of the gate run them in the
//! real proxies. Where a text is shown, surfaces say.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
};

use askama::Template;
use axum::http::HeaderName;
use tollgate_base::{Error, Result, codes};
use tollgate_flows::Address;
use url::Url;

/// A kind of proxy that there is a text for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proxy {
    /// nginx with `auth_request`.
    Nginx,
    /// Caddy with `forward_auth`.
    Caddy,
    /// Traefik with `forwardAuth`.
    Traefik,
    /// Envoy with `ext_authz`.
    Envoy,
}

/// A server that a proxy speaks to, by plain HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backend {
    host: String,
    port: u16,
}

/// What the texts are filled with.
struct Site<'a> {
    /// Scheme, host and port, as browsers write them.
    origin: &'a str,
    https: bool,
    /// The host without its port.
    host: &'a str,
    port: u16,
    tollgate: &'a Backend,
    upstream: &'a Backend,
    /// What Tollgate says of a visitor.
    identity: [&'static str; 6],
}

macro_rules! texts {
    ($($name:ident $path:literal;)*) => { $(
        #[derive(Template)]
        #[template(path = $path, escape = "none")]
        struct $name<'a> { site: &'a Site<'a> }
    )* };
}

texts! {
    Nginx "proxies/nginx.conf";
    Caddy "proxies/Caddyfile";
    Traefik "proxies/traefik.yaml";
    Envoy "proxies/envoy.yaml";
}

/// The headers that tell an app who it is, as texts spell them and as they are
/// sent. All of them are in every answer and in every text, in this order, so
/// that a proxy overwrites whatever the visitor sent under these names.
pub const IDENTITY: [(&str, HeaderName); 6] = [
    ("Remote-User", HeaderName::from_static("remote-user")),
    ("Remote-Email", HeaderName::from_static("remote-email")),
    ("Remote-Name", HeaderName::from_static("remote-name")),
    ("Remote-Groups", HeaderName::from_static("remote-groups")),
    ("Remote-Id", HeaderName::from_static("remote-id")),
    (
        "Tollgate-Identity",
        HeaderName::from_static("tollgate-identity"),
    ),
];

impl Proxy {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Nginx, Self::Caddy, Self::Traefik, Self::Envoy];

    /// As commands and addresses name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "caddy",
            Self::Traefik => "traefik",
            Self::Envoy => "envoy",
        }
    }

    /// As its makers write it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "Caddy",
            Self::Traefik => "Traefik",
            Self::Envoy => "Envoy",
        }
    }

    /// The one of that name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|proxy| proxy.name() == name)
    }

    /// What to write for a site at `address`, where the proxy finds the app at
    /// `upstream` and us at `tollgate`.
    ///
    /// # Errors
    /// `internal` if the text cannot be made.
    pub fn snippet(
        self,
        address: &Address,
        upstream: &Backend,
        tollgate: &Backend,
    ) -> Result<String> {
        let usual = if address.is_https() { 443 } else { 80 };
        let site = &Site {
            origin: address.origin(),
            https: address.is_https(),
            host: address.hostname(),
            port: address.port().unwrap_or(usual),
            tollgate,
            upstream,
            identity: IDENTITY.map(|(spelled, _)| spelled),
        };
        let text = match self {
            Self::Nginx => Nginx { site }.render(),
            Self::Caddy => Caddy { site }.render(),
            Self::Traefik => Traefik { site }.render(),
            Self::Envoy => Envoy { site }.render(),
        };
        text.map_err(|fault| Error::new(&codes::INTERNAL).because(fault))
    }
}

impl Site<'_> {
    /// As a `Host` header has it.
    fn authority(&self) -> &str {
        self.origin
            .split_once("://")
            .map_or(self.origin, |(_, authority)| authority)
    }

    /// A name in the proxy's own words: the host and the port, in nothing but
    /// letters, digits and hyphens. No two sites share one: a hyphen counts
    /// twice, and none stands beside a dot.
    fn id(&self) -> String {
        let mut id = String::new();
        for c in self.authority().chars() {
            match c {
                '-' => id += "--",
                c if c.is_ascii_alphanumeric() => id.push(c),
                _ => id.push('-'),
            }
        }
        id
    }

    /// Traefik's usual names for the ports 443 and 80.
    fn entry_point(&self) -> &'static str {
        if self.https { "websecure" } else { "web" }
    }
}

impl Backend {
    /// Where an app is taken to listen, if nobody says otherwise.
    pub const USUAL_APP: &str = "http://127.0.0.1:3000";

    /// A server on this machine that listens there.
    pub fn listening(address: SocketAddr) -> Self {
        let ip = match address.ip() {
            ip if !ip.is_unspecified() => ip,
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        };
        let host = match ip {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let port = address.port();
        Self { host, port }
    }

    /// The host as Envoy wants it: an IPv6 address without brackets.
    fn bare_host(&self) -> &str {
        self.host.trim_matches(['[', ']'])
    }
}

impl FromStr for Backend {
    type Err = &'static str;

    /// Parse such as `http://127.0.0.1:3000`; otherwise a sentence.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = "give an address such as http://127.0.0.1:3000";
        let url = Url::parse(text).map_err(|_| wanted)?;
        let bare = url.username().is_empty() && url.password().is_none() && url.path() == "/";
        let clean = !text.contains(|c: char| "?#".contains(c) || c.is_control());
        if url.scheme() != "http" || !bare || !clean {
            return Err(wanted);
        }
        let host = url.host_str().ok_or(wanted)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._[]:".contains(c);
        if !host.chars().all(plain) {
            return Err(wanted);
        }
        Ok(Self {
            host: host.to_owned(),
            port: url.port().unwrap_or(80),
        })
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}
