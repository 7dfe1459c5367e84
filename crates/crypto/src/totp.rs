//! Time-based one-time passwords as authenticator apps make them (RFC 6238):
//! HMAC-SHA1, six digits, steps of thirty seconds.
//!
//! Which steps are used up, and how often somebody may try, is decided
//! elsewhere.

use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tollgate_base::{ExposeSecret, Result, SecretString, entropy::Entropy, time::Time};
use zeroize::Zeroizing;

use crate::mac;

/// Seconds of one step.
const STEP_SECS: i64 = 30;
/// How many steps a clock may be off, either way.
const SKEW: i64 = 1;
/// Digits of a code.
const DIGITS: usize = 6;

/// What a part of a URI may not hold as it is (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What an authenticator app and this server share: 160 random bits, the length
/// of the hash (RFC 4226, section 4).
pub struct TotpSecret(Zeroizing<[u8; 20]>);

/// Six digits that somebody typed; blanks between them do not count.
pub struct TotpCode([u8; DIGITS]);

impl TotpSecret {
    /// A new one.
    ///
    /// # Errors
    /// `internal.entropy`.
    pub fn generate(entropy: &Entropy) -> Result<Self> {
        Ok(Self(Zeroizing::new(entropy.bytes()?)))
    }

    /// The one that these bytes are; nothing if they are not 20.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes
            .try_into()
            .ok()
            .map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// Its bytes, to be sealed.
    pub fn as_bytes(&self) -> &[u8] {
        &*self.0
    }

    /// As people type it into an app: base 32 (RFC 4648).
    pub fn text(&self) -> SecretString {
        BASE32_NOPAD.encode(self.as_bytes()).into()
    }

    /// As an app reads it from a QR code: who issued it, and for whom.
    pub fn uri(&self, issuer: &str, account: &str) -> SecretString {
        let [issuer, account] = [issuer, account].map(|text| utf8_percent_encode(text, RESERVED));
        let secret = self.text();
        format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}",
            secret.expose_secret()
        )
        .into()
    }

    /// The step whose code this is, if that is later than `after`: the one at
    /// `now`, or one beside it.
    pub fn step_of(&self, code: &TotpCode, now: Time, after: i64) -> Option<i64> {
        let current = now.secs().div_euclid(STEP_SECS);
        let mut found = None;
        for step in current - SKEW..=current + SKEW {
            // Each is compared, so that the time does not tell which it was.
            let same = mac::equal(&self.code_at(step), &code.0);
            if same && step > after {
                found = found.or(Some(step));
            }
        }
        found
    }

    /// HOTP of a step (RFC 4226, section 5.3).
    fn code_at(&self, step: i64) -> [u8; DIGITS] {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.as_bytes());
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag.last().map_or(0, |last| last & 0xf));
        let chosen = tag.iter().skip(offset).take(4);
        let mut number =
            chosen.fold(0, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
        let mut code = [b'0'; DIGITS];
        for digit in code.iter_mut().rev() {
            *digit += (number % 10) as u8;
            number /= 10;
        }
        code
    }
}

impl TotpCode {
    /// Read what somebody typed; nothing if it cannot be a code.
    pub fn parse(typed: &str) -> Option<Self> {
        let digits: Vec<u8> = typed.bytes().filter(|byte| *byte != b' ').collect();
        let code: [u8; DIGITS] = digits.try_into().ok()?;
        code.iter().all(u8::is_ascii_digit).then_some(Self(code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    fn code(text: &str) -> TotpCode {
        TotpCode::parse(text).unwrap()
    }

    /// RFC 6238, appendix B, to six digits.
    #[test]
    fn the_standards_own_codes_come_out() {
        for (secs, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let step = secs / STEP_SECS;
            let found = known().step_of(&code(expected), Time::from_secs(secs), 0);
            assert_eq!(found, Some(step), "{secs}");
        }
    }

    /// asvs:V6.5.1, asvs:V6.5.5
    #[test]
    fn a_step_is_good_beside_its_own_time_and_not_once_it_is_used() {
        let (secret, code) = (known(), code("287082"));
        for (secs, good) in [(-1, false), (0, true), (59, true), (89, true), (90, false)] {
            let found = secret.step_of(&code, Time::from_secs(secs), -9);
            assert_eq!(found.is_some(), good, "{secs}");
        }
        assert_eq!(secret.step_of(&code, Time::from_secs(59), 0), Some(1));
        assert_eq!(secret.step_of(&code, Time::from_secs(59), 1), None);
    }

    #[test]
    fn only_six_ascii_digits_are_a_code() {
        assert!(TotpCode::parse("287 082").is_some());
        for bad in ["", "28708", "2870822", "28708a", "２８７０８２", "-28708"] {
            assert!(TotpCode::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn an_app_is_told_who_issued_it_and_for_whom() {
        assert_eq!(
            known().uri("My house", "ann@example.org").expose_secret(),
            "otpauth://totp/My%20house:ann%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=My%20house"
        );
    }
}
