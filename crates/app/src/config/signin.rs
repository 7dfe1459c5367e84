//! Who may sign up, and how often somebody may try to sign in.

use std::time::Duration;

use super::{key::section, meant::value::words};

words! {
    /// Who may make an account for themselves.
    pub enum Registration: "off or open" {
        /// Nobody.
        Off = "off",
        /// Everybody.
        Open = "open",
    }
}

section! {
    /// Sign-up and sign-in.
    pub struct Signin in "signin" + "signin." {
        /// Who may make an account for themselves.
        registration: Registration = "off" => AtOnce;
    }
}

section! {
    /// How often a password may be tried.
    pub struct Attempts in "signin.attempts" + "signin.attempts." {
        /// Failed tries for one account in one window.
        per_account: u32 = "10" in "1"..="1000" => AtOnce;
        /// The window.
        window: Duration = "15m" in "1m"..="1d" => AtOnce;
        /// Tries from one address that may come all at once.
        address_burst: u32 = "20" in "1"..="10000" => AtOnce;
        /// Tries from one address in a minute, after that.
        address_per_minute: u32 = "60" in "1"..="10000" => AtOnce;
    }
}
