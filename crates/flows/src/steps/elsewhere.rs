//! Telling of sessions that are presented where they do not count.

use tollgate_base::{
    Result,
    access::Principal,
    codes,
    id::{SessionId, UserId},
};
use tollgate_records::events::EventKind;
use tollgate_store::sql::Tx;

use crate::ctx::{Ctx, Place};

use super::note::{Details, Log, change};

/// Hand on what a check said. If it was that the session belongs elsewhere, the
/// audit trail hears of it, once an hour for each session: whoever holds a copy
/// may try as often as they like.
///
/// # Errors
/// What the check said, and what the database says.
pub(crate) async fn tell(
    ctx: &Ctx,
    (account, session): (UserId, SessionId),
    checked: Result<()>,
    place: &Place,
) -> Result<()> {
    let Err(refusal) = checked else {
        return Ok(());
    };
    let is_elsewhere = [&codes::SESSION_DEVICE, &codes::SESSION_NETWORK]
        .iter()
        .any(|code| refusal.is(code));
    if !is_elsewhere || !ctx.freshness().is_news_elsewhere(session, ctx.now()) {
        return Err(refusal);
    }
    let code = refusal.code().name;
    let address = place.address.map(|address| address.to_string());
    let note = async move |_: &mut Tx<'_>, log: &mut Log| {
        let mut details = Details {
            subject: Some(account),
            session: Some(session),
            ..Details::default()
        };
        details.data.say("because", code);
        details.address.clone_from(&address);
        log.note(EventKind::SessionElsewhere, details);
        Ok(())
    };
    change(ctx, &Principal::Anonymous, note).await?;
    Err(refusal)
}
