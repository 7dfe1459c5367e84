//! Networks, as far as they tell who somebody is, or where.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// Under which address one machine is counted: whoever has one address of IPv6 has a
/// whole /64 of them. IPv4 that is written as IPv6 is IPv4.
pub fn host(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

/// The part of an address that a household or an office shares and that does not
/// change from day to day: a /24 of IPv4 or a /48 of IPv6.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl Network {
    /// The network of an address. IPv4 that is written as IPv6 is IPv4.
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() & !0xff).into(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 80 << 80).into(),
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = if self.0.is_ipv4() { 24 } else { 48 };
        write!(f, "{}/{length}", self.0)
    }
}

/// Personal data.
impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Network(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{Network, host};

    #[test]
    fn one_machine_is_counted_once() {
        for (address, counted) in [
            ("203.0.113.9", "203.0.113.9"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("2001:db8:1:2::3", "2001:db8:1:2::"),
            ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
            ("2001:db8:1:3::3", "2001:db8:1:3::"),
        ] {
            let address = address.parse().unwrap();
            assert_eq!(host(address), counted.parse::<IpAddr>().unwrap());
        }
    }

    #[test]
    fn neighbours_share_a_network() {
        let of = |text: &str| Network::of(text.parse().unwrap()).to_string();
        for (address, network) in [
            ("203.0.113.9", "203.0.113.0/24"),
            ("203.0.113.255", "203.0.113.0/24"),
            ("203.0.114.9", "203.0.114.0/24"),
            ("::ffff:203.0.113.9", "203.0.113.0/24"),
            ("2001:db8:1:2::3", "2001:db8:1::/48"),
            ("2001:db8:1:ffff::", "2001:db8:1::/48"),
            ("2001:db8:2::3", "2001:db8:2::/48"),
            ("::1", "::/48"),
        ] {
            assert_eq!(of(address), network);
        }
    }
}
