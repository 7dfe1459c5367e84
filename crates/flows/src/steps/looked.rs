//! That somebody looked at the trail: reading is told too. Searches and exports tell of
//! themselves, as there is more to say.

use tollgate_base::{Result, access::Principal};
use tollgate_records::events::EventKind;
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

use super::note::{Details, Log, change};

/// Tell that somebody looked at events without a search: by which view, at whose, and at
/// how many. It is about no account, so that nobody's activity is full of it.
pub(crate) async fn tell(
    ctx: &Ctx,
    by: &Principal,
    (view, of, found): (&'static str, Option<String>, usize),
) -> Result<()> {
    change(ctx, by, async move |_: &mut Tx<'_>, log: &mut Log| {
        let mut details = Details::default();
        details.data.say("view", view);
        if let Some(of) = &of {
            details.data.say("of", of);
        }
        details.data.say("found", found);
        log.note(EventKind::AuditRead, details);
        Ok(())
    })
    .await
}
