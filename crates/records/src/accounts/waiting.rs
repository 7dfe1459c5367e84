//! E-mail addresses that somebody says are theirs and has not proved. They are no
//! names: nobody signs in by one, nothing but the link that proves it goes there,
//! and it is kept from nobody.

use tollgate_base::{Result, id::UserId, identifier::Email, time::Time};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

/// How many wait for one account.
pub const MOST: usize = 5;

/// An address that waits to be proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingAddress {
    /// As its owner spells it.
    pub shown: String,
    /// As it is compared.
    pub canonical: String,
    /// When the last link was asked for.
    pub asked_at: Time,
    /// Until when it waits.
    pub expires_at: Time,
}

queries! {
    ASK = "INSERT INTO waiting_addresses (account_id, canonical, shown, asked_at, expires_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (account_id, canonical) DO UPDATE SET shown = excluded.shown, asked_at = excluded.asked_at,
            expires_at = excluded.expires_at";
    OF = "SELECT canonical, shown, asked_at, expires_at FROM waiting_addresses WHERE account_id = $1 AND expires_at > $2
        ORDER BY asked_at, canonical";
    DROP = "DELETE FROM waiting_addresses WHERE account_id = $1 AND canonical = $2";
    FORGET = "DELETE FROM waiting_addresses WHERE account_id = $1";
    CLEAN = "DELETE FROM waiting_addresses WHERE expires_at <= $1";
}

/// Let an address wait, anew if it does already. Nothing if as many wait as may.
pub async fn ask(
    tx: &mut Tx<'_>,
    account: UserId,
    email: &Email,
    now: Time,
    until: Time,
) -> Result<Option<WaitingAddress>> {
    let waits = WaitingAddress {
        shown: email.shown().to_owned(),
        canonical: email.canonical().to_owned(),
        asked_at: now,
        expires_at: until,
    };
    let others = of_in(tx, account, now).await?;
    let others = others
        .iter()
        .filter(|other| other.canonical != waits.canonical);
    if others.count() >= MOST {
        return Ok(None);
    }
    let row = args![account, &waits.canonical, &waits.shown, now, until];
    tx.run(ASK, row).await?;
    Ok(Some(waits))
}

/// Those that wait for an account, the earliest first.
pub async fn of(db: &Db, account: UserId, now: Time) -> Result<Vec<WaitingAddress>> {
    let rows = db.rows(OF, args![account, now]).await?;
    rows.iter().map(read).collect()
}

/// The same within a transaction.
pub async fn of_in(tx: &mut Tx<'_>, account: UserId, now: Time) -> Result<Vec<WaitingAddress>> {
    let rows = tx.rows(OF, args![account, now]).await?;
    rows.iter().map(read).collect()
}

/// It waits no more: it was proved or taken back. False if it did not.
pub async fn drop(tx: &mut Tx<'_>, account: UserId, canonical: &str) -> Result<bool> {
    Ok(tx.run(DROP, args![account, canonical]).await? == 1)
}

/// None waits any more for an account.
pub async fn forget(tx: &mut Tx<'_>, account: UserId) -> Result<()> {
    tx.run(FORGET, args![account]).await?;
    Ok(())
}

/// Delete those that waited for too long.
pub async fn clean(tx: &mut Tx<'_>, now: Time) -> Result<u64> {
    tx.run(CLEAN, args![now]).await
}

fn read(row: &Row) -> Result<WaitingAddress> {
    Ok(WaitingAddress {
        shown: row.get("shown")?,
        canonical: row.get("canonical")?,
        asked_at: row.get("asked_at")?,
        expires_at: row.get("expires_at")?,
    })
}
