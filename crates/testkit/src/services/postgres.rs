//! PostgreSQL for a test: a database of its own on the shared server, or a
//! server of its own that it may stop.

use std::{
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use tollgate_throwaway::{Postgres, Shutdown, postgres_program};

use super::{environment::database_url, private::Private};

/// An empty database on the shared server; dropped with this value.
#[derive(Debug)]
pub struct PostgresDatabase {
    server: String,
    name: String,
}

impl PostgresDatabase {
    /// Make one on the server of `TEST_DATABASE_URL`; none if that is not set.
    pub fn create() -> Option<Self> {
        database_url().map(|server| Self::create_on(&server))
    }

    /// Make one on the server behind `server`, a superuser's URL.
    pub fn create_on(server: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("tollgate_test_{}_{number}", std::process::id());
        // A process that was killed may have left one of that name.
        psql(
            server,
            &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        );
        psql(
            server,
            &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"),
        );
        Self {
            server: server.to_owned(),
            name,
        }
    }

    /// Where to connect.
    pub fn url(&self) -> String {
        with_database(&self.server, &self.name)
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        // A test may have stopped the server on purpose, so a refusal is no failure.
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let _ = psql_command(&self.server, &sql).output();
    }
}

/// A PostgreSQL of this test alone; it ends with this value.
#[derive(Debug)]
pub struct PostgresServer(Private<Postgres>);

impl PostgresServer {
    /// Initialise one and start it; takes about two seconds.
    pub async fn start() -> Self {
        Self(Private::create(Postgres::create).await)
    }

    /// Where to connect: an empty database, the superuser, no password.
    pub fn url(&self) -> String {
        self.0.ask(Postgres::url)
    }

    /// Run a command as its superuser.
    ///
    /// # Panics
    /// If it is refused.
    pub fn command(&self, sql: &str) {
        psql(&self.url(), sql);
    }

    /// Stop it, the hard way if asked, and wait till it is gone.
    pub async fn stop(&self, how: Shutdown) {
        self.0.act(move |server| server.stop(how)).await;
    }

    /// Start it as it was, on the same port, and wait till it answers.
    pub async fn start_again(&self) {
        self.0.act(Postgres::start).await;
    }
}

fn psql(url: &str, sql: &str) {
    let output = psql_command(url, sql).output().expect("psql starts");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{sql}: {told}");
}

fn psql_command(url: &str, sql: &str) -> Command {
    let program = postgres_program("psql").expect("psql is installed where PostgreSQL is");
    let mut command = Command::new(program);
    command.args(["--no-psqlrc", "--quiet", "--dbname", url, "--command", sql]);
    command
}

/// `url` with its path replaced by the database `name`.
fn with_database(url: &str, name: &str) -> String {
    let (address, parameters) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = address.split_once("://").expect("a URL has a scheme");
    let host = rest.split('/').next().unwrap_or(rest);
    let mark = if parameters.is_empty() { "" } else { "?" };
    format!("{scheme}://{host}/{name}{mark}{parameters}")
}

#[cfg(test)]
mod tests {
    use super::{PostgresDatabase, PostgresServer, Shutdown, psql, psql_command, with_database};

    #[test]
    fn only_the_name_of_the_database_changes() {
        for (url, expected) in [
            (
                "postgres://ann@127.0.0.1:5432/test",
                "postgres://ann@127.0.0.1:5432/fresh",
            ),
            ("postgres://127.0.0.1", "postgres://127.0.0.1/fresh"),
            (
                "postgres://h/a?sslmode=disable",
                "postgres://h/fresh?sslmode=disable",
            ),
        ] {
            assert_eq!(with_database(url, "fresh"), expected);
        }
    }

    /// The ground under `fault:F1` on PostgreSQL.
    #[tokio::test]
    #[ignore = "needs PostgreSQL: cargo xtask test"]
    async fn what_was_committed_outlives_an_immediate_stop() {
        let server = PostgresServer::start().await;
        let database = PostgresDatabase::create_on(&server.url());
        psql(
            &database.url(),
            "CREATE TABLE kept (id BIGINT); INSERT INTO kept VALUES (7)",
        );

        server.stop(Shutdown::Immediate).await;
        let refused = psql_command(&database.url(), "SELECT 1")
            .output()
            .expect("psql starts");
        assert!(!refused.status.success(), "a stopped server answered");

        server.start_again().await;
        psql(
            &database.url(),
            "DO 'BEGIN ASSERT (SELECT id FROM kept) = 7; END'",
        );
    }
}
