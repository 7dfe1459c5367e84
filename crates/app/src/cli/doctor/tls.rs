//! What the doctor finds out about our own certificate.

use std::time::Duration;

use tollgate_base::time::Clock;

use crate::{config::tls::Tls, tls::Identity};

use super::Finding;

/// Whoever renews certificates has done it by then.
const SOON: Duration = Duration::from_hours(14 * 24);

pub(super) fn look(config: &Tls) -> Option<Finding> {
    let (certificate, key) = config.files()?;
    let identity = match Identity::read(certificate, key) {
        Ok(identity) => identity,
        Err(fault) => {
            let fix = "Name a certificate and its key in PEM; tollgate serve starts with no other.";
            return Some(Finding::wrong("tls", fault.public(), fix));
        }
    };
    let renew = "Renew it; a running server reads the files again by itself.";
    let name = certificate.display();
    let Some(expires) = identity.expires() else {
        let says = format!("{name} does not say when it expires.");
        return Some(Finding::remark("tls", says, renew));
    };
    Some(
        match expires.duration_since(Clock::machine().now().system()) {
            Err(_) => Finding::wrong("tls", format!("{name} has expired."), renew),
            Ok(left) if left < SOON => {
                let days = left.as_secs() / 86_400;
                Finding::remark("tls", format!("{name} expires in {days} days."), renew)
            }
            Ok(left) => {
                let days = left.as_secs() / 86_400;
                Finding::good("tls", format!("{name} is good for {days} days."))
            }
        },
    )
}
