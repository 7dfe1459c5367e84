//! The two halves of a queued write: a ticket, which travels to the thread
//! that runs it, and a receipt, on which the caller waits.
//!
//! Either the caller gives up first, and then the write never runs, or the
//! write starts first, and then the caller waits for its outcome.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use tokio::{sync::oneshot, time::timeout_at};
use tollgate_base::Result;

use super::fault::Trouble;

const QUEUED: u8 = 0;
const STARTED: u8 = 1;
const GIVEN_UP: u8 = 2;

/// How long a caller waits for a write that has started before its deadline.
/// Only a disk or a network that hangs takes longer than that.
const OUTCOME: Duration = Duration::from_secs(10);

pub(super) struct Ticket<T> {
    answer: oneshot::Sender<Result<T>>,
    state: Arc<AtomicU8>,
    until: Instant,
}

pub(super) struct Receipt<T> {
    answer: oneshot::Receiver<Result<T>>,
    state: Arc<AtomicU8>,
    until: Instant,
}

/// Both halves for a write that has to start before `until`.
pub(super) fn issue<T>(until: Instant) -> (Ticket<T>, Receipt<T>) {
    let (sender, receiver) = oneshot::channel();
    let state = Arc::new(AtomicU8::new(QUEUED));
    (
        Ticket {
            answer: sender,
            state: state.clone(),
            until,
        },
        Receipt {
            answer: receiver,
            state,
            until,
        },
    )
}

impl<T> Ticket<T> {
    /// Whether it is still worth starting.
    pub(super) fn is_wanted(&self) -> bool {
        self.state.load(SeqCst) != GIVEN_UP
            && !self.answer.is_closed()
            && Instant::now() < self.until
    }

    /// Start, unless it is too late. May be called again for a retry.
    pub(super) fn start(&self) -> bool {
        let started = || self.state.compare_exchange(QUEUED, STARTED, SeqCst, SeqCst);
        self.is_wanted() && matches!(started(), Ok(_) | Err(STARTED))
    }

    /// Tell the caller, if there still is one.
    pub(super) fn answer(self, outcome: Result<T>) {
        // The caller may have stopped waiting; the outcome stands without them.
        let _ = self.answer.send(outcome);
    }
}

impl<T> Receipt<T> {
    /// The outcome, or `busy.store` if the write has not started in time and
    /// never will, or `store.down` if what became of it cannot be known.
    pub(super) async fn outcome(mut self) -> Result<T> {
        let gone = "the thread that runs writes has ended";
        if let Ok(answer) = timeout_at(self.until.into(), &mut self.answer).await {
            return answer.unwrap_or_else(|_| Err(Trouble::Down.because(gone)));
        }
        if self
            .state
            .compare_exchange(QUEUED, GIVEN_UP, SeqCst, SeqCst)
            .is_ok()
        {
            return Err(Trouble::Busy.because("the write did not start before its deadline"));
        }
        match timeout_at((self.until + OUTCOME).into(), self.answer).await {
            Ok(answer) => answer.unwrap_or_else(|_| Err(Trouble::Down.because(gone))),
            Err(_) => Err(Trouble::Down.because("the outcome of a write is unknown")),
        }
    }
}
