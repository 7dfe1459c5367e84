//! From which networks, and countries, this server may be used.

use std::path::PathBuf;

use ipnet::IpNet;
use tollgate_base::country::Country;

use super::{key::section, meant::Verdict};

section! {
    /// Networks from which this server, and the apps behind its gate, may be used. They
    /// are judged by the client's address, as trusted_proxies tell it.
    pub struct Network in "network" + "network." {
        /// Only these, if there are any.
        allow: Vec<IpNet> = "" => AtOnce;
        /// Never these, even if they are allowed.
        deny: Vec<IpNet> = "" => AtOnce;
        /// A file in the format of MaxMind's databases (such as GeoLite2-Country.mmdb) that
        /// tells in which country an address is. With it, sign-ins say their country, and
        /// one from a country where an account was not used before is told of. A new
        /// file at its place counts within a minute.
        countries: Option<PathBuf>, like "/var/lib/GeoIP/GeoLite2-Country.mmdb";
        /// Only addresses of these countries, if there are any, by their two letters.
        /// Private networks are in no country, and may always come.
        allow_countries: Vec<Country> = "";
        /// Never addresses of these countries.
        deny_countries: Vec<Country> = "";
    }
}

impl Network {
    /// Without a file every country would be let in.
    pub(super) fn check(&self, verdict: &mut Verdict) {
        let lists = self.allow_countries.len() + self.deny_countries.len();
        if lists > 0 && self.countries.is_none() {
            let keys = [
                "network.allow_countries",
                "network.deny_countries",
                "network.countries",
            ];
            let message = "nothing tells in which country an address is";
            let hint = "Set network.countries to a file of countries too.";
            verdict.fault(&keys, message, Some(hint));
        }
    }
}
