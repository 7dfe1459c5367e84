//! Requests with an `Idempotency-Key`: a repetition finds what the first one
//! made, in the transaction that would make it again.

use tollgate_base::{Error, Result, codes, time::Time};
use tollgate_records::idempotency::{self, Earlier, Once};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

/// What an earlier request made, before any work is done for this one.
///
/// # Errors
/// As [`earlier`].
pub(crate) async fn made(ctx: &Ctx, once: Option<&Once>, now: Time) -> Result<Option<String>> {
    let Some(once) = once.cloned() else {
        return Ok(None);
    };
    ctx.db()
        .write(async move |tx: &mut Tx<'_>| earlier(tx, Some(&once), now).await)
        .await
}

/// The same in the transaction that does the work.
///
/// # Errors
/// `idempotency.mismatch` if the key was used for another body.
pub(crate) async fn earlier(
    tx: &mut Tx<'_>,
    once: Option<&Once>,
    now: Time,
) -> Result<Option<String>> {
    let Some(once) = once else { return Ok(None) };
    match idempotency::earlier(tx, once, now).await? {
        Earlier::None => Ok(None),
        Earlier::Same(id) => Ok(Some(id)),
        Earlier::Other => Err(Error::new(&codes::IDEMPOTENCY_MISMATCH)),
    }
}

/// Remember the answer.
pub(crate) async fn store(
    tx: &mut Tx<'_>,
    once: Option<&Once>,
    result_id: &str,
    now: Time,
) -> Result<()> {
    match once {
        Some(once) => idempotency::store(tx, once, result_id, now).await,
        None => Ok(()),
    }
}
