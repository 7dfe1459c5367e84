//! What is to be done in a transaction, so that the engines need not know its
//! type: they are compiled once, not once for each body.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{FutureExt, future::LocalBoxFuture};
use tollgate_base::{Error, Result, codes};

use super::tx::Tx;

/// A body that keeps what it gives for whoever waits for its [`Answer`]. It may
/// run more than once; the last run counts.
pub(super) trait Body: Send {
    fn run<'t>(&'t self, tx: &'t mut Tx<'_>) -> LocalBoxFuture<'t, Result<()>>;
}

/// What the body gave.
pub(super) struct Answer<T>(Arc<Mutex<Option<T>>>);

struct Held<T, F> {
    body: F,
    answer: Answer<T>,
}

/// Both ends of a body.
pub(super) fn hold<T, F>(body: F) -> (Box<dyn Body>, Answer<T>)
where
    F: AsyncFn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    T: Send + 'static,
{
    let answer = Arc::new(Mutex::new(None));
    let held = Held {
        body,
        answer: Answer(answer.clone()),
    };
    (Box::new(held), Answer(answer))
}

impl<T> Answer<T> {
    /// Take it, once the engine says that the transaction is done.
    ///
    /// # Errors
    /// `internal.store` if the body has not run.
    pub(super) fn take(self) -> Result<T> {
        let given = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        given.ok_or_else(|| Error::new(&codes::INTERNAL_STORE).because("a body has not run"))
    }
}

impl<T, F> Body for Held<T, F>
where
    F: AsyncFn(&mut Tx<'_>) -> Result<T> + Send,
    T: Send,
{
    fn run<'t>(&'t self, tx: &'t mut Tx<'_>) -> LocalBoxFuture<'t, Result<()>> {
        let work = async move {
            let given = (self.body)(tx).await?;
            *self.answer.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(given);
            Ok(())
        };
        work.boxed_local()
    }
}
