//! Whether a password is among those that became known: by a list on the disk,
//! and by a service that is told the beginning of its hash alone.

mod build;
mod list;
mod range;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA1_OUTPUT_LEN, digest};
use tollgate_base::{ExposeSecret, SecretString};

pub use build::{Builder, Built, Fault as BuildFault};
pub use list::{Head, List};
pub use range::Ranges;

/// SHA-1 of a password: what such lists are made of. It protects nothing here.
type Hash = [u8; SHA1_OUTPUT_LEN];

/// What is asked about new passwords. Nothing, as long as nobody sets more.
#[derive(Debug, Default)]
pub struct Breaches {
    /// A list on the disk.
    pub list: Option<List>,
    /// A service.
    pub ranges: Option<Ranges>,
}

/// What came of asking.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Whether one of them knows the password.
    pub known: bool,
    /// Whom nothing could be learnt from, and why.
    pub silent: Vec<(&'static str, String)>,
}

impl Breaches {
    /// Ask about a password: the list first, as nothing leaves the machine.
    pub async fn ask(&self, password: &SecretString) -> Findings {
        let mut findings = self.ask_list(password).await;
        let hash = hash_of(password);
        if let (Some(ranges), false) = (&self.ranges, findings.known) {
            findings.add("service", ranges.holds(&hash).await);
        }
        findings
    }

    /// Ask the list alone.
    pub async fn ask_list(&self, password: &SecretString) -> Findings {
        let mut findings = Findings::default();
        if let Some(list) = &self.list {
            findings.add("list", list.holds(hash_of(password)).await);
        }
        findings
    }
}

impl Findings {
    fn add(&mut self, whose: &'static str, answer: Result<bool, String>) {
        match answer {
            Ok(known) => self.known |= known,
            Err(why) => self.silent.push((whose, why)),
        }
    }
}

fn hash_of(password: &SecretString) -> Hash {
    let hash = digest(
        &SHA1_FOR_LEGACY_USE_ONLY,
        password.expose_secret().as_bytes(),
    );
    let mut bytes = Hash::default();
    bytes.copy_from_slice(hash.as_ref());
    bytes
}
