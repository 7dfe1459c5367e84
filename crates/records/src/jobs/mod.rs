//! Work that is done after the change that causes it, such as mail: rows
//! written in that change's transaction, claimed by one node at a time.
//! Owns table `jobs`.

use std::time::Duration;

use tollgate_base::{Result, id::JobId, time::Time};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

/// How long a node may work on a job before another may take it.
pub const CLAIM: Duration = Duration::from_mins(2);
/// Tries before a job is given up.
pub const TRIES: i64 = 10;

/// A claimed piece of work.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// JSON that the queue's worker understands. Holds no secret.
    pub payload: String,
    /// Which try this is, from 1.
    pub tries: i64,
}

queries! {
    ADD = "INSERT INTO jobs (id, queue, payload, created_at, run_at, tries) VALUES ($1, $2, $3, $4, $4, 0)";
    CLAIM_DUE = "UPDATE jobs SET claimed_until = $3, tries = tries + 1
        WHERE id IN (SELECT id FROM jobs WHERE queue = $1 AND run_at <= $2 AND dead_at IS NULL
                AND (claimed_until IS NULL OR claimed_until <= $2) ORDER BY run_at, id LIMIT $4)
            AND dead_at IS NULL AND (claimed_until IS NULL OR claimed_until <= $2)
        RETURNING id, payload, tries";
    DUE = "SELECT id FROM jobs WHERE queue = $1 AND run_at <= $2 AND dead_at IS NULL
        AND (claimed_until IS NULL OR claimed_until <= $2) ORDER BY run_at, id LIMIT 1";
    DONE = "DELETE FROM jobs WHERE id = $1";
    RETRY = "UPDATE jobs SET claimed_until = NULL, run_at = $2, last_fault = $3 WHERE id = $1";
    BURY = "UPDATE jobs SET claimed_until = NULL, dead_at = $2, last_fault = $3 WHERE id = $1";
    CLEAN = "DELETE FROM jobs WHERE dead_at <= $1";
    WAITING = "SELECT CAST(count(*) AS BIGINT) AS jobs FROM jobs WHERE dead_at IS NULL";
}

/// Add a job in the transaction of the change that causes it.
pub async fn add(tx: &mut Tx<'_>, id: JobId, queue: &str, payload: &str, now: Time) -> Result<()> {
    tx.run(ADD, args![id, queue, payload, now]).await?;
    Ok(())
}

/// Whether there is anything to claim: asking writes nothing.
pub async fn is_due(db: &Db, queue: &str, now: Time) -> Result<bool> {
    Ok(db.maybe(DUE, args![queue, now]).await?.is_some())
}

/// Claim up to `most` jobs that are due. What is claimed and not finished
/// within [`CLAIM`] may be claimed again.
pub async fn claim(tx: &mut Tx<'_>, queue: &str, most: u32, now: Time) -> Result<Vec<Job>> {
    let rows = tx
        .rows(CLAIM_DUE, args![queue, now, now.plus(CLAIM), most])
        .await?;
    rows.iter().map(read).collect()
}

/// It is done.
pub async fn done(tx: &mut Tx<'_>, id: JobId) -> Result<()> {
    tx.run(DONE, args![id]).await?;
    Ok(())
}

/// It failed: try again later, twice as late each time, or give it up after
/// [`TRIES`]. True if it was given up.
pub async fn failed(tx: &mut Tx<'_>, job: &Job, fault: &str, now: Time) -> Result<bool> {
    if job.tries >= TRIES {
        tx.run(BURY, args![job.id, now, fault]).await?;
        return Ok(true);
    }
    tx.run(RETRY, args![job.id, now.plus(back_off(job.tries)), fault])
        .await?;
    Ok(false)
}

/// Delete jobs that were given up before `before`.
pub async fn clean(tx: &mut Tx<'_>, before: Time) -> Result<u64> {
    tx.run(CLEAN, args![before]).await
}

/// How many jobs wait.
pub async fn waiting(db: &Db) -> Result<i64> {
    db.one(WAITING, args![]).await?.get("jobs")
}

/// 5 s after the first failure, 10 s after the second, an hour at most.
fn back_off(tries: i64) -> Duration {
    let doublings = u32::try_from(tries.clamp(1, 10) - 1).unwrap_or(0);
    Duration::from_secs(5 << doublings).min(Duration::from_hours(1))
}

fn read(row: &Row) -> Result<Job> {
    Ok(Job {
        id: row.get("id")?,
        payload: row.get("payload")?,
        tries: row.get("tries")?,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::back_off;

    #[test]
    fn failures_are_tried_again_later_and_later() {
        assert_eq!(back_off(1), Duration::from_secs(5));
        assert_eq!(back_off(2), Duration::from_secs(10));
        assert!((1..20).map(back_off).is_sorted());
        assert_eq!(back_off(i64::MAX), Duration::from_secs(2560));
    }
}
