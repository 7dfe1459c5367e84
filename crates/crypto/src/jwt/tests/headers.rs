//! Headers that lie: about the algorithm, the key, the type, or with members
//! that nobody asked for. Each token is truly signed.

use super::*;

#[test]
fn an_honest_token_is_accepted_by_its_own_family() {
    let keys = keys();
    let verifiers = verifiers(&keys);
    for key in &keys {
        let claims = Claims(verify(&honest(key), &native(&verifiers)).unwrap());
        assert_eq!(
            (claims.text("sub"), claims.integer("exp")),
            (Ok("usr_1"), Ok(4_000_000_000))
        );
        let simple = sign_plain(key, &json!({ "user_id": 1 })).unwrap();
        assert_eq!(
            Claims(verify(&simple, &plain(&verifiers)).unwrap()).integer("user_id"),
            Ok(1)
        );
    }
}

/// vuln:2, asvs:V9.1.2
#[test]
fn an_algorithm_that_is_not_the_keys_is_refused() {
    for key in keys() {
        let (verifiers, kid) = ([key.verifier()], key.kid());
        for alg in [
            "none", "None", "nOnE", "NONE", "", " ", "eddsa", "HS384", "RS384", "ES384", "PS256",
            "ES256K",
        ] {
            let header = format!(r#"{{"alg":"{alg}","typ":"at+jwt","kid":"{kid}"}}"#);
            let token = forge(&key, &header, "{}");
            assert_eq!(
                verify(&token, &native(&verifiers)),
                Err(Fault::Algorithm),
                "{alg}"
            );
            let bare = &token[..=token.rfind('.').unwrap()];
            assert_eq!(
                verify(bare, &native(&verifiers)),
                Err(Fault::Algorithm),
                "{alg}"
            );
        }
        for alg in [
            "",
            r#""alg":null,"#,
            r#""alg":["none"],"#,
            r#""alg":{},"#,
            r#""alg":0,"#,
            r#""alg":true,"#,
        ] {
            let header = format!(r#"{{{alg}"typ":"at+jwt","kid":"{kid}"}}"#);
            assert_eq!(
                verify(&forge(&key, &header, "{}"), &native(&verifiers)),
                Err(Fault::Header),
                "{alg}"
            );
        }
    }
}

/// vuln:3, vuln:4, vuln:5
#[test]
fn a_public_key_is_no_shared_secret() {
    use base64::engine::general_purpose::STANDARD;
    for key in keys()
        .into_iter()
        .filter(|key| key.algorithm() != Algorithm::Hs256)
    {
        let (verifiers, kid) = ([key.verifier()], key.kid());
        let jwk = key.public_jwk().unwrap();
        let raw: Vec<u8> = ["x", "y", "n", "e"]
            .iter()
            .filter_map(|name| jwk[name].as_str())
            .flat_map(|text| URL_SAFE_NO_PAD.decode(text).unwrap())
            .collect();
        let text = STANDARD.encode(&raw);
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----");
        for secret in [
            raw,
            text.into_bytes(),
            format!("{pem}\n").into_bytes(),
            pem.into_bytes(),
            jwk.to_string().into_bytes(),
        ] {
            let attacker = SigningKey::from_shared_secret(kid, &secret).unwrap();
            let token = honest(&attacker);
            assert_eq!(verify(&token, &native(&verifiers)), Err(Fault::Algorithm));
            assert_eq!(
                verify(
                    &sign_plain(&attacker, &json!({})).unwrap(),
                    &plain(&verifiers)
                ),
                Err(Fault::Algorithm)
            );
            let header = format!(
                r#"{{"alg":"{}","typ":"at+jwt","kid":"{kid}"}}"#,
                key.algorithm()
            );
            assert_eq!(
                verify(&forge(&attacker, &header, "{}"), &native(&verifiers)),
                Err(Fault::BadSignature)
            );
        }
    }
}

/// Whoever signs with key A, claims algorithm B and names key C gets in only
/// if all three are one. vuln:5, asvs:V9.1.2
#[test]
fn signer_algorithm_and_name_must_agree() {
    let keys = keys();
    let verifiers = verifiers(&keys);
    for signer in &keys {
        for algorithm in Algorithm::ALL {
            for named in &keys {
                let header = format!(
                    r#"{{"alg":"{algorithm}","typ":"at+jwt","kid":"{}"}}"#,
                    named.kid()
                );
                let fits = signer.algorithm() == *algorithm && signer.kid() == named.kid();
                assert_eq!(
                    verify(&forge(signer, &header, "{}"), &native(&verifiers)).is_ok(),
                    fits,
                    "{header}"
                );
            }
        }
    }
}

/// vuln:9, vuln:10, asvs:V9.1.3, vuln:14, rfc:7515-4.1.11
#[test]
fn a_header_with_more_to_say_is_refused() {
    let key = key(Algorithm::EdDsa, "k");
    let verifiers = [key.verifier()];
    let jwk = key.public_jwk().unwrap();
    for member in [
        r#""crit":["exp"]"#.to_owned(),
        r#""crit":[]"#.to_owned(),
        format!(r#""jwk":{jwk}"#),
        r#""jku":"https://evil.example/keys""#.to_owned(),
        r#""x5u":"https://evil.example/c""#.to_owned(),
        r#""x5c":["MIIB"]"#.to_owned(),
        r#""x5t":"AA""#.to_owned(),
        r#""zip":"DEF""#.to_owned(),
        r#""b64":false"#.to_owned(),
        r#""cty":"JWT""#.to_owned(),
        r#""enc":"A256GCM""#.to_owned(),
        r#""p2c":99999999"#.to_owned(),
        r#""Alg":"none""#.to_owned(),
        r#""":"""#.to_owned(),
    ] {
        let token = forge(
            &key,
            &format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"k",{member}}}"#),
            "{}",
        );
        assert_eq!(
            verify(&token, &native(&verifiers)),
            Err(Fault::Header),
            "{member}"
        );
    }
    for member in [
        r#""typ":1,"kid":"k""#,
        r#""typ":null,"kid":"k""#,
        r#""typ":["at+jwt"],"kid":"k""#,
        r#""typ":"at+jwt","kid":1"#,
        r#""typ":"at+jwt","kid":null"#,
    ] {
        let token = forge(&key, &format!(r#"{{"alg":"EdDSA",{member}}}"#), "{}");
        assert_eq!(
            verify(&token, &native(&verifiers)),
            Err(Fault::Header),
            "{member}"
        );
    }
}

/// vuln:11, asvs:V9.1.3
#[test]
fn a_strange_key_name_is_an_unknown_key() {
    let key = key(Algorithm::EdDsa, "2026-11");
    let verifiers = [key.verifier()];
    for kid in [
        "",
        " ",
        "2026-11 ",
        "2026-1",
        "2026-11\0",
        "2026-11/../2026-11",
        "../../dev/null",
        "/dev/null",
        "' OR '1'='1",
        "x' UNION SELECT 'key",
        "https://evil.example/key",
        "${jndi:ldap://evil.example}",
        "%32026-11",
        "２026-11",
        "\u{202e}",
        "|sleep 9",
        &"a".repeat(5_000),
    ] {
        let header = json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": kid }).to_string();
        assert_eq!(
            verify(&forge(&key, &header, "{}"), &native(&verifiers)),
            Err(Fault::UnknownKey),
            "{kid}"
        );
    }
    let absent = forge(&key, r#"{"alg":"EdDSA","typ":"at+jwt"}"#, "{}");
    assert_eq!(verify(&absent, &native(&verifiers)), Err(Fault::UnknownKey));
    assert_eq!(verify(&honest(&key), &native(&[])), Err(Fault::UnknownKey));
    let huge = forge(
        &key,
        &json!({ "alg": "EdDSA", "kid": "a".repeat(1 << 20) }).to_string(),
        "{}",
    );
    assert_eq!(verify(&huge, &native(&verifiers)), Err(Fault::Malformed));
}

/// asvs:V9.2.2, rfc:8725-3.11
#[test]
fn each_family_takes_its_own_type_only() {
    let key = key(Algorithm::EdDsa, "k");
    let verifiers = [key.verifier()];
    for (typ, is_native, is_plain) in [
        ("at+jwt", true, false),
        ("JWT", false, true),
        ("jwt", false, false),
        ("AT+JWT", false, false),
        ("", false, false),
        ("at+jwt ", false, false),
        ("application/at+jwt", false, false),
        ("logout+jwt", false, false),
    ] {
        let token = sign(&key, typ, &json!({})).unwrap();
        assert_eq!(
            verify(&token, &native(&verifiers)).map(drop),
            if is_native { Ok(()) } else { Err(Fault::Typ) },
            "{typ}"
        );
        assert_eq!(
            verify(&token, &plain(&verifiers)).map(drop),
            if is_plain { Ok(()) } else { Err(Fault::Typ) },
            "{typ}"
        );
    }
    let absent = forge(&key, r#"{"alg":"EdDSA","kid":"k"}"#, "{}");
    assert_eq!(verify(&absent, &native(&verifiers)), Err(Fault::Typ));
    assert!(verify(&absent, &plain(&verifiers)).is_ok());
}

/// rfc:8725-3.8
#[test]
fn a_shared_key_name_does_not_join_two_families() {
    let (ours, theirs) = (key(Algorithm::EdDsa, "1"), key(Algorithm::EdDsa, "1"));
    assert_eq!(
        verify(&honest(&theirs), &native(&[ours.verifier()])),
        Err(Fault::BadSignature)
    );
    assert!(verify(&honest(&theirs), &native(&[theirs.verifier()])).is_ok());
}

#[test]
fn an_old_shared_secret_is_accepted_until_it_is_removed() {
    let (old, new) = (key(Algorithm::Hs256, "old"), key(Algorithm::Hs256, "new"));
    let token = sign_plain(&old, &json!({})).unwrap();
    assert!(verify(&token, &plain(&[new.verifier(), old.verifier()])).is_ok());
    assert_eq!(
        verify(&token, &plain(&[new.verifier()])),
        Err(Fault::BadSignature)
    );
    assert_eq!(verify(&token, &plain(&[])), Err(Fault::Algorithm));
}
