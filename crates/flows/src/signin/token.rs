//! Temporary sign-in tokens: an administrator lets somebody in who has lost
//! what they sign in with. Each works once, for minutes; a second factor is
//! still asked for, and the owner is told.

use std::{net::IpAddr, time::Duration};

use tollgate_base::{
    Error, Result, SecretString,
    access::{Permission, Principal},
    codes,
    id::UserId,
};
use tollgate_crypto::token::Prefix;
use tollgate_records::{
    accounts,
    events::EventKind,
    one_time::{self, Purpose},
    passwords,
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        current,
        device::UserAgent,
        facts::allow,
        land::Opening,
        note::{Details, Log, change},
        once,
        ways::Way,
    },
};

use super::{
    Step, count_step,
    first::{Entry, Proof, Shown},
};

/// How many minutes such a token lives if nobody says.
pub const TOKEN_MINUTES: u32 = 10;
/// How many it may live.
pub const TOKEN_MINUTES_MOST: u32 = 60;

/// A token that somebody is to have.
#[derive(Debug)]
pub struct IssueToken {
    /// Who signs in with it.
    pub account: UserId,
    /// For how long it works.
    pub minutes: u32,
}

/// A token, to be passed on by hand.
#[derive(Debug)]
pub struct IssuedToken {
    /// Its text.
    pub token: SecretString,
    /// How long it works.
    pub lives: Duration,
}

/// Somebody who shows such a token.
#[derive(Debug)]
pub struct UseToken {
    /// Its text.
    pub token: SecretString,
    /// From which device.
    pub device: UserAgent,
    /// From which address.
    pub address: Option<IpAddr>,
    /// Which credentials are wanted.
    pub opening: Opening,
}

/// Issue a token with which somebody signs in. Earlier ones are void.
///
/// # Errors
/// `access.denied`, `factor.fresh`, `password.fresh`, `person.missing`,
/// `person.suspended`, `request.invalid` for a life that is too long.
pub async fn issue_token(ctx: &Ctx, by: &Principal, request: IssueToken) -> Result<IssuedToken> {
    let (of, minutes) = (request.account, request.minutes);
    if !(1..=TOKEN_MINUTES_MOST).contains(&minutes) {
        let fault = Error::new(&codes::REQUEST_INVALID);
        return Err(fault.field("/minutes", "range", "1 to 60 minutes."));
    }
    let mut minted = once::mint(ctx, Purpose::SignInToken, Prefix::OneTime, Some(of))?;
    minted.row.lives = Duration::from_mins(minutes.into());
    let lives = minted.row.lives;
    let (asks, row, now) = (by.clone(), minted.row, ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::SignInTokens, of).await?;
        current::stands_lately(tx, &asks, now).await?;
        let account = accounts::find_in(tx, of).await?;
        if account.is_some_and(|account| !account.is_active()) {
            return Err(Error::new(&codes::PERSON_SUSPENDED));
        }
        one_time::issue(tx, &row, now).await?;
        let mut details = Details {
            subject: Some(of),
            ..Details::default()
        };
        details.data.say("minutes", minutes);
        log.note(EventKind::SignInTokenIssued, details);
        Ok(())
    })
    .await?;
    Ok(IssuedToken {
        token: minted.text,
        lives,
    })
}

/// Sign in with a token.
///
/// # Errors
/// `one_time.invalid` whatever is wrong with it, `throttled`.
pub async fn use_token(ctx: &Ctx, by: &Principal, request: UseToken) -> Result<Step> {
    let outcome = evaluate(ctx, by, request).await;
    count_step(Way::SignInToken.name(), &outcome);
    outcome
}

async fn evaluate(ctx: &Ctx, by: &Principal, request: UseToken) -> Result<Step> {
    ctx.throttle("signin", request.address).await?;
    let (purpose, hash) = (Purpose::SignInToken, once::fingerprint(&request.token)?);
    let presented = once::present(ctx, purpose, hash).await?;
    let user = presented.account.ok_or_else(once::invalid)?;
    let account = accounts::find(ctx.db(), user).await?;
    let entry = Entry {
        account: account.ok_or_else(once::invalid)?,
        password: passwords::find(ctx.db(), user).await?,
        proof: Proof::Secret(Shown {
            way: Way::SignInToken,
            purpose,
            hash,
            binding: None,
            asked: Vec::new(),
        }),
        device: request.device,
        opening: request.opening,
        asks: true,
    };
    entry.go_on(ctx, by).await?.ok_or_else(once::invalid)
}
