//! The SQL of devices and networks.

use tollgate_base::{
    Result,
    id::{DeviceId, UserId},
    network::Network,
    time::Time,
};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

use super::{NewDevice, Sighting, StoredDevice};

queries! {
    ADD = "INSERT INTO devices (id, account_id, hash, name, browser, address, created_at, last_used_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";
    BY_HASH = "SELECT id, account_id, name, browser, address, created_at, last_used_at, trusted_at
        FROM devices WHERE hash = $1 AND account_id = $2";
    OF = "SELECT id, account_id, name, browser, address, created_at, last_used_at, trusted_at
        FROM devices WHERE account_id = $1 ORDER BY last_used_at DESC, id DESC";
    KNOWS_DEVICE = "SELECT id FROM devices WHERE account_id = $1 ORDER BY id LIMIT 1";
    SAW = "UPDATE devices SET last_used_at = $2, browser = $3, address = $4, name = coalesce($5, name) WHERE id = $1";
    TRUST = "UPDATE devices SET trusted_at = $2 WHERE id = $1";
    DISTRUST = "UPDATE devices SET trusted_at = NULL WHERE account_id = $1 AND trusted_at IS NOT NULL";
    REMOVE = "DELETE FROM devices WHERE id = $1 AND account_id = $2";
    REMOVE_OTHERS = "DELETE FROM devices WHERE account_id = $1 AND id <> $2";
    FORGET = "DELETE FROM devices WHERE account_id = $1";
    TRIM = "DELETE FROM devices WHERE account_id = $1 AND id IN (SELECT id FROM devices WHERE account_id = $1
        ORDER BY (trusted_at IS NULL), last_used_at DESC, id DESC LIMIT 1000 OFFSET $2)";

    SAW_NETWORK = "INSERT INTO networks (account_id, network, last_used_at) VALUES ($1, $2, $3)
        ON CONFLICT (account_id, network) DO UPDATE SET last_used_at = excluded.last_used_at";
    HAS_NETWORK = "SELECT network FROM networks WHERE account_id = $1 AND network = $2";
    KNOWS_NETWORK = "SELECT network FROM networks WHERE account_id = $1 ORDER BY network LIMIT 1";
    NETWORKS = "SELECT network FROM networks WHERE account_id = $1 ORDER BY last_used_at DESC, network";
    FORGET_NETWORKS = "DELETE FROM networks WHERE account_id = $1";
    TRIM_NETWORKS = "DELETE FROM networks WHERE account_id = $1 AND network IN (SELECT network FROM networks
        WHERE account_id = $1 ORDER BY last_used_at DESC, network LIMIT 1000 OFFSET $2)";
}

/// Remember a device. Beyond [`StoredDevice::MOST`] others are forgotten.
pub async fn add(tx: &mut Tx<'_>, new: &NewDevice, seen: &Sighting, now: Time) -> Result<()> {
    tx.run(TRIM, args![new.account, StoredDevice::MOST - 1])
        .await?;
    let row = args![
        new.id,
        new.account,
        new.hash,
        seen.name.clone(),
        seen.browser.clone(),
        seen.address.clone(),
        now
    ];
    tx.run(ADD, row).await?;
    Ok(())
}

/// The device of an account that keeps the secret of this SHA-256.
pub async fn by_hash(
    tx: &mut Tx<'_>,
    account: UserId,
    hash: [u8; 32],
) -> Result<Option<StoredDevice>> {
    let row = tx.maybe(BY_HASH, args![hash, account]).await?;
    row.map(|row| read(&row)).transpose()
}

/// The same outside a transaction, and no more than its id.
pub async fn id_by_hash(db: &Db, account: UserId, hash: [u8; 32]) -> Result<Option<DeviceId>> {
    let row = db.maybe(BY_HASH, args![hash, account]).await?;
    row.map(|row| row.get("id")).transpose()
}

/// Whether the account was used from this network, outside a transaction.
pub async fn was_used_from(db: &Db, account: UserId, network: Network) -> Result<bool> {
    let row = db.maybe(HAS_NETWORK, args![account, network.to_string()]);
    Ok(row.await?.is_some())
}

/// The networks of an account, as text.
pub async fn networks(db: &Db, account: UserId) -> Result<Vec<String>> {
    let rows = db.rows(NETWORKS, args![account]).await?;
    rows.iter().map(|row| row.get("network")).collect()
}

/// The devices of an account, the one that signed in last first.
pub async fn of(db: &Db, account: UserId) -> Result<Vec<StoredDevice>> {
    let rows = db.rows(OF, args![account]).await?;
    rows.iter().map(read).collect()
}

/// The same in a transaction.
pub async fn of_in(tx: &mut Tx<'_>, account: UserId) -> Result<Vec<StoredDevice>> {
    let rows = tx.rows(OF, args![account]).await?;
    rows.iter().map(read).collect()
}

/// The networks of an account, as text, in a transaction.
pub async fn networks_in(tx: &mut Tx<'_>, account: UserId) -> Result<Vec<String>> {
    let rows = tx.rows(NETWORKS, args![account]).await?;
    rows.iter().map(|row| row.get("network")).collect()
}

/// Whether an account has any device.
pub async fn knows_device(tx: &mut Tx<'_>, account: UserId) -> Result<bool> {
    Ok(tx.maybe(KNOWS_DEVICE, args![account]).await?.is_some())
}

/// A device has signed in again.
pub async fn saw(tx: &mut Tx<'_>, id: DeviceId, seen: &Sighting, now: Time) -> Result<()> {
    let row = args![
        id,
        now,
        seen.browser.clone(),
        seen.address.clone(),
        seen.name.clone()
    ];
    tx.run(SAW, row).await?;
    Ok(())
}

/// Its owner wants the second step to be left out on it.
pub async fn trust(tx: &mut Tx<'_>, id: DeviceId, now: Time) -> Result<()> {
    tx.run(TRUST, args![id, now]).await?;
    Ok(())
}

/// The second step is left out on none of an account's devices any more.
pub async fn distrust(tx: &mut Tx<'_>, account: UserId) -> Result<()> {
    tx.run(DISTRUST, args![account]).await?;
    Ok(())
}

/// Forget a device. False if it is not theirs.
pub async fn remove(tx: &mut Tx<'_>, account: UserId, id: DeviceId) -> Result<bool> {
    Ok(tx.run(REMOVE, args![id, account]).await? == 1)
}

/// The account was used from this network. Beyond [`StoredDevice::MOST`] others
/// are forgotten.
pub async fn saw_network(
    tx: &mut Tx<'_>,
    account: UserId,
    network: Network,
    now: Time,
) -> Result<()> {
    tx.run(SAW_NETWORK, args![account, network.to_string(), now])
        .await?;
    tx.run(TRIM_NETWORKS, args![account, StoredDevice::MOST])
        .await?;
    Ok(())
}

/// Whether the account was used from this network.
pub async fn has_network(tx: &mut Tx<'_>, account: UserId, network: Network) -> Result<bool> {
    let row = tx.maybe(HAS_NETWORK, args![account, network.to_string()]);
    Ok(row.await?.is_some())
}

/// Whether any network of an account is known.
pub async fn knows_network(tx: &mut Tx<'_>, account: UserId) -> Result<bool> {
    Ok(tx.maybe(KNOWS_NETWORK, args![account]).await?.is_some())
}

/// Forget all devices of an account but one. Says how many there were.
pub async fn remove_others(tx: &mut Tx<'_>, account: UserId, but: DeviceId) -> Result<u64> {
    tx.run(REMOVE_OTHERS, args![account, but]).await
}

/// Forget the networks of an account.
pub async fn forget_networks(tx: &mut Tx<'_>, account: UserId) -> Result<()> {
    tx.run(FORGET_NETWORKS, args![account]).await?;
    Ok(())
}

/// Forget all devices of an account and its networks. Says how many devices
/// there were.
pub async fn forget(tx: &mut Tx<'_>, account: UserId) -> Result<u64> {
    forget_networks(tx, account).await?;
    tx.run(FORGET, args![account]).await
}

fn read(row: &Row) -> Result<StoredDevice> {
    Ok(StoredDevice {
        id: row.get("id")?,
        account: row.get("account_id")?,
        name: row.get("name")?,
        browser: row.get("browser")?,
        address: row.get("address")?,
        created_at: row.get("created_at")?,
        last_used_at: row.get("last_used_at")?,
        trusted_at: row.get("trusted_at")?,
    })
}
