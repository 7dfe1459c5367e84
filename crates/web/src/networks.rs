//! From which networks we may be used. Judged by the client's address as trusted
//! proxies tell it; what cannot be read is let in nowhere.

use axum::{
    extract::Request,
    http::{Extensions, HeaderMap},
};
use ipnet::IpNet;
use tollgate_base::{Error, Result, codes};

use crate::{
    peer::{Peer, Told},
    state::Http,
};

/// Lists of networks. Without any, all may come.
#[derive(Clone, Debug, Default)]
pub struct Networks {
    /// Only these, if there are any.
    pub allow: Vec<IpNet>,
    /// Never these.
    pub deny: Vec<IpNet>,
}

impl Networks {
    /// Whether all may come.
    pub const fn are_open(&self) -> bool {
        self.allow.is_empty() && self.deny.is_empty()
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
                !among(&self.deny) && (self.allow.is_empty() || among(&self.allow))
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
