//! The one SQLite writer: a thread that takes the transactions that wait, runs
//! one after another and commits them together. They are answered once the disk
//! has them; meanwhile the next group runs.
//!
//! A group shares one fsync and one fate. If COMMIT fails, or SQLite gave the
//! whole transaction up, all fail. Where a member fails that has written, the
//! group is rolled back and the others run again, from then on each in a
//! savepoint of its own: savepoints cost each member a copy of every page that
//! it touches, and members that fail have seldom written.

use std::{
    path::Path,
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

use super::{
    Connection,
    disk::{Disk, Group},
};
use crate::sql::{
    QUEUE,
    body::Body,
    fault::{Fault, Trouble},
    health::{Gauges, Health},
    ticket::{Ticket, issue},
    tx::{Session, Wire},
};

/// Transactions that share a COMMIT at most.
const GROUP: usize = 128;
/// A disk that takes longer than this over a group is not well: the next group
/// takes no more members, so that who waits may still be refused in time.
const SLOW: Duration = Duration::from_millis(250);
/// How long closing may take.
const CLOSING: Duration = Duration::from_secs(30);

/// The caller's end of the queue.
pub(super) struct Writer {
    orders: Sender<Order>,
    gauges: Arc<Gauges>,
}

enum Order {
    Write(Member),
    Close(oneshot::Sender<()>),
}

/// One transaction of a group.
pub(super) struct Member {
    body: Box<dyn Body>,
    ticket: Ticket<()>,
    result: Option<Result<()>>,
}

impl Writer {
    /// With the write-ahead log of `connection` at `log`.
    pub(super) fn start(
        connection: Connection,
        log: &Path,
        fail_points: FailPoints,
    ) -> Result<Self, Fault> {
        let down = |fault| Fault::new(Trouble::Down, fault);
        let (orders, queue) = channel(QUEUE);
        let gauges = Arc::new(Gauges::default());
        let disk = Disk::start(log, gauges.clone(), fail_points.clone())?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .map_err(down)?;
        let mut bench = Bench {
            connection,
            disk,
            queue,
            gauges: gauges.clone(),
            fail_points,
            closers: Vec::new(),
        };
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || runtime.block_on(bench.work()))
            .map_err(down)?;
        Ok(Self { orders, gauges })
    }

    /// Queue a body that has to start before `until`, and wait for its outcome.
    pub(super) async fn write(&self, until: Instant, body: Box<dyn Body>) -> Result<()> {
        let (ticket, receipt) = issue(until);
        let order = Order::Write(Member {
            body,
            ticket,
            result: None,
        });
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
    disk: Disk,
    queue: Receiver<Order>,
    gauges: Arc<Gauges>,
    fail_points: FailPoints,
    closers: Vec<oneshot::Sender<()>>,
}

impl Bench {
    async fn work(&mut self) {
        while let Some(order) = self.queue.recv().await {
            if let Some(member) = self.take(order) {
                self.group(member).await;
            }
        }
        self.disk.idle().await;
        if !self.gauges.is_poisoned()
            && let Err(fault) = self.connection.script("PRAGMA wal_checkpoint(TRUNCATE)")
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

    fn take(&mut self, order: Order) -> Option<Member> {
        match order {
            Order::Write(member) => Some(member),
            Order::Close(closer) => {
                self.closers.push(closer);
                self.queue.close();
                None
            }
        }
    }

    /// Run `first` and what comes behind it as one group, until nothing waits
    /// and the disk is free to take it.
    async fn group(&mut self, first: Member) {
        let mut members = Vec::new();
        let mut next = Some(first);
        let mut careful = false;
        let mut fate = self.begin(next.as_slice());
        while fate.is_ok()
            && let Some(member) = next.take()
        {
            members.push(member);
            fate = self.add(&mut members, &mut careful);
            if fate.is_ok() && members.len() < GROUP {
                next = self.next().await;
            }
        }
        members.extend(next);
        let began = Instant::now();
        if fate.is_ok() {
            self.disk.idle().await;
            fate = self.commit();
        }
        if let Err(trouble) = fate {
            self.clear();
            for member in members {
                member.answer(Err(trouble));
            }
            return;
        }
        let group = Group { members, began };
        if group.members.len() == 1 && self.queue.is_empty() {
            self.disk.keep_here(group);
        } else {
            self.disk.keep_beside(group);
        }
    }

    /// Who waits, or comes while the disk is busy with the group before.
    async fn next(&mut self) -> Option<Member> {
        while let Ok(order) = self.queue.try_recv() {
            if let Some(member) = self.take(order) {
                return Some(member);
            }
        }
        while self
            .disk
            .busy_since()
            .is_some_and(|since| since.elapsed() < SLOW)
        {
            let order = tokio::select! {
                biased;
                () = self.disk.idle() => return None,
                order = self.queue.recv() => order?,
            };
            if let Some(member) = self.take(order) {
                return Some(member);
            }
        }
        None
    }

    /// Take the write lock. Another process may hold it: wait as long as any
    /// caller does.
    fn begin(&self, members: &[Member]) -> Result<(), Trouble> {
        while !self.gauges.is_poisoned() {
            if !members.iter().any(Member::is_wanted) {
                return Err(Trouble::Busy);
            }
            match self.connection.step("BEGIN IMMEDIATE") {
                Ok(()) => return Ok(()),
                Err(fault) if fault.trouble == Trouble::Busy => {}
                Err(fault) => {
                    tracing::error!(?fault, "A transaction could not begin");
                    return Err(fault.trouble);
                }
            }
        }
        Err(Trouble::Down)
    }

    /// Run the last of these; the others have run. `Err` if the
    /// group's transaction is lost with it.
    fn add(&self, members: &mut [Member], careful: &mut bool) -> Result<(), Trouble> {
        let Some(member) = members.last_mut() else {
            return Ok(());
        };
        if *careful {
            return self.run_carefully(member);
        }
        self.run(member)?;
        if member.stays() || !self.connection.has_written() {
            return Ok(());
        }
        *careful = true;
        self.connection.step("ROLLBACK").map_err(lost)?;
        self.begin(members)?;
        let mut others = members.iter_mut().filter(|member| member.stays());
        others.try_for_each(|member| self.run_carefully(member))
    }

    fn run(&self, member: &mut Member) -> Result<(), Trouble> {
        self.connection.has_written_nothing();
        let session = Session::new(Wire::Sqlite(&self.connection), &self.fail_points);
        member.run(&session);
        if self.connection.in_transaction() {
            Ok(())
        } else {
            Err(session.trouble().unwrap_or(Trouble::Bug))
        }
    }

    fn run_carefully(&self, member: &mut Member) -> Result<(), Trouble> {
        self.connection.step("SAVEPOINT member").map_err(lost)?;
        self.run(member)?;
        if !member.stays() {
            self.connection.step("ROLLBACK TO member").map_err(lost)?;
        }
        self.connection.step("RELEASE member").map_err(lost)
    }

    /// To the log, from where the disk has yet to take it. Not after a group
    /// that the disk has lost.
    fn commit(&self) -> Result<(), Trouble> {
        self.fail_points.pass(Moment::Commit, "");
        if self.gauges.is_poisoned() {
            return Err(Trouble::Down);
        }
        self.connection.step("COMMIT").map_err(|fault| {
            tracing::error!(?fault, "A group of transactions could not be committed");
            if fault.trouble == Trouble::Down {
                self.gauges.poison();
            }
            fault.trouble
        })
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

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn lost(fault: Fault) -> Trouble {
    fault.trouble
}

impl Member {
    /// Whether its caller still waits for it to start.
    fn is_wanted(&self) -> bool {
        self.ticket.is_wanted()
    }

    /// Run it, unless its caller gave up.
    fn run(&mut self, session: &Session<'_>) {
        self.result = None;
        if !self.ticket.start() {
            return;
        }
        // Statements are over when they return here, so a body never waits.
        let result = session.run(self.body.as_ref()).now_or_never();
        let result = result.unwrap_or_else(|| Err(Error::new(&codes::INTERNAL_BODY)));
        self.result = Some(result);
    }

    /// Whether it has run, and what it wrote may stay.
    fn stays(&self) -> bool {
        matches!(self.result, Some(Ok(())))
    }

    /// Tell its caller what became of it.
    pub(super) fn answer(self, fate: Result<(), Trouble>) {
        let lost = |trouble: Trouble| trouble.because("the group's transaction was not committed");
        let outcome = match (self.result, fate) {
            (Some(Err(own)), _) => Err(own),
            (Some(Ok(())), Ok(())) => Ok(()),
            (_, Err(trouble)) => Err(lost(trouble)),
            (None, Ok(())) => Err(lost(Trouble::Busy)),
        };
        self.ticket.answer(outcome);
    }
}
