//! Codes that are sent, by mail or as a text: second factors that are weaker
//! than others, as whoever reads the mail or has the number sees them too.

use std::str::FromStr;

use tollgate_base::{Error, Result, codes, id::UserId, time::Time};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

/// How a code is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// By mail.
    Email,
    /// As a text message.
    Sms,
}

/// A way that somebody has turned on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeWay {
    /// Which.
    pub way: Channel,
    /// The address in canonical form, or the number. Codes go nowhere else.
    pub target: String,
    /// Since when.
    pub added_at: Time,
    /// When a code was last used.
    pub last_used_at: Option<Time>,
}

queries! {
    TURN_ON = "INSERT INTO code_ways (account_id, way, target, added_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (account_id, way) DO NOTHING";
    TURN_OFF_AT = "DELETE FROM code_ways WHERE account_id = $1 AND way = $2 AND target = $3";
    TURN_OFF = "DELETE FROM code_ways WHERE account_id = $1 AND way = $2";
    RETARGET = "UPDATE code_ways SET target = $3 WHERE account_id = $1 AND way = $2";
    OF = "SELECT way, target, added_at, last_used_at FROM code_ways WHERE account_id = $1 ORDER BY way";
    USED = "UPDATE code_ways SET last_used_at = $3 WHERE account_id = $1 AND way = $2";
    FORGET = "DELETE FROM code_ways WHERE account_id = $1";
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Email, Self::Sms];

    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }
}

impl FromStr for Channel {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut all = Self::ALL.into_iter();
        all.find(|way| way.as_str() == text).ok_or_else(|| {
            let fault = Error::new(&codes::REQUEST_INVALID);
            fault.field("/by", "choice", "One of email, sms.")
        })
    }
}

/// Turn a way on. False if it is on.
pub async fn turn_on(
    tx: &mut Tx<'_>,
    account: UserId,
    way: Channel,
    target: &str,
    now: Time,
) -> Result<bool> {
    let row = args![account, way.as_str(), target, now];
    Ok(tx.run(TURN_ON, row).await? == 1)
}

/// Turn a way off. False if it is off.
pub async fn turn_off(tx: &mut Tx<'_>, account: UserId, way: Channel) -> Result<bool> {
    Ok(tx.run(TURN_OFF, args![account, way.as_str()]).await? == 1)
}

/// Turn a way off, if codes go there. False if they do not.
pub async fn turn_off_at(
    tx: &mut Tx<'_>,
    account: UserId,
    way: Channel,
    target: &str,
) -> Result<bool> {
    let row = args![account, way.as_str(), target];
    Ok(tx.run(TURN_OFF_AT, row).await? == 1)
}

/// Send codes somewhere else from now on, if the way is on.
pub async fn retarget(tx: &mut Tx<'_>, account: UserId, way: Channel, target: &str) -> Result<()> {
    tx.run(RETARGET, args![account, way.as_str(), target])
        .await?;
    Ok(())
}

/// The ways that are on.
pub async fn of(db: &Db, account: UserId) -> Result<Vec<CodeWay>> {
    let rows = db.rows(OF, args![account]).await?;
    rows.iter().map(read).collect()
}

/// The same within a transaction.
pub async fn of_in(tx: &mut Tx<'_>, account: UserId) -> Result<Vec<CodeWay>> {
    let rows = tx.rows(OF, args![account]).await?;
    rows.iter().map(read).collect()
}

/// A code was used. False if the way is off.
pub async fn used(tx: &mut Tx<'_>, account: UserId, way: Channel, now: Time) -> Result<bool> {
    Ok(tx.run(USED, args![account, way.as_str(), now]).await? == 1)
}

/// Turn all ways of an account off. Says how many were on.
pub async fn forget(tx: &mut Tx<'_>, account: UserId) -> Result<u64> {
    tx.run(FORGET, args![account]).await
}

fn read(row: &Row) -> Result<CodeWay> {
    Ok(CodeWay {
        way: row.get::<String>("way")?.parse()?,
        target: row.get("target")?,
        added_at: row.get("added_at")?,
        last_used_at: row.get("last_used_at")?,
    })
}
