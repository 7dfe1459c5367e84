//! Decisions about accounts, with the facts that they rest on, made inside the
//! transaction that acts on them.

use tollgate_base::{
    Error, Result,
    access::{Facts, Permission, Principal, Role, Target, decide},
    codes,
    id::UserId,
};
use tollgate_records::accounts;
use tollgate_store::sql::{Db, Tx};

/// May `by` do this to that account? Says which role it holds.
///
/// # Errors
/// `person.missing` if there is none, or as `decide`.
pub(crate) async fn allow(
    tx: &mut Tx<'_>,
    by: &Principal,
    permission: Permission,
    on: UserId,
) -> Result<Role> {
    allow_giving(tx, by, permission, on, None).await
}

/// The same where a role is to be given.
pub(crate) async fn allow_giving(
    tx: &mut Tx<'_>,
    by: &Principal,
    permission: Permission,
    on: UserId,
    gives: Option<Role>,
) -> Result<Role> {
    judge(by, permission, on, accounts::role_in(tx, on).await?, gives)
}

/// The same outside a transaction, for reading.
pub(crate) async fn allow_reading(
    db: &Db,
    by: &Principal,
    permission: Permission,
    on: UserId,
) -> Result<Role> {
    let holds = accounts::find(db, on).await?.map(|account| account.role);
    judge(by, permission, on, holds, None)
}

/// Whoever may not look is not told whether there is such an account.
fn judge(
    by: &Principal,
    permission: Permission,
    on: UserId,
    holds: Option<Role>,
    gives: Option<Role>,
) -> Result<Role> {
    decide(
        by,
        permission,
        &Target::Account(on),
        &Facts { holds, gives },
    )?;
    holds.ok_or_else(|| Error::new(&codes::PERSON_MISSING))
}

/// Refuse what would leave the installation without an administrator.
///
/// # Errors
/// `admin.last`.
pub(crate) async fn keep_an_admin(tx: &mut Tx<'_>, without: UserId) -> Result<()> {
    let admins = accounts::admins(tx).await?;
    if admins == [without] {
        Err(Error::new(&codes::LAST_ADMIN))
    } else {
        Ok(())
    }
}
