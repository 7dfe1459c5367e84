//! Password hashes of other systems: read within bounds, and never read as two
//! things.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_crypto::password::{LONGEST, recognise};

fuzz_target!(|text: &str| {
    if let Ok(scheme) = recognise(text) {
        assert!(text.len() <= LONGEST && text.contains('$'));
        assert!(["argon2", "bcrypt", "pbkdf2", "scrypt"].contains(&scheme.name()));
    }
});
