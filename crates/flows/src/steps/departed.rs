//! A name that leaves an account: what was sent there opens nothing any more.

use tollgate_base::{Result, id::UserId, time::Time};
use tollgate_records::one_time::{self, Purpose};
use tollgate_store::sql::Tx;

use super::{note::Log, once, recovery};

/// Void what was mailed. A recovery whose link went there is over: nobody can finish it,
/// and another one may be started.
pub(crate) async fn void(
    tx: &mut Tx<'_>,
    log: &mut Log,
    (account, canonical): (UserId, &str),
    now: Time,
) -> Result<()> {
    let to = once::sent_to(canonical);
    one_time::withdraw_mailed(tx, account, now).await?;
    one_time::withdraw_bound(tx, Purpose::AddressVerification, account, to, now).await?;
    if one_time::withdraw_bound(tx, Purpose::AccountRecovery, account, to, now).await? {
        recovery::stop(tx, log, account, now).await?;
    }
    Ok(())
}
