//! What may be asked for so often at once, and from then on once in a while: the row
//! holds when all of it may be asked for again, which each time puts off. So there is no
//! window at whose end everything begins anew.

use std::time::Duration;

use tollgate_base::{Result, time::Time};
use tollgate_store::{
    args, queries,
    sql::{Db, Tx},
};

/// How often something may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// At once, if it was not for long.
    pub at_once: u32,
    /// And how long after that once more, and once more.
    pub every: Duration,
}

queries! {
    ASK = "INSERT INTO attempts (subject, failures, window_ends) VALUES ($1, 1, $2)
        ON CONFLICT (subject) DO UPDATE SET
            window_ends = CASE WHEN attempts.window_ends <= $3 OR attempts.window_ends > $5
                THEN excluded.window_ends ELSE attempts.window_ends + $6 END
            WHERE attempts.window_ends <= $4 OR attempts.window_ends > $5
        RETURNING window_ends";
    ASKED = "SELECT window_ends FROM attempts WHERE subject = $1 AND window_ends > $2 AND window_ends <= $3";
}

impl Pace {
    /// What has to be over for one more, seen from now.
    fn room(self) -> Duration {
        self.every.saturating_mul(self.at_once.saturating_sub(1))
    }

    /// Later than this no row of a right clock reaches.
    fn latest(self, now: Time) -> Time {
        now.plus(self.room() + self.every + super::DRIFT)
    }
}

/// Ask once. Says how long to wait where that is too often, which puts nothing off.
pub async fn ask(
    tx: &mut Tx<'_>,
    subject: [u8; 32],
    pace: Pace,
    now: Time,
) -> Result<Option<Duration>> {
    let (room, latest) = (now.plus(pace.room()), pace.latest(now));
    let every = i64::try_from(pace.every.as_micros()).unwrap_or(i64::MAX);
    let row = args![subject, now.plus(pace.every), now, room, latest, every];
    if tx.maybe(ASK, row).await?.is_some() {
        return Ok(None);
    }
    let row = tx.maybe(ASKED, args![subject, room, latest]).await?;
    let ends = row.map(|row| row.get::<Time>("window_ends")).transpose()?;
    Ok(Some(ends.map_or(pace.every, |ends| ends.since(room))))
}

/// The same question without asking, so that a flood costs no writes.
pub async fn wait(db: &Db, subject: [u8; 32], pace: Pace, now: Time) -> Result<Option<Duration>> {
    let (room, latest) = (now.plus(pace.room()), pace.latest(now));
    let row = db.maybe(ASKED, args![subject, room, latest]).await?;
    let ends = row.map(|row| row.get::<Time>("window_ends")).transpose()?;
    Ok(ends.map(|ends| ends.since(room)))
}
