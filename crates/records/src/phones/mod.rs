//! The phone of an account: one that is proved to be its owner's, and perhaps
//! another one that is about to take its place. Nobody signs in by it.
//! Owns table `phones`.

use tollgate_base::{Result, id::UserId, phone::Phone, time::Time};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

/// A phone as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPhone {
    /// Its number.
    pub number: Phone,
    /// When it was added.
    pub added_at: Time,
    /// Since when it is known to be theirs.
    pub verified_at: Option<Time>,
}

queries! {
    ADD = "INSERT INTO phones (account_id, number, added_at) VALUES ($1, $2, $3)
        ON CONFLICT (account_id, number) DO NOTHING";
    DROP_DRAFTS = "DELETE FROM phones WHERE account_id = $1 AND verified_at IS NULL";
    OF = "SELECT number, added_at, verified_at FROM phones WHERE account_id = $1 ORDER BY added_at, number";
    VERIFY = "UPDATE phones SET verified_at = $3 WHERE account_id = $1 AND number = $2 AND verified_at IS NULL";
    DROP_OTHERS = "DELETE FROM phones WHERE account_id = $1 AND number <> $2";
    FORGET = "DELETE FROM phones WHERE account_id = $1";
}

/// Begin with a number. One that was begun before and never proved is gone.
pub async fn add(tx: &mut Tx<'_>, account: UserId, number: &Phone, now: Time) -> Result<()> {
    tx.run(DROP_DRAFTS, args![account]).await?;
    tx.run(ADD, args![account, number.as_str(), now]).await?;
    Ok(())
}

/// Forget a number that was begun with and never proved.
pub async fn drop_drafts(tx: &mut Tx<'_>, account: UserId) -> Result<()> {
    tx.run(DROP_DRAFTS, args![account]).await?;
    Ok(())
}

/// What an account has.
pub async fn of(db: &Db, account: UserId) -> Result<Vec<StoredPhone>> {
    let rows = db.rows(OF, args![account]).await?;
    rows.iter().map(read).collect()
}

/// The same within a transaction.
pub async fn of_in(tx: &mut Tx<'_>, account: UserId) -> Result<Vec<StoredPhone>> {
    let rows = tx.rows(OF, args![account]).await?;
    rows.iter().map(read).collect()
}

/// The number is known to be theirs, and takes the place of any other. False if
/// that was known, or it is none of theirs.
pub async fn verify(tx: &mut Tx<'_>, account: UserId, number: &Phone, now: Time) -> Result<bool> {
    let row = args![account, number.as_str(), now];
    if tx.run(VERIFY, row).await? == 0 {
        return Ok(false);
    }
    tx.run(DROP_OTHERS, args![account, number.as_str()]).await?;
    Ok(true)
}

/// Delete an account's numbers. Says how many there were.
pub async fn forget(tx: &mut Tx<'_>, account: UserId) -> Result<u64> {
    tx.run(FORGET, args![account]).await
}

fn read(row: &Row) -> Result<StoredPhone> {
    Ok(StoredPhone {
        number: Phone::parse(&row.get::<String>("number")?)?,
        added_at: row.get("added_at")?,
        verified_at: row.get("verified_at")?,
    })
}
