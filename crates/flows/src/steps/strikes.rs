//! Counting attempts at a secret that somebody might guess.

use std::time::Duration;

use tollgate_base::{Error, Result, codes, time::Time};
use tollgate_records::attempts::{self, Allowance, Before, Struck};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

/// Wrong codes that are looked at as fast as they come, and the first wait after
/// them: these are not the operator's to choose.
const IN_A_ROW: Allowance = Allowance {
    failures: 10,
    window: Duration::from_mins(15),
};

/// An attempt of those in a row that is counted.
pub(crate) struct Counted {
    /// Whether no more are looked at for a while if it comes to nothing.
    pub(crate) last: bool,
    subject: [u8; 32],
    before: Before,
    at: Time,
}

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
pub(crate) async fn count_in_row(ctx: &Ctx, subject: [u8; 32]) -> Result<Counted> {
    let (at, allowance) = (ctx.now(), IN_A_ROW);
    let strike = async move |tx: &mut Tx<'_>| {
        attempts::strike_in_row(tx, (subject, false), allowance, at).await
    };
    let struck = ctx.db().write(strike).await?;
    Ok(Counted {
        last: heard(struck)?,
        before: struck.before,
        subject,
        at,
    })
}

impl Counted {
    /// What came of looking at it: if nobody could, it was no attempt.
    ///
    /// # Errors
    /// What looking at it came to, or what the database says.
    pub(crate) async fn judged<T>(&self, ctx: &Ctx, looked: Result<T>) -> Result<T> {
        if looked.is_err() {
            let (subject, before, at) = (self.subject, self.before, self.at);
            let back =
                async move |tx: &mut Tx<'_>| attempts::take_back(tx, subject, before, at).await;
            ctx.db().write(back).await?;
        }
        looked
    }
}

fn heard(struck: Struck) -> Result<bool> {
    struck
        .wait
        .map_or(Ok(struck.last), |wait| Err(throttled(wait)))
}

pub(crate) fn throttled(wait: Duration) -> Error {
    Error::new(&codes::THROTTLED).retry_after(wait)
}
