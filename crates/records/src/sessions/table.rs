//! The SQL of sessions and refresh tokens.

use std::time::Duration;

use tollgate_base::{
    Result,
    access::Assurance,
    id::{DeviceId, SessionId, UserId},
    time::Time,
};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

use super::{Device, EndReason, NewSession, Session};

queries! {
    OPEN = "INSERT INTO sessions (id, account_id, kind, secret_hash, foreign_token, epoch, assurance, auth_time,
            created_at, last_seen_at, idle_span, expires_at, device, browser, address, device_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (foreign_token) DO NOTHING";
    FIND = "SELECT id, account_id, kind, epoch, assurance, auth_time, created_at, last_seen_at, idle_span, expires_at,
            revoked_at, device, browser, address, device_id
        FROM sessions WHERE id = $1";
    BY_FOREIGN = "SELECT id FROM sessions WHERE foreign_token = $1";
    LIVE_OF = "SELECT id, account_id, kind, epoch, assurance, auth_time, created_at, last_seen_at, idle_span, expires_at,
            revoked_at, device, browser, address, device_id
        FROM sessions
        WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND last_seen_at + idle_span > $2
        ORDER BY created_at DESC, id DESC LIMIT 500";
    LIVE = "SELECT CAST(count(*) AS BIGINT) AS sessions FROM sessions
        WHERE epoch = $1 AND revoked_at IS NULL AND expires_at > $2 AND last_seen_at + idle_span > $2";
    END = "UPDATE sessions SET revoked_at = $2, revoked_because = $3 WHERE id = $1 AND revoked_at IS NULL";
    END_ALL = "UPDATE sessions SET revoked_at = $2, revoked_because = $3
        WHERE account_id = $1 AND revoked_at IS NULL AND (CAST($4 AS TEXT) IS NULL OR id <> $4)";
    END_OF_DEVICE = "UPDATE sessions SET revoked_at = $3, revoked_because = $4
        WHERE account_id = $1 AND device_id = $2 AND revoked_at IS NULL";
    END_OF_DEVICES = "UPDATE sessions SET revoked_at = $2, revoked_because = $3
        WHERE account_id = $1 AND device_id IS NOT NULL AND revoked_at IS NULL
            AND (CAST($4 AS TEXT) IS NULL OR device_id <> $4)";
    BEYOND = "SELECT id FROM sessions
        WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND last_seen_at + idle_span > $2 AND id <> $3
        ORDER BY last_seen_at DESC, id DESC LIMIT 1000 OFFSET $4";
    LOWER_ASSURANCE = "UPDATE sessions SET assurance = 1
        WHERE account_id = $1 AND assurance > 1 AND (CAST($2 AS TEXT) IS NULL OR id <> $2)";
    PROVED_AGAIN = "UPDATE sessions SET auth_time = $2 WHERE id = $1";
    RAISE_ASSURANCE = "UPDATE sessions SET assurance = 2, auth_time = $2 WHERE id = $1 AND revoked_at IS NULL";
    RENEW = "UPDATE sessions SET secret_hash = $2 WHERE id = $1 AND secret_hash IS NOT NULL AND revoked_at IS NULL";
    SAW = "UPDATE sessions SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2";
    FORGET = "DELETE FROM sessions WHERE account_id = $1";
    CLEAN = "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at <= $1
        AND NOT EXISTS (SELECT 1 FROM refresh_tokens r WHERE r.session_id = sessions.id) ORDER BY expires_at LIMIT 500)";

    ADD_REFRESH = "INSERT INTO refresh_tokens (hash, session_id, generation, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
    USE_REFRESH = "UPDATE refresh_tokens SET used_at = $2 WHERE hash = $1 AND used_at IS NULL";
    FORGET_REFRESH = "DELETE FROM refresh_tokens WHERE session_id IN (SELECT id FROM sessions WHERE account_id = $1)";
    CLEAN_REFRESH = "DELETE FROM refresh_tokens WHERE hash IN
        (SELECT hash FROM refresh_tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT 500)";
}

/// Longest idle limit in microseconds: added to a time it is still one.
const SPAN_MOST: i64 = i64::MAX / 2;

/// Open a session. False if one stands for the same foreign token already.
pub async fn open(tx: &mut Tx<'_>, new: &NewSession, now: Time) -> Result<bool> {
    let assurance: i64 = match new.assurance {
        Assurance::One => 1,
        Assurance::Two => 2,
    };
    let row = args![
        new.id,
        new.account,
        new.kind.as_str(),
        new.secret_hash,
        new.foreign_token.clone(),
        new.epoch,
        assurance,
        now,
        i64::try_from(new.idle_span.as_micros()).map_or(SPAN_MOST, |span| span.min(SPAN_MOST)),
        new.expires_at,
        new.device.name.clone(),
        new.device.browser.clone(),
        new.device.address.clone(),
        new.device_id
    ];
    Ok(tx.run(OPEN, row).await? == 1)
}

/// Its owner has proved themselves by a second factor too.
pub async fn raise_assurance(tx: &mut Tx<'_>, id: SessionId, now: Time) -> Result<()> {
    tx.run(RAISE_ASSURANCE, args![id, now]).await?;
    Ok(())
}

/// Its owner has proved themselves again, by no more than before.
pub async fn proved_again(tx: &mut Tx<'_>, id: SessionId, now: Time) -> Result<()> {
    tx.run(PROVED_AGAIN, args![id, now]).await?;
    Ok(())
}

/// A cookie keeps it alive that has this SHA-256, and the one before does not any
/// more. False if it is kept alive by no cookie, or has ended.
pub async fn renew(tx: &mut Tx<'_>, id: SessionId, secret_hash: [u8; 32]) -> Result<bool> {
    Ok(tx.run(RENEW, args![id, secret_hash]).await? == 1)
}

/// What was a second factor is none any more, for all sessions of an account
/// but, where given, one.
pub async fn lower_assurance(
    tx: &mut Tx<'_>,
    account: UserId,
    but: Option<SessionId>,
) -> Result<()> {
    tx.run(LOWER_ASSURANCE, args![account, but]).await?;
    Ok(())
}

/// A session by its id.
pub async fn find(tx: &mut Tx<'_>, id: SessionId) -> Result<Option<Session>> {
    tx.maybe(FIND, args![id])
        .await?
        .map(|row| read(&row))
        .transpose()
}

/// The session that stands for a foreign token.
pub async fn by_foreign_token(db: &Db, name: &str) -> Result<Option<SessionId>> {
    db.maybe(BY_FOREIGN, args![name])
        .await?
        .map(|row| row.get("id"))
        .transpose()
}

/// The live sessions of an account, newest first; 500 at most.
pub async fn live_of(db: &Db, account: UserId, now: Time) -> Result<Vec<Session>> {
    db.rows(LIVE_OF, args![account, now])
        .await?
        .iter()
        .map(read)
        .collect()
}

/// How many sessions of this epoch live.
pub async fn live(db: &Db, epoch: i64, now: Time) -> Result<i64> {
    db.one(LIVE, args![epoch, now]).await?.get("sessions")
}

/// End a session. False if it had ended.
pub async fn end(tx: &mut Tx<'_>, id: SessionId, why: EndReason, now: Time) -> Result<bool> {
    Ok(tx.run(END, args![id, now, why.as_str()]).await? == 1)
}

/// End all sessions of an account but, where given, one. Says how many.
pub async fn end_all(
    tx: &mut Tx<'_>,
    account: UserId,
    but: Option<SessionId>,
    why: EndReason,
    now: Time,
) -> Result<u64> {
    tx.run(END_ALL, args![account, now, why.as_str(), but])
        .await
}

/// End the sessions that were opened on a device. Says how many.
pub async fn end_of_device(
    tx: &mut Tx<'_>,
    account: UserId,
    device: DeviceId,
    why: EndReason,
    now: Time,
) -> Result<u64> {
    tx.run(END_OF_DEVICE, args![account, device, now, why.as_str()])
        .await
}

/// End the sessions that were opened on any device but, where given, one. Says how
/// many.
pub async fn end_of_devices(
    tx: &mut Tx<'_>,
    account: UserId,
    but: Option<DeviceId>,
    why: EndReason,
    now: Time,
) -> Result<u64> {
    tx.run(END_OF_DEVICES, args![account, now, why.as_str(), but])
        .await
}

/// The sessions beside `this` that live beyond `most` of an account, `this` one
/// counted: those that were used least lately.
pub async fn beyond(
    tx: &mut Tx<'_>,
    (account, this): (UserId, SessionId),
    most: u32,
    now: Time,
) -> Result<Vec<SessionId>> {
    let others = i64::from(most.saturating_sub(1));
    let rows = tx.rows(BEYOND, args![account, now, this, others]).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// Note when a session was used.
pub async fn saw(tx: &mut Tx<'_>, id: SessionId, at: Time) -> Result<()> {
    tx.send(SAW, args![id, at]).await
}

/// Add the refresh token of the next generation. The table takes one token of
/// a generation only, so that there are never two live branches.
pub async fn add_refresh(
    tx: &mut Tx<'_>,
    hash: [u8; 32],
    session: SessionId,
    generation: i64,
    expires_at: Time,
    now: Time,
) -> Result<()> {
    let row = args![hash, session, generation, now, expires_at];
    tx.send(ADD_REFRESH, row).await
}

/// Exchange a refresh token. False if somebody was faster.
pub async fn use_refresh(tx: &mut Tx<'_>, hash: [u8; 32], now: Time) -> Result<bool> {
    Ok(tx.run(USE_REFRESH, args![hash, now]).await? == 1)
}

/// Delete an account's sessions with their tokens.
pub async fn forget(tx: &mut Tx<'_>, account: UserId) -> Result<()> {
    tx.run(FORGET_REFRESH, args![account]).await?;
    tx.run(FORGET, args![account]).await?;
    Ok(())
}

/// Delete up to 500 tokens and 500 sessions that expired before `before`. Says
/// how many rows went.
pub async fn clean(tx: &mut Tx<'_>, before: Time) -> Result<u64> {
    Ok(tx.run(CLEAN_REFRESH, args![before]).await? + tx.run(CLEAN, args![before]).await?)
}

/// A session's assurance from a row that has its column.
pub fn assurance(row: &Row) -> Result<Assurance> {
    Ok(if row.get::<i64>("assurance")? >= 2 {
        Assurance::Two
    } else {
        Assurance::One
    })
}

/// A session from a row that has all its columns: for joins one floor up.
pub fn read(row: &Row) -> Result<Session> {
    Ok(Session {
        id: row.get("id")?,
        account: row.get("account_id")?,
        kind: row.get::<String>("kind")?.parse()?,
        epoch: row.get("epoch")?,
        assurance: assurance(row)?,
        auth_time: row.get("auth_time")?,
        created_at: row.get("created_at")?,
        last_seen_at: row.get("last_seen_at")?,
        idle_span: Duration::from_micros(u64::try_from(row.get::<i64>("idle_span")?).unwrap_or(0)),
        expires_at: row.get("expires_at")?,
        revoked_at: row.get("revoked_at")?,
        device: Device {
            name: row.get("device")?,
            browser: row.get("browser")?,
            address: row.get("address")?,
        },
        device_id: row.get("device_id")?,
    })
}
