//! Laws about every file: it says what it is for, stays short and leaves
//! nothing half done.

use super::{none_broken, rust, sources};

/// Longer files have two subjects.
const LINES: usize = 600;

#[test]
fn a_file_says_what_lives_in_it() {
    let silent = rust()
        .into_iter()
        .filter(|source| !source.text.starts_with("//! "));
    let broken: Vec<String> = silent.map(|source| source.path).collect();
    none_broken(
        &broken,
        "begin with 1 to 5 lines of //! that say what lives here and what does not.",
    );
}

#[test]
fn a_file_stays_short() {
    let broken: Vec<String> = rust()
        .into_iter()
        .map(|source| (source.text.lines().count(), source.path))
        .filter(|(lines, _)| *lines > LINES)
        .map(|(lines, path)| format!("{path}: {lines} lines"))
        .collect();
    none_broken(
        &broken,
        &format!("split it by subject; at most {LINES} lines."),
    );
}

#[test]
fn nothing_is_half_done_or_silenced() {
    // In two parts each, so that this list does not find itself.
    let denied = [
        ["to", "do!("],
        ["unimple", "mented!("],
        ["TO", "DO"],
        ["FIX", "ME"],
        ["[al", "low("],
    ];
    let mut broken = Vec::new();
    for source in rust() {
        for word in denied.map(|parts| parts.concat()) {
            if source.text.contains(&word) {
                broken.push(format!("{}: {word}", source.path));
            }
        }
    }
    none_broken(
        &broken,
        "finish it, or #[expect(lint, reason = \"…\")] where a lint is wrong.",
    );
}

#[test]
fn no_package_registry_is_named() {
    let hosts = [
        ["index.crates", "io"],
        ["static.crates", "io"],
        ["pypi", "org"],
        ["pythonhosted", "org"],
        ["npmjs", "org"],
        ["npmjs", "com"],
        ["yarnpkg", "com"],
    ];
    let mut broken = Vec::new();
    for source in sources("", "") {
        for host in hosts.map(|parts| parts.join(".")) {
            if source.text.contains(&host) {
                broken.push(format!("{}: {host}", source.path));
            }
        }
    }
    none_broken(
        &broken,
        "tools know their registries; operators and builders choose their own mirrors.",
    );
}
