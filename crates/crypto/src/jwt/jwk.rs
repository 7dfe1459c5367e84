//! Public keys as JSON Web Keys (RFC 7517, RFC 8037), for the key set that
//! verifiers fetch.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, KeyPair, ParsedPublicKey};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::keys::{Algorithm, Private, SigningKey, VerifyingKey};

impl SigningKey {
    /// The public half, or `None` for a shared secret, which has none.
    pub fn public_jwk(&self) -> Option<Value> {
        let mut jwk = match &self.private {
            Private::Ed25519(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": encode(pair.public_key().as_ref()) })
            }
            Private::P256(pair) => {
                // An uncompressed point (SEC 1): a byte that says so, x, y.
                let (x, y) = pair.public_key().as_ref().get(1..)?.split_at_checked(32)?;
                json!({ "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y) })
            }
            Private::Rsa(pair) => {
                let (n, e) = (pair.public_key().modulus(), pair.public_key().exponent());
                json!({
                    "kty": "RSA",
                    "n": encode(n.big_endian_without_leading_zero()),
                    "e": encode(e.big_endian_without_leading_zero()),
                })
            }
            Private::Shared { .. } => return None,
        };
        jwk["use"] = "sig".into();
        jwk["alg"] = self.algorithm().as_str().into();
        jwk["kid"] = self.kid().into();
        Some(jwk)
    }
}

impl VerifyingKey {
    /// From a public key as [`SigningKey::public_jwk`] writes it; nothing for a key
    /// of another sort, or one without a name.
    pub fn from_jwk(jwk: &Value) -> Option<Self> {
        let text = |name: &str| jwk.get(name)?.as_str();
        let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
        let (algorithm, key) = match (text("kty")?, text("crv")?) {
            ("OKP", "Ed25519") => {
                let key = ParsedPublicKey::new(&ED25519, bytes("x")?);
                (Algorithm::EdDsa, key)
            }
            ("EC", "P-256") => {
                let point = [vec![4], bytes("x")?, bytes("y")?].concat();
                let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
                (Algorithm::Es256, key)
            }
            _ => return None,
        };
        let says_another = text("alg").is_some_and(|said| said != algorithm.as_str());
        if says_another {
            return None;
        }
        Some(Self::public(text("kid")?, algorithm, key.ok()?))
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
