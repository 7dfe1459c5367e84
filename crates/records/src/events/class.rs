//! Classes of kinds: what is searched for together, and kept for as long.

use super::EventKind;

/// What an event is about, roughly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Getting in and out: sessions, devices, tokens, apps that were entered.
    SignIns,
    /// How somebody proves who they are: passwords, factors, names, recoveries.
    Security,
    /// What administrators and operators do: accounts, roles, apps, keys, reading this trail.
    Administration,
    /// How the server does: backups, mail, its clock.
    Operation,
}

impl Class {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::SignIns,
        Self::Security,
        Self::Administration,
        Self::Operation,
    ];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIns => "sign-ins",
            Self::Security => "security",
            Self::Administration => "administration",
            Self::Operation => "operation",
        }
    }

    /// The class of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|class| class.as_str() == name)
    }

    /// Its kinds.
    pub fn kinds(self) -> impl Iterator<Item = EventKind> {
        let all = EventKind::ALL.iter().copied();
        all.filter(move |kind| kind.class() == self)
    }
}

impl EventKind {
    /// What it is about, roughly: by the first part of its name. What no other
    /// class claims is security, which is kept the longest.
    pub fn class(self) -> Class {
        let name = self.as_str();
        match (self, name.split('.').next().unwrap_or(name)) {
            (Self::SiteEntered, _) => Class::SignIns,
            (Self::LockedDown, _) => Class::Security,
            (_, "session" | "sessions" | "signin" | "token" | "device" | "devices") => {
                Class::SignIns
            }
            (
                _,
                "account" | "admin" | "audit" | "installation" | "role" | "setup" | "signing_key"
                | "site",
            ) => Class::Administration,
            (_, "backup" | "clock" | "mail") => Class::Operation,
            _ => Class::Security,
        }
    }
}
