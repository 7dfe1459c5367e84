//! Peppers: secrets that go into our hashes beside password and salt (the K of
//! RFC 9106), so that a database alone is nothing to guess from. A hash says by
//! which one it was made.

use std::sync::Arc;

use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes, hex::hex};

use crate::mac::digest;

/// One pepper.
pub(super) struct Pepper {
    /// Eight hexadecimal digits; the `keyid` of a PHC string.
    id: String,
    secret: SecretString,
}

/// The peppers of an installation, the one for new hashes first. Cheap to
/// clone.
#[derive(Clone, Default)]
pub struct Peppers(Arc<[Pepper]>);

impl Peppers {
    /// The one for new hashes first. Each is known by what it is: nobody has to
    /// name it.
    pub fn new(secrets: impl IntoIterator<Item = SecretString>) -> Self {
        let pepper = |secret: SecretString| Pepper {
            id: hex(&digest(&[b"pepper", secret.expose_secret().as_bytes()])[..4]),
            secret,
        };
        Self(secrets.into_iter().map(pepper).collect())
    }

    /// What hashes call each of them.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|pepper| pepper.id.as_str())
    }

    /// The one for new hashes.
    pub(super) fn newest(&self) -> Option<&Pepper> {
        self.0.first()
    }

    /// The one that a hash was made with.
    pub(super) fn find(&self, id: &str) -> Result<&Pepper> {
        let found = self.0.iter().find(|pepper| pepper.id == id);
        found.ok_or_else(|| {
            let missing = format!("A stored hash needs the pepper {id}.");
            Error::new(&codes::PEPPER_MISSING).because(missing)
        })
    }
}

impl Pepper {
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn secret(&self) -> &[u8] {
        self.secret.expose_secret().as_bytes()
    }
}
