//! Delivering what changes left to be sent: reset mails now, all mail later.

use tollgate_base::{
    ExposeSecret, Result,
    access::Principal,
    id::OneTimeId,
    identifier::{Email, Identifier},
};
use tollgate_crypto::token::{self, Prefix};
use tollgate_outbound::mail::Message;
use tollgate_records::{
    accounts,
    events::EventKind,
    jobs::{self, Job},
    one_time::{self, NewOneTime, Purpose},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        note::{Details, Log, change},
        queue::ResetJob,
    },
};

/// Jobs that one round claims.
const BATCH: u32 = 20;

/// Deliver what is due. Says how many jobs were looked at.
///
/// # Errors
/// What the database says; a failed delivery is tried again later.
pub async fn deliver(ctx: &Ctx, by: &Principal, (): ()) -> Result<usize> {
    let now = ctx.now();
    if !jobs::is_due(ctx.db(), ResetJob::QUEUE, now).await? {
        return Ok(0);
    }
    let claimed = ctx
        .db()
        .write(async move |tx: &mut Tx<'_>| jobs::claim(tx, ResetJob::QUEUE, BATCH, now).await)
        .await?;
    let count = claimed.len();
    for job in claimed {
        let outcome = reset_mail(ctx, by, &job).await;
        let result = if outcome.is_ok() { "ok" } else { "failed" };
        metrics::counter!("tollgate_mail_sent_total", "result" => result).increment(1);
        settle(ctx, by, job, outcome).await?;
    }
    Ok(count)
}

async fn settle(ctx: &Ctx, by: &Principal, job: Job, outcome: Result<()>) -> Result<()> {
    let now = ctx.now();
    let fault = outcome.err().map(|error| format!("{error:?}"));
    change(
        ctx,
        by,
        async move |tx: &mut Tx<'_>, log: &mut Log| match &fault {
            None => jobs::done(tx, job.id).await,
            Some(fault) => {
                if jobs::failed(tx, &job, fault, now).await? {
                    let mut details = Details::default();
                    details.data.insert("job".into(), job.id.to_string().into());
                    log.note(EventKind::MailGivenUp, details);
                }
                Ok(())
            }
        },
    )
    .await
}

/// Issue the link and send it. The token follows from the job, so that a
/// repeated delivery sends the same link.
async fn reset_mail(ctx: &Ctx, by: &Principal, job: &Job) -> Result<()> {
    let ResetJob { email } = ResetJob::from_payload(&job.payload)?;
    let email = Email::parse(&email)?;
    let Some(account) =
        accounts::by_identifier(ctx.db(), &Identifier::Email(email.clone())).await?
    else {
        return Ok(());
    };
    if !account.is_active() {
        return Ok(());
    }
    let stored = accounts::identifiers(ctx.db(), account.id).await?;
    let Some(to) = stored
        .into_iter()
        .find(|identifier| identifier.canonical == email.canonical())
    else {
        return Ok(());
    };
    let key = ctx.master().derive("mail link");
    let text = token::successor(&key, &job.id.to_string(), Prefix::OneTime);
    let now = ctx.now();
    let new = NewOneTime {
        id: OneTimeId::new(now, ctx.entropy())?,
        purpose: Purpose::PasswordReset,
        hash: token::fingerprint(text.expose_secret()),
        account: Some(account.id),
        binding: None,
    };
    let id = account.id;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if one_time::is_new(tx, new.hash).await? {
            one_time::issue(tx, &new, now).await?;
            log.about(EventKind::PasswordResetRequested, id);
        }
        Ok(())
    })
    .await?;
    let minutes = Purpose::PasswordReset.lives().as_secs() / 60;
    let body = format!(
        "Somebody asked for a new password for your account.\n\n\
         Open this link within {minutes} minutes; it works once:\n\n    {}/reset#{}\n\n\
         Token: {}\n\n\
         If it was not you, do nothing: your password stays as it is.\n",
        ctx.policy().public_url,
        text.expose_secret(),
        text.expose_secret(),
    );
    let message = Message {
        id: job.id.to_string(),
        to: to.shown,
        subject: "Set a new password".into(),
        body: body.into(),
    };
    ctx.mailer().send(message).await
}
