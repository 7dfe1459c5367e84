//! What stands for a password in the filter of the common ones. The build
//! makes the filter and the program asks it, both with the same release of the
//! standard library.

use std::hash::{DefaultHasher, Hash, Hasher};

/// The key of a password in lower case.
pub(crate) fn of(password: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    password.hash(&mut hasher);
    hasher.finish()
}
