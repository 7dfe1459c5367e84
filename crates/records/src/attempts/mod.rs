//! Failed attempts, one counter row for each subject: durable, so that a
//! restart or another node forgives nothing. A subject is the hash of a
//! canonical identifier; the row does not say whose.
//! Owns table `attempts`.

use std::time::Duration;

use tollgate_base::{Result, time::Time};
use tollgate_store::{
    args, queries,
    sql::{Db, Tx},
};

/// How often a subject may fail in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Failures that are still evaluated.
    pub failures: u32,
    /// Length of the window, which begins with the first failure.
    pub window: Duration,
}

impl Allowance {
    /// When a window of now may end at the latest, by any node's clock.
    fn latest(self, now: Time) -> Time {
        now.plus(self.window + DRIFT)
    }
}

/// What counting an attempt came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Struck {
    /// How long to wait, if the allowance was used up before: then the attempt
    /// must not be looked at.
    pub wait: Option<Duration>,
    /// Whether this one uses the allowance up.
    pub last: bool,
}

/// How far the clocks of nodes may be apart. A window that ends later than one
/// that begins now is of a clock that was set back since, and counts no more.
const DRIFT: Duration = Duration::from_mins(1);

queries! {
    STRIKE = "INSERT INTO attempts (subject, failures, window_ends) VALUES ($1, 1, $3)
        ON CONFLICT (subject) DO UPDATE SET
            failures = CASE WHEN attempts.window_ends <= $2 OR attempts.window_ends > $4
                THEN 1 ELSE attempts.failures + 1 END,
            window_ends = CASE WHEN attempts.window_ends <= $2 OR attempts.window_ends > $4
                THEN excluded.window_ends ELSE attempts.window_ends END
        RETURNING failures, window_ends";
    PEEK = "SELECT failures, window_ends FROM attempts WHERE subject = $1
        AND window_ends > $2 AND window_ends <= $3";
    FORGIVE = "DELETE FROM attempts WHERE subject = $1";
    CLEAN = "DELETE FROM attempts WHERE window_ends <= $1";
}

/// Count an attempt before it is evaluated.
pub async fn strike(
    tx: &mut Tx<'_>,
    subject: [u8; 32],
    allowance: Allowance,
    now: Time,
) -> Result<Struck> {
    let row = tx
        .one(
            STRIKE,
            args![
                subject,
                now,
                now.plus(allowance.window),
                allowance.latest(now)
            ],
        )
        .await?;
    let failures: i64 = row.get("failures")?;
    let window_ends: Time = row.get("window_ends")?;
    let most = i64::from(allowance.failures);
    Ok(Struck {
        wait: (failures > most).then(|| window_ends.since(now)),
        last: failures == most,
    })
}

/// The same question without counting, so that a flood costs no writes.
pub async fn blocked(
    db: &Db,
    subject: [u8; 32],
    allowance: Allowance,
    now: Time,
) -> Result<Option<Duration>> {
    let Some(row) = db
        .maybe(PEEK, args![subject, now, allowance.latest(now)])
        .await?
    else {
        return Ok(None);
    };
    let failures: i64 = row.get("failures")?;
    let window_ends: Time = row.get("window_ends")?;
    Ok((failures >= i64::from(allowance.failures)).then(|| window_ends.since(now)))
}

/// Begin anew after a success.
pub async fn forgive(tx: &mut Tx<'_>, subject: [u8; 32]) -> Result<()> {
    tx.run(FORGIVE, args![subject]).await?;
    Ok(())
}

/// Delete what no longer counts.
pub async fn clean(tx: &mut Tx<'_>, now: Time) -> Result<u64> {
    tx.run(CLEAN, args![now]).await
}
