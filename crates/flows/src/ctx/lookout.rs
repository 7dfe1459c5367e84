//! What this node has seen of failures all over the house: at how many accounts and
//! from how many networks, told apart by marks in two small tables of fixed size.
//! Forgets everything after a while. Whether the house is on guard is not here: that
//! is a row, which all nodes read.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tollgate_base::time::Time;

/// For how long failures are told apart.
const WINDOW: Duration = Duration::from_mins(10);

/// Failures of strangers, lately.
#[derive(Default)]
pub struct Lookout(Mutex<Seen>);

struct Seen {
    since: Time,
    accounts: [u64; 64],
    networks: [u64; 16],
}

/// What a failure was beside those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Whether it was the first at its account.
    pub is_first: bool,
    /// From about how many networks failures came.
    pub networks: u32,
}

impl Lookout {
    /// For how long failures are told apart.
    pub const WINDOW: Duration = WINDOW;

    /// Somebody failed at an account, from a network.
    pub fn failed(&self, account: &[u8; 32], network: &[u8; 32], now: Time) -> Failure {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Also where the clock was set back.
        if now >= seen.since.plus(WINDOW) || now < seen.since {
            *seen = Seen {
                since: now,
                ..Seen::default()
            };
        }
        let is_first = mark(&mut seen.accounts, account);
        mark(&mut seen.networks, network);
        Failure {
            is_first,
            networks: seen.networks.iter().map(|part| part.count_ones()).sum(),
        }
    }
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            since: Time::from_secs(0),
            accounts: [0; 64],
            networks: [0; 16],
        }
    }
}

/// Whether the mark of a digest was not set before.
fn mark(table: &mut [u64], digest: &[u8; 32]) -> bool {
    let place = usize::from(u16::from_be_bytes([digest[2], digest[3]]));
    let (part, bit) = (place / 64 % table.len(), 1 << (place % 64));
    let Some(part) = table.get_mut(part) else {
        return false;
    };
    let new = *part & bit == 0;
    *part |= bit;
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(number: u16) -> [u8; 32] {
        let mut digest = [0; 32];
        digest[2..4].copy_from_slice(&number.to_be_bytes());
        digest
    }

    /// vuln:90
    #[test]
    fn failures_are_told_apart_and_forgotten() {
        let (lookout, now) = (Lookout::default(), Time::from_secs(100_000));
        let first = lookout.failed(&digest(1), &digest(1), now);
        assert_eq!((first.is_first, first.networks), (true, 1));
        let again = lookout.failed(&digest(1), &digest(2), now);
        assert_eq!((again.is_first, again.networks), (false, 2));
        for moved in [now.plus(WINDOW), now] {
            assert!(lookout.failed(&digest(1), &digest(1), moved).is_first);
        }
    }

    #[test]
    fn a_million_failures_take_no_more_room_than_one() {
        let (lookout, now) = (Lookout::default(), Time::from_secs(100_000));
        let told =
            (0..=u16::MAX).map(|number| lookout.failed(&digest(number), &digest(number), now));
        let told: Vec<Failure> = told.collect();
        assert_eq!(
            told.iter().filter(|failure| failure.is_first).count(),
            4_096
        );
        assert_eq!(told.last().unwrap().networks, 1_024);
    }
}
