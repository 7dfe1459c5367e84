//! Sealing at rest: AES-256-GCM-SIV (RFC 8452) envelopes that are bound to
//! the table, column and row where they lie, and the master key from which
//! every other key of this installation is derived.

use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Prk, Salt},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use tollgate_base::{Error, Result, codes, entropy::Entropy};
use zeroize::Zeroizing;

use crate::mac::{self, MacKey};

/// The one secret that cannot be derived from another. Used for nothing but
/// deriving keys, one per purpose, by HKDF-SHA256 (RFC 5869).
pub struct MasterKey {
    bytes: Zeroizing<[u8; 32]>,
    sealing: LessSafeKey,
    id: [u8; ID],
}

/// Where a sealed value lies. An envelope opens nowhere else.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The table's name.
    pub table: &'a str,
    /// The column's name.
    pub column: &'a str,
    /// The row's id.
    pub row: &'a str,
}

impl MasterKey {
    /// A new key from the operating system's random numbers.
    ///
    /// # Errors
    /// `internal.entropy`.
    pub fn generate(entropy: &Entropy) -> Result<Self> {
        Ok(Self::from_bytes(&Zeroizing::new(entropy.bytes()?)))
    }

    /// The key that these bytes are.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        let sealing = Zeroizing::new(expand(bytes, "seal AES-256-GCM-SIV"));
        let sealing = UnboundKey::new(&AES_256_GCM_SIV, &*sealing).expect("AES-256 takes 32 bytes");
        let id = *expand(bytes, "id").first_chunk().expect("32 bytes hold 8");
        Self {
            bytes: Zeroizing::new(*bytes),
            sealing: LessSafeKey::new(sealing),
            id,
        }
    }

    /// The bytes, for the file that keeps them.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.bytes.clone()
    }

    /// A short public name: tells keys apart and tells nothing about them.
    pub fn id(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.id)
    }

    /// The MAC key for one purpose. Keys of different purposes have nothing to
    /// do with each other, and none leads back to the master key.
    pub fn derive(&self, purpose: &str) -> MacKey {
        MacKey::from_bytes(&Zeroizing::new(expand(
            &self.bytes,
            &format!("mac {purpose}"),
        )))
    }
}

/// Seal `plain` for one place. Sealing twice gives two different envelopes.
///
/// # Errors
/// `internal.entropy`.
pub fn seal(
    master: &MasterKey,
    entropy: &Entropy,
    context: &Context<'_>,
    plain: &[u8],
) -> Result<Vec<u8>> {
    let nonce: [u8; NONCE_LEN] = entropy.bytes()?;
    let mut text = plain.to_vec();
    master
        .sealing
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            bind(master, context),
            &mut text,
        )
        .expect("the text is far below the cipher's limit");
    Ok([&[VERSION], &master.id[..], &nonce, &text].concat())
}

/// Open what [`seal`] made, in the same place with the same key.
///
/// # Errors
/// `seal.broken` for anything else; it does not say what differs.
pub fn open(
    master: &MasterKey,
    context: &Context<'_>,
    envelope: &[u8],
) -> Result<Zeroizing<Vec<u8>>> {
    let parts = || {
        let (version, rest) = envelope.split_first()?;
        let (id, rest) = rest.split_first_chunk::<ID>()?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_LEN>()?;
        (*version == VERSION && *id == master.id).then_some((*nonce, text))
    };
    let broken = || Error::new(&codes::SEAL_BROKEN);
    let (nonce, text) = parts().ok_or_else(broken)?;
    let mut text = Zeroizing::new(text.to_vec());
    let length = master
        .sealing
        .open_in_place(
            Nonce::assume_unique_for_key(nonce),
            bind(master, context),
            &mut text,
        )
        .map_err(|_| broken())?
        .len();
    text.truncate(length);
    Ok(text)
}

/// An envelope: version, key id, nonce, then the text with its tag.
const VERSION: u8 = 1;
const ID: usize = 8;

/// What is authenticated besides the text. The nonce is so by itself.
fn bind(master: &MasterKey, context: &Context<'_>) -> Aad<[u8; mac::LENGTH]> {
    let Context { table, column, row } = context;
    Aad::from(mac::digest(&[
        &[VERSION],
        &master.id,
        table.as_bytes(),
        column.as_bytes(),
        row.as_bytes(),
    ]))
}

fn expand(bytes: &[u8; 32], purpose: &str) -> [u8; 32] {
    let prk: Prk = Salt::new(HKDF_SHA256, b"tollgate").extract(bytes);
    let mut key = [0; 32];
    prk.expand(&[purpose.as_bytes()], HKDF_SHA256)
        .and_then(|material| material.fill(&mut key))
        .expect("32 bytes are one block of HKDF-SHA256");
    key
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::*;

    const PLACE: Context<'static> = Context {
        table: "signing_keys",
        column: "private",
        row: "key_1",
    };

    fn master() -> MasterKey {
        MasterKey::from_bytes(&[3; 32])
    }

    #[test]
    fn a_master_key_is_its_bytes() {
        let one = MasterKey::generate(&Entropy).unwrap();
        let same = MasterKey::from_bytes(&one.to_bytes());
        let envelope = seal(&one, &Entropy, &PLACE, b"text").unwrap();
        assert_eq!(*open(&same, &PLACE, &envelope).unwrap(), b"text");
        assert_eq!(one.id(), same.id());
        let mac = |master: &MasterKey, purpose| mac::mac(&master.derive(purpose), &[b"text"]);
        assert_eq!(mac(&one, "refresh"), mac(&same, "refresh"));
        assert_ne!(mac(&one, "refresh"), mac(&one, "mail"));
    }

    /// vuln:12
    #[test]
    fn another_master_key_opens_nothing() {
        let (one, other) = (
            MasterKey::generate(&Entropy).unwrap(),
            MasterKey::generate(&Entropy).unwrap(),
        );
        assert_ne!(one.id(), other.id());
        let mut envelope = seal(&one, &Entropy, &PLACE, b"text").unwrap();
        assert!(
            open(&other, &PLACE, &envelope)
                .unwrap_err()
                .is(&codes::SEAL_BROKEN)
        );
        envelope[1..9].copy_from_slice(&other.id);
        assert!(open(&other, &PLACE, &envelope).is_err());
    }

    /// asvs:V11.3.3
    #[test]
    fn an_envelope_opens_in_its_own_place_only() {
        let envelope = seal(&master(), &Entropy, &PLACE, b"text").unwrap();
        for elsewhere in [
            Context {
                table: "other",
                ..PLACE
            },
            Context {
                column: "other",
                ..PLACE
            },
            Context {
                row: "key_2",
                ..PLACE
            },
            Context {
                table: "signing_key",
                column: "sprivate",
                ..PLACE
            },
            Context {
                column: "privatek",
                row: "ey_1",
                ..PLACE
            },
        ] {
            assert!(open(&master(), &elsewhere, &envelope).is_err());
        }
        assert!(open(&master(), &PLACE, &envelope).is_ok());
    }

    /// asvs:V11.2.5, asvs:V11.3.3
    #[test]
    fn every_changed_bit_and_every_other_length_is_refused() {
        let envelope = seal(&master(), &Entropy, &PLACE, b"some secret text").unwrap();
        // Whatever is wrong with it is told in the same words.
        let refused = |envelope: &[u8]| {
            let opened = open(&master(), &PLACE, envelope);
            opened.is_err_and(|error| error.is(&codes::SEAL_BROKEN) && error.cause().is_none())
        };
        for bit in 0..envelope.len() * 8 {
            let mut changed = envelope.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(refused(&changed), "bit {bit}");
        }
        for length in 0..envelope.len() {
            assert!(refused(&envelope[..length]), "length {length}");
        }
        assert!(refused(&[&envelope[..], b"\0"].concat()));
    }

    proptest! {
        #[test]
        fn what_is_sealed_is_hidden_and_comes_back(plain in proptest::collection::vec(any::<u8>(), 0..300)) {
            let seal = || seal(&master(), &Entropy, &PLACE, &plain).unwrap();
            let (one, two) = (seal(), seal());
            prop_assert!(one != two);
            prop_assert!(plain.len() < 8 || !one.windows(plain.len()).any(|window| window == plain));
            prop_assert_eq!(&*open(&master(), &PLACE, &one).unwrap(), &plain);
        }
    }
}
