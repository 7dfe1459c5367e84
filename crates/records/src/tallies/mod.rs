//! How often things happened, by day: what charts read instead of the events
//! themselves. A count is raised in the transaction that makes its fact true,
//! so that a repetition never counts twice. Owns table `tallies`.

use std::{collections::BTreeMap, time::Duration};

use tollgate_base::{Result, time::Time};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

/// Sign-ins by password that came to nothing.
pub const SIGNIN_FAILED: &str = "signin.failed";

/// Rows over which writers of one count are spread: each holds its row until
/// it has committed.
const SLOTS: u8 = 16;
const DAY: Duration = Duration::from_hours(24);

/// A day in UTC, counted from 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub i64);

/// How often something happened on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The day.
    pub day: Day,
    /// The kind of an event, or a name of this room.
    pub what: String,
    /// How often.
    pub n: i64,
}

queries! {
    ADD = "INSERT INTO tallies (day, what, slot, n) VALUES ($1, $2, $3, $4)
        ON CONFLICT (day, what, slot) DO UPDATE SET n = tallies.n + excluded.n";
    SINCE = "SELECT day, what, CAST(sum(n) AS BIGINT) AS n FROM tallies WHERE day >= $1
        GROUP BY day, what ORDER BY day, what";
    LAST = "SELECT CAST(max(day) AS BIGINT) AS day FROM tallies WHERE what = $1";
}

impl Day {
    /// The day of a time.
    pub fn of(at: Time) -> Self {
        Self(at.micros().div_euclid(DAY.as_micros() as i64))
    }

    /// When it begins.
    pub fn begins(self) -> Time {
        Time::from_micros(self.0 * DAY.as_micros() as i64)
    }
}

/// Count facts of one kind each, in one order for all writers.
pub async fn add(tx: &mut Tx<'_>, counts: BTreeMap<(Day, String), i64>) -> Result<()> {
    for ((day, what), n) in counts {
        tx.run(ADD, args![day.0, what, 0_i64, n]).await?;
    }
    Ok(())
}

/// Count one fact, or take it back with -1. Whoever counts often gives chance
/// bytes, so that not all wait for one row.
pub async fn count(
    tx: &mut Tx<'_>,
    day: Day,
    what: &'static str,
    n: i64,
    chance: u8,
) -> Result<()> {
    let slot = i64::from(chance % SLOTS);
    tx.run(ADD, args![day.0, what, slot, n]).await?;
    Ok(())
}

/// What happened from a day on, by day and name.
pub async fn since(db: &Db, day: Day) -> Result<Vec<Tally>> {
    let rows = db.rows(SINCE, args![day.0]).await?;
    let tally = |row: &Row| {
        Ok(Tally {
            day: Day(row.get("day")?),
            what: row.get("what")?,
            n: row.get("n")?,
        })
    };
    rows.iter().map(tally).collect()
}

/// The last day on which something happened.
pub async fn last(db: &Db, what: &str) -> Result<Option<Day>> {
    let row = db.one(LAST, args![what]).await?;
    Ok(row.get::<Option<i64>>("day")?.map(Day))
}
