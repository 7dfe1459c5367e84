//! Counting attempts at a secret that somebody might guess.

use tollgate_base::{Error, Result, codes};
use tollgate_records::attempts;
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

/// Count the attempt durably before it is evaluated. Says whether it uses the
/// allowance up.
///
/// # Errors
/// `throttled`, with the time to wait, once it is used up.
pub(crate) async fn count(ctx: &Ctx, subject: [u8; 32]) -> Result<bool> {
    let (now, allowance) = (ctx.now(), ctx.policy().attempts);
    let refuse = |wait| Err(Error::new(&codes::THROTTLED).retry_after(wait));
    if let Some(wait) = attempts::blocked(ctx.db(), subject, allowance, now).await? {
        return refuse(wait);
    }
    let strike = async move |tx: &mut Tx<'_>| attempts::strike(tx, subject, allowance, now).await;
    let struck = ctx.db().write(strike).await?;
    struck.wait.map_or(Ok(struck.last), refuse)
}
