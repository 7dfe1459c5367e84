//! What is written from the code: pages of the manual and the description of
//! the API; and whether the book was rendered since anything in it changed.
//! `cargo xtask book` has these tests write instead.

mod commands;
mod tables;
mod ways;

use std::{
    collections::BTreeMap,
    env,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use tollgate_base::hex::hex;
use tollgate_crypto::mac::digest;

/// What the book is rendered from, below `docs`.
const SOURCES: [&str; 6] = [
    "book.toml",
    "theme",
    "src",
    "dialects",
    "performance.md",
    "reliability.md",
];

pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// Set by `cargo xtask book`.
fn writing() -> bool {
    #[expect(
        clippy::disallowed_methods,
        reason = "the environment of a test, not of the server"
    )]
    env::var_os("TOLLGATE_WRITE_MANUAL").is_some()
}

/// The pages that are written from the code, by their paths below `docs`.
fn pages() -> [(&'static str, String); 6] {
    [
        ("src/explanation/ways-in.md", ways::page()),
        ("src/reference/commands.md", commands::page()),
        ("src/reference/configuration.md", tables::configuration()),
        ("src/reference/errors.md", tables::errors()),
        ("src/reference/events.md", tables::events()),
        ("src/reference/metrics.md", tables::metrics()),
    ]
}

#[track_caller]
fn check(path: &Path, is: &str, advice: &str) {
    if writing() {
        fs::write(path, is).unwrap();
        return;
    }
    let was = fs::read_to_string(path).unwrap_or_default();
    assert!(was == is, "{}: {advice}", path.display());
}

/// asvs:V16.1.1, asvs:V6.1.3, asvs:V7.1.1
#[test]
fn pages_say_what_the_code_says() {
    for (path, text) in pages() {
        check(
            &root().join("docs").join(path),
            &text,
            "the code says something else now; run `cargo xtask book`",
        );
    }
}

#[test]
fn the_api_hands_out_what_the_code_says() {
    let description = serde_json::to_string_pretty(&tollgate_api::routes::openapi()).unwrap();
    check(
        &root().join("crates/api/openapi.json"),
        &(description + "\n"),
        "an operation was changed; run `cargo xtask book`",
    );
}

#[test]
fn the_book_was_rendered_from_these_sources() {
    let docs = root().join("docs");
    let mut sources = BTreeMap::new();
    for name in SOURCES {
        collect(&docs.join(name), &mut sources);
    }
    for (path, text) in pages() {
        sources.insert(docs.join(path), text.into_bytes());
    }
    let mut lines = String::new();
    for (path, content) in &sources {
        let inside = path.strip_prefix(&docs).unwrap().display();
        writeln!(lines, "{inside} {}", hex(&digest(&[content]))).unwrap();
    }
    let record = root().join("crates/manual/sources.txt");
    check(
        &record,
        &lines,
        "the manual's sources changed; run `cargo xtask book`",
    );
}

fn collect(path: &Path, sources: &mut BTreeMap<PathBuf, Vec<u8>>) {
    if let Ok(folder) = fs::read_dir(path) {
        for entry in folder {
            collect(&entry.unwrap().path(), sources);
        }
    } else if let Ok(content) = fs::read(path) {
        sources.insert(path.to_owned(), content);
    }
}
