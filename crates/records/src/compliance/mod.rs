//! What the last check of the compliance rules counted, and which findings an
//! administrator has accepted until a day. The rules themselves are not here.
//! Owns tables `compliance_counts` and `compliance_exceptions`.

use tollgate_base::{Result, time::Time};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

/// What a check counted for a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// The rule's name.
    pub rule: String,
    /// Findings that nobody has accepted.
    pub findings: i64,
    /// Findings that somebody has.
    pub accepted: i64,
    /// Since when there are findings, or none.
    pub since: Time,
    /// When it was checked.
    pub checked_at: Time,
}

/// A finding that is accepted for a while.
#[derive(Clone, PartialEq, Eq)]
pub struct Exception {
    /// The rule's name.
    pub rule: String,
    /// What was found: the id of an account, a site or a key.
    pub subject: String,
    /// Why it is accepted. Personal data.
    pub reason: String,
    /// By whom, as the audit trail names them.
    pub accepted_by: String,
    /// When.
    pub accepted_at: Time,
    /// From then on it is a finding again.
    pub until: Time,
}

queries! {
    COUNTS = "SELECT rule, findings, accepted, since, checked_at FROM compliance_counts ORDER BY rule";
    CHECKED = "SELECT CAST(max(checked_at) AS BIGINT) AS at FROM compliance_counts";
    KEEP = "INSERT INTO compliance_counts (rule, findings, accepted, since, checked_at) VALUES ($1, $2, $3, $4, $4)
        ON CONFLICT (rule) DO UPDATE SET findings = excluded.findings, accepted = excluded.accepted,
            since = CASE WHEN (compliance_counts.findings = 0) = (excluded.findings = 0)
                THEN compliance_counts.since ELSE excluded.since END,
            checked_at = excluded.checked_at";
    ACCEPT = "INSERT INTO compliance_exceptions (rule, subject, reason, accepted_by, accepted_at, until)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (rule, subject) DO UPDATE SET reason = excluded.reason, accepted_by = excluded.accepted_by,
            accepted_at = excluded.accepted_at, until = excluded.until";
    WITHDRAW = "DELETE FROM compliance_exceptions WHERE rule = $1 AND subject = $2 AND until > $3";
    IN_FORCE = "SELECT rule, subject, reason, accepted_by, accepted_at, until FROM compliance_exceptions
        WHERE until > $1 ORDER BY until, rule, subject LIMIT $2";
    OF = "SELECT rule, subject, reason, accepted_by, accepted_at, until FROM compliance_exceptions
        WHERE subject = $1 AND until > $2 ORDER BY rule";
    HOW_MANY = "SELECT CAST(count(*) AS BIGINT) AS n FROM compliance_exceptions WHERE until > $1";
    FORGET = "DELETE FROM compliance_exceptions WHERE subject = $1";
    CLEAN = "DELETE FROM compliance_exceptions WHERE until <= $1";
}

impl Exception {
    /// Most characters of a reason.
    pub const REASON_MOST: usize = 500;
    /// Most that are in force at once: they are held in memory during a check.
    pub const MOST: i64 = 10_000;
}

/// What the last check counted.
pub async fn counts(db: &Db) -> Result<Vec<Count>> {
    db.rows(COUNTS, args![]).await?.iter().map(count).collect()
}

/// The same within a transaction.
pub async fn counts_in(tx: &mut Tx<'_>) -> Result<Vec<Count>> {
    tx.rows(COUNTS, args![]).await?.iter().map(count).collect()
}

/// When the rules were last checked.
pub async fn checked(db: &Db) -> Result<Option<Time>> {
    db.one(CHECKED, args![]).await?.get("at")
}

/// Keep what a check counted for a rule.
pub async fn keep(
    tx: &mut Tx<'_>,
    rule: &str,
    (findings, accepted): (i64, i64),
    now: Time,
) -> Result<()> {
    tx.run(KEEP, args![rule, findings, accepted, now]).await?;
    Ok(())
}

/// Accept a finding, or accept it anew.
pub async fn accept(tx: &mut Tx<'_>, new: &Exception) -> Result<()> {
    let row = args![
        &new.rule,
        &new.subject,
        &new.reason,
        &new.accepted_by,
        new.accepted_at,
        new.until
    ];
    tx.run(ACCEPT, row).await?;
    Ok(())
}

/// Accept a finding no longer. False if it is not accepted.
pub async fn withdraw(tx: &mut Tx<'_>, rule: &str, subject: &str, now: Time) -> Result<bool> {
    Ok(tx.run(WITHDRAW, args![rule, subject, now]).await? == 1)
}

/// All exceptions in force.
pub async fn in_force(db: &Db, now: Time) -> Result<Vec<Exception>> {
    let rows = db.rows(IN_FORCE, args![now, Exception::MOST]).await?;
    rows.iter().map(exception).collect()
}

/// Those about one subject.
pub async fn of(db: &Db, subject: &str, now: Time) -> Result<Vec<Exception>> {
    let rows = db.rows(OF, args![subject, now]).await?;
    rows.iter().map(exception).collect()
}

/// How many are in force.
pub async fn how_many(tx: &mut Tx<'_>, now: Time) -> Result<i64> {
    tx.one(HOW_MANY, args![now]).await?.get("n")
}

/// Delete those about an account with it.
pub async fn forget(tx: &mut Tx<'_>, subject: &str) -> Result<()> {
    tx.run(FORGET, args![subject]).await?;
    Ok(())
}

/// Delete those that are over.
pub async fn clean(tx: &mut Tx<'_>, now: Time) -> Result<u64> {
    tx.run(CLEAN, args![now]).await
}

fn count(row: &Row) -> Result<Count> {
    Ok(Count {
        rule: row.get("rule")?,
        findings: row.get("findings")?,
        accepted: row.get("accepted")?,
        since: row.get("since")?,
        checked_at: row.get("checked_at")?,
    })
}

fn exception(row: &Row) -> Result<Exception> {
    Ok(Exception {
        rule: row.get("rule")?,
        subject: row.get("subject")?,
        reason: row.get("reason")?,
        accepted_by: row.get("accepted_by")?,
        accepted_at: row.get("accepted_at")?,
        until: row.get("until")?,
    })
}
