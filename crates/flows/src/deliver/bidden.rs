//! Who gets what: looked up when a mail is made, as an address may have come or gone
//! since it was asked for, and looked at again in the transaction that makes what it
//! carries count.

use tollgate_base::{
    Error, Result, codes,
    id::{JobId, UserId},
    identifier::{Email, Identifier},
    time::Time,
};
use tollgate_records::{
    accounts::{self, Account, StoredIdentifier, addressed, is_reset_by, proved_address, waiting},
    events::EventKind,
    factors::ways::{self, Channel},
    jobs::Job,
    one_time::Purpose,
    phones, recoveries,
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::queue::{
        CodeJob, ConfirmJob, MailJob, NoticeJob, RecoveryJob, ResetJob, SignInJob, UnlockJob,
        VerifyJob, notice,
    },
};

use super::{Bidden, Linked, Mail};

/// Find out what is to be sent to whom. Nothing is sent to those who are gone or
/// suspended, or to addresses that are nobody's.
pub(super) async fn bidden(ctx: &Ctx, queue: &str, job: &Job) -> Result<Option<Bidden>> {
    match MailJob::of(queue, &job.payload)? {
        MailJob::Reset(job) => reset(ctx, &job).await,
        MailJob::Verify(job) => verification(ctx, &job).await,
        MailJob::SignIn(job) => sign_in(ctx, &job).await,
        MailJob::Confirm(job) => confirmation(ctx, &job).await,
        MailJob::Notice(job) => told(ctx, job).await,
        MailJob::Code(job) => code(ctx, job).await,
        MailJob::Unlock(job) => unlock(ctx, &job).await,
        MailJob::Recovery(payload) => recovery(ctx, job.id, &payload).await,
    }
}

/// No code is sent that comes too late, nor to where none may go any more.
async fn code(ctx: &Ctx, job: CodeJob) -> Result<Option<Bidden>> {
    let (way, id): (Channel, UserId) = (job.way.parse()?, job.account.parse()?);
    let mut purposes = Purpose::SENT.into_iter();
    let purpose = purposes.find(|purpose| purpose.as_str() == job.purpose);
    let purpose = purpose.ok_or_else(|| Error::new(&codes::INTERNAL).because("no such code"))?;
    let late = Time::from_micros(job.at).plus(purpose.lives()) <= ctx.now();
    let Some(account) = accounts::find(ctx.db(), id).await?.filter(|_| !late) else {
        return Ok(None);
    };
    let wanted = match purpose {
        Purpose::PhoneVerification => true,
        _ => {
            let on = ways::of(ctx.db(), id).await?;
            on.iter().any(|on| on.way == way && on.target == job.to)
        }
    };
    let to = match way {
        Channel::Email => {
            let stored = accounts::identifiers(ctx.db(), id).await?;
            let mut proved = stored.into_iter().filter(|one| one.verified_at.is_some());
            let own = proved.find(|one| one.canonical == job.to);
            own.map(|own| own.shown)
        }
        Channel::Sms => {
            let stored = phones::of(ctx.db(), id).await?;
            let mut own = stored.iter().map(|phone| phone.number.as_str().to_owned());
            own.find(|number| *number == job.to)
        }
    };
    Ok(to.filter(|_| wanted).map(|to| Bidden {
        account,
        to,
        mail: Mail::Code(job, purpose, way),
    }))
}

/// Only to where a new password may be set from.
async fn reset(ctx: &Ctx, job: &ResetJob) -> Result<Option<Bidden>> {
    let email = Email::parse(&job.email)?;
    let name = Identifier::Email(email.clone());
    let Some(account) = accounts::by_identifier(ctx.db(), &name).await? else {
        return Ok(None);
    };
    let known = accounts::identifiers(ctx.db(), account.id).await?;
    let to = known
        .iter()
        .find(|own| own.canonical == email.canonical() && is_reset_by(&known, own));
    Ok(to.map(|to| linked(account, Linked::RESET, to.clone())))
}

/// To an address that is theirs or waits to be. One that is somebody's gets nothing:
/// nobody is asked to give theirs away.
async fn verification(ctx: &Ctx, job: &VerifyJob) -> Result<Option<Bidden>> {
    let email = Email::parse(&job.email)?;
    let Some(account) = accounts::find(ctx.db(), job.account.parse()?).await? else {
        return Ok(None);
    };
    if let Some(own) = own(ctx, &account, &email).await? {
        let to = Some(own).filter(|own| own.verified_at.is_none());
        return Ok(to.map(|to| linked(account, Linked::VERIFICATION, to)));
    }
    let waits = waiting::of(ctx.db(), account.id, ctx.now()).await?;
    let mut waits = waits.into_iter();
    let waits = waits.find(|waits| waits.canonical == email.canonical());
    if accounts::taken(ctx.db(), &Identifier::Email(email)).await? {
        return Ok(None);
    }
    Ok(waits.map(|waits| Bidden {
        account,
        to: waits.shown,
        mail: Mail::Linked(Linked::VERIFICATION, waits.canonical),
    }))
}

fn linked(account: Account, sort: Linked, to: StoredIdentifier) -> Bidden {
    Bidden {
        account,
        to: to.shown,
        mail: Mail::Linked(sort, to.canonical),
    }
}

/// Nothing once the code has expired: a late one would open nothing.
async fn confirmation(ctx: &Ctx, job: &ConfirmJob) -> Result<Option<Bidden>> {
    let expires = Time::from_micros(job.at).plus(Purpose::Confirmation.lives());
    if expires <= ctx.now() {
        return Ok(None);
    }
    let Some(account) = accounts::find(ctx.db(), job.account.parse()?).await? else {
        return Ok(None);
    };
    let to = own(ctx, &account, &Email::parse(&job.email)?).await?;
    let to = to.filter(|to| to.verified_at.is_some());
    Ok(to.map(|to| Bidden {
        account,
        to: to.shown,
        mail: Mail::Confirmation,
    }))
}

/// To an address that is known to be theirs, if the recovery was not stopped.
async fn recovery(ctx: &Ctx, id: JobId, job: &RecoveryJob) -> Result<Option<Bidden>> {
    let Some(account) = accounts::find(ctx.db(), job.account.parse()?).await? else {
        return Ok(None);
    };
    let waits = recoveries::find(ctx.db(), account.id, ctx.now()).await?;
    if waits.is_none_or(|recovery| recovery.job != id) {
        return Ok(None);
    }
    let stored = accounts::identifiers(ctx.db(), account.id).await?;
    let to = proved_address(&stored).cloned();
    Ok(to.map(|to| linked(account, Linked::RECOVERY, to)))
}

/// To an address that is known to be theirs: the link lets in despite the lock.
async fn unlock(ctx: &Ctx, job: &UnlockJob) -> Result<Option<Bidden>> {
    let account = match (&job.account, &job.login) {
        (Some(id), _) => accounts::find(ctx.db(), id.parse()?).await?,
        (None, Some(login)) => match Identifier::parse(login) {
            Ok(name) => accounts::by_identifier(ctx.db(), &name).await?,
            Err(_) => None,
        },
        (None, None) => None,
    };
    let Some(account) = account else {
        return Ok(None);
    };
    let stored = accounts::identifiers(ctx.db(), account.id).await?;
    let to = proved_address(&stored).cloned();
    Ok(to.map(|to| linked(account, Linked::UNLOCK, to)))
}

/// Only to a verified address.
async fn sign_in(ctx: &Ctx, job: &SignInJob) -> Result<Option<Bidden>> {
    let purpose = [Purpose::SignInLink, Purpose::SignInCode];
    let purpose = purpose.into_iter().find(|one| one.as_str() == job.purpose);
    let purpose = purpose.ok_or_else(|| Error::new(&codes::INTERNAL).because("no such purpose"))?;
    let (email, request) = (Email::parse(&job.email)?, job.request.parse()?);
    let name = Identifier::Email(email.clone());
    let Some(account) = accounts::by_identifier(ctx.db(), &name).await? else {
        return Ok(None);
    };
    let to = own(ctx, &account, &email).await?;
    let to = to.filter(|to| to.verified_at.is_some());
    Ok(to.map(|to| Bidden {
        account,
        to: to.shown,
        mail: Mail::SignIn((purpose, request), to.canonical, job.known),
    }))
}

/// To where mail about them goes, or went before the change that it tells of.
async fn told(ctx: &Ctx, job: NoticeJob) -> Result<Option<Bidden>> {
    let notice = EventKind::parse(&job.event).and_then(notice);
    let notice = notice.ok_or_else(|| Error::new(&codes::INTERNAL).because("no such notice"))?;
    let Some(account) = accounts::find(ctx.db(), job.account.parse()?).await? else {
        return Ok(None);
    };
    let stored = accounts::identifiers(ctx.db(), account.id).await?;
    let theirs = addressed(&stored).map(|known| known.shown.clone());
    Ok(job.to.clone().or(theirs).map(|to| Bidden {
        account,
        to,
        mail: Mail::Notice(notice, job),
    }))
}

/// The address as its owner spells it, if it is theirs.
async fn own(ctx: &Ctx, account: &Account, email: &Email) -> Result<Option<StoredIdentifier>> {
    let stored = accounts::identifiers(ctx.db(), account.id).await?;
    Ok(stored
        .into_iter()
        .find(|identifier| identifier.canonical == email.canonical()))
}

/// Whether what is mailed for this may still go to an address, in the transaction that
/// makes it count.
pub(super) async fn still(
    tx: &mut Tx<'_>,
    purpose: Purpose,
    (account, canonical): (UserId, &str),
    now: Time,
) -> Result<bool> {
    let known = accounts::identifiers_in(tx, account).await?;
    let own = known.iter().find(|own| own.canonical == canonical);
    Ok(match (purpose, own) {
        (Purpose::AddressVerification, None) => {
            let waiting = waiting::of_in(tx, account, now).await?;
            waiting.iter().any(|waits| waits.canonical == canonical)
        }
        (_, None) => false,
        (Purpose::AddressVerification, Some(own)) => own.verified_at.is_none(),
        (Purpose::PasswordReset, Some(own)) => is_reset_by(&known, own),
        (_, Some(own)) => own.verified_at.is_some(),
    })
}

/// The same for codes, which go where they were turned on for.
pub(super) async fn still_coded(
    tx: &mut Tx<'_>,
    purpose: Purpose,
    (account, way, target): (UserId, Channel, &str),
) -> Result<bool> {
    if purpose == Purpose::PhoneVerification {
        let phones = phones::of_in(tx, account).await?;
        return Ok(phones.iter().any(|phone| phone.number.as_str() == target));
    }
    let on = ways::of_in(tx, account).await?;
    Ok(on.iter().any(|on| on.way == way && on.target == target))
}
