//! Delivering what changes left to be sent: mails with a link that works once.

use std::time::{Duration, Instant};

use tollgate_base::{
    ExposeSecret, Result,
    access::Principal,
    codes,
    id::OneTimeId,
    identifier::{Email, Identifier},
};
use tollgate_crypto::token::{self, Prefix};
use tollgate_outbound::{
    letters::{Facts, Kind, Link},
    mail::Message,
};
use tollgate_records::{
    accounts::{self, Account, StoredIdentifier},
    events::EventKind,
    jobs::{self, Job},
    one_time::{self, NewOneTime, Purpose},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        note::{Details, Log, change},
        once,
        queue::{MAIL, Payload, ResetJob, VerifyJob},
    },
};

/// A mail that is to be sent.
struct Bidden {
    account: Account,
    /// The address, as its owner spells it.
    to: String,
    /// What its link is bound to.
    binding: Option<[u8; 32]>,
    mail: Mail,
}

/// A sort of mail.
#[derive(Clone, Copy)]
struct Mail {
    kind: Kind,
    purpose: Purpose,
    /// The page that its link opens.
    page: &'static str,
}

impl Mail {
    const RESET: Self = Self {
        kind: Kind::PasswordReset,
        purpose: Purpose::PasswordReset,
        page: "/reset",
    };
    const VERIFICATION: Self = Self {
        kind: Kind::AddressVerification,
        purpose: Purpose::AddressVerification,
        page: "/verify",
    };
}

/// Mails that one round hands over.
const MOST: usize = 20;
/// A round begins no mail later than this: so it ends in time, and no mail is
/// cut off of which nobody then knows whether it was taken.
const BEGINS: Duration = Duration::from_secs(5);

/// Deliver what is due, one after another. Says how many jobs were looked at.
///
/// # Errors
/// What the database says; a failed delivery is tried again later.
pub async fn deliver(ctx: &Ctx, by: &Principal, (): ()) -> Result<usize> {
    let begun = Instant::now();
    for count in 0..MOST {
        let Some((queue, job)) = next(ctx).await? else {
            return Ok(count);
        };
        let outcome = hand_over(ctx, by, queue, &job).await;
        let failed = outcome.is_err();
        settle(ctx, by, job, outcome).await?;
        // A server that is down is asked once in a round, not for every mail.
        if failed || begun.elapsed() > BEGINS {
            return Ok(count + 1);
        }
    }
    Ok(MOST)
}

/// Claim what has been due for longest in the first queue that has any.
async fn next(ctx: &Ctx) -> Result<Option<(&'static str, Job)>> {
    let now = ctx.now();
    for queue in MAIL {
        if !jobs::is_due(ctx.db(), queue, now).await? {
            continue;
        }
        let claim = async move |tx: &mut Tx<'_>| jobs::claim(tx, queue, 1, now).await;
        if let Some(job) = ctx.db().write(claim).await?.pop() {
            return Ok(Some((queue, job)));
        }
    }
    Ok(None)
}

async fn settle(ctx: &Ctx, by: &Principal, job: Job, outcome: Result<()>) -> Result<()> {
    let (now, id) = (ctx.now(), job.id);
    let refused = matches!(&outcome, Err(error) if error.is(&codes::MAIL_REFUSED));
    let result = match &outcome {
        Ok(()) => "ok",
        Err(_) if refused => "refused",
        Err(_) => "failed",
    };
    metrics::counter!("tollgate_mail_sent_total", "result" => result).increment(1);
    // The cause may name people: it stays in the table.
    if let Err(error) = &outcome {
        tracing::warn!(job.id = %id, job.tries = job.tries, "{error}");
    }
    let fault = outcome.err().map(|error| format!("{error:?}"));
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let given_up = match &fault {
            None => return jobs::done(tx, id).await,
            Some(fault) if refused => {
                jobs::bury(tx, id, fault, now).await?;
                true
            }
            Some(fault) => jobs::failed(tx, &job, fault, now).await?,
        };
        if given_up {
            let mut details = Details::default();
            details.data.insert("job".into(), id.to_string().into());
            log.note(EventKind::MailGivenUp, details);
        }
        Ok(())
    })
    .await
}

/// Find out what is to be sent to whom, and send it. Nothing is sent to those
/// who are gone or suspended, or to addresses that are nobody's.
async fn hand_over(ctx: &Ctx, by: &Principal, queue: &str, job: &Job) -> Result<()> {
    let bidden = match queue {
        VerifyJob::QUEUE => verification(ctx, job).await?,
        _ => reset(ctx, job).await?,
    };
    match bidden {
        Some(bidden) if bidden.account.is_active() => send(ctx, by, job, bidden).await,
        _ => Ok(()),
    }
}

async fn reset(ctx: &Ctx, job: &Job) -> Result<Option<Bidden>> {
    let email = Email::parse(&ResetJob::from_payload(&job.payload)?.email)?;
    let name = Identifier::Email(email.clone());
    let Some(account) = accounts::by_identifier(ctx.db(), &name).await? else {
        return Ok(None);
    };
    let to = own(ctx, &account, &email).await?;
    Ok(to.map(|to| Bidden {
        account,
        to: to.shown,
        binding: None,
        mail: Mail::RESET,
    }))
}

async fn verification(ctx: &Ctx, job: &Job) -> Result<Option<Bidden>> {
    let job = VerifyJob::from_payload(&job.payload)?;
    let email = Email::parse(&job.email)?;
    let Some(account) = accounts::find(ctx.db(), job.account.parse()?).await? else {
        return Ok(None);
    };
    let to = own(ctx, &account, &email).await?;
    let to = to.filter(|to| to.verified_at.is_none());
    Ok(to.map(|to| Bidden {
        account,
        binding: Some(once::sent_to(&to.canonical)),
        to: to.shown,
        mail: Mail::VERIFICATION,
    }))
}

/// The address as its owner spells it, if it is theirs.
async fn own(ctx: &Ctx, account: &Account, email: &Email) -> Result<Option<StoredIdentifier>> {
    let stored = accounts::identifiers(ctx.db(), account.id).await?;
    Ok(stored
        .into_iter()
        .find(|identifier| identifier.canonical == email.canonical()))
}

/// Issue the link and send it. The token follows from the job, so that a
/// repeated delivery sends the same link, and its life begins anew each time. A
/// link that was used or replaced meanwhile is not sent any more.
async fn send(ctx: &Ctx, by: &Principal, job: &Job, bidden: Bidden) -> Result<()> {
    let (mail, now) = (bidden.mail, ctx.now());
    let key = ctx.master().derive("mail link");
    let text = token::successor(&key, &job.id.to_string(), Prefix::OneTime);
    let new = NewOneTime {
        id: OneTimeId::new(now, ctx.entropy())?,
        purpose: mail.purpose,
        hash: token::fingerprint(text.expose_secret()),
        account: Some(bidden.account.id),
        binding: bidden.binding,
    };
    let id = bidden.account.id;
    let stands = change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if !one_time::is_new(tx, new.hash).await? {
            return one_time::renew(tx, new.purpose, new.hash, now).await;
        }
        if mail.purpose == Purpose::PasswordReset {
            one_time::issue(tx, &new, now).await?;
            log.about(EventKind::PasswordResetRequested, id);
        } else {
            one_time::add(tx, &new, now).await?;
        }
        Ok(true)
    })
    .await?;
    if !stands {
        return Ok(());
    }
    let site = ctx.policy().public_url.clone();
    let address = format!("{site}{}#{}", mail.page, text.expose_secret());
    let link = Link {
        address: address.into(),
        token: text,
        lives: mail.purpose.lives(),
    };
    let facts = Facts {
        site: &site,
        link: Some(link),
    };
    let locale = bidden.account.profile.locale.as_deref();
    let letter = ctx.letters().write(mail.kind, locale, &facts);
    let message = Message {
        id: job.id.to_string(),
        at: now,
        to: bidden.to,
        subject: letter.subject,
        text: letter.text,
        html: letter.html,
    };
    ctx.mailer().send(message).await
}
