//! What handlers reach: the context of the verbs, and the settings of HTTP,
//! which may be replaced as a whole while the server runs.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use arc_swap::ArcSwap;
use ipnet::IpNet;
use tollgate_flows::Ctx;

use crate::{limits::Limits, networks::Networks};

/// The state of every router. Cheap to clone.
#[derive(Clone)]
pub struct Web(Arc<Inner>);

struct Inner {
    ctx: Ctx,
    http: ArcSwap<Http>,
}

/// How we are reached, and what we take.
#[derive(Clone, Debug)]
pub struct Http {
    /// The origin under which browsers reach us, such as
    /// `https://id.example.org`: every link is made from it, none from a
    /// request.
    pub public_url: String,
    /// Where we listen, as a proxy on this machine finds us.
    pub listen: SocketAddr,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Origins whose scripts may call us with credentials.
    pub cors_origins: Vec<String>,
    /// Largest body, in bytes.
    pub body_limit: usize,
    /// Whether names below our host are to be reached by https alone too.
    pub hsts_subdomains: bool,
    /// How long a request may take, its body included.
    pub request_timeout: Duration,
    /// How many requests may come.
    pub limits: Limits,
    /// From where they may come.
    pub networks: Networks,
    /// Where faults of security are told, as `security.txt` says it.
    pub security_contact: Option<String>,
}

impl Web {
    /// The state with these settings.
    pub fn new(ctx: Ctx, http: Http) -> Self {
        Self(Arc::new(Inner {
            ctx,
            http: ArcSwap::from_pointee(http),
        }))
    }

    /// What verbs are called with.
    pub fn ctx(&self) -> &Ctx {
        &self.0.ctx
    }

    /// The settings now.
    pub fn http(&self) -> Arc<Http> {
        self.0.http.load_full()
    }

    /// Replace the settings, all of them at once.
    pub fn set_http(&self, http: Http) {
        self.0.http.store(Arc::new(http));
    }
}

impl Http {
    /// Whether browsers reach us over TLS.
    pub fn is_https(&self) -> bool {
        self.public_url
            .get(..8)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
    }

    /// Whether the other end of a socket is a proxy whose word is taken.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.trusted_proxies.iter().any(|net| net.contains(&peer))
    }

    /// The public origin as browsers write it (RFC 6454, section 6.1): lower
    /// case, no path, and no port where it is the scheme's own.
    pub fn origin(&self) -> String {
        let url = self.public_url.to_ascii_lowercase();
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", &url));
        let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        let usual = if scheme == "https" { ":443" } else { ":80" };
        format!("{scheme}://{}", host.strip_suffix(usual).unwrap_or(host))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn http(public_url: &str) -> Http {
        Http {
            public_url: public_url.into(),
            listen: ([127, 0, 0, 1], 8700).into(),
            trusted_proxies: Vec::new(),
            cors_origins: Vec::new(),
            body_limit: 1024,
            hsts_subdomains: false,
            request_timeout: Duration::from_secs(1),
            limits: Limits::default(),
            networks: Networks::default(),
            security_contact: None,
        }
    }

    #[test]
    fn an_origin_is_what_browsers_send() {
        for (url, origin) in [
            ("https://ID.example.org", "https://id.example.org"),
            ("https://id.example.org:443/x", "https://id.example.org"),
            ("https://id.example.org:8443", "https://id.example.org:8443"),
            ("http://localhost:80", "http://localhost"),
            ("http://[::1]:8700", "http://[::1]:8700"),
        ] {
            assert_eq!(http(url).origin(), origin);
        }
        assert!(http("HTTPS://x").is_https() && !http("http://x").is_https());
    }
}
