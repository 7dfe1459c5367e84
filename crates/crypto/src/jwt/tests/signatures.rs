//! Signatures that are almost right.

use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_ne, prop_oneof, proptest};

use super::*;

/// The order of P-256's base point (SP 800-186), big-endian.
const N: [u8; 32] =
    *b"\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51";

/// The order of Ed25519's base point (RFC 8032), little-endian.
const L: [u8; 32] =
    *b"\xed\xd3\xf5\x5c\x1a\x63\x12\x58\xd6\x9c\xf7\xa2\xde\xf9\xde\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10";

/// Message and raw signature of an honest token.
fn parts(token: &str) -> (&str, Vec<u8>) {
    let (message, signature) = token.rsplit_once('.').unwrap();
    (message, URL_SAFE_NO_PAD.decode(signature).unwrap())
}

/// A DER INTEGER, and around both of them a SEQUENCE.
fn der(signature: &[u8]) -> Vec<u8> {
    let integer = |bytes: &[u8]| {
        let sign: &[u8] = if bytes[0] < 0x80 { &[] } else { &[0] };
        [&[2, (bytes.len() + sign.len()) as u8], sign, bytes].concat()
    };
    let both = [integer(&signature[..32]), integer(&signature[32..])].concat();
    [vec![0x30, both.len() as u8], both].concat()
}

/// vuln:8
#[test]
fn an_ecdsa_signature_of_special_numbers_is_refused() {
    let key = key(Algorithm::Es256, "k");
    let verifiers = [key.verifier()];
    let token = honest(&key);
    let (message, good) = parts(&token);
    let (r, s) = (&good[..32], &good[32..]);
    let one = [&[0; 31][..], &[1]].concat();
    for bad in [
        vec![0; 64],
        vec![0xff; 64],
        [N, N].concat(),
        [r, &[0; 32]].concat(),
        [&[0; 32], s].concat(),
        [r, &N].concat(),
        [&N[..], s].concat(),
        [&one[..], &one].concat(),
        [s, r].concat(),
        good[..63].to_vec(),
        [&good[..], &[0]].concat(),
        [&[0][..], &good].concat(),
        [r, &[0], s].concat(),
        vec![],
        good[..32].to_vec(),
        [&good[..], &good].concat(),
        der(&good),
    ] {
        let forged = format!("{message}.{}", encode(&bad));
        assert_eq!(
            verify(&forged, &native(&verifiers)),
            Err(Fault::BadSignature),
            "{bad:x?}"
        );
    }
}

/// RFC 7515's own example has a high s, so both halves must be accepted; what
/// must not happen is that the second one passes for another token. vuln:8
#[test]
fn the_other_half_of_an_ecdsa_signature_is_the_same_token() {
    let key = key(Algorithm::Es256, "k");
    let token = honest(&key);
    let (message, good) = parts(&token);
    let mut mirrored = good.clone();
    let mut borrow = 0;
    for index in (0..32).rev() {
        let difference = i16::from(N[index]) - i16::from(good[32 + index]) - borrow;
        borrow = i16::from(difference < 0);
        mirrored[32 + index] = difference.rem_euclid(256) as u8;
    }
    let twin = format!("{message}.{}", encode(&mirrored));
    assert_ne!(twin, token);
    assert_eq!(
        verify(&twin, &native(&[key.verifier()])),
        verify(&token, &native(&[key.verifier()]))
    );
    assert_eq!(identity(&twin), identity(&token));
    assert_ne!(
        identity(&honest(&super::key(Algorithm::Es256, "other"))),
        identity(&token)
    );
}

/// rfc:8032-5.1.7
#[test]
fn an_ed25519_signature_has_one_form() {
    let key = key(Algorithm::EdDsa, "k");
    let verifiers = [key.verifier()];
    let token = honest(&key);
    let (message, good) = parts(&token);
    let mut more = good.clone();
    let mut carry = 0;
    for index in 0..32 {
        let sum = u16::from(L[index]) + u16::from(good[32 + index]) + carry;
        carry = sum >> 8;
        more[32 + index] = (sum & 0xff) as u8;
    }
    for bad in [
        more,
        vec![0; 64],
        vec![0xff; 64],
        good[..63].to_vec(),
        [&good[..], &[0]].concat(),
        vec![],
    ] {
        let forged = format!("{message}.{}", encode(&bad));
        assert_eq!(
            verify(&forged, &native(&verifiers)),
            Err(Fault::BadSignature),
            "{bad:x?}"
        );
    }
}

/// asvs:V9.1.1
#[test]
fn every_other_length_and_every_changed_bit_is_refused() {
    for key in keys() {
        let verifiers = [key.verifier()];
        let token = honest(&key);
        let (message, good) = parts(&token);
        for length in 0..good.len() {
            let forged = format!("{message}.{}", encode(&good[..length]));
            assert_eq!(
                verify(&forged, &native(&verifiers)),
                Err(Fault::BadSignature),
                "{length}"
            );
        }
        for bit in 0..good.len() * 8 {
            let mut changed = good.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let forged = format!("{message}.{}", encode(&changed));
            assert_eq!(
                verify(&forged, &native(&verifiers)),
                Err(Fault::BadSignature),
                "{bit}"
            );
        }
    }
}

/// asvs:V9.1.1
#[test]
fn every_changed_character_is_refused() {
    for key in keys() {
        let verifiers = [key.verifier()];
        let token = honest(&key);
        for place in 0..token.len() {
            for other in ["A", "_", ".", "=", "/", ""] {
                let mut changed = token.clone();
                changed.replace_range(place..=place, other);
                assert!(
                    changed == token || verify(&changed, &native(&verifiers)).is_err(),
                    "{changed}"
                );
            }
        }
    }
}

proptest! {
    /// vuln:147
    #[test]
    fn verifying_never_panics(
        text in prop_oneof![
            any::<String>(),
            "[A-Za-z0-9_=.-]{0,60}",
            ("[{}\":,a-z\\[\\]0-9]{0,40}", "[{}\":,a-z]{0,40}", any::<Vec<u8>>())
                .prop_map(|(header, payload, tag)| format!("{}.{}.{}", encode(header), encode(payload), encode(tag))),
            Just("..".to_owned()),
        ]
    ) {
        let key = key(Algorithm::EdDsa, "k");
        prop_assert!(verify(&text, &native(&[key.verifier()])).is_err());
        prop_assert_ne!(identity(&text), [0; 32]);
    }
}
