//! Signing out, and ending sessions from elsewhere.

use tollgate_base::{
    Error, Result,
    access::{Permission, Principal},
    codes,
    id::{SessionId, UserId},
};
use tollgate_records::{
    events::EventKind,
    sessions::{self, EndReason, Session},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        end::{self, ended},
        facts::{allow, allow_reading},
        note::{Details, Log, change},
    },
};

/// Which sessions of an account are to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// All but the one that asks.
    Others,
}

/// End the session that asks.
///
/// # Errors
/// `auth.required`.
pub async fn signout(ctx: &Ctx, by: &Principal, (): ()) -> Result<()> {
    let person = by.person()?;
    let (id, account, now) = (person.session, person.user, ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if sessions::end(tx, id, EndReason::SignedOut, now).await? {
            log.note(
                EventKind::SessionEnded,
                ended(account, id, EndReason::SignedOut),
            );
        } else {
            log.unchanged(account);
        }
        Ok(())
    })
    .await
}

/// The live sessions of an account, newest first.
///
/// # Errors
/// `auth.required`, `access.denied`, `person.missing`.
pub async fn list(ctx: &Ctx, by: &Principal, of: UserId) -> Result<Vec<Session>> {
    allow_reading(ctx.db(), by, Permission::SessionsRead, of).await?;
    let mut live = sessions::live_of(ctx.db(), of, ctx.now()).await?;
    for session in &mut live {
        if let Some(seen) = ctx.freshness().last_seen(session.id) {
            session.last_seen_at = session.last_seen_at.max(seen);
        }
    }
    Ok(live)
}

/// Whose session it is, also one that has ended.
///
/// # Errors
/// `session.missing`, `auth.required`, `access.denied`.
pub async fn owner(ctx: &Ctx, by: &Principal, id: SessionId) -> Result<UserId> {
    let found = ctx
        .db()
        .write(async move |tx: &mut Tx<'_>| sessions::find(tx, id).await)
        .await?;
    let owner = found
        .ok_or_else(|| Error::new(&codes::SESSION_MISSING))?
        .account;
    allow_reading(ctx.db(), by, Permission::SessionsRead, owner).await?;
    Ok(owner)
}

/// End one session of an account.
///
/// # Errors
/// `session.missing` also where the session is somebody else's, `auth.required`,
/// `access.denied`.
pub async fn end(ctx: &Ctx, by: &Principal, (of, id): (UserId, SessionId)) -> Result<()> {
    let (asks, now, why) = (by.clone(), ctx.now(), reason(by, of));
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::SessionsEnd, of).await?;
        let found = sessions::find(tx, id)
            .await?
            .filter(|session| session.account == of);
        found.ok_or_else(|| Error::new(&codes::SESSION_MISSING))?;
        if sessions::end(tx, id, why, now).await? {
            log.note(EventKind::SessionEnded, ended(of, id, why));
        } else {
            log.unchanged(of);
        }
        Ok(())
    })
    .await
}

/// End several sessions of an account. Says how many.
///
/// # Errors
/// `auth.required`, `access.denied`, `person.missing`.
pub async fn end_all(ctx: &Ctx, by: &Principal, (of, which): (UserId, Which)) -> Result<u64> {
    let (asks, now, why) = (by.clone(), ctx.now(), reason(by, of));
    let but = match which {
        Which::All => None,
        Which::Others => Some(by.person()?.session),
    };
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::SessionsEnd, of).await?;
        let count = end::end_all(tx, of, but, why, now).await?;
        let mut details = Details {
            subject: Some(of),
            ..Details::default()
        };
        details.data.say("because", why.as_str());
        details.data.say("count", count);
        log.note(EventKind::SessionsEnded, details);
        Ok(count)
    })
    .await
}

fn reason(by: &Principal, of: UserId) -> EndReason {
    if by.user() == Some(of) {
        EndReason::EndedByOwner
    } else {
        EndReason::EndedByAdmin
    }
}
