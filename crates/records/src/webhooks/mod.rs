//! Addresses that events are sent to: which events, from which place in the trail on,
//! and how the sending goes. Secrets lie sealed.
//! Owns tables `webhooks` and `webhook_deliveries`.

pub mod deliveries;
mod selection;

use std::time::Duration;

use tollgate_base::{Result, id::WebhookId, time::Time};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

pub use selection::Selection;

/// How long whoever sends has a webhook to itself: longer than a round takes.
pub const CLAIM: Duration = Duration::from_mins(2);
/// How long its receiver may take nothing before nothing more is sent.
pub const PATIENCE: Duration = Duration::from_hours(72);
/// Names of the table and of its sealed columns.
pub const TABLE: &str = "webhooks";
/// The secret that signs.
pub const SECRET: &str = "secret";
/// The one before it.
pub const OLD_SECRET: &str = "old_secret";

/// An address that events are sent to.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// Which events.
    pub events: Selection,
    /// Whether any are sent.
    pub active: bool,
    /// The secret, sealed.
    pub secret: Vec<u8>,
    /// The one before it, sealed, and how long it signs too.
    pub old_secret: Option<(Vec<u8>, Time)>,
    /// Number of the last event that was taken or passed over.
    pub position: i64,
    /// How often the next one was tried.
    pub tries: i64,
    /// When it is tried next.
    pub next_at: Time,
    /// Since when nothing was taken.
    pub failing_since: Option<Time>,
    /// Why it is off, if not because somebody wants it: `gone` or `failing`.
    pub stopped: Option<String>,
    /// When it was made.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
}

queries! {
    ADD = "INSERT INTO webhooks (id, name, url, events, active, secret, position, tries, next_at, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8, $8)";
    SAVE = "UPDATE webhooks SET name = $2, url = $3, events = $4, active = $5, updated_at = $6, tries = 0, next_at = $6,
            failing_since = NULL, stopped = NULL
        WHERE id = $1";
    ALL_HOOKS = "SELECT id, name, url, events, active, secret, old_secret, old_secret_until, position, tries, next_at,
            failing_since, stopped, created_at, updated_at
        FROM webhooks ORDER BY id";
    FIND_HOOK = "SELECT id, name, url, events, active, secret, old_secret, old_secret_until, position, tries, next_at,
            failing_since, stopped, created_at, updated_at
        FROM webhooks WHERE id = $1";
    COUNT_HOOKS = "SELECT CAST(count(*) AS BIGINT) AS webhooks FROM webhooks";
    ROTATE = "UPDATE webhooks SET secret = $2, old_secret = $3, old_secret_until = $4, updated_at = $5 WHERE id = $1";
    DUE_HOOKS = "SELECT id FROM webhooks WHERE active AND position < $1 AND next_at <= $2
            AND (claimed_until IS NULL OR claimed_until <= $2) ORDER BY id";
    CLAIM_HOOK = "UPDATE webhooks SET claimed_until = $3 WHERE id = $1 AND active AND next_at <= $2
            AND (claimed_until IS NULL OR claimed_until <= $2)";
    RELEASE = "UPDATE webhooks SET claimed_until = NULL WHERE id = $1";
    PASS = "UPDATE webhooks SET position = $3 WHERE id = $1 AND position = $2";
    TOOK = "UPDATE webhooks SET position = $3, tries = 0, failing_since = NULL WHERE id = $1 AND position = $2";
    FAILED = "UPDATE webhooks SET tries = tries + 1, next_at = $3, failing_since = coalesce(failing_since, $4)
        WHERE id = $1 AND position = $2";
    STOP = "UPDATE webhooks SET active = FALSE, stopped = $2, updated_at = $3 WHERE id = $1 AND active";
    MOVE = "UPDATE webhooks SET position = $2, tries = 0, next_at = $3, failing_since = NULL WHERE id = $1";
    LOWER_HOOKS = "UPDATE webhooks SET position = $1 WHERE position > $1";
    FORGET_HOOK = "DELETE FROM webhooks WHERE id = $1";
}

/// Send events there from now on.
pub async fn add(tx: &mut Tx<'_>, new: &Webhook) -> Result<()> {
    let row = args![
        new.id,
        &new.name,
        &new.url,
        new.events.to_string(),
        new.active,
        new.secret.clone(),
        new.position,
        new.created_at
    ];
    tx.run(ADD, row).await?;
    Ok(())
}

/// Store what somebody changed. It is tried again at once.
pub async fn save(tx: &mut Tx<'_>, webhook: &Webhook, now: Time) -> Result<()> {
    let row = args![
        webhook.id,
        &webhook.name,
        &webhook.url,
        webhook.events.to_string(),
        webhook.active,
        now
    ];
    tx.run(SAVE, row).await?;
    Ok(())
}

/// All of them, oldest first.
pub async fn all(db: &Db) -> Result<Vec<Webhook>> {
    db.rows(ALL_HOOKS, args![])
        .await?
        .iter()
        .map(read)
        .collect()
}

/// One of them.
pub async fn find(db: &Db, id: WebhookId) -> Result<Option<Webhook>> {
    let row = db.maybe(FIND_HOOK, args![id]).await?;
    row.as_ref().map(read).transpose()
}

/// The same within a transaction.
pub async fn find_in(tx: &mut Tx<'_>, id: WebhookId) -> Result<Option<Webhook>> {
    let row = tx.maybe(FIND_HOOK, args![id]).await?;
    row.as_ref().map(read).transpose()
}

/// How many there are.
pub async fn count(tx: &mut Tx<'_>) -> Result<i64> {
    tx.one(COUNT_HOOKS, args![]).await?.get("webhooks")
}

/// Sign with a new secret, and with the old one until then.
pub async fn rotate(
    tx: &mut Tx<'_>,
    id: WebhookId,
    (new, old): (Vec<u8>, Vec<u8>),
    until: Time,
    now: Time,
) -> Result<()> {
    tx.run(ROTATE, args![id, new, old, until, now]).await?;
    Ok(())
}

/// Those for which there may be something to send, the trail having that end.
pub async fn due(db: &Db, last: i64, now: Time) -> Result<Vec<WebhookId>> {
    let rows = db.rows(DUE_HOOKS, args![last, now]).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// Have one to oneself. False if somebody else has, or it is not due.
pub async fn claim(db: &Db, id: WebhookId, now: Time) -> Result<bool> {
    let claimed = db.write_one(CLAIM_HOOK, args![id, now, now.plus(CLAIM)]);
    Ok(claimed.await? == 1)
}

/// Let others have it.
pub async fn release(db: &Db, id: WebhookId) -> Result<()> {
    db.write_one(RELEASE, args![id]).await.map(drop)
}

/// Pass over events that it does not want. False if its place was changed meanwhile.
pub async fn pass(db: &Db, id: WebhookId, from: i64, to: i64) -> Result<bool> {
    Ok(db.write_one(PASS, args![id, from, to]).await? == 1)
}

/// An event was taken.
pub async fn took(tx: &mut Tx<'_>, id: WebhookId, from: i64, to: i64) -> Result<()> {
    tx.run(TOOK, args![id, from, to]).await?;
    Ok(())
}

/// An event was not taken.
pub async fn failed(
    tx: &mut Tx<'_>,
    id: WebhookId,
    from: i64,
    next_at: Time,
    now: Time,
) -> Result<()> {
    tx.run(FAILED, args![id, from, next_at, now]).await?;
    Ok(())
}

/// Send nothing more. False if nothing was sent anyway.
pub async fn stop(tx: &mut Tx<'_>, id: WebhookId, why: &str, now: Time) -> Result<bool> {
    Ok(tx.run(STOP, args![id, why, now]).await? == 1)
}

/// Go on after that number, forwards or back.
pub async fn go_to(tx: &mut Tx<'_>, id: WebhookId, position: i64, now: Time) -> Result<()> {
    tx.run(MOVE, args![id, position, now]).await?;
    Ok(())
}

/// Put all back that lie beyond that number.
pub async fn lower(tx: &mut Tx<'_>, last: i64) -> Result<()> {
    tx.send(LOWER_HOOKS, args![last]).await
}

/// Delete it, with what is known of its deliveries.
pub async fn forget(tx: &mut Tx<'_>, id: WebhookId) -> Result<()> {
    deliveries::forget(tx, id).await?;
    tx.run(FORGET_HOOK, args![id]).await?;
    Ok(())
}

/// How long to wait after so many failures in a row: 5 s, then twice as long each
/// time, an hour at most, and up to a fifth more so that not all come back at once.
pub fn back_off(tries: i64, chance: u8) -> Duration {
    let doublings = u32::try_from(tries.clamp(1, 11) - 1).unwrap_or(0);
    let wait = Duration::from_secs(5 << doublings).min(Duration::from_hours(1));
    wait + wait.mul_f64(f64::from(chance) / 255.0 / 5.0)
}

fn read(row: &Row) -> Result<Webhook> {
    let old: (Option<Vec<u8>>, Option<Time>) =
        (row.get("old_secret")?, row.get("old_secret_until")?);
    Ok(Webhook {
        id: row.get("id")?,
        name: row.get("name")?,
        url: row.get("url")?,
        events: Selection::stored(&row.get::<String>("events")?),
        active: row.get("active")?,
        secret: row.get("secret")?,
        old_secret: old.0.zip(old.1),
        position: row.get("position")?,
        tries: row.get("tries")?,
        next_at: row.get("next_at")?,
        failing_since: row.get("failing_since")?,
        stopped: row.get("stopped")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::back_off;

    #[test]
    fn failures_are_tried_again_later_and_later() {
        assert_eq!(back_off(1, 0), Duration::from_secs(5));
        assert_eq!(back_off(1, 255), Duration::from_secs(6));
        assert!((1..20).map(|tries| back_off(tries, 0)).is_sorted());
        assert!(back_off(i64::MAX, 255) <= Duration::from_mins(72));
    }
}
