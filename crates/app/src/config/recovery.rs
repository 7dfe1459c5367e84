//! How long a recovery waits for its owner to object.

use std::time::Duration;

use super::key::section;

section! {
    /// Getting back into an account whose second factors are lost.
    pub struct Recovery in "recovery" + "recovery." {
        /// How long it waits after an administrator has started it, before its link is
        /// sent to the owner: the time in which they may stop it.
        wait: Duration = "1d" in "1h"..="30d" => AtOnce;
    }
}
