//! From when on the compliance rules find something.

use std::time::Duration;

use super::key::section;

section! {
    /// Compliance checks: what is counted once a day, at /admin/compliance.
    pub struct Compliance in "compliance" + "compliance." {
        /// After how long without any use an account is dormant.
        dormant: Duration = "90d" in "1d"..="3650d" => AtOnce;
        /// After how long a new account that was never used is told of.
        unused: Duration = "30d" in "1d"..="3650d" => AtOnce;
        /// After how long an address that nobody has verified is told of.
        unverified: Duration = "90d" in "1d"..="3650d" => AtOnce;
        /// Administrators at most.
        admins: u32 = "5" in "1"..="1000" => AtOnce;
        /// For how long a key may sign.
        key_age: Duration = "365d" in "1d"..="3650d" => AtOnce;
        /// How old the last backup may be.
        backup: Duration = "7d" in "1d"..="3650d" => AtOnce;
    }
}
