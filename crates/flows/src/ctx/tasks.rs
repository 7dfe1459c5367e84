//! Background work: spawned here so that shutdown waits for it, and restarted
//! with a pause when it panics.

use std::{future::Future, time::Duration};

use tokio::time::{sleep, timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Tasks of one server.
#[derive(Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    /// Run to the end, also while the server stops.
    pub fn spawn<F>(&self, work: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tracker.spawn(work);
    }

    /// Run `work` again and again with `pause` between, until the server stops.
    /// A panic is logged and counted, and the work goes on after the pause.
    pub fn repeat<F, W>(&self, name: &'static str, pause: Duration, work: W)
    where
        W: Fn() -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let tasks = self.clone();
        self.tracker.spawn(async move {
            while !tasks.stop.is_cancelled() {
                if tasks.tracker.spawn(work()).await.is_err() {
                    metrics::counter!("tollgate_panics_total").increment(1);
                    tracing::error!(chore = name, "A chore panicked; it goes on");
                }
                tokio::select! {
                    () = tasks.stop.cancelled() => {}
                    () = sleep(pause) => {}
                }
            }
        });
    }

    /// Resolves when the server is to stop.
    pub async fn stopping(&self) {
        self.stop.cancelled().await;
    }

    /// Whether the server is to stop.
    pub fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Ask everything to stop.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Ask everything to stop and wait for it. False if `patience` ran out.
    pub async fn drain(&self, patience: Duration) -> bool {
        self.stop.cancel();
        self.tracker.close();
        timeout(patience, self.tracker.wait()).await.is_ok()
    }
}
