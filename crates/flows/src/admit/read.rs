//! The one join behind a principal: session and account together.

use tollgate_base::{
    Result,
    access::Role,
    id::{SessionId, UserId},
    time::Time,
};
use tollgate_records::sessions::{self, Session};
use tollgate_store::{
    args, queries,
    sql::{Db, Row},
};

queries! {
    BY_COOKIE = "SELECT s.id, s.account_id, s.kind, s.epoch, s.assurance, s.auth_time, s.created_at, s.last_seen_at,
            s.idle_span, s.expires_at, s.revoked_at, s.device, s.browser, s.address, s.device_id,
            d.hash AS device_hash, a.role, a.founder, a.suspended_at
        FROM sessions s JOIN accounts a ON a.id = s.account_id LEFT JOIN devices d ON d.id = s.device_id WHERE s.secret_hash = $1";
    BY_SESSION = "SELECT s.id, s.account_id, s.kind, s.epoch, s.assurance, s.auth_time, s.created_at, s.last_seen_at,
            s.idle_span, s.expires_at, s.revoked_at, s.device, s.browser, s.address, s.device_id,
            d.hash AS device_hash, a.role, a.founder, a.suspended_at
        FROM sessions s JOIN accounts a ON a.id = s.account_id LEFT JOIN devices d ON d.id = s.device_id WHERE s.id = $1";
    BY_NUMBER = "SELECT a.id, a.suspended_at, a.not_before
        FROM aliases n JOIN accounts a ON a.id = n.account_id WHERE n.number = $1";
}

/// A session with what its account says of it.
pub(super) struct Loaded {
    pub(super) session: Session,
    /// Of the secret of the device on which it was opened.
    pub(super) device_hash: Option<[u8; 32]>,
    pub(super) role: Role,
    pub(super) founder: bool,
    pub(super) suspended: bool,
}

/// An account as a foreign token names it.
pub(super) struct Named {
    pub(super) id: UserId,
    pub(super) suspended: bool,
    pub(super) not_before: Time,
}

pub(super) async fn by_cookie(db: &Db, hash: [u8; 32]) -> Result<Option<Loaded>> {
    db.maybe(BY_COOKIE, args![hash])
        .await?
        .map(|row| read(&row))
        .transpose()
}

pub(super) async fn by_session(db: &Db, id: SessionId) -> Result<Option<Loaded>> {
    db.maybe(BY_SESSION, args![id])
        .await?
        .map(|row| read(&row))
        .transpose()
}

pub(super) async fn by_number(db: &Db, number: i64) -> Result<Option<Named>> {
    let Some(row) = db.maybe(BY_NUMBER, args![number]).await? else {
        return Ok(None);
    };
    Ok(Some(Named {
        id: row.get("id")?,
        suspended: row.get::<Option<Time>>("suspended_at")?.is_some(),
        not_before: row.get("not_before")?,
    }))
}

fn read(row: &Row) -> Result<Loaded> {
    Ok(Loaded {
        session: sessions::read(row)?,
        device_hash: row.get("device_hash")?,
        role: row.get("role")?,
        founder: row.get("founder")?,
        suspended: row.get::<Option<Time>>("suspended_at")?.is_some(),
    })
}
