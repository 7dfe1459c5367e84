//! Issuing and redeeming things that work once: one mechanism for every link,
//! code and ticket.

use tollgate_base::{
    Error, ExposeSecret, Result, SecretString, codes,
    id::{OneTimeId, UserId},
    time::Time,
};
use tollgate_crypto::{
    mac::digest,
    token::{self, Prefix},
};
use tollgate_records::one_time::{self, NewOneTime, Purpose, Redeemed};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

/// A secret that is about to be issued.
pub(crate) struct Minted {
    /// Its text, for the person alone.
    pub(crate) text: SecretString,
    /// What the database keeps of it.
    pub(crate) row: NewOneTime,
}

/// Make a secret. Outside the transaction that will store it.
pub(crate) fn mint(
    ctx: &Ctx,
    purpose: Purpose,
    prefix: Prefix,
    account: Option<UserId>,
) -> Result<Minted> {
    let text = token::mint(ctx.entropy(), prefix)?;
    let hash = token::fingerprint(text.expose_secret());
    let id = OneTimeId::new(ctx.now(), ctx.entropy())?;
    Ok(Minted {
        text,
        row: NewOneTime {
            id,
            purpose,
            hash,
            account,
            binding: None,
        },
    })
}

/// What the database keeps of a token that somebody presents.
///
/// # Errors
/// `one_time.invalid` if it is none of ours.
pub(crate) fn fingerprint(token: &SecretString) -> Result<[u8; 32]> {
    if token::shaped(token.expose_secret(), Prefix::OneTime) {
        Ok(token::fingerprint(token.expose_secret()))
    } else {
        Err(Error::new(&codes::ONE_TIME_INVALID))
    }
}

/// What a secret is bound to that was sent to an address, in canonical form.
pub(crate) fn sent_to(canonical: &str) -> [u8; 32] {
    digest(&[b"sent to", canonical.as_bytes()])
}

/// Use a secret up, in the transaction of what it allows.
///
/// # Errors
/// `one_time.invalid`, whatever is wrong with it.
pub(crate) async fn redeem(
    tx: &mut Tx<'_>,
    purpose: Purpose,
    hash: [u8; 32],
    now: Time,
) -> Result<Redeemed> {
    one_time::redeem(tx, purpose, hash, None, now)
        .await?
        .ok_or_else(|| Error::new(&codes::ONE_TIME_INVALID))
}

/// Count a presentation, durably, before the rest of the request is looked at.
///
/// # Errors
/// `one_time.invalid`, whatever is wrong with it.
pub(crate) async fn present(ctx: &Ctx, purpose: Purpose, hash: [u8; 32]) -> Result<Redeemed> {
    let now = ctx.now();
    let found = ctx
        .db()
        .write(async move |tx: &mut Tx<'_>| one_time::attempt(tx, purpose, hash, now).await)
        .await?;
    found.ok_or_else(|| Error::new(&codes::ONE_TIME_INVALID))
}
