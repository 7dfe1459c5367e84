//! The storage seam: one SQL text and one async body for two engines. This
//! folder is the only place that names the drivers.
//!
//! `write` is SERIALIZABLE on both: SQLite has one writer that commits waiting
//! transactions in groups, PostgreSQL retries what collides.

mod body;
mod fault;
mod health;
mod postgres;
mod row;
mod sqlite;
mod text;
mod ticket;
mod tx;
mod value;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use futures_util::TryFutureExt;
use tollgate_base::{
    Error, ExposeSecret, Result, SecretString, codes,
    fail::{FailPoints, Moment},
    spans,
    time::Time,
};
use tracing::{Instrument, Span, field::Empty, trace_span};

pub use self::{
    health::Health,
    row::Row,
    text::{AtOnce, Either},
    tx::Tx,
    value::{FromValue, ToValue, Value},
};
pub use crate::{args, either, queries};

use self::body::{Body, hold};

/// Writes that may wait at once; the next one is refused with `busy.store`.
const QUEUE: usize = 4_096;
/// The log target of a driver that tells every statement; hushed unless an
/// operator asks for it by name.
pub const TALKATIVE: &str = "tokio_postgres";
/// How long a migration or a restore may take: it has the database to itself.
const ALONE: Duration = Duration::from_hours(1);

/// Which database, and how long to wait for it.
#[derive(Clone)]
pub struct Settings {
    /// `sqlite:///absolute/path`, `sqlite:relative/path` or
    /// `postgres://user:password@host/name?sslmode=…` with `disable`,
    /// `prefer`, `require` or `verify-full`.
    pub url: SecretString,
    /// How long a write may wait to be run, retries included.
    pub write_deadline: Duration,
    /// How long a read may take.
    pub read_deadline: Duration,
    /// Transactions at once on PostgreSQL, from 1 to 16.
    pub max_transactions: usize,
    /// Certificates (PEM) to trust for PostgreSQL instead of the public ones.
    pub tls_root_file: Option<PathBuf>,
    /// Where tests of a debug build break it.
    pub fail_points: FailPoints,
}

impl Settings {
    /// The usual waits for the database at `url`.
    pub const fn new(url: SecretString) -> Self {
        Self {
            url,
            write_deadline: Duration::from_secs(5),
            read_deadline: Duration::from_secs(3),
            max_transactions: 16,
            tls_root_file: None,
            fail_points: FailPoints::none(),
        }
    }
}

/// The two databases that we speak to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, one writer.
    Sqlite,
    /// A server.
    Postgres,
}

impl Engine {
    /// As others name it.
    const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
        }
    }
}

/// A database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    inside: Inside,
    full: Arc<AtomicBool>,
    fail_points: FailPoints,
}

#[derive(Clone)]
enum Inside {
    Sqlite(Arc<sqlite::Sqlite>),
    Postgres(Arc<postgres::Postgres>),
}

impl Db {
    /// Open it. An SQLite file that is missing is made, readable by its owner
    /// alone. Runs on, and keeps using, the runtime of its caller.
    ///
    /// # Errors
    /// `config.invalid` for a URL that cannot be read, `store.down` and the
    /// others if the database cannot be opened.
    pub async fn open(settings: Settings) -> Result<Self> {
        let inside = match settings.url.expose_secret().split_once(':') {
            Some(("sqlite", _)) => Inside::Sqlite(Arc::new(sqlite::Sqlite::open(&settings)?)),
            Some(("postgres" | "postgresql", _)) => {
                Inside::Postgres(Arc::new(postgres::Postgres::open(&settings).await?))
            }
            _ => {
                return Err(Error::new(&codes::CONFIG_INVALID)
                    .detail("The database's URL has to begin with sqlite: or postgres://"));
            }
        };
        Ok(Self {
            inside,
            full: Arc::default(),
            fail_points: settings.fail_points,
        })
    }

    /// Which of the two it is.
    pub fn engine(&self) -> Engine {
        match self.inside {
            Inside::Sqlite(_) => Engine::Sqlite,
            Inside::Postgres(_) => Engine::Postgres,
        }
    }

    /// All rows of a statement that only reads. It sees every write that has
    /// been answered, and never waits for one.
    ///
    /// # Errors
    /// `busy.store` after the read deadline, `store.down`, `internal.store`.
    pub async fn rows(&self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>> {
        self.fail_points.pass(Moment::Read, sql);
        let engine = self.engine().name();
        let span = trace_span!(
            target: spans::TARGET, "database read",
            db.system.name = engine, db.query.text = sql, "error.type" = Empty
        );
        let work = async {
            match &self.inside {
                Inside::Sqlite(sqlite) => sqlite.rows(sql, &args).await,
                Inside::Postgres(postgres) => postgres.rows(sql, &args).await,
            }
        };
        timed(span, work).await
    }

    /// The first row, if there is any.
    ///
    /// # Errors
    /// As [`Db::rows`].
    pub async fn maybe(&self, sql: &'static str, args: Vec<Value>) -> Result<Option<Row>> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// The first row.
    ///
    /// # Errors
    /// As [`Db::rows`], and `internal.store` if there is none.
    pub async fn one(&self, sql: &'static str, args: Vec<Value>) -> Result<Row> {
        self.maybe(sql, args).await?.ok_or_else(tx::no_row)
    }

    /// Run a body in a SERIALIZABLE transaction: whole or not at all, durable
    /// once answered. `Err` from the body rolls back.
    ///
    /// The body may run more than once, so time, chance and hashes are made
    /// outside and moved in. It waits for nothing but its own statements, and
    /// a statement that fails ends the transaction even if the body ignores it.
    /// A caller that stops waiting before the body starts withdraws it.
    ///
    /// # Errors
    /// The body's own; `busy.store` if it could not be run within the write
    /// deadline; `store.down`, also where it cannot be known whether the
    /// commit took place; `store.full`; `internal.panic`; `internal.body`.
    pub async fn write<T, F>(&self, body: F) -> Result<T>
    where
        F: AsyncFn(&mut Tx<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (body, answer) = hold(body);
        self.transact(body).await?;
        answer.take()
    }

    async fn transact(&self, body: Box<dyn Body>) -> Result<()> {
        self.fail_points.pass(Moment::Write, "");
        let work = async {
            match &self.inside {
                Inside::Sqlite(sqlite) => sqlite.write(sqlite.write_until(), body).await,
                Inside::Postgres(postgres) => postgres.write(body).await,
            }
        };
        let outcome = timed(self.writing(None), work).await;
        self.seen(outcome)
    }

    /// Run one guarded statement as a transaction of its own, for hot paths;
    /// how many rows it changed.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_one(&self, sql: &'static str, args: Vec<Value>) -> Result<u64> {
        self.fail_points.pass(Moment::Write, sql);
        let work = async {
            match &self.inside {
                Inside::Sqlite(sqlite) => {
                    let (body, answer) =
                        hold(async move |tx: &mut Tx<'_>| tx.run_text(sql, &args).await);
                    let done = sqlite.write(sqlite.write_until(), body).await;
                    done.and_then(|()| answer.take())
                }
                Inside::Postgres(postgres) => postgres.write_one(sql, args).await,
            }
        };
        let outcome = timed(self.writing(Some(sql)), work).await;
        self.seen(outcome)
    }

    /// Change several tables by one guarded statement, where the engine has one
    /// for it: what it gives back, or nothing where it takes a transaction.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn at_once(&self, change: AtOnce, args: Vec<Value>) -> Result<Option<Vec<Row>>> {
        match &self.inside {
            Inside::Sqlite(_) => Ok(None),
            Inside::Postgres(postgres) => {
                self.fail_points.pass(Moment::Write, change.0);
                let work = postgres.at_once(change.0, args);
                let outcome = timed(self.writing(Some(change.0)), work).await;
                self.seen(outcome).map(Some)
            }
        }
    }

    /// Run a body that only reads on one state of the database, however long
    /// it takes; writers do not wait for it. It runs on a thread of its own
    /// and may block, but like any body it awaits statements alone.
    ///
    /// # Errors
    /// The body's own, and those of [`Db::rows`].
    pub async fn snapshot<T, F>(&self, body: F) -> Result<T>
    where
        F: AsyncFn(&mut Tx<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (body, answer) = hold(body);
        match &self.inside {
            Inside::Sqlite(sqlite) => sqlite.snapshot(body).await?,
            Inside::Postgres(postgres) => postgres.snapshot(body).await?,
        }
        answer.take()
    }

    /// A transaction that no other of its kind runs beside, on any node, and
    /// that may take long: migrations and restores.
    pub(crate) async fn alone<T, F>(&self, body: F) -> Result<T>
    where
        F: AsyncFn(&mut Tx<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (body, answer) = hold(body);
        match &self.inside {
            Inside::Sqlite(sqlite) => sqlite.write(Instant::now() + ALONE, body).await?,
            Inside::Postgres(postgres) => postgres.alone(body).await?,
        }
        answer.take()
    }

    /// Have the database check a text without running it.
    ///
    /// # Errors
    /// `internal.store` if it is not valid there.
    pub async fn prepare(&self, sql: &str) -> Result<()> {
        match &self.inside {
            Inside::Sqlite(sqlite) => sqlite.prepare(sql).await,
            Inside::Postgres(postgres) => postgres.prepare(sql).await,
        }
    }

    /// Whether anybody may have written since the last call: then the events
    /// are worth a look. Cheap on SQLite, where our own writes count too;
    /// PostgreSQL cannot say and answers `true`.
    ///
    /// # Errors
    /// As [`Db::rows`].
    pub async fn changed_elsewhere(&self) -> Result<bool> {
        match &self.inside {
            Inside::Sqlite(sqlite) => sqlite.changed().await,
            Inside::Postgres(_) => Ok(true),
        }
    }

    /// Faults that the database finds in itself; none is good. Reads
    /// everything on SQLite; on PostgreSQL asks for failed page checksums.
    ///
    /// # Errors
    /// As [`Db::snapshot`].
    pub async fn check(&self) -> Result<Vec<String>> {
        match &self.inside {
            Inside::Sqlite(_) => self.snapshot(sqlite::check).await,
            Inside::Postgres(_) => self.snapshot(postgres::check).await,
        }
    }

    /// What the database's own clock says; none where it is the machine's.
    ///
    /// # Errors
    /// As [`Db::snapshot`].
    pub async fn clock(&self) -> Result<Option<Time>> {
        match &self.inside {
            Inside::Sqlite(_) => Ok(None),
            Inside::Postgres(_) => self.snapshot(postgres::clock).await.map(Some),
        }
    }

    /// Whether it answers.
    ///
    /// # Errors
    /// As [`Db::rows`].
    pub async fn ping(&self) -> Result<()> {
        self.one("SELECT 1 AS alive", Vec::new()).await.map(drop)
    }

    /// How the writer fares. The metrics `tollgate_store_*` tell the same;
    /// looking here refreshes the queue's depth among them.
    pub fn health(&self) -> Health {
        match &self.inside {
            Inside::Sqlite(sqlite) => sqlite.health(),
            Inside::Postgres(postgres) => postgres.health(),
        }
    }

    /// Whether a write met a full disk, and none has found room since.
    pub fn is_full(&self) -> bool {
        self.full.load(Relaxed)
    }

    /// A write that was made to find out found room.
    pub(crate) fn found_room(&self) {
        self.full.store(false, Relaxed);
    }

    /// The span of a write: by one statement, or in a transaction.
    fn writing(&self, sql: Option<&'static str>) -> Span {
        let engine = self.engine().name();
        trace_span!(
            target: spans::TARGET, "database write",
            db.system.name = engine, db.query.text = sql, "error.type" = Empty
        )
    }

    fn seen<T>(&self, outcome: Result<T>) -> Result<T> {
        if outcome
            .as_ref()
            .is_err_and(|error| error.is(&codes::STORE_FULL))
        {
            self.full.store(true, Relaxed);
        }
        self.fail_points.pass(Moment::Answer, "");
        outcome
    }

    /// Where tests of a debug build break what uses it.
    pub fn fail_points(&self) -> &FailPoints {
        &self.fail_points
    }

    /// Finish the writes that wait, take no more, and tidy up.
    pub async fn close(&self) {
        match &self.inside {
            Inside::Sqlite(sqlite) => sqlite.close().await,
            Inside::Postgres(postgres) => postgres.close().await,
        }
    }
}

/// Do it as that span, and note there why it failed. Not async: what waits for it
/// would be twice as large.
fn timed<T>(span: Span, work: impl Future<Output = Result<T>>) -> impl Future<Output = Result<T>> {
    let own = span.clone();
    let noted = work.inspect_err(move |error| {
        own.record("error.type", error.code().name);
    });
    noted.instrument(span)
}
