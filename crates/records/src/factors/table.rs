//! The SQL of factors and recovery codes.

use tollgate_base::{
    Result,
    id::{FactorId, UserId},
    time::Time,
};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

use super::{Factor, NewFactor, passkeys, ways};

queries! {
    ADD = "INSERT INTO factors (id, account_id, kind, name, secret, last_step, created_at) VALUES ($1, $2, $3, $4, $5, 0, $6)";
    OF = "SELECT id, account_id, kind, name, secret, last_step, created_at, confirmed_at, last_used_at
        FROM factors WHERE account_id = $1 ORDER BY created_at, id";
    CONFIRMED = "SELECT CAST((SELECT count(*) FROM factors WHERE account_id = $1 AND confirmed_at IS NOT NULL)
        + (SELECT count(*) FROM passkeys WHERE account_id = $1)
        + (SELECT count(*) FROM code_ways WHERE account_id = $1) AS BIGINT) AS n";
    STRONG = "SELECT CAST((SELECT count(*) FROM factors WHERE account_id = $1 AND confirmed_at IS NOT NULL)
        + (SELECT count(*) FROM passkeys WHERE account_id = $1) AS BIGINT) AS n";
    DROP_DRAFTS = "DELETE FROM factors WHERE account_id = $1 AND confirmed_at IS NULL";
    CONFIRM = "UPDATE factors SET confirmed_at = $3, last_used_at = $3, last_step = $4
        WHERE id = $1 AND account_id = $2 AND confirmed_at IS NULL AND created_at > $5";
    USE_STEP = "UPDATE factors SET last_step = $2, last_used_at = $3
        WHERE id = $1 AND confirmed_at IS NOT NULL AND last_step < $2";
    REMOVE = "DELETE FROM factors WHERE id = $1 AND account_id = $2 AND confirmed_at IS NOT NULL";
    FORGET = "DELETE FROM factors WHERE account_id = $1";

    ADD_CODE = "INSERT INTO recovery_codes (account_id, hash) VALUES ($1, $2)";
    UNUSED = "SELECT hash FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL ORDER BY hash";
    LEFT = "SELECT CAST(count(*) AS BIGINT) AS n FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL";
    USE_CODE = "UPDATE recovery_codes SET used_at = $3 WHERE account_id = $1 AND hash = $2 AND used_at IS NULL";
    FORGET_CODES = "DELETE FROM recovery_codes WHERE account_id = $1";
}

/// Begin a factor. One that was begun before and never confirmed is gone.
pub async fn add(tx: &mut Tx<'_>, new: &NewFactor, now: Time) -> Result<()> {
    tx.run(DROP_DRAFTS, args![new.account]).await?;
    let row = args![
        new.id,
        new.account,
        new.kind.as_str(),
        &new.name,
        new.secret.clone(),
        now
    ];
    tx.run(ADD, row).await?;
    Ok(())
}

/// All factors of an account, those that were only begun among them.
pub async fn of(db: &Db, account: UserId) -> Result<Vec<Factor>> {
    let rows = db.rows(OF, args![account]).await?;
    rows.iter().map(read).collect()
}

/// How many factors of an account count: apps, passkeys, and codes that are sent.
pub async fn confirmed_in(tx: &mut Tx<'_>, account: UserId) -> Result<i64> {
    tx.one(CONFIRMED, args![account]).await?.get("n")
}

/// The same without codes that are sent, which are weaker.
pub async fn strong_in(tx: &mut Tx<'_>, account: UserId) -> Result<i64> {
    tx.one(STRONG, args![account]).await?.get("n")
}

/// Forget apps that were begun and never confirmed.
pub async fn drop_drafts(tx: &mut Tx<'_>, account: UserId) -> Result<()> {
    tx.run(DROP_DRAFTS, args![account]).await?;
    Ok(())
}

/// Its owner has shown a code of it. False if it is confirmed already, was begun too
/// long ago, or is gone.
pub async fn confirm(
    tx: &mut Tx<'_>,
    account: UserId,
    id: FactorId,
    step: i64,
    now: Time,
) -> Result<bool> {
    let row = args![id, account, now, step, now.minus(Factor::DRAFT_LIVES)];
    Ok(tx.run(CONFIRM, row).await? == 1)
}

/// Use up a step and all before it. False if it is used up: of any number of
/// parallel tries one succeeds.
pub async fn use_step(tx: &mut Tx<'_>, id: FactorId, step: i64, now: Time) -> Result<bool> {
    Ok(tx.run(USE_STEP, args![id, step, now]).await? == 1)
}

/// Remove a factor that counts. False if it is not theirs.
pub async fn remove(tx: &mut Tx<'_>, account: UserId, id: FactorId) -> Result<bool> {
    Ok(tx.run(REMOVE, args![id, account]).await? == 1)
}

/// Replace the recovery codes of an account by these hashes; none takes all away.
pub async fn replace_codes(tx: &mut Tx<'_>, account: UserId, hashes: &[String]) -> Result<()> {
    tx.run(FORGET_CODES, args![account]).await?;
    for hash in hashes {
        tx.run(ADD_CODE, args![account, hash]).await?;
    }
    Ok(())
}

/// The hashes of the codes that still work.
pub async fn unused_codes(db: &Db, account: UserId) -> Result<Vec<String>> {
    let rows = db.rows(UNUSED, args![account]).await?;
    rows.iter().map(|row| row.get("hash")).collect()
}

/// How many codes still work.
pub async fn codes_left(db: &Db, account: UserId) -> Result<i64> {
    db.one(LEFT, args![account]).await?.get("n")
}

/// The same within a transaction.
pub async fn codes_left_in(tx: &mut Tx<'_>, account: UserId) -> Result<i64> {
    tx.one(LEFT, args![account]).await?.get("n")
}

/// Use a code up. False if it was used: of any number of parallel tries one
/// succeeds.
pub async fn use_code(tx: &mut Tx<'_>, account: UserId, hash: &str, now: Time) -> Result<bool> {
    Ok(tx.run(USE_CODE, args![account, hash, now]).await? == 1)
}

/// Delete an account's factors, passkeys and codes. Says how many factors there
/// were, passkeys and codes that are sent among them.
pub async fn forget(tx: &mut Tx<'_>, account: UserId) -> Result<u64> {
    tx.run(FORGET_CODES, args![account]).await?;
    Ok(tx.run(FORGET, args![account]).await?
        + passkeys::forget(tx, account).await?
        + ways::forget(tx, account).await?)
}

fn read(row: &Row) -> Result<Factor> {
    Ok(Factor {
        id: row.get("id")?,
        account: row.get("account_id")?,
        kind: row.get::<String>("kind")?.parse()?,
        name: row.get("name")?,
        secret: row.get("secret")?,
        last_step: row.get("last_step")?,
        created_at: row.get("created_at")?,
        confirmed_at: row.get("confirmed_at")?,
        last_used_at: row.get("last_used_at")?,
    })
}
