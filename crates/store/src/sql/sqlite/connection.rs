//! One SQLite connection: how it is set up, and how statements run on it.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    fs::OpenOptions,
    io::ErrorKind,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::Arc,
    time::Duration,
};

use rusqlite::{
    OpenFlags, ToSql,
    config::DbConfig,
    params_from_iter,
    types::{ToSqlOutput, ValueRef},
};

use crate::sql::{
    fault::{Fault, Trouble},
    row::Row,
    text::numbered,
    tx::Sink,
    value::Value,
};

/// Of the writer. A page that many groups change is carried into the file once
/// in 16 MiB of log: four times as many as SQLite takes by itself. As many
/// pages stay in memory at most, and what undoes a member stays there too.
const SETTINGS: &str = "PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 67108864;
    PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY";

/// Statements kept prepared, and texts kept in SQLite's spelling.
const STATEMENTS: usize = 512;

/// A connection, used by one thread at a time.
pub(in crate::sql) struct Connection {
    inner: rusqlite::Connection,
    texts: RefCell<HashMap<String, Text>>,
    version: Cell<Option<i64>>,
    has_written: Cell<bool>,
}

/// What is known of a text.
#[derive(Clone)]
struct Text {
    /// In SQLite's spelling.
    spelled: Arc<str>,
    /// Of its answer.
    columns: Option<Arc<[String]>>,
}

impl Connection {
    /// For the writer. Makes the file and its log. COMMIT leaves it to the
    /// [`Disk`](super::disk::Disk) to make the log last; SQLite itself does so
    /// before it carries the log into the file.
    pub(super) fn writer(path: &Path, patience: Duration) -> Result<Self, Fault> {
        make_private(path)?;
        let connection = Self::open(path, patience)?;
        let mode: String = connection
            .inner
            .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        if mode != "wal" {
            return Err(Fault::new(
                Trouble::Down,
                "the file system does not allow write-ahead logging",
            ));
        }
        connection.script(SETTINGS)?;
        // Whoever reads first makes the log, where there is none.
        connection
            .inner
            .query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        connection.forget_statistics()?;
        Ok(connection)
    }

    /// Statistics of a table with one row lead the planner to read all of it,
    /// and still do when it has a million. Without any it takes the indexes that
    /// were made for the texts.
    fn forget_statistics(&self) -> Result<(), Fault> {
        let found: bool = self.inner.query_row(
            "SELECT count(*) > 0 FROM sqlite_schema WHERE name = 'sqlite_stat1'",
            [],
            |row| row.get(0),
        )?;
        if found {
            self.script("DELETE FROM sqlite_stat1; ANALYZE sqlite_schema")?;
        }
        Ok(())
    }

    /// For reads alone: a statement that writes is refused. It reads once now, which
    /// opens the log: later there may be no descriptor left for it.
    pub(super) fn reader(path: &Path, patience: Duration) -> Result<Self, Fault> {
        let connection = Self::open(path, patience)?;
        connection.script("PRAGMA query_only = ON; PRAGMA schema_version")?;
        Ok(connection)
    }

    /// The busy timeout comes first, as whatever follows may meet a lock.
    /// SQLite would take a misspelled "column" for a string: it must not.
    fn open(path: &Path, patience: Duration) -> Result<Self, Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let inner = rusqlite::Connection::open_with_flags(path, flags)?;
        inner.busy_timeout(patience)?;
        inner.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        inner.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
        inner.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        inner.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        // Otherwise a statement is planned anew for each value that it is given.
        inner.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        inner.execute_batch("PRAGMA foreign_keys = ON")?;
        inner.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(Self {
            inner,
            texts: RefCell::default(),
            version: Cell::new(None),
            has_written: Cell::new(false),
        })
    }

    /// Hand each row of the answer to `sink`.
    pub(in crate::sql) fn each(
        &self,
        sql: &str,
        args: &[Value],
        sink: &mut Sink<'_>,
    ) -> Result<(), Fault> {
        let text = self.text(sql);
        let mut statement = self.inner.prepare_cached(&text.spelled)?;
        self.note_writing(!statement.readonly());
        // A migration may add a column where a text does not name its own.
        let count = statement.column_count();
        let known = text.columns.filter(|columns| columns.len() == count);
        let columns = known.unwrap_or_else(|| {
            let columns: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
            if let Some(known) = self.texts.borrow_mut().get_mut(sql) {
                known.columns = Some(columns.clone());
            }
            columns
        });
        let mut rows = statement.query(params_from_iter(args))?;
        while let Some(row) = rows.next()? {
            let values = (0..columns.len())
                .map(|place| read(row.get_ref(place)?))
                .collect::<Result<_, Fault>>()?;
            if sink(Row::new(columns.clone(), values)).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Run a statement and count the rows that it changed.
    pub(in crate::sql) fn run(&self, sql: &str, args: &[Value]) -> Result<u64, Fault> {
        let mut statement = self.inner.prepare_cached(&self.text(sql).spelled)?;
        self.note_writing(!statement.readonly());
        Ok(statement.execute(params_from_iter(args))? as u64)
    }

    /// Run several statements without arguments.
    pub(in crate::sql) fn script(&self, sql: &str) -> Result<(), Fault> {
        self.note_writing(true);
        Ok(self.inner.execute_batch(sql)?)
    }

    /// Whether any statement since [`Connection::has_written_nothing`] may have
    /// changed something.
    pub(super) fn has_written(&self) -> bool {
        self.has_written.get()
    }

    pub(super) fn has_written_nothing(&self) {
        self.has_written.set(false);
    }

    fn note_writing(&self, writes: bool) {
        if writes {
            self.has_written.set(true);
        }
    }

    /// Begin, commit and what lies between: a statement that stays prepared.
    pub(super) fn step(&self, sql: &str) -> Result<(), Fault> {
        self.inner.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    /// Check a text without running it.
    pub(super) fn prepare(&self, sql: &str) -> Result<(), Fault> {
        self.inner.prepare(&numbered(sql))?;
        Ok(())
    }

    /// Whether a transaction stands. SQLite rolls back by itself when, say,
    /// the disk is full.
    pub(super) fn in_transaction(&self) -> bool {
        !self.inner.is_autocommit()
    }

    /// Whether another connection has committed since the last call.
    pub(super) fn changed(&self) -> Result<bool, Fault> {
        let version = self
            .inner
            .query_row("PRAGMA data_version", [], |row| row.get(0))?;
        Ok(self.version.replace(Some(version)) != Some(version))
    }

    fn text(&self, sql: &str) -> Text {
        let mut all = self.texts.borrow_mut();
        if let Some(known) = all.get(sql) {
            return known.clone();
        }
        if all.len() >= STATEMENTS {
            all.clear();
        }
        let text = Text {
            spelled: numbered(sql).into(),
            columns: None,
        };
        all.insert(sql.to_owned(), text.clone());
        text
    }
}

/// Nobody but the owner may read the file, from its first moment on; SQLite
/// gives its companions (`-wal`, `-shm`) the same mode.
fn make_private(path: &Path) -> Result<(), Fault> {
    match OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
    {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(Fault::new(Trouble::Down, error))
        }
        _ => Ok(()),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match self {
            Self::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Self::Int(Some(number)) => ValueRef::Integer(*number),
            Self::Bool(Some(flag)) => ValueRef::Integer(i64::from(*flag)),
            Self::Real(Some(number)) => ValueRef::Real(*number),
            Self::Bytes(Some(bytes)) => ValueRef::Blob(bytes),
            _ => ValueRef::Null,
        };
        Ok(ToSqlOutput::Borrowed(value))
    }
}

fn read(value: ValueRef<'_>) -> Result<Value, Fault> {
    Ok(match value {
        ValueRef::Null => Value::Text(None),
        ValueRef::Integer(number) => Value::Int(Some(number)),
        ValueRef::Real(number) => Value::Real(Some(number)),
        ValueRef::Blob(bytes) => Value::Bytes(Some(bytes.to_vec())),
        ValueRef::Text(bytes) => {
            let text =
                std::str::from_utf8(bytes).map_err(|fault| Fault::new(Trouble::Bug, fault))?;
            Value::Text(Some(text.to_owned()))
        }
    })
}
