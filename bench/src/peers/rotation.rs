//! The statements of one refresh on SQLite and nothing else, on one connection
//! that is durable as the server's is: a commit for each, or one for many.

use std::time::{Duration, Instant};

use rusqlite::{Connection, config::DbConfig, params};
use tollgate_base::{
    entropy::Entropy,
    id::EventId,
    time::{Clock, Time},
};
use tollgate_flows::refresh;
use tollgate_records::{events, sessions};

use crate::Result;

/// A chain of tokens in a database that nobody else uses.
pub(crate) struct Rotation {
    connection: Connection,
    texts: Texts,
    chains: Vec<Chain>,
}

/// One session's chain.
pub(crate) struct Chain {
    pub(crate) session: String,
    pub(crate) account: String,
    pub(crate) token: [u8; 32],
    pub(crate) generation: i64,
}

/// The server's own texts, in SQLite's spelling.
struct Texts {
    presented: String,
    spend: String,
    add: String,
    saw: String,
    append: String,
}

impl Rotation {
    /// In a file that the server has migrated and people were written to.
    pub(crate) fn open(file: &str, chains: usize) -> Result<Self> {
        let connection = open(file)?;
        let mut statement = connection.prepare(
            "SELECT r.hash, r.session_id, r.generation, s.account_id
             FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id
                JOIN identifiers i ON i.account_id = s.account_id
             WHERE r.used_at IS NULL ORDER BY i.canonical DESC LIMIT ?1",
        )?;
        let found = statement
            .query_map([chains as i64], |row| {
                Ok(Chain {
                    token: row.get(0)?,
                    session: row.get(1)?,
                    generation: row.get(2)?,
                    account: row.get(3)?,
                })
            })?
            .collect::<Result<Vec<_>, _>>()?;
        drop(statement);
        assert_eq!(found.len(), chains, "as many people as chains");
        Ok(Self {
            connection,
            texts: Texts::of_the_server(),
            chains: found,
        })
    }

    /// Rotate for `during`, one of each chain to a commit; rotations in a second.
    pub(crate) fn run(&mut self, during: Duration) -> Result<f64> {
        let (begun, mut done) = (Instant::now(), 0);
        while begun.elapsed() < during {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
            let now = Clock::machine().now();
            for chain in &mut self.chains {
                chain.rotate(&self.connection, &self.texts, now)?;
                done += 1;
            }
            self.connection.execute_batch("COMMIT")?;
        }
        Ok(f64::from(done) / begun.elapsed().as_secs_f64())
    }
}

impl Chain {
    fn rotate(&mut self, connection: &Connection, texts: &Texts, now: Time) -> Result<()> {
        let now_micros = now.micros();
        let mut statement = connection.prepare_cached(&texts.presented)?;
        assert!(statement.exists([self.token])?, "the chain's token");
        let (next, generation) = (Entropy.bytes::<32>()?, self.generation + 1);
        let changed = connection
            .prepare_cached(&texts.spend)?
            .execute(params![self.token, now_micros])?;
        assert_eq!(changed, 1, "spent once");
        let expires = now.plus(Duration::from_hours(24)).micros();
        connection.prepare_cached(&texts.add)?.execute(params![
            next,
            self.session,
            generation,
            now_micros,
            expires
        ])?;
        connection
            .prepare_cached(&texts.saw)?
            .execute(params![self.session, now_micros])?;
        let event = EventId::new(now, &Entropy)?.to_string();
        let nothing = None::<String>;
        connection.prepare_cached(&texts.append)?.execute(params![
            event,
            now_micros,
            "session.refreshed",
            self.account,
            self.account,
            self.session,
            "{}",
            nothing,
            nothing,
            next
        ])?;
        (self.token, self.generation) = (next, generation);
        Ok(())
    }
}

impl Texts {
    fn of_the_server() -> Self {
        Self {
            presented: text(refresh::read::QUERIES, "PRESENTED"),
            spend: text(sessions::QUERIES, "USE_REFRESH"),
            add: text(sessions::QUERIES, "ADD_REFRESH"),
            saw: text(sessions::QUERIES, "SAW"),
            append: text(events::QUERIES, "APPEND"),
        }
    }
}

/// A connection that is durable as the server's is.
pub(super) fn open(file: &str) -> Result<Connection> {
    let connection = Connection::open(file)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA journal_size_limit = 67108864",
    )?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// One of the server's texts, in SQLite's spelling.
pub(super) fn text(of: &[(&str, &str)], name: &str) -> String {
    let found = of.iter().find(|(known, _)| *known == name);
    found.expect("a text of the room").1.replace('$', "?")
}
