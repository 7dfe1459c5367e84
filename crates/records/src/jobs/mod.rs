//! Work that is done after the change that causes it, such as mail: rows
//! written in that change's transaction, claimed by one node at a time.
//! Owns table `jobs`.

use std::time::Duration;

use tollgate_base::{
    Result,
    id::{JobId, UserId},
    time::Time,
};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

/// How long a node may work on a job before another may take it.
pub const CLAIM: Duration = Duration::from_mins(2);
/// Tries before a job is given up: with the pauses between them, a day.
pub const TRIES: i64 = 33;

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

/// A job as somebody looks at it.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its id.
    pub id: JobId,
    /// Its queue.
    pub queue: String,
    /// As in [`Job`].
    pub payload: String,
    /// When it was added.
    pub created_at: Time,
    /// When it is tried next.
    pub run_at: Time,
    /// How often it was tried.
    pub tries: i64,
    /// What went wrong at last. May name people.
    pub last_fault: Option<String>,
    /// For whom it was made, once it has failed: an address or a number.
    pub receiver: Option<String>,
    /// When it was given up.
    pub dead_at: Option<Time>,
}

/// How many jobs do not get on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stuck {
    /// They failed and are tried again.
    pub waiting: i64,
    /// They were given up.
    pub dead: i64,
}

queries! {
    ADD = "INSERT INTO jobs (id, queue, payload, created_at, run_at, tries) VALUES ($1, $2, $3, $4, $5, 0)";
    CLAIM_DUE = "UPDATE jobs SET claimed_until = $3, tries = tries + 1
        WHERE id IN (SELECT id FROM jobs WHERE queue = $1 AND run_at <= $2 AND dead_at IS NULL
                AND (claimed_until IS NULL OR claimed_until <= $2) ORDER BY run_at, id LIMIT 1)
            AND dead_at IS NULL AND (claimed_until IS NULL OR claimed_until <= $2)
        RETURNING id, payload, tries";
    DUE = "SELECT id FROM jobs WHERE queue = $1 AND run_at <= $2 AND dead_at IS NULL
        AND (claimed_until IS NULL OR claimed_until <= $2) ORDER BY run_at, id LIMIT 1";
    DONE = "DELETE FROM jobs WHERE id = $1";
    RETRY = "UPDATE jobs SET claimed_until = NULL, run_at = $2, last_fault = $3 WHERE id = $1";
    BURY = "UPDATE jobs SET claimed_until = NULL, dead_at = $2, last_fault = $3 WHERE id = $1";
    CLEAN = "DELETE FROM jobs WHERE dead_at <= $1";
    CLEAR = "DELETE FROM jobs";
    ADDRESS = "UPDATE jobs SET account_id = $2, receiver = $3 WHERE id = $1";
    HELD = "SELECT id, queue, payload, created_at, run_at, tries, last_fault, receiver, dead_at FROM jobs ORDER BY id LIMIT $1";
    FIND = "SELECT id, queue, payload, created_at, run_at, tries, last_fault, receiver, dead_at FROM jobs WHERE id = $1";
    FAILED_OF = "SELECT id, queue, payload, created_at, run_at, tries, last_fault, receiver, dead_at FROM jobs
        WHERE account_id = $1 AND last_fault IS NOT NULL ORDER BY id DESC LIMIT $2";
    FORGET = "DELETE FROM jobs WHERE account_id = $1";
    STUCK = "SELECT CAST(count(*) AS BIGINT) AS jobs, CAST(count(dead_at) AS BIGINT) AS dead FROM jobs WHERE last_fault IS NOT NULL";
    AGAIN = "UPDATE jobs SET dead_at = NULL, run_at = $2, tries = 0
        WHERE id = $1 AND (claimed_until IS NULL OR claimed_until <= $2)";
    DISCARD = "DELETE FROM jobs WHERE id = $1 AND (claimed_until IS NULL OR claimed_until <= $2)";
}

/// Add a job in the transaction of the change that causes it.
pub async fn add(tx: &mut Tx<'_>, id: JobId, queue: &str, payload: &str, now: Time) -> Result<()> {
    add_for(tx, (id, queue, payload), now, now).await
}

/// The same for a job that is not due before `run_at`.
pub async fn add_for(
    tx: &mut Tx<'_>,
    (id, queue, payload): (JobId, &str, &str),
    now: Time,
    run_at: Time,
) -> Result<()> {
    tx.run(ADD, args![id, queue, payload, now, run_at]).await?;
    Ok(())
}

/// Whether there is anything to claim: asking writes nothing.
pub async fn is_due(db: &Db, queue: &str, now: Time) -> Result<bool> {
    Ok(db.maybe(DUE, args![queue, now]).await?.is_some())
}

/// Claim the job that has been due for longest. What is claimed and not
/// finished within [`CLAIM`] may be claimed again.
pub async fn claim_next(tx: &mut Tx<'_>, queue: &str, now: Time) -> Result<Option<Job>> {
    let row = tx
        .maybe(CLAIM_DUE, args![queue, now, now.plus(CLAIM)])
        .await?;
    row.as_ref().map(read).transpose()
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
        bury(tx, job.id, fault, now).await?;
        return Ok(true);
    }
    tx.run(RETRY, args![job.id, now.plus(back_off(job.tries)), fault])
        .await?;
    Ok(false)
}

/// Give it up: it is kept for a look and not tried again.
pub async fn bury(tx: &mut Tx<'_>, id: JobId, fault: &str, now: Time) -> Result<()> {
    tx.run(BURY, args![id, now, fault]).await?;
    Ok(())
}

/// Note for whom a job was made, where that is known only once it is done, and
/// is of interest only once it fails.
pub async fn address(tx: &mut Tx<'_>, id: JobId, account: UserId, receiver: &str) -> Result<()> {
    tx.run(ADDRESS, args![id, account, receiver]).await?;
    Ok(())
}

/// What failed of what was made for an account, newest first.
pub async fn failed_of(db: &Db, account: UserId, most: u32) -> Result<Vec<Held>> {
    let rows = db.rows(FAILED_OF, args![account, most]).await?;
    rows.iter().map(read_held).collect()
}

/// Delete what failed of what was made for an account.
pub async fn forget(tx: &mut Tx<'_>, account: UserId) -> Result<()> {
    tx.run(FORGET, args![account]).await?;
    Ok(())
}

/// Delete jobs that were given up before `before`.
pub async fn clean(tx: &mut Tx<'_>, before: Time) -> Result<u64> {
    tx.run(CLEAN, args![before]).await
}

/// Delete all of them.
pub async fn clear(tx: &mut Tx<'_>) -> Result<()> {
    tx.run(CLEAR, args![]).await?;
    Ok(())
}

/// The oldest jobs, those that were given up among them.
pub async fn held(db: &Db, most: u32) -> Result<Vec<Held>> {
    let rows = db.rows(HELD, args![most]).await?;
    rows.iter().map(read_held).collect()
}

/// One, within a transaction.
pub async fn find(tx: &mut Tx<'_>, id: JobId) -> Result<Option<Held>> {
    let row = tx.maybe(FIND, args![id]).await?;
    row.as_ref().map(read_held).transpose()
}

/// How many jobs do not get on.
pub async fn stuck(db: &Db) -> Result<Stuck> {
    let row = db.one(STUCK, args![]).await?;
    let (all, dead): (i64, i64) = (row.get("jobs")?, row.get("dead")?);
    Ok(Stuck {
        waiting: all - dead,
        dead,
    })
}

/// Try it again now, as if it were new. False if there is none, or it is being
/// worked on.
pub async fn again(tx: &mut Tx<'_>, id: JobId, now: Time) -> Result<bool> {
    Ok(tx.run(AGAIN, args![id, now]).await? == 1)
}

/// Delete it undone. False if there is none, or it is being worked on.
pub async fn discard(tx: &mut Tx<'_>, id: JobId, now: Time) -> Result<bool> {
    Ok(tx.run(DISCARD, args![id, now]).await? == 1)
}

/// 5 s after the first failure, 10 s after the second, an hour at most.
fn back_off(tries: i64) -> Duration {
    let doublings = u32::try_from(tries.clamp(1, 11) - 1).unwrap_or(0);
    Duration::from_secs(5 << doublings).min(Duration::from_hours(1))
}

fn read(row: &Row) -> Result<Job> {
    Ok(Job {
        id: row.get("id")?,
        payload: row.get("payload")?,
        tries: row.get("tries")?,
    })
}

fn read_held(row: &Row) -> Result<Held> {
    Ok(Held {
        id: row.get("id")?,
        queue: row.get("queue")?,
        payload: row.get("payload")?,
        created_at: row.get("created_at")?,
        run_at: row.get("run_at")?,
        tries: row.get("tries")?,
        last_fault: row.get("last_fault")?,
        receiver: row.get("receiver")?,
        dead_at: row.get("dead_at")?,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{TRIES, back_off};

    #[test]
    fn failures_are_tried_again_later_and_later() {
        assert_eq!(back_off(1), Duration::from_secs(5));
        assert_eq!(back_off(2), Duration::from_secs(10));
        assert!((1..20).map(back_off).is_sorted());
        assert_eq!(back_off(i64::MAX), Duration::from_hours(1));
        let all: Duration = (1..TRIES).map(back_off).sum();
        assert!((23..25).contains(&(all.as_secs() / 3600)), "{all:?}");
    }
}
