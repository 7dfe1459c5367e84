//! What is made of the browsers and apps that people sign in from.

use std::time::Duration;

use super::{
    key::section,
    meant::{Verdict, network::OrOff, value::words},
};

words! {
    /// Which sign-ins are confirmed by mail.
    pub enum Confirm: "off, device or network" {
        /// None.
        Off = "off",
        /// Those from a device that the account does not know.
        Device = "device",
        /// Those from a network that the account was never used from.
        Network = "network",
    }
}

section! {
    /// Devices.
    pub struct Devices in "devices" + "devices." {
        /// For how long somebody may have the second step left out on a device of
        /// theirs, or off, which is the default of the strict profile. Their password is
        /// always asked for, and before they change how they sign in, a code too.
        trust: OrOff<Duration> = "{trusted}" => AtOnce;
        /// Which sign-ins have to be confirmed by a code that is mailed, where no second
        /// factor was shown: those from a device that the account does not know, or
        /// those from a network (/24 of IPv4, /48 of IPv6) that it was never used from.
        confirm: Confirm = "off" => AtOnce;
    }
}

/// Trust is told of in days, and browsers keep no cookie for longer.
const TRUST: (Duration, Duration) = (Duration::from_hours(24), Duration::from_hours(400 * 24));

impl Devices {
    pub(super) fn check(&self, verdict: &mut Verdict) {
        let outside = |trust: Duration| trust < TRUST.0 || trust > TRUST.1;
        if self.trust.0.is_some_and(outside) {
            let message = "devices.trust is neither off nor between 1d and 400d";
            verdict.fault(&["devices.trust"], message, None);
        }
    }
}
