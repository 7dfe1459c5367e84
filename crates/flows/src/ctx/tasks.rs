//! Background work: spawned here so that shutdown waits for it, and restarted
//! after a pause when it panics.

use std::{
    collections::BTreeSet,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{sleep, timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tollgate_base::fail::{FailPoints, Moment};

/// How soon a chore that panicked begins again; twice as late each time that
/// it does so in a row, and no later than its usual pause.
const SOON: Duration = Duration::from_millis(500);

/// Tasks of one server.
#[derive(Clone)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
    panicked: Arc<Mutex<BTreeSet<&'static str>>>,
    fail_points: FailPoints,
}

impl Tasks {
    pub(super) fn new(fail_points: FailPoints) -> Self {
        Self {
            tracker: TaskTracker::new(),
            stop: CancellationToken::new(),
            panicked: Arc::default(),
            fail_points,
        }
    }

    /// Run to the end, also while the server stops.
    pub fn spawn<F>(&self, work: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tracker.spawn(work);
    }

    /// Run `work` again and again with `pause` between, until the server stops.
    /// A panic is logged, and the work goes on soon after.
    pub fn repeat<F, W>(&self, name: &'static str, pause: Duration, work: W)
    where
        W: Fn() -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let tasks = self.clone();
        self.tracker.spawn(async move {
            let mut again = SOON;
            while !tasks.stop.is_cancelled() {
                let (own, round) = (tasks.clone(), work());
                let round = async move {
                    own.fail_points.pass(Moment::Chore, name);
                    round.await;
                };
                let rest = if tasks.tracker.spawn(round).await.is_ok() {
                    tasks.panicked().remove(name);
                    again = SOON;
                    pause
                } else {
                    tracing::error!(chore = name, "A chore panicked; it goes on");
                    tasks.panicked().insert(name);
                    again = again.saturating_mul(2);
                    (again / 2).min(pause.max(SOON))
                };
                tokio::select! {
                    () = tasks.stop.cancelled() => {}
                    () = sleep(rest) => {}
                }
            }
        });
    }

    /// The names of those whose last round panicked.
    pub fn panicking(&self) -> Vec<&'static str> {
        self.panicked().iter().copied().collect()
    }

    fn panicked(&self) -> MutexGuard<'_, BTreeSet<&'static str>> {
        self.panicked.lock().unwrap_or_else(PoisonError::into_inner)
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
