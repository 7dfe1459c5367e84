//! An exchange on PostgreSQL: the guard, the change and its event in one
//! statement, one journey instead of seven. The one text that differs between
//! the databases; what it says is what the transaction beside it says, for a
//! token that nothing speaks against.

use tollgate_base::{Result, access::Principal, time::Time};
use tollgate_records::{events::EventKind, sessions};
use tollgate_store::{args, sql::AtOnce};

use crate::{
    ctx::Ctx,
    steps::{mint::Subject, note},
};

/// A token is exchanged where it is unused and has not expired, its session
/// lives and its account is not suspended. A row of the answer is the session.
pub const ROTATE: AtOnce = AtOnce(
    "WITH spent AS (
        UPDATE refresh_tokens r SET used_at = $2
        FROM sessions s JOIN accounts a ON a.id = s.account_id JOIN aliases l ON l.account_id = s.account_id
        WHERE r.hash = $1 AND r.used_at IS NULL AND r.expires_at > $2
            AND s.id = r.session_id AND s.revoked_at IS NULL AND s.epoch = $3
            AND s.expires_at > $2 AND s.last_seen_at + s.idle_span > $2
            AND a.suspended_at IS NULL
        RETURNING s.id, r.generation, s.account_id, s.assurance, s.auth_time, s.idle_span, s.expires_at, l.number),
    added AS (
        INSERT INTO refresh_tokens (hash, session_id, generation, created_at, expires_at)
        SELECT $4, id, generation + 1, $2, least($2 + idle_span, expires_at) FROM spent),
    seen AS (
        UPDATE sessions SET last_seen_at = $2 FROM spent
        WHERE sessions.id = spent.id AND sessions.last_seen_at < $2),
    noted AS (
        INSERT INTO events (id, at, kind, actor, subject, session, data, personal_digest)
        SELECT $5, $2, $6, account_id, account_id, id, $7, $8 FROM spent)
    SELECT id, account_id, assurance, auth_time, number FROM spent",
);

/// Exchange the token of this hash for the next. Nothing where the database
/// takes a transaction, or where anything speaks against it: the transaction
/// says what.
pub(super) async fn at_once(
    ctx: &Ctx,
    by: &Principal,
    hash: [u8; 32],
    next: [u8; 32],
    now: Time,
) -> Result<Option<Subject>> {
    let kind = EventKind::SessionRefreshed;
    let event = note::draft(ctx, by, kind, now)?;
    let row = args![
        hash,
        now,
        ctx.installation().epoch,
        next,
        event.id,
        &event.kind,
        &event.data,
        event.personal_digest
    ];
    let rows = ctx.db().at_once(ROTATE, row).await?;
    let Some(row) = rows.unwrap_or_default().into_iter().next() else {
        return Ok(None);
    };
    let subject = Subject {
        user: row.get("account_id")?,
        session: row.get("id")?,
        number: row.get("number")?,
        assurance: sessions::assurance(&row)?,
        auth_time: row.get("auth_time")?,
    };
    note::tell(ctx, kind, Some(subject.user), event.id);
    Ok(Some(subject))
}
