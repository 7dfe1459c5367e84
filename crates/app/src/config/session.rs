//! How long somebody stays signed in, where, and how often at a time.

use std::time::Duration;

use super::{
    key::section,
    meant::{Verdict, value::words},
};

words! {
    /// Where a session counts.
    pub enum Bind: "off, device or network" {
        /// Anywhere.
        Off = "off",
        /// On the device on which it was opened.
        Device = "device",
        /// In the network from which it was opened.
        Network = "network",
    }
}

section! {
    /// Sessions.
    pub struct Session in "session" + "session." {
        /// A session with remember-me ends when unused for this long.
        idle: Duration = "14d" in "1m"..="400d" => AtOnce;
        /// It ends this long after sign-in, used or not.
        max: Duration = "90d" in "1m"..="400d" => AtOnce;
        /// A session without remember-me ends when unused for this long.
        short_idle: Duration = "12h" in "1m"..="400d" => AtOnce;
        /// It ends this long after sign-in, used or not.
        short_max: Duration = "1d" in "1m"..="400d" => AtOnce;
        /// A refresh token may be sent again for this long, by a client that never
        /// saw the answer.
        refresh_retry_window: Duration = "10s" in "0s"..="1m" => AtOnce;
        /// Most sessions of one person at a time, or 0 for any number. One more ends the
        /// one that was used least lately.
        most: u32 = "100" in "0"..="10000" => AtOnce;
        /// Whether a session counts only on the device on which it was opened, which
        /// shows its secret with each request, or only in its network (/24 of IPv4, /48
        /// of IPv6). Elsewhere it is refused, and goes on where it was opened.
        bind: Bind = "off" => AtOnce;
    }
}

impl Session {
    pub(super) fn check(&self, verdict: &mut Verdict) {
        let hint = Some("Lower the first or raise the second.");
        if self.idle > self.max {
            verdict.fault(
                &["session.idle", "session.max"],
                "session.idle is longer than session.max",
                hint,
            );
        }
        if self.short_idle > self.short_max {
            verdict.fault(
                &["session.short_idle", "session.short_max"],
                "session.short_idle is longer than session.short_max",
                hint,
            );
        }
    }
}
