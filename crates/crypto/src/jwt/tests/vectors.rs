//! The standards' own examples, and keys that go out and come back.

use aws_lc_rs::signature::KeyPair;
use base64::engine::general_purpose::STANDARD;
use tollgate_base::codes;

use super::*;
use crate::jwt::keys::Private;

/// RFC 7515 A.1 to A.3: one payload, three signatures.
const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

fn accepts(key: &SigningKey, header: &str, signature: &str) {
    let verifiers = [key.verifier()];
    let token = format!("{header}.{PAYLOAD}.{signature}");
    let claims = Claims(verify(&token, &plain(&verifiers)).unwrap());
    assert_eq!(claims.text("iss"), Ok("joe"));
    assert_eq!(claims.integer("exp"), Ok(1_300_819_380));
    let changed = token.replacen(PAYLOAD, &PAYLOAD.replacen('M', "N", 1), 1);
    assert_ne!(changed, token);
    assert_eq!(
        verify(&changed, &plain(&verifiers)),
        Err(Fault::BadSignature)
    );
}

/// rfc:7515-A.1
#[test]
fn the_hs256_example_holds() {
    let secret =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    let key =
        SigningKey::from_shared_secret("a1", &URL_SAFE_NO_PAD.decode(secret).unwrap()).unwrap();
    accepts(
        &key,
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9",
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    );
}

/// rfc:7515-A.2
#[test]
fn the_rs256_example_holds() {
    let der = include_str!("rfc7515_a2_key.b64").replace('\n', "");
    let key =
        SigningKey::from_private("a2", Algorithm::Rs256, &STANDARD.decode(der).unwrap()).unwrap();
    accepts(
        &key,
        "eyJhbGciOiJSUzI1NiJ9",
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    );
    let jwk = key.public_jwk().unwrap();
    assert_eq!(jwk["e"], "AQAB");
    assert!(jwk["n"].as_str().is_some_and(|n| {
        n.starts_with("ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQ") && n.len() == 342
    }));
}

/// rfc:7515-A.3
#[test]
fn the_es256_example_holds() {
    let der = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIffH1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt";
    let key =
        SigningKey::from_private("a3", Algorithm::Es256, &STANDARD.decode(der).unwrap()).unwrap();
    accepts(
        &key,
        "eyJhbGciOiJFUzI1NiJ9",
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    );
    assert_eq!(
        key.public_jwk().unwrap(),
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "a3",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        })
    );
}

/// rfc:8037-A.4
#[test]
fn the_eddsa_example_holds() {
    let der = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
    let key =
        SigningKey::from_private("a4", Algorithm::EdDsa, &STANDARD.decode(der).unwrap()).unwrap();
    let message = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature =
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert_eq!(
        encode(key.signature(message.as_bytes()).unwrap()),
        signature
    );
    // It signs a sentence, which is no token.
    let verifiers = [key.verifier()];
    assert_eq!(
        verify(&format!("{message}.{signature}"), &plain(&verifiers)),
        Err(Fault::Malformed)
    );
    assert_eq!(
        key.public_jwk().unwrap(),
        json!({
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "a4",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        })
    );
}

#[test]
fn a_token_of_pyjwt_is_read_and_ours_has_its_header() {
    let key = SigningKey::from_shared_secret("", b"a shared secret of at least 32 bytes").unwrap();
    let verifiers = [key.verifier()];
    let theirs = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjoxODkzNDU2MDAwLCJpYXQiOjE4OTM0NTI0MDAsImp0aSI6IjAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwIiwidXNlcl9pZCI6IjEifQ.kobbiclDK2Jpgbwc77d8_GcCN11yvlloHXlBmF4Dls8";
    let claims = Claims(verify(theirs, &plain(&verifiers)).unwrap());
    assert_eq!(
        (claims.text("user_id"), claims.integer("exp")),
        (Ok("1"), Ok(1_893_456_000))
    );
    let ours = sign_plain(&key, &claims.0).unwrap();
    assert_eq!(ours.split('.').next(), theirs.split('.').next());
    assert_eq!(verify(&ours, &plain(&verifiers)), Ok(claims.0));
}

#[test]
fn a_key_comes_back_from_what_was_stored() {
    for key in keys() {
        let stored = key.to_private_der().unwrap();
        let back = SigningKey::from_private(key.kid(), key.algorithm(), &stored).unwrap();
        assert_eq!((back.kid(), back.algorithm()), (key.kid(), key.algorithm()));
        assert_eq!(back.public_jwk(), key.public_jwk());
        assert!(verify(&honest(&back), &native(&[key.verifier()])).is_ok());
        assert_eq!(
            Algorithm::parse(&key.algorithm().to_string()),
            Some(key.algorithm())
        );
    }
    assert_eq!(Algorithm::parse("none"), None);
}

/// vuln:4, rfc:8725-3.1
#[test]
fn a_key_of_another_algorithm_is_refused() {
    for key in keys() {
        let stored = key.to_private_der().unwrap();
        for other in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256] {
            let read = SigningKey::from_private("other", other, &stored);
            assert_eq!(
                read.is_ok(),
                other == key.algorithm(),
                "{} as {other}",
                key.algorithm()
            );
            let cut = SigningKey::from_private("cut", other, &stored[..stored.len() / 2]);
            assert!(
                cut.err()
                    .is_some_and(|fault| fault.is(&codes::SIGNING_KEY_INVALID))
            );
        }
    }
    assert!(
        SigningKey::from_shared_secret("", b"")
            .err()
            .is_some_and(|fault| fault.is(&codes::SECRET_WEAK))
    );
}

/// Nothing private may stand in the public key set, for no algorithm.
#[test]
fn a_public_key_holds_nothing_private() {
    for key in keys() {
        let Some(jwk) = key.public_jwk() else {
            assert_eq!(key.algorithm(), Algorithm::Hs256);
            continue;
        };
        let names = jwk.as_object().unwrap().keys().map(String::as_str);
        assert!(
            names.clone().all(
                |name| ["kty", "crv", "x", "y", "n", "e", "use", "alg", "kid"].contains(&name)
            )
        );
        if let Private::Ed25519(pair) = &key.private {
            assert_eq!(jwk["x"], encode(pair.public_key()));
        }
    }
}
