//! Ed25519 from the library that we use, over a token's length, and the same
//! as our access tokens are made and checked; ES256 over what passkeys sign.

use std::hint::black_box;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, ED25519, EcdsaKeyPair,
        Ed25519KeyPair, KeyPair, UnparsedPublicKey,
    },
};
use serde::Serialize;
use tollgate_base::{entropy::Entropy, hex::hex};
use tollgate_crypto::jwt::{
    Algorithm, Claims, Family, KidRule, MAX_LENGTH, SigningKey, TypRule, sign, verify,
};

use crate::{Result, process::each};

/// Bare signatures over what an access token signs.
pub(crate) struct Bare {
    pair: Ed25519KeyPair,
    public: UnparsedPublicKey<Vec<u8>>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

/// Whole access tokens.
pub(crate) struct Tokens {
    key: SigningKey,
    token: String,
}

/// The claims of our access tokens, of the usual lengths.
#[derive(Serialize)]
struct AccessClaims {
    iss: &'static str,
    aud: &'static str,
    sub: &'static str,
    client_id: &'static str,
    sid: &'static str,
    iat: i64,
    exp: i64,
    auth_time: i64,
    acr: &'static str,
    jti: String,
}

impl Bare {
    pub(crate) fn new(like: &Tokens) -> Result<Self> {
        let pair = Ed25519KeyPair::generate()?;
        let public = UnparsedPublicKey::new(&ED25519, pair.public_key().as_ref().to_vec());
        let (message, _) = like.token.rsplit_once('.').ok_or("a token has dots")?;
        let message = message.as_bytes().to_vec();
        let signature = pair.sign(&message).as_ref().to_vec();
        Ok(Self {
            pair,
            public,
            message,
            signature,
        })
    }

    pub(crate) fn sign(&self) -> Result<f64> {
        each(|| {
            black_box(self.pair.sign(&self.message));
            Ok(())
        })
    }

    pub(crate) fn verify(&self) -> Result<f64> {
        each(|| Ok(self.public.verify(&self.message, &self.signature)?))
    }
}

impl Tokens {
    pub(crate) fn new() -> Result<Self> {
        let key = SigningKey::generate(Algorithm::EdDsa, "key_01jd2v5k8x9q0w3e4r5t6y7u8i")?;
        let token = mint(&key)?;
        Ok(Self { key, token })
    }

    pub(crate) fn mint(&self) -> Result<f64> {
        each(|| {
            black_box(mint(&self.key)?);
            Ok(())
        })
    }

    /// Signature, shape and the claims that the server reads.
    pub(crate) fn check(&self) -> Result<f64> {
        let keys = [self.key.verifier()];
        each(|| {
            let family = Family {
                keys: &keys,
                typ: TypRule::OneOf(&["at+jwt", "application/at+jwt"]),
                kid: KidRule::Required,
                max_len: MAX_LENGTH,
            };
            let claims = Claims(verify(&self.token, &family)?);
            claims.text("iss")?;
            claims.audience()?;
            claims.text("sub")?;
            claims.text("sid")?;
            claims.integer("iat")?;
            claims.integer("exp")?;
            Ok(())
        })
    }
}

fn mint(key: &SigningKey) -> Result<String> {
    let claims = AccessClaims {
        iss: "http://localhost:8700",
        aud: "tollgate",
        sub: "usr_01jd2v5k8x9q0w3e4r5t6y7u8i",
        client_id: "tollgate",
        sid: "ses_01jd2v5k8x9q0w3e4r5t6y7u8i",
        iat: 1_800_000_000,
        exp: 1_800_000_300,
        auth_time: 1_800_000_000,
        acr: "aal1",
        jti: hex(&Entropy.bytes::<16>()?),
    };
    Ok(sign(key, "at+jwt", &claims)?)
}

/// Processor seconds of checking one ES256 signature, as a passkey makes it.
pub(crate) fn check_es256() -> Result<f64> {
    let random = SystemRandom::new();
    let kind = &ECDSA_P256_SHA256_ASN1_SIGNING;
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(kind, &random)?;
    let pair = EcdsaKeyPair::from_pkcs8(kind, pkcs8.as_ref())?;
    let message = [7; 37 + 32];
    let signature = pair.sign(&random, &message)?;
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, pair.public_key().as_ref());
    each(|| Ok(public.verify(&message, signature.as_ref())?))
}
