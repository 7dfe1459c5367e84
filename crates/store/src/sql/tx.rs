//! What a body gets: a transaction on either engine, and the rules that every
//! body is held to. A body may be run again, waits for nothing but its own
//! statements, and cannot go on past one that failed.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    ops::ControlFlow,
    panic::AssertUnwindSafe,
    pin::pin,
    task::Poll,
};

use futures_util::{FutureExt, future::LocalBoxFuture};
use tollgate_base::{
    Error, Result, codes,
    fail::{FailPoints, Moment},
};

use super::{
    body::Body,
    fault::{Fault, Trouble},
    postgres,
    row::Row,
    sqlite,
    value::Value,
};

/// A transaction, or a snapshot, in which statements run one after another.
/// Bodies neither begin nor end it: `Ok` commits, `Err` rolls back.
pub struct Tx<'a> {
    session: &'a Session<'a>,
}

impl Tx<'_> {
    /// All rows of the answer.
    pub async fn rows(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        self.each(sql, &args, &mut |row| {
            rows.push(row);
            ControlFlow::Continue(())
        })
        .await?;
        Ok(rows)
    }

    /// The first row, if there is any.
    pub async fn maybe(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Option<Row>> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// The first row.
    ///
    /// # Errors
    /// `internal.store` if there is none.
    pub async fn one(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Row> {
        self.maybe(sql, args).await?.ok_or_else(no_row)
    }

    /// Run a statement and count the rows that it changed.
    pub async fn run(&mut self, sql: &'static str, args: Vec<Value>) -> Result<u64> {
        self.run_text(sql, &args).await
    }

    /// Run a statement of which only matters that it does not fail. Whether it
    /// did may be told by a later one, or by the end of the transaction:
    /// PostgreSQL gets it together with what follows.
    pub async fn send(&mut self, sql: &'static str, args: Vec<Value>) -> Result<()> {
        self.session.start(sql)?;
        let outcome = match self.session.wire {
            Wire::Sqlite(connection) => connection.run(sql, &args).map(drop),
            Wire::Postgres(connection) => match connection.send(sql, args).await {
                Ok(sent) => {
                    self.session.sent.borrow_mut().push(sent);
                    Ok(())
                }
                Err(fault) => Err(fault),
            },
        };
        self.session.end(sql, outcome).await
    }

    /// As [`Tx::rows`], one row at a time. For texts made by this crate alone.
    pub(crate) async fn each(
        &mut self,
        sql: &str,
        args: &[Value],
        sink: &mut Sink<'_>,
    ) -> Result<()> {
        self.session.start(sql)?;
        let outcome = match self.session.wire {
            Wire::Sqlite(connection) => connection.each(sql, args, sink),
            Wire::Postgres(connection) => connection.each(sql, args, sink).await,
        };
        self.session.end(sql, outcome).await
    }

    /// As [`Tx::run`], for texts made by this crate alone.
    pub(crate) async fn run_text(&mut self, sql: &str, args: &[Value]) -> Result<u64> {
        self.session.start(sql)?;
        let outcome = match self.session.wire {
            Wire::Sqlite(connection) => connection.run(sql, args),
            Wire::Postgres(connection) => connection.run(sql, args).await,
        };
        self.session.end(sql, outcome).await
    }

    /// Several statements without arguments, as migrations have them.
    pub(crate) async fn script(&mut self, sql: &str) -> Result<()> {
        self.session.start(sql)?;
        let outcome = match self.session.wire {
            Wire::Sqlite(connection) => connection.script(sql),
            Wire::Postgres(connection) => connection.script(sql).await,
        };
        self.session.end(sql, outcome).await
    }
}

/// Where streamed rows go; it may say that it has seen enough.
pub(crate) type Sink<'s> = dyn FnMut(Row) -> ControlFlow<()> + Send + 's;

/// The connection that carries a transaction.
#[derive(Clone, Copy)]
pub(super) enum Wire<'c> {
    Sqlite(&'c sqlite::Connection),
    Postgres(&'c postgres::Connection),
}

/// The outcome of a statement that is under way.
pub(super) type Sent = LocalBoxFuture<'static, Result<(), Fault>>;

/// What is known of a transaction from outside its body.
pub(super) struct Session<'c> {
    wire: Wire<'c>,
    fail_points: &'c FailPoints,
    in_statement: Cell<bool>,
    trouble: Cell<Option<Trouble>>,
    /// Statements that are under way, in their order.
    sent: RefCell<Vec<Sent>>,
}

impl<'c> Session<'c> {
    pub(super) fn new(wire: Wire<'c>, fail_points: &'c FailPoints) -> Self {
        Self {
            wire,
            fail_points,
            in_statement: Cell::new(false),
            trouble: Cell::new(None),
            sent: RefCell::default(),
        }
    }

    /// Wait for what was sent.
    ///
    /// # Errors
    /// What the first of them met that failed.
    pub(super) async fn settle(&self) -> Result<(), Fault> {
        let sent = self.sent.take();
        for answer in sent {
            if let Err(fault) = answer.await {
                self.trouble.set(Some(fault.trouble));
                return Err(fault);
            }
        }
        Ok(())
    }

    /// What the first failed statement met, whatever the body made of it.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        self.trouble.get()
    }

    /// Run a body to its end. Its panic is an error, and so is waiting for
    /// anything but a statement: it would hold locks while it waits.
    pub(super) async fn run(&self, body: &dyn Body) -> Result<()> {
        let mut tx = Tx { session: self };
        let mut body = pin!(AssertUnwindSafe(body.run(&mut tx)).catch_unwind());
        poll_fn(|context| match body.as_mut().poll_unpin(context) {
            Poll::Pending if self.in_statement.get() => Poll::Pending,
            Poll::Pending => Poll::Ready(Err(waited())),
            Poll::Ready(Ok(result)) => Poll::Ready(result),
            Poll::Ready(Err(_)) => Poll::Ready(Err(
                Error::new(&codes::INTERNAL_PANIC).because("a body panicked")
            )),
        })
        .await?;
        match self.trouble.get() {
            None if self.in_statement.get() => Err(waited()),
            None => Ok(()),
            Some(trouble) => Err(trouble.because("a body went on after a statement had failed")),
        }
    }

    /// After a failure the transaction can only be rolled back: PostgreSQL
    /// says so itself, and turns COMMIT into ROLLBACK without an error.
    fn start(&self, sql: &str) -> Result<()> {
        if self.in_statement.get() {
            return Err(waited());
        }
        if let Some(trouble) = self.trouble.get() {
            return Err(trouble.because("an earlier statement of this transaction failed"));
        }
        self.fail_points.pass(Moment::Statement, sql);
        self.in_statement.set(true);
        Ok(())
    }

    async fn end<T>(&self, sql: &str, outcome: Result<T, Fault>) -> Result<T> {
        let outcome = match outcome {
            // One that was sent before it may have failed first.
            Err(fault) => Err(self.settle().await.err().unwrap_or(fault)),
            answer => answer,
        };
        self.in_statement.set(false);
        self.fail_points.pass(Moment::Stated, sql);
        outcome.map_err(|fault| {
            self.trouble.set(Some(fault.trouble));
            fault.into()
        })
    }
}

/// Besides bodies that wait, those that drop a statement before its answer.
fn waited() -> Error {
    Error::new(&codes::INTERNAL_BODY).because("a body waited for something else than a statement")
}

pub(super) fn no_row() -> Error {
    Error::new(&codes::INTERNAL_STORE).because("a row that must exist does not")
}
