//! Stopping a recovery, by whichever verb.

use tollgate_base::{Result, id::UserId, time::Time};
use tollgate_records::{
    events::EventKind,
    one_time::{self, Purpose},
    recoveries,
};
use tollgate_store::sql::Tx;

use super::note::Log;

/// Stop it, with the link that may be on its way. False if there is none.
pub(crate) async fn stop(
    tx: &mut Tx<'_>,
    log: &mut Log,
    account: UserId,
    now: Time,
) -> Result<bool> {
    if !recoveries::stop(tx, account).await? {
        return Ok(false);
    }
    one_time::withdraw(tx, Purpose::AccountRecovery, Some(account), now).await?;
    log.about(EventKind::RecoveryStopped, account);
    Ok(true)
}
