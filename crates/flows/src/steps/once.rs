//! Issuing and redeeming things that work once: one mechanism for every link,
//! code and ticket.

use tollgate_base::{
    Error, ExposeSecret, Result, SecretString, codes,
    id::{JobId, OneTimeId, UserId},
    time::Time,
};
use tollgate_crypto::{
    mac::{digest, mac},
    token::{self, Prefix},
};
use tollgate_records::one_time::{self, NewOneTime, Purpose, Redeemed};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

/// Digits of a code in a mail. It is guessed at with the request of whoever asked, five
/// times; with the thirty-four that strangers may ask for in a day, one of them is right
/// once in a thousand years, however many are out at a time.
const CODE_LENGTH: usize = 8;
/// How many such codes there are.
const CODES: u64 = 10_u64.pow(CODE_LENGTH as u32);

/// A secret that is about to be issued.
#[derive(Clone)]
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
            lives: purpose.lives(),
        },
    })
}

/// The token of a link that a job mails. It follows from the job, so that a
/// repeated delivery sends the same link and only its hash is stored.
pub(crate) fn mailed_token(ctx: &Ctx, job: JobId) -> SecretString {
    let key = ctx.master().derive("mail link");
    token::successor(&key, &job.to_string(), Prefix::OneTime)
}

/// The digits of a code that a job mails, in the same way.
pub(crate) fn mailed_code(ctx: &Ctx, job: JobId) -> SecretString {
    let key = ctx.master().derive("mail code");
    let mut drawn = [0; 8];
    drawn.copy_from_slice(&mac(&key, &[job.to_string().as_bytes()])[..8]);
    let number = u64::from_be_bytes(drawn) % CODES;
    format!("{number:0CODE_LENGTH$}").into()
}

/// What somebody typed as a mailed code: blanks and hyphens are for the eye, and more
/// digits than a code has are not looked at but for one.
pub(crate) fn typed_code(text: &str) -> String {
    let kept = |letter: &char| !letter.is_whitespace() && *letter != '-';
    text.chars().filter(kept).take(CODE_LENGTH + 1).collect()
}

/// What a mailed code is bound to: the request that it was mailed for, or the first
/// step that it confirms. Nobody guesses it from the database without the master key.
pub(crate) fn code_for(ctx: &Ctx, request: [u8; 32], code: &str) -> [u8; 32] {
    let key = ctx.master().derive("mail code");
    mac(&key, &[b"for", &request, code.as_bytes()])
}

/// What the database keeps of a token that somebody presents.
///
/// # Errors
/// `one_time.invalid` if it is none of ours.
pub(crate) fn fingerprint(token: &SecretString) -> Result<[u8; 32]> {
    if token::shaped(token.expose_secret(), Prefix::OneTime) {
        Ok(token::fingerprint(token.expose_secret()))
    } else {
        Err(invalid())
    }
}

/// Whatever is wrong with it.
pub(crate) fn invalid() -> Error {
    Error::new(&codes::ONE_TIME_INVALID)
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
        .ok_or_else(invalid)
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
    found.ok_or_else(invalid)
}
