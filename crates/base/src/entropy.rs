//! Chance: the one door to the operating system's random numbers.

use std::{
    mem,
    sync::{Mutex, PoisonError},
};

use crate::{Error, codes};

/// A source of random bytes fit for keys and tokens. Handed out by `Ctx`, so
/// that a reader can see which code makes secrets.
#[derive(Clone, Debug, Default)]
pub struct Entropy;

/// What an event's id and salt follow from.
pub type Seed = [u8; 32];

/// Seeds: fetched from the operating system many at a time, as asking it for each
/// takes as long as all that is made of one. A seed is given away once, and nothing
/// of it stays here.
#[derive(Default)]
pub struct Seeds(Mutex<Fetched>);

struct Fetched {
    seeds: [Seed; FETCHED],
    left: usize,
}

/// How many seeds are fetched at a time.
const FETCHED: usize = 64;

impl Entropy {
    /// Fill a new array with random bytes from the operating system.
    ///
    /// # Errors
    /// `internal.entropy` if the operating system has none to give.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        fill(&mut bytes)?;
        Ok(bytes)
    }
}

impl Seeds {
    /// The next seed.
    ///
    /// # Errors
    /// As [`Entropy::bytes`].
    pub fn draw(&self) -> Result<Seed, Error> {
        let mut fetched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Fetched { seeds, left } = &mut *fetched;
        if *left == 0 {
            fill(seeds.as_flattened_mut())?;
            *left = FETCHED;
        }
        *left -= 1;
        Ok(mem::take(&mut seeds[*left]))
    }
}

impl Default for Fetched {
    fn default() -> Self {
        Self {
            seeds: [Seed::default(); FETCHED],
            left: 0,
        }
    }
}

fn fill(bytes: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(bytes).map_err(|fault| Error::new(&codes::INTERNAL_ENTROPY).because(fault))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_seed_is_given_twice_and_none_stays() {
        let seeds = Seeds::default();
        let drawn: HashSet<Seed> = (0..=3 * FETCHED).map(|_| seeds.draw().unwrap()).collect();
        assert_eq!(drawn.len(), 3 * FETCHED + 1);
        assert!(!drawn.contains(&Seed::default()));
        let fetched = seeds.0.lock().unwrap();
        assert_eq!(fetched.left, FETCHED - 1);
        assert!(fetched.seeds.iter().all(|seed| !drawn.contains(seed)));
    }
}
