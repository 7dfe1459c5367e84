//! JWTs and our own tokens: a text is accepted only if it is, byte for byte,
//! what was signed.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use tollgate_base::{ExposeSecret, time::Time};
use tollgate_crypto::{
    device::DeviceSecrets,
    code::SentCode,
    jwt::{self, Algorithm, Family, KidRule, MAX_LENGTH, SigningKey, TypRule, VerifyingKey},
    seal::MasterKey,
    token::{self, Prefix},
    work,
};

/// An honest token of each algorithm, and the keys.
static HONEST: LazyLock<(Vec<String>, Vec<VerifyingKey>)> = LazyLock::new(|| {
    let keys = [Algorithm::EdDsa, Algorithm::Hs256]
        .map(|algorithm| SigningKey::generate(algorithm, algorithm.as_str()).expect("a key"));
    let claims = json!({ "sub": "usr_1", "exp": 4_000_000_000_u32 });
    let sign = |key| jwt::sign(key, "at+jwt", &claims).expect("a token");
    (
        keys.iter().map(sign).collect(),
        keys.iter().map(SigningKey::verifier).collect(),
    )
});

fuzz_target!(|input: (Option<(u8, u16, u8)>, &str)| {
    let (honest, keys) = &*HONEST;
    let (change, text) = input;
    if let Some(code) = SentCode::parse(text) {
        let shown = code.text();
        assert!(SentCode::parse(shown.expose_secret()) == Some(code));
    }
    let text = match change {
        None => text.to_owned(),
        // Of a good one, one byte more, less or otherwise, and a tail.
        Some((which, place, byte)) => {
            let mut bytes = honest[usize::from(which) % honest.len()]
                .clone()
                .into_bytes();
            let place = usize::from(place) % bytes.len();
            bytes[place] = byte;
            bytes.extend(text.as_bytes());
            String::from_utf8_lossy(&bytes).into_owned()
        }
    };
    for (typ, kid) in [
        (TypRule::OneOf(&["at+jwt"]), KidRule::Required),
        (TypRule::JwtOrAbsent, KidRule::Ignored),
    ] {
        let family = Family {
            keys,
            typ,
            kid,
            max_len: MAX_LENGTH,
        };
        if jwt::verify(&text, &family).is_ok() {
            assert!(honest.contains(&text), "{text} was never signed");
        }
    }
    let key = MasterKey::from_bytes(&[7; 32]).derive("fuzz");
    assert_eq!(token::bound(&key, &text, &[b"session"]), None);
    let now = Time::from_secs(0);
    assert_eq!(work::check(&key, &[7; 32], (now, 0), &text), None);
    // What is kept of them is read as itself, and is bounded.
    let kept = DeviceSecrets::read(&text);
    assert!(kept.fingerprints().count() <= DeviceSecrets::MOST);
    let again = DeviceSecrets::read(kept.text().expose_secret());
    assert!(again.fingerprints().eq(kept.fingerprints()));
    for prefix in [Prefix::Refresh, Prefix::OneTime] {
        if token::shaped(&text, prefix) {
            assert!(text.starts_with(prefix.as_str()) && text.is_ascii() && text.len() < 100);
        }
    }
});
