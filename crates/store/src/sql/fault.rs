//! What drivers say when something fails, sorted by what we can do about it.
//! Nothing else reads an SQLSTATE or an SQLite result code.

use std::{error::Error as StdError, io, time::Duration};

use rusqlite::ErrorCode;
use tokio_postgres::error::SqlState;
use tollgate_base::{Error, codes};

/// When to ask again while the database is busy.
const SOON: Duration = Duration::from_secs(1);

/// What a fault means for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Another transaction was in the way; the same again may well succeed.
    Retry,
    /// The database has more to do than it can within the deadline.
    Busy,
    /// No room on its disk.
    Full,
    /// It cannot be reached, or its disk fails.
    Down,
    /// The text, the arguments or the schema are wrong: a fault of ours.
    Bug,
}

/// A driver's error.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) trouble: Trouble,
    cause: Box<dyn StdError + Send + Sync>,
}

impl Trouble {
    /// The refusal that the caller sees.
    pub(super) fn because(self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
        let error = match self {
            Self::Retry | Self::Busy => Error::new(&codes::STORE_BUSY).retry_after(SOON),
            Self::Full => Error::new(&codes::STORE_FULL).retry_after(SOON),
            Self::Down => Error::new(&codes::STORE_DOWN).retry_after(SOON),
            Self::Bug => Error::new(&codes::INTERNAL_STORE),
        };
        error.because(cause)
    }
}

impl Fault {
    pub(super) fn new(trouble: Trouble, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            trouble,
            cause: cause.into(),
        }
    }

    /// While a connection is made no statement of ours can be at fault.
    pub(super) fn while_connecting(self) -> Self {
        match self.trouble {
            Trouble::Bug => Self {
                trouble: Trouble::Down,
                ..self
            },
            _ => self,
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        fault.trouble.because(fault.cause)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        let trouble = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Trouble::Busy,
            Some(ErrorCode::DiskFull) => Trouble::Full,
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => Trouble::Down,
            _ => Trouble::Bug,
        };
        Self::new(trouble, error)
    }
}

impl From<tokio_postgres::Error> for Fault {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(answer) = error.as_db_error() else {
            let lost =
                error.is_closed() || error.source().is_some_and(<dyn StdError>::is::<io::Error>);
            return Self::new(if lost { Trouble::Down } else { Trouble::Bug }, error);
        };
        let state = answer.code();
        let trouble = match (state, state.code().get(..2).unwrap_or_default()) {
            (&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED, _) => {
                Trouble::Retry
            }
            (
                &SqlState::QUERY_CANCELED
                | &SqlState::LOCK_NOT_AVAILABLE
                | &SqlState::TOO_MANY_CONNECTIONS,
                _,
            ) => Trouble::Busy,
            (&SqlState::DISK_FULL, _) => Trouble::Full,
            // Connection, authorization and no such database; resources, a shutdown, system errors.
            (_, "08" | "28" | "3D" | "53" | "57" | "58") => Trouble::Down,
            _ => Trouble::Bug,
        };
        Self::new(trouble, describe(answer))
    }
}

/// Names, but no values: those of the classes 22 and 23, and all details, may
/// quote what somebody typed, and causes go to the log.
fn describe(answer: &tokio_postgres::error::DbError) -> String {
    let state = answer.code().code();
    let message = if state.starts_with("22") || state.starts_with("23") {
        "data refused"
    } else {
        answer.message()
    };
    let name = |label: &str, name: Option<&str>| {
        name.map(|name| format!(", {label} {name}"))
            .unwrap_or_default()
    };
    format!(
        "{state}: {message}{}{}{}",
        name("table", answer.table()),
        name("column", answer.column()),
        name("constraint", answer.constraint())
    )
}
