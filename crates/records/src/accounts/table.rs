//! The SQL of accounts.

use tollgate_base::{
    Result,
    access::Role,
    id::UserId,
    identifier::{Identifier, folded},
    page::PageRequest,
    time::Time,
};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

use super::{Account, Census, ExternalId, Filter, NewAccount, Profile, StoredIdentifier};

queries! {
    ADD = "INSERT INTO accounts (id, role, display_name, folded_name, bio, picture, locale, created_at, updated_at, not_before, version, founder)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, 0, 1, $9)";
    FIND = "SELECT id, role, founder, display_name, bio, picture, locale, created_at, updated_at, suspended_at, not_before, version
        FROM accounts WHERE id = $1";
    BY_IDENTIFIER = "SELECT a.id, a.role, a.founder, a.display_name, a.bio, a.picture, a.locale, a.created_at, a.updated_at,
            a.suspended_at, a.not_before, a.version
        FROM identifiers i JOIN accounts a ON a.id = i.account_id WHERE i.canonical = $1";
    LIST = "SELECT id, role, founder, display_name, bio, picture, locale, created_at, updated_at, suspended_at, not_before, version
        FROM accounts
        WHERE (CAST($1 AS TEXT) IS NULL OR role = $1)
            AND (CAST($2 AS BOOLEAN) IS NULL OR (suspended_at IS NOT NULL) = $2)
            AND (CAST($3 AS TEXT) IS NULL OR COALESCE(folded_name, display_name) LIKE $3 ESCAPE '!'
                OR EXISTS (SELECT 1 FROM identifiers i
                    WHERE i.account_id = accounts.id AND i.canonical LIKE $3 ESCAPE '!'))
            AND (CAST($4 AS BIGINT) IS NULL OR (created_at, id) < ($4, $5))
        ORDER BY created_at DESC, id DESC LIMIT $6";
    CENSUS = "SELECT role, CAST(count(*) AS BIGINT) AS people, CAST(count(suspended_at) AS BIGINT) AS suspended
        FROM accounts GROUP BY role ORDER BY role";
    ADMINS = "SELECT id FROM accounts WHERE role = 'admin' AND suspended_at IS NULL ORDER BY id";
    ROLE = "SELECT role FROM accounts WHERE id = $1";
    SAVE_PROFILE = "UPDATE accounts SET display_name = $2, folded_name = $3, bio = $4, picture = $5, locale = $6, updated_at = $7,
            version = version + 1
        WHERE id = $1 AND version = $8";
    SET_ROLE = "UPDATE accounts SET role = $2, updated_at = $3, version = version + 1 WHERE id = $1 AND role <> $2";
    SUSPEND = "UPDATE accounts SET suspended_at = $2, updated_at = $2, version = version + 1
        WHERE id = $1 AND suspended_at IS NULL";
    RESUME = "UPDATE accounts SET suspended_at = NULL, updated_at = $2, version = version + 1
        WHERE id = $1 AND suspended_at IS NOT NULL";
    TOUCH = "UPDATE accounts SET updated_at = $2, version = version + 1 WHERE id = $1";
    USED = "UPDATE accounts SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)";
    STOP_TOKENS = "UPDATE accounts SET not_before = $2 WHERE id = $1 AND not_before < $2";
    FORGET = "DELETE FROM accounts WHERE id = $1";

    ADD_IDENTIFIER = "INSERT INTO identifiers (canonical, account_id, kind, shown, created_at, verified_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (canonical) DO NOTHING";
    VERIFY_IDENTIFIER = "UPDATE identifiers SET verified_at = $3 WHERE account_id = $1 AND canonical = $2 AND verified_at IS NULL";
    REMOVE_IDENTIFIER = "DELETE FROM identifiers WHERE account_id = $1 AND canonical = $2";
    TAKEN = "SELECT account_id FROM identifiers WHERE canonical = $1";
    IDENTIFIERS = "SELECT kind, shown, canonical, verified_at FROM identifiers WHERE account_id = $1
        ORDER BY created_at, canonical";
    FORGET_IDENTIFIERS = "DELETE FROM identifiers WHERE account_id = $1";

    ADD_EXTERNAL = "INSERT INTO external_ids (provider, external_id, account_id, created_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (provider, external_id) DO NOTHING";
    REMOVE_EXTERNAL = "DELETE FROM external_ids WHERE provider = $1 AND external_id = $2 AND account_id = $3";
    EXTERNALS = "SELECT provider, external_id FROM external_ids WHERE account_id = $1 ORDER BY provider, external_id";
    FORGET_EXTERNALS = "DELETE FROM external_ids WHERE account_id = $1";
}

/// Make an account with its identifiers. False, and nothing is to be kept, if
/// one of them is somebody's already.
pub async fn create(tx: &mut Tx<'_>, new: &NewAccount, now: Time) -> Result<bool> {
    let Profile {
        display_name,
        bio,
        picture,
        locale,
    } = &new.profile;
    let row = args![
        new.id,
        new.role,
        display_name.clone(),
        display_name.as_deref().map(folded),
        bio.clone(),
        picture.clone(),
        locale.clone(),
        now,
        new.founder
    ];
    tx.run(ADD, row).await?;
    for (place, identifier) in new.identifiers.iter().enumerate() {
        let at = Time::from_micros(now.micros() + place as i64);
        if !insert_identifier(tx, new.id, identifier, new.verified_at, at).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Give an account one more identifier, known to be its owner's or not. False if it is
/// somebody's already.
pub async fn add_identifier(
    tx: &mut Tx<'_>,
    id: UserId,
    (new, verified_at): (&Identifier, Option<Time>),
    now: Time,
) -> Result<bool> {
    let added = insert_identifier(tx, id, new, verified_at, now).await?;
    if added {
        tx.run(TOUCH, args![id, now]).await?;
    }
    Ok(added)
}

/// Take an identifier from an account. False if it was not its own.
pub async fn remove_identifier(
    tx: &mut Tx<'_>,
    id: UserId,
    old: &Identifier,
    now: Time,
) -> Result<bool> {
    let changed = tx
        .run(REMOVE_IDENTIFIER, args![id, old.canonical()])
        .await?;
    touched(tx, id, changed, now).await
}

/// Note that an identifier is known to be theirs. False if that was known, or
/// it is none of theirs.
pub async fn verify_identifier(
    tx: &mut Tx<'_>,
    id: UserId,
    of: &Identifier,
    now: Time,
) -> Result<bool> {
    let changed = tx
        .run(VERIFY_IDENTIFIER, args![id, of.canonical(), now])
        .await?;
    touched(tx, id, changed, now).await
}

/// Note that what belongs to an account was changed elsewhere: its version moves.
pub async fn touch(tx: &mut Tx<'_>, id: UserId, now: Time) -> Result<()> {
    tx.run(TOUCH, args![id, now]).await?;
    Ok(())
}

/// Whether an identifier is somebody's.
pub async fn taken(db: &Db, identifier: &Identifier) -> Result<bool> {
    Ok(db
        .maybe(TAKEN, args![identifier.canonical()])
        .await?
        .is_some())
}

/// Note the account's name in another system. False if it is somebody's there.
pub async fn add_external_id(
    tx: &mut Tx<'_>,
    id: UserId,
    new: &ExternalId,
    now: Time,
) -> Result<bool> {
    let changed = tx
        .run(
            ADD_EXTERNAL,
            args![&new.provider, &new.external_id, id, now],
        )
        .await?;
    touched(tx, id, changed, now).await
}

/// Forget a name of the account in another system. False if it had none such.
pub async fn remove_external_id(
    tx: &mut Tx<'_>,
    id: UserId,
    old: &ExternalId,
    now: Time,
) -> Result<bool> {
    let changed = tx
        .run(REMOVE_EXTERNAL, args![&old.provider, &old.external_id, id])
        .await?;
    touched(tx, id, changed, now).await
}

/// An account by its id.
pub async fn find(db: &Db, id: UserId) -> Result<Option<Account>> {
    db.maybe(FIND, args![id])
        .await?
        .map(|row| read(&row))
        .transpose()
}

/// An account by its id, within a transaction.
pub async fn find_in(tx: &mut Tx<'_>, id: UserId) -> Result<Option<Account>> {
    tx.maybe(FIND, args![id])
        .await?
        .map(|row| read(&row))
        .transpose()
}

/// The account that signs in with this.
pub async fn by_identifier(db: &Db, identifier: &Identifier) -> Result<Option<Account>> {
    db.maybe(BY_IDENTIFIER, args![identifier.canonical()])
        .await?
        .map(|row| read(&row))
        .transpose()
}

/// What an account signs in with, the primary one first.
pub async fn identifiers(db: &Db, id: UserId) -> Result<Vec<StoredIdentifier>> {
    db.rows(IDENTIFIERS, args![id])
        .await?
        .iter()
        .map(read_identifier)
        .collect()
}

/// The same within a transaction.
pub async fn identifiers_in(tx: &mut Tx<'_>, id: UserId) -> Result<Vec<StoredIdentifier>> {
    tx.rows(IDENTIFIERS, args![id])
        .await?
        .iter()
        .map(read_identifier)
        .collect()
}

/// The account's names in other systems.
pub async fn external_ids(db: &Db, id: UserId) -> Result<Vec<ExternalId>> {
    db.rows(EXTERNALS, args![id])
        .await?
        .iter()
        .map(read_external)
        .collect()
}

/// The same within a transaction.
pub async fn external_ids_in(tx: &mut Tx<'_>, id: UserId) -> Result<Vec<ExternalId>> {
    tx.rows(EXTERNALS, args![id])
        .await?
        .iter()
        .map(read_external)
        .collect()
}

/// Accounts, newest first: one row more than asked for, so that the caller
/// sees whether there is a next page.
pub async fn list(db: &Db, filter: &Filter, page: &PageRequest) -> Result<Vec<Account>> {
    let (after, part) = (page.after.as_ref(), filter.part.as_deref());
    // No name has a control character, and PostgreSQL takes no NUL.
    if part.is_some_and(|part| part.contains(char::is_control)) {
        return Ok(Vec::new());
    }
    let args = args![
        filter.role,
        filter.suspended,
        part.map(anywhere),
        after.map(|cursor| cursor.at),
        after.map(|cursor| cursor.id.clone()),
        page.limit + 1
    ];
    db.rows(LIST, args).await?.iter().map(read).collect()
}

/// How many people there are, by role.
pub async fn census(db: &Db) -> Result<Vec<Census>> {
    let rows = db.rows(CENSUS, args![]).await?;
    let count = |row: &Row| {
        Ok(Census {
            role: row.get::<String>("role")?.parse()?,
            people: row.get("people")?,
            suspended: row.get("suspended")?,
        })
    };
    rows.iter().map(count).collect()
}

/// The administrators who can act.
pub async fn admins(tx: &mut Tx<'_>) -> Result<Vec<UserId>> {
    tx.rows(ADMINS, args![])
        .await?
        .iter()
        .map(|row| row.get("id"))
        .collect()
}

/// The role of an account.
pub async fn role_in(tx: &mut Tx<'_>, id: UserId) -> Result<Option<Role>> {
    tx.maybe(ROLE, args![id])
        .await?
        .map(|row| row.get("role"))
        .transpose()
}

/// Replace the profile if the account is still at `version`.
pub async fn save_profile(
    tx: &mut Tx<'_>,
    id: UserId,
    to: &Profile,
    version: i64,
    now: Time,
) -> Result<bool> {
    let Profile {
        display_name,
        bio,
        picture,
        locale,
    } = to;
    let row = args![
        id,
        display_name.clone(),
        display_name.as_deref().map(folded),
        bio.clone(),
        picture.clone(),
        locale.clone(),
        now,
        version
    ];
    Ok(tx.run(SAVE_PROFILE, row).await? == 1)
}

/// Give another role. False if it is the one they hold.
pub async fn set_role(tx: &mut Tx<'_>, id: UserId, role: Role, now: Time) -> Result<bool> {
    Ok(tx.run(SET_ROLE, args![id, role, now]).await? == 1)
}

/// Suspend or resume. False if it is so already.
pub async fn set_suspended(
    tx: &mut Tx<'_>,
    id: UserId,
    suspended: bool,
    now: Time,
) -> Result<bool> {
    let sql = if suspended { SUSPEND } else { RESUME };
    Ok(tx.run(sql, args![id, now]).await? == 1)
}

/// Note when an account was last used: what tells of it goes with its sessions.
pub async fn used(tx: &mut Tx<'_>, id: UserId, at: Time) -> Result<()> {
    tx.send(USED, args![id, at]).await
}

/// From now on no token counts that was issued before.
pub async fn stop_earlier_tokens(tx: &mut Tx<'_>, id: UserId, now: Time) -> Result<()> {
    tx.run(STOP_TOKENS, args![id, now]).await?;
    Ok(())
}

/// Delete an account with its identifiers. Other rooms forget it before.
pub async fn forget(tx: &mut Tx<'_>, id: UserId) -> Result<bool> {
    tx.run(FORGET_IDENTIFIERS, args![id]).await?;
    tx.run(FORGET_EXTERNALS, args![id]).await?;
    Ok(tx.run(FORGET, args![id]).await? == 1)
}

/// The pattern of LIKE for what contains this.
fn anywhere(part: &str) -> String {
    let mut pattern = "%".to_owned();
    for letter in folded(part).chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

async fn insert_identifier(
    tx: &mut Tx<'_>,
    id: UserId,
    new: &Identifier,
    verified_at: Option<Time>,
    now: Time,
) -> Result<bool> {
    let row = args![
        new.canonical(),
        id,
        new.kind(),
        new.shown(),
        now,
        verified_at
    ];
    Ok(tx.run(ADD_IDENTIFIER, row).await? == 1)
}

/// Whether a row changed; if so the account is at a new version.
async fn touched(tx: &mut Tx<'_>, id: UserId, rows: u64, now: Time) -> Result<bool> {
    if rows > 0 {
        tx.run(TOUCH, args![id, now]).await?;
    }
    Ok(rows > 0)
}

fn read(row: &Row) -> Result<Account> {
    Ok(Account {
        id: row.get("id")?,
        role: row.get("role")?,
        founder: row.get("founder")?,
        profile: Profile {
            display_name: row.get("display_name")?,
            bio: row.get("bio")?,
            picture: row.get("picture")?,
            locale: row.get("locale")?,
        },
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        suspended_at: row.get("suspended_at")?,
        not_before: row.get("not_before")?,
        version: row.get("version")?,
    })
}

fn read_identifier(row: &Row) -> Result<StoredIdentifier> {
    Ok(StoredIdentifier {
        kind: row.get("kind")?,
        shown: row.get("shown")?,
        canonical: row.get("canonical")?,
        verified_at: row.get("verified_at")?,
    })
}

fn read_external(row: &Row) -> Result<ExternalId> {
    Ok(ExternalId {
        provider: row.get("provider")?,
        external_id: row.get("external_id")?,
    })
}
