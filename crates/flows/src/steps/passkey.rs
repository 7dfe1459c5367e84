//! Ceremonies of passkeys: a question is put to a browser, kept, and taken once
//! for the answer, good or not.

use tollgate_base::{
    Error, Result, SecretString, codes,
    id::{PasskeyId, SessionId, UserId},
    time::Time,
};
use tollgate_crypto::{
    mac::digest,
    passkey::{Asserted, Assertion, Begun, RelyingParty},
    seal::{self, Context},
    token::{self, Prefix},
};
use tollgate_records::{
    events::EventKind,
    factors::passkeys::{self, Ceremony, CeremonyPurpose, StoredPasskey},
};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

use super::{
    note::{Details, Log},
    once,
};

/// What a browser is asked.
#[derive(Debug)]
pub struct Question {
    /// By which the answer names it, within five minutes.
    pub ceremony: SecretString,
    /// Options of Web Authentication, as JSON: `{"publicKey": …}`.
    pub options: String,
}

/// For whom a question is, before it is asked.
pub(crate) struct Asked {
    pub(crate) purpose: CeremonyPurpose,
    pub(crate) account: Option<UserId>,
    pub(crate) session: Option<SessionId>,
    pub(crate) name: Option<String>,
    pub(crate) newcomer: Option<String>,
}

impl Asked {
    /// Of any browser, in whichever session.
    pub(crate) const fn to(purpose: CeremonyPurpose, account: Option<UserId>) -> Self {
        Self {
            purpose,
            account,
            session: None,
            name: None,
            newcomer: None,
        }
    }
}

/// This server as browsers know it.
///
/// # Errors
/// `passkey.unavailable`.
pub(crate) fn relying_party(ctx: &Ctx) -> Result<RelyingParty> {
    let policy = ctx.policy();
    RelyingParty::new(&policy.public_url, &policy.related_origins)
}

/// Keep a question, and give what asks it.
///
/// # Errors
/// `internal.entropy`, or what the database says.
pub(crate) async fn ask(ctx: &Ctx, of: Asked, begun: Begun) -> Result<Question> {
    let (text, now) = (token::mint(ctx.entropy(), Prefix::OneTime)?, ctx.now());
    let row = Ceremony {
        hash: once::fingerprint(&text)?,
        purpose: of.purpose,
        account: of.account,
        session: of.session,
        name: of.name,
        newcomer: of.newcomer,
        state: begun.state,
    };
    ctx.db()
        .write(async move |tx: &mut Tx<'_>| passkeys::open(tx, &row, now).await)
        .await?;
    Ok(Question {
        ceremony: text,
        options: begun.options,
    })
}

/// Take a question for its answer, whatever the answer is.
///
/// # Errors
/// `one_time.invalid` if it was taken, is too old, or is for somebody else.
pub(crate) async fn take(
    ctx: &Ctx,
    ceremony: &SecretString,
    purpose: CeremonyPurpose,
    (account, session): (Option<UserId>, Option<SessionId>),
) -> Result<Ceremony> {
    let (hash, now) = (once::fingerprint(ceremony)?, ctx.now());
    let taken = ctx
        .db()
        .write(async move |tx: &mut Tx<'_>| {
            passkeys::take(tx, (hash, purpose), account, session, now).await
        })
        .await?;
    taken.ok_or_else(once::invalid)
}

/// The passkey that a browser made, for this account.
///
/// # Errors
/// `passkey.unavailable`, `passkey.invalid`, `internal.entropy`.
pub(crate) fn made(
    ctx: &Ctx,
    account: UserId,
    name: String,
    (begun, answer): (&Ceremony, &str),
) -> Result<StoredPasskey> {
    let made = relying_party(ctx)?.finish_registration(&begun.state, answer)?;
    let now = ctx.now();
    let id = PasskeyId::new(now, ctx.entropy())?;
    Ok(StoredPasskey {
        id,
        account,
        credential_id: made.id,
        name,
        credential: seal(ctx, (id, account), &made.credential)?,
        counter: made.counter.into(),
        backup_eligible: made.backup_eligible,
        backed_up: made.backed_up,
        created_at: now,
        last_used_at: None,
    })
}

/// Add it, in the transaction of the verb.
///
/// # Errors
/// `passkey.invalid` if somebody has it already.
pub(crate) async fn add(tx: &mut Tx<'_>, log: &mut Log, new: &StoredPasskey) -> Result<()> {
    if !passkeys::add(tx, new).await? {
        return Err(Error::new(&codes::PASSKEY_INVALID));
    }
    note(log, EventKind::PasskeyAdded, new.account, new.id);
    Ok(())
}

/// Tell the audit trail of a passkey.
pub(crate) fn note(log: &mut Log, kind: EventKind, user: UserId, id: PasskeyId) {
    let mut details = Details {
        subject: Some(user),
        ..Details::default()
    };
    details.data.say("passkey", id.to_string());
    log.note(kind, details);
}

/// The passkey that answers. The authenticator has to say whose it is, unless
/// that is known already; if it says so, it has to be right.
///
/// # Errors
/// `passkey.refused`.
pub(crate) async fn find(
    ctx: &Ctx,
    answer: &Assertion,
    whose: Option<UserId>,
) -> Result<StoredPasskey> {
    let named = answer.handle().map(UserId::from_bits);
    let known = passkeys::find(ctx.db(), answer.credential()).await?;
    let known = known.filter(|known| {
        let agrees = |user: UserId| user == known.account;
        named.or(whose).is_some_and(agrees) && whose.is_none_or(agrees)
    });
    known.ok_or_else(refused)
}

/// Note that it was used. False if it counted backwards, which is noted in its
/// place.
///
/// # Errors
/// `passkey.refused` if it was removed meanwhile.
pub(crate) async fn consume(
    tx: &mut Tx<'_>,
    log: &mut Log,
    (user, id): (UserId, PasskeyId),
    asserted: Asserted,
    now: Time,
) -> Result<bool> {
    let counter = asserted.counter.into();
    if passkeys::use_up(tx, (user, id), counter, asserted.backed_up, now).await? {
        return Ok(true);
    }
    if !passkeys::is_still(tx, user, id).await? {
        return Err(refused());
    }
    note(log, EventKind::PasskeyCopied, user, id);
    Ok(false)
}

/// Whose tries with a passkey these are.
pub(crate) fn tries(id: PasskeyId) -> [u8; 32] {
    digest(&[b"signin passkey", id.to_string().as_bytes()])
}

/// Whatever is wrong with it.
pub(crate) fn refused() -> Error {
    Error::new(&codes::PASSKEY_REFUSED)
}

/// Seal a credential for its row, and for no other account.
///
/// # Errors
/// `internal.entropy`.
fn seal(ctx: &Ctx, (id, account): (PasskeyId, UserId), credential: &[u8]) -> Result<Vec<u8>> {
    let row = row(id, account);
    seal::seal(ctx.master(), ctx.entropy(), &place(&row), credential)
}

/// The credential of a passkey.
///
/// # Errors
/// `seal.broken` if it was sealed elsewhere.
pub(crate) fn unseal(ctx: &Ctx, passkey: &StoredPasskey) -> Result<Vec<u8>> {
    let row = row(passkey.id, passkey.account);
    let plain = seal::open(ctx.master(), &place(&row), &passkey.credential)?;
    Ok(plain.to_vec())
}

fn row(id: PasskeyId, account: UserId) -> String {
    format!("{id} of {account}")
}

fn place(row: &str) -> Context<'_> {
    Context {
        table: "passkeys",
        column: "credential",
        row,
    }
}
