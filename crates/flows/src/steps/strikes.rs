//! Counting attempts at a secret that somebody might guess.

use tollgate_base::{Error, Result, codes};
use tollgate_records::{
    attempts,
    tallies::{self, Day},
};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

/// Count the attempt durably before it is evaluated, where charts are to show
/// it under that name too. Says whether it uses the allowance up.
///
/// # Errors
/// `throttled`, with the time to wait, once it is used up.
pub(crate) async fn count(
    ctx: &Ctx,
    subject: [u8; 32],
    shown_as: Option<&'static str>,
) -> Result<bool> {
    let (now, allowance) = (ctx.now(), ctx.policy().attempts);
    let refuse = |wait| Err(Error::new(&codes::THROTTLED).retry_after(wait));
    if let Some(wait) = attempts::blocked(ctx.db(), subject, allowance, now).await? {
        return refuse(wait);
    }
    let strike = async move |tx: &mut Tx<'_>| {
        let struck = attempts::strike(tx, subject, allowance, now).await?;
        if let (None, Some(name)) = (struck.wait, shown_as) {
            tallies::count(tx, Day::of(now), name, 1, subject[0]).await?;
        }
        Ok(struck)
    };
    let struck = ctx.db().write(strike).await?;
    struck.wait.map_or(Ok(struck.last), refuse)
}
