//! What channels are still to be told, and what became of their last message.

use std::time::Duration;

use tollgate_base::{
    Result,
    id::{AlertId, JobId},
    time::Time,
};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

/// A channel that took nothing for so long is not told of what is older.
pub const GIVEN_UP: Duration = Duration::from_hours(24);

/// What tests are noted as.
const TEST: &str = "test";

/// A channel is to be told of an alert.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Its id.
    pub id: JobId,
    /// Of which alert.
    pub alert: AlertId,
    /// Which channel.
    pub channel: String,
    /// To whom: an address or the id of an account; empty where a channel has one end.
    pub receiver: String,
    /// When it was first due.
    pub created_at: Time,
    /// How often it was tried.
    pub tries: i64,
}

/// What became of the last message to a receiver of a channel.
#[derive(Clone, Debug)]
pub struct Last {
    /// The channel.
    pub channel: String,
    /// To whom; empty where a channel has one end.
    pub receiver: String,
    /// Whether it was a test.
    pub test: bool,
    /// When that was.
    pub at: Time,
    /// What went wrong, if something did.
    pub fault: Option<String>,
}

queries! {
    ADD_NOTICE = "INSERT INTO alert_notices (id, alert_id, channel, receiver, created_at, due_at, tries)
        VALUES ($1, $2, $3, $4, $5, $6, 0)";
    DUE_NOTICES = "SELECT id, alert_id, channel, receiver, created_at, tries FROM alert_notices
        WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
    DONE_NOTICE = "DELETE FROM alert_notices WHERE id = $1";
    LATER = "UPDATE alert_notices SET tries = tries + 1, due_at = $2 WHERE id = $1";
    LAST = "SELECT name, last_at, fault FROM alert_channels ORDER BY name";
    FORGET_LAST = "DELETE FROM alert_channels WHERE last_at <= $1";
    SAID = "INSERT INTO alert_channels (name, last_at, fault) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET last_at = excluded.last_at, fault = excluded.fault";
}

/// Tell a channel, not before `due_at`.
pub async fn add(tx: &mut Tx<'_>, notice: &Notice, due_at: Time) -> Result<()> {
    let row = args![
        notice.id,
        notice.alert,
        &notice.channel,
        &notice.receiver,
        notice.created_at,
        due_at
    ];
    tx.run(ADD_NOTICE, row).await?;
    Ok(())
}

/// Those whose time has come.
pub async fn due(db: &Db, now: Time, most: u32) -> Result<Vec<Notice>> {
    let rows = db.rows(DUE_NOTICES, args![now, most]).await?;
    rows.iter().map(read).collect()
}

/// It was told, or will not be any more.
pub async fn done(tx: &mut Tx<'_>, id: JobId) -> Result<()> {
    tx.run(DONE_NOTICE, args![id]).await?;
    Ok(())
}

/// Try again then.
pub async fn later(tx: &mut Tx<'_>, id: JobId, due_at: Time) -> Result<()> {
    tx.run(LATER, args![id, due_at]).await?;
    Ok(())
}

/// What became of the last messages of each channel that was ever told anything.
pub async fn last(db: &Db) -> Result<Vec<Last>> {
    let read = |row: &Row| {
        let name: String = row.get("name")?;
        // One word alone is what versions before this one wrote.
        let mut parts = name.splitn(3, ' ');
        let mut part = || parts.next().unwrap_or_default().to_owned();
        let (channel, sort, receiver) = (part(), part(), part());
        Ok(Last {
            channel,
            receiver,
            test: sort == TEST,
            at: row.get("last_at")?,
            fault: row.get("fault")?,
        })
    };
    db.rows(LAST, args![]).await?.iter().map(read).collect()
}

/// Note what became of a message.
pub async fn said(tx: &mut Tx<'_>, last: &Last) -> Result<()> {
    let sort = if last.test { TEST } else { "told" };
    let name = format!("{} {sort} {}", last.channel, last.receiver);
    tx.run(SAID, args![name, last.at, last.fault.clone()])
        .await?;
    Ok(())
}

/// Forget what became of messages before that time.
pub async fn forget_last(tx: &mut Tx<'_>, until: Time) -> Result<u64> {
    tx.run(FORGET_LAST, args![until]).await
}

fn read(row: &Row) -> Result<Notice> {
    Ok(Notice {
        id: row.get("id")?,
        alert: row.get("alert_id")?,
        channel: row.get("channel")?,
        receiver: row.get("receiver")?,
        created_at: row.get("created_at")?,
        tries: row.get("tries")?,
    })
}
