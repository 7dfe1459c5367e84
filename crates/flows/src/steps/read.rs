//! Figures that join nouns: accounts with what they prove themselves with, the end of the
//! trail with whoever follows it, and events with their tallies.

use tollgate_base::{Result, time::Time};
use tollgate_records::{
    alerts, cursors,
    events::{self, EventKind},
    tallies::{self, Day},
};
use tollgate_store::{args, queries, sql::Db};

queries! {
    ADMINS_WITHOUT_FACTOR = "SELECT CAST(count(*) AS BIGINT) AS n FROM accounts a
        WHERE a.role = 'admin' AND a.suspended_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM factors f WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL)
            AND NOT EXISTS (SELECT 1 FROM passkeys p WHERE p.account_id = a.id)";
    REACH = "SELECT coalesce((SELECT CAST(max(seq) AS BIGINT) FROM events), 0) AS last,
        coalesce((SELECT CAST(max(seq) AS BIGINT) FROM checkpoints), 0) AS signed,
        coalesce((SELECT place FROM cursors WHERE name = $1), 0) AS checked,
        coalesce((SELECT place FROM cursors WHERE name = $2), 0) AS shipped,
        coalesce((SELECT seq FROM alert_marks WHERE name = $3), 0) AS heard,
        coalesce((SELECT seq FROM alert_marks WHERE name = $4), 0) AS seen,
        coalesce((SELECT CAST(max(position) AS BIGINT) FROM webhooks), 0) AS sent";
}

/// How far the trail goes, and how far others had come.
pub(crate) struct Reach {
    /// Number of its last event.
    pub(crate) last: i64,
    /// The furthest that was signed or looked at.
    pub(crate) proved: i64,
    /// The furthest that was handed on: to the log server, alerts, webhooks.
    pub(crate) followed: i64,
}

/// How many administrators may sign in and have no second factor.
pub(crate) async fn admins_without_factor(db: &Db) -> Result<i64> {
    let row = db.maybe(ADMINS_WITHOUT_FACTOR, args![]).await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// By one statement, so that nobody goes on meanwhile.
pub(crate) async fn reach(db: &Db) -> Result<Reach> {
    let names = args![cursors::CHECK, cursors::SYSLOG, alerts::READ, alerts::CHAIN];
    let row = db.one(REACH, names).await?;
    let place = |name: &str| -> Result<i64> { row.get(name) };
    let proved = [place("signed")?, place("checked")?, place("seen")?];
    let followed = [place("shipped")?, place("heard")?, place("sent")?];
    Ok(Reach {
        last: place("last")?,
        proved: proved.into_iter().fold(0, i64::max),
        followed: followed.into_iter().fold(0, i64::max),
    })
}

/// When this last happened. Of the sealed ones the tallies know the day; only others
/// may be newer.
pub(crate) async fn last(db: &Db, kind: EventKind) -> Result<Option<Time>> {
    let known = tallies::last(db, kind.as_str()).await?;
    let since = known.map_or(Time::from_micros(0), Day::begins);
    events::latest(db, kind, since).await
}
