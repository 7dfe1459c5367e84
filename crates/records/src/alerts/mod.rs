//! What operators are told of: one open alert for each rule and whom it is about, with
//! how often and how long. Which rules there are is decided one floor up.
//! Owns tables `alerts`, `alert_notices`, `alert_channels` and `alert_marks`.

pub mod notices;

use std::{fmt, str::FromStr, time::Duration};

use tollgate_base::{
    Error, Result, codes,
    id::{AlertId, EventId},
    time::Time,
};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

/// How long one that does not come again stays open by itself.
pub const OPEN: Duration = Duration::from_hours(30 * 24);
/// How long one that was closed is kept.
pub const KEPT: Duration = Duration::from_hours(90 * 24);

/// The place in the trail up to which events were gone over.
pub const READ: &str = "read";
/// The end of the trail when it was last checked.
pub const CHAIN: &str = "chain";

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Severity {
    /// Worth knowing.
    Info = 1,
    /// Somebody should look at it today.
    Warning = 2,
    /// Somebody should look at it now.
    Critical = 3,
}

/// Something that operators are told of.
#[derive(Clone, Debug)]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// The stable name of what raised it.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// About whom or what: an id, or empty for the installation.
    pub subject: String,
    /// How often it was raised.
    pub count: i64,
    /// When first.
    pub first_at: Time,
    /// When last.
    pub last_at: Time,
    /// The event that raised it last.
    pub event: Option<EventId>,
    /// When channels were told last, and of which severity.
    pub told: Option<(Time, i64)>,
    /// Who saw it, and when.
    pub acknowledged: Option<(String, Time)>,
    /// Who closed it, and when.
    pub closed: Option<(String, Time)>,
}

/// What raises an alert.
#[derive(Clone, Debug)]
pub struct Raise {
    /// The id that it gets if there is none yet.
    pub id: AlertId,
    /// The rule's name.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// About whom or what; empty for the installation.
    pub subject: String,
    /// When it happened.
    pub at: Time,
    /// The event, if it was one.
    pub event: Option<EventId>,
}

queries! {
    RAISE = "INSERT INTO alerts (id, rule, severity, subject, open_as, count, first_at, last_at, event_id)
        VALUES ($1, $2, $3, $4, $5, 1, $6, $6, $7)
        ON CONFLICT (open_as) DO UPDATE SET count = alerts.count + 1, last_at = excluded.last_at,
            event_id = excluded.event_id, severity = CASE WHEN excluded.severity > alerts.severity
                THEN excluded.severity ELSE alerts.severity END
        RETURNING id, rule, severity, subject, count, first_at, last_at, event_id, told_at, told_severity,
            acknowledged_at, acknowledged_by, closed_at, closed_by";
    IS_OPEN = "SELECT id FROM alerts WHERE open_as = $1";
    COUNT_OPEN = "SELECT CAST(count(*) AS BIGINT) AS alerts FROM alerts WHERE rule = $1 AND closed_at IS NULL";
    TOLD = "UPDATE alerts SET told_at = $2, told_severity = $3 WHERE id = $1";
    OPEN_ALERTS = "SELECT id, rule, severity, subject, count, first_at, last_at, event_id, told_at, told_severity,
            acknowledged_at, acknowledged_by, closed_at, closed_by
        FROM alerts WHERE closed_at IS NULL ORDER BY severity DESC, last_at DESC, id LIMIT $1";
    CLOSED_ALERTS = "SELECT id, rule, severity, subject, count, first_at, last_at, event_id, told_at, told_severity,
            acknowledged_at, acknowledged_by, closed_at, closed_by
        FROM alerts WHERE closed_at IS NOT NULL ORDER BY closed_at DESC, id DESC LIMIT $1";
    FIND_ALERT = "SELECT id, rule, severity, subject, count, first_at, last_at, event_id, told_at, told_severity,
            acknowledged_at, acknowledged_by, closed_at, closed_by
        FROM alerts WHERE id = $1";
    BY_SEVERITY = "SELECT severity, CAST(count(*) AS BIGINT) AS alerts FROM alerts WHERE closed_at IS NULL
        GROUP BY severity ORDER BY severity";
    ACKNOWLEDGE = "UPDATE alerts SET acknowledged_at = $2, acknowledged_by = $3
        WHERE id = $1 AND acknowledged_at IS NULL AND closed_at IS NULL";
    CLOSE = "UPDATE alerts SET closed_at = $2, closed_by = $3, open_as = NULL WHERE id = $1 AND closed_at IS NULL";
    CLOSE_OLD = "UPDATE alerts SET closed_at = $1, closed_by = $2, open_as = NULL
        WHERE closed_at IS NULL AND last_at <= $3";
    CLOSE_RULE = "UPDATE alerts SET closed_at = $2, closed_by = $3, open_as = NULL WHERE rule = $1 AND closed_at IS NULL";
    CLEAN_ALERTS = "DELETE FROM alerts WHERE closed_at <= $1
        AND NOT EXISTS (SELECT 1 FROM alert_notices WHERE alert_notices.alert_id = alerts.id)";
    MARK = "SELECT seq, hash FROM alert_marks WHERE name = $1";
    BEGIN_MARK = "INSERT INTO alert_marks (name, seq, hash) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";
    MOVE_MARK = "UPDATE alert_marks SET seq = $3, hash = $4 WHERE name = $1 AND seq = $2";
    LOWER_MARK = "UPDATE alert_marks SET seq = $2 WHERE name = $1 AND seq > $2";
}

/// Raise one, or count it once more: it stays as bad as it was at its worst.
pub async fn raise(tx: &mut Tx<'_>, raise: &Raise) -> Result<Alert> {
    let row = args![
        raise.id,
        raise.rule,
        raise.severity as u32,
        &raise.subject,
        open_as(raise.rule, &raise.subject),
        raise.at,
        raise.event
    ];
    read(&tx.one(RAISE, row).await?)
}

/// Whether one is open about that.
pub async fn is_open(tx: &mut Tx<'_>, rule: &str, subject: &str) -> Result<bool> {
    let found = tx.maybe(IS_OPEN, args![open_as(rule, subject)]).await?;
    Ok(found.is_some())
}

/// How many of a rule are open.
pub async fn open_of(tx: &mut Tx<'_>, rule: &str) -> Result<i64> {
    tx.one(COUNT_OPEN, args![rule]).await?.get("alerts")
}

/// Channels are told of it.
pub async fn told(tx: &mut Tx<'_>, alert: &Alert, now: Time) -> Result<()> {
    let row = args![alert.id, now, alert.severity as u32];
    tx.run(TOLD, row).await?;
    Ok(())
}

/// Those that are open, worst first, or those that were closed, newest first.
pub async fn list(db: &Db, open: bool, most: u32) -> Result<Vec<Alert>> {
    let sql = if open { OPEN_ALERTS } else { CLOSED_ALERTS };
    db.rows(sql, args![most]).await?.iter().map(read).collect()
}

/// One of them.
pub async fn find(db: &Db, id: AlertId) -> Result<Option<Alert>> {
    let row = db.maybe(FIND_ALERT, args![id]).await?;
    row.as_ref().map(read).transpose()
}

/// How many are open of each severity.
pub async fn by_severity(db: &Db) -> Result<Vec<(Severity, i64)>> {
    let rows = db.rows(BY_SEVERITY, args![]).await?;
    rows.iter()
        .map(|row| Ok((Severity::of(row.get("severity")?), row.get("alerts")?)))
        .collect()
}

/// Somebody saw it. False if somebody had, or it is closed or gone.
pub async fn acknowledge(tx: &mut Tx<'_>, id: AlertId, by: &str, now: Time) -> Result<bool> {
    Ok(tx.run(ACKNOWLEDGE, args![id, now, by]).await? == 1)
}

/// Close it. False if it was, or is gone.
pub async fn close(tx: &mut Tx<'_>, id: AlertId, by: &str, now: Time) -> Result<bool> {
    Ok(tx.run(CLOSE, args![id, now, by]).await? == 1)
}

/// Close all of a rule: what raised them is over.
pub async fn close_rule(tx: &mut Tx<'_>, rule: &str, by: &str, now: Time) -> Result<u64> {
    tx.run(CLOSE_RULE, args![rule, now, by]).await
}

/// Close what has not come again for long, and delete what was closed long ago.
pub async fn clean(tx: &mut Tx<'_>, by: &str, now: Time) -> Result<u64> {
    let closed = tx.run(CLOSE_OLD, args![now, by, now.minus(OPEN)]).await?;
    Ok(closed + tx.run(CLEAN_ALERTS, args![now.minus(KEPT)]).await?)
}

/// A place in the trail that somebody noted, with its hash.
pub async fn mark(db: &Db, name: &str) -> Result<Option<(i64, Option<[u8; 32]>)>> {
    let row = db.maybe(MARK, args![name]).await?;
    row.map(|row| Ok((row.get("seq")?, row.get("hash")?)))
        .transpose()
}

/// Note one for the first time.
pub async fn begin_mark(db: &Db, name: &str, seq: i64, hash: Option<[u8; 32]>) -> Result<()> {
    let begun = db.write_one(BEGIN_MARK, args![name, seq, hash]);
    begun.await.map(drop)
}

/// Move it. False if somebody else did.
pub async fn move_mark(
    tx: &mut Tx<'_>,
    name: &str,
    (from, to): (i64, i64),
    hash: Option<[u8; 32]>,
) -> Result<bool> {
    Ok(tx.run(MOVE_MARK, args![name, from, to, hash]).await? == 1)
}

/// Put one back, if it lies beyond that.
pub async fn lower_mark(tx: &mut Tx<'_>, name: &str, last: i64) -> Result<()> {
    tx.send(LOWER_MARK, args![name, last]).await
}

fn open_as(rule: &str, subject: &str) -> String {
    format!("{rule} {subject}")
}

fn read(row: &Row) -> Result<Alert> {
    let told: (Option<Time>, Option<i64>) = (row.get("told_at")?, row.get("told_severity")?);
    let who = |by: Option<String>, at: Option<Time>| by.zip(at);
    Ok(Alert {
        id: row.get("id")?,
        rule: row.get("rule")?,
        severity: Severity::of(row.get("severity")?),
        subject: row.get("subject")?,
        count: row.get("count")?,
        first_at: row.get("first_at")?,
        last_at: row.get("last_at")?,
        event: row.get("event_id")?,
        told: told.0.zip(told.1),
        acknowledged: who(row.get("acknowledged_by")?, row.get("acknowledged_at")?),
        closed: who(row.get("closed_by")?, row.get("closed_at")?),
    })
}

impl Severity {
    /// All of them, mildest first.
    pub const ALL: [Self; 3] = [Self::Info, Self::Warning, Self::Critical];

    /// As it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }

    /// A newer version may know worse.
    fn of(number: i64) -> Self {
        let known = Self::ALL.into_iter().find(|one| *one as i64 == number);
        known.unwrap_or(Self::Critical)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut all = Self::ALL.into_iter();
        all.find(|one| one.as_str() == text)
            .ok_or_else(|| Error::new(&codes::REQUEST_INVALID))
    }
}
