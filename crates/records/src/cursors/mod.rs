//! How far whatever follows the events has come: exports by number, retention
//! by time. Owns table `cursors`.

use tollgate_base::{Result, time::Time};
use tollgate_store::{
    args, queries,
    sql::{Db, Tx},
};

/// Up to where this server checked the trail and signed it.
pub const CHECK: &str = "check";
/// Up to where a log server has it.
pub const SYSLOG: &str = "syslog";

/// A place as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The last number, or the time in microseconds, that is done with.
    pub place: i64,
    /// When it last moved, or failed to.
    pub moved_at: Time,
    /// What keeps it from going on, if anything does.
    pub fault: Option<String>,
}

queries! {
    FIND = "SELECT place, moved_at, fault FROM cursors WHERE name = $1";
    SET = "INSERT INTO cursors (name, place, moved_at) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET place = excluded.place, moved_at = excluded.moved_at, fault = NULL";
    MOVE = "UPDATE cursors SET place = $3, moved_at = $4, fault = NULL WHERE name = $1 AND place = $2";
    REACH = "INSERT INTO cursors (name, place, moved_at) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET place = excluded.place, moved_at = excluded.moved_at
        WHERE cursors.fault IS NULL";
    LOWER = "UPDATE cursors SET place = $2 WHERE name = $1 AND place > $2";
    FAIL_FIRST = "INSERT INTO cursors (name, place, moved_at, fault) VALUES ($1, 0, $3, $2)
        ON CONFLICT (name) DO UPDATE SET fault = excluded.fault, moved_at = excluded.moved_at
        WHERE cursors.fault IS NULL";
    CLEAR = "UPDATE cursors SET fault = NULL WHERE name = $1 AND fault IS NOT NULL AND moved_at <= $2";
    FAIL = "UPDATE cursors SET fault = $2, moved_at = $3 WHERE name = $1 AND (fault IS NULL OR fault <> $2)";
}

/// Where it is.
///
/// # Errors
/// What the database says.
pub async fn find(db: &Db, name: &str) -> Result<Option<Cursor>> {
    let row = db.maybe(FIND, args![name]).await?;
    row.map(|row| {
        Ok(Cursor {
            place: row.get("place")?,
            moved_at: row.get("moved_at")?,
            fault: row.get("fault")?,
        })
    })
    .transpose()
}

/// Put it somewhere, whatever it was.
///
/// # Errors
/// What the database says.
pub async fn set(tx: &mut Tx<'_>, name: &str, place: i64, now: Time) -> Result<()> {
    tx.send(SET, args![name, place, now]).await
}

/// Go on from where it was. False if somebody has put it elsewhere meanwhile.
///
/// # Errors
/// What the database says.
pub async fn go_on(db: &Db, name: &str, (from, to): (i64, i64), now: Time) -> Result<bool> {
    Ok(db.write_one(MOVE, args![name, from, to, now]).await? == 1)
}

/// Say what keeps it. False if that was said before.
///
/// # Errors
/// What the database says.
pub async fn fail(db: &Db, name: &str, fault: &str, now: Time) -> Result<bool> {
    Ok(db.write_one(FAIL, args![name, fault, now]).await? == 1)
}

/// Put it somewhere, unless something keeps it. False if something does.
///
/// # Errors
/// What the database says.
pub async fn reach(tx: &mut Tx<'_>, name: &str, place: i64, now: Time) -> Result<bool> {
    Ok(tx.run(REACH, args![name, place, now]).await? == 1)
}

/// Put it back, if it lies beyond that.
///
/// # Errors
/// What the database says.
pub async fn lower(tx: &mut Tx<'_>, name: &str, last: i64) -> Result<()> {
    tx.send(LOWER, args![name, last]).await
}

/// Say what keeps it, and go on saying that until it is [cleared](clear). False if
/// something keeps it already.
///
/// # Errors
/// What the database says.
pub async fn fail_first(tx: &mut Tx<'_>, name: &str, fault: &str, now: Time) -> Result<bool> {
    Ok(tx.run(FAIL_FIRST, args![name, fault, now]).await? == 1)
}

/// What was said to keep it, up to then, does not any more. False if nothing was.
///
/// # Errors
/// What the database says.
pub async fn clear(db: &Db, name: &str, until: Time) -> Result<bool> {
    Ok(db.write_one(CLEAR, args![name, until]).await? == 1)
}
