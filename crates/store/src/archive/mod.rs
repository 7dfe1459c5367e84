//! Portable backups: whole tables as lines of JSON, the same for both engines.
//! Which tables there are, and what a restore ends, is the caller's to know.
//!
//! A file is proved whole before a restore writes its first row. The seal
//! guards against accidents; whoever can alter the file can make a new one.

mod file;
mod line;

use std::{ops::ControlFlow, path::Path};

use tollgate_base::{Error, Result, codes, time::Time};

use self::{
    file::{Draft, Reader},
    line::{Cell, Head, Line},
};
use crate::sql::{Db, Row, Tx, Value, args};

/// What a backup says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The version of the last migration that the database had had.
    pub schema_version: i64,
    /// Which installation it comes from.
    pub installation: String,
    /// Which master key its sealed columns need.
    pub master_key_id: String,
    /// When it was made.
    pub made_at: Time,
}

/// What was written or read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The file's own words.
    pub header: Header,
    /// Rows of each table, in the file's order.
    pub tables: Vec<(String, u64)>,
}

/// Write these tables, as they are at one moment, to a new file that only its
/// owner may read. It appears at `path` once it is complete and durable;
/// writers never wait for it.
///
/// # Errors
/// `backup.failed` if the file cannot be written, and those of [`Db::snapshot`].
pub async fn write(
    db: &Db,
    tables: &[&'static str],
    header: Header,
    path: &Path,
) -> Result<Summary> {
    let (tables, path) = (tables.to_vec(), path.to_path_buf());
    db.snapshot(async move |tx: &mut Tx<'_>| {
        let mut draft = Draft::create(&path)?;
        draft.line(&Line::Header(Head::from(&header)))?;
        let mut counts = Vec::new();
        for table in &tables {
            counts.push((
                (*table).to_owned(),
                write_table(tx, &mut draft, table).await?,
            ));
        }
        draft.seal()?;
        Ok(Summary {
            header: header.clone(),
            tables: counts,
        })
    })
    .await
}

/// Read a backup into these tables, which have to be empty, parents before
/// children. All rows and `finish` are one transaction. Blocks its thread
/// while it proves the file: a thing for the command line.
///
/// # Errors
/// `backup.invalid`, before anything is written, if the file is not whole or
/// holds other tables; `backup.not_empty`; and those of [`Db::write`].
pub async fn read<F>(db: &Db, tables: &[&'static str], path: &Path, finish: F) -> Result<Summary>
where
    F: AsyncFn(&mut Tx<'_>) -> Result<()> + Send + 'static,
{
    let (tables, path) = (tables.to_vec(), path.to_path_buf());
    prove(&path, &tables)?;
    db.alone(async move |tx: &mut Tx<'_>| {
        let summary = read_tables(tx, &path, &tables).await?;
        finish(tx).await?;
        Ok(summary)
    })
    .await
}

/// What a backup says about itself. Does not prove that the rest is whole.
///
/// # Errors
/// `backup.invalid`.
pub fn header(path: &Path) -> Result<Header> {
    Ok(Reader::open(path)?.header().clone())
}

/// The text is made from names of ours, never from the file's. The columns
/// are known with the first row; a table without rows has none to tell.
async fn write_table(tx: &mut Tx<'_>, draft: &mut Draft, table: &str) -> Result<u64> {
    let mut rows = 0;
    let mut written = Ok(());
    let begin = |columns: &[String]| Line::Table {
        name: table.to_owned(),
        columns: columns.to_vec(),
    };
    let mut write_row = |row: Row| {
        if rows == 0 {
            draft.line(&begin(row.columns()))?;
        }
        rows += 1;
        draft.line(&Line::Row(
            row.into_values().into_iter().map(Cell::from).collect(),
        ))
    };
    tx.each(&format!("SELECT * FROM {table}"), &args![], &mut |row| {
        written = write_row(row);
        if written.is_ok() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })
    .await?;
    written?;
    if rows == 0 {
        draft.line(&begin(&[]))?;
    }
    draft.line(&Line::End { rows })?;
    Ok(rows)
}

/// Read the whole file once, to no effect.
fn prove(path: &Path, tables: &[&'static str]) -> Result<()> {
    let mut reader = Reader::open(path)?;
    let mut names = Vec::new();
    while let Some(line) = reader.next()? {
        if let Line::Table { name, .. } = line {
            names.push(name);
        }
    }
    if names == tables {
        Ok(())
    } else {
        Err(file::invalid("it holds other tables than this program has"))
    }
}

/// The reader proves the file once more, in case it was changed meanwhile: a
/// fault in its last line still rolls everything back.
async fn read_tables(tx: &mut Tx<'_>, path: &Path, tables: &[&'static str]) -> Result<Summary> {
    for table in tables {
        must_be_empty(tx, table).await?;
    }
    let mut reader = Reader::open(path)?;
    let mut counts: Vec<(String, u64)> = Vec::new();
    let mut insert = String::new();
    while let Some(line) = reader.next()? {
        match line {
            Line::Table { name, columns } => {
                let places = (1..=columns.len())
                    .map(|place| format!("${place}"))
                    .collect::<Vec<_>>();
                insert = format!(
                    "INSERT INTO {name} ({}) VALUES ({})",
                    columns.join(", "),
                    places.join(", ")
                );
                counts.push((name, 0));
            }
            Line::Row(cells) => {
                let values = cells
                    .iter()
                    .map(Value::try_from)
                    .collect::<Result<Vec<_>>>()?;
                tx.run_text(&insert, &values).await?;
                if let Some((_, rows)) = counts.last_mut() {
                    *rows += 1;
                }
            }
            _ => {}
        }
    }
    if !counts.iter().map(|(name, _)| name).eq(tables) {
        return Err(file::invalid("it was changed while it was read"));
    }
    Ok(Summary {
        header: reader.header().clone(),
        tables: counts,
    })
}

async fn must_be_empty(tx: &mut Tx<'_>, table: &str) -> Result<()> {
    let mut found = Ok(());
    let sql = format!("SELECT 1 AS present FROM {table} LIMIT 1");
    tx.each(&sql, &args![], &mut |_| {
        let rows = format!("table {table} has rows");
        found = Err(Error::new(&codes::BACKUP_NOT_EMPTY).because(rows));
        ControlFlow::Break(())
    })
    .await?;
    found
}
