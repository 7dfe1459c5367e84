//! Proofs of work: a text for which somebody looks for a number, so that the hash of
//! both begins with so many zero bits. The text is authenticated and says all that
//! there is to know of it; nothing is kept until it comes back.

use tollgate_base::time::Time;

use crate::mac::{self, MacKey};

/// Longer texts are not looked at.
const LONGEST: usize = 200;
/// Where the number begins.
const MARK: char = ':';

/// A text to be worked on, which is worth something until then and for what it is
/// bound to.
pub fn challenge(
    key: &MacKey,
    bound: &[u8; 32],
    (until, bits): (Time, u32),
    chance: [u8; 16],
) -> String {
    let told = format!("1.{}.{bits}.{}", until.secs(), hex(&chance));
    let tag = tag(key, bound, &told);
    format!("{told}.{tag}")
}

/// Whether somebody worked as long as is asked now on a text of ours that is bound to
/// that. Says by which fingerprint it is known, as it is worth something once.
pub fn check(
    key: &MacKey,
    bound: &[u8; 32],
    (now, bits): (Time, u32),
    shown: &str,
) -> Option<[u8; 32]> {
    let (challenge, number) = Some(shown)
        .filter(|shown| shown.len() <= LONGEST)?
        .split_once(MARK)?;
    let (told, shown_tag) = challenge.rsplit_once('.')?;
    if !mac::equal(tag(key, bound, told).as_bytes(), shown_tag.as_bytes()) {
        return None;
    }
    let mut parts = told.split('.').skip(1);
    let until: i64 = parts.next()?.parse().ok()?;
    let asked: u32 = parts.next()?.parse().ok()?;
    let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || now.secs() >= until || asked < bits {
        return None;
    }
    let found = mac::sha256(shown.as_bytes());
    (zeros(&found) >= asked).then(|| mac::digest(&[b"work", challenge.as_bytes()]))
}

/// Work, as clients do.
pub fn solve(challenge: &str) -> Option<String> {
    let bits: u32 = challenge.split('.').nth(2)?.parse().ok()?;
    let shown = (0_u64..).map(|number| format!("{challenge}{MARK}{number}"));
    let mut good = shown.filter(|shown| zeros(&mac::sha256(shown.as_bytes())) >= bits);
    good.next()
}

/// With how many zero bits it begins.
fn zeros(hash: &[u8; 32]) -> u32 {
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    u64::from_be_bytes(first).leading_zeros()
}

fn tag(key: &MacKey, bound: &[u8; 32], told: &str) -> String {
    hex(&mac::mac(key, &[b"work", bound, told.as_bytes()])[..16])
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BITS: u32 = 6;
    const BOUND: [u8; 32] = [7; 32];
    const NOW: Time = Time::from_secs(1_000);
    const UNTIL: Time = Time::from_secs(1_120);

    fn key() -> MacKey {
        MacKey::from_bytes(&[1; 32])
    }

    fn asked() -> String {
        challenge(&key(), &BOUND, (UNTIL, BITS), [9; 16])
    }

    #[test]
    fn work_is_worth_something_here_and_now() {
        let shown = solve(&asked()).unwrap();
        let known = check(&key(), &BOUND, (NOW, BITS), &shown);
        assert!(known.is_some());
        assert_eq!(check(&key(), &BOUND, (UNTIL, BITS), &shown), None);
        assert_eq!(check(&key(), &[8; 32], (NOW, BITS), &shown), None);
        assert_eq!(check(&key(), &BOUND, (NOW, BITS + 1), &shown), None);
        let other = MacKey::from_bytes(&[2; 32]);
        assert_eq!(check(&other, &BOUND, (NOW, BITS), &shown), None);
    }

    /// Two numbers for one text are one proof.
    #[test]
    fn the_fingerprint_is_of_the_text_alone() {
        let asked = asked();
        let good = (0..2_000).filter_map(|number| {
            let shown = format!("{asked}:{number}");
            check(&key(), &BOUND, (NOW, BITS), &shown)
        });
        let known: Vec<_> = good.collect();
        assert!(known.len() > 1);
        assert!(known.iter().all(|one| *one == known[0]));
    }

    #[test]
    fn nothing_else_is_taken() {
        let asked = asked();
        let shown = solve(&asked).unwrap();
        let easier = asked.replace(".6.", ".1.");
        let later = asked.replace("1120", "9120");
        let long = format!("{asked}:{}", "0".repeat(200));
        for wrong in [
            "",
            ":",
            "a:1",
            "1.2.3.4:5",
            &asked,
            &long,
            &format!("{asked}:"),
            &format!("{asked}:-1"),
        ] {
            assert_eq!(check(&key(), &BOUND, (NOW, BITS), wrong), None, "{wrong}");
        }
        for wrong in [easier, later] {
            let worked = solve(&wrong).unwrap();
            assert_eq!(check(&key(), &BOUND, (NOW, 1), &worked), None);
        }
        for place in 0..shown.len() {
            if !shown.is_char_boundary(place) {
                continue;
            }
            let _ = check(&key(), &BOUND, (NOW, BITS), &shown[..place]);
        }
    }
}
