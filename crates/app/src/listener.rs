//! A socket that takes HTTP/1.1: a bounded number of connections, a deadline
//! for headers, and an end that lets answers under way reach their clients.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use futures_util::FutureExt;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    time::{Instant, sleep, timeout_at},
};
use tollgate_flows::ctx::Tasks;

use crate::surfaces::Surfaces;

/// Longest head of a request, in bytes.
const LONGEST_HEAD: usize = 64 * 1024;
/// How long connections are still taken when the listener is to stop: the
/// system has let some in that we do not know of yet.
const LINGER: Duration = Duration::from_millis(100);
/// How long to wait when the system has no socket left to give.
const PAUSE: Duration = Duration::from_millis(100);

/// Bounds of one listener.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at a time; more wait in the system's queue.
    pub connections: usize,
    /// A connection that sends no whole head for so long is closed.
    pub header_timeout: Duration,
}

/// A bound socket with what answers on it.
pub struct Listener {
    socket: TcpListener,
    surfaces: Surfaces,
    limits: Limits,
}

/// A connection that was taken.
struct Taken {
    stream: TcpStream,
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
}

/// A listener that takes connections.
pub struct Open {
    stop: oneshot::Sender<()>,
    closed: oneshot::Receiver<()>,
}

impl Listener {
    /// Nothing is taken yet.
    pub fn new(socket: TcpListener, surfaces: Surfaces, limits: Limits) -> Self {
        Self {
            socket,
            surfaces,
            limits,
        }
    }

    /// Take connections from now on.
    pub fn open(self, tasks: &Tasks) -> Open {
        let (stop, stopping) = oneshot::channel();
        let (done, closed) = oneshot::channel();
        let own = tasks.clone();
        tasks.spawn(async move {
            let graceful = GracefulShutdown::new();
            self.accept(&own, &graceful, stopping).await;
            graceful.shutdown().await;
            let _ = done.send(());
        });
        Open { stop, closed }
    }

    async fn accept(
        self,
        tasks: &Tasks,
        graceful: &GracefulShutdown,
        mut stopping: oneshot::Receiver<()>,
    ) {
        let places = Arc::new(Semaphore::new(self.limits.connections));
        loop {
            let taken = tokio::select! {
                taken = self.take(&places) => taken,
                _ = &mut stopping => break,
            };
            self.answer(taken, tasks, graceful);
        }
        // Whoever the system has let in already is answered too.
        let last = Instant::now() + LINGER;
        while let Ok(taken) = timeout_at(last, self.take(&places)).await {
            self.answer(taken, tasks, graceful);
        }
    }

    /// The next connection, and its place among those that may be open.
    async fn take(&self, places: &Arc<Semaphore>) -> Taken {
        let place = places
            .clone()
            .acquire_owned()
            .await
            .expect("the semaphore is never closed");
        loop {
            match self.socket.accept().await {
                Ok((stream, peer)) => {
                    return Taken {
                        stream,
                        peer,
                        place,
                    };
                }
                Err(fault) => tracing::warn!(%fault, "A connection could not be taken"),
            }
            sleep(PAUSE).await;
        }
    }

    fn answer(&self, taken: Taken, tasks: &Tasks, graceful: &GracefulShutdown) {
        let Taken {
            stream,
            peer,
            place,
        } = taken;
        // Answers are small and complete: nothing is gained by waiting for more.
        let _ = stream.set_nodelay(true);
        let surfaces = self.surfaces.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            surfaces
                .clone()
                .answer(peer, request)
                .map(Ok::<_, Infallible>)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.header_timeout)
            .max_buf_size(LONGEST_HEAD)
            // Small answers are copied behind their head more cheaply than gathered.
            .writev(false)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        let own = tasks.clone();
        tasks.spawn(async move {
            tokio::select! {
                // A client that breaks off is no news.
                _ = connection => {}
                () = own.stopping() => {}
            }
            drop(place);
        });
    }
}

impl Open {
    /// Soon take no more connections, and wait until those that are open have
    /// got their answers.
    pub async fn close(self) {
        let _ = self.stop.send(());
        let _ = self.closed.await;
    }

    /// Take no more connections.
    pub fn cut(self) {
        let _ = self.stop.send(());
    }
}
