//! The other names of an account: the integer, the 24 hexadecimal digits and
//! the UUID by which foreign dialects know it. Given once, never reused.
//! Owns tables `aliases` and `alias_counters`.

use tollgate_base::{Result, id::UserId};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

/// What the dialects call an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aliases {
    /// Counts up from 1.
    pub number: i64,
    /// 24 lower-case hexadecimal digits.
    pub hex: String,
    /// A UUID in its usual form.
    pub uuid: String,
}

queries! {
    NEXT = "INSERT INTO alias_counters (name, value) VALUES ($1, 1)
        ON CONFLICT (name) DO UPDATE SET value = alias_counters.value + 1 RETURNING value";
    ADD = "INSERT INTO aliases (account_id, number, hex, uuid) VALUES ($1, $2, $3, $4)";
    FIND = "SELECT number, hex, uuid FROM aliases WHERE account_id = $1";
    BY_NUMBER = "SELECT account_id FROM aliases WHERE number = $1";
    FORGET = "DELETE FROM aliases WHERE account_id = $1";
}

/// Give a new account its aliases. The hexadecimal digits and the UUID come
/// from the account's own 128 bits, which are unique by themselves.
pub async fn give(tx: &mut Tx<'_>, account: UserId) -> Result<Aliases> {
    let number: i64 = tx.one(NEXT, args!["account"]).await?.get("value")?;
    let digits = format!("{:032x}", account.bits());
    let aliases = Aliases {
        number,
        // The last 24 digits: mostly chance, as the time is in the first 12.
        hex: digits[8..].to_owned(),
        uuid: [
            &digits[..8],
            &digits[8..12],
            &digits[12..16],
            &digits[16..20],
            &digits[20..],
        ]
        .join("-"),
    };
    tx.run(
        ADD,
        args![account, aliases.number, &aliases.hex, &aliases.uuid],
    )
    .await?;
    Ok(aliases)
}

/// The aliases of an account.
pub async fn find(db: &Db, account: UserId) -> Result<Option<Aliases>> {
    db.maybe(FIND, args![account])
        .await?
        .map(|row| read(&row))
        .transpose()
}

/// Whose number it is.
pub async fn by_number(db: &Db, number: i64) -> Result<Option<UserId>> {
    db.maybe(BY_NUMBER, args![number])
        .await?
        .map(|row| row.get("account_id"))
        .transpose()
}

/// Delete the aliases with their account. The counter stays, so that no number
/// comes back.
pub async fn forget(tx: &mut Tx<'_>, account: UserId) -> Result<()> {
    tx.run(FORGET, args![account]).await?;
    Ok(())
}

fn read(row: &Row) -> Result<Aliases> {
    Ok(Aliases {
        number: row.get("number")?,
        hex: row.get("hex")?,
        uuid: row.get("uuid")?,
    })
}
