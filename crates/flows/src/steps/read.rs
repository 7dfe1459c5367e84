//! The one figure that joins accounts with what they prove themselves with.

use tollgate_base::Result;
use tollgate_store::{args, queries, sql::Db};

queries! {
    ADMINS_WITHOUT_FACTOR = "SELECT CAST(count(*) AS BIGINT) AS n FROM accounts a
        WHERE a.role = 'admin' AND a.suspended_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM factors f WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL)
            AND NOT EXISTS (SELECT 1 FROM passkeys p WHERE p.account_id = a.id)";
}

/// How many administrators may sign in and have no second factor.
pub(crate) async fn admins_without_factor(db: &Db) -> Result<i64> {
    let row = db.maybe(ADMINS_WITHOUT_FACTOR, args![]).await?;
    row.map_or(Ok(0), |row| row.get("n"))
}
