//! Fail-points: named moments at which a test makes a debug build wait, panic
//! or end. In a release build none can be made, and every moment is free.

#[cfg(debug_assertions)]
use std::sync::Arc;

/// Who is told of each moment. By default nobody.
#[derive(Clone, Default)]
pub struct FailPoints {
    #[cfg(debug_assertions)]
    act: Option<Arc<Act>>,
}

/// Gets the moment and what it is a moment of; runs on the thread that lives
/// through it.
#[cfg(debug_assertions)]
type Act = dyn Fn(Moment, &str) + Send + Sync;

/// A moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A read is about to run; of an SQL text.
    Read,
    /// A write is about to be queued.
    Write,
    /// A statement of a transaction is about to run; of an SQL text.
    Statement,
    /// It has run.
    Stated,
    /// A transaction is about to be committed.
    Commit,
    /// It has been, and nobody has heard.
    Committed,
    /// The caller of a write is about to go on.
    Answer,
    /// A chore begins a round; of its name.
    Chore,
}

impl FailPoints {
    /// Nobody is told.
    pub const fn none() -> Self {
        Self {
            #[cfg(debug_assertions)]
            act: None,
        }
    }

    /// Tell `act` of each moment.
    #[cfg(debug_assertions)]
    pub fn new(act: impl Fn(Moment, &str) + Send + Sync + 'static) -> Self {
        Self {
            act: Some(Arc::new(act)),
        }
    }

    /// The moment is now.
    #[inline]
    pub fn pass(&self, moment: Moment, of: &str) {
        #[cfg(debug_assertions)]
        if let Some(act) = &self.act {
            act(moment, of);
        }
        #[cfg(not(debug_assertions))]
        let _ = (moment, of);
    }
}
