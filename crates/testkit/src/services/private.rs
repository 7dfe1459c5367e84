//! A throw-away server with its folder, for async tests.

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use tempfile::TempDir;
use tokio::task::spawn_blocking;

/// `T` with its folder. Fields end in their order: the server, then the folder.
#[derive(Debug)]
pub(super) struct Private<T> {
    server: Arc<Mutex<T>>,
    _folder: TempDir,
}

impl<T: Send + 'static> Private<T> {
    /// Make one with `create` in a folder of its own.
    pub(super) async fn create(create: fn(&Path) -> io::Result<T>) -> Self {
        spawn_blocking(move || {
            let folder = TempDir::with_prefix("tollgate-peer-").expect("a temporary folder");
            let server = create(folder.path()).unwrap_or_else(|error| panic!("{error}"));
            Self {
                server: Arc::new(Mutex::new(server)),
                _folder: folder,
            }
        })
        .await
        .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }

    /// Do something that takes its time, beside the runtime: a test's load goes on.
    pub(super) async fn act(&self, act: impl FnOnce(&mut T) -> io::Result<()> + Send + 'static) {
        let server = Arc::clone(&self.server);
        spawn_blocking(move || act(&mut server.lock().unwrap_or_else(PoisonError::into_inner)))
            .await
            .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
            .unwrap_or_else(|error| panic!("{error}"));
    }

    /// Ask something that takes no time.
    pub(super) fn ask<R>(&self, ask: impl FnOnce(&T) -> R) -> R {
        ask(&self.server.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
