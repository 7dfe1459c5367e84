//! Which kinds of stored hashes there are, and how each is told by its text.
//! The bounds on cost are kept here as well: a hash that comes with an import
//! must not be able to hold a thread for minutes or take all memory.

use std::ops::RangeInclusive;

use tollgate_base::{Error, Result, codes};

use super::{
    Cost,
    argon::Argon,
    foreign::{Bcrypt, Digest, Form, Pbkdf2, Scrypt},
    pepper::Peppers,
    pool::Scratch,
};

/// A stored hash, parsed and within the bounds.
pub enum Scheme {
    /// Argon2id, Argon2i or Argon2d: up to 256 MiB, and up to 1 GiB of memory
    /// times passes.
    Argon2(Argon),
    /// bcrypt, plain or over a digest as Django does: cost 4 to 14.
    Bcrypt(Bcrypt),
    /// PBKDF2 with HMAC-SHA1, -SHA256 or -SHA512: up to 4 million rounds.
    Pbkdf2(Pbkdf2),
    /// scrypt: up to 256 MiB, and up to 1 GiB of memory times parallelism.
    Scrypt(Scrypt),
}

/// Parse a stored hash: PHC strings of Argon2, PBKDF2 and scrypt, Passlib's
/// PBKDF2, bcrypt as every system writes it, and Django's six forms.
///
/// # Errors
/// `hash.unknown` for anything else, `hash.costly` over the bounds.
pub fn recognise(stored: &str) -> Result<Scheme> {
    if stored.len() > LONGEST {
        return Err(unknown());
    }
    match *stored.split('$').collect::<Vec<_>>().as_slice() {
        ["" | "argon2", kind, version, costs, salt, tag] if kind.starts_with("argon2") => {
            Argon::parse(kind, Some(version), costs, salt, tag).map(Scheme::Argon2)
        }
        ["" | "argon2", kind, costs, salt, tag] if kind.starts_with("argon2") => {
            Argon::parse(kind, None, costs, salt, tag).map(Scheme::Argon2)
        }
        ["", "2a" | "2b" | "2x" | "2y", cost, rest]
        | ["bcrypt", "", "2a" | "2b" | "2x" | "2y", cost, rest] => {
            Bcrypt::parse(Form::Plain, cost, rest).map(Scheme::Bcrypt)
        }
        ["bcrypt_sha256", "", "2a" | "2b" | "2y", cost, rest] => {
            Bcrypt::parse(Form::HexSha256, cost, rest).map(Scheme::Bcrypt)
        }
        ["", "pbkdf2-sha256", rounds, salt, tag] => {
            Pbkdf2::parse_phc(Digest::Sha256, rounds, salt, tag).map(Scheme::Pbkdf2)
        }
        ["", "pbkdf2-sha512", rounds, salt, tag] => {
            Pbkdf2::parse_phc(Digest::Sha512, rounds, salt, tag).map(Scheme::Pbkdf2)
        }
        ["pbkdf2_sha256", rounds, salt, tag] => {
            Pbkdf2::parse_django(Digest::Sha256, rounds, salt, tag).map(Scheme::Pbkdf2)
        }
        ["pbkdf2_sha1", rounds, salt, tag] => {
            Pbkdf2::parse_django(Digest::Sha1, rounds, salt, tag).map(Scheme::Pbkdf2)
        }
        ["", "scrypt", costs, salt, tag] => Scrypt::parse_phc(costs, salt, tag).map(Scheme::Scrypt),
        ["scrypt", n, salt, r, p, tag] => {
            Scrypt::parse_django([n, r, p], salt, tag).map(Scheme::Scrypt)
        }
        _ => Err(unknown()),
    }
}

impl Scheme {
    /// A name for reports: `argon2`, `bcrypt`, `pbkdf2` or `scrypt`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Argon2(_) => "argon2",
            Self::Bcrypt(_) => "bcrypt",
            Self::Pbkdf2(_) => "pbkdf2",
            Self::Scrypt(_) => "scrypt",
        }
    }

    /// Whether a new hash at this cost and with the newest pepper would be of the
    /// same make.
    pub(super) fn is_current(&self, cost: Cost, peppers: &Peppers) -> bool {
        matches!(self, Self::Argon2(argon) if argon.is_current(cost, peppers.newest()))
    }

    /// Whether the hash is this password's.
    pub(super) fn matches(
        &self,
        peppers: &Peppers,
        password: &[u8],
        scratch: &mut Scratch,
    ) -> Result<bool> {
        match self {
            Self::Argon2(argon) => argon.matches(peppers, password, scratch),
            Self::Bcrypt(bcrypt) => Ok(bcrypt.matches(password)),
            Self::Pbkdf2(pbkdf2) => Ok(pbkdf2.matches(password)),
            Self::Scrypt(scrypt) => scrypt.matches(password),
        }
    }
}

/// Longest stored hash that is looked at, in bytes.
const LONGEST: usize = 512;

/// Bytes of a salt. Shorter ones could not keep equal passwords apart.
pub(super) const SALT: RangeInclusive<usize> = 8..=64;

/// Bytes of a tag. Shorter ones would match by accident.
pub(super) const TAG: RangeInclusive<usize> = 16..=64;

pub(super) fn unknown() -> Error {
    Error::new(&codes::HASH_UNKNOWN)
}

pub(super) fn costly() -> Error {
    Error::new(&codes::HASH_COSTLY)
}

/// The values of `m=65536,t=3,p=4`, in exactly this order.
pub(super) fn parameters<'t, const N: usize>(
    text: &'t str,
    names: [&str; N],
) -> Option<[&'t str; N]> {
    let mut parts = text.split(',');
    let mut values = [""; N];
    for (value, name) in values.iter_mut().zip(names) {
        *value = parts.next()?.strip_prefix(name)?.strip_prefix('=')?;
    }
    parts.next().is_none().then_some(values)
}

/// A number in decimal digits alone.
pub(super) fn number(text: &str) -> Option<u32> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}
