//! Events by one of their columns, newest first: each text has its index, so
//! that a page costs the same among a million. What else a search asks for is
//! looked at by whoever merges what these find.

use tollgate_base::{Result, time::Time};
use tollgate_store::{args, queries, sql::Db};

use super::{Event, table::read};

/// By which column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// By none: all there are.
    Time,
    /// By what happened.
    Kind(String),
    /// By who did it.
    Actor(String),
    /// By whom it concerns.
    Subject(String),
    /// By the session.
    Session(String),
    /// By the address that it came from.
    Address(String),
}

/// A place between events: right before the one that happened then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// When.
    pub at: Time,
    /// Its id, which breaks ties.
    pub id: String,
}

macro_rules! those {
    ($where:literal) => {
        concat!(
            "SELECT id, seq, at, kind, actor, subject, session, data, personal, address, salt, personal_digest, hash
        FROM events WHERE (at, id) < ($1, $2) AND at >= $3",
            $where,
            " ORDER BY at DESC, id DESC LIMIT $4"
        )
    };
}

queries! {
    BY_TIME = those!("");
    BY_KIND = those!(" AND kind = $5");
    BY_ACTOR = those!(" AND actor = $5");
    BY_SUBJECT = those!(" AND subject = $5");
    BY_SESSION = those!(" AND session = $5");
    BY_ADDRESS = those!(" AND address = $5");
}

/// Up to `most` events before a place and not before `from`, newest first.
///
/// # Errors
/// What the database says.
pub async fn before(
    db: &Db,
    by: &By,
    place: &Place,
    (from, most): (Time, u32),
) -> Result<Vec<Event>> {
    let (text, value) = match by {
        By::Time => (BY_TIME, None),
        By::Kind(value) => (BY_KIND, Some(value)),
        By::Actor(value) => (BY_ACTOR, Some(value)),
        By::Subject(value) => (BY_SUBJECT, Some(value)),
        By::Session(value) => (BY_SESSION, Some(value)),
        By::Address(value) => (BY_ADDRESS, Some(value)),
    };
    let mut asked = args![place.at, &place.id, from, most];
    if let Some(value) = value {
        asked.extend(args![value]);
    }
    db.rows(text, asked).await?.iter().map(read).collect()
}
