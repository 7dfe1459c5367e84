//! Ending sessions: all of an account, with everything that could become one,
//! and those that are too many.

use tollgate_base::{
    Result,
    id::{SessionId, UserId},
    time::Time,
};
use tollgate_records::{
    accounts,
    events::EventKind,
    factors::{self, passkeys},
    one_time::{self, Purpose},
    phones,
    sessions::{self, EndReason},
};
use tollgate_store::sql::Tx;

use super::note::{Details, Log};

/// End them but, where given, one. Tokens signed elsewhere have no session of
/// ours before they are seen: they end by their time of issue. Says how many
/// sessions there were.
pub(crate) async fn end_all(
    tx: &mut Tx<'_>,
    account: UserId,
    but: Option<SessionId>,
    why: EndReason,
    now: Time,
) -> Result<u64> {
    accounts::stop_earlier_tokens(tx, account, now).await?;
    void_begun(tx, account, now).await?;
    sessions::end_all(tx, account, but, why, now).await
}

/// Void what somebody began and may finish later without being asked again: mails and
/// links to sign in with, apps, passkeys and numbers that are to be added.
pub(crate) async fn void_begun(tx: &mut Tx<'_>, account: UserId, now: Time) -> Result<()> {
    one_time::withdraw_sign_ins(tx, account, now).await?;
    one_time::withdraw(tx, Purpose::PhoneVerification, Some(account), now).await?;
    factors::drop_drafts(tx, account).await?;
    passkeys::close(tx, account).await?;
    phones::drop_drafts(tx, account).await
}

/// End what an account has beyond `most` sessions beside a new one: those that
/// were used least lately. None if any number is allowed, which 0 says.
pub(crate) async fn end_beyond(
    tx: &mut Tx<'_>,
    log: &mut Log,
    (account, new): (UserId, SessionId),
    most: u32,
    now: Time,
) -> Result<()> {
    if most == 0 {
        return Ok(());
    }
    for id in sessions::beyond(tx, (account, new), most, now).await? {
        if sessions::end(tx, id, EndReason::TooMany, now).await? {
            log.note(
                EventKind::SessionEnded,
                ended(account, id, EndReason::TooMany),
            );
        }
    }
    Ok(())
}

/// What there is to say of a session that ended.
pub(crate) fn ended(account: UserId, session: SessionId, why: EndReason) -> Details {
    let mut details = Details {
        subject: Some(account),
        session: Some(session),
        ..Details::default()
    };
    details.data.say("because", why.as_str());
    details
}
