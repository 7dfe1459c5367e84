//! Migrations: the schema's way forward, one checksummed step at a time. The
//! steps themselves live with the records.
//!
//! What a database has had must be the beginning of what this program knows,
//! text for text. A database that is ahead is refused without a write: a
//! server that is running goes on, as each step is safe under the previous
//! version, but one that starts must know the schema that it starts on.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use tollgate_base::{Error, Result, codes, time::Time};

use crate::sql::{Db, Either, Row, Tx, args, either, queries};

const EXISTS: Either = either!(
    sqlite = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'",
    postgres = "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables \
                WHERE table_schema = current_schema() AND table_name = 'schema_migrations'",
);
const MAKE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations \
    (version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)";

queries! {
    APPLIED = "SELECT version, name, checksum, applied_at FROM schema_migrations ORDER BY version";
    NOTE = "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)";
}

/// One step. Its text never changes once it has been released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// From 1, rising.
    pub version: i64,
    /// A few words.
    pub name: &'static str,
    /// Statements that both engines take, each ended by `;`.
    pub sql: &'static str,
}

/// A step that the database has had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Which.
    pub version: i64,
    /// As it was called.
    pub name: String,
    /// SHA-256 of its text, in base64.
    pub checksum: String,
    /// When.
    pub applied_at: Time,
}

/// What [`run`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The steps that this run applied; none if another node was first.
    pub applied: Vec<i64>,
    /// Where the database is now; 0 if it has had none.
    pub version: i64,
}

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The steps that it has had.
    pub applied: Vec<Applied>,
    /// Those that it lacks.
    pub pending: Vec<Migration>,
    /// Why [`run`] would refuse it.
    pub refusal: Option<String>,
}

/// Bring the database up to date, each step in a transaction of its own. Of
/// several nodes that start at once, one does the work and the others wait.
///
/// # Errors
/// `migration.failed` if the database has had a step that this program does
/// not know or that reads otherwise here, or if a step fails: then that step
/// leaves nothing behind, and those before it stand.
pub async fn run(db: &Db, all: &[Migration], now: Time) -> Result<Report> {
    if !all.is_sorted_by(|one, next| one.version < next.version) {
        return Err(refused(
            "The versions of the migrations do not rise".to_owned(),
        ));
    }
    let mut report = Report {
        applied: Vec::new(),
        version: 0,
    };
    loop {
        let known = all.to_vec();
        match db
            .alone(async move |tx: &mut Tx<'_>| step(tx, &known, now).await)
            .await?
        {
            Step::Taken(version) => {
                tracing::info!(migration.version = version, "Applied migration {version}");
                report.applied.push(version);
            }
            Step::Last(version) => return Ok(Report { version, ..report }),
        }
    }
}

/// Look, and write nothing.
///
/// # Errors
/// As [`Db::rows`].
pub async fn status(db: &Db, all: &[Migration]) -> Result<Status> {
    let exists = db.maybe(EXISTS.text(db.engine()), args![]).await?.is_some();
    let rows = if exists {
        db.rows(APPLIED, args![]).await?
    } else {
        Vec::new()
    };
    let applied = rows.iter().map(applied).collect::<Result<Vec<_>>>()?;
    Ok(match pending(&applied, all) {
        Ok(pending) => Status {
            pending: pending.to_vec(),
            applied,
            refusal: None,
        },
        Err(reason) => Status {
            pending: Vec::new(),
            applied,
            refusal: Some(reason),
        },
    })
}

enum Step {
    Taken(i64),
    Last(i64),
}

/// Apply the first step that is missing. Looks again each time, as another
/// node may have been here meanwhile.
async fn step(tx: &mut Tx<'_>, all: &[Migration], now: Time) -> Result<Step> {
    tx.run(MAKE, args![]).await?;
    let applied = tx
        .rows(APPLIED, args![])
        .await?
        .iter()
        .map(applied)
        .collect::<Result<Vec<_>>>()?;
    let Some(next) = pending(&applied, all).map_err(refused)?.first() else {
        return Ok(Step::Last(applied.last().map_or(0, |last| last.version)));
    };
    tx.script(next.sql)
        .await
        .map_err(|fault| refused(format!("Migration {} failed", next.version)).because(fault))?;
    tx.run(NOTE, args![next.version, next.name, checksum(next), now])
        .await?;
    Ok(Step::Taken(next.version))
}

/// What is left of `all` after `applied`, or why they do not belong together.
fn pending<'m>(applied: &[Applied], all: &'m [Migration]) -> Result<&'m [Migration], String> {
    for (had, known) in applied.iter().zip(all) {
        if had.version != known.version {
            return Err(format!(
                "The database has had migration {} where {} was expected",
                had.version, known.version
            ));
        }
        if had.checksum != checksum(known) {
            return Err(format!(
                "Migration {} reads otherwise than when it was applied",
                had.version
            ));
        }
    }
    all.get(applied.len()..).ok_or_else(|| {
        let (had, known) = (applied.last().map_or(0, |last| last.version), all.last().map_or(0, |last| last.version));
        format!("The database is at migration {had}, and this program knows only {known}: use a newer program")
    })
}

fn applied(row: &Row) -> Result<Applied> {
    Ok(Applied {
        version: row.get("version")?,
        name: row.get("name")?,
        checksum: row.get("checksum")?,
        applied_at: row.get("applied_at")?,
    })
}

fn checksum(migration: &Migration) -> String {
    STANDARD.encode(digest(&SHA256, migration.sql.as_bytes()))
}

fn refused(reason: String) -> Error {
    Error::new(&codes::MIGRATION_FAILED).detail(reason)
}
