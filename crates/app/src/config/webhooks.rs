//! What becomes of webhooks.

use std::{path::PathBuf, time::Duration};

use ipnet::IpNet;

use super::key::section;

section! {
    /// Webhooks: addresses that administrators have events sent to.
    pub struct Webhooks in "webhooks" + "webhooks." {
        /// Private networks in which webhooks may lie. Elsewhere none is called at an
        /// address that the open internet does not have: an administrator is not to reach
        /// what is inside through this server.
        allow_networks: Vec<IpNet> = "";
        /// A PEM file of the authorities that vouch for receivers, in place of the public
        /// ones.
        tls_root_file: Option<PathBuf>, like "ca.pem";
        /// How long handing over one event may take.
        timeout: Duration = "10s" in "1s"..="20s";
    }
}
