//! The read that joins an account with all that it proves itself with and was
//! used from. Each count follows an index by the account.

use tollgate_base::{Result, access::Role, id::UserId, time::Time};
use tollgate_store::{
    args, queries,
    sql::{Db, Row},
};

queries! {
    STANDING = "SELECT a.id, a.role, a.founder, a.display_name, a.created_at, a.suspended_at, a.last_used_at,
            (SELECT CAST(count(*) AS BIGINT) FROM factors f WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL) AS apps,
            (SELECT CAST(count(*) AS BIGINT) FROM passkeys p WHERE p.account_id = a.id) AS passkeys,
            (SELECT CAST(count(*) AS BIGINT) FROM code_ways w WHERE w.account_id = a.id) AS sent_codes,
            (SELECT CAST(count(*) AS BIGINT) FROM recovery_codes r WHERE r.account_id = a.id AND r.used_at IS NULL) AS recovery_codes,
            (SELECT CAST(count(*) AS BIGINT) FROM sessions s WHERE s.account_id = a.id AND s.epoch = $1
                AND s.revoked_at IS NULL AND s.expires_at > $2 AND s.last_seen_at + s.idle_span > $2) AS sessions,
            (SELECT CAST(min(s.created_at) AS BIGINT) FROM sessions s WHERE s.account_id = a.id AND s.epoch = $1
                AND s.revoked_at IS NULL AND s.expires_at > $2 AND s.last_seen_at + s.idle_span > $2) AS oldest_session,
            (SELECT CAST(max(s.last_seen_at) AS BIGINT) FROM sessions s WHERE s.account_id = a.id) AS seen_at,
            (SELECT CAST(count(*) AS BIGINT) FROM devices d WHERE d.account_id = a.id) AS devices,
            (SELECT CAST(max(d.last_used_at) AS BIGINT) FROM devices d WHERE d.account_id = a.id) AS device_used_at,
            (SELECT CAST(min(i.created_at) AS BIGINT) FROM identifiers i
                WHERE i.account_id = a.id AND i.kind = 'email' AND i.verified_at IS NULL) AS unverified_since,
            (SELECT h.hash FROM passwords h WHERE h.account_id = a.id) AS hash
        FROM accounts a
        WHERE a.id >= $3 AND (CAST($4 AS TEXT) IS NULL OR a.role = $4)
        ORDER BY a.id LIMIT $5";
}

/// Accounts in the order of their ids, from one on, of one role or all.
pub(super) async fn some(
    db: &Db,
    (epoch, now): (i64, Time),
    (from, role): (Option<UserId>, Option<Role>),
    most: u32,
) -> Result<Vec<Row>> {
    let from = from.map_or_else(String::new, |from| from.to_string());
    db.rows(STANDING, args![epoch, now, from, role, most]).await
}
