//! Leases: which node does what only one may do at a time. Whoever needs more
//! than "usually one" repeats the guard in its own statement, as a node may
//! believe in its lease a little longer than the others do.

use std::time::Duration;

use tollgate_base::{Result, id::NodeId, time::Time};

use crate::sql::{Db, args, queries};

/// How far the clocks of nodes may be apart. A lease that ends later than one
/// that was just taken is of a clock that was set back since.
const DRIFT: Duration = Duration::from_mins(1);

queries! {
    /// `leases(name TEXT PRIMARY KEY, holder TEXT NOT NULL, until BIGINT NOT NULL)`.
    HOLD = "INSERT INTO leases (name, holder, until) VALUES ($1, $2, $3) \
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until \
            WHERE leases.holder = excluded.holder OR leases.until <= $4 OR leases.until > $5";
    LET_GO = "DELETE FROM leases WHERE holder = $1";
}

/// Take the lease of that name for `span` from `now`, or prolong it. `false`
/// if another node holds it.
///
/// # Errors
/// As [`Db::write_one`].
pub async fn hold(db: &Db, name: &str, holder: NodeId, now: Time, span: Duration) -> Result<bool> {
    Ok(db
        .write_one(
            HOLD,
            args![name, holder, now.plus(span), now, now.plus(span + DRIFT)],
        )
        .await?
        == 1)
}

/// Give back all leases of a node that stops, so that no other has to wait until
/// they end.
///
/// # Errors
/// As [`Db::write_one`].
pub async fn let_go(db: &Db, holder: NodeId) -> Result<()> {
    db.write_one(LET_GO, args![holder]).await.map(drop)
}

/// After a write that met a full disk: try whether there is room again.
///
/// # Errors
/// As [`Db::write_one`]; `store.full` while there is none.
pub async fn try_room(db: &Db, holder: NodeId, now: Time) -> Result<()> {
    if db.is_full() {
        hold(db, "room", holder, now, Duration::ZERO).await?;
        db.found_room();
    }
    Ok(())
}
