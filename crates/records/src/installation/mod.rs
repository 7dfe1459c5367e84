//! Facts about this installation as a whole: its id, its epoch, from when on
//! tokens count, and which master key seals its secrets.
//! Owns table `installation`.

use tollgate_base::{Error, Result, codes, time::Time};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

/// One row for each fact, so that a new fact needs no migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// Random, made at the first start.
    pub id: String,
    /// Raised by a restore: sessions of an earlier epoch are dead.
    pub epoch: i64,
    /// Tokens issued before this are dead, whoever signed them.
    pub not_before: Time,
    /// The public id of the master key that seals stored secrets.
    pub master_key_id: String,
    /// When the first administrator was made. It stays when all of them are
    /// deleted, so that the setup page never opens again.
    pub set_up_at: Option<Time>,
}

queries! {
    READ = "SELECT name, value FROM installation ORDER BY name";
    ADD = "INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    SET = "INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
}

/// The facts, or nothing before the first start.
pub async fn read(db: &Db) -> Result<Option<Installation>> {
    assemble(&db.rows(READ, args![]).await?)
}

/// The facts within a transaction.
pub async fn read_in(tx: &mut Tx<'_>) -> Result<Option<Installation>> {
    assemble(&tx.rows(READ, args![]).await?)
}

/// Write the facts of a new installation; those that are there already stay.
pub async fn create(tx: &mut Tx<'_>, id: &str, master_key_id: &str) -> Result<()> {
    for (name, value) in [
        ("id", id),
        ("epoch", "1"),
        ("not_before", "0"),
        ("master_key_id", master_key_id),
    ] {
        tx.run(ADD, args![name, value]).await?;
    }
    Ok(())
}

/// Note that the first administrator exists. False if that was noted before.
pub async fn mark_set_up(tx: &mut Tx<'_>, now: Time) -> Result<bool> {
    Ok(tx
        .run(ADD, args!["set_up_at", now.micros().to_string()])
        .await?
        == 1)
}

/// Begin a new epoch: every session and token of before is dead.
pub async fn begin_epoch(tx: &mut Tx<'_>, now: Time) -> Result<i64> {
    let epoch = read_in(tx).await?.map_or(1, |facts| facts.epoch + 1);
    tx.run(SET, args!["epoch", epoch.to_string()]).await?;
    tx.run(SET, args!["not_before", now.micros().to_string()])
        .await?;
    Ok(epoch)
}

fn assemble(rows: &[Row]) -> Result<Option<Installation>> {
    if rows.is_empty() {
        return Ok(None);
    }
    let find = |name: &str| -> Result<Option<String>> {
        for row in rows {
            if row.get::<String>("name")? == name {
                return row.get("value").map(Some);
            }
        }
        Ok(None)
    };
    let damaged = || Error::new(&codes::INTERNAL_STORE).because("the installation row is damaged");
    let number = |text: Option<String>| -> Result<Option<i64>> {
        text.map(|text| text.parse().map_err(|_| damaged()))
            .transpose()
    };
    Ok(Some(Installation {
        id: find("id")?.ok_or_else(damaged)?,
        epoch: number(find("epoch")?)?.ok_or_else(damaged)?,
        not_before: Time::from_micros(number(find("not_before")?)?.ok_or_else(damaged)?),
        master_key_id: find("master_key_id")?.ok_or_else(damaged)?,
        set_up_at: number(find("set_up_at")?)?.map(Time::from_micros),
    }))
}
