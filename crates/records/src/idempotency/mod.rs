//! What a request with an `Idempotency-Key` made, so that its repetition makes
//! nothing new. Holds the id of the result, never a secret.
//! Owns table `idempotency`.

use std::time::Duration;

use tollgate_base::{Result, time::Time};
use tollgate_store::{args, queries, sql::Tx};

/// How long a key is remembered.
pub const REMEMBERED: Duration = Duration::from_hours(24);

/// A request that must not take effect twice.
#[derive(Clone, Debug)]
pub struct Once {
    /// Who asks, as the audit trail names them.
    pub principal: String,
    /// The operation, such as `POST /api/v1/people`.
    pub route: &'static str,
    /// The caller's key.
    pub key: String,
    /// SHA-256 of the body.
    pub body_hash: [u8; 32],
}

/// What is known of such a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// It is new.
    None,
    /// It was answered with this id.
    Same(String),
    /// The key was used for another body.
    Other,
}

queries! {
    FIND = "SELECT body_hash, result_id FROM idempotency
        WHERE principal = $1 AND route = $2 AND idempotency_key = $3 AND created_at > $4";
    STORE = "INSERT INTO idempotency (principal, route, idempotency_key, body_hash, result_id, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (principal, route, idempotency_key) DO UPDATE SET
            body_hash = excluded.body_hash, result_id = excluded.result_id, created_at = excluded.created_at";
    FORGET = "DELETE FROM idempotency WHERE principal = $1";
    CLEAN = "DELETE FROM idempotency WHERE created_at <= $1";
}

/// Look for an earlier answer.
pub async fn earlier(tx: &mut Tx<'_>, once: &Once, now: Time) -> Result<Earlier> {
    let after = now.minus(REMEMBERED);
    let row = tx
        .maybe(FIND, args![&once.principal, once.route, &once.key, after])
        .await?;
    let Some(row) = row else {
        return Ok(Earlier::None);
    };
    if row.get::<[u8; 32]>("body_hash")? == once.body_hash {
        Ok(Earlier::Same(row.get("result_id")?))
    } else {
        Ok(Earlier::Other)
    }
}

/// Remember the answer in the transaction that makes it.
pub async fn store(tx: &mut Tx<'_>, once: &Once, result_id: &str, now: Time) -> Result<()> {
    let row = args![
        &once.principal,
        once.route,
        &once.key,
        once.body_hash,
        result_id,
        now
    ];
    tx.run(STORE, row).await?;
    Ok(())
}

/// Delete the keys of who is deleted: clients choose their texts.
pub async fn forget(tx: &mut Tx<'_>, principal: &str) -> Result<()> {
    tx.run(FORGET, args![principal]).await?;
    Ok(())
}

/// Delete what is no longer remembered.
pub async fn clean(tx: &mut Tx<'_>, now: Time) -> Result<u64> {
    tx.run(CLEAN, args![now.minus(REMEMBERED)]).await
}
