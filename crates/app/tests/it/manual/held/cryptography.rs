//! The keys, certificates and algorithms that there are.

use std::{collections::BTreeSet, fs};

use tollgate::config::Config;
use tollgate_crypto::jwt::Algorithm;
use tollgate_records::webhooks;

use crate::{manual::written::root, support::house};

use super::{page, quoted, rows, section};

const PAGE: &str = "reference/cryptography.md";

/// Crates with algorithms in them that ours name themselves.
const CRATES: [&str; 17] = [
    "aes-gcm",
    "argon2",
    "aws-lc-rs",
    "bcrypt",
    "blake2",
    "blake3",
    "chacha20poly1305",
    "ed25519-dalek",
    "getrandom",
    "hmac",
    "p256",
    "rsa",
    "rustls",
    "scrypt",
    "sha1",
    "sha2",
    "webauthn-rs",
];

/// How what `aws-lc-rs` has is called.
const BEGINNINGS: [&str; 13] = [
    "AES_", "CHACHA20", "ECDSA_", "ED25519", "HKDF_", "HMAC_", "ML_", "PBKDF2_", "RSA_", "SHA1_",
    "SHA2", "SHA3", "X25519",
];

/// The sources that ship, but for what stands in their comments.
fn sources() -> Vec<String> {
    let mut found = Vec::new();
    let for_tests = ["authenticator", "browser", "testkit", "throwaway"];
    for folder in fs::read_dir(root().join("crates")).unwrap() {
        let folder = folder.unwrap();
        if for_tests.iter().all(|name| folder.file_name() != *name) {
            collect(&folder.path().join("src"), &mut found);
        }
    }
    found
}

fn collect(folder: &std::path::Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).unwrap();
            let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let lines = shipped
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            found.push(lines.collect::<Vec<_>>().join("\n"));
        }
    }
}

/// The names in the cells of a column.
fn column(section: &str, at: usize) -> BTreeSet<String> {
    let rows = rows(section);
    let names = rows.iter().flat_map(|row| quoted(row[at]));
    names.map(ToOwned::to_owned).collect()
}

/// asvs:V11.1.2
#[test]
fn each_derived_key_is_in_the_inventory() {
    let page = page(PAGE);
    let told = column(section(&page, "### Derived keys"), 0);
    let mut found = BTreeSet::new();
    for source in sources() {
        for rest in source.split(".derive(\"").skip(1) {
            found.insert(rest.split('"').next().unwrap().to_owned());
        }
    }
    assert_eq!(told, found);
}

/// asvs:V11.1.2
#[test]
fn each_algorithm_is_in_the_inventory() {
    let page = page(PAGE);
    let told = column(section(&page, "## Algorithms"), 1);
    let mut found = BTreeSet::new();
    for source in sources() {
        if !source.contains("aws_lc_rs") {
            continue;
        }
        let words = source.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let is_one = |word: &&str| {
            let loud = word.chars().all(|c| !c.is_ascii_lowercase());
            loud && BEGINNINGS.iter().any(|start| word.starts_with(start))
        };
        found.extend(words.filter(is_one).map(ToOwned::to_owned));
    }
    // A length, and no algorithm.
    found.remove("SHA1_OUTPUT_LEN");
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let named = |name: &&&str| manifest.contains(&format!("\n{name} = "));
    found.extend(CRATES.iter().filter(named).map(|&name| name.to_owned()));
    let loud = section(&page, "## Certificates").contains("`rustls`");
    assert!(
        loud && found.remove("rustls"),
        "TLS is told of with its certificates"
    );
    assert_eq!(told, found);
}

/// asvs:V11.1.2
#[tokio::test]
async fn each_signing_key_is_in_the_inventory() {
    let page = page(PAGE);
    let rows = rows(section(&page, "### Signing keys"));
    let ctx = &house().await.node.ctx;
    let by = &tollgate_base::access::Principal::Operator;
    tollgate_flows::keyring::load(ctx, by, None).await.unwrap();
    let listed = tollgate_flows::keyring::list(ctx, by, ()).await.unwrap();
    assert!(!listed.is_empty());
    for key in listed {
        let row = rows.iter().find(|row| quoted(row[0]) == [&*key.purpose]);
        let row = row.unwrap_or_else(|| panic!("{} is not told of", key.purpose));
        assert!(
            row[1].starts_with(key.algorithm),
            "{}: {}",
            key.purpose,
            row[1]
        );
    }
    for algorithm in Algorithm::ALL {
        let told = |row: &Vec<&str>| row[1].contains(algorithm.as_str());
        assert!(rows.iter().any(told), "{algorithm}");
    }
}

/// asvs:V11.1.2
#[test]
fn each_secret_and_each_certificate_of_the_operator_is_in_the_inventory() {
    let page = page(PAGE);
    let secrets = column(section(&page, "### Secrets that the operator sets"), 0);
    let certificates = column(section(&page, "## Certificates"), 1);
    let keys = || Config::TABLES.into_iter().flat_map(|table| table.keys);
    for key in keys() {
        assert!(!key.secret || secrets.contains(key.name), "{}", key.name);
        let pem =
            key.name.contains("tls_root") || ["tls.certificate", "tls.key"].contains(&key.name);
        assert_eq!(certificates.contains(key.name), pem, "{}", key.name);
    }
    for name in secrets {
        assert!(keys().any(|key| key.name == name), "{name} is no setting");
    }
}

/// asvs:V11.1.2
#[test]
fn each_sealed_column_is_in_the_inventory() {
    let page = page(PAGE);
    let rows = rows(section(&page, "## Keys"));
    let told = rows.iter().find(|row| row[0] == "sealing key").unwrap();
    let told: BTreeSet<String> = quoted(told[3]).into_iter().map(ToOwned::to_owned).collect();
    // Webhooks have two, named elsewhere.
    let mut found: BTreeSet<String> = [webhooks::SECRET, webhooks::OLD_SECRET]
        .map(|column| format!("{}.{column}", webhooks::TABLE))
        .into();
    let mut elsewhere = 0;
    let sources = sources();
    // Who seals names `seal`, and not what it is made of.
    for source in sources.iter().filter(|source| source.contains("seal::")) {
        for place in source.split("Context {").skip(1) {
            let place = place.split('}').next().unwrap();
            let part = |name: &str| {
                let (_, rest) = place.split_once(&format!("{name}: \""))?;
                rest.split('"').next()
            };
            match part("table").zip(part("column")) {
                Some((table, column)) => _ = found.insert(format!("{table}.{column}")),
                None => elsewhere += 1,
            }
        }
    }
    assert_eq!(
        elsewhere, 1,
        "a place of a sealed value cannot be read here"
    );
    assert_eq!(told, found);
}
