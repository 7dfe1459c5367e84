//! The arithmetic of one bucket: what its time becomes when one is taken.

use std::time::Duration;

use super::{Rate, Taken};

/// A rate in microseconds.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    burst: u32,
    /// From one to the next.
    step: i64,
    /// From empty to full.
    pub(super) per: i64,
}

impl Scale {
    pub(super) fn of(rate: Rate) -> Self {
        let per = rate.per.as_micros();
        let step = per.checked_div(rate.burst.into()).unwrap_or(per).max(1);
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        Self {
            burst: rate.burst,
            step,
            per: step.saturating_mul(rate.burst.into()),
        }
    }

    /// One of so many parts: as slow as they are many, and never less than one
    /// at a time.
    pub(super) fn share(self, nodes: u32) -> Self {
        if nodes <= 1 || self.burst == 0 {
            return self;
        }
        let (burst, step) = (
            (self.burst / nodes).max(1),
            self.step.saturating_mul(nodes.into()),
        );
        Self {
            burst,
            step,
            per: step.saturating_mul(burst.into()),
        }
    }

    /// The latest time at which a bucket can be full again.
    pub(super) fn most(self, now: i64) -> i64 {
        now.saturating_add(self.per)
    }

    /// When the bucket is full again if one is taken from it, and whether it may be.
    pub(super) fn next(self, full: i64, now: i64) -> (bool, i64) {
        let full = full.max(now);
        let next = full.saturating_add(self.step);
        if next <= self.most(now) {
            (true, next)
        } else {
            (false, full)
        }
    }

    pub(super) fn taken(self, (allowed, full): (bool, i64), now: i64) -> Taken {
        let room = self.most(now).saturating_sub(full);
        let remaining = u32::try_from(room / self.step).unwrap_or(0).min(self.burst);
        let wait = if remaining > 0 {
            0
        } else {
            self.step.saturating_sub(room)
        };
        let span = |micros: i64| Duration::from_micros(u64::try_from(micros).unwrap_or(0));
        Taken {
            allowed,
            remaining,
            retry_after: span(wait),
            full_after: span(full.saturating_sub(now)),
        }
    }
}
