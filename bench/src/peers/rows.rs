//! Rows of the audit trail written in batches on one SQLite connection that is
//! durable as the server's is, and nothing else.

use rusqlite::{Connection, params};
use tollgate_records::events::{self, Event};

use super::rotation::{open, text};
use crate::Result;

/// A trail that nobody else writes.
pub(crate) struct Rows {
    connection: Connection,
    append: String,
}

impl Rows {
    /// In a file that the server has migrated.
    pub(crate) fn open(file: &str) -> Result<Self> {
        Ok(Self {
            connection: open(file)?,
            append: text(events::QUERIES, "APPEND"),
        })
    }

    /// Write these with one commit.
    pub(crate) fn write(&self, events: &[Event]) -> Result<()> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let mut append = self.connection.prepare_cached(&self.append)?;
        for event in events {
            append.execute(params![
                event.id.to_string(),
                event.at.micros(),
                event.kind,
                event.actor,
                event.subject,
                event.session,
                event.data,
                event.personal,
                event.address,
                event.salt,
                event.personal_digest
            ])?;
        }
        self.connection.execute_batch("COMMIT")?;
        Ok(())
    }
}
