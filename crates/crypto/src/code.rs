//! Codes of eight digits that are sent to people: more than 26 bits, told apart
//! from the six digits of an app. Each follows from a key and what it belongs to,
//! so that it is nowhere stored and can be sent again.

use std::fmt;

use tollgate_base::SecretString;
use zeroize::Zeroizing;

use crate::mac::{MacKey, mac};

/// Digits of a code.
const DIGITS: usize = 8;
/// How many codes there are.
const ALL: u64 = 100_000_000;

/// Eight digits; blanks and hyphens between them do not count.
#[derive(Clone, PartialEq, Eq)]
pub struct SentCode(Zeroizing<[u8; DIGITS]>);

impl SentCode {
    /// The code that follows from a key and these parts.
    pub fn derive(key: &MacKey, parts: &[&[u8]]) -> Self {
        let drawn = mac(key, parts);
        // Of 2^64 the rest of a division by 10^8 favours no code that counts.
        let start = drawn.first_chunk::<8>().copied().unwrap_or_default();
        let mut number = u64::from_be_bytes(start) % ALL;
        let mut digits = [b'0'; DIGITS];
        for digit in digits.iter_mut().rev() {
            *digit += (number % 10) as u8;
            number /= 10;
        }
        Self(Zeroizing::new(digits))
    }

    /// Read what somebody typed; nothing if it cannot be a code.
    pub fn parse(typed: &str) -> Option<Self> {
        let mut digits = Zeroizing::new([0; DIGITS]);
        let mut places = digits.iter_mut();
        for letter in typed.chars().filter(|letter| !is_between(*letter)) {
            *places.next()? = u8::try_from(letter).ok().filter(u8::is_ascii_digit)?;
        }
        places.next().is_none().then_some(Self(digits))
    }

    /// As people read and type it: `1234 5678`.
    pub fn text(&self) -> SecretString {
        let text = String::from_utf8_lossy(&*self.0);
        format!("{} {}", &text[..DIGITS / 2], &text[DIGITS / 2..]).into()
    }

    /// Without the blank, as programs read it.
    pub fn digits(&self) -> SecretString {
        String::from_utf8_lossy(&*self.0).into_owned().into()
    }

    /// What a database keeps of it: bound to what it was asked for, and useless
    /// without the key to who reads it there.
    pub fn fingerprint(&self, key: &MacKey, binding: &[u8]) -> [u8; 32] {
        mac(key, &[b"code", binding, &*self.0])
    }
}

/// What is copied along with digits: blanks, hyphens, and marks of direction.
const fn is_between(letter: char) -> bool {
    matches!(
        letter,
        ' ' | '-' | '\u{a0}' | '\u{200e}' | '\u{200f}' | '\u{2066}'..='\u{2069}'
    )
}

impl fmt::Debug for SentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SentCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use tollgate_base::ExposeSecret;

    use super::*;

    fn key() -> MacKey {
        MacKey::from_bytes(&[7; 32])
    }

    /// asvs:V6.5.4
    #[test]
    fn codes_are_spread_over_more_than_twenty_bits() {
        const { assert!(ALL > 1 << 20) };
        let codes: HashSet<String> = (0..10_000_u32)
            .map(|id| SentCode::derive(&key(), &[&id.to_be_bytes()]))
            .map(|code| code.digits().expose_secret().to_owned())
            .collect();
        assert!(codes.len() > 9_990, "{}", codes.len());
        for first in '0'..='9' {
            let begin = codes.iter().filter(|code| code.starts_with(first)).count();
            assert!((850..1150).contains(&begin), "{first}: {begin}");
        }
    }

    #[test]
    fn what_was_sent_is_read_however_it_is_typed() {
        let code = SentCode::derive(&key(), &[b"job"]);
        let text = code.text();
        for typed in [
            text.expose_secret().to_owned(),
            code.digits().expose_secret().to_owned(),
            text.expose_secret().replace(' ', "-"),
            format!("\u{2068}{}\u{2069}", text.expose_secret()),
        ] {
            assert!(SentCode::parse(&typed) == Some(code.clone()), "{typed}");
        }
        for typed in ["", "123456", "123456789", "1234567a", "１２３４５６７８"] {
            assert!(SentCode::parse(typed).is_none(), "{typed}");
        }
        let bound = |to: &[u8]| code.fingerprint(&key(), to);
        assert_ne!(bound(b"one sign-in"), bound(b"another"));
    }
}
