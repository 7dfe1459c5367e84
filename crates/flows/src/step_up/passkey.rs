//! Stepping up with a passkey, by whoever has no app at hand.

use tollgate_base::{
    Error, Result, SecretString,
    access::{Assurance, Principal},
    codes,
};
use tollgate_crypto::passkey::Assertion;
use tollgate_records::{
    attempts,
    factors::passkeys::{self, CeremonyPurpose},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        equip::manages,
        note::{Log, change},
        passkey::{self, Asked, Question},
        renew::{Renewal, Renewed},
        strikes,
    },
};

use super::raise;

/// What the browser answered.
#[derive(Debug)]
pub struct ShowPasskey {
    /// Which question.
    pub ceremony: SecretString,
    /// The assertion, as JSON.
    pub answer: String,
}

/// Ask for one of the passkeys of whoever asks.
///
/// # Errors
/// `auth.required`, `access.denied`, `passkey.unavailable`, `passkey.missing`
/// without one.
pub async fn begin_passkey(ctx: &Ctx, by: &Principal, (): ()) -> Result<Question> {
    let person = manages(by)?;
    let here = passkey::relying_party(ctx)?;
    let known = passkeys::of(ctx.db(), person.user).await?;
    if known.is_empty() {
        return Err(Error::new(&codes::PASSKEY_MISSING));
    }
    let ids: Vec<_> = known.into_iter().map(|known| known.credential_id).collect();
    let asked = Asked {
        session: Some(person.session),
        ..Asked::to(CeremonyPurpose::StepUp, Some(person.user))
    };
    passkey::ask(ctx, asked, here.begin_authentication(&ids)?).await
}

/// Show it: the session may do everything for ten minutes. It has a new secret.
///
/// # Errors
/// `auth.required`, `access.denied`, `one_time.invalid` if it was begun too long
/// ago or elsewhere, `passkey.wrong`, `throttled`.
pub async fn finish_passkey(ctx: &Ctx, by: &Principal, request: ShowPasskey) -> Result<Renewed> {
    let person = manages(by)?;
    let (user, session, now) = (person.user, person.session, ctx.now());
    let here = passkey::relying_party(ctx)?;
    let (purpose, mine) = (CeremonyPurpose::StepUp, (Some(user), Some(session)));
    let begun = passkey::take(ctx, &request.ceremony, purpose, mine).await?;
    let answer = Assertion::parse(&request.answer).map_err(wrong)?;
    let known = passkey::find(ctx, &answer, Some(user))
        .await
        .map_err(wrong)?;
    let tries = passkey::tries(known.id);
    strikes::count(ctx, tries).await?;
    let credential = passkey::unseal(ctx, &known)?;
    let asserted = here.finish_authentication(&begun.state, &answer, &credential);
    let asserted = asserted.map_err(wrong)?;
    let id = known.id;
    let renewal = Renewal::prepare(ctx, person)?;
    let shown = change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if !passkey::consume(tx, log, (user, id), asserted, now).await? {
            return Ok(None);
        }
        attempts::forgive(tx, tries).await?;
        raise(tx, log, (user, session), (Assurance::Two, now)).await?;
        renewal.make(tx, now).await.map(Some)
    });
    let renewed = shown.await.map_err(wrong)?;
    renewed.ok_or_else(|| Error::new(&codes::PASSKEY_WRONG))
}

/// Who is signed in is told so without losing the session.
fn wrong(fault: Error) -> Error {
    if fault.is(&codes::PASSKEY_REFUSED) {
        Error::new(&codes::PASSKEY_WRONG)
    } else {
        fault
    }
}
