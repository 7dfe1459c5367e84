//! Whether a new password is among those that became known, as far as the
//! operator set who is to be asked. Who does not answer is no reason to refuse:
//! that it was so is noted, once an hour for each of them.

use std::time::Duration;

use tollgate_base::{Error, Result, SecretString, access::Principal, codes};
use tollgate_crypto::mac::digest;
use tollgate_records::{
    attempts::{self, Allowance},
    events::EventKind,
};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

use super::note::{Details, Log, change};

/// So often it is noted that nobody answered.
const NOTED: Allowance = Allowance {
    failures: 1,
    window: Duration::from_hours(1),
};

/// Refuse a password that became known. Never in a transaction: others are
/// asked.
///
/// # Errors
/// `password.weak`, with the field `/password`.
pub(crate) async fn refuse(ctx: &Ctx, by: &Principal, password: &SecretString) -> Result<()> {
    let findings = ctx.breaches().ask(password).await;
    for (whose, why) in findings.silent {
        tracing::warn!(whose, why, "A new password could not be looked up");
        metrics::counter!("tollgate_breach_checks_failed_total", "whose" => whose).increment(1);
        note(ctx, by, whose).await?;
    }
    judge(findings.known)
}

/// The same by what lies on the disk alone, and without a note: for a password
/// that is still being typed.
///
/// # Errors
/// `password.weak`, with the field `/password`.
pub(crate) async fn refuse_listed(ctx: &Ctx, password: &SecretString) -> Result<()> {
    judge(ctx.breaches().ask_list(password).await.known)
}

fn judge(known: bool) -> Result<()> {
    if !known {
        return Ok(());
    }
    let detail = "It became known in a breach somewhere; attackers try it first.";
    Err(Error::new(&codes::PASSWORD_WEAK).field("/password", "breached", detail))
}

async fn note(ctx: &Ctx, by: &Principal, whose: &'static str) -> Result<()> {
    let now = ctx.now();
    let subject = digest(&[b"breach check", whose.as_bytes()]);
    if attempts::blocked(ctx.db(), subject, NOTED, now)
        .await?
        .is_some()
    {
        return Ok(());
    }
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if attempts::strike(tx, subject, NOTED, now).await?.last {
            let mut details = Details::default();
            details.data.say("whose", whose);
            log.note(EventKind::BreachCheckFailed, details);
        }
        Ok(())
    })
    .await
}
