//! Delivering what changes left to be sent: mails with a link or a code that works
//! once, codes as texts, and notices of what was done to an account. Who
//! gets what is in `bidden`.

mod bidden;

use std::time::{Duration, Instant};

use tollgate_base::{
    Error, ExposeSecret, Result,
    access::Principal,
    codes,
    id::{OneTimeId, UserId},
    phone::Phone,
    spans,
    time::Time,
};
use tollgate_crypto::{mac::digest, token};
use tollgate_outbound::{
    letters::{Code, Facts, Kind, Link, Notice, Words},
    mail::Message,
    sms::Text,
};
use tollgate_records::{
    accounts::Account,
    attempts::{self, Allowance},
    events::EventKind,
    factors::ways::Channel,
    jobs::{self, Job},
    one_time::{self, NewOneTime, Purpose},
};
use tollgate_store::sql::Tx;
use tracing::{Instrument, field::Empty, trace_span};

use crate::{
    ctx::Ctx,
    steps::{
        asks::{self, Sort},
        note::{Details, Log, change},
        once,
        queue::{CodeJob, MailJob, NoticeJob},
        sent,
    },
};

use bidden::{bidden, still, still_coded};

/// A mail or text that is to be sent.
struct Bidden {
    account: Account,
    /// The address, as its owner spells it, or the number.
    to: String,
    mail: Mail,
}

/// A sort of mail.
enum Mail {
    /// It carries a link that works once and is bound to where it goes: an address in
    /// canonical form.
    Linked(Linked, String),
    /// It carries what a request to sign in waits for, to such an address, and whether
    /// the account knows who asked.
    SignIn((Purpose, OneTimeId), String, bool),
    /// It carries the code that confirms a sign-in.
    Confirmation,
    /// It tells of something that was done.
    Notice(Notice, NoticeJob),
    /// It holds a code.
    Code(CodeJob, Purpose, Channel),
}

/// A sort of mail with a link.
#[derive(Clone, Copy)]
struct Linked {
    kind: Kind,
    purpose: Purpose,
    /// The page that its link opens.
    page: &'static str,
}

impl Linked {
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
    const UNLOCK: Self = Self {
        kind: Kind::AccountLocked,
        purpose: Purpose::Unlock,
        page: "/unlock",
    };
    const RECOVERY: Self = Self {
        kind: Kind::AccountRecovery,
        purpose: Purpose::AccountRecovery,
        page: "/recover",
    };
}

/// Links that end a lock which one account gets, so that an attacker who shuts it
/// again and again floods nobody with mail. They live as long.
const UNLOCKS: Allowance = Allowance {
    failures: 3,
    window: Duration::from_hours(24),
};
/// The page that a link opens with which people sign in.
const SIGN_IN_PAGE: &str = "/signin/link";

/// Mails that one round hands over.
const MOST: usize = 20;
/// A round begins no mail later than this: so it ends in time, and no mail is
/// cut off of which nobody then knows whether it was taken.
const BEGINS: Duration = Duration::from_secs(5);

/// Deliver the mails that are due, one after another. Says how many were looked
/// at.
///
/// # Errors
/// What the database says; a failed delivery is tried again later.
pub async fn deliver(ctx: &Ctx, by: &Principal, (): ()) -> Result<usize> {
    round(ctx, by, &MailJob::MAILS).await
}

/// The same for texts, which wait for no mail server.
///
/// # Errors
/// What the database says; a failed delivery is tried again later.
pub async fn texts(ctx: &Ctx, by: &Principal, (): ()) -> Result<usize> {
    round(ctx, by, &MailJob::TEXTS).await
}

async fn round(ctx: &Ctx, by: &Principal, queues: &[&'static str]) -> Result<usize> {
    let begun = Instant::now();
    for count in 0..MOST {
        let Some((queue, job)) = next(ctx, queues).await? else {
            return Ok(count);
        };
        let span = trace_span!(
            target: spans::TARGET, "delivery",
            job.id = %job.id, job.queue = queue, "error.type" = Empty
        );
        let failed = work(ctx, by, queue, job).instrument(span.clone()).await?;
        if failed {
            span.record("error.type", "failed");
        }
        // A server that is down is asked once in a round, not for every mail.
        if failed || begun.elapsed() > BEGINS {
            return Ok(count + 1);
        }
    }
    Ok(MOST)
}

/// Claim what has been due for longest in the first queue that has any.
async fn next(ctx: &Ctx, queues: &[&'static str]) -> Result<Option<(&'static str, Job)>> {
    let now = ctx.now();
    for &queue in queues {
        if !jobs::is_due(ctx.db(), queue, now).await? {
            continue;
        }
        let claim = async move |tx: &mut Tx<'_>| jobs::claim_next(tx, queue, now).await;
        if let Some(job) = ctx.db().write(claim).await? {
            return Ok(Some((queue, job)));
        }
    }
    Ok(None)
}

/// Do one job, and note what became of it. Says whether it failed.
async fn work(ctx: &Ctx, by: &Principal, queue: &'static str, job: Job) -> Result<bool> {
    let bidden = match bidden(ctx, queue, &job).await {
        Ok(bidden) => bidden.filter(|bidden| bidden.account.is_active()),
        Err(fault) => {
            settle(ctx, by, (queue, job), None, Err(fault)).await?;
            return Ok(true);
        }
    };
    let Some(bidden) = bidden else {
        settle(ctx, by, (queue, job), None, Ok(())).await?;
        return Ok(false);
    };
    let whom = (bidden.account.id, bidden.to.clone());
    let outcome = send(ctx, by, &job, bidden).await;
    let failed = outcome.is_err();
    settle(ctx, by, (queue, job), Some(whom), outcome).await?;
    Ok(failed)
}

async fn settle(
    ctx: &Ctx,
    by: &Principal,
    (queue, job): (&'static str, Job),
    whom: Option<(UserId, String)>,
    outcome: Result<()>,
) -> Result<()> {
    let (now, id) = (ctx.now(), job.id);
    let refused = matches!(&outcome, Err(error) if is_final(error));
    let result = match &outcome {
        Ok(()) => "ok",
        Err(_) if refused => "refused",
        Err(_) => "failed",
    };
    let counted = if MailJob::TEXTS.contains(&queue) {
        "tollgate_sms_sent_total"
    } else {
        "tollgate_mail_sent_total"
    };
    metrics::counter!(counted, "result" => result).increment(1);
    // The cause may name people: it stays in the table.
    if let Err(error) = &outcome {
        tracing::warn!(job.id = %id, job.tries = job.tries, "{error}");
    }
    let fault = outcome.err().map(|error| format!("{error:?}"));
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if let (Some(_), Some((account, receiver))) = (&fault, &whom) {
            jobs::address(tx, id, *account, receiver).await?;
        }
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
            details.data.say("job", id.to_string());
            details.data.say("queue", queue);
            log.note(EventKind::MailGivenUp, details);
        }
        Ok(())
    })
    .await
}

/// Whether trying again would change nothing.
fn is_final(fault: &Error) -> bool {
    fault.is(&codes::MAIL_REFUSED) || fault.is(&codes::SMS_REFUSED)
}

/// Send it, with a link or a code where there is one.
async fn send(ctx: &Ctx, by: &Principal, job: &Job, bidden: Bidden) -> Result<()> {
    let Bidden { account, to, mail } = bidden;
    let site = ctx.policy().public_url.clone();
    let mut facts = Facts {
        site: &site,
        ..Facts::default()
    };
    let kind = match mail {
        Mail::Code(code, purpose, way) => {
            return send_code(ctx, by, job, (account, to), (code, purpose, way)).await;
        }
        Mail::Notice(notice, told) => {
            facts.at = Some(Time::from_micros(told.at));
            facts.from = told.from;
            facts.left = told.left.unwrap_or_default();
            facts.by_other = told.by_other;
            Kind::Notice(notice)
        }
        Mail::Confirmation => {
            facts.code = Some(Code {
                code: once::mailed_code(ctx, job.id),
                lives: Purpose::Confirmation.lives(),
            });
            Kind::Confirmation
        }
        Mail::Linked(sort, to) => {
            facts.link = issue(ctx, by, job, sort, (account.id, to)).await?;
            if facts.link.is_none() {
                return Ok(());
            }
            sort.kind
        }
        Mail::SignIn(request, to, known) => {
            if !assign(ctx, by, (request, known), (account.id, to)).await? {
                return Ok(());
            }
            sign_in_words(ctx, job, request.0, &mut facts)
        }
    };
    let locale = account.profile.locale.as_deref();
    let letter = ctx.letters().write(kind, locale, &facts);
    let message = Message {
        id: job.id.to_string(),
        at: ctx.now(),
        to,
        subject: letter.subject,
        text: letter.text,
        html: letter.html,
    };
    ctx.mailer().send(message).await
}

/// Send a code, which counts from now on; the one before it is void.
async fn send_code(
    ctx: &Ctx,
    by: &Principal,
    job: &Job,
    (account, to): (Account, String),
    (wanted, purpose, way): (CodeJob, Purpose, Channel),
) -> Result<()> {
    let (now, owner) = (ctx.now(), account.id);
    let code = sent::code(ctx, job.id);
    let new = NewOneTime {
        id: OneTimeId::new(now, ctx.entropy())?,
        purpose,
        hash: sent::fingerprint(ctx, &code, way, &wanted.binding),
        account: Some(owner),
        binding: None,
        lives: purpose.lives(),
    };
    let target = wanted.to;
    let stands = change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if !still_coded(tx, new.purpose, (owner, way, &target)).await? {
            return Ok(false);
        }
        if !one_time::is_new(tx, new.hash).await? {
            return one_time::is_live(tx, new.purpose, new.hash, now).await;
        }
        one_time::issue(tx, &new, now).await?;
        if new.purpose == Purpose::SentCode {
            log.about(EventKind::CodeSent, owner);
        }
        Ok(true)
    })
    .await?;
    if !stands {
        return Ok(());
    }
    let site = ctx.policy().public_url.clone();
    let locale = account.profile.locale.as_deref();
    let facts = Facts {
        site: &site,
        code: Some(Code {
            code: code.text(),
            lives: purpose.lives(),
        }),
        ..Facts::default()
    };
    let id = job.id.to_string();
    match way {
        Channel::Email => {
            let letter = ctx.letters().write(Kind::SecondStepCode, locale, &facts);
            let message = Message {
                id,
                at: now,
                to,
                subject: letter.subject,
                text: letter.text,
                html: letter.html,
            };
            ctx.mailer().send(message).await
        }
        Channel::Sms => {
            let text = Text {
                id,
                at: now,
                to: Phone::parse(&to)?,
                text: ctx.letters().text(Words::Code, locale, &facts),
            };
            ctx.texter().send(text).await
        }
    }
}

/// Say whose request to sign in it is, beside earlier ones. False if it has expired or
/// was withdrawn, if the address is not theirs any more, or strangers asked for too many
/// for one account.
async fn assign(
    ctx: &Ctx,
    by: &Principal,
    ((purpose, request), known): ((Purpose, OneTimeId), bool),
    (account, to): (UserId, String),
) -> Result<bool> {
    let (now, pace) = (ctx.now(), asks::strangers(ctx));
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if !still(tx, purpose, (account, &to), now).await? {
            return Ok(false);
        }
        if one_time::is_owned(tx, request, account, now).await? {
            return Ok(true);
        }
        let goes = known || asks::goes_out(tx, Sort::SignIn, (account, pace), now).await?;
        if !goes || !one_time::assign(tx, request, account, now).await? {
            return Ok(false);
        }
        log.about(EventKind::SignInMailed, account);
        Ok(true)
    })
    .await
}

/// What the mail says beside its words.
fn sign_in_words(ctx: &Ctx, job: &Job, purpose: Purpose, facts: &mut Facts<'_>) -> Kind {
    let lives = purpose.lives();
    if purpose == Purpose::SignInCode {
        let code = once::mailed_code(ctx, job.id);
        facts.code = Some(Code { code, lives });
        return Kind::SignInCode;
    }
    let token = once::mailed_token(ctx, job.id);
    let address = format!("{}{SIGN_IN_PAGE}#{}", facts.site, token.expose_secret());
    facts.link = Some(Link {
        address: address.into(),
        token,
        lives,
    });
    Kind::SignInLink
}

/// Issue a link. The token follows from the job, so that a repeated delivery
/// sends the same link, and its life begins anew each time. Nothing for one that
/// was used or replaced meanwhile, or may not go there any more.
async fn issue(
    ctx: &Ctx,
    by: &Principal,
    job: &Job,
    sort: Linked,
    (account, to): (UserId, String),
) -> Result<Option<Link>> {
    let now = ctx.now();
    let text = once::mailed_token(ctx, job.id);
    let new = NewOneTime {
        id: OneTimeId::new(now, ctx.entropy())?,
        purpose: sort.purpose,
        hash: token::fingerprint(text.expose_secret()),
        account: Some(account),
        binding: Some(once::sent_to(&to)),
        lives: sort.purpose.lives(),
    };
    let stands = change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if !still(tx, new.purpose, (account, &to), now).await? {
            return Ok(false);
        }
        if !one_time::is_new(tx, new.hash).await? {
            return one_time::renew(tx, new.purpose, new.hash, now).await;
        }
        if new.purpose == Purpose::Unlock {
            let gets = digest(&[b"unlock mail to", account.to_string().as_bytes()]);
            if attempts::strike(tx, gets, UNLOCKS, now)
                .await?
                .wait
                .is_some()
            {
                return Ok(false);
            }
        }
        // Beside earlier ones: whoever names the address would void them otherwise.
        one_time::add(tx, &new, now).await?;
        if new.purpose == Purpose::PasswordReset {
            log.about(EventKind::PasswordResetRequested, account);
        }
        Ok(true)
    })
    .await?;
    let site = ctx.policy().public_url.clone();
    let address = format!("{site}{}#{}", sort.page, text.expose_secret());
    Ok(stands.then(|| Link {
        address: address.into(),
        token: text,
        lives: sort.purpose.lives(),
    }))
}
