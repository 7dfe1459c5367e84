//! Buckets in memory: on the path of every request, so that a look costs a hash
//! and a lock that is rarely held by another.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState},
    sync::{Mutex, PoisonError},
};

use super::{Taken, scale::Scale};

/// Keys counted one by one. Those that come when all places of their shard are
/// taken by live ones share a bucket: stricter for them, and bounded for us.
const KEYS: usize = 100_000;
/// Locks that the keys are spread over.
const SHARDS: usize = 64;
/// How often a shard that is full looks for what it may forget.
const SWEEP: u64 = 1_000_000;
/// Where those meet that no place is left for.
const SHARED: u64 = 0;

/// All of them. Keys are told apart by 64 bits of a hash with a secret of this
/// process: nobody can choose two that meet.
pub(super) struct Buckets {
    secret: RandomState,
    shards: [Mutex<Shard>; SHARDS],
}

/// When each bucket is full again.
#[derive(Default)]
struct Shard {
    full: HashMap<u64, i64, BuildHasherDefault<Hashed>>,
    swept: i64,
}

/// What was hashed already.
#[derive(Default)]
struct Hashed(u64);

impl Default for Buckets {
    fn default() -> Self {
        Self {
            secret: RandomState::new(),
            shards: std::array::from_fn(|_| Mutex::default()),
        }
    }
}

impl Buckets {
    pub(super) fn take(&self, key: &impl Hash, scale: Scale, now: i64) -> Taken {
        let place = self.secret.hash_one(key);
        // The low bits choose the shard; the table inside looks at others.
        let shard = &self.shards[place as usize % SHARDS];
        shard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(place, scale, now)
    }
}

impl Shard {
    fn take(&mut self, place: u64, scale: Scale, now: i64) -> Taken {
        let place = self.room_for(place, now);
        let mut entry = match self.full.entry(place) {
            Entry::Occupied(entry) => entry,
            Entry::Vacant(entry) => entry.insert_entry(now),
        };
        // Further ahead than the bucket allows: the clock was set back, and the
        // bucket begins anew.
        let full = Some(*entry.get()).filter(|full| *full <= scale.most(now));
        let next = scale.next(full.unwrap_or(now), now);
        entry.insert(next.1);
        scale.taken(next, now)
    }

    /// The key itself, or what stands in for it when all places are taken. Full
    /// buckets are forgotten once a second at most.
    fn room_for(&mut self, place: u64, now: i64) -> u64 {
        if self.full.len() < KEYS / SHARDS || self.full.contains_key(&place) {
            return place;
        }
        if now.abs_diff(self.swept) >= SWEEP {
            self.swept = now;
            self.full.retain(|_, full| *full > now);
        }
        if self.full.len() < KEYS / SHARDS {
            place
        } else {
            SHARED
        }
    }
}

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        // The shard has used the low bits, and the table wants good ones at both ends.
        self.0.rotate_right(6)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{
        super::{Rate, scale::Scale},
        Buckets, KEYS, SHARDS,
    };

    /// A flood of keys neither grows the map nor frees those who flood.
    #[test]
    fn the_map_is_bounded() {
        let (buckets, scale) = (
            Buckets::default(),
            Scale::of(Rate {
                burst: 5,
                per: Duration::from_secs(10),
            }),
        );
        let held = |buckets: &Buckets| -> usize {
            let lengths = buckets.shards.iter();
            lengths.map(|shard| shard.lock().unwrap().full.len()).sum()
        };
        let mut refused = 0;
        for number in 0..KEYS + 25_000 {
            refused += u32::from(!buckets.take(&number, scale, 0).allowed);
        }
        assert!(held(&buckets) <= KEYS + SHARDS, "{}", held(&buckets));
        assert!(refused > 20_000, "{refused}: those that meet are refused");

        let later = 11_000_000;
        for number in 0..SHARDS * 20 {
            assert!(buckets.take(&("late", number), scale, later).allowed);
        }
        assert!(held(&buckets) <= SHARDS * 20, "what is full is forgotten");
    }
}
