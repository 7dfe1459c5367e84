//! The secrets that this server makes for itself, and how good those have to
//! be that it shares with others.

use std::path::PathBuf;

use super::key::section;

section! {
    /// The server's own secrets.
    pub struct Secrets in "secrets" + "secrets." {
        /// The file that holds them, made at first start. Back it up.
        file: PathBuf = "{data_dir}/secrets.toml";
        /// Start even if a secret that is shared with another system is short or
        /// well known. Whoever guesses it can sign in as anybody.
        allow_weak_secret: bool = "false";
    }
}

/// Pieces of secrets that are printed in documents and templates.
const PLACEHOLDERS: [&str; 10] = [
    "your-secret",
    "your-key",
    "secret-key-here",
    "django-insecure",
    "changeme",
    "change-me",
    "change-this",
    "replace-me",
    "insert-secret",
    "supersecret",
];
/// Fewest bytes of an HS256 key (RFC 7518, section 3.2).
const FEWEST_BYTES: usize = 32;
/// Random text of that length has more different bytes.
const FEWEST_DIFFERENT: usize = 8;

/// Why anybody might guess a secret that others chose.
pub(super) fn weakness(secret: &str) -> Option<&'static str> {
    let plain = secret.to_lowercase().replace(['_', ' '], "-");
    if PLACEHOLDERS
        .iter()
        .any(|placeholder| plain.contains(placeholder))
    {
        return Some("is a well-known placeholder");
    }
    if secret.len() < FEWEST_BYTES {
        return Some("is shorter than 32 bytes");
    }
    let mut bytes = secret.as_bytes().to_vec();
    bytes.sort_unstable();
    bytes.dedup();
    (bytes.len() < FEWEST_DIFFERENT).then_some("repeats itself")
}
