//! The laws of the house, as far as text can check them (ARCHITECTURE.md says
//! why each exists). Each law is one test; its message says what to do.
//!
//! Here: the checkout's files, read once per test. The laws lie in the rooms.

mod crates;
mod fuzz;
mod hazards;
mod rooms;
mod sql;
mod style;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// One text file of the checkout.
#[derive(Clone)]
struct Source {
    /// From the root of the checkout, with `/`.
    path: String,
    text: String,
}

impl Source {
    /// Tests may break laws on purpose, to set a scene.
    fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }

    /// What ships: no comments, and nothing of the tests at its end.
    fn code(&self) -> String {
        let shipped = self
            .text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default();
        shipped
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .fold(String::new(), |code, line| code + line + "\n")
    }

    /// The `//!` lines at the start, as one text.
    fn head(&self) -> String {
        let lines = self.text.lines().map_while(|line| line.strip_prefix("//!"));
        lines.map(str::trim).collect::<Vec<_>>().join(" ")
    }
}

/// The root of the checkout.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the checkout exists")
}

/// Every file below `folder`, which must exist, that ends with `ending`.
fn sources(folder: &str, ending: &str) -> Vec<Source> {
    let root = root();
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("tidy cannot read {}: {error}", folder.display()));
        for entry in entries {
            let path = entry.expect("a readable folder").path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.is_dir() {
                // Output and data, which are not the project's text.
                if !["target", ".git", "tollgate-data", "corpus", "artifacts"]
                    .contains(&name.as_str())
                {
                    folders.push(path);
                }
                continue;
            }
            let inside = path.strip_prefix(&root).expect("found below the root");
            let inside = inside.to_string_lossy().replace('\\', "/");
            // What is no text (an image, say) is none of our business.
            if inside.ends_with(ending)
                && let Ok(text) = fs::read_to_string(&path)
            {
                found.push(Source { path: inside, text });
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// Every Rust file of ours.
fn rust() -> Vec<Source> {
    ["crates", "xtask", "bench", "fuzz"]
        .into_iter()
        .flat_map(|folder| sources(folder, ".rs"))
        .collect()
}

/// Every Rust file of ours that ships, with its code.
fn shipped() -> Vec<(Source, String)> {
    let sources = sources("crates", ".rs")
        .into_iter()
        .filter(|source| !source.is_test());
    sources
        .map(|source| (source.code(), source))
        .map(|(code, source)| (source, code))
        .collect()
}

/// Fail with every broken place and with what to do about it.
#[track_caller]
fn none_broken(broken: &[String], advice: &str) {
    let places: BTreeSet<&str> = broken.iter().map(String::as_str).collect();
    let places: Vec<&str> = places.into_iter().collect();
    assert!(places.is_empty(), "\n{}\n→ {advice}\n", places.join("\n"));
}
