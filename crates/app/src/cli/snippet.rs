//! `snippet`: what to write into the configuration of a reverse proxy, so that
//! an app is behind the gate. The texts are in `templates/proxies`; the stories
//! of the gate run them in the real proxies.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use askama::Template;
use clap::{Args, ValueEnum, builder::PossibleValue};
use serde_json::json;
use tollgate_base::{Error, codes};
use tollgate_flows::{Ctx, ctx::Listed, sites};
use url::Url;

use super::{
    exit::Failure,
    office::{OPERATOR, Office},
    terminal::Answer,
};

#[derive(Args)]
pub(crate) struct Snippet {
    /// The name or the id of a site
    site: String,
    /// The proxy in front of it
    #[arg(long = "for", value_name = "PROXY")]
    proxy: Proxy,
    /// Where the proxy finds the app
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:3000", value_parser = Peer::parse)]
    upstream: Peer,
    /// Where the proxy finds Tollgate; where it listens, if not said
    #[arg(long, value_name = "URL", value_parser = Peer::parse)]
    tollgate: Option<Peer>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Proxy {
    Nginx,
    Caddy,
    Traefik,
    Envoy,
}

/// What the texts are filled with.
struct Site<'a> {
    /// Scheme, host and port, as browsers write them.
    origin: &'a str,
    https: bool,
    /// The host without its port.
    host: &'a str,
    port: u16,
    tollgate: Peer,
    upstream: Peer,
    /// What Tollgate says of a visitor.
    identity: &'static [&'static str],
}

/// The site of that name or id.
async fn named(ctx: &Ctx, name: &str) -> Result<Listed, Failure> {
    let sites = sites::list(ctx, OPERATOR, ()).await?;
    let found = sites
        .into_iter()
        .find(|listed| listed.site.name == name || listed.site.id.to_string() == name);
    found.ok_or_else(|| Error::new(&codes::SITE_MISSING).into())
}

/// A server that a proxy speaks to, by plain HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Peer {
    host: String,
    port: u16,
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

/// In every text, in this order.
const IDENTITY: [&str; 6] = [
    "Remote-User",
    "Remote-Email",
    "Remote-Name",
    "Remote-Groups",
    "Remote-Id",
    "Tollgate-Identity",
];

impl Snippet {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        let config = office.load()?.config;
        let tollgate = self
            .tollgate
            .unwrap_or_else(|| Peer::listening(config.server.listen));
        let listed = office
            .work(async |ctx| named(ctx, &self.site).await)
            .await?;
        let address = &listed.site.address;
        let usual = if address.is_https() { 443 } else { 80 };
        let site = Site {
            origin: address.origin(),
            https: address.is_https(),
            host: address.hostname(),
            port: address.port().unwrap_or(usual),
            tollgate,
            upstream: self.upstream,
            identity: &IDENTITY,
        };
        let text = site.text(self.proxy)?;
        let name = self.proxy.to_possible_value();
        let json = json!({
            "site": listed.site.id.to_string(),
            "for": name.as_ref().map(PossibleValue::get_name),
            "text": text,
        });
        Ok(Answer::new(json, text))
    }
}

impl Site<'_> {
    fn text(&self, proxy: Proxy) -> Result<String, Error> {
        let text = match proxy {
            Proxy::Nginx => Nginx { site: self }.render(),
            Proxy::Caddy => Caddy { site: self }.render(),
            Proxy::Traefik => Traefik { site: self }.render(),
            Proxy::Envoy => Envoy { site: self }.render(),
        };
        text.map_err(|fault| Error::new(&codes::INTERNAL).because(fault))
    }

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

impl Peer {
    /// For clap.
    fn parse(text: &str) -> Result<Self, String> {
        let wanted = || "give an address such as http://127.0.0.1:3000".to_owned();
        let url = Url::parse(text).map_err(|_| wanted())?;
        let bare = url.username().is_empty() && url.password().is_none() && url.path() == "/";
        let clean = !text.contains(|c: char| "?#".contains(c) || c.is_control());
        if url.scheme() != "http" || !bare || !clean {
            return Err(wanted());
        }
        let host = url.host_str().ok_or_else(wanted)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._[]:".contains(c);
        if !host.chars().all(plain) {
            return Err(wanted());
        }
        Ok(Self {
            host: host.to_owned(),
            port: url.port().unwrap_or(80),
        })
    }

    /// A server on this machine that listens there.
    fn listening(address: SocketAddr) -> Self {
        let ip = match address.ip() {
            ip if !ip.is_unspecified() => ip,
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        };
        let address = SocketAddr::new(ip, address.port());
        let host = match ip {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        Self {
            host,
            port: address.port(),
        }
    }

    /// The host as Envoy wants it: an IPv6 address without brackets.
    fn bare_host(&self) -> &str {
        self.host.trim_matches(['[', ']'])
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}
