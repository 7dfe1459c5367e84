//! Addresses of the network: where to listen, and whom to trust. And what may be
//! switched off.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use ipnet::{IpNet, Ipv4Net};
use tollgate_base::country::Country;

use super::value::{Word, quoted};

/// Where the addresses of IPv4 lie in IPv6.
const MAPPED: u8 = 96;

/// What may be switched off with the word `off`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrOff<T>(pub Option<T>);

impl Word for SocketAddr {
    const FORM: &'static str = "an IP address and a port such as 127.0.0.1:8700 or [::1]:8700";

    fn parse(text: &str) -> Result<Self, String> {
        text.parse()
            .map_err(|_| format!("{} is not an address to listen on", quoted(text)))
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

impl<T: Word> OrOff<T> {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        if text == "off" {
            Ok(Self(None))
        } else {
            T::parse(text).map(Some).map(Self)
        }
    }

    pub(super) fn written(&self) -> String {
        self.0.as_ref().map_or_else(|| "off".to_owned(), T::shown)
    }
}

impl Word for OrOff<SocketAddr> {
    const FORM: &'static str = "an IP address and a port such as 127.0.0.1:8701, or off";

    fn parse(text: &str) -> Result<Self, String> {
        Self::read(text)
    }

    fn shown(&self) -> String {
        self.written()
    }
}

impl Word for OrOff<Duration> {
    const FORM: &'static str = "a duration such as 7d or 30d, or off";

    fn parse(text: &str) -> Result<Self, String> {
        Self::read(text)
    }

    fn shown(&self) -> String {
        self.written()
    }
}

impl Word for Country {
    const FORM: &'static str = "the two letters of countries such as DE or ES";

    fn parse(text: &str) -> Result<Self, String> {
        text.parse()
            .map_err(|_| format!("{} is not the two letters of a country", quoted(text)))
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Word for IpNet {
    const FORM: &'static str = "addresses or networks such as 127.0.0.1/32 or 10.0.0.0/8";

    fn parse(text: &str) -> Result<Self, String> {
        let net = text
            .parse()
            .or_else(|_| text.parse::<IpAddr>().map(Self::from));
        let net: Self =
            net.map_err(|_| format!("{} is not an address or a network", quoted(text)))?;
        unmapped(net).ok_or_else(|| {
            let text = quoted(text);
            format!("{text} has some of the addresses that IPv4 is mapped to; write IPv4 as it is")
        })
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

/// Addresses are judged as what they are: IPv4 that is mapped to IPv6 (RFC 4291,
/// section 2.5.5.2) is IPv4, in lists too. None for a part of those addresses and
/// others beside.
fn unmapped(net: IpNet) -> Option<IpNet> {
    let IpNet::V6(mapped) = net else {
        return Some(net);
    };
    let Some(address) = mapped.addr().to_ipv4_mapped() else {
        return Some(net);
    };
    let length = mapped.prefix_len().checked_sub(MAPPED)?;
    Ipv4Net::new(address, length).ok().map(IpNet::V4)
}

#[cfg(test)]
mod tests {
    use std::{net::SocketAddr, time::Duration};

    use ipnet::IpNet;
    use tollgate_base::country::Country;

    use super::{OrOff, Word};

    fn check<T: Word>(text: &str, shown: Option<&str>) {
        let found = T::parse(text).ok().map(|value| value.shown());
        assert_eq!(found.as_deref(), shown, "{text}");
    }

    #[test]
    fn listeners_and_networks() {
        check::<SocketAddr>("[::1]:8700", Some("[::1]:8700"));
        check::<SocketAddr>("localhost:8700", None);
        check::<OrOff<SocketAddr>>("off", Some("off"));
        check::<OrOff<SocketAddr>>("on", None);
        check::<OrOff<Duration>>("off", Some("off"));
        check::<OrOff<Duration>>("30d", Some("30d"));
        check::<OrOff<Duration>>("never", None);
        check::<IpNet>("10.0.0.1", Some("10.0.0.1/32"));
        check::<IpNet>("10.0.0.0/33", None);
        check::<IpNet>("::ffff:203.0.113.0/120", Some("203.0.113.0/24"));
        check::<IpNet>("::ffff:203.0.113.9", Some("203.0.113.9/32"));
        check::<IpNet>("::ffff:0:0/96", Some("0.0.0.0/0"));
        check::<IpNet>("::ffff:0:0/95", None);
        check::<IpNet>("::/0", Some("::/0"));
        check::<Country>("de", Some("DE"));
        check::<Country>("Germany", None);
    }
}
