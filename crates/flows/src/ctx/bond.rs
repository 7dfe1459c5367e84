//! Where a session counts: on the device, or in the network, that it was opened
//! on, if the operator wants that.

use std::{fmt, net::IpAddr};

use tollgate_base::{Error, Result, codes, network::Network};
use tollgate_crypto::device::DeviceSecrets;
use tollgate_records::sessions::Session;

use super::policy::Binding;

/// Where a request comes from.
#[derive(Clone, Default)]
pub struct Place {
    /// The address.
    pub address: Option<IpAddr>,
    /// The secrets of the device.
    pub devices: DeviceSecrets,
}

/// Where a session was opened, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct Bond {
    device: Opened,
    network: Option<Network>,
}

/// On which device.
#[derive(Clone, Debug, Default)]
enum Opened {
    /// On one that keeps no secret.
    #[default]
    Anywhere,
    /// On one that keeps the secret of this SHA-256.
    On([u8; 32]),
    /// On one that was forgotten since.
    Nowhere,
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Place(…)")
    }
}

impl Bond {
    /// Of a session, and the fingerprint of its device's secret if that is known.
    pub fn of(session: &Session, device: Option<[u8; 32]>) -> Self {
        let address = session.device.address.as_deref();
        let address = address.and_then(|text| text.parse::<IpAddr>().ok());
        Self {
            device: match (session.device_id, device) {
                (None, _) => Opened::Anywhere,
                (Some(_), Some(hash)) => Opened::On(hash),
                (Some(_), None) => Opened::Nowhere,
            },
            network: address.map(Network::of),
        }
    }

    /// The same for a credential that a browser has for one host alone, to which
    /// it does not send what its device is known by.
    #[must_use]
    pub fn on_any_device(self) -> Self {
        Self {
            device: Opened::Anywhere,
            ..self
        }
    }

    /// Whether a request from there may use it.
    ///
    /// # Errors
    /// `session.device`, `session.network`.
    pub fn check(&self, binding: Binding, place: &Place) -> Result<()> {
        match binding {
            Binding::Off => Ok(()),
            Binding::Device => match &self.device {
                Opened::Anywhere => Ok(()),
                Opened::On(hash) if place.devices.hold(hash) => Ok(()),
                Opened::On(_) | Opened::Nowhere => Err(Error::new(&codes::SESSION_DEVICE)),
            },
            Binding::Network => match self.network {
                Some(network) if place.address.map(Network::of) != Some(network) => {
                    Err(Error::new(&codes::SESSION_NETWORK))
                }
                _ => Ok(()),
            },
        }
    }
}
