//! Rate windows: how often something may happen. Counted in this process and,
//! if there is a Redis, also across nodes.
//!
//! Both count by the generic cell rate algorithm (ITU-T I.371): per key one
//! time, at which the bucket will be full again. Redis can only say no more
//! often than memory does: slow, gone or lying, it never opens a door.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use aws_lc_rs::digest::{SHA256, digest};
use tollgate_base::{Result, SecretString, time::Time};

use crate::redis_link::Link;

/// Keys counted one by one. Those that come when all places are taken by live
/// ones share [`SHARED`] buckets: stricter for them, and bounded for us.
const KEYS: usize = 100_000;
const SHARED: u8 = 64;
/// How long Redis may take.
const DEADLINE: Duration = Duration::from_millis(50);

/// The algorithm once more, as one step inside Redis. Keeps its number as an
/// integer's text, as Lua would round it. Answers {allowed, full again at}.
const SCRIPT: &str = "
local now, step, per = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
full = math.min(math.max(full, now), now + per)
local allowed = full + step <= now + per and 1 or 0
full = string.format('%.0f', full + allowed * step)
redis.call('SET', KEYS[1], full, 'PX', math.ceil(per / 1000) + 1)
return {allowed, full}";

/// How often: `burst` at once, and as many again over `per`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The size of the bucket. None at all if 0.
    pub burst: u32,
    /// How long an empty bucket takes to fill.
    pub per: Duration,
}

/// Whether it may happen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The answer.
    pub allowed: bool,
    /// How many more may happen at once.
    pub remaining: u32,
    /// How long until the next may happen; zero if that is now.
    pub retry_after: Duration,
}

/// Counts what happens.
pub struct Counters {
    memory: Mutex<Buckets>,
    redis: Option<Link>,
}

impl Counters {
    /// Within this process.
    pub fn memory() -> Self {
        Self {
            memory: Mutex::default(),
            redis: None,
        }
    }

    /// Across the nodes on that Redis as well, while it is there.
    ///
    /// # Errors
    /// `config.invalid` for a URL that cannot be read.
    pub fn redis(url: &SecretString) -> Result<Self> {
        Ok(Self {
            memory: Mutex::default(),
            redis: Some(Link::open(url, None)?),
        })
    }

    /// Whether Redis is there; nothing if it was never asked for.
    pub fn redis_is_live(&self) -> Option<bool> {
        self.redis.as_ref().map(Link::is_live)
    }

    /// Whether Redis comes within `patience`, if it was asked for.
    pub async fn redis_comes(&self, patience: Duration) -> bool {
        match &self.redis {
            Some(link) => link.comes(patience).await,
            None => false,
        }
    }

    /// Take one from the bucket of `key`, if there is one. The key is hashed,
    /// so that its length costs nothing and no name stands in Redis in clear.
    pub async fn take(&self, key: &str, rate: Rate, now: Time) -> Taken {
        let (scale, now) = (Scale::of(rate), now.micros());
        let mut place = [0; 32];
        place.copy_from_slice(digest(&SHA256, key.as_bytes()).as_ref());
        let here = self
            .memory
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(place, scale, now);
        if !here.allowed {
            return here;
        }
        match self.elsewhere(&place, scale, now).await {
            Some(there) => Taken {
                remaining: here.remaining.min(there.remaining),
                ..there
            },
            None => here,
        }
    }

    async fn elsewhere(&self, place: &[u8; 32], scale: Scale, now: i64) -> Option<Taken> {
        let link = self.redis.as_ref()?;
        let key = [b"tollgate:rate:".as_slice(), place].concat();
        let mut command = redis::cmd("EVAL");
        command
            .arg(SCRIPT)
            .arg(1)
            .arg(key)
            .arg(now)
            .arg(scale.step)
            .arg(scale.per);
        let (allowed, full) = link.ask::<(u8, i64)>(&command, DEADLINE).await?;
        let allowed = match allowed {
            0 => false,
            1 => true,
            _ => return None,
        };
        Some(scale.taken(allowed, full.clamp(now, now.saturating_add(scale.per)), now))
    }
}

/// A rate in microseconds.
#[derive(Clone, Copy)]
struct Scale {
    burst: u32,
    /// From one to the next.
    step: i64,
    /// From empty to full.
    per: i64,
}

impl Scale {
    fn of(rate: Rate) -> Self {
        let per = rate.per.as_micros();
        let step = per.checked_div(rate.burst.into()).unwrap_or(per).max(1);
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        Self {
            burst: rate.burst,
            step,
            per: step.saturating_mul(rate.burst.into()),
        }
    }

    fn taken(self, allowed: bool, full: i64, now: i64) -> Taken {
        let room = now.saturating_add(self.per).saturating_sub(full);
        let remaining = u32::try_from(room / self.step).unwrap_or(0).min(self.burst);
        let wait = if remaining > 0 {
            0
        } else {
            self.step.saturating_sub(room)
        };
        let retry_after = Duration::from_micros(u64::try_from(wait).unwrap_or(0));
        Taken {
            allowed,
            remaining,
            retry_after,
        }
    }
}

/// When each bucket is full again.
#[derive(Default)]
struct Buckets {
    full: HashMap<[u8; 32], i64>,
    swept: i64,
}

impl Buckets {
    fn take(&mut self, place: [u8; 32], scale: Scale, now: i64) -> Taken {
        let place = self.room_for(place, now);
        let most = now.saturating_add(scale.per);
        let mut entry = match self.full.entry(place) {
            Entry::Occupied(entry) => entry,
            Entry::Vacant(entry) => entry.insert_entry(now),
        };
        // Further ahead than the bucket allows: the clock was set back, and the
        // bucket begins anew.
        let full = Some(*entry.get()).filter(|full| *full <= most);
        let full = full.unwrap_or(now).max(now);
        let next = full.saturating_add(scale.step);
        let allowed = next <= most;
        let full = if allowed { next } else { full };
        entry.insert(full);
        scale.taken(allowed, full, now)
    }

    /// The key itself, or the shared bucket that stands in for it when all
    /// places are taken. Full buckets are forgotten once a second at most.
    fn room_for(&mut self, place: [u8; 32], now: i64) -> [u8; 32] {
        if self.full.len() < KEYS || self.full.contains_key(&place) {
            return place;
        }
        if now.abs_diff(self.swept) >= 1_000_000 {
            self.swept = now;
            self.full.retain(|_, full| *full > now);
        }
        if self.full.len() < KEYS {
            return place;
        }
        let mut shared = [0; 32];
        shared[0] = place[0] % SHARED;
        shared
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tollgate_base::time::Time;

    use super::{Buckets, Counters, KEYS, Rate, SHARED, Scale};

    const RATE: Rate = Rate {
        burst: 5,
        per: Duration::from_secs(10),
    };

    #[tokio::test]
    async fn a_burst_then_one_by_one() {
        let counters = Counters::memory();
        let start = Time::from_secs(1_000);
        for left in (0..5).rev() {
            let taken = counters.take("ann", RATE, start).await;
            assert!(taken.allowed);
            assert_eq!(taken.remaining, left);
        }
        let refused = counters.take("ann", RATE, start).await;
        assert!(!refused.allowed);
        assert_eq!(refused.retry_after, Duration::from_secs(2));
        assert!(
            counters.take("bob", RATE, start).await.allowed,
            "others are not concerned"
        );

        let early = start.plus(Duration::from_micros(1_999_999));
        assert!(
            !counters.take("ann", RATE, early).await.allowed,
            "a refusal costs nothing, but buys nothing"
        );
        let later = start.plus(Duration::from_secs(2));
        assert!(counters.take("ann", RATE, later).await.allowed);
        assert!(!counters.take("ann", RATE, later).await.allowed);
    }

    #[tokio::test]
    async fn a_clock_that_was_set_back_locks_nobody_out() {
        let counters = Counters::memory();
        for _ in 0..6 {
            counters.take("ann", RATE, Time::from_secs(100_000)).await;
        }
        let back = Time::from_secs(1_000);
        for left in (0..5).rev() {
            assert_eq!(counters.take("ann", RATE, back).await.remaining, left);
        }
        assert!(!counters.take("ann", RATE, back).await.allowed);
    }

    #[tokio::test]
    async fn nothing_is_allowed_where_nothing_may_happen() {
        let counters = Counters::memory();
        for rate in [
            Rate {
                burst: 0,
                per: RATE.per,
            },
            Rate {
                burst: 0,
                per: Duration::ZERO,
            },
        ] {
            assert!(!counters.take("ann", rate, Time::from_secs(1)).await.allowed);
        }
        let odd = Rate {
            burst: u32::MAX,
            per: Duration::MAX,
        };
        assert!(
            counters
                .take("ann", odd, Time::from_micros(i64::MAX))
                .await
                .allowed,
            "nothing overflows"
        );
    }

    /// A flood of keys neither grows the map nor frees those who flood.
    #[test]
    fn the_map_is_bounded() {
        let mut buckets = Buckets::default();
        let scale = Scale::of(RATE);
        let key = |number: u64| {
            let mut key = [7; 32];
            key[..8].copy_from_slice(&number.to_be_bytes());
            key
        };
        for number in 0..KEYS as u64 + 5_000 {
            buckets.take(key(number), scale, 0);
        }
        assert!(buckets.full.len() <= KEYS + usize::from(SHARED));
        assert!(
            !buckets.take(key(KEYS as u64 + 1), scale, 0).allowed,
            "the shared buckets are empty by now"
        );

        let later = 11_000_000;
        assert!(buckets.take(key(u64::MAX), scale, later).allowed);
        assert_eq!(buckets.full.len(), 1, "what is full again is forgotten");
    }
}
