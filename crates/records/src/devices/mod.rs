//! The browsers and apps that a person has signed in from, and the networks
//! that they came from. A device is known by a secret that it keeps, never by
//! what it looks like. Owns tables `devices` and `networks`.

mod table;

use std::{fmt, time::Duration};

use tollgate_base::{
    id::{DeviceId, UserId},
    time::Time,
};

pub use table::{
    QUERIES, add, by_hash, distrust, forget, forget_networks, has_network, id_by_hash,
    knows_device, knows_network, networks, networks_in, of, of_in, remove, remove_others, saw,
    saw_network, trust, was_used_from,
};

/// A device as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredDevice {
    /// Its id.
    pub id: DeviceId,
    /// Whose. Two people in one browser have a device each.
    pub account: UserId,
    /// What the client calls it.
    pub name: Option<String>,
    /// Browser and system, in words.
    pub browser: Option<String>,
    /// The address from which it signed in last.
    pub address: Option<String>,
    /// When it signed in first.
    pub created_at: Time,
    /// When it signed in last.
    pub last_used_at: Time,
    /// When its owner asked for the second step to be left out on it.
    pub trusted_at: Option<Time>,
}

/// A device that is to be remembered.
#[derive(Clone)]
pub struct NewDevice {
    /// Its id.
    pub id: DeviceId,
    /// Whose.
    pub account: UserId,
    /// SHA-256 of the secret that it keeps.
    pub hash: [u8; 32],
}

/// What is told of a device when it signs in. Personal data.
#[derive(Clone, Default)]
pub struct Sighting {
    /// What the client calls it.
    pub name: Option<String>,
    /// Browser and system, in words.
    pub browser: Option<String>,
    /// The address that it comes from.
    pub address: Option<String>,
}

impl StoredDevice {
    /// Most devices of one account, and most networks. The one that was used
    /// least lately goes; a trusted device goes last.
    pub const MOST: i64 = 50;

    /// Until when the second step is left out on it, if trust lasts so long and none
    /// counts that is older than `not_before`: a backup may bring it back.
    pub fn trusted_until(&self, lasts: Duration, not_before: Time) -> Option<Time> {
        let since = self.trusted_at.filter(|since| *since > not_before);
        since.map(|since| since.plus(lasts))
    }
}

impl fmt::Debug for StoredDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredDevice({})", self.id)
    }
}
