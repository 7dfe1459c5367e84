//! From which networks this server may be used.

use ipnet::IpNet;

use super::key::section;

section! {
    /// Networks from which this server, and the apps behind its gate, may be used. They
    /// are judged by the client's address, as trusted_proxies tell it.
    pub struct Network in "network" + "network." {
        /// Only these, if there are any.
        allow: Vec<IpNet> = "" => AtOnce;
        /// Never these, even if they are allowed.
        deny: Vec<IpNet> = "" => AtOnce;
    }
}
