//! Writes, transactions and single statements: a thread with a runtime of its
//! own, on which bodies take turns, so that they need not be `Send`; and a pool
//! of connections. A commit is waited for on a connection of its own: reads are
//! not queued behind it, and the server commits those of many in one go.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{
    FutureExt,
    future::{LocalBoxFuture, join},
};
use tokio::{
    sync::{Mutex, Semaphore, mpsc},
    task::{LocalSet, spawn_local},
    time::{sleep, timeout, timeout_at},
};
use tollgate_base::{
    Error, Result,
    entropy::Entropy,
    fail::{FailPoints, Moment},
};

use super::{Connection, connector::Connector, lanes::Lanes, silent};
use crate::sql::{
    ALONE, QUEUE, Settings,
    body::Body,
    fault::{Fault, Trouble},
    health::{Gauges, Health},
    ticket::{Ticket, issue},
    tx::{Session, Wire},
};

/// Most writes at once.
const POOL: usize = 16;
/// How long COMMIT may take beyond the deadline of its transaction.
const COMMIT: Duration = Duration::from_secs(5);
/// How long closing may take.
const CLOSING: Duration = Duration::from_secs(30);
/// The longest pause before a transaction that collided is tried again.
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

const BEGIN_SERIALIZABLE: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE";
/// READ COMMITTED, so that each statement sees what whoever held the lock
/// before has committed. The number is only ours: "toll" in ASCII.
const BEGIN_ALONE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = '1h'; \
    SET LOCAL idle_in_transaction_session_timeout = '1h'; SELECT pg_advisory_xact_lock(1953459308)";

/// How a transaction begins, and how long it may take.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    begin: &'static str,
    until: Instant,
}

impl Plan {
    pub(super) const fn serializable(until: Instant) -> Self {
        Self {
            begin: BEGIN_SERIALIZABLE,
            until,
        }
    }

    pub(super) fn alone() -> Self {
        Self {
            begin: BEGIN_ALONE,
            until: Instant::now() + ALONE,
        }
    }
}

type Job = Box<dyn FnOnce(Rc<Pool>) -> LocalBoxFuture<'static, ()> + Send>;

/// The callers' end.
pub(super) struct Transactions {
    jobs: mpsc::UnboundedSender<Job>,
    /// Bounds the queue, and tells when it is empty.
    places: Arc<Semaphore>,
    gauges: Arc<Gauges>,
}

impl Transactions {
    pub(super) fn start(
        connector: Arc<Connector>,
        lanes: Arc<Lanes>,
        settings: &Settings,
    ) -> Result<Self> {
        let down = |fault| Fault::new(Trouble::Down, fault);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(down)?;
        let (jobs, mut waiting) = mpsc::unbounded_channel::<Job>();
        let gauges = Arc::new(Gauges::default());
        let permits = Semaphore::new(settings.max_transactions.clamp(1, POOL));
        let (counted, fail_points) = (gauges.clone(), settings.fail_points.clone());
        let work = move || {
            let pool = Rc::new(Pool {
                connector,
                lanes,
                permits,
                turns: Mutex::default(),
                idle: RefCell::default(),
                gauges: counted,
                fail_points,
            });
            LocalSet::new().block_on(&runtime, async {
                while let Some(job) = waiting.recv().await {
                    spawn_local(job(pool.clone()));
                }
            });
        };
        std::thread::Builder::new()
            .name("store-transactions".to_owned())
            .spawn(work)
            .map_err(down)?;
        Ok(Self {
            jobs,
            places: Arc::new(Semaphore::new(QUEUE)),
            gauges,
        })
    }

    pub(super) async fn write(&self, plan: Plan, body: Box<dyn Body>) -> Result<()> {
        let work = async move |pool: &Pool, ticket: &Ticket<()>| {
            pool.transact(plan, ticket, body.as_ref()).await
        };
        self.queue(plan.until, work).await
    }

    /// Run a statement as a transaction of its own. READ COMMITTED, as it
    /// carries its own guard: PostgreSQL evaluates that guard again on a row
    /// that changed meanwhile.
    pub(super) async fn state<T, F>(
        &self,
        until: Instant,
        sql: &'static str,
        statement: F,
    ) -> Result<T>
    where
        F: AsyncFn(&Connection) -> Result<T, Fault> + Send + 'static,
        T: Send + 'static,
    {
        let work = async move |pool: &Pool, ticket: &Ticket<T>| {
            pool.state(until, sql, ticket, &statement).await
        };
        self.queue(until, work).await
    }

    async fn queue<T, F>(&self, until: Instant, work: F) -> Result<T>
    where
        F: AsyncFnOnce(&Pool, &Ticket<T>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let place = self.places.clone().try_acquire_owned().map_err(|refusal| {
            let closed = self.places.is_closed();
            if closed { Trouble::Down } else { Trouble::Busy }.because(refusal)
        })?;
        let (ticket, receipt) = issue(until);
        let job: Job = Box::new(move |pool| {
            let work = async move {
                let outcome = work(&pool, &ticket).await;
                ticket.answer(outcome);
                drop(place);
            };
            work.boxed_local()
        });
        self.jobs
            .send(job)
            .map_err(|_| Trouble::Down.because("the thread that runs writes has ended"))?;
        receipt.outcome().await
    }

    pub(super) fn health(&self) -> Health {
        self.gauges.look(QUEUE - self.places.available_permits())
    }

    /// Let what waits finish. Taking every place keeps newcomers out meanwhile.
    pub(super) async fn close(&self) {
        if timeout(CLOSING, self.places.acquire_many(QUEUE as u32))
            .await
            .is_err()
        {
            tracing::warn!("The database was still busy when its time to close was up");
        }
        self.places.close();
    }
}

/// The thread's end: connections that are free, and how many may be in use.
struct Pool {
    connector: Arc<Connector>,
    lanes: Arc<Lanes>,
    permits: Semaphore,
    /// Whoever collided waits for it: what ran at once would collide again.
    turns: Mutex<()>,
    idle: RefCell<Vec<Connection>>,
    gauges: Arc<Gauges>,
    fail_points: FailPoints,
}

/// How an attempt ended.
enum Attempt {
    Done(Result<()>),
    Collided(Error),
}

impl Pool {
    async fn transact(&self, plan: Plan, ticket: &Ticket<()>, body: &dyn Body) -> Result<()> {
        let permit = timeout_at(plan.until.into(), self.permits.acquire()).await;
        let _permit = permit.map_err(|_| late())?;
        let (mut attempt, mut turn) = (0, None);
        while ticket.is_wanted() {
            let begun = timeout_at(plan.until.into(), self.begin(plan.begin)).await;
            let connection = begun.map_err(|_| late())??;
            if !ticket.start() {
                break;
            }
            match self.attempt(plan, connection, body).await {
                Attempt::Done(result) => return result,
                Attempt::Collided(error) => {
                    pause(&mut attempt, plan.until, error).await?;
                    if turn.is_none() {
                        let waited = timeout_at(plan.until.into(), self.turns.lock()).await;
                        turn = Some(waited.map_err(|_| late())?);
                    }
                }
            }
        }
        Err(late())
    }

    async fn state<T, F>(
        &self,
        until: Instant,
        sql: &'static str,
        ticket: &Ticket<T>,
        statement: &F,
    ) -> Result<T>
    where
        F: AsyncFn(&Connection) -> Result<T, Fault>,
    {
        let permit = timeout_at(until.into(), self.permits.acquire()).await;
        let _permit = permit.map_err(|_| late())?;
        let mut attempt = 0;
        while ticket.is_wanted() {
            let connection = match self.idle() {
                Some(connection) => connection,
                None => timeout_at(until.into(), self.connect())
                    .await
                    .map_err(|_| late())??,
            };
            if !ticket.start() {
                self.idle.borrow_mut().push(connection);
                break;
            }
            self.fail_points.pass(Moment::Statement, sql);
            let began = Instant::now();
            // A wait that was broken off leaves open what became of it.
            let outcome = timeout_at((until + COMMIT).into(), statement(&connection))
                .await
                .unwrap_or_else(|_| Err(silent()));
            self.fail_points.pass(Moment::Committed, sql);
            let lost = matches!(&outcome, Err(fault) if fault.trouble == Trouble::Down);
            if !lost {
                self.idle.borrow_mut().push(connection);
            }
            match outcome {
                Err(fault) if fault.trouble == Trouble::Retry => {
                    pause(&mut attempt, until, fault.into()).await?;
                }
                Err(fault) => return Err(fault.into()),
                Ok(answer) => {
                    self.gauges.committed(1, began.elapsed());
                    return Ok(answer);
                }
            }
        }
        Err(late())
    }

    /// One that has not died as far as is known.
    fn idle(&self) -> Option<Connection> {
        let mut idle = self.idle.borrow_mut();
        std::iter::from_fn(|| idle.pop()).find(|connection| !connection.is_closed())
    }

    async fn connect(&self) -> Result<Connection, Fault> {
        // While the server is away the lanes alone knock at its door.
        self.lanes.pick()?;
        let (connection, driver) = self.connector.connect().await?;
        spawn_local(driver);
        Ok(connection)
    }

    /// A connection in a new transaction. An idle one may have died unnoticed;
    /// nothing has been done on it yet, so that another may take its place.
    async fn begin(&self, begin: &str) -> Result<Connection, Fault> {
        while let Some(connection) = self.idle() {
            match connection.script(begin).await {
                Ok(()) => return Ok(connection),
                Err(fault) if fault.trouble == Trouble::Down => {}
                Err(fault) => return Err(fault),
            }
        }
        let connection = self.connect().await?;
        connection.script(begin).await?;
        Ok(connection)
    }

    /// A connection is kept only after a transaction that ended in order:
    /// dropping any other makes the server roll back.
    async fn attempt(&self, plan: Plan, connection: Connection, body: &dyn Body) -> Attempt {
        let session = Session::new(Wire::Postgres(&connection), &self.fail_points);
        let Ok(result) = timeout_at(plan.until.into(), session.run(body)).await else {
            return Attempt::Done(Err(late()));
        };
        if result.is_ok() {
            self.fail_points.pass(Moment::Commit, "");
        }
        let began = Instant::now();
        // What the body has sent and COMMIT go together. Where one of those
        // failed, the server has made a ROLLBACK of the COMMIT.
        let end = connection.script(if result.is_ok() { "COMMIT" } else { "ROLLBACK" });
        let both = join(end, session.settle());
        let (ended, settled) = timeout_at((plan.until + COMMIT).into(), both)
            .await
            .unwrap_or_else(|_| (Err(silent()), Ok(())));
        let collided = session.trouble() == Some(Trouble::Retry);
        let result = match settled {
            Err(fault) if result.is_ok() => Err(fault.into()),
            _ => result,
        };
        let in_order = ended
            .as_ref()
            .err()
            .is_none_or(|fault| fault.trouble == Trouble::Retry);
        if in_order {
            self.idle.borrow_mut().push(connection);
        }
        match (result, ended) {
            (Ok(()), Ok(())) => {
                self.gauges.committed(1, began.elapsed());
                self.fail_points.pass(Moment::Committed, "");
                Attempt::Done(Ok(()))
            }
            (Ok(()), Err(fault)) if fault.trouble == Trouble::Retry => {
                Attempt::Collided(fault.into())
            }
            // Perhaps committed, perhaps not: never Ok, never run again.
            (Ok(()), Err(fault)) => Attempt::Done(Err(fault.into())),
            (Err(error), _) if collided => Attempt::Collided(Trouble::Retry.because(error)),
            (Err(error), _) => Attempt::Done(Err(error)),
        }
    }
}

fn late() -> Error {
    Trouble::Busy.because("the transaction did not end before its deadline")
}

/// Wait a little, by chance more or less, so that transactions that collided
/// do not collide again.
///
/// # Errors
/// `busy.store` if the deadline would pass.
pub(super) async fn pause(attempt: &mut u32, until: Instant, collision: Error) -> Result<()> {
    metrics::counter!("tollgate_store_retries_total").increment(1);
    let [chance] = Entropy.bytes::<1>()?;
    let most = LONGEST_PAUSE.min(Duration::from_millis(4) * 2u32.saturating_pow(*attempt));
    let span = most.mul_f64(f64::from(chance) / 255.0);
    if Instant::now() + span >= until {
        return Err(collision);
    }
    *attempt += 1;
    sleep(span).await;
    Ok(())
}
