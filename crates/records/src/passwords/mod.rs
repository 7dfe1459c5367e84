//! The password of an account, as a hash in PHC or a foreign form, and those
//! that it had before. Owns tables `passwords` and `former_passwords`.

use tollgate_base::{Result, id::UserId, time::Time};
use tollgate_store::{
    args, queries,
    sql::{Db, Tx},
};

queries! {
    FIND = "SELECT hash FROM passwords WHERE account_id = $1";
    SET = "INSERT INTO passwords (account_id, hash, changed_at) VALUES ($1, $2, $3)
        ON CONFLICT (account_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at";
    UPGRADE = "UPDATE passwords SET hash = $3 WHERE account_id = $1 AND hash = $2";
    FORMER = "SELECT hash FROM former_passwords WHERE account_id = $1 ORDER BY replaced_at DESC, hash LIMIT $2";
    RETIRE = "INSERT INTO former_passwords (account_id, hash, replaced_at)
        SELECT account_id, hash, $2 FROM passwords WHERE account_id = $1 ON CONFLICT DO NOTHING";
    TRIM = "DELETE FROM former_passwords WHERE account_id = $1 AND hash NOT IN
        (SELECT hash FROM former_passwords WHERE account_id = $1 ORDER BY replaced_at DESC, hash LIMIT $2)";
    PEPPERED = "SELECT CAST(count(*) AS BIGINT) AS number FROM
        (SELECT hash FROM passwords UNION ALL SELECT hash FROM former_passwords) AS every WHERE hash LIKE $1";
    FORGET_FORMER = "DELETE FROM former_passwords WHERE account_id = $1";
    FORGET = "DELETE FROM passwords WHERE account_id = $1";
}

/// The stored hash, if the account has a password.
pub async fn find(db: &Db, account: UserId) -> Result<Option<String>> {
    db.maybe(FIND, args![account])
        .await?
        .map(|row| row.get("hash"))
        .transpose()
}

/// Set or replace the password.
pub async fn set(tx: &mut Tx<'_>, account: UserId, hash: &str, now: Time) -> Result<()> {
    tx.run(SET, args![account, hash, now]).await?;
    Ok(())
}

/// The hashes of the passwords before the current one, the last first.
pub async fn former(db: &Db, account: UserId, most: u32) -> Result<Vec<String>> {
    let rows = db.rows(FORMER, args![account, i64::from(most)]).await?;
    rows.iter().map(|row| row.get("hash")).collect()
}

/// Keep the current password as a former one, for it is about to be replaced,
/// and no more than so many of them.
pub async fn retire(tx: &mut Tx<'_>, account: UserId, keep: u32, now: Time) -> Result<()> {
    if keep > 0 {
        tx.run(RETIRE, args![account, now]).await?;
    }
    tx.run(TRIM, args![account, i64::from(keep)]).await?;
    Ok(())
}

/// How many hashes, former ones among them, were made with a pepper; with
/// exactly this one, if it is named.
pub async fn peppered(db: &Db, pepper: Option<&str>) -> Result<i64> {
    let like = format!("$argon2id$%,keyid={}$%", pepper.unwrap_or("%"));
    db.one(PEPPERED, args![like]).await?.get("number")
}

/// Store the same password under a better hash. False if it was changed
/// meanwhile: then the change stands.
pub async fn upgrade(tx: &mut Tx<'_>, account: UserId, old: &str, new: &str) -> Result<bool> {
    Ok(tx.run(UPGRADE, args![account, old, new]).await? == 1)
}

/// Whether this hash is still the account's, or there is still none: a sign-in that
/// raced a change of password must not win.
pub async fn is_still(tx: &mut Tx<'_>, account: UserId, hash: Option<&str>) -> Result<bool> {
    let row = tx.maybe(FIND, args![account]).await?;
    Ok(row
        .map(|row| row.get::<String>("hash"))
        .transpose()?
        .as_deref()
        == hash)
}

/// Delete the passwords with their account.
pub async fn forget(tx: &mut Tx<'_>, account: UserId) -> Result<()> {
    tx.run(FORGET_FORMER, args![account]).await?;
    tx.run(FORGET, args![account]).await?;
    Ok(())
}
