//! A recovery that was started for somebody who can prove nothing any more, and
//! waits so that they may object. One at most for each account. Owns table
//! `recoveries`.

use tollgate_base::{
    Result,
    id::{JobId, UserId},
    time::Time,
};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

/// A recovery that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// For whom.
    pub account: UserId,
    /// The mail with its link.
    pub job: JobId,
    /// Who started it, as the audit trail names them.
    pub started_by: String,
    /// When they did.
    pub started_at: Time,
    /// When it may be finished, and the link goes out.
    pub ready_at: Time,
    /// When it is over, finished or not.
    pub expires_at: Time,
}

queries! {
    START = "INSERT INTO recoveries (account_id, job_id, started_by, started_at, ready_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (account_id) DO UPDATE SET job_id = excluded.job_id, started_by = excluded.started_by,
            started_at = excluded.started_at, ready_at = excluded.ready_at, expires_at = excluded.expires_at
        WHERE recoveries.expires_at <= excluded.started_at";
    FIND = "SELECT account_id, job_id, started_by, started_at, ready_at, expires_at FROM recoveries
        WHERE account_id = $1 AND expires_at > $2";
    TAKE = "DELETE FROM recoveries WHERE account_id = $1 AND ready_at <= $2 AND expires_at > $2";
    STOP = "DELETE FROM recoveries WHERE account_id = $1";
    FORGET_ALL = "DELETE FROM recoveries";
    CLEAN = "DELETE FROM recoveries WHERE expires_at <= $1";
}

/// Start one. False if one waits already.
pub async fn start(tx: &mut Tx<'_>, new: &Recovery) -> Result<bool> {
    let row = args![
        new.account,
        new.job,
        &new.started_by,
        new.started_at,
        new.ready_at,
        new.expires_at
    ];
    Ok(tx.run(START, row).await? == 1)
}

/// The one that waits for an account.
pub async fn find(db: &Db, account: UserId, now: Time) -> Result<Option<Recovery>> {
    let row = db.maybe(FIND, args![account, now]).await?;
    row.map(|row| read(&row)).transpose()
}

/// The same within a transaction.
pub async fn find_in(tx: &mut Tx<'_>, account: UserId, now: Time) -> Result<Option<Recovery>> {
    let row = tx.maybe(FIND, args![account, now]).await?;
    row.map(|row| read(&row)).transpose()
}

/// Use it up. False if there is none, or it still waits.
pub async fn take(tx: &mut Tx<'_>, account: UserId, now: Time) -> Result<bool> {
    Ok(tx.run(TAKE, args![account, now]).await? == 1)
}

/// Stop it. False if there is none.
pub async fn stop(tx: &mut Tx<'_>, account: UserId) -> Result<bool> {
    Ok(tx.run(STOP, args![account]).await? == 1)
}

/// Stop all.
pub async fn forget_all(tx: &mut Tx<'_>) -> Result<u64> {
    tx.run(FORGET_ALL, args![]).await
}

/// Delete those that are over.
pub async fn clean(tx: &mut Tx<'_>, now: Time) -> Result<u64> {
    tx.run(CLEAN, args![now]).await
}

fn read(row: &Row) -> Result<Recovery> {
    Ok(Recovery {
        account: row.get("account_id")?,
        job: row.get("job_id")?,
        started_by: row.get("started_by")?,
        started_at: row.get("started_at")?,
        ready_at: row.get("ready_at")?,
        expires_at: row.get("expires_at")?,
    })
}
