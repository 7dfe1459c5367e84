//! A server's life: started from the configuration, reloaded by SIGHUP, ended
//! by SIGTERM or SIGINT once what is under way is answered; a second one of
//! them ends it at once. What requests mean is decided by the surfaces.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use futures_util::future::join_all;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::{
    net::{TcpListener, TcpSocket},
    signal::unix::{Signal, SignalKind, signal},
    task::spawn_blocking,
    time::timeout,
};
use tollgate_base::{Error, Result, SecretString, access::Principal, codes};
use tollgate_flows::{
    Applicant, Ctx, chores, keyring,
    setup::{self, Condition},
    sites, tend,
};
use tollgate_web::Web;

use crate::{
    config::{Config, Loaded, fault::Fault, setup::Switch},
    listener::{Limits, Listener, Open},
    pid_file::{self, PidFile},
    reload,
    telemetry::{LogLevel, traces::Traces},
    tls::Identity,
    wire::{self, Opening, Use},
};

/// Connections of the metrics listener: a scraper or two.
const SCRAPERS: usize = 16;
/// How many connections the system may hold until they are taken, if its own
/// `somaxconn` allows it. Where it holds no more, a client tries again after a
/// second, then after three: the usual 128 are full as soon as a crowd comes.
const QUEUE: u32 = 4096;
/// How often old samples of metrics are folded up.
const UPKEEP: Duration = Duration::from_secs(5);
/// How often the files of the certificate are looked at.
const LOOK: Duration = Duration::from_secs(2);
/// How long background work may take to end.
const WIND_UP: Duration = Duration::from_secs(5);

/// A server that listens and has not answered yet.
pub struct Server {
    config: Config,
    web: Web,
    listeners: Vec<Listener>,
    identity: Option<Identity>,
    metrics: Option<Listener>,
    signals: Signals,
    _claim: Option<PidFile>,
}

/// What the operator should hear of a start.
#[derive(Debug)]
pub struct Started {
    /// What opening the installation found.
    pub opening: Opening,
    /// The token of a new setup link, if there is no administrator yet and
    /// links are wanted.
    pub setup: Option<SecretString>,
    /// What the operator should look at: sentences.
    pub warnings: Vec<String>,
}

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything was answered and written.
    Gracefully,
    /// A second signal, or patience that ran out, cut something off.
    Cut,
}

/// What a server and its process have for telling.
pub struct Telling {
    /// The log's level.
    pub level: LogLevel,
    /// The numbers.
    pub metrics: PrometheusHandle,
    /// The traces, if there are any.
    pub traces: Option<Traces>,
}

impl Server {
    /// Open the installation, make what a first start makes, and listen.
    ///
    /// # Errors
    /// `listen.failed`, `internal` if the system refuses to tell of signals,
    /// and those of [`wire::open`].
    pub async fn start(loaded: &Loaded, metrics: &PrometheusHandle) -> Result<(Self, Started)> {
        let config = loaded.config.clone();
        let bound = bind(config.server.listen)?;
        let secure = match config.tls.files() {
            Some((certificate, key)) => {
                let identity = Identity::read(certificate, key)?;
                Some((bind(config.tls.listen)?, identity))
            }
            None => None,
        };
        let bound_metrics = match config.server.metrics_listen.0 {
            Some(address) => Some(bind(address)?),
            None => None,
        };
        let (ctx, opening) = wire::open(&config, Use::Server).await?;
        ctx.set_settings(wire::settings(loaded));
        let mut warnings = opening.warnings.clone();
        // Before anybody can find out whom to signal.
        let signals = Signals::listen()?;
        let claim = pid_file::claim(&config.server.data_dir)?;
        if claim.is_none() {
            let folder = config.server.data_dir.display();
            warnings.push(format!(
                "Another server uses {folder} too; tollgate reload reaches only that one."
            ));
        }
        keyring::load(
            &ctx,
            &Principal::Chore("start"),
            wire::chatbot_secret(&config),
        )
        .await?;
        sites::load(&ctx, &Principal::Chore("start"), ()).await?;
        provision(&ctx, &config).await?;
        let setup = setup_token(&ctx, &config).await?;

        let web = Web::new(ctx.clone(), wire::http(&config, ctx.countries()));
        let http = &config.http;
        let limits = Limits::new(
            http.max_connections,
            http.max_connections_per_address,
            http.header_timeout,
        )
        .sparing_proxies_of(&web);
        let surfaces = wire::surfaces(&web, &config);
        let mut listeners = vec![Listener::new(bound, surfaces.clone(), limits.clone())];
        let identity = secure.map(|(bound, identity)| {
            let listener = Listener::new(bound, surfaces, limits).secured(identity.clone());
            listeners.push(listener);
            identity
        });
        let limits = Limits::new(SCRAPERS, SCRAPERS, http.header_timeout);
        let numbers = numbers(metrics.clone(), ctx);
        let metrics = bound_metrics.map(|bound| Listener::new(bound, numbers.into(), limits));
        Ok((
            Self {
                config,
                web,
                listeners,
                identity,
                metrics,
                signals,
                _claim: claim,
            },
            Started {
                opening,
                setup,
                warnings,
            },
        ))
    }

    /// Serve until a signal says to stop. `load` reads the configuration anew.
    pub async fn run(
        self,
        telling: Telling,
        load: impl Fn() -> Result<Loaded, Vec<Fault>>,
    ) -> Ended {
        let (ctx, drain) = (self.web.ctx().clone(), self.config.http.drain);
        let mut signals = self.signals;
        chores::start(&ctx);
        let upkeep = telling.metrics.clone();
        ctx.tasks().repeat("metrics", UPKEEP, move || {
            upkeep.run_upkeep();
            std::future::ready(())
        });
        let listeners = self.listeners.into_iter();
        let open: Vec<Open> = listeners.map(|one| one.open(ctx.tasks())).collect();
        if let Some(identity) = self.identity.clone() {
            ctx.tasks().repeat("look_at_certificate", LOOK, move || {
                look_again(identity.clone())
            });
        }
        let metrics = self.metrics.map(|listener| listener.open(ctx.tasks()));
        tracing::info!("Serving");

        let mut config = self.config;
        while signals.next().await == Wanted::Reload {
            config = reload::reload(&self.web, &telling.level, config, load());
            if let Some(identity) = self.identity.clone() {
                look_again(identity).await;
            }
        }
        tracing::info!("Stopping: answering what is under way");
        let wind_up = async {
            let closing = join_all(open.into_iter().map(Open::close));
            let answered = timeout(drain, closing).await.is_ok();
            if let Some(metrics) = metrics {
                metrics.cut();
            }
            let done = ctx.tasks().drain(WIND_UP).await;
            finish(&ctx).await;
            if let Some(traces) = telling.traces {
                traces.finish().await;
            }
            answered && done
        };
        let whole = tokio::select! {
            whole = wind_up => whole,
            () = signals.again() => false,
        };
        tracing::info!(whole, "Stopped");
        if whole { Ended::Gracefully } else { Ended::Cut }
    }
}

/// The administrator that the configuration names, made once.
async fn provision(ctx: &Ctx, config: &Config) -> Result<()> {
    let (admin, by) = (&config.admin, &Principal::Chore("provision"));
    let named = admin.email.is_some() || admin.username.is_some();
    if !named || !setup::is_open(ctx, by, ()).await? {
        return Ok(());
    }
    let applicant = Applicant {
        email: admin.email.clone(),
        username: admin.username.clone(),
        display_name: None,
        password: admin.password.as_deref().cloned(),
    };
    match setup::create_admin(ctx, by, (applicant, Condition::First)).await {
        Ok(_) => Ok(()),
        // Another node was faster.
        Err(_) if !setup::is_open(ctx, by, ()).await? => Ok(()),
        Err(fault) if fault.is(&codes::PASSWORD_WEAK) => {
            let details: Vec<&str> = fault.fields().iter().map(|field| &*field.detail).collect();
            Err(Error::new(&codes::CONFIG_INVALID)
                .detail(format!("admin.password: {}", details.join(" "))))
        }
        Err(fault) => Err(fault),
    }
}

async fn setup_token(ctx: &Ctx, config: &Config) -> Result<Option<SecretString>> {
    let by = &Principal::Operator;
    if config.setup.link == Switch::Off || !setup::is_open(ctx, by, ()).await? {
        return Ok(None);
    }
    match setup::link(ctx, by, ()).await {
        Err(fault) if fault.is(&codes::ADMIN_EXISTS) => Ok(None),
        link => link.map(Some),
    }
}

/// What is only in memory is written; then the database is closed.
async fn finish(ctx: &Ctx) {
    let by = Principal::Chore("stop");
    if let Err(error) = tend::store_seen(ctx, &by, ()).await {
        tracing::warn!(?error, "The last uses of sessions are lost");
    }
    if let Err(error) = tend::hand_over(ctx, &by, ()).await {
        tracing::warn!(?error, "Other nodes wait for the leases of this one to end");
    }
    ctx.db().close().await;
}

fn bind(address: SocketAddr) -> Result<TcpListener> {
    let listen = || {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        // After a restart connections of the one before may linger.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(QUEUE)
    };
    listen().map_err(|fault| {
        let detail = format!("{address} cannot be listened on: {fault}.");
        Error::new(&codes::LISTEN_FAILED)
            .detail(detail)
            .because(fault)
    })
}

/// Files are read where waiting for a disk harms nobody.
async fn look_again(identity: Identity) {
    // A panic in it is told by the pool; the next look comes.
    let _ = spawn_blocking(move || identity.look_again()).await;
}

/// `/metrics` in the text format of Prometheus.
fn numbers(handle: PrometheusHandle, ctx: Ctx) -> Router {
    async fn show(State((handle, ctx)): State<(PrometheusHandle, Ctx)>) -> impl IntoResponse {
        metrics::gauge!("tollgate_hash_queue_depth").set(ctx.hash_queue() as u32);
        metrics::gauge!("tollgate_principal_cache_entries").set(ctx.remembered() as u32);
        // Looking sets the gauges of the store.
        ctx.db().health();
        (
            [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
            handle.render(),
        )
    }
    Router::new()
        .route("/metrics", get(show))
        .with_state((handle, ctx))
}

#[derive(PartialEq, Eq)]
enum Wanted {
    Reload,
    Stop,
}

struct Signals {
    hangup: Signal,
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Result<Self> {
        let listen =
            |kind| signal(kind).map_err(|fault| Error::new(&codes::INTERNAL).because(fault));
        Ok(Self {
            hangup: listen(SignalKind::hangup())?,
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) -> Wanted {
        tokio::select! {
            _ = self.hangup.recv() => Wanted::Reload,
            _ = self.terminate.recv() => Wanted::Stop,
            _ = self.interrupt.recv() => Wanted::Stop,
        }
    }

    /// Until somebody asks to stop once more.
    async fn again(&mut self) {
        while self.next().await == Wanted::Reload {}
    }
}
