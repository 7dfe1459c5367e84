//! One PostgreSQL connection: statements prepared once, values and rows in
//! our own types.

use std::{
    collections::HashMap,
    error::Error as StdError,
    ops::ControlFlow,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
};

use futures_util::{FutureExt, TryStreamExt, future::ready, poll};
use tokio_postgres::{
    Client, Statement,
    types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked},
};

use crate::sql::{
    fault::{Fault, Trouble},
    row::Row,
    tx::{Sent, Sink},
    value::Value,
};

/// Statements kept prepared.
const STATEMENTS: usize = 512;

/// A connection. Statements sent at once are pipelined.
pub(in crate::sql) struct Connection {
    client: Arc<Client>,
    prepared: Mutex<HashMap<String, Prepared>>,
}

/// A statement and the names of its answer's columns.
#[derive(Clone)]
struct Prepared {
    statement: Statement,
    columns: Arc<[String]>,
}

impl Connection {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client: Arc::new(client),
            prepared: Mutex::default(),
        }
    }

    /// Whether the server or the network has ended it.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    pub(super) async fn rows(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>, Fault> {
        let mut rows = Vec::new();
        self.each(sql, args, &mut |row| {
            rows.push(row);
            ControlFlow::Continue(())
        })
        .await?;
        Ok(rows)
    }

    /// Hand each row of the answer to `sink`.
    pub(in crate::sql) async fn each(
        &self,
        sql: &str,
        args: &[Value],
        sink: &mut Sink<'_>,
    ) -> Result<(), Fault> {
        let Prepared { statement, columns } = self.statement(sql).await?;
        let mut rows = pin!(self.client.query_raw(&statement, args).await?);
        while let Some(row) = rows.try_next().await? {
            let values = (0..columns.len())
                .map(|place| read(&row, place))
                .collect::<Result<_, Fault>>()?;
            if sink(Row::new(columns.clone(), values)).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Run a statement and count the rows that it changed.
    pub(in crate::sql) async fn run(&self, sql: &str, args: &[Value]) -> Result<u64, Fault> {
        let Prepared { statement, .. } = self.statement(sql).await?;
        Ok(self.client.execute_raw(&statement, args).await?)
    }

    /// Send a statement; its outcome can be waited for later.
    pub(in crate::sql) async fn send(&self, sql: &str, args: Vec<Value>) -> Result<Sent, Fault> {
        let Prepared { statement, .. } = self.statement(sql).await?;
        let client = self.client.clone();
        let mut answer = async move {
            client.execute_raw(&statement, &args).await?;
            Ok(())
        }
        .boxed_local();
        // The driver sends what is asked for at the first look.
        Ok(match poll!(&mut answer) {
            Poll::Ready(outcome) => ready(outcome).boxed_local(),
            Poll::Pending => answer,
        })
    }

    /// Run several statements without arguments.
    pub(in crate::sql) async fn script(&self, sql: &str) -> Result<(), Fault> {
        Ok(self.client.batch_execute(sql).await?)
    }

    /// Check a text without running it.
    pub(super) async fn prepare(&self, sql: &str) -> Result<(), Fault> {
        self.client.prepare(sql).await?;
        Ok(())
    }

    async fn statement(&self, sql: &str) -> Result<Prepared, Fault> {
        let known = self
            .prepared
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(sql)
            .cloned();
        if let Some(prepared) = known {
            return Ok(prepared);
        }
        let statement = self.client.prepare(sql).await?;
        let columns = statement.columns().iter();
        let prepared = Prepared {
            columns: columns.map(|column| column.name().to_owned()).collect(),
            statement,
        };
        let mut all = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= STATEMENTS {
            all.clear();
        }
        all.insert(sql.to_owned(), prepared.clone());
        Ok(prepared)
    }
}

/// The server says which types it wants; what does not fit is refused here, so
/// that the engines agree. A null fits everywhere, and SQLite's 0 and 1 are
/// booleans, as a backup that it wrote holds them.
impl ToSql for Value {
    fn to_sql(
        &self,
        wanted: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match (self, wanted) {
            (value, _) if value.is_null() => Ok(IsNull::Yes),
            (Self::Text(text), &Type::TEXT | &Type::VARCHAR | &Type::NAME) => {
                text.to_sql(wanted, out)
            }
            (Self::Int(number), &Type::INT8) => number.to_sql(wanted, out),
            (Self::Int(Some(number)), &Type::INT4) => i32::try_from(*number)?.to_sql(wanted, out),
            (Self::Int(Some(number @ (0 | 1))), &Type::BOOL) => (*number == 1).to_sql(wanted, out),
            (Self::Bool(flag), &Type::BOOL) => flag.to_sql(wanted, out),
            (Self::Real(number), &Type::FLOAT8) => number.to_sql(wanted, out),
            (Self::Bytes(bytes), &Type::BYTEA) => bytes.to_sql(wanted, out),
            _ => Err(format!("{} for an argument of type {wanted}", self.kind()).into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn read(row: &tokio_postgres::Row, place: usize) -> Result<Value, Fault> {
    Ok(match *row.columns()[place].type_() {
        Type::TEXT | Type::VARCHAR | Type::NAME => Value::Text(row.try_get(place)?),
        Type::INT8 => Value::Int(row.try_get(place)?),
        Type::INT4 => Value::Int(row.try_get::<_, Option<i32>>(place)?.map(i64::from)),
        Type::BOOL => Value::Bool(row.try_get(place)?),
        Type::FLOAT8 => Value::Real(row.try_get(place)?),
        Type::BYTEA => Value::Bytes(row.try_get(place)?),
        ref other => {
            let (name, kind) = (row.columns()[place].name(), other.to_string());
            return Err(Fault::new(
                Trouble::Bug,
                format!("column `{name}` has the type {kind}: cast it"),
            ));
        }
    })
}
