//! The SQL of events.

use tollgate_base::{Result, id::EventId, time::Time};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

use super::{Chain, Event, EventKind};

queries! {
    LATEST = "SELECT at FROM events WHERE kind = $1 AND at >= $2 ORDER BY at DESC LIMIT 1";
    APPEND = "INSERT INTO events (id, at, kind, actor, subject, session, data, personal, address, salt, personal_digest)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    HEAD = "SELECT seq, hash FROM events WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1";
    UNSEALED = "SELECT id, seq, at, kind, actor, subject, session, data, personal, address, salt, personal_digest, hash
        FROM events WHERE seq IS NULL ORDER BY at, id LIMIT $1";
    SEAL = "UPDATE events SET seq = $2, hash = $3 WHERE id = $1 AND seq IS NULL";
    AFTER = "SELECT id, seq, at, kind, actor, subject, session, data, personal, address, salt, personal_digest, hash
        FROM events WHERE seq > $1 ORDER BY seq LIMIT $2";
    FEED = "SELECT id, seq, kind, subject FROM events
        WHERE (seq > $1 OR (seq IS NULL AND (CAST($2 AS TEXT) IS NULL OR id > $2))) AND kind <> 'session.refreshed'
        ORDER BY (seq IS NULL), seq, id LIMIT $3";
    WAITING = "SELECT CAST(count(*) AS BIGINT) AS events FROM events WHERE seq IS NULL";
    LAST_NUMBER = "SELECT CAST(max(seq) AS BIGINT) AS seq FROM events";
    PAGE = "SELECT id, seq, at, kind, actor, subject, session, data, personal, address, salt, personal_digest, hash
        FROM events WHERE (CAST($1 AS BIGINT) IS NULL OR (at, id) < ($1, $2))
            AND (CAST($3 AS TEXT) IS NULL OR subject = $3)
        ORDER BY at DESC, id DESC LIMIT $4";
    CLEAN_PERSONAL = "UPDATE events SET personal = NULL, salt = NULL, address = NULL WHERE subject = $1 AND personal IS NOT NULL";
    EXPIRING = "SELECT id FROM events WHERE kind = $1 AND at >= $2 AND at < $3 AND personal IS NOT NULL
        ORDER BY at, id LIMIT $4";
    EXPIRE = "UPDATE events SET personal = NULL, salt = NULL, address = NULL WHERE id = $1";
    FIND = "SELECT id, seq, at, kind, actor, subject, session, data, personal, address, salt, personal_digest, hash
        FROM events WHERE id = $1";
    SINCE = "SELECT seq FROM events WHERE at >= $1 AND seq IS NOT NULL ORDER BY at, id LIMIT 1";
    COUNT = "SELECT CAST(count(*) AS BIGINT) AS events FROM events WHERE at > $2 AND at <= $3 AND kind = $1";
}

/// What caches on other nodes need to know of an event.
#[derive(Clone, Debug)]
pub struct Change {
    /// Its id.
    pub id: EventId,
    /// Its number; none until it is sealed.
    pub seq: Option<i64>,
    /// What happened.
    pub kind: String,
    /// To whom.
    pub subject: Option<String>,
}

/// Write an event in the transaction of the change that it tells of.
pub async fn append(tx: &mut Tx<'_>, event: &Event) -> Result<()> {
    let row = args![
        event.id,
        event.at,
        &event.kind,
        &event.actor,
        event.subject.clone(),
        event.session.clone(),
        &event.data,
        event.personal.clone(),
        event.address.clone(),
        event.salt.clone(),
        event.personal_digest
    ];
    tx.send(APPEND, row).await
}

/// Number and chain up to `most` events, and give them back. The caller holds
/// the sealer's lease; the unique number catches whoever does not, and two that
/// seal the same event do not both commit.
pub async fn seal(tx: &mut Tx<'_>, most: u32) -> Result<Vec<Event>> {
    let mut chain = head(tx).await?;
    let events = unsealed(tx, most).await?;
    for event in &events {
        chain = chain.extend(event);
        tx.send(SEAL, args![event.id, chain.seq, chain.hash])
            .await?;
    }
    Ok(events)
}

/// The end of the chain.
pub async fn head(tx: &mut Tx<'_>) -> Result<Chain> {
    let Some(row) = tx.maybe(HEAD, args![]).await? else {
        return Ok(Chain::start());
    };
    Ok(Chain {
        seq: row.get("seq")?,
        hash: whole(row.get("hash")?),
    })
}

/// Events that are not sealed yet, oldest first.
pub async fn unsealed(tx: &mut Tx<'_>, most: u32) -> Result<Vec<Event>> {
    tx.rows(UNSEALED, args![most])
        .await?
        .iter()
        .map(read)
        .collect()
}

/// How many events wait to be sealed.
pub async fn waiting(db: &Db) -> Result<i64> {
    db.one(WAITING, args![]).await?.get("events")
}

/// Number of the last sealed event; 0 before the first.
pub async fn last_number(db: &Db) -> Result<i64> {
    Ok(db
        .one(LAST_NUMBER, args![])
        .await?
        .get::<Option<i64>>("seq")?
        .unwrap_or(0))
}

/// Sealed events in the order of the chain, from number `after` on.
pub async fn sealed_after(db: &Db, after: i64, most: u32) -> Result<Vec<Event>> {
    db.rows(AFTER, args![after, most])
        .await?
        .iter()
        .map(read)
        .collect()
}

/// Changes after number `after`, then those that are not sealed, beyond the id
/// `beyond` where there is one. Without refreshes: they make nothing stale, and
/// are most of what happens.
pub async fn feed(db: &Db, after: i64, beyond: Option<EventId>, most: u32) -> Result<Vec<Change>> {
    let rows = db.rows(FEED, args![after, beyond, most]).await?;
    rows.iter()
        .map(|row| {
            Ok(Change {
                id: row.get("id")?,
                seq: row.get("seq")?,
                kind: row.get("kind")?,
                subject: row.get("subject")?,
            })
        })
        .collect()
}

/// When this last happened, looking back to `since`.
///
/// # Errors
/// What the database says.
pub async fn latest(db: &Db, kind: EventKind, since: Time) -> Result<Option<Time>> {
    let row = db.maybe(LATEST, args![kind.as_str(), since]).await?;
    row.map(|row| row.get("at")).transpose()
}

/// Events newest first, before `before`, of one subject or all.
pub async fn page(
    db: &Db,
    before: Option<(Time, String)>,
    subject: Option<String>,
    most: u32,
) -> Result<Vec<Event>> {
    let (at, id) = before.unzip();
    db.rows(PAGE, args![at, id, subject, most])
        .await?
        .iter()
        .map(read)
        .collect()
}

/// One event.
pub async fn find(db: &Db, id: EventId) -> Result<Option<Event>> {
    let row = db.maybe(FIND, args![id]).await?;
    row.as_ref().map(read).transpose()
}

/// Number of the first sealed event since then.
pub async fn since(db: &Db, at: Time) -> Result<Option<i64>> {
    let row = db.maybe(SINCE, args![at]).await?;
    row.map(|row| row.get("seq")).transpose()
}

/// How many of a kind there were after `from`, up to `to`.
pub async fn count(db: &Db, kind: EventKind, from: Time, to: Time) -> Result<i64> {
    let row = db.one(COUNT, args![kind.as_str(), from, to]).await?;
    row.get("events")
}

/// Erase the personal data of all events about an account. The chain holds.
pub async fn clean_personal(tx: &mut Tx<'_>, subject: &str) -> Result<u64> {
    tx.run(CLEAN_PERSONAL, args![subject]).await
}

/// Erase the personal data of up to `most` events of that kind that happened in
/// the span. Says how many there were.
pub async fn expire(
    tx: &mut Tx<'_>,
    kind: EventKind,
    (from, to): (Time, Time),
    most: u32,
) -> Result<u64> {
    let rows = tx
        .rows(EXPIRING, args![kind.as_str(), from, to, most])
        .await?;
    for row in &rows {
        let id: EventId = row.get("id")?;
        tx.send(EXPIRE, args![id]).await?;
    }
    Ok(rows.len() as u64)
}

/// One of another length was altered, and is none that anything fits: that is found
/// where the chain is checked, and does not keep anybody from reading.
fn whole(bytes: Vec<u8>) -> [u8; 32] {
    bytes.try_into().unwrap_or_default()
}

pub(super) fn read(row: &Row) -> Result<Event> {
    Ok(Event {
        id: row.get("id")?,
        seq: row.get("seq")?,
        at: row.get("at")?,
        kind: row.get("kind")?,
        actor: row.get("actor")?,
        subject: row.get("subject")?,
        session: row.get("session")?,
        data: row.get("data")?,
        personal: row.get("personal")?,
        address: row.get("address")?,
        salt: row.get("salt")?,
        personal_digest: whole(row.get("personal_digest")?),
        hash: row.get::<Option<Vec<u8>>>("hash")?.map(whole),
    })
}
