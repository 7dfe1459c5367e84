//! The one SQLite writer: a thread that takes the transactions that wait, runs
//! each in a savepoint of its own, commits them together and only then answers.
//!
//! A group shares one fsync and one fate. A member that fails is rolled back
//! alone; if COMMIT fails, or SQLite gave the whole transaction up, all fail.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use tokio::{
    sync::{
        mpsc::{Receiver, Sender, channel},
        oneshot,
    },
    time::timeout,
};
use tollgate_base::{
    Error, Result, codes,
    fail::{FailPoints, Moment},
};

use super::Connection;
use crate::sql::{
    QUEUE,
    fault::{Fault, Trouble},
    health::{Gauges, Health},
    ticket::{Ticket, issue},
    tx::{Session, Tx, Wire},
};

/// Transactions that share a COMMIT at most.
const GROUP: usize = 128;
/// How long closing may take.
const CLOSING: Duration = Duration::from_secs(30);

/// The caller's end of the queue.
pub(super) struct Writer {
    orders: Sender<Order>,
    gauges: Arc<Gauges>,
}

enum Order {
    Write(Box<dyn Member>),
    Close(oneshot::Sender<()>),
}

/// One transaction of a group.
trait Member: Send {
    /// Whether its caller still waits for it to start.
    fn is_wanted(&self) -> bool;
    /// Run it, unless its caller gave up. Whether what it wrote may stay.
    fn run(&mut self, session: &Session<'_>) -> bool;
    /// Tell its caller what became of it.
    fn answer(self: Box<Self>, fate: Result<(), Trouble>);
}

struct Body<T, F> {
    body: F,
    ticket: Ticket<T>,
    result: Option<Result<T>>,
}

impl Writer {
    pub(super) fn start(connection: Connection, fail_points: FailPoints) -> Result<Self, Fault> {
        let (orders, queue) = channel(QUEUE);
        let gauges = Arc::new(Gauges::default());
        let mut bench = Bench {
            connection,
            queue,
            gauges: gauges.clone(),
            fail_points,
            closers: Vec::new(),
        };
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || bench.work())
            .map_err(|fault| Fault::new(Trouble::Down, fault))?;
        Ok(Self { orders, gauges })
    }

    /// Queue a body that has to start before `until`, and wait for its outcome.
    pub(super) async fn write<T, F>(&self, until: Instant, body: F) -> Result<T>
    where
        F: AsyncFn(&mut Tx<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (ticket, receipt) = issue(until);
        let order = Order::Write(Box::new(Body {
            body,
            ticket,
            result: None,
        }));
        self.orders.try_send(order).map_err(|refusal| {
            let closed = self.orders.is_closed();
            if closed { Trouble::Down } else { Trouble::Busy }.because(refusal.to_string())
        })?;
        receipt.outcome().await
    }

    pub(super) fn health(&self) -> Health {
        self.gauges
            .look(self.orders.max_capacity() - self.orders.capacity())
    }

    /// Let what waits finish, then empty the write-ahead log.
    pub(super) async fn close(&self) {
        let (done, finished) = oneshot::channel();
        let order = async {
            // A writer that has ended already has nothing left to finish.
            if self.orders.send(Order::Close(done)).await.is_ok() {
                let _ = finished.await;
            }
        };
        if timeout(CLOSING, order).await.is_err() {
            tracing::warn!("The database was still busy when its time to close was up");
        }
    }
}

/// The thread's end of the queue.
struct Bench {
    connection: Connection,
    queue: Receiver<Order>,
    gauges: Arc<Gauges>,
    fail_points: FailPoints,
    closers: Vec<oneshot::Sender<()>>,
}

impl Bench {
    fn work(&mut self) {
        while let Some(order) = self.queue.blocking_recv() {
            if let Some(member) = self.take(order) {
                self.group(member);
            }
        }
        if !self.gauges.is_poisoned()
            && let Err(fault) = self
                .connection
                .script("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)")
        {
            tracing::warn!(
                ?fault,
                "The write-ahead log was not emptied; the next start will read it"
            );
        }
        for closer in self.closers.drain(..) {
            let _ = closer.send(());
        }
    }

    fn take(&mut self, order: Order) -> Option<Box<dyn Member>> {
        match order {
            Order::Write(member) => Some(member),
            Order::Close(closer) => {
                self.closers.push(closer);
                self.queue.close();
                None
            }
        }
    }

    /// Run `first` and what waits behind it as one group.
    fn group(&mut self, first: Box<dyn Member>) {
        match self.begin(first.as_ref()) {
            Ok(true) => {}
            Ok(false) => return first.answer(Err(Trouble::Busy)),
            Err(trouble) => return first.answer(Err(trouble)),
        }
        let mut members = Vec::new();
        let mut next = Some(first);
        let mut fate = Ok(());
        while let Some(mut member) = next.take() {
            fate = self.run(member.as_mut());
            members.push(member);
            if fate.is_ok() && members.len() < GROUP {
                next = self
                    .queue
                    .try_recv()
                    .ok()
                    .and_then(|order| self.take(order));
            }
        }
        let fate = fate.and_then(|()| self.commit(members.len()));
        if fate.is_err() {
            self.clear();
        }
        for member in members {
            member.answer(fate);
        }
    }

    /// Take the write lock. Another process may hold it: wait as long as the
    /// caller does. `false` if the caller stopped waiting first.
    fn begin(&self, first: &dyn Member) -> Result<bool, Trouble> {
        while !self.gauges.is_poisoned() {
            if !first.is_wanted() {
                return Ok(false);
            }
            match self.connection.step("BEGIN IMMEDIATE") {
                Ok(()) => return Ok(true),
                Err(fault) if fault.trouble == Trouble::Busy => {}
                Err(fault) => {
                    tracing::error!(?fault, "A transaction could not begin");
                    return Err(fault.trouble);
                }
            }
        }
        Err(Trouble::Down)
    }

    /// Run one member. `Err` if the group's transaction is lost with it.
    fn run(&self, member: &mut dyn Member) -> Result<(), Trouble> {
        let lost = |fault: Fault| fault.trouble;
        self.connection.step("SAVEPOINT member").map_err(lost)?;
        let session = Session::new(Wire::Sqlite(&self.connection), &self.fail_points);
        let stays = member.run(&session);
        if !self.connection.in_transaction() {
            return Err(session.trouble().unwrap_or(Trouble::Bug));
        }
        if !stays {
            self.connection.step("ROLLBACK TO member").map_err(lost)?;
        }
        self.connection.step("RELEASE member").map_err(lost)
    }

    /// A failed fsync is never repeated: the kernel may have dropped the pages
    /// and would report success the second time.
    fn commit(&self, members: usize) -> Result<(), Trouble> {
        self.fail_points.pass(Moment::Commit, "");
        let began = Instant::now();
        self.connection.step("COMMIT").map_err(|fault| {
            tracing::error!(?fault, "A group of transactions could not be committed");
            if fault.trouble == Trouble::Down {
                self.gauges.poison();
            }
            fault.trouble
        })?;
        self.gauges.committed(members, began.elapsed());
        self.fail_points.pass(Moment::Committed, "");
        Ok(())
    }

    /// End what is left of a failed transaction, so that the next can begin.
    fn clear(&self) {
        if !self.connection.in_transaction() {
            return;
        }
        if let Err(fault) = self.connection.step("ROLLBACK") {
            tracing::error!(?fault, "A failed transaction could not be rolled back");
            self.gauges.poison();
        }
    }
}

impl<T, F> Member for Body<T, F>
where
    F: AsyncFn(&mut Tx<'_>) -> Result<T> + Send,
    T: Send,
{
    fn is_wanted(&self) -> bool {
        self.ticket.is_wanted()
    }

    fn run(&mut self, session: &Session<'_>) -> bool {
        if !self.ticket.start() {
            return false;
        }
        // Statements are over when they return here, so a body never waits.
        let result = session.run(&self.body).now_or_never();
        let result = result.unwrap_or_else(|| Err(Error::new(&codes::INTERNAL_BODY)));
        let stays = result.is_ok();
        self.result = Some(result);
        stays
    }

    fn answer(self: Box<Self>, fate: Result<(), Trouble>) {
        let lost = |trouble: Trouble| trouble.because("the group's transaction was not committed");
        let outcome = match (self.result, fate) {
            (Some(Err(own)), _) => Err(own),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (_, Err(trouble)) => Err(lost(trouble)),
            (None, Ok(())) => Err(lost(Trouble::Busy)),
        };
        self.ticket.answer(outcome);
    }
}
