//! A bounded pool of threads for work that takes milliseconds and megabytes.
//! Each has scratch memory of its own, and stands back for threads that take
//! microseconds. A full queue refuses at once, so the wait is bounded by the
//! queue's length; nothing here is about passwords.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use argon2::Block;
use tokio::sync::oneshot;
use tollgate_base::{Error, Result, codes, spans};
use tollgate_hugepages::HugeBuffer;
use tracing::{Instrument, trace_span};

/// How far the first of the threads stands back (setpriority(2); on Linux each
/// for itself): it keeps a thirtieth of the usual weight, so that no crowd of
/// small requests keeps jobs from being done.
#[cfg(target_os = "linux")]
const FIRST: i32 = 15;
/// And the others, who live on what is left over.
#[cfg(target_os = "linux")]
const OTHERS: i32 = 19;

/// Handle of the pool; the threads end when it is dropped.
pub(super) struct Pool(Arc<Shared>);

/// Memory that a thread keeps from one job to the next.
pub(super) struct Scratch {
    usual: usize,
    memory: Option<HugeBuffer<Block>>,
}

struct Shared {
    slots: usize,
    queue: usize,
    usual: usize,
    idle: Duration,
    state: Mutex<State>,
    news: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Job>,
    threads: usize,
    busy: usize,
    /// Whether the first of the threads is there.
    has_first: bool,
    closed: bool,
}

/// Does the work, and gives back how to tell its outcome.
type Job = Box<dyn FnOnce(&mut Scratch) -> Tell + Send>;
type Tell = Box<dyn FnOnce() + Send>;

impl Pool {
    /// At most `slots` threads, `queue` waiting jobs, and `usual` blocks of
    /// 1 KiB that each thread keeps; after `idle` without work it ends.
    pub(super) fn new(slots: usize, queue: usize, usual: usize, idle: Duration) -> Self {
        let (state, news) = (Mutex::default(), Condvar::new());
        Self(Arc::new(Shared {
            slots: slots.max(1),
            queue,
            usual,
            idle,
            state,
            news,
        }))
    }

    /// Run `work` on one of the threads. If the caller goes away before its
    /// turn, it is skipped.
    ///
    /// # Errors
    /// `busy.hashing` at once if the queue is full; `internal.panic` if the
    /// work panicked.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Scratch) -> T + Send + 'static,
    ) -> Result<T> {
        let (tell, told) = oneshot::channel();
        self.admit(Box::new(move |scratch| {
            if tell.is_closed() {
                return Box::new(|| ());
            }
            let outcome = work(scratch);
            Box::new(move || drop(tell.send(outcome)))
        }))?;
        told.instrument(trace_span!(target: spans::TARGET, "password hash"))
            .await
            .map_err(|gone| Error::new(&codes::INTERNAL_PANIC).because(gone))
    }

    /// Jobs that wait for a thread.
    pub(super) fn waiting(&self) -> usize {
        self.0.lock().waiting.len()
    }

    /// Threads that work.
    pub(super) fn busy(&self) -> usize {
        self.0.lock().busy
    }

    fn admit(&self, job: Job) -> Result<()> {
        let busy = || Error::new(&codes::HASHING_BUSY).retry_after(Duration::from_secs(1));
        let mut state = self.0.lock();
        if state.waiting.len() + state.busy >= self.0.slots.saturating_add(self.0.queue) {
            return Err(busy());
        }
        let idle = state.threads - state.busy;
        if idle <= state.waiting.len() && state.threads < self.0.slots {
            let (shared, first) = (Arc::clone(&self.0), !state.has_first);
            match thread::Builder::new()
                .name("hashing".to_owned())
                .spawn(move || shared.serve(first))
            {
                Ok(_) => {
                    state.threads += 1;
                    state.has_first = true;
                }
                Err(fault) if state.threads == 0 => return Err(busy().because(fault)),
                Err(_) => {} // The threads that there are will come to it.
            }
        }
        state.waiting.push_back(job);
        self.0.news.notify_one();
        Ok(())
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.news.notify_all();
    }
}

impl Shared {
    /// One thread's life. The slot is free before the outcome is told, so that
    /// a caller who asks again at once is not refused.
    fn serve(&self, first: bool) {
        // As a wish: where it is refused, all threads are equal.
        #[cfg(target_os = "linux")]
        let _ = rustix::process::nice(if first { FIRST } else { OTHERS });
        let mut scratch = Scratch::new(self.usual);
        while let Some(job) = self.next(first) {
            // A panic harms only the job's own caller, who sees it fail.
            let tell = catch_unwind(AssertUnwindSafe(|| job(&mut scratch)));
            self.lock().busy -= 1;
            if let Ok(tell) = tell {
                tell();
            }
        }
    }

    /// The next job; nothing if the thread is to end, the first one last.
    fn next(&self, first: bool) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.waiting.pop_front() {
                state.busy += 1;
                return Some(job);
            }
            if state.closed {
                break;
            }
            let (back, wait) = self
                .news
                .wait_timeout(state, self.idle)
                .unwrap_or_else(PoisonError::into_inner);
            state = back;
            if wait.timed_out() && state.waiting.is_empty() && (!first || state.threads == 1) {
                break;
            }
        }
        state.threads -= 1;
        state.has_first &= !first;
        None
    }

    /// No panic happens under the lock, so what it holds is always sound.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Scratch {
    /// Memory for jobs of up to `usual` blocks, taken when it is first needed.
    pub(super) const fn new(usual: usize) -> Self {
        Self {
            usual,
            memory: None,
        }
    }

    /// Work with this many blocks, whatever they hold. A job that needs more
    /// than usual gets memory that is given back right after it.
    ///
    /// # Errors
    /// `busy.hashing` if the operating system has no memory to give.
    pub(super) fn with<T>(
        &mut self,
        blocks: usize,
        work: impl FnOnce(&mut [Block]) -> T,
    ) -> Result<T> {
        let ask = |blocks| {
            HugeBuffer::filled(Block::new(), blocks)
                .ok_or_else(|| Error::new(&codes::HASHING_BUSY).retry_after(Duration::from_secs(1)))
        };
        if blocks > self.usual {
            return Ok(work(&mut ask(blocks)?));
        }
        let memory = match &mut self.memory {
            Some(memory) => memory,
            none => none.insert(ask(self.usual)?),
        };
        Ok(work(&mut memory[..blocks]))
    }
}

#[cfg(test)]
mod tests;
