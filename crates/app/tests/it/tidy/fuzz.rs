//! Each parser of what strangers send has a fuzz target that calls it.

use super::{none_broken, sources};

/// What reads what: the parser's file, how it is called, and its target.
const PARSERS: &[(&str, &str, &str)] = &[
    (
        "crates/base/src/identifier.rs",
        "Email::parse",
        "identifiers",
    ),
    (
        "crates/base/src/identifier.rs",
        "Username::parse",
        "identifiers",
    ),
    (
        "crates/base/src/identifier.rs",
        "Identifier::parse",
        "identifiers",
    ),
    ("crates/base/src/phone.rs", "Phone::parse", "identifiers"),
    ("crates/crypto/src/code.rs", "SentCode::parse", "tokens"),
    ("crates/crypto/src/work.rs", "work::check", "tokens"),
    ("crates/web/src/body/scan.rs", "strict_json", "json"),
    ("crates/web/src/body/mod.rs", "typed", "json"),
    ("crates/web/src/cookies.rs", "cookies::find", "headers"),
    (
        "crates/web/src/credentials.rs",
        "credentials::bearer",
        "headers",
    ),
    ("crates/web/src/peer.rs", "Peer::of", "headers"),
    ("crates/crypto/src/jwt/verify.rs", "jwt::verify", "tokens"),
    ("crates/crypto/src/token.rs", "token::bound", "tokens"),
    (
        "crates/crypto/src/device.rs",
        "DeviceSecrets::read",
        "tokens",
    ),
    (
        "crates/crypto/src/passkey.rs",
        "Assertion::parse",
        "passkeys",
    ),
    (
        "crates/crypto/src/passkey.rs",
        "finish_registration",
        "passkeys",
    ),
    (
        "crates/crypto/src/password/scheme.rs",
        "recognise",
        "password_hashes",
    ),
    ("crates/app/src/config/mod.rs", "config::load", "config"),
    ("crates/records/src/sites/path.rs", "Path::read", "paths"),
    (
        "crates/records/src/sites/path.rs",
        "RulePath::parse",
        "paths",
    ),
    ("crates/records/src/sites/path.rs", "is_local", "paths"),
    (
        "crates/records/src/sites/address.rs",
        "Address::canonical",
        "paths",
    ),
    ("crates/imaging/src/avatar.rs", "avatar(", "pictures"),
    (
        "crates/dialects/src/drf/json.rs",
        "wire::surfaces",
        "requests",
    ),
    (
        "crates/dialects/src/drf/form.rs",
        "wire::surfaces",
        "requests",
    ),
    ("crates/web/src/form.rs", "wire::surfaces", "requests"),
];

#[test]
fn each_parser_of_hostile_input_has_a_fuzz_target() {
    let all = sources("", "");
    let text = |path: &str| {
        all.iter()
            .find(|source| source.path == path)
            .map(|source| &*source.text)
    };
    let manifest = text("fuzz/Cargo.toml").unwrap_or_default();
    let mut broken = Vec::new();
    for (parser, call, target) in PARSERS {
        let file = format!("fuzz/targets/{target}.rs");
        if text(parser).is_none() {
            broken.push(format!("{parser} is not there"));
        }
        if !text(&file).is_some_and(|text| text.contains(call)) {
            broken.push(format!("{file} does not call {call}"));
        }
        if !manifest.contains(&format!("path = \"targets/{target}.rs\"")) {
            broken.push(format!("fuzz/Cargo.toml does not name {target}"));
        }
    }
    none_broken(
        &broken,
        "write a target in fuzz/targets and list it in fuzz/Cargo.toml.",
    );
}
