//! Opaque tokens: random texts that mean nothing by themselves. Only their
//! fingerprints are stored; what they stand for is looked up by fingerprint.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use tollgate_base::{Result, SecretString, entropy::Entropy};
use zeroize::Zeroizing;

use crate::mac::{self, MacKey};

/// What a token is for, told by its first letters, so that a leaked one is
/// recognised by scanners and a misplaced one by people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// A browser session's cookie.
    Session,
    /// A refresh token.
    Refresh,
    /// The link that makes the first administrator.
    Setup,
    /// Any other thing that works once.
    OneTime,
    /// By what a browser or an app is known again.
    Device,
}

/// SHA-256 of a token's whole text, prefix included: what is stored and what
/// caches are keyed by.
pub type Fingerprint = [u8; mac::LENGTH];

impl Prefix {
    const ALL: [Self; 5] = [
        Self::Session,
        Self::Refresh,
        Self::Setup,
        Self::OneTime,
        Self::Device,
    ];

    /// As it stands at the start of the token.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "tgs_",
            Self::Refresh => "tgr_",
            Self::Setup => "st_",
            Self::OneTime => "tgo_",
            Self::Device => "tgd_",
        }
    }
}

/// A new token: the prefix and 256 random bits, as 43 base64url characters.
///
/// # Errors
/// `internal.entropy`.
pub fn mint(entropy: &Entropy, prefix: Prefix) -> Result<SecretString> {
    Ok(write(prefix, &Zeroizing::new(entropy.bytes()?)))
}

/// The token that follows `presented` in its family: a MAC over it, in the form
/// of [`mint`]. An honest retry gets the same answer, although nobody kept it;
/// without the key nobody can foretell it.
pub fn successor(key: &MacKey, presented: &str, prefix: Prefix) -> SecretString {
    write(
        prefix,
        &Zeroizing::new(mac::mac(key, &[presented.as_bytes()])),
    )
}

/// A token that names something and is worth something only to those who know
/// all that it is bound to: a MAC over both. Nothing of it is stored.
pub fn bind(key: &MacKey, subject: u128, to: &[&[u8]]) -> SecretString {
    let subject = subject.to_be_bytes();
    let mut bytes = Zeroizing::new([0; SUBJECT + mac::LENGTH]);
    bytes[..SUBJECT].copy_from_slice(&subject);
    bytes[SUBJECT..].copy_from_slice(&mac::mac(key, &[&[&subject[..]], to].concat()));
    let mut token = BOUND.to_owned();
    URL_SAFE_NO_PAD.encode_string(*bytes, &mut token);
    SecretString::from(token)
}

/// What such a token names; nothing if it is bound to something else.
pub fn bound(key: &MacKey, token: &str, to: &[&[u8]]) -> Option<u128> {
    let text = token.strip_prefix(BOUND)?;
    let mut bytes = Zeroizing::new([0; SUBJECT + mac::LENGTH + 1]);
    let length = URL_SAFE_NO_PAD.decode_slice(text, &mut *bytes).ok()?;
    let (subject, found) = bytes.get(..length)?.split_at_checked(SUBJECT)?;
    let expected = mac::mac(key, &[&[subject], to].concat());
    let subject = subject.try_into().ok().map(u128::from_be_bytes);
    subject.filter(|_| mac::equal(found, &expected))
}

/// The fingerprint of whatever was presented, well-formed or not.
pub fn fingerprint(token: &str) -> Fingerprint {
    mac::sha256(token.as_bytes())
}

/// Whether a text could have been minted with this prefix: a cheap look before
/// the database is asked. There is one text for each token, not several.
pub fn shaped(token: &str, prefix: Prefix) -> bool {
    token
        .strip_prefix(prefix.as_str())
        .filter(|text| text.len() == TEXT)
        .is_some_and(|text| {
            URL_SAFE_NO_PAD
                .decode_slice(text, &mut [0; mac::LENGTH + 1])
                .is_ok()
        })
}

/// Whether a text could have been minted here, whatever for.
pub fn is_ours(text: &str) -> bool {
    text.starts_with(BOUND) || Prefix::ALL.into_iter().any(|prefix| shaped(text, prefix))
}

/// Base64url characters of 32 bytes.
const TEXT: usize = 43;
/// What bound tokens begin with.
const BOUND: &str = "tgv_";
/// Bytes of an id.
const SUBJECT: usize = 16;

fn write(prefix: Prefix, bytes: &[u8; mac::LENGTH]) -> SecretString {
    let mut token = String::with_capacity(prefix.as_str().len() + TEXT);
    token.push_str(prefix.as_str());
    URL_SAFE_NO_PAD.encode_string(bytes, &mut token);
    SecretString::from(token)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::{prop_assert_eq, proptest};
    use tollgate_base::ExposeSecret;

    use super::*;

    fn minted(prefix: Prefix) -> String {
        mint(&Entropy, prefix).unwrap().expose_secret().to_owned()
    }

    fn key() -> MacKey {
        MacKey::from_bytes(&[9; 32])
    }

    /// vuln:35, asvs:V6.5.3, asvs:V7.2.3, asvs:V11.5.1
    #[test]
    fn tokens_are_distinct_and_of_their_kind() {
        let mut seen = HashSet::new();
        for _ in 0..1_000 {
            for prefix in Prefix::ALL {
                let token = minted(prefix);
                assert_eq!(
                    Prefix::ALL
                        .into_iter()
                        .filter(|kind| shaped(&token, *kind))
                        .collect::<Vec<_>>(),
                    [prefix]
                );
                assert!(seen.insert(token));
            }
        }
    }

    /// vuln:25, vuln:139
    #[test]
    fn a_cut_or_longer_token_is_another_token() {
        for prefix in Prefix::ALL {
            let token = minted(prefix);
            let known = fingerprint(&token);
            for length in 0..token.len() {
                assert!(!shaped(&token[..length], prefix), "{length}");
                assert_ne!(fingerprint(&token[..length]), known);
            }
            for more in ["A", "=", ".", " ", "\0", "\n"] {
                assert!(!shaped(&format!("{token}{more}"), prefix), "{more:?}");
                assert!(!shaped(&format!("{more}{token}"), prefix), "{more:?}");
                assert_ne!(fingerprint(&format!("{token}{more}")), known);
            }
        }
    }

    /// The last character carries two bits that do not count; a decoder that
    /// ignores them would know each token by four texts. vuln:25
    #[test]
    fn a_re_encoded_token_is_refused() {
        let token = minted(Prefix::Session);
        let spellings = ('!'..='~').filter(|last| {
            shaped(
                &format!("{}{last}", &token[..token.len() - 1]),
                Prefix::Session,
            )
        });
        assert_eq!(spellings.count(), 16);
        for place in 4..token.len() {
            for strange in ["+", "/", "=", "%", "é", " "] {
                let mut changed = token.clone();
                changed.replace_range(place..=place, strange);
                assert!(!shaped(&changed, Prefix::Session), "{changed}");
            }
        }
        assert!(!shaped(&token.to_uppercase(), Prefix::Session));
    }

    /// asvs:V11.4.3
    #[test]
    fn a_fingerprint_is_sha_256() {
        assert_eq!(
            fingerprint("abc"),
            *b"\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23\
               \xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61\xf2\x00\x15\xad"
        );
    }

    proptest! {
        /// vuln:35, vuln:141: of all keys, bindings and spellings one fits.
        #[test]
        fn a_bound_token_fits_nothing_else(subject: u128, host: String, other: String, place in 0..64_usize) {
            let token = bind(&key(), subject, &[host.as_bytes()]).expose_secret().to_owned();
            prop_assert_eq!(bound(&key(), &token, &[host.as_bytes()]), Some(subject));
            prop_assert_eq!(bound(&key(), &token, &[other.as_bytes()]).is_some(), host == other);
            prop_assert_eq!(bound(&key(), &token, &[host.as_bytes(), b""]), None);
            prop_assert_eq!(bound(&MacKey::from_bytes(&[8; 32]), &token, &[host.as_bytes()]), None);
            let mut changed = token.clone().into_bytes();
            let at = BOUND.len() + place;
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            prop_assert_eq!(bound(&key(), &String::from_utf8(changed).unwrap(), &[host.as_bytes()]), None);
            for odd in [&token[..token.len() - 1], &format!("{token}A"), &format!("{token}="), "", "tgv_"] {
                prop_assert_eq!(bound(&key(), odd, &[host.as_bytes()]), None);
            }
        }

        /// vuln:17
        #[test]
        fn a_token_has_one_successor_and_its_own(one: String, other: String) {
            let next = |presented: &str| successor(&key(), presented, Prefix::Refresh).expose_secret().to_owned();
            prop_assert_eq!(next(&one) == next(&other), one == other);
            prop_assert_eq!(shaped(&next(&one), Prefix::Refresh), true);
            let foreign = successor(&MacKey::from_bytes(&[8; 32]), &one, Prefix::Refresh);
            prop_assert_eq!(foreign.expose_secret() == next(&one), false);
        }
    }
}
