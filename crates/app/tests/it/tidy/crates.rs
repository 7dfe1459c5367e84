//! Laws about crates: which floor each of ours stands on, and what we take from
//! others.

use std::{collections::BTreeMap, process::Command};

use super::{none_broken, root};

/// The floor of each of our crates. Dependencies go strictly down.
const FLOORS: &[(&str, u8)] = &[
    ("tollgate-authenticator", 1),
    ("tollgate-base", 1),
    ("tollgate-hugepages", 1),
    ("tollgate-throwaway", 1),
    ("tollgate-crypto", 2),
    ("tollgate-store", 2),
    ("tollgate-imaging", 2),
    ("tollgate-outbound", 2),
    ("tollgate-records", 3),
    ("tollgate-flows", 4),
    ("tollgate-web", 5),
    ("tollgate-api", 6),
    ("tollgate-console", 6),
    ("tollgate-dialects", 6),
    ("tollgate-manual", 6),
    ("tollgate", 7),
    ("tollgate-browser", 7),
    ("tollgate-testkit", 7),
    ("tollgate-bench", 7),
    ("xtask", 7),
];

/// From here up to the roof, a crate knows only these below it.
const SURFACE: (u8, &[&str]) = (5, &["tollgate-base", "tollgate-flows", "tollgate-web"]);

/// Never part of what we ship; who may name them outside `[dev-dependencies]`.
const DEV_ONLY: &[&str] = &[
    "tollgate-authenticator",
    "tollgate-browser",
    "tollgate-testkit",
    "tollgate-throwaway",
];
const DEV_TOOLS: &[&str] = &[
    "tollgate-bench",
    "tollgate-browser",
    "tollgate-testkit",
    "xtask",
];

/// Crates that must not be built, and why.
const BANNED: &[(&str, &[&str])] = &[
    (
        "one TLS and crypto library is enough",
        &["ring", "openssl-sys", "native-tls"],
    ),
    (
        "expressions are matched in linear time",
        &["fancy-regex", "onig", "pcre2"],
    ),
    (
        "nothing here reads XML",
        &["libxml", "quick-xml", "roxmltree", "sxd-xpath", "xml-rs"],
    ),
    ("nothing here speaks LDAP", &["ldap3"]),
    (
        "formats are literals, which the compiler reads",
        &[
            "dynfmt",
            "runtime-format",
            "sprintf",
            "strfmt",
            "tinytemplate",
        ],
    ),
    (
        "clients send JSON and forms alone",
        &[
            "bincode",
            "postcard",
            "rmp-serde",
            "serde-pickle",
            "serde_yaml",
        ],
    ),
    ("the seam speaks to the drivers", &["diesel", "sqlx"]),
];

/// Older versions of these have a hole.
const SINCE: &[(&str, [u32; 3])] = &[("idna", [1, 0, 3]), ("rustls-webpki", [0, 103, 12])];

/// Licences that ask for no more than a notice.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Offered under a choice of which one is on the list: the crate, what it
/// offers, and what we take. Each has its reason in docs/decisions.
const CHOSEN: &[(&str, &str, &str)] = &[("self_cell", "Apache-2.0 OR GPL-2.0-only", "Apache-2.0")];

/// Under MPL-2.0, which covers their own files alone: these are taken as they
/// are. Each has its reason in docs/decisions.
const UNCHANGED: &[&str] = &[
    "crypto-glue",
    "webauthn-attestation-ca",
    "webauthn-rs",
    "webauthn-rs-core",
    "webauthn-rs-proto",
];

#[test]
fn dependencies_go_down() {
    let floors: BTreeMap<&str, u8> = FLOORS.iter().copied().collect();
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: serde_json::Value = serde_json::from_str(&metadata).expect("cargo speaks JSON");
    let packages = metadata["packages"]
        .as_array()
        .expect("a workspace has packages");
    let mut broken = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let floor = *floors
            .get(name)
            .unwrap_or_else(|| panic!("give {name} a floor in FLOORS"));
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let other = dependency["name"].as_str().unwrap_or_default();
            let Some(&below) = floors.get(other) else {
                continue;
            };
            let dev = dependency["kind"] == "dev";
            // Ourselves with all features, for tests.
            if dev && other == name {
                continue;
            }
            let surface = SURFACE.0 <= floor && floor < 7;
            if below >= floor && !(dev && DEV_ONLY.contains(&other)) {
                broken.push(format!(
                    "{name} (floor {floor}) depends on {other} (floor {below})"
                ));
            }
            if DEV_ONLY.contains(&other) && !dev && !DEV_TOOLS.contains(&name) {
                broken.push(format!("{name} ships with {other}, which is for tests"));
            }
            if surface && !dev && !SURFACE.1.contains(&other) {
                broken.push(format!("{name} reaches past the verbs to {other}"));
            }
        }
    }
    none_broken(
        &broken,
        "move what is needed to a lower floor; no arrow goes up or sideways.",
    );
}

/// asvs:V1.2.6, asvs:V1.3.10, asvs:V1.3.12, asvs:V1.5.1, asvs:V1.5.2, asvs:V11.2.1, vuln:145
#[test]
fn nothing_banned_is_built() {
    let mut broken = Vec::new();
    for (package, _) in foreign() {
        let name = package.split(' ').next().unwrap_or_default();
        let why = BANNED.iter().find(|(_, names)| names.contains(&name));
        broken.extend(why.map(|(why, _)| format!("{package}: {why}")));
    }
    none_broken(
        &broken,
        "`cargo tree --workspace --invert NAME` shows who brings it; switch that feature off.",
    );
}

/// vuln:110, vuln:148
#[test]
fn nothing_with_a_known_hole_is_built() {
    let (mut broken, mut known) = (Vec::new(), 0);
    for (package, _) in foreign() {
        let (name, version) = package.split_once(" v").unwrap_or_default();
        let Some((_, since)) = SINCE.iter().find(|(known, _)| *known == name) else {
            continue;
        };
        let digits = |part: &str| part.parse().unwrap_or_default();
        let built: Vec<u32> = version.split(['.', ' ', '-']).map(digits).collect();
        known += 1;
        if built.as_slice() < since.as_slice() {
            broken.push(format!("{package}: at least {since:?}"));
        }
    }
    assert!(
        known >= SINCE.len(),
        "a crate of the list is not built any more"
    );
    none_broken(&broken, "`cargo update NAME` takes a newer one.");
}

/// Tests have all features; whoever builds a release has to ask for them.
#[test]
fn what_ships_has_no_feature_that_nobody_asked_for() {
    let arguments = ["tree", "--package", "tollgate", "--edges", "normal,build"];
    let tree = cargo(&[&arguments[..], &["--prefix", "none"]].concat());
    assert!(
        tree.contains("tollgate-web "),
        "tidy reads cargo's answer wrongly"
    );
    let broken: Vec<String> = tree
        .lines()
        .filter(|line| line.contains("opentelemetry"))
        .map(str::to_owned)
        .collect();
    none_broken(
        &broken,
        "traces are behind the feature `otel`, which no default may bring.",
    );
}

#[test]
fn every_licence_is_permissive() {
    let foreign = foreign();
    assert!(foreign.len() > 50, "tidy reads cargo's answer wrongly");
    let broken: Vec<String> = foreign
        .into_iter()
        .filter(|(package, licence)| {
            let name = package.split(' ').next().unwrap_or_default();
            licence != "MPL-2.0" || !UNCHANGED.contains(&name)
        })
        .map(|(package, licence)| {
            let taken = chosen(&package, &licence).unwrap_or(licence);
            (package, taken)
        })
        .filter(|(_, licence)| {
            // Stricter than SPDX: each name must be on the list, in an OR too.
            let names = licence.replace(" AND ", "/").replace(" OR ", "/");
            !names
                .split('/')
                .all(|name| LICENCES.contains(&name.trim_matches(['(', ')', ' '])))
        })
        .map(|(package, licence)| format!("{package}: '{licence}'"))
        .collect();
    none_broken(
        &broken,
        "take another crate, or decide in docs/decisions and extend the list.",
    );
}

/// What we take of a choice that is written exactly so.
fn chosen(package: &str, offered: &str) -> Option<String> {
    let name = package.split(' ').next().unwrap_or_default();
    let known = CHOSEN
        .iter()
        .find(|(known, choice, _)| *known == name && *choice == offered);
    known.map(|(_, _, taken)| (*taken).to_owned())
}

/// What is built of others on this machine, with its licence. Not Cargo.lock,
/// which also names crates that only a feature nobody chose would bring.
fn foreign() -> Vec<(String, String)> {
    let arguments = ["tree", "--workspace", "--edges", "normal,build,dev"];
    let tree = cargo(&[&arguments[..], &["--prefix", "none", "--format", "{p}|{l}"]].concat());
    let unique: BTreeMap<String, String> = tree
        .lines()
        .filter_map(|line| line.split_once('|'))
        .filter(|(package, _)| !package.contains("(/"))
        .map(|(package, licence)| {
            (
                package.to_owned(),
                licence.trim_end_matches(" (*)").to_owned(),
            )
        })
        .collect();
    unique.into_iter().collect()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--locked")
        .current_dir(root())
        .output()
        .expect("cargo built this test");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "cargo {}: {told}",
        arguments.join(" ")
    );
    String::from_utf8(output.stdout).expect("cargo speaks UTF-8")
}
