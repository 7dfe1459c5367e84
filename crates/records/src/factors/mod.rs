//! What an account proves itself with beside a password: authenticator apps,
//! passkeys, codes that are sent, and the recovery codes for when those are lost.
//! Owns tables `factors`, `recovery_codes`, `passkeys`, `passkey_ceremonies` and
//! `code_ways`.

pub mod passkeys;
mod table;
pub mod ways;

use std::{fmt, str::FromStr, time::Duration};

use tollgate_base::{
    Error, codes,
    id::{FactorId, UserId},
    time::Time,
};

pub use table::{
    QUERIES, add, codes_left, codes_left_in, confirm, confirmed_in, drop_drafts, forget, of,
    remove, replace_codes, strong_in, unused_codes, use_code, use_step,
};

/// A factor as it is stored.
#[derive(Clone)]
pub struct Factor {
    /// Its id.
    pub id: FactorId,
    /// Whose.
    pub account: UserId,
    /// What it is.
    pub kind: FactorKind,
    /// What its owner calls it.
    pub name: String,
    /// What is shared with it, sealed for this row.
    pub secret: Vec<u8>,
    /// The last step whose code was used; 0 before the first.
    pub last_step: i64,
    /// When it was begun.
    pub created_at: Time,
    /// When its owner proved to have it. Before that it counts for nothing.
    pub confirmed_at: Option<Time>,
    /// When it was last used.
    pub last_used_at: Option<Time>,
}

/// What a factor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorKind {
    /// An app that shows codes (RFC 6238).
    Totp,
}

/// A factor that is to be added, not confirmed yet.
#[derive(Clone)]
pub struct NewFactor {
    /// Its id.
    pub id: FactorId,
    /// Whose.
    pub account: UserId,
    /// What it is.
    pub kind: FactorKind,
    /// What its owner calls it.
    pub name: String,
    /// What is shared with it, sealed for this row.
    pub secret: Vec<u8>,
}

impl Factor {
    /// Most characters of a name.
    pub const NAME_MOST: usize = 60;
    /// Most factors of one account.
    pub const MOST: i64 = 10;
    /// How long one that was begun may be confirmed.
    pub const DRAFT_LIVES: Duration = Duration::from_mins(10);
}

impl fmt::Debug for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Factor({}, {})", self.id, self.kind.as_str())
    }
}

impl FactorKind {
    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
        }
    }
}

impl FromStr for FactorKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text == Self::Totp.as_str() {
            Ok(Self::Totp)
        } else {
            Err(Error::new(&codes::INTERNAL_STORE).because("unknown kind of factor"))
        }
    }
}
