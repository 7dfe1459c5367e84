//! SQLite, embedded: reads inline on a few connections, writes through one
//! thread. Write-ahead logging keeps the two from waiting for each other.

mod connection;
mod disk;
mod writer;

use std::{
    ffi::OsString,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};
use tollgate_base::{Error, ExposeSecret, Result, codes, fail::FailPoints};

pub(super) use self::connection::Connection;
use self::writer::Writer;
use super::{
    Settings,
    body::Body,
    fault::{Fault, Trouble},
    health::Health,
    row::Row,
    tx::{Session, Tx, Wire},
    value::Value,
};

/// Reads at once. A read blocks its thread, so that there are never more than
/// the runtime has threads; beyond that number connections would lie idle.
const READERS: usize = 8;
/// Snapshots at once, each on a thread and a connection of its own.
const SNAPSHOTS: usize = 2;
/// How long one attempt to take the write lock lasts; it is repeated as long
/// as the caller waits.
const LOCK_ATTEMPT: Duration = Duration::from_millis(100);

pub(super) struct Sqlite {
    path: PathBuf,
    writer: Writer,
    readers: Mutex<Vec<Connection>>,
    reading: Semaphore,
    snapshots: Arc<Semaphore>,
    watcher: Mutex<Connection>,
    read_deadline: Duration,
    write_deadline: Duration,
}

impl Sqlite {
    pub(super) fn open(settings: &Settings) -> Result<Self> {
        let path = path(settings.url.expose_secret())?;
        let patience = settings.read_deadline;
        // The writer first: it makes the file.
        let writer = Writer::start(
            Connection::writer(&path, LOCK_ATTEMPT)?,
            &log(&path),
            settings.fail_points.clone(),
        )?;
        let readers = (0..READERS)
            .map(|_| Connection::reader(&path, patience))
            .collect::<Result<Vec<_>, Fault>>()?;
        let watcher = Connection::reader(&path, patience)?;
        Ok(Self {
            path,
            writer,
            readers: Mutex::new(readers),
            reading: Semaphore::new(READERS),
            snapshots: Arc::new(Semaphore::new(SNAPSHOTS)),
            watcher: Mutex::new(watcher),
            read_deadline: settings.read_deadline,
            write_deadline: settings.write_deadline,
        })
    }

    /// Inline, as a point read takes microseconds. It counts against the
    /// task's budget, or a loop of reads would starve the others.
    pub(super) async fn rows(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>> {
        tokio::task::consume_budget().await;
        let reader = self.reader().await?;
        let mut rows = Vec::new();
        reader.connection()?.each(sql, args, &mut |row| {
            rows.push(row);
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    pub(super) async fn prepare(&self, sql: &str) -> Result<()> {
        Ok(self.reader().await?.connection()?.prepare(sql)?)
    }

    /// When a write that is queued now has to have started.
    pub(super) fn write_until(&self) -> Instant {
        Instant::now() + self.write_deadline
    }

    pub(super) async fn write(&self, until: Instant, body: Box<dyn Body>) -> Result<()> {
        self.writer.write(until, body).await
    }

    pub(super) async fn snapshot(&self, body: Box<dyn Body>) -> Result<()> {
        let permit = timeout(self.read_deadline, self.snapshots.clone().acquire_owned()).await;
        let permit = permit.map_err(|_| Trouble::Busy.because("too many snapshots at once"))?;
        let (path, patience) = (self.path.clone(), self.read_deadline);
        let work = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let connection = Connection::reader(&path, patience)?;
            // Dropping the connection ends it.
            connection.script("BEGIN")?;
            let nowhere = FailPoints::none();
            let session = Session::new(Wire::Sqlite(&connection), &nowhere);
            session
                .run(body.as_ref())
                .now_or_never()
                .unwrap_or_else(|| Err(Error::new(&codes::INTERNAL_BODY)))
        });
        work.await
            .map_err(|fault| Error::new(&codes::INTERNAL_PANIC).because(fault))?
    }

    pub(super) async fn changed(&self) -> Result<bool> {
        tokio::task::consume_budget().await;
        Ok(self
            .watcher
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .changed()?)
    }

    pub(super) fn health(&self) -> Health {
        self.writer.health()
    }

    pub(super) async fn close(&self) {
        self.writer.close().await;
    }

    async fn reader(&self) -> Result<Reader<'_>> {
        let permit = permit(&self.reading, self.read_deadline).await?;
        let connection = self
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        Ok(Reader {
            home: &self.readers,
            connection,
            _permit: permit,
        })
    }
}

/// A body for a snapshot: what SQLite finds wrong with its file.
pub(super) async fn check(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for row in tx.rows("PRAGMA integrity_check", Vec::new()).await? {
        let finding: String = row.get("integrity_check")?;
        if finding != "ok" {
            faults.push(finding);
        }
    }
    for row in tx.rows("PRAGMA foreign_key_check", Vec::new()).await? {
        let (table, parent): (String, String) = (row.get("table")?, row.get("parent")?);
        faults.push(format!(
            "a row of {table} refers to a row of {parent} that does not exist"
        ));
    }
    Ok(faults)
}

/// A borrowed connection, which goes back when it is dropped.
struct Reader<'r> {
    home: &'r Mutex<Vec<Connection>>,
    connection: Option<Connection>,
    _permit: SemaphorePermit<'r>,
}

impl Reader<'_> {
    fn connection(&self) -> Result<&Connection> {
        self.connection
            .as_ref()
            .ok_or_else(|| Trouble::Busy.because("no connection is free"))
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        self.home
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(self.connection.take());
    }
}

async fn permit(semaphore: &Semaphore, patience: Duration) -> Result<SemaphorePermit<'_>> {
    let permit = timeout(patience, semaphore.acquire()).await;
    permit
        .ok()
        .and_then(Result::ok)
        .ok_or_else(|| Trouble::Busy.because("too many reads at once"))
}

/// The write-ahead log beside the file.
fn log(path: &Path) -> PathBuf {
    let mut log = OsString::from(path);
    log.push("-wal");
    log.into()
}

/// `sqlite:///absolute/path` or `sqlite:relative/path`.
fn path(url: &str) -> Result<PathBuf> {
    let invalid = || {
        Error::new(&codes::CONFIG_INVALID).detail(
            "An SQLite URL looks like sqlite:///var/lib/tollgate/tollgate.db or sqlite:tollgate.db",
        )
    };
    let path = url.strip_prefix("sqlite:").ok_or_else(invalid)?;
    let path = match path.strip_prefix("//") {
        Some(absolute) if absolute.starts_with('/') => absolute,
        Some(_) => return Err(invalid()),
        None => path,
    };
    // Each connection would get a memory of its own.
    let is_file = !path.is_empty() && !path.starts_with(':') && !path.ends_with('/');
    if is_file {
        Ok(Path::new(path).to_path_buf())
    } else {
        Err(invalid())
    }
}
