//! The mails that were not delivered yet, or were given up: the operator looks
//! at them, has them tried again, or deletes them.

use tollgate_base::{
    Error, Result,
    access::{Facts, Permission, Principal, Target, decide},
    codes,
    id::JobId,
    time::Time,
};
use tollgate_records::{
    events::EventKind,
    jobs::{self, Held},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        note::{Details, Log, change},
        queue::receiver,
    },
};

/// Most mails of one look.
const MOST: u32 = 1000;

/// A mail that waits or was given up.
#[derive(Clone, Debug)]
pub struct Undelivered {
    /// Its id, which is also in its `Message-ID`.
    pub id: JobId,
    /// What it is about.
    pub kind: String,
    /// For whom; absent if a newer version knows.
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

/// Have one tried again now, as if it were new.
///
/// # Errors
/// `access.denied`, `mail.missing`.
pub async fn retry(ctx: &Ctx, by: &Principal, id: JobId) -> Result<()> {
    allow(by)?;
    let now = ctx.now();
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let found = jobs::again(tx, id, now).await?;
        note(log, EventKind::MailRetried, id, found)
    })
    .await
}

/// Delete one; nobody gets it.
///
/// # Errors
/// `access.denied`, `mail.missing`.
pub async fn discard(ctx: &Ctx, by: &Principal, id: JobId) -> Result<()> {
    allow(by)?;
    let now = ctx.now();
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let found = jobs::discard(tx, id, now).await?;
        note(log, EventKind::MailDiscarded, id, found)
    })
    .await
}

/// The list names people, and a retry sends links: this is the operator's.
fn allow(by: &Principal) -> Result<()> {
    let on = &Target::Installation;
    decide(by, Permission::AdminBootstrap, on, &Facts::NONE)
}

fn note(log: &mut Log, kind: EventKind, id: JobId, found: bool) -> Result<()> {
    if !found {
        return Err(Error::new(&codes::MAIL_MISSING));
    }
    let mut details = Details::default();
    details.data.insert("job".into(), id.to_string().into());
    log.note(kind, details);
    Ok(())
}

impl From<Held> for Undelivered {
    fn from(held: Held) -> Self {
        Self {
            id: held.id,
            to: receiver(&held.payload),
            kind: held.queue,
            created_at: held.created_at,
            next_at: held.run_at,
            tries: held.tries,
            fault: held.last_fault,
            given_up_at: held.dead_at,
        }
    }
}
