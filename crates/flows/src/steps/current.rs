//! The current password, asked again before something that a borrowed session
//! must not do.

use tollgate_base::{Error, Result, SecretString, codes, id::UserId};
use tollgate_crypto::{mac::digest, password::Verdict};
use tollgate_records::{attempts, passwords};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

use super::strikes;

/// Check it, counted as a try. Gives the stored hash that it was held against.
///
/// # Errors
/// `password.wrong`, `throttled`, `busy.hashing`.
pub(crate) async fn prove(ctx: &Ctx, user: UserId, typed: &SecretString) -> Result<String> {
    let wrong = || {
        let detail = "It is not the current one.";
        Error::new(&codes::PASSWORD_WRONG).field("/current_password", "wrong", detail)
    };
    let stored = passwords::find(ctx.db(), user).await?.ok_or_else(wrong)?;
    let subject = digest(&[b"current password", user.to_string().as_bytes()]);
    strikes::count(ctx, subject, None).await?;
    if ctx.hasher().verify(typed, &stored).await? == Verdict::Mismatch {
        return Err(wrong());
    }
    let forgive = async move |tx: &mut Tx<'_>| attempts::forgive(tx, subject).await;
    ctx.db().write(forgive).await?;
    Ok(stored)
}
