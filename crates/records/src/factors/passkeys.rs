//! Passkeys, and the ceremonies by which they are made and used. What their
//! keys prove is judged elsewhere; here lies what one ceremony leaves for the
//! next: the key, the counter, and the open question, which is answered once.

use std::{fmt, time::Duration};

use tollgate_base::{
    Result,
    id::{PasskeyId, SessionId, UserId},
    time::Time,
};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

/// A passkey as it is stored.
#[derive(Clone)]
pub struct StoredPasskey {
    /// Its id.
    pub id: PasskeyId,
    /// Whose.
    pub account: UserId,
    /// What its authenticator calls it.
    pub credential_id: Vec<u8>,
    /// What its owner calls it.
    pub name: String,
    /// Its public key and what was agreed with it, sealed for this row: a key
    /// that is moved to another row opens nothing.
    pub credential: Vec<u8>,
    /// How often it had signed when it was last used; 0 if it does not count.
    pub counter: i64,
    /// Whether it may be copied to other devices of its owner.
    pub backup_eligible: bool,
    /// Whether it was, when it was last used.
    pub backed_up: bool,
    /// When it was made.
    pub created_at: Time,
    /// When it was last used.
    pub last_used_at: Option<Time>,
}

/// What a ceremony is for. One of one purpose never serves another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CeremonyPurpose {
    /// Make a passkey.
    Registration,
    /// Make one with which an account is to begin.
    Enrolment,
    /// Sign in with nothing else.
    SignIn,
    /// Go on with a sign-in whose password was right.
    SecondFactor,
    /// Show it again, for what a borrowed session must not do.
    StepUp,
}

/// An open question, bound to whoever may answer it.
#[derive(Clone)]
pub struct Ceremony {
    /// SHA-256 of the text by which the answer names it.
    pub hash: [u8; 32],
    /// What it is for.
    pub purpose: CeremonyPurpose,
    /// Whose answer it takes; anybody's before it is known who signs in.
    pub account: Option<UserId>,
    /// The session in which it was begun.
    pub session: Option<SessionId>,
    /// What the passkey is to be called that is made.
    pub name: Option<String>,
    /// Who is to have an account with it, as who began wrote it down.
    pub newcomer: Option<String>,
    /// What the answer is held against.
    pub state: Vec<u8>,
}

queries! {
    ADD = "INSERT INTO passkeys (id, account_id, credential_id, name, credential, counter, backup_eligible, backed_up, created_at, last_used_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (credential_id) DO NOTHING";
    OF = "SELECT id, account_id, credential_id, name, credential, counter, backup_eligible, backed_up, created_at, last_used_at
        FROM passkeys WHERE account_id = $1 ORDER BY created_at, id";
    FIND = "SELECT id, account_id, credential_id, name, credential, counter, backup_eligible, backed_up, created_at, last_used_at
        FROM passkeys WHERE credential_id = $1";
    COUNT = "SELECT CAST(count(*) AS BIGINT) AS n FROM passkeys WHERE account_id = $1";
    USE = "UPDATE passkeys SET counter = $3, backed_up = $4, last_used_at = $5
        WHERE id = $1 AND account_id = $2 AND (backup_eligible OR counter < $3 OR (counter = 0 AND CAST($3 AS BIGINT) = 0))";
    IS_STILL = "SELECT id FROM passkeys WHERE id = $1 AND account_id = $2";
    RENAME = "UPDATE passkeys SET name = $3 WHERE id = $1 AND account_id = $2";
    REMOVE = "DELETE FROM passkeys WHERE id = $1 AND account_id = $2";
    FORGET = "DELETE FROM passkeys WHERE account_id = $1";

    OPEN = "INSERT INTO passkey_ceremonies (hash, purpose, account_id, session_id, name, newcomer, state, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    TAKE = "DELETE FROM passkey_ceremonies WHERE hash = $1 AND purpose = $2 AND expires_at > $5
            AND (account_id IS NULL OR account_id = $3) AND (session_id IS NULL OR session_id = $4)
        RETURNING account_id, session_id, name, newcomer, state";
    FORGET_CEREMONIES = "DELETE FROM passkey_ceremonies WHERE account_id = $1";
    CLEAN = "DELETE FROM passkey_ceremonies WHERE expires_at <= $1";
}

impl StoredPasskey {
    /// Most passkeys of one account.
    pub const MOST: i64 = 10;
}

impl fmt::Debug for StoredPasskey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredPasskey({})", self.id)
    }
}

impl CeremonyPurpose {
    /// How long the question stays open.
    pub const LIVES: Duration = Duration::from_mins(5);

    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Enrolment => "enrolment",
            Self::SignIn => "sign_in",
            Self::SecondFactor => "second_factor",
            Self::StepUp => "step_up",
        }
    }
}

/// Add a passkey. False if somebody has it already.
pub async fn add(tx: &mut Tx<'_>, new: &StoredPasskey) -> Result<bool> {
    let row = args![
        new.id,
        new.account,
        new.credential_id.clone(),
        &new.name,
        new.credential.clone(),
        new.counter,
        new.backup_eligible,
        new.backed_up,
        new.created_at,
        new.last_used_at
    ];
    Ok(tx.run(ADD, row).await? == 1)
}

/// The passkeys of an account, oldest first.
pub async fn of(db: &Db, account: UserId) -> Result<Vec<StoredPasskey>> {
    let rows = db.rows(OF, args![account]).await?;
    rows.iter().map(read).collect()
}

/// The one that its authenticator calls so.
pub async fn find(db: &Db, credential_id: &[u8]) -> Result<Option<StoredPasskey>> {
    let row = db.maybe(FIND, args![credential_id.to_vec()]).await?;
    row.map(|row| read(&row)).transpose()
}

/// How many an account has.
pub async fn count(tx: &mut Tx<'_>, account: UserId) -> Result<i64> {
    tx.one(COUNT, args![account]).await?.get("n")
}

/// Note a use. False if the counter of a passkey that stays on its device did
/// not go on, or if it was removed: of any number of parallel uses of one count
/// one succeeds.
pub async fn use_up(
    tx: &mut Tx<'_>,
    (account, id): (UserId, PasskeyId),
    counter: i64,
    backed_up: bool,
    now: Time,
) -> Result<bool> {
    let row = args![id, account, counter, backed_up, now];
    Ok(tx.run(USE, row).await? == 1)
}

/// Whether it was not removed meanwhile.
pub async fn is_still(tx: &mut Tx<'_>, account: UserId, id: PasskeyId) -> Result<bool> {
    Ok(tx.maybe(IS_STILL, args![id, account]).await?.is_some())
}

/// Call it something else. False if it is not theirs.
pub async fn rename(tx: &mut Tx<'_>, account: UserId, id: PasskeyId, name: &str) -> Result<bool> {
    Ok(tx.run(RENAME, args![id, account, name]).await? == 1)
}

/// Remove it. False if it is not theirs.
pub async fn remove(tx: &mut Tx<'_>, account: UserId, id: PasskeyId) -> Result<bool> {
    Ok(tx.run(REMOVE, args![id, account]).await? == 1)
}

/// Delete an account's passkeys and its open ceremonies. Says how many passkeys
/// there were.
pub async fn forget(tx: &mut Tx<'_>, account: UserId) -> Result<u64> {
    tx.run(FORGET_CEREMONIES, args![account]).await?;
    tx.run(FORGET, args![account]).await
}

/// Delete an account's open ceremonies.
pub async fn close(tx: &mut Tx<'_>, account: UserId) -> Result<()> {
    tx.run(FORGET_CEREMONIES, args![account]).await?;
    Ok(())
}

/// Open a ceremony.
pub async fn open(tx: &mut Tx<'_>, new: &Ceremony, now: Time) -> Result<()> {
    let row = args![
        new.hash,
        new.purpose.as_str(),
        new.account,
        new.session,
        new.name.clone(),
        new.newcomer.clone(),
        new.state.clone(),
        now.plus(CeremonyPurpose::LIVES)
    ];
    tx.run(OPEN, row).await?;
    Ok(())
}

/// Take it for an answer, good or not. Nothing if it was taken, is too old, or
/// is another's: of any number of parallel answers one gets it.
pub async fn take(
    tx: &mut Tx<'_>,
    (hash, purpose): ([u8; 32], CeremonyPurpose),
    account: Option<UserId>,
    session: Option<SessionId>,
    now: Time,
) -> Result<Option<Ceremony>> {
    let row = args![hash, purpose.as_str(), account, session, now];
    let Some(row) = tx.maybe(TAKE, row).await? else {
        return Ok(None);
    };
    Ok(Some(Ceremony {
        hash,
        purpose,
        account: row.get("account_id")?,
        session: row.get("session_id")?,
        name: row.get("name")?,
        newcomer: row.get("newcomer")?,
        state: row.get("state")?,
    }))
}

/// Delete ceremonies that nobody finished in time.
pub async fn clean(tx: &mut Tx<'_>, now: Time) -> Result<u64> {
    tx.run(CLEAN, args![now]).await
}

fn read(row: &Row) -> Result<StoredPasskey> {
    Ok(StoredPasskey {
        id: row.get("id")?,
        account: row.get("account_id")?,
        credential_id: row.get("credential_id")?,
        name: row.get("name")?,
        credential: row.get("credential")?,
        counter: row.get("counter")?,
        backup_eligible: row.get("backup_eligible")?,
        backed_up: row.get("backed_up")?,
        created_at: row.get("created_at")?,
        last_used_at: row.get("last_used_at")?,
    })
}
