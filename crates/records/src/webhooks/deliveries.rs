//! What became of each event that was handed to a webhook: its last try. Bounded:
//! the newest of each webhook, and none older than a month.

use std::time::Duration;

use tollgate_base::{
    Result,
    id::{DeliveryId, EventId, WebhookId},
    time::Time,
};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

/// How long they are kept.
pub const KEPT: Duration = Duration::from_hours(30 * 24);
/// How many are kept of one webhook.
const MOST: i64 = 1_000;

/// An event that was handed over, or that nobody took.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// To which webhook.
    pub webhook: WebhookId,
    /// Which event: the message's `webhook-id`.
    pub event: EventId,
    /// What happened.
    pub kind: String,
    /// When it was last tried.
    pub at: Time,
    /// How long that took.
    pub took: Duration,
    /// How often it was tried.
    pub tries: i64,
    /// Whether it was taken.
    pub taken: bool,
    /// The status of the answer.
    pub status: Option<i64>,
    /// The beginning of the answer.
    pub answer: String,
    /// Why there was none.
    pub fault: Option<String>,
}

/// How many of a webhook's were taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Success {
    /// Those that were.
    pub taken: i64,
    /// All.
    pub all: i64,
}

queries! {
    STORE = "INSERT INTO webhook_deliveries (id, webhook_id, event_id, kind, at, took, tries, taken, status, answer, fault)
        VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10)
        ON CONFLICT (webhook_id, event_id) DO UPDATE SET at = excluded.at, took = excluded.took,
            tries = webhook_deliveries.tries + 1, taken = excluded.taken, status = excluded.status,
            answer = excluded.answer, fault = excluded.fault";
    TRIM = "DELETE FROM webhook_deliveries WHERE webhook_id = $1 AND id <=
        (SELECT id FROM webhook_deliveries WHERE webhook_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)";
    OF = "SELECT id, webhook_id, event_id, kind, at, took, tries, taken, status, answer, fault
        FROM webhook_deliveries WHERE webhook_id = $1 AND (CAST($2 AS TEXT) IS NULL OR id < $2) ORDER BY id DESC LIMIT $3";
    FIND = "SELECT id, webhook_id, event_id, kind, at, took, tries, taken, status, answer, fault
        FROM webhook_deliveries WHERE id = $1 AND webhook_id = $2";
    SUCCESS = "SELECT CAST(count(*) AS BIGINT) AS tried,
            coalesce(CAST(sum(CASE WHEN taken THEN 1 ELSE 0 END) AS BIGINT), 0) AS succeeded
        FROM webhook_deliveries WHERE webhook_id = $1";
    CLEAN = "DELETE FROM webhook_deliveries WHERE at <= $1";
    FORGET = "DELETE FROM webhook_deliveries WHERE webhook_id = $1";
}

/// Store what became of a try, and forget the oldest.
pub async fn store(tx: &mut Tx<'_>, last: &Delivery) -> Result<()> {
    let row = args![
        last.id,
        last.webhook,
        last.event,
        &last.kind,
        last.at,
        i64::try_from(last.took.as_micros()).unwrap_or(i64::MAX),
        last.taken,
        last.status,
        &last.answer,
        last.fault.clone()
    ];
    tx.run(STORE, row).await?;
    tx.run(TRIM, args![last.webhook, MOST]).await?;
    Ok(())
}

/// Those of a webhook, newest first, older than `before`.
pub async fn of(
    db: &Db,
    webhook: WebhookId,
    before: Option<DeliveryId>,
    most: u32,
) -> Result<Vec<Delivery>> {
    let rows = db.rows(OF, args![webhook, before, most]).await?;
    rows.iter().map(read).collect()
}

/// One of a webhook's.
pub async fn find(db: &Db, webhook: WebhookId, id: DeliveryId) -> Result<Option<Delivery>> {
    let row = db.maybe(FIND, args![id, webhook]).await?;
    row.as_ref().map(read).transpose()
}

/// How many of a webhook's were taken.
pub async fn success(db: &Db, webhook: WebhookId) -> Result<Success> {
    let row = db.one(SUCCESS, args![webhook]).await?;
    Ok(Success {
        taken: row.get("succeeded")?,
        all: row.get("tried")?,
    })
}

/// Delete those that are too old.
pub async fn clean(tx: &mut Tx<'_>, now: Time) -> Result<u64> {
    tx.run(CLEAN, args![now.minus(KEPT)]).await
}

pub(super) async fn forget(tx: &mut Tx<'_>, webhook: WebhookId) -> Result<()> {
    tx.run(FORGET, args![webhook]).await?;
    Ok(())
}

fn read(row: &Row) -> Result<Delivery> {
    let took: i64 = row.get("took")?;
    Ok(Delivery {
        id: row.get("id")?,
        webhook: row.get("webhook_id")?,
        event: row.get("event_id")?,
        kind: row.get("kind")?,
        at: row.get("at")?,
        took: Duration::from_micros(took.unsigned_abs()),
        tries: row.get("tries")?,
        taken: row.get("taken")?,
        status: row.get("status")?,
        answer: row.get("answer")?,
        fault: row.get("fault")?,
    })
}
