//! Which addresses of the network may be called when somebody else chose where to:
//! those of the open internet, and what the operator adds. Pure; asks nobody.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Where calls may go.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    also: Vec<IpNet>,
}

/// What is not of the open internet (the registries of special-purpose addresses of
/// IANA), and what clouds answer their machines at.
const CLOSED: [Ipv4Net; 18] = [
    four([0, 0, 0, 0], 8),
    four([10, 0, 0, 0], 8),
    four([100, 64, 0, 0], 10),
    four([127, 0, 0, 0], 8),
    four([168, 63, 129, 16], 32),
    four([169, 254, 0, 0], 16),
    four([172, 16, 0, 0], 12),
    four([192, 0, 0, 0], 24),
    four([192, 0, 2, 0], 24),
    four([192, 31, 196, 0], 24),
    four([192, 52, 193, 0], 24),
    four([192, 88, 99, 0], 24),
    four([192, 168, 0, 0], 16),
    four([192, 175, 48, 0], 24),
    four([198, 18, 0, 0], 15),
    four([198, 51, 100, 0], 24),
    four([203, 0, 113, 0], 24),
    // Groups, what is reserved, and everybody.
    four([224, 0, 0, 0], 3),
];
/// Where IPv6 has its open internet, but for what is in [`CLOSED_SIX`].
const OPEN_SIX: Ipv6Net = six([0x2000, 0, 0, 0], 3);
const CLOSED_SIX: [Ipv6Net; 5] = [
    // Protocols, Teredo among them, which carries other addresses.
    six([0x2001, 0, 0, 0], 23),
    six([0x2001, 0xdb8, 0, 0], 32),
    // 6to4, which does too.
    six([0x2002, 0, 0, 0], 16),
    six([0x2620, 0x4f, 0x8000, 0], 48),
    six([0x3fff, 0, 0, 0], 20),
];
/// Translation to IPv4 (RFC 6052): what counts is the address within.
const TRANSLATED: Ipv6Net = six([0x64, 0xff9b, 0, 0], 96);

impl Reach {
    /// The open internet, and these networks.
    pub const fn with(also: Vec<IpNet>) -> Self {
        Self { also }
    }

    /// Whether a call may go there.
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = plain(address);
        self.also.iter().any(|net| net.contains(&address)) || is_open(address)
    }
}

/// The address that is meant: several forms of IPv6 carry one of IPv4.
fn plain(address: IpAddr) -> IpAddr {
    let IpAddr::V6(six) = address.to_canonical() else {
        return address.to_canonical();
    };
    if TRANSLATED.contains(&six) {
        let [.., a, b, c, d] = six.octets();
        return Ipv4Addr::new(a, b, c, d).into();
    }
    six.into()
}

fn is_open(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !CLOSED.iter().any(|net| net.contains(&address)),
        IpAddr::V6(address) => {
            OPEN_SIX.contains(&address) && !CLOSED_SIX.iter().any(|net| net.contains(&address))
        }
    }
}

const fn four([a, b, c, d]: [u8; 4], length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn six([a, b, c, d]: [u16; 4], length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), length)
}

#[cfg(test)]
mod tests {
    use super::Reach;

    fn allows(reach: &Reach, address: &str) -> bool {
        reach.allows(address.parse().unwrap())
    }

    /// vuln:129, asvs:V1.3.6: each form that leads inside is known.
    #[test]
    fn the_open_internet_may_be_called_and_nothing_else() {
        let reach = Reach::default();
        for open in [
            "1.1.1.1",
            "8.8.8.8",
            "172.15.255.255",
            "172.32.0.1",
            "100.63.255.255",
            "100.128.0.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
        ] {
            assert!(allows(&reach, open), "{open}");
        }
        for closed in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:0:10.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::8.8.8.8",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!allows(&reach, closed), "{closed}");
        }
    }

    #[test]
    fn an_operator_opens_networks_of_their_own() {
        let reach = Reach::with(vec!["10.1.0.0/16".parse().unwrap()]);
        assert!(allows(&reach, "10.1.2.3"));
        assert!(allows(&reach, "::ffff:10.1.2.3"));
        assert!(!allows(&reach, "10.2.0.1"));
        assert!(!allows(&reach, "127.0.0.1"));
    }
}
