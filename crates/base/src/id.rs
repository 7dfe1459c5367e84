//! Prefixed, time-sortable ids: `usr_01k3…`, 128 bits of UUID version 7
//! (RFC 9562) in lower-case Crockford base 32, so that text sorts as time does.

use std::{fmt, str::FromStr};

use crate::{Error, codes, entropy::Entropy, time::Time};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 26 digits of 5 bits hold 128 bits, the first digit being at most 7.
const DIGITS: usize = 26;
/// How many letters stand before the underscore.
const PREFIX: usize = 3;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// What stands before the underscore.
            pub const PREFIX: &'static str = {
                assert!($prefix.len() == PREFIX);
                $prefix
            };

            /// A new id that sorts by `now`.
            ///
            /// # Errors
            /// As [`Entropy::bytes`].
            pub fn new(now: Time, entropy: &Entropy) -> Result<Self, Error> {
                Ok(Self::with_chance(now, entropy.bytes()?))
            }

            /// The id of `now` with that much chance in it: for transactions,
            /// which may run again and must then make the same ids.
            pub fn with_chance(now: Time, chance: [u8; 16]) -> Self {
                Self(uuid_v7(now, chance))
            }

            /// The 128 bits, a UUID of version 7.
            pub const fn bits(self) -> u128 {
                self.0
            }

            /// The id of these 128 bits.
            pub const fn from_bits(bits: u128) -> Self {
                Self(bits)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                show($prefix, self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                parse($prefix, text).map(Self).ok_or_else(|| Error::new(&codes::ID_MALFORMED))
            }
        }
    )*};
}

ids! {
    /// A person or a service with an account.
    UserId = "usr";
    /// One sign-in on one device.
    SessionId = "ses";
    /// A fact in the audit trail.
    EventId = "evt";
    /// Work to be done later, such as a mail.
    JobId = "job";
    /// A link or code that works once.
    OneTimeId = "otp";
    /// A signing key; the `kid` of the tokens that it signs.
    KeyId = "sgk";
    /// A running server.
    NodeId = "nod";
    /// One HTTP request.
    RequestId = "req";
    /// An organisation.
    OrgId = "org";
    /// An app behind the gate.
    SiteId = "sit";
    /// A second factor, such as an authenticator app.
    FactorId = "fac";
    /// A passkey.
    PasskeyId = "psk";
    /// A browser or an app that somebody signed in from.
    DeviceId = "dev";
    /// An address that events are sent to.
    WebhookId = "whk";
    /// An event on its way to such an address.
    DeliveryId = "dlv";
    /// Something that operators are told of.
    AlertId = "alr";
}

fn uuid_v7(now: Time, chance: [u8; 16]) -> u128 {
    let millis = u128::try_from(now.micros().div_euclid(1_000)).unwrap_or(0) & 0xffff_ffff_ffff;
    let random = u128::from_be_bytes(chance);
    (millis << 80)
        | (0x7 << 76)
        | (random & (0xfff << 64))
        | (0b10 << 62)
        | (random & ((1 << 62) - 1))
}

fn show(prefix: &str, bits: u128, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut text = [b'_'; PREFIX + 1 + DIGITS];
    text[..PREFIX].copy_from_slice(prefix.as_bytes());
    // 60 bits hold twelve digits; shifting all 128 for each would take thrice as long.
    let part = |from: u32| (bits >> from) as u64 & ((1 << 60) - 1);
    let digits = text[PREFIX + 1..].rchunks_mut(12);
    for (digits, mut part) in digits.zip([part(0), part(60), part(120)]) {
        for digit in digits.iter_mut().rev() {
            *digit = ALPHABET[part as usize & 31];
            part >>= 5;
        }
    }
    f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
}

/// Only the one canonical spelling is an id: lower case, no look-alikes.
fn parse(prefix: &str, text: &str) -> Option<u128> {
    let digits = text.strip_prefix(prefix)?.strip_prefix('_')?.as_bytes();
    if digits.len() != DIGITS || digits[0] > b'7' {
        return None;
    }
    digits.iter().try_fold(0u128, |bits, digit| {
        let value = ALPHABET.iter().position(|letter| letter == digit)?;
        Some((bits << 5) | value as u128)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_text_and_sorts_by_time() {
        let early = UserId::new(Time::from_secs(1_000), &Entropy).unwrap();
        let late = UserId::new(Time::from_secs(1_001), &Entropy).unwrap();
        assert_eq!(early.to_string().parse::<UserId>().unwrap(), early);
        assert!(early.to_string() < late.to_string());
        assert_eq!(early.to_string().len(), 30);
        assert_eq!(early.bits() >> 76 & 0xf, 7);
    }

    #[test]
    fn each_digit_holds_five_bits() {
        for place in 0..128 {
            let text = UserId::from_bits(1 << place).to_string();
            let mut digits = [b'0'; DIGITS];
            digits[DIGITS - 1 - place / 5] = ALPHABET[1 << (place % 5)];
            assert_eq!(text.as_bytes()[PREFIX + 1..], digits, "{place}");
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        let id = UserId::new(Time::from_secs(1_000), &Entropy)
            .unwrap()
            .to_string();
        for bad in [
            id.to_uppercase(),
            id.replace("usr", "ses"),
            format!("{id}0"),
            id.replace('_', "-"),
            format!("usr_{}", "8".repeat(26)),
            format!("usr_{}", "u".repeat(26)),
            String::new(),
        ] {
            assert!(bad.parse::<UserId>().is_err(), "{bad}");
        }
    }
}
