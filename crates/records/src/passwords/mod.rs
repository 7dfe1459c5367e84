//! The password of an account, as a hash in PHC or a foreign form.
//! Owns table `passwords`.

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

/// Store the same password under a better hash. False if it was changed
/// meanwhile: then the change stands.
pub async fn upgrade(tx: &mut Tx<'_>, account: UserId, old: &str, new: &str) -> Result<bool> {
    Ok(tx.run(UPGRADE, args![account, old, new]).await? == 1)
}

/// Whether this hash is still the account's: a sign-in that raced a change of
/// password must not win.
pub async fn is_still(tx: &mut Tx<'_>, account: UserId, hash: &str) -> Result<bool> {
    let row = tx.maybe(FIND, args![account]).await?;
    Ok(row
        .map(|row| row.get::<String>("hash"))
        .transpose()?
        .as_deref()
        == Some(hash))
}

/// Delete the password with its account.
pub async fn forget(tx: &mut Tx<'_>, account: UserId) -> Result<()> {
    tx.run(FORGET, args![account]).await?;
    Ok(())
}
