//! Links and codes that work once: the setup link and the password reset now,
//! every later code and ticket too. Only a hash is kept; redeeming is one
//! conditional write. Owns table `one_time_secrets`.

use std::time::Duration;

use tollgate_base::{
    Result,
    id::{OneTimeId, UserId},
    time::Time,
};
use tollgate_store::{
    args, queries,
    sql::{Row, Tx},
};

/// What a secret is for. A secret of one purpose never serves another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Make the first administrator.
    Setup,
    /// Set a new password.
    PasswordReset,
    /// Prove that an e-mail address is one's own.
    AddressVerification,
    /// Carry a sign-in over to an app's own host.
    Visit,
    /// Go on with a sign-in whose password was right.
    SecondFactor,
}

/// A secret that is to be issued.
#[derive(Clone, Debug)]
pub struct NewOneTime {
    /// Its id.
    pub id: OneTimeId,
    /// What it is for.
    pub purpose: Purpose,
    /// SHA-256 of its text.
    pub hash: [u8; 32],
    /// For whom; nobody for the setup link.
    pub account: Option<UserId>,
    /// SHA-256 of what it is bound to, where the purpose asks for it: what the
    /// browser must present too, or the address that it was sent to.
    pub binding: Option<[u8; 32]>,
}

/// A redeemed secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redeemed {
    /// Its id.
    pub id: OneTimeId,
    /// For whom it was.
    pub account: Option<UserId>,
}

queries! {
    ISSUE = "INSERT INTO one_time_secrets (id, purpose, hash, account_id, binding, created_at, expires_at, attempts, attempts_most)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)";
    WITHDRAW = "UPDATE one_time_secrets SET used_at = $3
        WHERE purpose = $1 AND used_at IS NULL AND (account_id = $2 OR (account_id IS NULL AND CAST($2 AS TEXT) IS NULL))";
    ATTEMPT = "UPDATE one_time_secrets SET attempts = attempts + 1
        WHERE hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3 AND attempts < attempts_most
        RETURNING id, account_id";
    REDEEM = "UPDATE one_time_secrets SET used_at = $3
        WHERE hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3 AND attempts <= attempts_most
            AND (binding IS NULL OR binding = $4)
        RETURNING id, account_id";
    RENEW = "UPDATE one_time_secrets SET expires_at = $2 WHERE hash = $1 AND used_at IS NULL";
    KNOWN = "SELECT id FROM one_time_secrets WHERE hash = $1";
    FORGET = "DELETE FROM one_time_secrets WHERE account_id = $1";
    CLEAN = "DELETE FROM one_time_secrets WHERE expires_at <= $1";
}

impl Purpose {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::PasswordReset => "password_reset",
            Self::AddressVerification => "address_verification",
            Self::Visit => "visit",
            Self::SecondFactor => "second_factor",
        }
    }

    /// How long a secret of this purpose lives.
    pub const fn lives(self) -> Duration {
        match self {
            Self::Setup => Duration::from_mins(30),
            Self::PasswordReset => Duration::from_hours(1),
            Self::AddressVerification => Duration::from_hours(24),
            Self::Visit => Duration::from_secs(30),
            Self::SecondFactor => Duration::from_mins(10),
        }
    }

    /// How often it may be presented, with whatever else was wrong.
    pub const fn attempts(self) -> i64 {
        match self {
            Self::Setup | Self::PasswordReset | Self::AddressVerification | Self::Visit => 20,
            Self::SecondFactor => 5,
        }
    }
}

/// Issue a secret and withdraw the earlier ones of this purpose and person.
pub async fn issue(tx: &mut Tx<'_>, new: &NewOneTime, now: Time) -> Result<()> {
    withdraw(tx, new.purpose, new.account, now).await?;
    add(tx, new, now).await
}

/// Issue a secret beside the earlier ones of this purpose and person.
pub async fn add(tx: &mut Tx<'_>, new: &NewOneTime, now: Time) -> Result<()> {
    let row = args![
        new.id,
        new.purpose.as_str(),
        new.hash,
        new.account,
        new.binding,
        now,
        now.plus(new.purpose.lives()),
        new.purpose.attempts()
    ];
    tx.run(ISSUE, row).await?;
    Ok(())
}

/// Whether this secret was never issued.
pub async fn is_new(tx: &mut Tx<'_>, hash: [u8; 32]) -> Result<bool> {
    Ok(tx.maybe(KNOWN, args![hash]).await?.is_none())
}

/// Let a secret live anew whose mail goes out only now. False if it was used or
/// withdrawn meanwhile.
pub async fn renew(tx: &mut Tx<'_>, purpose: Purpose, hash: [u8; 32], now: Time) -> Result<bool> {
    Ok(tx
        .run(RENEW, args![hash, now.plus(purpose.lives())])
        .await?
        == 1)
}

/// Withdraw what was issued to a person for a purpose.
pub async fn withdraw(
    tx: &mut Tx<'_>,
    purpose: Purpose,
    account: Option<UserId>,
    now: Time,
) -> Result<()> {
    tx.run(WITHDRAW, args![purpose.as_str(), account, now])
        .await?;
    Ok(())
}

/// Count a presentation before anything else of the request is looked at, and
/// say whose secret it is. Nothing if it is used, expired or worn out.
pub async fn attempt(
    tx: &mut Tx<'_>,
    purpose: Purpose,
    hash: [u8; 32],
    now: Time,
) -> Result<Option<Redeemed>> {
    tx.maybe(ATTEMPT, args![hash, purpose.as_str(), now])
        .await?
        .map(|row| read(&row))
        .transpose()
}

/// Use it up. Nothing if it is used, expired, worn out, or bound to another
/// browser: of any number of parallel tries one succeeds.
pub async fn redeem(
    tx: &mut Tx<'_>,
    purpose: Purpose,
    hash: [u8; 32],
    binding: Option<[u8; 32]>,
    now: Time,
) -> Result<Option<Redeemed>> {
    let row = tx
        .maybe(REDEEM, args![hash, purpose.as_str(), now, binding])
        .await?;
    row.map(|row| read(&row)).transpose()
}

/// Delete a person's secrets with the account.
pub async fn forget(tx: &mut Tx<'_>, account: UserId) -> Result<()> {
    tx.run(FORGET, args![account]).await?;
    Ok(())
}

/// Delete what has expired.
pub async fn clean(tx: &mut Tx<'_>, now: Time) -> Result<u64> {
    tx.run(CLEAN, args![now]).await
}

fn read(row: &Row) -> Result<Redeemed> {
    Ok(Redeemed {
        id: row.get("id")?,
        account: row.get("account_id")?,
    })
}
