//! A new password, by whichever verb: what it must not be, and what goes with the
//! old one.

use tollgate_base::{
    Error, ExposeSecret, Result, SecretString,
    access::Principal,
    codes,
    id::{SessionId, UserId},
    time::Time,
};
use tollgate_crypto::password::Verdict;
use tollgate_records::{
    accounts::{self, StoredIdentifier, waiting},
    devices,
    one_time::{self, Purpose},
    passwords,
    sessions::EndReason,
};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

use super::{
    breach, end, lanes,
    vet::{ClientProfile, vet},
};

/// Which sessions end with a password.
#[derive(Clone, Copy)]
pub(crate) enum Ends {
    All,
    But(SessionId),
    None,
}

/// Set the password, keep so many former ones, and end what rested on the old.
pub(crate) async fn set(
    tx: &mut Tx<'_>,
    user: UserId,
    (hash, history): (&str, u32),
    ends: Ends,
    now: Time,
) -> Result<()> {
    passwords::retire(tx, user, history, now).await?;
    passwords::set(tx, user, hash, now).await?;
    devices::distrust(tx, user).await?;
    end::void_begun(tx, user, now).await?;
    waiting::forget(tx, user).await?;
    lanes::open(tx, user).await?;
    let keep = match ends {
        Ends::All => Some(None),
        Ends::But(session) => Some(Some(session)),
        Ends::None => None,
    };
    if let Some(keep) = keep {
        end::end_all(tx, user, keep, EndReason::PasswordChanged, now).await?;
    }
    one_time::withdraw(tx, Purpose::PasswordReset, Some(user), now).await
}

/// Refuse what breaks a rule, the current password as far as it was said, what
/// became known, and then, as each costs a hash, those that are remembered and
/// can be checked.
///
/// # Errors
/// `password.weak`, `busy.hashing`.
pub(crate) async fn vet_for(
    ctx: &Ctx,
    by: &Principal,
    user: UserId,
    new: &SecretString,
    current: Option<&SecretString>,
    client: ClientProfile,
) -> Result<()> {
    let account = accounts::find(ctx.db(), user).await?;
    let called = account.and_then(|account| account.profile.display_name);
    let identifiers = accounts::identifiers(ctx.db(), user).await?;
    let canonical = |one: &StoredIdentifier| one.canonical.clone();
    let names: Vec<String> = identifiers.iter().map(canonical).chain(called).collect();
    vet_names(ctx, new, client, &names)?;
    let reused = || {
        let weak = Error::new(&codes::PASSWORD_WEAK);
        weak.field("/password", "reused", "You have or had it already.")
    };
    if current.is_some_and(|current| current.expose_secret() == new.expose_secret()) {
        return Err(reused());
    }
    breach::refuse(ctx, by, new).await?;
    let history = ctx.policy().password.history;
    if history == 0 {
        return Ok(());
    }
    let stored = passwords::find(ctx.db(), user).await?;
    let former = passwords::former(ctx.db(), user, history).await?;
    for hash in stored.iter().chain(&former) {
        match ctx.hasher().verify(new, hash).await {
            Ok(Verdict::Mismatch) => {}
            // A reset is the way out for those whose pepper is lost.
            Err(fault) if fault.is(&codes::PEPPER_MISSING) => {}
            Ok(_) => return Err(reused()),
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

/// Refuse what breaks a rule for somebody of these names.
///
/// # Errors
/// `password.weak`.
pub(crate) fn vet_names(
    ctx: &Ctx,
    new: &SecretString,
    client: ClientProfile,
    names: &[String],
) -> Result<()> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    vet(new, client.passwords, &ctx.policy().password, &names)
}
