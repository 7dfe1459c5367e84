//! Keys that sign tokens, private halves sealed. A key is published before it
//! signs, and goes on being accepted after another has taken over, until it is
//! removed. Owns table `signing_keys`.

use tollgate_base::{Result, id::KeyId, time::Time};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

/// A key as it is stored.
#[derive(Clone, Debug)]
pub struct SigningKeyRow {
    /// Its id and `kid`.
    pub id: KeyId,
    /// Which token family it signs, such as `access` or `chatbot`.
    pub purpose: String,
    /// The `alg` of its tokens.
    pub algorithm: String,
    /// The private half or shared secret, sealed to this row.
    pub sealed: Vec<u8>,
    /// A keyed hash of the secret, to find out whether it is known already.
    pub fingerprint: [u8; 32],
    /// When it was made.
    pub created_at: Time,
    /// From when on it signs, until the next one does.
    pub active_from: Time,
}

queries! {
    ADD = "INSERT INTO signing_keys (id, purpose, algorithm, sealed, fingerprint, created_at, active_from)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    ALL = "SELECT id, purpose, algorithm, sealed, fingerprint, created_at, active_from
        FROM signing_keys WHERE removed_at IS NULL ORDER BY purpose, active_from, id";
    REMOVED = "SELECT id FROM signing_keys WHERE purpose = $1 AND fingerprint = $2 AND removed_at IS NOT NULL ORDER BY id LIMIT 1";
    REMOVE = "UPDATE signing_keys SET removed_at = $2, sealed = $3 WHERE id = $1 AND removed_at IS NULL";
}

/// Add a key.
pub async fn add(tx: &mut Tx<'_>, key: &SigningKeyRow) -> Result<()> {
    let row = args![
        key.id,
        &key.purpose,
        &key.algorithm,
        key.sealed.clone(),
        key.fingerprint,
        key.created_at,
        key.active_from
    ];
    tx.run(ADD, row).await?;
    Ok(())
}

/// All keys that are accepted, by purpose and in the order in which they sign.
pub async fn all(db: &Db) -> Result<Vec<SigningKeyRow>> {
    db.rows(ALL, args![]).await?.iter().map(read).collect()
}

/// The same within a transaction.
pub async fn all_in(tx: &mut Tx<'_>) -> Result<Vec<SigningKeyRow>> {
    tx.rows(ALL, args![]).await?.iter().map(read).collect()
}

/// Whether a key with this secret was removed once.
pub async fn was_removed(tx: &mut Tx<'_>, purpose: &str, fingerprint: [u8; 32]) -> Result<bool> {
    Ok(tx
        .maybe(REMOVED, args![purpose, fingerprint])
        .await?
        .is_some())
}

/// Accept a key no longer, and erase its private half. The row stays, so that
/// its id is never used again. False if it was removed before.
pub async fn remove(tx: &mut Tx<'_>, id: KeyId, now: Time) -> Result<bool> {
    Ok(tx.run(REMOVE, args![id, now, Vec::<u8>::new()]).await? == 1)
}

fn read(row: &Row) -> Result<SigningKeyRow> {
    Ok(SigningKeyRow {
        id: row.get("id")?,
        purpose: row.get("purpose")?,
        algorithm: row.get("algorithm")?,
        sealed: row.get("sealed")?,
        fingerprint: row.get("fingerprint")?,
        created_at: row.get("created_at")?,
        active_from: row.get("active_from")?,
    })
}
