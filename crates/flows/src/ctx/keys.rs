//! The signing keys as this node holds them in memory.

use std::collections::HashMap;

use tollgate_base::{Error, Result, codes, id::KeyId, time::Time};
use tollgate_crypto::jwt::{SigningKey, VerifyingKey};

/// Our own access tokens.
pub const PURPOSE_ACCESS: &str = "access";
/// The chatbot dialect's shared secret.
pub const PURPOSE_CHATBOT: &str = "chatbot";
/// Statements to apps of who their visitor is.
pub const PURPOSE_IDENTITY: &str = "identity";
/// Checkpoints of the audit trail.
pub const PURPOSE_AUDIT: &str = "audit";

/// A key, unsealed.
pub struct LoadedKey {
    /// Its id and `kid`.
    pub id: KeyId,
    /// Which token family it signs.
    pub purpose: String,
    /// When it was made.
    pub created_at: Time,
    /// From when on it signs.
    pub active_from: Time,
    /// The key.
    pub key: SigningKey,
}

/// All keys that are accepted, in the order in which they sign.
#[derive(Default)]
pub struct Keyring {
    keys: Vec<LoadedKey>,
    verifiers: HashMap<String, Vec<VerifyingKey>>,
}

impl Keyring {
    /// From keys in the order in which they sign.
    pub fn new(keys: Vec<LoadedKey>) -> Self {
        let mut verifiers: HashMap<String, Vec<VerifyingKey>> = HashMap::new();
        for loaded in &keys {
            verifiers
                .entry(loaded.purpose.clone())
                .or_default()
                .push(loaded.key.verifier());
        }
        Self { keys, verifiers }
    }

    /// All keys.
    pub fn all(&self) -> &[LoadedKey] {
        &self.keys
    }

    /// The key that signs now: the last one whose time has come, or the first
    /// of all on a clock that was set back behind it.
    ///
    /// # Errors
    /// `internal` if there is none.
    pub fn signer(&self, purpose: &str, now: Time) -> Result<&LoadedKey> {
        self.keys
            .iter()
            .rfind(|key| key.purpose == purpose && key.active_from <= now)
            .or_else(|| self.keys.iter().find(|key| key.purpose == purpose))
            .ok_or_else(|| {
                Error::new(&codes::INTERNAL).because(format!("no key signs for {purpose}"))
            })
    }

    /// All keys that are accepted for a purpose.
    pub fn verifiers(&self, purpose: &str) -> &[VerifyingKey] {
        self.verifiers.get(purpose).map_or(&[], Vec::as_slice)
    }
}
