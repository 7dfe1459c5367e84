//! A socket that takes HTTP/1.1, plain or in TLS: a bounded number of connections,
//! a deadline for handshakes and headers, a pace for bodies, and an end that lets
//! answers under way reach their clients.

mod body;
mod places;
mod stream;

use std::{convert::Infallible, future::pending, net::SocketAddr, time::Duration};

use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
    time::{Instant, sleep, timeout, timeout_at},
};
use tokio_rustls::TlsAcceptor;
use tollgate_flows::ctx::Tasks;
use tollgate_web::Web;

use crate::{surfaces::Surfaces, tls::Identity};

use body::Paced;
use places::{Place, Places};
use stream::Stream;

/// Longest head of a request, in bytes.
const LONGEST_HEAD: usize = 64 * 1024;
/// How long connections are still taken when the listener is to stop: the
/// system has let some in that we do not know of yet.
const LINGER: Duration = Duration::from_millis(100);
/// How long to wait when the system has no socket left to give.
const PAUSE: Duration = Duration::from_millis(100);

/// Bounds of a listener, and of others that share its places. Cheap to clone.
#[derive(Clone)]
pub struct Limits {
    places: Places,
    header_timeout: Duration,
    /// Whose trusted proxies may have as many connections as there are.
    web: Option<Web>,
}

/// A bound socket with what answers on it.
pub struct Listener {
    socket: TcpListener,
    surfaces: Surfaces,
    limits: Limits,
    identity: Option<Identity>,
}

/// A connection that was taken.
struct Taken {
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
}

/// A listener that takes connections.
pub struct Open {
    stop: oneshot::Sender<()>,
    closed: oneshot::Receiver<()>,
}

impl Limits {
    /// So many connections at a time, and so many of them from one address; more
    /// wait in the system's queue. One that sends no whole head for so long, or
    /// whose body falls so far behind, is closed.
    pub fn new(connections: usize, each: usize, header_timeout: Duration) -> Self {
        Self {
            places: Places::new(connections, each),
            header_timeout,
            web: None,
        }
    }

    /// The proxies that this server trusts may have as many as there are.
    #[must_use]
    pub fn sparing_proxies_of(self, web: &Web) -> Self {
        Self {
            web: Some(web.clone()),
            ..self
        }
    }

    fn trust(&self, peer: SocketAddr) -> bool {
        let trusted = |web: &Web| web.http().trusts(peer.ip());
        self.web.as_ref().is_some_and(trusted)
    }
}

impl Listener {
    /// Nothing is taken yet.
    pub fn new(socket: TcpListener, surfaces: Surfaces, limits: Limits) -> Self {
        Self {
            socket,
            surfaces,
            limits,
            identity: None,
        }
    }

    /// The same in TLS, as that one.
    #[must_use]
    pub fn secured(self, identity: Identity) -> Self {
        Self {
            identity: Some(identity),
            ..self
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
        let acceptor = self.identity.as_ref().map(Identity::acceptor);
        loop {
            let taken = tokio::select! {
                taken = self.take() => taken,
                _ = &mut stopping => break,
            };
            self.answer(taken, acceptor.clone(), tasks, graceful);
        }
        // Whoever the system has let in already is answered too.
        let last = Instant::now() + LINGER;
        while let Ok(taken) = timeout_at(last, self.take()).await {
            self.answer(taken, acceptor.clone(), tasks, graceful);
        }
    }

    /// The next connection, and its place among those that may be open.
    async fn take(&self) -> Taken {
        let mut permit = self.limits.places.permit().await;
        loop {
            match self.socket.accept().await {
                Ok((stream, peer)) => {
                    let trusted = self.limits.trust(peer);
                    if let Some(place) = self.limits.places.take(permit, peer.ip(), trusted) {
                        return Taken {
                            stream,
                            peer,
                            place,
                        };
                    }
                    metrics::counter!("tollgate_connections_cut_total", "reason" => "address")
                        .increment(1);
                    drop(stream);
                    permit = self.limits.places.permit().await;
                }
                Err(fault) => {
                    tracing::warn!(%fault, "A connection could not be taken");
                    sleep(PAUSE).await;
                }
            }
        }
    }

    fn answer(
        &self,
        taken: Taken,
        acceptor: Option<TlsAcceptor>,
        tasks: &Tasks,
        graceful: &GracefulShutdown,
    ) {
        let Taken {
            stream,
            peer,
            place,
        } = taken;
        // Answers are small and complete: nothing is gained by waiting for more.
        let _ = stream.set_nodelay(true);
        let (surfaces, patience) = (self.surfaces.clone(), self.limits.header_timeout);
        let (seat, watcher, own) = (place.seat(), graceful.watcher(), tasks.clone());
        let asker = place.seat();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let (surfaces, seat) = (surfaces.clone(), asker.clone());
            let is_heard = seat.is_heard();
            async move {
                if !is_heard {
                    // It was told to go before its head was whole.
                    return pending().await;
                }
                let request = request.map(|body| Paced::new(body, seat.clone(), patience));
                let answer = surfaces.answer(peer, request).await;
                seat.rests();
                Ok::<_, Infallible>(answer)
            }
        });
        let connection = async move {
            let stream = match acceptor {
                None => Stream::Plain(stream),
                Some(acceptor) => {
                    let Ok(Ok(stream)) = timeout(patience, acceptor.accept(stream)).await else {
                        return;
                    };
                    Stream::Tls(Box::new(stream))
                }
            };
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(patience)
                .max_buf_size(LONGEST_HEAD)
                // Small answers are copied behind their head more cheaply than gathered.
                .writev(false)
                .serve_connection(TokioIo::new(stream), service);
            // A client that breaks off is no news.
            let _ = watcher.watch(connection).await;
        };
        tasks.spawn(async move {
            tokio::select! {
                () = connection => {}
                () = seat.told_to_go() => {}
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
