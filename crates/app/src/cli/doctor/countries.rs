//! What the doctor finds out about the file of countries.

use tollgate_outbound::countries::Countries;

use crate::config::network::Network;

use super::Finding;

/// Nothing where there is none, which is the default.
pub(super) fn look(network: &Network) -> Option<Finding> {
    let path = network.countries.as_deref()?;
    Some(match Countries::open(path) {
        Err(fault) => Finding::wrong(
            "countries",
            format!("{}: {fault}. A server does not start.", path.display()),
            "Put a file of countries or cities in MaxMind's format there, or leave network.countries out.",
        ),
        Ok(_) => Finding::good("countries", format!("{} tells them.", path.display())),
    })
}
