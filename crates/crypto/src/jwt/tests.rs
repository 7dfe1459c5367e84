//! What the tests of tokens share: keys, families, and a forge.

mod headers;
mod shapes;
mod signatures;
mod vectors;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use super::*;

fn key(algorithm: Algorithm, kid: &str) -> SigningKey {
    SigningKey::generate(algorithm, kid).unwrap()
}

/// One key of each algorithm, named after it.
fn keys() -> Vec<SigningKey> {
    Algorithm::ALL
        .iter()
        .map(|algorithm| key(*algorithm, algorithm.as_str()))
        .collect()
}

fn verifiers(keys: &[SigningKey]) -> Vec<VerifyingKey> {
    keys.iter().map(SigningKey::verifier).collect()
}

/// As our own access tokens are expected.
fn native(keys: &[VerifyingKey]) -> Family<'_> {
    Family {
        keys,
        typ: TypRule::OneOf(&["at+jwt"]),
        kid: KidRule::Required,
        max_len: MAX_LENGTH,
    }
}

/// As SimpleJWT's are.
fn plain(keys: &[VerifyingKey]) -> Family<'_> {
    Family {
        keys,
        typ: TypRule::JwtOrAbsent,
        kid: KidRule::Ignored,
        max_len: MAX_LENGTH,
    }
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A token of any header and payload, truly signed by `key`.
fn forge(key: &SigningKey, header: &str, payload: &str) -> String {
    let message = format!("{}.{}", encode(header), encode(payload));
    let signature = key.signature(message.as_bytes()).unwrap();
    format!("{message}.{}", encode(signature))
}

fn honest(key: &SigningKey) -> String {
    sign(
        key,
        "at+jwt",
        &json!({ "sub": "usr_1", "exp": 4_000_000_000_u32 }),
    )
    .unwrap()
}
