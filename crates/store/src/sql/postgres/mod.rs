//! PostgreSQL: reads pipelined on a few connections that mend themselves,
//! writes on a thread of their own.

mod connection;
mod connector;
mod lanes;
mod tls;
mod transactions;

use std::{sync::Arc, time::Instant};

use tokio::{runtime::Handle, sync::Semaphore, time::timeout};
use tollgate_base::{Error, Result, codes, fail::FailPoints, time::Time};

pub(super) use self::connection::Connection;
use self::{connector::Connector, lanes::Lanes, transactions::Transactions};
use super::{
    Settings,
    body::Body,
    fault::{Fault, Trouble},
    health::Health,
    row::Row,
    tx::{Session, Tx, Wire},
    value::Value,
};

/// Snapshots at once, each on a thread and a connection of its own.
const SNAPSHOTS: usize = 2;
/// A snapshot may take longer than any other transaction.
const BEGIN_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
    SET LOCAL statement_timeout = '1h'; SET LOCAL idle_in_transaction_session_timeout = '1h'";

pub(super) struct Postgres {
    connector: Arc<Connector>,
    lanes: Arc<Lanes>,
    transactions: Transactions,
    snapshots: Arc<Semaphore>,
    settings: Settings,
}

impl Postgres {
    pub(super) async fn open(settings: &Settings) -> Result<Self> {
        let connector = Arc::new(Connector::new(settings)?);
        let lanes = Arc::new(Lanes::open(&connector).await?);
        let transactions = Transactions::start(connector.clone(), lanes.clone(), settings)?;
        let snapshots = Arc::new(Semaphore::new(SNAPSHOTS));
        Ok(Self {
            connector,
            lanes,
            transactions,
            snapshots,
            settings: settings.clone(),
        })
    }

    pub(super) async fn rows(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>> {
        let lane = self.lanes.pick()?;
        Ok(lane
            .within(self.settings.read_deadline, lane.connection.rows(sql, args))
            .await?)
    }

    pub(super) async fn write_one(&self, sql: &'static str, args: Vec<Value>) -> Result<u64> {
        let statement = async move |connection: &Connection| connection.run(sql, &args).await;
        self.transactions
            .state(self.write_until(), sql, statement)
            .await
    }

    pub(super) async fn at_once(&self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>> {
        let statement = async move |connection: &Connection| connection.rows(sql, &args).await;
        self.transactions
            .state(self.write_until(), sql, statement)
            .await
    }

    fn write_until(&self) -> Instant {
        Instant::now() + self.settings.write_deadline
    }

    pub(super) async fn write(&self, body: Box<dyn Body>) -> Result<()> {
        self.transactions
            .write(transactions::Plan::serializable(self.write_until()), body)
            .await
    }

    pub(super) async fn alone(&self, body: Box<dyn Body>) -> Result<()> {
        self.transactions
            .write(transactions::Plan::alone(), body)
            .await
    }

    /// On a thread of its own, which may block; the connection is driven by
    /// the runtime.
    pub(super) async fn snapshot(&self, body: Box<dyn Body>) -> Result<()> {
        let permit = timeout(
            self.settings.read_deadline,
            self.snapshots.clone().acquire_owned(),
        )
        .await;
        let permit = permit.map_err(|_| Trouble::Busy.because("too many snapshots at once"))?;
        let (connection, driver) = self.connector.connect().await?;
        let runtime = Handle::current();
        runtime.spawn(driver);
        let work = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            runtime.block_on(async {
                connection.script(BEGIN_SNAPSHOT).await?;
                // Dropping the connection ends it.
                let nowhere = FailPoints::none();
                Session::new(Wire::Postgres(&connection), &nowhere)
                    .run(body.as_ref())
                    .await
            })
        });
        work.await
            .map_err(|fault| Error::new(&codes::INTERNAL_PANIC).because(fault))?
    }

    pub(super) async fn prepare(&self, sql: &str) -> Result<()> {
        let lane = self.lanes.pick()?;
        Ok(lane
            .within(self.settings.read_deadline, lane.connection.prepare(sql))
            .await?)
    }

    pub(super) fn health(&self) -> Health {
        self.transactions.health()
    }

    pub(super) async fn close(&self) {
        self.transactions.close().await;
    }
}

/// A body for a snapshot: pages whose checksum was wrong, where the server
/// keeps checksums.
pub(super) async fn check(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let sql = "SELECT CAST(coalesce(checksum_failures, 0) AS BIGINT) AS failures \
               FROM pg_stat_database WHERE datname = current_database()";
    let failures: i64 = tx.one(sql, Vec::new()).await?.get("failures")?;
    Ok(if failures == 0 {
        Vec::new()
    } else {
        vec![format!("{failures} pages had a wrong checksum")]
    })
}

/// A body for a snapshot: what time it is there.
pub(super) async fn clock(tx: &mut Tx<'_>) -> Result<Time> {
    let sql = "SELECT CAST(clock_timestamp() AS TEXT) AS clock";
    let text: String = tx.one(sql, Vec::new()).await?.get("clock")?;
    text.parse()
}

/// A wait that took too long for a database that is well.
fn silent() -> Fault {
    Fault::new(Trouble::Down, "the database did not answer in time")
}
