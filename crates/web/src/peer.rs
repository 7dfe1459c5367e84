//! The client's address: the other end of the socket, or what trusted proxies
//! say of it. Never what a client says of itself.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{Extensions, HeaderMap, request::Parts},
};
use ipnet::IpNet;

use crate::state::{Http, Web};

/// No chain of proxies is longer.
const HOPS: usize = 16;

/// The client's address; none where there is no socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub Option<IpAddr>);

/// What is known of the client's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// It is this one.
    Clearly(IpAddr),
    /// A trusted proxy said what cannot be read; this is the proxy.
    Unclearly(IpAddr),
    /// There is no socket.
    Nowhere,
}

impl Peer {
    /// Of a request whose server put [`ConnectInfo`] into its extensions.
    pub fn of(headers: &HeaderMap, extensions: &Extensions, http: &Http) -> Self {
        match Self::told(headers, extensions, http) {
            Told::Clearly(address) | Told::Unclearly(address) => Self(Some(address)),
            Told::Nowhere => Self(None),
        }
    }

    /// The same, and whether it is clear.
    pub(crate) fn told(headers: &HeaderMap, extensions: &Extensions, http: &Http) -> Told {
        let socket = extensions.get::<ConnectInfo<SocketAddr>>();
        let Some(socket) = socket else {
            return Told::Nowhere;
        };
        let peer = socket.0.ip().to_canonical();
        match behind_proxies(peer, headers, &http.trusted_proxies) {
            Some(client) => Told::Clearly(client),
            None => Told::Unclearly(peer),
        }
    }

    /// Whether the request comes from this machine, and through no proxy that
    /// says so of itself: behind one, everybody seems to.
    pub fn is_local(self, headers: &HeaderMap) -> bool {
        let forwarded = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
        let direct = !forwarded.iter().any(|name| headers.contains_key(*name));
        direct && self.0.is_some_and(|address| address.is_loopback())
    }
}

impl FromRequestParts<Web> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers, &parts.extensions, &web.http()))
    }
}

/// The rightmost address of `X-Forwarded-For` that is no trusted proxy: each
/// proxy appends whom it heard, so all to the left of it may be invented. None if
/// anything up to there cannot be read.
fn behind_proxies(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    if !is_trusted(peer) {
        return Some(peer);
    }
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    let hops = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    let mut client = peer;
    for hop in hops.take(HOPS) {
        let text = std::str::from_utf8(hop).unwrap_or_default().trim();
        client = text.parse::<IpAddr>().ok()?.to_canonical();
        if !is_trusted(client) {
            break;
        }
    }
    Some(client)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(peer: &str, lines: &[&str]) -> String {
        let trusted: Vec<IpNet> = ["10.0.0.0/8", "::1/128"]
            .iter()
            .map(|net| net.parse().unwrap())
            .collect();
        let headers: HeaderMap = lines
            .iter()
            .map(|line| {
                (
                    "x-forwarded-for".parse().unwrap(),
                    HeaderValue::from_str(line).unwrap(),
                )
            })
            .collect();
        behind_proxies(peer.parse().unwrap(), &headers, &trusted)
            .map_or_else(|| "unclear".to_owned(), |client| client.to_string())
    }

    /// vuln:93, asvs:V4.1.3, asvs:V15.3.4
    #[test]
    fn only_a_trusted_proxy_is_heard() {
        assert_eq!(client("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            client("10.0.0.1", &["1.2.3.4, 198.51.100.1, 10.0.0.2"]),
            "198.51.100.1"
        );
        assert_eq!(
            client("10.0.0.1", &["1.2.3.4", "198.51.100.1"]),
            "198.51.100.1"
        );
        assert_eq!(client("::1", &["::ffff:198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
    }

    /// vuln:92
    #[test]
    fn what_cannot_be_read_says_nothing() {
        let huge = "9".repeat(8_000);
        for line in [
            "",
            "a",
            "unknown",
            "fe80::1%eth0",
            "1.2.3.4:80",
            "1.2.3.4, , 10.0.0.2",
            &huge,
        ] {
            assert_eq!(client("10.0.0.1", &[line]), "unclear", "{line}");
        }
    }
}
