//! Dev only: a soft authenticator with the browser around it: it makes and uses passkeys
//! (ES256) by the same JSON that browsers take and give, and lies on request.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// A device that holds passkeys. What is public may be bent by a story.
pub struct Authenticator {
    /// Where the browser is.
    pub origin: String,
    /// For which host it acts; what was asked for, if there is none.
    pub rp_id: Option<String>,
    /// Whether it is unlocked by its owner.
    pub verifies: bool,
    /// Whether its passkeys may be copied to other devices. Such do not count.
    pub syncs: bool,
    /// Whether the page is in a frame of another site.
    pub framed: bool,
    /// How often it has signed.
    pub counter: u32,
    held: Vec<Held>,
}

struct Held {
    id: Vec<u8>,
    handle: String,
    key: EcdsaKeyPair,
}

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;

impl Authenticator {
    /// One that stays on its device and counts.
    pub fn bound(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            rp_id: None,
            verifies: true,
            syncs: false,
            framed: false,
            counter: 0,
            held: Vec::new(),
        }
    }

    /// One whose passkeys are on all devices of their owner and do not count.
    pub fn synced(origin: &str) -> Self {
        Self {
            syncs: true,
            ..Self::bound(origin)
        }
    }

    /// Make a passkey, as `navigator.credentials.create` does.
    pub fn create(&mut self, options: &str) -> String {
        let options = public_key(options);
        let id = random();
        let pkcs8 =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new());
        let pkcs8 = pkcs8.expect("a key");
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref());
        let key = key.expect("a key");
        let mut data = self.data(text(&options["rp"]["id"]), ATTESTED);
        data.extend([0; 16]);
        data.extend(u16::try_from(id.len()).expect("a short id").to_be_bytes());
        data.extend(&id);
        data.extend(cose(key.public_key().as_ref()));
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt\x64none\x67attStmt\xa0\x68authData");
        object.push(0x59);
        object.extend(u16::try_from(data.len()).expect("short").to_be_bytes());
        object.extend(&data);
        let answer = json!({
            "id": base64(&id), "rawId": base64(&id), "type": "public-key",
            "response": {
                "clientDataJSON": base64(self.client("webauthn.create", &options).as_bytes()),
                "attestationObject": base64(&object),
                "transports": ["internal"],
            },
            "clientExtensionResults": {},
        });
        let handle = text(&options["user"]["id"]).to_owned();
        self.held.push(Held { id, handle, key });
        answer.to_string()
    }

    /// Use the newest passkey that is allowed, as `navigator.credentials.get`
    /// does.
    pub fn get(&mut self, options: &str) -> String {
        let options = public_key(options);
        let allowed = options["allowCredentials"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        if !self.syncs {
            self.counter += 1;
        }
        let data = self.data(text(&options["rpId"]), 0);
        let client = self.client("webauthn.get", &options);
        let fits = |held: &&Held| {
            allowed.is_empty() || allowed.iter().any(|one| one["id"] == base64(&held.id))
        };
        let held = self.held.iter().rev().find(fits).expect("a passkey");
        let signed = [&data[..], digest(&SHA256, client.as_bytes()).as_ref()].concat();
        let signature = held
            .key
            .sign(&SystemRandom::new(), &signed)
            .expect("it signs");
        json!({
            "id": base64(&held.id), "rawId": base64(&held.id), "type": "public-key",
            "response": {
                "clientDataJSON": base64(client.as_bytes()),
                "authenticatorData": base64(&data),
                "signature": base64(signature.as_ref()),
                "userHandle": held.handle,
            },
            "clientExtensionResults": {},
        })
        .to_string()
    }

    fn data(&self, asked: &str, more: u8) -> Vec<u8> {
        let host = self.rp_id.as_deref().unwrap_or(asked);
        let mut flags = PRESENT | more;
        if self.verifies {
            flags |= VERIFIED;
        }
        if self.syncs {
            flags |= ELIGIBLE | BACKED_UP;
        }
        let mut data = digest(&SHA256, host.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client(&self, kind: &str, options: &Value) -> String {
        json!({
            "type": kind, "challenge": options["challenge"],
            "origin": self.origin, "crossOrigin": self.framed,
        })
        .to_string()
    }
}

fn public_key(options: &str) -> Value {
    let options: Value = serde_json::from_str(options).expect("options are JSON");
    options["publicKey"].clone()
}

/// An uncompressed point as a COSE key (RFC 9053, section 7.1).
fn cose(point: &[u8]) -> Vec<u8> {
    let mut key = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 32];
    key.extend(&point[1..33]);
    key.extend([0x22, 0x58, 32]);
    key.extend(&point[33..]);
    key
}

fn random() -> Vec<u8> {
    let mut id = vec![0; 24];
    aws_lc_rs::rand::fill(&mut id).expect("the system has random numbers");
    id
}

fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
