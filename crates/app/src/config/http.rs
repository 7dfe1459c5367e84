//! Bounds of every connection and request.

use std::time::Duration;

use super::{
    key::section,
    meant::{quantity::Size, web::WebOrigin},
};

section! {
    /// Requests and connections.
    pub struct Http in "http" + "http." {
        /// A request is answered with 503 after this long.
        request_timeout: Duration = "10s" in "1s"..="5m";
        /// A connection that has not sent its headers after this long is closed, and so is
        /// one whose body has fallen so far behind a pace of 1 KiB a second.
        header_timeout: Duration = "10s" in "1s"..="1m";
        /// Largest body.
        body_limit: Size = "1MiB" in "16KiB"..="64MiB";
        /// Most connections at a time.
        max_connections: usize = "10000" in "1"..="1000000";
        /// Most connections from one address at a time; trusted_proxies may have more. Of
        /// IPv6 a /64 is one address.
        max_connections_per_address: usize = "256" in "1"..="1000000";
        /// How long a stop waits for requests that are under way.
        drain: Duration = "10s" in "0s"..="5m";
        /// Sites whose scripts may call us from a browser, each by its origin.
        cors_origins: Vec<WebOrigin> = "" => AtOnce;
        /// Where public_url is https: whether browsers are told to use nothing else for
        /// every name below its host too (HSTS includeSubDomains). They remember it for a
        /// year, and whatever has no certificate there is out of their reach.
        hsts_subdomains: bool = "false" => AtOnce;
    }
}
