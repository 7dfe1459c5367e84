//! Tokens written in another way, with other JSON, or too long. Each is truly
//! signed where that is possible.

use std::time::{Duration, Instant};

use super::*;

/// vuln:6
#[test]
fn a_name_twice_is_refused() {
    let key = key(Algorithm::EdDsa, "k");
    let verifiers = [key.verifier()];
    let header = r#"{"alg":"EdDSA","typ":"at+jwt","kid":"k"}"#;
    for twice in [
        r#"{"alg":"EdDSA","alg":"EdDSA","typ":"at+jwt","kid":"k"}"#,
        r#"{"alg":"none","alg":"EdDSA","typ":"at+jwt","kid":"k"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"k","kid":"k"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt","kid":"k","\u006bid":"x"}"#,
    ] {
        assert_eq!(
            verify(&forge(&key, twice, "{}"), &native(&verifiers)),
            Err(Fault::Malformed),
            "{twice}"
        );
    }
    for payload in [
        r#"{"exp":1,"exp":2}"#,
        r#"{"sub":"a","sub":"a"}"#,
        r#"{"a":{"b":1,"b":1}}"#,
        "[]",
        "1",
        "null",
        "\"{}\"",
        "",
        "{}{}",
        "{} ,",
        "{\"a\":1,}",
        "{'a':1}",
        "\u{feff}{}",
        &"[".repeat(3_000),
    ] {
        assert_eq!(
            verify(&forge(&key, header, payload), &native(&verifiers)),
            Err(Fault::Malformed),
            "{payload}"
        );
    }
    assert!(verify(&forge(&key, header, " {\n} "), &native(&verifiers)).is_ok());
}

/// vuln:1
#[test]
fn a_claim_of_the_wrong_type_is_never_absent() {
    let key = key(Algorithm::EdDsa, "k");
    let verifiers = [key.verifier()];
    let header = r#"{"alg":"EdDSA","typ":"at+jwt","kid":"k"}"#;
    for name in ["exp", "nbf", "iat"] {
        for value in [
            "\"9999\"",
            "1.5",
            "true",
            "null",
            "[]",
            "{}",
            "1e308",
            "\"\"",
            "9223372036854775808",
        ] {
            let token = forge(&key, header, &format!("{{\"{name}\":{value}}}"));
            let claims = Claims(verify(&token, &native(&verifiers)).unwrap());
            assert_eq!(
                claims.optional_integer(name),
                Err(Fault::Claim(name)),
                "{name}: {value}"
            );
        }
    }
    for name in ["iss", "sub", "jti"] {
        for value in ["1", "1.5", "true", "null", "[]", "[\"a\"]", "{}", "\"\""] {
            let token = forge(&key, header, &format!("{{\"{name}\":{value}}}"));
            let claims = Claims(verify(&token, &native(&verifiers)).unwrap());
            assert_eq!(
                claims.optional_text(name),
                Err(Fault::Claim(name)),
                "{name}: {value}"
            );
        }
    }
}

/// vuln:6
#[test]
fn there_is_one_way_to_write_a_token() {
    let key = key(Algorithm::EdDsa, "k");
    let verifiers = [key.verifier()];
    let family = native(&verifiers);
    let token = honest(&key);
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    for bad in [
        String::new(), ".".to_owned(), "..".to_owned(), "...".to_owned(), format!("{header}.{payload}"), format!("{header}..{signature}"),
        format!(".{payload}.{signature}"), format!("{header}.{payload}."), format!("{token}."), format!(".{token}"),
        format!("{token}.{signature}"), format!("{header}.{token}"), format!("{header}.{payload}.{payload}.{signature}"),
        format!(" {token}"), format!("{token} "), format!("{token}\n"), format!("{header} .{payload}.{signature}"),
        format!("{header}.{payload}\n.{signature}"), format!("{token}="), format!("{token}=="), format!("{header}=.{payload}.{signature}"),
        format!("{header}.{payload}=.{signature}"), format!("{token}\0"), format!("Bearer {token}"), token.replacen('.', "%2E", 1),
        token.replacen('.', "．", 1), token.to_uppercase(),
        json!({ "payload": payload, "protected": header, "signature": signature }).to_string(),
        json!({ "payload": payload, "signatures": [{ "protected": header, "signature": signature }] }).to_string(),
        format!("{header}.a.b.c.{signature}"),
    ] {
        assert!(verify(&bad, &family).is_err(), "{bad:?}");
    }
    // The last of 86 characters carries two bits that do not count.
    let spellings = ('!'..='~')
        .filter(|last| verify(&format!("{}{last}", &token[..token.len() - 1]), &family).is_ok());
    assert_eq!(spellings.count(), 1);
    // A dot inside what was signed is no way to have two payloads.
    let message = format!("{header}.{payload}.{payload}");
    let signed = format!(
        "{message}.{}",
        encode(key.signature(message.as_bytes()).unwrap())
    );
    assert_eq!(verify(&signed, &family), Err(Fault::Malformed));
}

/// vuln:15
#[test]
fn a_long_token_is_refused_before_any_work() {
    let key = key(Algorithm::EdDsa, "k");
    let verifiers = [key.verifier()];
    let dots = ".".repeat(1_000_000);
    let start = Instant::now();
    assert_eq!(verify(&dots, &native(&verifiers)), Err(Fault::Malformed));
    assert_eq!(
        verify(&dots[..MAX_LENGTH], &native(&verifiers)),
        Err(Fault::Malformed)
    );
    assert!(start.elapsed() < Duration::from_millis(5));

    let padded = |pad: usize| sign(&key, "at+jwt", &json!({ "pad": "x".repeat(pad) })).unwrap();
    let sized = |length| {
        (5_000..7_000)
            .map(padded)
            .find(|token| token.len() >= length)
            .unwrap()
    };
    let (fits, long) = (sized(MAX_LENGTH - 4), sized(MAX_LENGTH + 1));
    assert!(fits.len() <= MAX_LENGTH && verify(&fits, &native(&verifiers)).is_ok());
    let generous = Family {
        max_len: usize::MAX,
        ..native(&verifiers)
    };
    assert_eq!(verify(&long, &generous), Err(Fault::Malformed));
    let narrow = Family {
        max_len: fits.len() - 1,
        ..native(&verifiers)
    };
    assert_eq!(verify(&fits, &narrow), Err(Fault::Malformed));
}
