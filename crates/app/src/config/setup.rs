//! How the first administrator comes in.

use super::{key::section, meant::value::words};

words! {
    /// A switch.
    pub enum Switch: "on or off" {
        /// It is done.
        On = "on",
        /// It is not.
        Off = "off",
    }
}

section! {
    /// The first minutes.
    pub struct Setup in "setup" + "setup." {
        /// Whether a start without an administrator prints a setup link.
        link: Switch = "on";
    }
}
