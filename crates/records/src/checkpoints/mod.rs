//! Signed heads of the audit trail's chain, and the public keys that prove
//! them. Owns tables `checkpoints`, `checkpoint_keys`. What is signed, and what
//! it proves, is said in `flows/audit`.

use tollgate_base::{Result, time::Time};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

/// A signed head as it is stored.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// Number of the last event that it covers.
    pub seq: i64,
    /// That event's hash.
    pub hash: [u8; 32],
    /// When it was signed.
    pub at: Time,
    /// The signed statement (JWS in its compact form).
    pub signed: String,
}

queries! {
    ADD = "INSERT INTO checkpoints (seq, hash, at, signed) VALUES ($1, $2, $3, $4) ON CONFLICT (seq) DO NOTHING";
    LAST = "SELECT seq, hash, at, signed FROM checkpoints WHERE seq >= 0 ORDER BY seq DESC LIMIT 1";
    AFTER = "SELECT seq, hash, at, signed FROM checkpoints WHERE seq > $1 ORDER BY seq LIMIT $2";
    ADD_KEY = "INSERT INTO checkpoint_keys (id, public, created_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";
    KEYS = "SELECT public FROM checkpoint_keys WHERE id >= '' ORDER BY id";
}

/// Keep a signed head, with the public half of the key that signed it. False
/// if that head is signed already.
///
/// # Errors
/// What the database says.
pub async fn add(tx: &mut Tx<'_>, new: &Checkpoint, (key, public): (&str, &str)) -> Result<bool> {
    tx.send(ADD_KEY, args![key, public, new.at]).await?;
    let row = args![new.seq, new.hash, new.at, &new.signed];
    Ok(tx.run(ADD, row).await? == 1)
}

/// The latest one.
///
/// # Errors
/// What the database says.
pub async fn last(db: &Db) -> Result<Option<Checkpoint>> {
    let row = db.maybe(LAST, args![]).await?;
    row.as_ref().map(read).transpose()
}

/// Those of events after number `after`, in the order of the chain.
///
/// # Errors
/// What the database says.
pub async fn after(db: &Db, after: i64, most: u32) -> Result<Vec<Checkpoint>> {
    let rows = db.rows(AFTER, args![after, most]).await?;
    rows.iter().map(read).collect()
}

/// Every public key that ever signed one, each a JSON Web Key.
///
/// # Errors
/// What the database says.
pub async fn keys(db: &Db) -> Result<Vec<String>> {
    let rows = db.rows(KEYS, args![]).await?;
    rows.iter().map(|row| row.get("public")).collect()
}

fn read(row: &Row) -> Result<Checkpoint> {
    Ok(Checkpoint {
        seq: row.get("seq")?,
        // One of another length was altered, and is none that anything fits.
        hash: row.get::<Vec<u8>>("hash")?.try_into().unwrap_or_default(),
        at: row.get("at")?,
        signed: row.get("signed")?,
    })
}
