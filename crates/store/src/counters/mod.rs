//! Rate windows: how often something may happen. Counted in this process and,
//! if there is a Redis, also across nodes.
//!
//! Both count by the generic cell rate algorithm (ITU-T I.371): per key one
//! time, at which the bucket will be full again. What Redis says counts only if
//! a node of this installation wrote it there, for that very key: slow, gone or
//! lying, it opens no door that memory keeps shut and closes none by itself.

mod buckets;
mod scale;
mod shared;

use std::{
    hash::Hash,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use tollgate_base::{Result, SecretString, time::Time};

use buckets::Buckets;
use scale::Scale;
use shared::Shared;

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
    /// How long until the bucket is full again.
    pub full_after: Duration,
}

/// Counts what happens.
pub struct Counters {
    memory: Buckets,
    shared: Option<Shared>,
    /// Nodes that count on their own when there is no Redis.
    nodes: AtomicU32,
}

/// Which of its buckets in memory a key is counted in.
#[derive(Hash)]
enum Kind {
    /// The whole rate.
    Whole,
    /// This node's part of it.
    Share,
}

impl Counters {
    /// Within this process.
    pub fn memory() -> Self {
        Self {
            memory: Buckets::default(),
            shared: None,
            nodes: AtomicU32::new(1),
        }
    }

    /// Across the nodes on that Redis as well, while it is there. All of them
    /// know `key`, and nobody else: by it they know their own words.
    ///
    /// # Errors
    /// `config.invalid` for a URL that cannot be read.
    pub fn redis(url: &SecretString, key: &[u8; 32]) -> Result<Self> {
        Ok(Self {
            shared: Some(Shared::open(url, key)?),
            ..Self::memory()
        })
    }

    /// Whether Redis is there; nothing if it was never asked for.
    pub fn redis_is_live(&self) -> Option<bool> {
        self.shared.as_ref().map(Shared::is_live)
    }

    /// Whether Redis comes within `patience`, if it was asked for.
    pub async fn redis_comes(&self, patience: Duration) -> bool {
        match &self.shared {
            Some(shared) => shared.comes(patience).await,
            None => false,
        }
    }

    /// So many nodes are at work: each takes its part of a rate that they cannot
    /// count together.
    pub fn set_nodes(&self, nodes: u32) {
        self.nodes.store(nodes.max(1), Ordering::Relaxed);
    }

    /// Take one from the bucket of `key`, if there is one: across the nodes if
    /// Redis answers, of this node's part otherwise.
    pub async fn take(&self, key: &str, rate: Rate, now: Time) -> Taken {
        let (scale, now) = (Scale::of(rate), now.micros());
        let here = self.memory.take(&(Kind::Whole, key), scale, now);
        if !here.allowed {
            return here;
        }
        let there = match &self.shared {
            Some(shared) => shared.take(key, scale, now).await,
            None => None,
        };
        let nodes = self.nodes.load(Ordering::Relaxed);
        let there = match there {
            Some(there) => there,
            None if nodes == 1 => return here,
            None => self
                .memory
                .take(&(Kind::Share, key), scale.share(nodes), now),
        };
        Taken {
            remaining: here.remaining.min(there.remaining),
            ..there
        }
    }

    /// The same from this node's part alone: for what is asked too often to ask
    /// Redis each time. Never waits.
    pub fn take_here(&self, key: &impl Hash, rate: Rate, now: Time) -> Taken {
        let scale = Scale::of(rate).share(self.nodes.load(Ordering::Relaxed));
        self.memory.take(key, scale, now.micros())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tollgate_base::time::Time;

    use super::{Counters, Rate};

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

    #[tokio::test]
    async fn several_nodes_take_their_parts() {
        let (counters, now) = (Counters::memory(), Time::from_secs(1_000));
        counters.set_nodes(2);
        for allowed in [true, true, false] {
            assert_eq!(counters.take("ann", RATE, now).await.allowed, allowed);
            assert_eq!(counters.take_here(&"ann", RATE, now).allowed, allowed);
        }
        // However many there are, each lets somebody in.
        counters.set_nodes(100);
        assert!(counters.take_here(&"bob", RATE, now).allowed);
    }
}
