//! A connection to Redis that may come and go: made and mended in the
//! background, so that no request ever waits for more than an answer.

mod metered;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use redis::{
    AsyncConnectionConfig, Cmd, ConnectionAddr, ConnectionInfo, ErrorKind, FromRedisValue,
    IntoConnectionInfo, ProtocolVersion, PushInfo, PushKind, RedisResult,
    aio::{MultiplexedConnection, SendError},
    from_redis_value,
};
use tokio::{
    net::TcpStream,
    runtime::Handle,
    sync::{Notify, broadcast, watch},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};
use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes, spans};
use tracing::{Instrument, trace_span};

use metered::Metered;

/// How long connecting, or one answer, may take.
const PATIENCE: Duration = Duration::from_millis(100);
/// The first and the longest pause before Redis is tried again. Meanwhile
/// nobody asks it: this is the circuit breaker.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(10));
/// An answer that takes longer than this is slow, and so many of them in a row
/// are as good as none.
const SLOW: (Duration, u32) = (Duration::from_millis(20), 10);
/// A silent connection is asked for a sign of life this often.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// Where messages go that arrive on a channel.
pub(crate) struct Ear {
    pub(crate) channel: &'static str,
    pub(crate) heard: broadcast::Sender<String>,
}

pub(crate) struct Link(watch::Receiver<Option<Live>>);

/// A connection that was live a moment ago.
#[derive(Clone)]
struct Live {
    connection: MultiplexedConnection,
    broken: Arc<Notify>,
    slow: Arc<AtomicU32>,
}

/// What carries its bytes; ends with this value.
struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Link {
    /// Begin to connect, on the caller's runtime. Ends when the link is dropped.
    ///
    /// # Errors
    /// `config.invalid`. The URL may hold a password and is never repeated.
    pub(crate) fn open(url: &SecretString, ear: Option<Ear>) -> Result<Self> {
        let server = server(url.expose_secret()).map_err(|_| {
            Error::new(&codes::CONFIG_INVALID)
                .detail("The Redis URL looks like redis://user:password@host:6379/0")
        })?;
        let (announce, live) = watch::channel(None);
        Handle::current().spawn(keep(server, ear, announce));
        Ok(Self(live))
    }

    /// Whether Redis was there a moment ago.
    pub(crate) fn is_live(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Whether it is there within `patience`.
    pub(crate) async fn comes(&self, patience: Duration) -> bool {
        let mut live = self.0.clone();
        matches!(
            timeout(patience, live.wait_for(Option::is_some)).await,
            Ok(Ok(_))
        )
    }

    /// The answer, if Redis is there, says it within `deadline`, and it makes
    /// sense. Everything else is a miss.
    pub(crate) async fn ask<T: FromRedisValue>(
        &self,
        command: &Cmd,
        deadline: Duration,
    ) -> Option<T> {
        let mut live = self.0.borrow().clone()?;
        let asked = Instant::now();
        let answer = timeout(
            deadline,
            command.query_async::<redis::Value>(&mut live.connection),
        );
        let answer = answer
            .instrument(trace_span!(target: spans::TARGET, "redis"))
            .await;
        live.note(asked.elapsed());
        match answer {
            Ok(Ok(value)) => from_redis_value(value).ok(),
            // Redis itself refuses the command, and may take the next one.
            Ok(Err(fault)) if !fault.is_io_error() && !fault.is_unrecoverable_error() => None,
            Ok(Err(_)) | Err(_) => {
                live.broken.notify_one();
                None
            }
        }
    }
}

impl Live {
    /// Who is slow again and again is left alone for a while.
    fn note(&self, took: Duration) {
        if took < SLOW.0 {
            self.slow.store(0, Ordering::Relaxed);
        } else if self.slow.fetch_add(1, Ordering::Relaxed) + 1 >= SLOW.1 {
            self.broken.notify_one();
        }
    }
}

/// Version 3 of the protocol lets messages arrive beside answers.
fn server(url: &str) -> RedisResult<ConnectionInfo> {
    let address = url.into_connection_info()?;
    let settings = address
        .redis_settings()
        .clone()
        .set_protocol(ProtocolVersion::RESP3);
    Ok(address.set_redis_settings(settings))
}

async fn keep(server: ConnectionInfo, ear: Option<Ear>, announce: watch::Sender<Option<Live>>) {
    let (shortest, longest) = PAUSES;
    let mut pause = shortest;
    loop {
        let connected = timeout(PATIENCE * 3, connect(&server, ear.as_ref())).await;
        let late = || Err((ErrorKind::Io, "it does not answer").into());
        match connected.unwrap_or_else(|_| late()) {
            Ok((live, _driver)) => {
                pause = shortest;
                announce.send_replace(Some(live.clone()));
                tokio::select! {
                    () = beat(live.connection) => {}
                    () = live.broken.notified() => {}
                    () = announce.closed() => return,
                }
                announce.send_replace(None);
                tracing::warn!("Redis was lost; going on without it");
            }
            Err(fault) => {
                // Once, then only for who looks closely: it may stay away for long.
                if pause == shortest {
                    tracing::warn!(kind = ?fault.kind(), "Redis cannot be reached; going on without it");
                } else {
                    tracing::debug!(kind = ?fault.kind(), "Redis still cannot be reached");
                }
            }
        }
        tokio::select! {
            () = sleep(pause) => pause = longest.min(pause * 2),
            () = announce.closed() => return,
        }
    }
}

async fn connect(server: &ConnectionInfo, ear: Option<&Ear>) -> RedisResult<(Live, Driver)> {
    let ConnectionAddr::Tcp(host, port) = server.addr() else {
        return Err((ErrorKind::InvalidClientConfig, "it is not on the network").into());
    };
    let stream = TcpStream::connect((host.as_str(), *port)).await?;
    stream.set_nodelay(true)?;
    let broken = Arc::new(Notify::new());
    let mut config = AsyncConnectionConfig::new().set_response_timeout(Some(PATIENCE));
    if let Some(ear) = ear {
        let (heard, broken) = (ear.heard.clone(), broken.clone());
        config = config.set_push_sender(move |push: PushInfo| {
            hear(push, &heard, &broken);
            Ok::<(), SendError>(())
        });
    }
    let (mut connection, driver) = MultiplexedConnection::new_with_config(
        server.redis_settings(),
        Metered::new(stream),
        config,
    )
    .await?;
    let driver = Driver(Handle::current().spawn(driver));
    if let Some(ear) = ear {
        connection.subscribe(ear.channel).await?;
    }
    ping(&mut connection).await?;
    let live = Live {
        connection,
        broken,
        slow: Arc::default(),
    };
    Ok((live, driver))
}

/// What arrives beside answers: of interest are a message, which is
/// `[channel, body]`, and the end of the connection.
fn hear(push: PushInfo, heard: &broadcast::Sender<String>, broken: &Notify) {
    match push.kind {
        PushKind::Disconnection => broken.notify_one(),
        PushKind::Message => {
            let body = push
                .data
                .into_iter()
                .nth(1)
                .and_then(|body| from_redis_value(body).ok());
            if let Some(message) = body {
                // Nobody may be listening just now.
                let _ = heard.send(message);
            }
        }
        _ => {}
    }
}

/// Until Redis no longer answers.
async fn beat(mut connection: MultiplexedConnection) {
    while ping(&mut connection).await.is_ok() {
        sleep(HEARTBEAT).await;
    }
}

async fn ping(connection: &mut MultiplexedConnection) -> RedisResult<()> {
    redis::cmd("PING")
        .query_async::<redis::Value>(connection)
        .await
        .map(drop)
}
