//! A sign-in on one device, from opening to its end, and the refresh tokens
//! that keep it alive. Owns tables `sessions` and `refresh_tokens`.

mod rules;
mod table;

use std::{fmt, str::FromStr, time::Duration};

use tollgate_base::{
    Error,
    access::Assurance,
    codes,
    id::{DeviceId, SessionId, UserId},
    time::Time,
};

pub use rules::Presented;
pub use table::{
    QUERIES, add_refresh, assurance, beyond, by_foreign_token, clean, end, end_all, end_of_device,
    end_of_devices, find, forget, live, live_of, lower_assurance, open, proved_again,
    raise_assurance, read, renew, saw, use_refresh,
};

/// A session as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id; the `sid` of its tokens.
    pub id: SessionId,
    /// Whose.
    pub account: UserId,
    /// What keeps it alive.
    pub kind: SessionKind,
    /// The installation's epoch when it was opened.
    pub epoch: i64,
    /// How well the person proved who they are.
    pub assurance: Assurance,
    /// When they did.
    pub auth_time: Time,
    /// When it was opened.
    pub created_at: Time,
    /// When it was last used, to within a minute.
    pub last_seen_at: Time,
    /// It ends when it was not used for so long.
    pub idle_span: Duration,
    /// It ends then in any case.
    pub expires_at: Time,
    /// When it was ended.
    pub revoked_at: Option<Time>,
    /// Where it was opened.
    pub device: Device,
    /// The device that is known again by a secret, where it is one.
    pub device_id: Option<DeviceId>,
}

/// What keeps a session alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionKind {
    /// A cookie of our own pages.
    Cookie,
    /// A rotating refresh token of our own API.
    Token,
    /// A token pair of the chatbot dialect.
    Chatbot,
}

/// What is known of the device. Personal data.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// What the client calls it.
    pub name: Option<String>,
    /// Browser and system, in words.
    pub browser: Option<String>,
    /// The address from which it came.
    pub address: Option<String>,
}

/// A session that is to be opened.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub account: UserId,
    /// What keeps it alive.
    pub kind: SessionKind,
    /// SHA-256 of the cookie, if a cookie keeps it alive.
    pub secret_hash: Option<[u8; 32]>,
    /// The name of the foreign token for which it stands.
    pub foreign_token: Option<String>,
    /// The installation's epoch.
    pub epoch: i64,
    /// How well the person proved who they are.
    pub assurance: Assurance,
    /// It ends when it is not used for so long.
    pub idle_span: Duration,
    /// It ends then in any case.
    pub expires_at: Time,
    /// Where.
    pub device: Device,
    /// The device that is known again by a secret, where it is one.
    pub device_id: Option<DeviceId>,
}

/// A refresh token as it is stored, with what decides about it.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    /// Its session.
    pub session: SessionId,
    /// Counts up from 1 in each session.
    pub generation: i64,
    /// When it ends.
    pub expires_at: Time,
    /// When it was exchanged.
    pub used_at: Option<Time>,
}

/// Why a session ended, for the audit trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// Its owner signed out.
    SignedOut,
    /// Its owner ended it from elsewhere.
    EndedByOwner,
    /// An administrator did.
    EndedByAdmin,
    /// The password was changed or reset.
    PasswordChanged,
    /// A second factor was added.
    FactorAdded,
    /// The operator took the second factors away.
    FactorsReset,
    /// The account was suspended.
    Suspended,
    /// A refresh token was used twice.
    TokenReused,
    /// The device was forgotten on which it was opened.
    DeviceRemoved,
    /// The account opened more sessions than it may have.
    TooMany,
    /// Its owner shut everybody else out.
    LockedDown,
}

impl Device {
    /// Most characters of each part.
    pub const MOST: usize = 200;

    /// From what a client sent, cut to [`Device::MOST`] characters each, without
    /// control characters: NUL is what PostgreSQL does not store.
    pub fn new(name: Option<String>, browser: Option<String>, address: Option<String>) -> Self {
        let cut = |text: Option<String>| {
            text.map(|text| {
                let shown = text.chars().filter(|c| !c.is_control());
                shown.take(Self::MOST).collect()
            })
        };
        Self {
            name: cut(name),
            browser: cut(browser),
            address: cut(address),
        }
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Device(…)")
    }
}

impl SessionKind {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Token => "token",
            Self::Chatbot => "chatbot",
        }
    }
}

impl FromStr for SessionKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        [Self::Cookie, Self::Token, Self::Chatbot]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| Error::new(&codes::INTERNAL_STORE).because("unknown kind of session"))
    }
}

impl EndReason {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::EndedByOwner => "ended_by_owner",
            Self::EndedByAdmin => "ended_by_admin",
            Self::PasswordChanged => "password_changed",
            Self::FactorAdded => "factor_added",
            Self::FactorsReset => "factors_reset",
            Self::Suspended => "suspended",
            Self::TokenReused => "token_reused",
            Self::DeviceRemoved => "device_removed",
            Self::TooMany => "too_many",
            Self::LockedDown => "locked_down",
        }
    }
}
