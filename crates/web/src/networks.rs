//! From which networks and countries we may be used. Judged by the client's address as trusted
//! proxies tell it; what cannot be read is let in nowhere.

use std::net::IpAddr;

use axum::{
    extract::Request,
    http::{Extensions, HeaderMap},
};
use ipnet::IpNet;
use tollgate_base::{Error, Result, codes, country::Country};
use tollgate_flows::Countries;

use crate::{
    peer::{Peer, Told},
    state::Http,
};

/// Lists of networks and countries. Without any, all may come.
#[derive(Clone, Debug, Default)]
pub struct Networks {
    /// Only these, if there are any.
    pub allow: Vec<IpNet>,
    /// Never these.
    pub deny: Vec<IpNet>,
    /// Only from these countries, if there are any.
    pub allow_countries: Vec<Country>,
    /// Never from these.
    pub deny_countries: Vec<Country>,
    /// In which an address is.
    pub countries: Countries,
}

impl Networks {
    /// Whether all may come.
    pub const fn are_open(&self) -> bool {
        self.allow.is_empty()
            && self.deny.is_empty()
            && self.allow_countries.is_empty()
            && self.deny_countries.is_empty()
    }

    /// What is in no country that is known may come unless some alone may; private
    /// networks may always.
    fn admits_country_of(&self, address: IpAddr) -> bool {
        let (allowed, denied) = (&self.allow_countries, &self.deny_countries);
        if allowed.is_empty() && denied.is_empty() || is_private(address) {
            return true;
        }
        match self.countries.of(address) {
            Some(country) => {
                !denied.contains(&country) && (allowed.is_empty() || allowed.contains(&country))
            }
            None => allowed.is_empty(),
        }
    }

    /// Refuse what comes from elsewhere.
    ///
    /// # Errors
    /// `network.denied`.
    pub fn check(&self, headers: &HeaderMap, extensions: &Extensions, http: &Http) -> Result<()> {
        if self.are_open() {
            return Ok(());
        }
        let admits = match Peer::told(headers, extensions, http) {
            Told::Clearly(address) => {
                let among = |nets: &[IpNet]| nets.iter().any(|net| net.contains(&address));
                !among(&self.deny)
                    && (self.allow.is_empty() || among(&self.allow))
                    && self.admits_country_of(address)
            }
            Told::Unclearly(_) | Told::Nowhere => false,
        };
        if admits {
            Ok(())
        } else {
            Err(Error::new(&codes::NETWORK_DENIED))
        }
    }
}

const fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => it.is_private() || it.is_loopback() || it.is_link_local(),
        IpAddr::V6(it) => it.is_unique_local() || it.is_loopback() || it.is_unicast_link_local(),
    }
}

/// The same for a request of ours. A machine may always ask itself how it is.
pub(crate) fn check(request: &Request, http: &Http) -> Result<()> {
    let (headers, extensions) = (request.headers(), request.extensions());
    let own = http.limits.routes.health.contains(&request.uri().path())
        && Peer::of(headers, extensions, http).is_local(headers);
    if own {
        Ok(())
    } else {
        http.networks.check(headers, extensions, http)
    }
}
