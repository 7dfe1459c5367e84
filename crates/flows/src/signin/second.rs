//! The second step of a sign-in: a code of an app, or a recovery code.
//!
//! Each try counts against the challenge, of which five are allowed, and
//! against the account, like a password that is tried.

use std::net::IpAddr;

use tollgate_base::{
    Error, ExposeSecret, Result, SecretString, access::Principal, codes, id::UserId,
};
use tollgate_crypto::{
    mac::digest,
    token::{self, Prefix},
};
use tollgate_records::{
    accounts, attempts,
    one_time::{self, Purpose},
    passwords,
    sessions::Device,
    tallies::{self, Day},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        land::{Landing, Opening, SignedIn},
        note::{Log, change},
        once,
        second::{self, Proof},
        strikes,
        view::view,
    },
};

use super::{count, note_blocked, subject_of};

/// What somebody typed after the password.
#[derive(Debug)]
pub struct Finish {
    /// What the first step gave.
    pub challenge: SecretString,
    /// The code.
    pub code: SecretString,
    /// From which device.
    pub device: Device,
    /// From which address.
    pub address: Option<IpAddr>,
    /// Which credentials are wanted.
    pub opening: Opening,
}

/// Finish signing in.
///
/// # Errors
/// `one_time.invalid` if the first step is to be repeated, `factor.code`,
/// `throttled`, `busy.hashing`.
pub async fn finish(ctx: &Ctx, by: &Principal, request: Finish) -> Result<SignedIn> {
    let outcome = evaluate(ctx, by, request).await;
    let result = match &outcome {
        Ok(_) => "ok",
        Err(error) => error.code().name,
    };
    count("second_factor", result);
    outcome
}

async fn evaluate(ctx: &Ctx, by: &Principal, request: Finish) -> Result<SignedIn> {
    let over = || Error::new(&codes::ONE_TIME_INVALID);
    ctx.throttle("signin", request.address).await?;
    let text = request.challenge.expose_secret();
    if !token::shaped(text, Prefix::OneTime) {
        return Err(over());
    }
    let hash = token::fingerprint(text);
    let presented = once::present(ctx, Purpose::SecondFactor, hash).await?;
    let user = presented.account.ok_or_else(over)?;
    let (subject, tried_on) = (subject_of(user), Day::of(ctx.now()));
    let last = strikes::count(ctx, subject, Some(tallies::SIGNIN_FAILED)).await?;
    let Some(proof) = second::prove(ctx, user, &request.code).await? else {
        if last {
            note_blocked(ctx, by, Some(user)).await?;
        }
        return Err(Error::new(&codes::FACTOR_CODE));
    };
    let landing = Landing::prepare(ctx, user, request.opening, request.device)?.twice();
    open(ctx, by, (user, hash), (subject, tried_on), (landing, proof)).await
}

/// Open the session, if the account may still sign in with that password and
/// nobody used the challenge or the code meanwhile.
async fn open(
    ctx: &Ctx,
    by: &Principal,
    (user, hash): (UserId, [u8; 32]),
    (subject, tried_on): ([u8; 32], Day),
    (landing, proof): (Landing, Proof),
) -> Result<SignedIn> {
    let (opened, now) = (landing.clone(), ctx.now());
    let password = passwords::find(ctx.db(), user).await?;
    let password = password.ok_or_else(|| Error::new(&codes::ONE_TIME_INVALID))?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let active = accounts::find_in(tx, user)
            .await?
            .is_some_and(|account| account.is_active());
        let stands = active && passwords::is_still(tx, user, &password).await?;
        let bound = Some(binding(&password));
        if !stands
            || one_time::redeem(tx, Purpose::SecondFactor, hash, bound, now)
                .await?
                .is_none()
        {
            return Err(Error::new(&codes::ONE_TIME_INVALID));
        }
        if !proof.consume(tx, log, user, now).await? {
            return Err(Error::new(&codes::FACTOR_CODE));
        }
        attempts::forgive(tx, subject).await?;
        tallies::count(tx, tried_on, tallies::SIGNIN_FAILED, -1, subject[0]).await?;
        opened.open(tx, log, proof.way()).await
    })
    .await?;
    landing.finish(ctx, view(ctx, user).await?)
}

/// What a challenge is bound to: the password that was right.
pub(super) fn binding(hash_of_password: &str) -> [u8; 32] {
    digest(&[b"second factor", hash_of_password.as_bytes()])
}
