//! Answers about passkeys: whatever a browser sends is refused or is a passkey,
//! and nothing panics on the way. The frame is honest, so that the bytes inside
//! are reached: client data, attestation and authenticator data.
#![no_main]

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use tollgate_crypto::passkey::{Assertion, Begun, Registrant, RelyingParty};

struct Open {
    here: RelyingParty,
    making: Begun,
    challenge: Value,
}

static OPEN: LazyLock<Open> = LazyLock::new(|| {
    let here = RelyingParty::new("http://localhost:8700", &[]).expect("a relying party");
    let who = Registrant {
        handle: 7,
        name: "ann",
        display_name: "Ann",
    };
    let making = here.begin_registration(who, &[]).expect("options");
    let options: Value = serde_json::from_str(&making.options).expect("JSON");
    Open {
        here,
        challenge: options["publicKey"]["challenge"].clone(),
        making,
    }
});

fuzz_target!(|input: (bool, &str, &[u8])| {
    let (framed, text, bytes) = input;
    let open = &*OPEN;
    let _ = Assertion::parse(text);
    let _ = open.here.finish_registration(&open.making.state, text);
    let client = if framed {
        json!({
            "type": "webauthn.create", "challenge": open.challenge,
            "origin": "http://localhost:8700", "crossOrigin": false,
        })
        .to_string()
    } else {
        text.to_owned()
    };
    let base64 = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let answer = json!({
        "id": "AAAA", "rawId": "AAAA", "type": "public-key",
        "response": {
            "clientDataJSON": base64(client.as_bytes()),
            "attestationObject": base64(bytes),
        },
    });
    let answer = answer.to_string();
    if let Ok(made) = open.here.finish_registration(&open.making.state, &answer) {
        assert!(framed, "a good answer needs our challenge: {text}");
        assert!(!made.id.is_empty() && !made.credential.is_empty());
    }
});
