//! How writes fare: a few numbers for `/readyz` and for metrics.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// A look at the writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// Writes that wait; on PostgreSQL those that run as well.
    pub queue_depth: usize,
    /// Transactions in the last group; 1 on PostgreSQL, which groups by itself.
    pub last_batch: u64,
    /// How long the last COMMIT took, in microseconds.
    pub last_commit_micros: u64,
    /// Whether a COMMIT met a failing disk, so that no write is tried until
    /// the server is started anew.
    pub poisoned: bool,
}

/// Where the numbers are kept between looks.
#[derive(Default)]
pub(super) struct Gauges {
    last_batch: AtomicU64,
    last_commit_micros: AtomicU64,
    poisoned: AtomicBool,
}

impl Gauges {
    pub(super) fn look(&self, queue_depth: usize) -> Health {
        metrics::gauge!("tollgate_store_queue_depth").set(queue_depth as u32);
        Health {
            queue_depth,
            last_batch: self.last_batch.load(Relaxed),
            last_commit_micros: self.last_commit_micros.load(Relaxed),
            poisoned: self.is_poisoned(),
        }
    }

    pub(super) fn committed(&self, batch: usize, took: Duration) {
        self.last_batch.store(batch as u64, Relaxed);
        self.last_commit_micros
            .store(took.as_micros() as u64, Relaxed);
        metrics::histogram!("tollgate_store_batch_size").record(batch as u32);
        metrics::histogram!("tollgate_store_commit_seconds").record(took);
    }

    pub(super) fn poison(&self) {
        self.poisoned.store(true, Relaxed);
        metrics::gauge!("tollgate_store_poisoned").set(1.0);
        tracing::error!(
            "The disk failed while committing. No write is tried until the server is started anew"
        );
    }

    pub(super) fn is_poisoned(&self) -> bool {
        self.poisoned.load(Relaxed)
    }
}
