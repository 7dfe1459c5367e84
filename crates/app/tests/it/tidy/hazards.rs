//! Laws about what goes wrong in other programs: text that is run, compared or made into
//! markup where it must not be, and ciphers and hashes that are chosen by the way.

use std::collections::BTreeSet;

use super::{Source, none_broken, root, shipped, sources};

/// What `unsafe_code = "forbid"` does not hold for, with a lint table of its own.
const UNSAFE: &str = "crates/hugepages/Cargo.toml";

/// Crates for tests alone: they start servers and browsers.
const FOR_TESTS: [&str; 4] = [
    "crates/authenticator/",
    "crates/browser/",
    "crates/testkit/",
    "crates/throwaway/",
];

/// What templates put on a page as it is: the attributes that another template wrote, and
/// the picture of a QR code.
const AS_IT_IS: [(&str, &str, usize); 2] = [
    ("crates/console/templates/parts.html", "attributes|safe", 4),
    (
        "crates/console/templates/factor_begun.html",
        "picture|safe",
        1,
    ),
];

/// By which a script runs text, makes markup of it, hears of other windows or keeps
/// something for good.
const SCRIPTS: [&str; 13] = [
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "eval(",
    "new Function",
    "postMessage",
    "\"message\"",
    "onmessage",
    "localStorage",
    "indexedDB",
    "caches.",
    "document.cookie =",
];

/// Ciphers have one place. SHA-1 is what authenticator apps, hashes from elsewhere and
/// lists of breached passwords are made with.
const CRYPTOGRAPHY: [(&str, &[&str]); 4] = [
    ("aead", &["crates/crypto/src/seal.rs"]),
    ("cipher::", &[]),
    (
        "sha1",
        &[
            "crates/authenticator/src/lib.rs",
            "crates/crypto/src/password/foreign.rs",
            "crates/crypto/src/password/scheme.rs",
            "crates/crypto/src/totp.rs",
            "crates/outbound/src/breaches/mod.rs",
        ],
    ),
    ("md5", &[]),
];

/// Where both sides are known to whoever compares: two configurations of one operator, and
/// the two passwords that one person has typed.
const COMPARED: [&str; 2] = [
    "crates/app/src/config/meant/plain.rs",
    "crates/flows/src/steps/new_password.rs",
];

/// By which a program calls another machine.
const CALLS: [&str; 8] = [
    "TcpStream::connect",
    "UdpSocket::bind",
    "UnixStream::connect",
    "connect_tokio1",
    "lookup_host",
    "ToSocketAddrs",
    "tokio_postgres::connect",
    "config.connect(",
];

/// The rooms that call: the database, Redis, the mail server, the log server and whatever
/// speaks http, by what the operator set; and two commands that ask this very server.
const CALLERS: [&str; 7] = [
    "crates/app/src/cli/doctor/reach.rs",
    "crates/app/src/cli/healthcheck.rs",
    "crates/outbound/src/http.rs",
    "crates/outbound/src/mail/smtp.rs",
    "crates/outbound/src/syslog.rs",
    "crates/store/src/redis_link.rs",
    "crates/store/src/sql/postgres/connector.rs",
];

/// asvs:V1.4.1
#[test]
fn memory_is_managed_by_the_compiler() {
    let manifests = sources("", "Cargo.toml").into_iter();
    let (house, crates): (Vec<Source>, Vec<Source>) =
        manifests.partition(|manifest| manifest.path == "Cargo.toml");
    assert!(house[0].text.contains("\nunsafe_code = \"forbid\"\n"));
    let free = |manifest: &Source| !manifest.text.contains("[lints]\nworkspace = true\n");
    let ours = |path: &str| path.starts_with("crates/") || path.starts_with("xtask/");
    let broken: Vec<String> = crates
        .into_iter()
        .filter(|manifest| ours(&manifest.path) && free(manifest) && manifest.path != UNSAFE)
        .map(|manifest| manifest.path)
        .collect();
    none_broken(
        &broken,
        "take the lints of the workspace: [lints] workspace = true.",
    );
    let apart = root().join(UNSAFE);
    let apart = std::fs::read_to_string(apart).expect("hugepages has a manifest");
    assert!(apart.contains("undocumented_unsafe_blocks = \"deny\""));
}

/// asvs:V1.2.5
#[test]
fn the_server_starts_no_other_program() {
    let mut broken = Vec::new();
    for (source, code) in shipped() {
        if FOR_TESTS
            .iter()
            .any(|folder| source.path.starts_with(folder))
        {
            continue;
        }
        for word in ["Command::new", "process::Command", "libc::system", "execve"] {
            if code.contains(word) {
                broken.push(format!("{}: {word}", source.path));
            }
        }
    }
    none_broken(
        &broken,
        "do it in process; what a shell reads can be written by others.",
    );
}

/// asvs:V1.4.3: what is made is given back when nobody holds it any more.
#[test]
fn nothing_is_kept_past_its_owner() {
    let mut broken = Vec::new();
    for (source, code) in shipped() {
        for word in ["mem::forget", ".leak()", "Box::leak", "ManuallyDrop"] {
            if code.contains(word) {
                broken.push(format!("{}: {word}", source.path));
            }
        }
    }
    none_broken(&broken, "let it be dropped; static data are constants.");
}

/// asvs:V13.2.5: what the server calls is what the operator set, and for webhooks what
/// `outbound::reach` lets be called; there is no other way out.
#[test]
fn the_server_calls_from_where_the_list_says() {
    let (mut broken, mut seen) = (Vec::new(), BTreeSet::new());
    for (source, code) in shipped() {
        if FOR_TESTS
            .iter()
            .any(|folder| source.path.starts_with(folder))
        {
            continue;
        }
        for word in CALLS.iter().filter(|word| code.contains(**word)) {
            seen.insert(source.path.clone());
            if !CALLERS.contains(&&*source.path) {
                broken.push(format!("{}: {word}", source.path));
            }
        }
    }
    none_broken(
        &broken,
        "hand it to a room of `outbound`, which knows where it may go.",
    );
    assert_eq!(seen.len(), CALLERS.len(), "one of them calls no more");
}

/// asvs:V13.2.5: whoever answers requests opens no file: what pages need is in the program.
#[test]
fn surfaces_open_no_file() {
    let mut broken = Vec::new();
    let above = [
        "api", "console", "dialects", "flows", "manual", "records", "web",
    ];
    for (source, code) in shipped() {
        let own = |name: &str| source.path.starts_with(&format!("crates/{name}/"));
        for word in ["std::fs", "tokio::fs", "File::open", "OpenOptions"] {
            if above.iter().any(|name| own(name)) && code.contains(word) {
                broken.push(format!("{}: {word}", source.path));
            }
        }
    }
    none_broken(
        &broken,
        "read it where the program starts, or put it into the program.",
    );
}

/// asvs:V1.1.2: what a template shows is escaped there and nowhere before.
#[test]
fn templates_escape_all_that_is_not_known_to_be_markup() {
    let mut broken = Vec::new();
    for source in sources("crates/console/templates", ".html") {
        let known = AS_IT_IS.iter().filter(|(path, _, _)| *path == source.path);
        let known: usize = known
            .map(|(_, text, often)| source.text.matches(text).count().min(*often))
            .sum();
        let all = source.text.matches("|safe").count() + source.text.matches("| safe").count();
        if all != known || source.text.contains("escape=") {
            broken.push(format!("{}: {all} as they are, {known} known", source.path));
        }
    }
    none_broken(
        &broken,
        "let the template escape it, or extend the list in review.",
    );
}

/// asvs:V1.3.2, asvs:V3.2.2, asvs:V3.5.5
#[test]
fn scripts_make_neither_code_nor_markup_of_text() {
    let scripts = [
        sources("crates/console/static", ".js"),
        sources("docs/theme", ".js"),
    ]
    .concat();
    assert!(scripts.len() > 1, "scripts lie elsewhere now");
    let mut broken = Vec::new();
    for script in scripts {
        for word in SCRIPTS {
            if script.text.contains(word) {
                broken.push(format!("{}: {word}", script.path));
            }
        }
    }
    none_broken(
        &broken,
        "set textContent and attributes; the server makes the markup.",
    );
}

/// asvs:V11.3.1, asvs:V11.3.2, asvs:V11.3.5, asvs:V11.4.1
#[test]
fn ciphers_and_weak_hashes_are_where_the_list_says() {
    let mut broken = Vec::new();
    for (source, code) in shipped() {
        let code = code.to_lowercase();
        for (word, places) in CRYPTOGRAPHY {
            if code.contains(word) && !places.contains(&&*source.path) {
                broken.push(format!("{}: {word}", source.path));
            }
        }
    }
    none_broken(
        &broken,
        "seal with crypto::seal, and hash with SHA-256 or better.",
    );
}

/// vuln:146: their types know no `==`; what is taken out of one is compared in constant
/// time.
#[test]
fn secrets_are_not_compared_letter_by_letter() {
    let mut broken = Vec::new();
    for (source, code) in shipped() {
        if COMPARED.contains(&&*source.path) {
            continue;
        }
        let lines = code.lines().filter(|line| line.contains("expose_secret()"));
        let compared = lines.filter(|line| line.contains(" == ") || line.contains(" != "));
        broken.extend(compared.map(|line| format!("{}: {}", source.path, line.trim())));
    }
    none_broken(
        &broken,
        "compare with crypto::mac::equal, or by fingerprint.",
    );
}
