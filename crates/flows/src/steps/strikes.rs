//! Counting attempts at a secret that somebody might guess.

use std::time::Duration;

use tollgate_base::{Error, Result, codes};
use tollgate_records::attempts::{self, Allowance, Struck};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

/// Wrong codes that are looked at as fast as they come, and the first wait after
/// them: these are not the operator's to choose.
const IN_A_ROW: Allowance = Allowance {
    failures: 10,
    window: Duration::from_mins(15),
};

/// Count the attempt durably before it is evaluated. Says whether it uses the
/// allowance up.
///
/// # Errors
/// `throttled`, with the time to wait, once it is used up.
pub(crate) async fn count(ctx: &Ctx, subject: [u8; 32]) -> Result<bool> {
    let (now, allowance) = (ctx.now(), ctx.policy().attempts);
    if let Some(wait) = attempts::blocked(ctx.db(), subject, allowance, now).await? {
        return Err(throttled(wait));
    }
    let strike = async move |tx: &mut Tx<'_>| attempts::strike(tx, subject, allowance, now).await;
    heard(ctx.db().write(strike).await?)
}

/// Count something that may be done so often, and no more.
///
/// # Errors
/// `throttled`, with the time to wait, once that is used up.
pub(crate) async fn count_within(
    ctx: &Ctx,
    subject: [u8; 32],
    allowance: Allowance,
) -> Result<bool> {
    let now = ctx.now();
    let strike = async move |tx: &mut Tx<'_>| attempts::strike(tx, subject, allowance, now).await;
    heard(ctx.db().write(strike).await?)
}

/// The same for a secret whose wrong guesses in a row are counted however long
/// ago they were, and are waited for longer and longer.
///
/// # Errors
/// `throttled`, with the time to wait.
pub(crate) async fn count_in_row(ctx: &Ctx, subject: [u8; 32]) -> Result<bool> {
    let (now, allowance) = (ctx.now(), IN_A_ROW);
    let strike = async move |tx: &mut Tx<'_>| {
        attempts::strike_in_row(tx, (subject, false), allowance, now).await
    };
    heard(ctx.db().write(strike).await?)
}

fn heard(struck: Struck) -> Result<bool> {
    struck
        .wait
        .map_or(Ok(struck.last), |wait| Err(throttled(wait)))
}

pub(crate) fn throttled(wait: Duration) -> Error {
    Error::new(&codes::THROTTLED).retry_after(wait)
}
