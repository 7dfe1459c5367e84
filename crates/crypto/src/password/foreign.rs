//! bcrypt, PBKDF2 and scrypt: hashes that other systems made. They are only
//! ever checked, and replaced by ours at the next sign-in.

use std::{num::NonZeroU32, ops::RangeInclusive};

use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA1, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA512};
use base64::{
    Engine, alphabet,
    engine::{
        DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig,
        general_purpose::{STANDARD, STANDARD_NO_PAD},
    },
};
use tollgate_base::{Error, Result, codes};
use zeroize::Zeroizing;

use super::scheme::{SALT, TAG, costly, number, parameters, unknown};
use crate::mac;

/// One parsed bcrypt hash.
pub struct Bcrypt {
    form: Form,
    cost: u32,
    salt: [u8; 16],
    tag: [u8; 23],
}

/// One parsed PBKDF2 hash (RFC 8018).
pub struct Pbkdf2 {
    digest: Digest,
    rounds: NonZeroU32,
    salt: Vec<u8>,
    tag: Vec<u8>,
}

/// One parsed scrypt hash (RFC 7914).
pub struct Scrypt {
    params: scrypt::Params,
    salt: Vec<u8>,
    tag: Vec<u8>,
}

/// What bcrypt was given.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// The password; bcrypt sees its first 72 bytes.
    Plain,
    /// SHA-256 of the password in hexadecimal, so that all of it counts.
    HexSha256,
}

/// What PBKDF2's HMAC is built on.
#[derive(Clone, Copy)]
pub(super) enum Digest {
    Sha1,
    Sha256,
    Sha512,
}

/// About a second: each step doubles the work. There is none below 4.
const BCRYPT_COSTS: RangeInclusive<u32> = 4..=14;

/// About a second; Django 5.2 writes 1 million.
const ROUNDS_MOST: u64 = 4_000_000;

/// Bytes of one scrypt: memory, and memory times parallelism.
const SCRYPT_MEMORY_MOST: u64 = 256 * 1024 * 1024;
const SCRYPT_WORK_MOST: u64 = 1024 * 1024 * 1024;

/// bcrypt's own alphabet. Some libraries left random bits in the last
/// character of the salt, which do not count.
const BCRYPT_TEXT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::BCRYPT,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

impl Bcrypt {
    /// The parts of `$2b$12$` and 53 characters. The variants 2a, 2b, 2x and
    /// 2y are computed alike; an old 2x hash of a password beyond ASCII was
    /// made by a faulty program and does not match.
    pub(super) fn parse(form: Form, cost: &str, rest: &str) -> Result<Self> {
        let read = || {
            let (salt, tag) = rest
                .split_at_checked(22)
                .filter(|_| rest.len() == 53 && cost.len() == 2)?;
            let salt = BCRYPT_TEXT.decode(salt).ok()?.try_into().ok()?;
            let tag = BCRYPT_TEXT.decode(tag).ok()?.try_into().ok()?;
            Some(Self {
                form,
                cost: number(cost)?,
                salt,
                tag,
            })
        };
        let bcrypt = read().ok_or_else(unknown)?;
        match bcrypt.cost {
            cost if cost < *BCRYPT_COSTS.start() => Err(unknown()),
            cost if cost > *BCRYPT_COSTS.end() => Err(costly()),
            _ => Ok(bcrypt),
        }
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let digest;
        let password = match self.form {
            Form::Plain => password,
            Form::HexSha256 => {
                digest = hexadecimal(&Zeroizing::new(mac::sha256(password)));
                &digest[..]
            }
        };
        // The password with a zero after it, or its first 72 bytes. bcrypt repeats its key, so that
        // a zero inside would make several passwords one.
        let mut key = Zeroizing::new([0; 72]);
        let seen = password.len().min(72);
        key[..seen].copy_from_slice(&password[..seen]);
        let tag = bcrypt::bcrypt(self.cost, self.salt, &key[..(seen + 1).min(72)]);
        mac::equal(&tag[..23], &self.tag) && !password.contains(&0)
    }
}

impl Pbkdf2 {
    /// The parts of `$pbkdf2-sha256$i=600000,l=32$salt$tag`, or of Passlib's
    /// `$pbkdf2-sha256$29000$salt$tag`, whose base64 has `.` for `+`.
    pub(super) fn parse_phc(digest: Digest, rounds: &str, salt: &str, tag: &str) -> Result<Self> {
        let decode = |text: &str| STANDARD_NO_PAD.decode(text.replace('.', "+")).ok();
        let read = || {
            let tag = decode(tag)?;
            let rounds = match parameters(rounds, ["i", "l"]) {
                Some([rounds, length]) => number(length)
                    .filter(|length| *length as usize == tag.len())
                    .and(Some(rounds))?,
                None => parameters(rounds, ["i"]).map_or(rounds, |[rounds]| rounds),
            };
            Some((number(rounds)?, decode(salt)?, tag))
        };
        let (rounds, salt, tag) = read().ok_or_else(unknown)?;
        Self::bounded(digest, rounds, salt, tag)
    }

    /// The parts of `pbkdf2_sha256$1000000$salt$tag`; the salt is a text.
    pub(super) fn parse_django(
        digest: Digest,
        rounds: &str,
        salt: &str,
        tag: &str,
    ) -> Result<Self> {
        let rounds = number(rounds).ok_or_else(unknown)?;
        let tag = STANDARD.decode(tag).map_err(|_| unknown())?;
        Self::bounded(digest, rounds, salt.as_bytes().to_vec(), tag)
    }

    fn bounded(digest: Digest, rounds: u32, salt: Vec<u8>, tag: Vec<u8>) -> Result<Self> {
        let rounds = NonZeroU32::new(rounds).ok_or_else(unknown)?;
        if !SALT.contains(&salt.len()) || !TAG.contains(&tag.len()) {
            return Err(unknown());
        }
        // Each further block of the tag costs all rounds again.
        let blocks = tag.len().div_ceil(digest.length()) as u64;
        if u64::from(rounds.get()) * blocks > ROUNDS_MOST {
            return Err(costly());
        }
        Ok(Self {
            digest,
            rounds,
            salt,
            tag,
        })
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let algorithm = match self.digest {
            Digest::Sha1 => PBKDF2_HMAC_SHA1,
            Digest::Sha256 => PBKDF2_HMAC_SHA256,
            Digest::Sha512 => PBKDF2_HMAC_SHA512,
        };
        pbkdf2::verify(algorithm, self.rounds, &self.salt, password, &self.tag).is_ok()
    }
}

impl Digest {
    const fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

impl Scrypt {
    /// The parts of `$scrypt$ln=16,r=8,p=1$salt$tag`.
    pub(super) fn parse_phc(costs: &str, salt: &str, tag: &str) -> Result<Self> {
        let read = || {
            let [log_n, r, p] = parameters(costs, ["ln", "r", "p"])?.map(number);
            let (salt, tag) = (
                STANDARD_NO_PAD.decode(salt).ok()?,
                STANDARD_NO_PAD.decode(tag).ok()?,
            );
            Some((log_n?, r?, p?, salt, tag))
        };
        let (log_n, r, p, salt, tag) = read().ok_or_else(unknown)?;
        Self::bounded(log_n, r, p, salt, tag)
    }

    /// The parts of `scrypt$16384$salt$8$5$tag`; the salt is a text.
    pub(super) fn parse_django(costs: [&str; 3], salt: &str, tag: &str) -> Result<Self> {
        let read = || {
            let [n, r, p] = costs.map(number);
            let log_n = n?.is_power_of_two().then(|| n.map(u32::ilog2))??;
            Some((log_n, r?, p?, STANDARD.decode(tag).ok()?))
        };
        let (log_n, r, p, tag) = read().ok_or_else(unknown)?;
        Self::bounded(log_n, r, p, salt.as_bytes().to_vec(), tag)
    }

    fn bounded(log_n: u32, r: u32, p: u32, salt: Vec<u8>, tag: Vec<u8>) -> Result<Self> {
        if log_n == 0
            || r == 0
            || p == 0
            || !SALT.contains(&salt.len())
            || !TAG.contains(&tag.len())
        {
            return Err(unknown());
        }
        let (r_wide, p_wide) = (u64::from(r), u64::from(p));
        let costs = || {
            let n = 1_u64.checked_shl(log_n)?;
            let block = 128 * r_wide;
            Some((
                n.checked_add(p_wide)?.checked_mul(block)?,
                n.checked_mul(block)?.checked_mul(p_wide)?,
            ))
        };
        if costs()
            .is_none_or(|(memory, work)| memory > SCRYPT_MEMORY_MOST || work > SCRYPT_WORK_MOST)
        {
            return Err(costly());
        }
        let params = scrypt::Params::new(log_n as u8, r, p).map_err(|_| unknown())?;
        Ok(Self { params, salt, tag })
    }

    pub(super) fn matches(&self, password: &[u8]) -> Result<bool> {
        let mut tag = vec![0; self.tag.len()];
        scrypt::scrypt(password, &self.salt, &self.params, &mut tag)
            .map_err(|fault| Error::new(&codes::INTERNAL).because(fault.to_string()))?;
        Ok(mac::equal(&tag, &self.tag))
    }
}

fn hexadecimal(bytes: &[u8; 32]) -> Zeroizing<[u8; 64]> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = Zeroizing::new([0; 64]);
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[
            DIGITS[usize::from(byte >> 4)],
            DIGITS[usize::from(byte & 15)],
        ]);
    }
    text
}
