//! The mails and texts that were not delivered yet, or were given up:
//! administrators look at them, have them tried again, or delete them. People
//! see those of their own that failed.

use tollgate_base::{
    Error, Result,
    access::{Facts, Permission, Principal, Target, decide},
    codes,
    id::JobId,
    time::Time,
};
use tollgate_records::{
    accounts::{self, StoredIdentifier},
    events::EventKind,
    jobs::{self, Held},
    recoveries,
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        facts::allow_reading,
        note::{Details, Log, change},
        queue::{MailJob, Payload, VerifyJob},
        recovery,
    },
};

pub use jobs::Stuck;

/// Most of one look, and of one's own.
const MOST: u32 = 1000;
const OWN_MOST: u32 = 20;

/// A mail or text that waits or was given up.
#[derive(Clone, Debug)]
pub struct Undelivered {
    /// Its id, which is also in its `Message-ID`.
    pub id: JobId,
    /// What it is about.
    pub kind: String,
    /// For whom, an address or somebody's id; absent if a newer version knows.
    pub to: Option<String>,
    /// When it was asked for.
    pub created_at: Time,
    /// When it is tried next.
    pub next_at: Time,
    /// How often it was tried.
    pub tries: i64,
    /// What went wrong at last, in the words of the server too.
    pub fault: Option<String>,
    /// When it was given up.
    pub given_up_at: Option<Time>,
    /// Whether it may be tried again now.
    pub may_retry: bool,
    /// Whether it may be deleted.
    pub may_drop: bool,
}

/// The oldest of them, a thousand at most.
///
/// # Errors
/// `access.denied`.
pub async fn list(ctx: &Ctx, by: &Principal, (): ()) -> Result<Vec<Undelivered>> {
    allow(by)?;
    let held = jobs::held(ctx.db(), MOST).await?;
    Ok(held.into_iter().map(Undelivered::from).collect())
}

/// How many do not get on.
///
/// # Errors
/// `access.denied`.
pub async fn stuck(ctx: &Ctx, by: &Principal, (): ()) -> Result<Stuck> {
    allow(by)?;
    jobs::stuck(ctx.db()).await
}

/// What failed of what was made for whoever asks, newest first. Nothing is said
/// of why: the words may be those of a server, for its operator. Nothing is said of
/// addresses that wait to be theirs: nobody is mailed at those that are somebody's, and
/// that would show.
///
/// # Errors
/// `auth.required`, `factor.required`.
pub async fn mine(ctx: &Ctx, by: &Principal, (): ()) -> Result<Vec<Undelivered>> {
    let user = by.person()?.user;
    allow_reading(ctx.db(), by, Permission::AccountRead, user).await?;
    let failed = jobs::failed_of(ctx.db(), user, OWN_MOST).await?;
    let names = accounts::identifiers(ctx.db(), user).await?;
    let own = failed.into_iter().map(Undelivered::from);
    let own = own.filter(|one| one.kind != VerifyJob::QUEUE || is_to(one, &names));
    Ok(own.map(|one| Undelivered { fault: None, ..one }).collect())
}

/// Have one tried again now, as if it were new: one that failed, given up or not.
///
/// # Errors
/// `access.denied`, `mail.missing`, `mail.waits`.
pub async fn retry(ctx: &Ctx, by: &Principal, id: JobId) -> Result<()> {
    allow(by)?;
    let now = ctx.now();
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        failed(tx, id).await?;
        let found = jobs::again(tx, id, now).await?;
        note(log, EventKind::MailRetried, id, found)
    })
    .await
}

/// Delete one that failed; nobody gets it. What is owed to an owner is deleted
/// only once it was given up; a recovery ends with its mail.
///
/// # Errors
/// `access.denied`, `mail.missing`, `mail.waits`, `mail.owed`.
pub async fn discard(ctx: &Ctx, by: &Principal, id: JobId) -> Result<()> {
    allow(by)?;
    let now = ctx.now();
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let held = failed(tx, id).await?;
        if held.dead_at.is_none() && MailJob::is_owed(&held.queue) {
            return Err(Error::new(&codes::MAIL_OWED));
        }
        let found = jobs::discard(tx, id, now).await?;
        end_recovery(tx, log, &held, now).await?;
        note(log, EventKind::MailDiscarded, id, found)
    })
    .await
}

/// Delete all that waits or was given up: what sample people would be told reaches
/// nobody. No surface may ask for it.
///
/// # Errors
/// `access.denied`.
pub async fn clear(ctx: &Ctx, by: &Principal, (): ()) -> Result<()> {
    if !matches!(by, Principal::Chore(_)) {
        return Err(Error::new(&codes::ACCESS_DENIED));
    }
    ctx.db().write(jobs::clear).await
}

fn is_to(one: &Undelivered, names: &[StoredIdentifier]) -> bool {
    let to = one.to.as_deref();
    names.iter().any(|name| to == Some(name.shown.as_str()))
}

/// Without its mail a recovery leads nowhere.
async fn end_recovery(tx: &mut Tx<'_>, log: &mut Log, held: &Held, now: Time) -> Result<()> {
    let Ok(MailJob::Recovery(job)) = MailJob::of(&held.queue, &held.payload) else {
        return Ok(());
    };
    let account = job.account.parse()?;
    let waits = recoveries::find_in(tx, account, now).await?;
    if waits.is_some_and(|recovery| recovery.job == held.id) {
        recovery::stop(tx, log, account, now).await?;
    }
    Ok(())
}

/// The one of that id, which must have failed: nobody is to send what waits for
/// its time, nor to keep it back.
async fn failed(tx: &mut Tx<'_>, id: JobId) -> Result<Held> {
    let held = jobs::find(tx, id).await?;
    let held = held.ok_or_else(|| Error::new(&codes::MAIL_MISSING))?;
    if held.last_fault.is_none() {
        return Err(Error::new(&codes::MAIL_WAITS));
    }
    Ok(held)
}

fn allow(by: &Principal) -> Result<()> {
    let on = &Target::Installation;
    decide(by, Permission::MailManage, on, &Facts::NONE)
}

fn note(log: &mut Log, kind: EventKind, id: JobId, found: bool) -> Result<()> {
    if !found {
        return Err(Error::new(&codes::MAIL_MISSING));
    }
    let mut details = Details::default();
    details.data.say("job", id.to_string());
    log.note(kind, details);
    Ok(())
}

impl From<Held> for Undelivered {
    fn from(held: Held) -> Self {
        let failed = held.last_fault.is_some();
        Self {
            id: held.id,
            may_retry: failed,
            may_drop: failed && (held.dead_at.is_some() || !MailJob::is_owed(&held.queue)),
            to: held.receiver.or_else(|| {
                let job = MailJob::of(&held.queue, &held.payload);
                job.ok().map(MailJob::receiver)
            }),
            kind: held.queue,
            created_at: held.created_at,
            next_at: held.run_at,
            tries: held.tries,
            fault: held.last_fault,
            given_up_at: held.dead_at,
        }
    }
}
