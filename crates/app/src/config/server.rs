//! The top of the file: where this server is found, and where it keeps its
//! data.

use std::{net::SocketAddr, path::PathBuf};

use ipnet::IpNet;

use super::{
    key::section,
    meant::{Verdict, network::OrOff, value::words, web::WebOrigin},
    tls::Tls,
};

words! {
    /// Which defaults are in force where nothing else is said.
    pub enum Profile: "standard or strict" {
        /// Those that fit most places.
        Standard = "standard",
        /// Those for where an account is worth an attacker's time.
        Strict = "strict",
    }
}

section! {
    /// The server as a whole.
    pub struct Server in "" + "" {
        /// The address that browsers use. Links, cookies and tokens depend on it.
        public_url: Option<WebOrigin>, like "https://id.example.org";
        /// How strict the defaults are: `strict` asks for passwords of 15
        /// characters, remembers the last five, leaves the second step out on no device
        /// and allows no codes by mail or text. What else is set by itself stands in
        /// either.
        profile: Profile = "standard" => AtOnce;
        /// Where to listen.
        listen: SocketAddr = "127.0.0.1:8700";
        /// Proxies whose word about a client's address is taken.
        trusted_proxies: Vec<IpNet> = "" => AtOnce;
        /// Where to listen for requests for metrics; keep it private.
        metrics_listen: OrOff<SocketAddr> = "127.0.0.1:8701";
        /// The folder for everything that is kept.
        data_dir: PathBuf = "./tollgate-data";
        /// The .env file of a system that Tollgate takes the place of; only that
        /// system's own names are read from it.
        env_file: Option<PathBuf>, like "/srv/chatbot/.env";
    }
}

impl Server {
    /// The address to give to people: the public one, or where we listen.
    pub fn address(&self) -> String {
        let local = || match self.listen.ip() {
            ip if ip.is_loopback() || ip.is_unspecified() => {
                format!("http://localhost:{}", self.listen.port())
            }
            _ => format!("http://{}", self.listen),
        };
        self.public_url.as_ref().map_or_else(local, WebOrigin::text)
    }

    pub(super) fn check(&self, tls: &Tls, verdict: &mut Verdict) {
        if self.trusted_proxies.iter().any(trusts_everybody) {
            verdict.fault(
                &["trusted_proxies"],
                "trusts the whole internet, so that anybody could choose the address they come from",
                Some("Name the proxy's own address or network."),
            );
        }
        if self.metrics_listen.0 == Some(self.listen) && self.listen.port() != 0 {
            verdict.fault(
                &["metrics_listen", "listen"],
                "metrics_listen and listen are the same",
                None,
            );
        }
        let open = !self.listen.ip().is_loopback();
        match &self.public_url {
            Some(url) if !url.is_https() && !url.is_loopback() => verdict.note(format!(
                "public_url is {}: without https the session cookie can be read on the way, and passkeys do not work.",
                url.text()
            )),
            // Who speaks https by itself needs no proxy.
            Some(url)
                if url.is_https() && self.trusted_proxies.is_empty() && tls.files().is_none() => verdict.note(
                "public_url is https but trusted_proxies is empty: every client will seem to come from the proxy.",
            ),
            None if open => verdict.note(format!("listen is {}, but there is no public_url yet.", self.listen)),
            _ => {}
        }
    }
}

/// Whether a network is all of IPv4 or IPv6, the mapped form of IPv4 included.
fn trusts_everybody(net: &IpNet) -> bool {
    match net {
        IpNet::V4(net) => net.prefix_len() == 0,
        IpNet::V6(net) => {
            net.prefix_len() == 0
                || (net.prefix_len() <= 96 && net.addr().to_ipv4_mapped().is_some())
        }
    }
}
