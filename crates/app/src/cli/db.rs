//! `db`: the database itself. Everything works while a server runs, but
//! restoring, which needs an empty database.

use std::{fs, path::PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use tollgate_base::{Error, codes, time::Clock};
use tollgate_flows::backup::{self, Sessions};
use tollgate_records::{events, schema};
use tollgate_store::{
    archive::Summary,
    migrate::{self, Status},
    sql::{Db, Engine},
};

use crate::{
    config::{self, meant::backend::DatabaseUrl},
    wire,
};

use super::{
    exit::Failure,
    office::{OPERATOR, Office},
    shapes::time,
    terminal::{Answer, fields},
};

#[derive(Subcommand)]
pub(crate) enum Database {
    /// Bring the schema up to date; a start does so by itself
    Migrate,
    /// Show which database it is, its schema, its size and its audit trail
    Status,
    /// Have the database look for damage in itself
    Check,
    /// Write a backup to a new file, while the server runs
    Backup(Backup),
    /// Read a backup into an empty database; all sessions in it end
    Restore(Restore),
}

#[derive(Args)]
pub(crate) struct Backup {
    /// The new file
    file: PathBuf,
}

#[derive(Args)]
pub(crate) struct Restore {
    /// A file that `db backup` wrote
    file: PathBuf,
    /// Let sessions live on. What was revoked after the backup comes back!
    #[arg(long)]
    keep_sessions: bool,
}

impl Database {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        match self {
            Self::Migrate => with_database(office, async |db, _| migrated(db).await).await,
            Self::Status => {
                with_database(office, async |db, config| status(db, config).await).await
            }
            Self::Check => with_database(office, async |db, _| check(db).await).await,
            Self::Backup(backup) => backup.run(office).await,
            Self::Restore(restore) => restore.run(office).await,
        }
    }
}

/// Open the database as it is, work, and close it again.
async fn with_database(
    office: &Office,
    work: impl AsyncFnOnce(&Db, &config::Config) -> Result<Answer, Failure>,
) -> Result<Answer, Failure> {
    let loaded = office.load()?;
    let db = wire::database(&loaded.config).await?;
    let outcome = work(&db, &loaded.config).await;
    db.close().await;
    outcome
}

async fn migrated(db: &Db) -> Result<Answer, Failure> {
    let report = migrate::run(db, schema::MIGRATIONS, Clock::machine().now()).await?;
    let (count, version) = (report.applied.len(), report.version);
    let text = format!("The schema is at version {version}; {count} migration(s) applied.");
    Ok(Answer::new(
        json!({ "applied": report.applied, "schema": version }),
        text,
    ))
}

async fn status(db: &Db, config: &config::Config) -> Result<Answer, Failure> {
    let status = migrate::status(db, schema::MIGRATIONS).await?;
    let events = match &status {
        Status {
            pending,
            refusal: None,
            ..
        } if pending.is_empty() => Some(trail(db).await?),
        _ => None,
    };
    let engine = match db.engine() {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    };
    let version = status.applied.last().map_or(0, |last| last.version);
    let size = size(&config.database.url);
    let pending: Vec<Value> = status
        .pending
        .iter()
        .map(|step| json!({ "version": step.version, "name": step.name }))
        .collect();
    let json = json!({
        "engine": engine,
        "schema": version,
        "pending": pending,
        "refusal": status.refusal,
        "size_bytes": size,
        "events": events.map(|(sealed, waiting)| json!({ "sealed": sealed, "waiting": waiting })),
    });
    let mut rows = vec![
        ("engine", engine.to_owned()),
        (
            "schema",
            format!("version {version}, {} migration(s) pending", pending.len()),
        ),
        (
            "size",
            size.map_or_else(
                || "known to the server".to_owned(),
                |size| format!("{size} bytes"),
            ),
        ),
    ];
    if let Some((sealed, waiting)) = events {
        rows.push(("events", format!("{sealed} sealed, {waiting} waiting")));
    }
    if let Some(refusal) = status.refusal {
        rows.push(("refused", refusal));
    }
    Ok(Answer::new(json, fields(&rows)))
}

/// Bytes of the file and of its journals; a server's size is its own affair.
fn size(url: &DatabaseUrl) -> Option<u64> {
    let DatabaseUrl::Sqlite(path) = url else {
        return None;
    };
    let length = |ending: &str| {
        let mut name = path.clone().into_os_string();
        name.push(ending);
        fs::metadata(name).map_or(0, |metadata| metadata.len())
    };
    Some(["", "-wal", "-shm"].into_iter().map(length).sum())
}

/// Events that are sealed and that wait.
async fn trail(db: &Db) -> Result<(i64, i64), Error> {
    Ok((events::last_number(db).await?, events::waiting(db).await?))
}

async fn check(db: &Db) -> Result<Answer, Failure> {
    let faults = db.check().await?;
    if faults.is_empty() {
        return Ok(Answer::new(
            json!({ "faults": faults }),
            "The database finds no fault in itself.",
        ));
    }
    Err(Error::new(&codes::DATABASE_DAMAGED)
        .detail(faults.join("; "))
        .into())
}

impl Backup {
    async fn run(self, office: &Office) -> Result<Answer, Failure> {
        if self.file.exists() {
            let detail = format!("{} is there already.", self.file.display());
            return Err(Error::new(&codes::FILE_EXISTS).detail(detail).into());
        }
        office
            .work(async |ctx| {
                let summary = backup::write(ctx, OPERATOR, self.file.clone()).await?;
                office.terminal.words("Keep the secrets file too, in another place: the backup is of no use without it.");
                Ok(answer("Wrote", &self.file, &summary))
            })
            .await
    }
}

impl Restore {
    async fn run(self, office: &Office) -> Result<Answer, Failure> {
        let sessions = if self.keep_sessions {
            Sessions::Keep
        } else {
            Sessions::End
        };
        if self.keep_sessions {
            office.terminal.words(
                "warning: with --keep-sessions, what was revoked after the backup comes back.",
            );
        }
        let loaded = office.load()?;
        office
            .terminal
            .confirm("Read this backup into the configured database?")?;
        let ctx = wire::open_for_restore(&loaded.config).await?;
        let outcome = backup::restore(&ctx, OPERATOR, (self.file.clone(), sessions)).await;
        ctx.db().close().await;
        Ok(answer("Read", &self.file, &outcome?))
    }
}

fn answer(done: &str, file: &std::path::Path, summary: &Summary) -> Answer {
    let rows: u64 = summary.tables.iter().map(|(_, rows)| rows).sum();
    let tables: serde_json::Map<String, Value> = summary
        .tables
        .iter()
        .map(|(table, rows)| (table.clone(), (*rows).into()))
        .collect();
    let (file, made) = (file.display().to_string(), time(summary.header.made_at));
    let text = format!(
        "{done} {file}: {rows} rows in {} tables, as of {made}.",
        tables.len()
    );
    let json = json!({
        "file": file,
        "made_at": made,
        "schema": summary.header.schema_version,
        "installation": summary.header.installation,
        "tables": tables,
    });
    Answer::new(json, text)
}
