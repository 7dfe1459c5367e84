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
    sql::{Db, Row, Tx},
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
    /// Go on with a sign-in whose first step went well.
    SecondFactor,
    /// Go on with one from a device or a network that the account does not know.
    Confirmation,
    /// Show a code that was sent, as the second factor.
    SentCode,
    /// Prove that a phone is one's own.
    PhoneVerification,
    /// Finish a recovery.
    AccountRecovery,
    /// End the lock of an account, and have the device known.
    Unlock,
    /// Sign in by a link in a mail.
    SignInLink,
    /// Sign in by a code in a mail.
    SignInCode,
    /// Sign in by a link that an administrator made.
    SignInToken,
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
    /// How long it lives.
    pub lives: Duration,
}

/// A secret that is out and still serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Out {
    /// What it is for.
    pub purpose: String,
    /// Until when.
    pub expires_at: Time,
}

/// A secret that was presented or redeemed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redeemed {
    /// Its id.
    pub id: OneTimeId,
    /// For whom it was.
    pub account: Option<UserId>,
    /// What it is bound to.
    pub binding: Option<[u8; 32]>,
}

queries! {
    ISSUE = "INSERT INTO one_time_secrets (id, purpose, hash, account_id, binding, created_at, expires_at, attempts, attempts_most)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)";
    WITHDRAW = "UPDATE one_time_secrets SET used_at = $3
        WHERE purpose = $1 AND used_at IS NULL AND (account_id = $2 OR (account_id IS NULL AND CAST($2 AS TEXT) IS NULL))";
    WITHDRAW_ALL = "UPDATE one_time_secrets SET used_at = $2 WHERE account_id = $1 AND used_at IS NULL";
    ATTEMPT = "UPDATE one_time_secrets SET attempts = attempts + 1
        WHERE hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3 AND attempts < attempts_most
        RETURNING id, account_id, binding";
    ATTEMPT_OF = "UPDATE one_time_secrets SET attempts = attempts + 1
        WHERE account_id = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3 AND attempts < attempts_most
        RETURNING hash";
    LIVE = "SELECT id, account_id, binding FROM one_time_secrets
        WHERE hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3 AND attempts < attempts_most";
    REDEEM = "UPDATE one_time_secrets SET used_at = $3
        WHERE hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3 AND attempts <= attempts_most
            AND (binding IS NULL OR binding = $4)
        RETURNING id, account_id, binding";
    RENEW = "UPDATE one_time_secrets SET expires_at = $2 WHERE hash = $1 AND used_at IS NULL";
    OWNED = "SELECT id FROM one_time_secrets WHERE id = $1 AND account_id = $2 AND used_at IS NULL AND expires_at > $3";
    ASSIGN = "UPDATE one_time_secrets SET account_id = $2
        WHERE id = $1 AND account_id IS NULL AND used_at IS NULL AND expires_at > $3";
    WITHDRAW_SIGN_INS = "UPDATE one_time_secrets SET used_at = $2
        WHERE account_id = $1 AND purpose IN ('sign_in_link', 'sign_in_code', 'sign_in_token') AND used_at IS NULL";
    WITHDRAW_MAILED = "UPDATE one_time_secrets SET used_at = $2
        WHERE account_id = $1 AND purpose IN ('password_reset', 'second_factor', 'confirmation', 'sent_code', 'unlock',
            'sign_in_link', 'sign_in_code', 'sign_in_token') AND used_at IS NULL";
    WITHDRAW_BOUND = "UPDATE one_time_secrets SET used_at = $4
        WHERE account_id = $1 AND purpose = $2 AND binding = $3 AND used_at IS NULL";
    OUT = "SELECT id FROM one_time_secrets WHERE account_id = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3";
    OUT_OF = "SELECT purpose, expires_at FROM one_time_secrets
        WHERE account_id = $1 AND used_at IS NULL AND expires_at > $2 AND attempts < attempts_most
        ORDER BY expires_at, id LIMIT 100";
    KNOWN = "SELECT id FROM one_time_secrets WHERE hash = $1";
    FORGET = "DELETE FROM one_time_secrets WHERE account_id = $1";
    CLEAN = "DELETE FROM one_time_secrets WHERE expires_at <= $1";
}

impl Purpose {
    /// Those whose secret is a code that is sent.
    pub const SENT: [Self; 2] = [Self::SentCode, Self::PhoneVerification];

    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::PasswordReset => "password_reset",
            Self::AddressVerification => "address_verification",
            Self::Visit => "visit",
            Self::SecondFactor => "second_factor",
            Self::Confirmation => "confirmation",
            Self::SentCode => "sent_code",
            Self::PhoneVerification => "phone_verification",
            Self::AccountRecovery => "account_recovery",
            Self::Unlock => "unlock",
            Self::SignInLink => "sign_in_link",
            Self::SignInCode => "sign_in_code",
            Self::SignInToken => "sign_in_token",
        }
    }

    /// How long a secret of this purpose lives, unless it says so itself.
    pub const fn lives(self) -> Duration {
        match self {
            Self::Setup => Duration::from_mins(30),
            Self::PasswordReset => Duration::from_hours(1),
            Self::AddressVerification | Self::AccountRecovery | Self::Unlock => {
                Duration::from_hours(24)
            }
            Self::Visit => Duration::from_secs(30),
            Self::SecondFactor
            | Self::Confirmation
            | Self::SignInCode
            | Self::SignInToken
            | Self::SentCode
            | Self::PhoneVerification => Duration::from_mins(10),
            Self::SignInLink => Duration::from_mins(15),
        }
    }

    /// How often it may be presented, with whatever else was wrong.
    pub const fn attempts(self) -> i64 {
        match self {
            Self::Setup
            | Self::PasswordReset
            | Self::AddressVerification
            | Self::AccountRecovery
            | Self::Unlock
            | Self::Visit
            | Self::SignInLink
            | Self::SignInToken => 20,
            Self::SecondFactor
            | Self::Confirmation
            | Self::SignInCode
            | Self::SentCode
            | Self::PhoneVerification => 5,
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
        now.plus(new.lives),
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

/// Withdraw all that was issued to a person.
pub async fn withdraw_all(tx: &mut Tx<'_>, account: UserId, now: Time) -> Result<()> {
    tx.run(WITHDRAW_ALL, args![account, now]).await?;
    Ok(())
}

/// Whether a person has one of this purpose that still serves.
pub async fn is_out(tx: &mut Tx<'_>, purpose: Purpose, account: UserId, now: Time) -> Result<bool> {
    let found = tx.maybe(OUT, args![account, purpose.as_str(), now]).await?;
    Ok(found.is_some())
}

/// What is out for a person, the first to expire first; a hundred at most.
pub async fn out(db: &Db, account: UserId, now: Time) -> Result<Vec<Out>> {
    let rows = db.rows(OUT_OF, args![account, now]).await?;
    let read = |row: &Row| {
        Ok(Out {
            purpose: row.get("purpose")?,
            expires_at: row.get("expires_at")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Whether a secret that was issued to nobody yet belongs to this person now.
pub async fn is_owned(tx: &mut Tx<'_>, id: OneTimeId, account: UserId, now: Time) -> Result<bool> {
    Ok(tx.maybe(OWNED, args![id, account, now]).await?.is_some())
}

/// Say whose a secret is that was issued to nobody yet. False if it has expired
/// or is somebody's.
pub async fn assign(tx: &mut Tx<'_>, id: OneTimeId, account: UserId, now: Time) -> Result<bool> {
    Ok(tx.run(ASSIGN, args![id, account, now]).await? == 1)
}

/// Withdraw what was mailed or given to a person to sign in with.
pub async fn withdraw_sign_ins(tx: &mut Tx<'_>, account: UserId, now: Time) -> Result<()> {
    tx.run(WITHDRAW_SIGN_INS, args![account, now]).await?;
    Ok(())
}

/// Withdraw what was mailed to a person or given to them, and sign-ins that were begun
/// with it. What verifies or recovers stays: its binding says where it went.
pub async fn withdraw_mailed(tx: &mut Tx<'_>, account: UserId, now: Time) -> Result<()> {
    tx.run(WITHDRAW_MAILED, args![account, now]).await?;
    Ok(())
}

/// Withdraw what was issued to a person for a purpose and is bound to this. False if
/// there was nothing.
pub async fn withdraw_bound(
    tx: &mut Tx<'_>,
    purpose: Purpose,
    account: UserId,
    binding: [u8; 32],
    now: Time,
) -> Result<bool> {
    let row = args![account, purpose.as_str(), binding, now];
    Ok(tx.run(WITHDRAW_BOUND, row).await? > 0)
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

/// The same for a code that is too short to be looked up by: the one that the
/// person has now is counted against, and its hash is what theirs has to be.
pub async fn attempt_of(
    tx: &mut Tx<'_>,
    purpose: Purpose,
    account: UserId,
    now: Time,
) -> Result<Option<[u8; 32]>> {
    tx.maybe(ATTEMPT_OF, args![account, purpose.as_str(), now])
        .await?
        .map(|row| row.get("hash"))
        .transpose()
}

/// Whose secret it is, uncounted: for what gives nothing away and uses nothing
/// up. Nothing if it is used, expired or worn out.
pub async fn live(
    db: &Db,
    purpose: Purpose,
    hash: [u8; 32],
    now: Time,
) -> Result<Option<Redeemed>> {
    db.maybe(LIVE, args![hash, purpose.as_str(), now])
        .await?
        .map(|row| read(&row))
        .transpose()
}

/// The same within a transaction: whether it still serves.
pub async fn is_live(tx: &mut Tx<'_>, purpose: Purpose, hash: [u8; 32], now: Time) -> Result<bool> {
    let found = tx.maybe(LIVE, args![hash, purpose.as_str(), now]).await?;
    Ok(found.is_some())
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
        binding: row.get("binding")?,
    })
}
