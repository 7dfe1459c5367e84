//! All that decides about a refresh token, in one read: the token, its
//! successor, its session and whose it is.

use tollgate_base::{Result, time::Time};
use tollgate_records::sessions::{self, RefreshToken, Session};
use tollgate_store::{args, queries, sql::Tx};

use crate::ctx::Bond;

queries! {
    PRESENTED = "SELECT r.generation, r.expires_at AS token_expires_at, r.used_at, n.used_at AS successor_used_at,
            s.id, s.account_id, s.kind, s.epoch, s.assurance, s.auth_time, s.created_at, s.last_seen_at, s.idle_span,
            s.expires_at, s.revoked_at, s.device, s.browser, s.address, s.device_id, d.hash AS device_hash,
            a.suspended_at, l.number
        FROM refresh_tokens r
            JOIN sessions s ON s.id = r.session_id
            JOIN accounts a ON a.id = s.account_id
            JOIN aliases l ON l.account_id = s.account_id
            LEFT JOIN devices d ON d.id = s.device_id
            LEFT JOIN refresh_tokens n ON n.session_id = r.session_id AND n.generation = r.generation + 1
        WHERE r.hash = $1";
}

/// A token that was presented.
pub(super) struct Found {
    pub(super) token: RefreshToken,
    /// Whether the token after it was exchanged in turn.
    pub(super) successor_used: bool,
    pub(super) session: Session,
    pub(super) bond: Bond,
    pub(super) suspended: bool,
    /// The account's integer alias.
    pub(super) number: i64,
}

/// By the SHA-256 of its text, in the transaction that will use it.
pub(super) async fn presented(tx: &mut Tx<'_>, hash: [u8; 32]) -> Result<Option<Found>> {
    let Some(row) = tx.maybe(PRESENTED, args![hash]).await? else {
        return Ok(None);
    };
    let session = sessions::read(&row)?;
    Ok(Some(Found {
        token: RefreshToken {
            session: session.id,
            generation: row.get("generation")?,
            expires_at: row.get("token_expires_at")?,
            used_at: row.get("used_at")?,
        },
        successor_used: row.get::<Option<Time>>("successor_used_at")?.is_some(),
        bond: Bond::of(&session, row.get("device_hash")?),
        session,
        suspended: row.get::<Option<Time>>("suspended_at")?.is_some(),
        number: row.get("number")?,
    }))
}
