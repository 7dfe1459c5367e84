//! Message authentication and digests over several parts. Each part goes in
//! with its length, so that no byte can move from one part to the next
//! unnoticed, and nothing secret is compared but by [`equal`].

use aws_lc_rs::{
    constant_time,
    digest::{Context, SHA256},
    hmac,
};

/// The length of every MAC and digest here, in bytes.
pub const LENGTH: usize = 32;

/// A key for HMAC-SHA256 (RFC 2104), made for one purpose by
/// [`MasterKey::derive`](crate::seal::MasterKey::derive). It has no `Debug`
/// and is wiped when dropped.
pub struct MacKey(hmac::Key);

impl MacKey {
    /// A key from 32 bytes that are random or derived.
    pub fn from_bytes(bytes: &[u8; LENGTH]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }
}

/// HMAC-SHA256 over the parts, each after its length.
pub fn mac(key: &MacKey, parts: &[&[u8]]) -> [u8; LENGTH] {
    let mut context = hmac::Context::with_key(&key.0);
    for part in parts {
        context.update(&length_of(part));
        context.update(part);
    }
    array(context.sign().as_ref())
}

/// SHA-256 over the parts, each after its length; what hash chains are made of.
pub fn digest(parts: &[&[u8]]) -> [u8; LENGTH] {
    let whole: usize = parts.iter().map(|part| size_of::<u64>() + part.len()).sum();
    if whole <= SHORT {
        return short(parts);
    }
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&length_of(part));
        context.update(part);
    }
    array(context.finish().as_ref())
}

/// Up to how many bytes the parts and their lengths are brought together first:
/// hashing them in one call takes two thirds of the time of one call for each.
const SHORT: usize = 256;

fn short(parts: &[&[u8]]) -> [u8; LENGTH] {
    let mut room = [0; SHORT];
    let mut end = 0;
    for part in parts {
        for piece in [&length_of(part), *part] {
            room[end..end + piece.len()].copy_from_slice(piece);
            end += piece.len();
        }
    }
    sha256(&room[..end])
}

/// Whether two byte strings are the same, in a time that depends on their
/// lengths alone.
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

/// SHA-256 of one text as it stands, for where the result must be what other
/// programs would compute.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; LENGTH] {
    array(aws_lc_rs::digest::digest(&SHA256, bytes).as_ref())
}

fn length_of(part: &[u8]) -> [u8; 8] {
    (part.len() as u64).to_be_bytes()
}

fn array(bytes: &[u8]) -> [u8; LENGTH] {
    bytes.try_into().expect("SHA-256 makes 32 bytes")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, prop_assume, proptest};

    use super::*;

    fn key() -> MacKey {
        MacKey::from_bytes(&[7; LENGTH])
    }

    /// What is stored or handed out must still be right after an upgrade.
    #[test]
    fn the_layout_is_fixed() {
        assert_eq!(
            sha256(b"\0\0\0\0\0\0\0\x01a\0\0\0\0\0\0\0\x02bc"),
            digest(&[b"a", b"bc"])
        );
        let tag = hmac::sign(&key().0, b"\0\0\0\0\0\0\0\x01a\0\0\0\0\0\0\0\0");
        assert_eq!(tag.as_ref(), mac(&key(), &[b"a", b""]));
    }

    #[test]
    fn a_digest_is_the_same_however_it_is_taken() {
        for length in 0..2 * SHORT {
            let text: Vec<u8> = (0..length).map(|byte| byte as u8).collect();
            let (one, other) = text.split_at(length / 3);
            let mut whole = Context::new(&SHA256);
            for part in [one, other] {
                whole.update(&(part.len() as u64).to_be_bytes());
                whole.update(part);
            }
            assert_eq!(whole.finish().as_ref(), digest(&[one, other]), "{length}");
        }
    }

    #[test]
    fn only_the_same_bytes_are_equal() {
        assert!(equal(b"", b"") && equal(b"ab", b"ab"));
        assert!(!equal(b"ab", b"ac") && !equal(b"ab", b"a") && !equal(b"", b"a"));
    }

    proptest! {
        /// vuln:141
        #[test]
        fn a_byte_cannot_change_sides(text: Vec<u8>, one: usize, other: usize) {
            let (one, other) = (one % (text.len() + 1), other % (text.len() + 1));
            prop_assume!(one != other);
            let (here, there) = (text.split_at(one), text.split_at(other));
            prop_assert_eq!(mac(&key(), &[here.0, here.1]) == mac(&key(), &[there.0, there.1]), false);
            prop_assert_eq!(digest(&[here.0, here.1]) == digest(&[there.0, there.1]), false);
            prop_assert_eq!(digest(&[here.0, here.1]) == digest(&[&text]), false);
        }

        /// vuln:141
        #[test]
        fn different_lists_of_parts_have_different_macs(
            one in proptest::collection::vec(any::<Vec<u8>>(), 0..4),
            other in proptest::collection::vec(any::<Vec<u8>>(), 0..4),
        ) {
            let slices = |parts: &[Vec<u8>]| mac(&key(), &parts.iter().map(Vec::as_slice).collect::<Vec<_>>());
            prop_assert_eq!(slices(&one) == slices(&other), one == other);
        }
    }
}
