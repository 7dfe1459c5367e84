//! Chance: the one door to the operating system's random numbers.

use crate::{Error, codes};

/// A source of random bytes fit for keys and tokens. Handed out by `Ctx`, so
/// that a reader can see which code makes secrets.
#[derive(Clone, Debug, Default)]
pub struct Entropy;

impl Entropy {
    /// Fill a new array with random bytes from the operating system.
    ///
    /// # Errors
    /// `internal.entropy` if the operating system has none to give.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes)
            .map_err(|fault| Error::new(&codes::INTERNAL_ENTROPY).because(fault))?;
        Ok(bytes)
    }
}
