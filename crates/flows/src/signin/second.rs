//! The second step of a sign-in: a code of an app, one that was sent, or a
//! recovery code.
//!
//! Each try counts against the challenge, of which five are allowed, and in a row
//! of the account, or of the device that it knows. In a lane that wrong passwords
//! shut, none is looked at.

use std::{net::IpAddr, time::Duration};

use tollgate_base::{
    Error, Result, SecretString, access::Principal, codes, id::UserId, time::Time,
};
use tollgate_records::{
    accounts,
    factors::{self, passkeys},
    one_time::{self, Purpose},
    passwords,
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        begun,
        device::UserAgent,
        land::{Landing, Opening, SignedIn},
        lanes::{Lane, Row, Whose},
        note::{Log, change},
        once, passkey,
        second::{self, Proof},
        view::view,
        ways::Way,
    },
};

use super::count;

/// What somebody typed after the first step.
#[derive(Debug)]
pub struct Finish {
    /// What the first step gave.
    pub challenge: SecretString,
    /// The code.
    pub code: SecretString,
    /// With which device.
    pub device: UserAgent,
    /// Whether the second step is to be left out on it from now on.
    pub trust: bool,
    /// From which address.
    pub address: Option<IpAddr>,
    /// Which credentials are wanted.
    pub opening: Opening,
}

/// For how long the second step may be left out on the device from now on, if whose
/// sign-in it is may want that: not where they must have a second factor.
///
/// # Errors
/// What the database says.
pub async fn offers_trust(
    ctx: &Ctx,
    _by: &Principal,
    challenge: &SecretString,
) -> Result<Option<Duration>> {
    let Ok(hash) = once::fingerprint(challenge) else {
        return Ok(None);
    };
    let live = one_time::live(ctx.db(), Purpose::SecondFactor, hash, ctx.now()).await?;
    match live.and_then(|live| live.account) {
        Some(account) => trusts(ctx, account).await,
        None => Ok(None),
    }
}

/// For how long a device of theirs may be trusted.
pub(super) async fn trusts(ctx: &Ctx, account: UserId) -> Result<Option<Duration>> {
    let (policy, account) = (ctx.policy(), accounts::find(ctx.db(), account).await?);
    let (Some(lasts), Some(account)) = (policy.devices.trust, account) else {
        return Ok(None);
    };
    let required = policy.second_factor;
    let required = required.required_of(account.role, account.founder);
    let strong = async move |tx: &mut Tx<'_>| factors::strong_in(tx, account.id).await;
    let free = !required && ctx.db().write(strong).await? > 0;
    Ok(free.then_some(lasts))
}

/// What may be shown for the second step, beside codes that are sent.
///
/// # Errors
/// `one_time.invalid` if the first step is to be repeated.
pub async fn methods(ctx: &Ctx, _by: &Principal, challenge: &SecretString) -> Result<Vec<Way>> {
    let hash = once::fingerprint(challenge)?;
    let live = one_time::live(ctx.db(), Purpose::SecondFactor, hash, ctx.now()).await?;
    let account = live.and_then(|live| live.account);
    let account = account.ok_or_else(once::invalid)?;
    let apps = factors::of(ctx.db(), account).await?;
    let keys = passkeys::of(ctx.db(), account).await?;
    let has = [
        (Way::Totp, apps.iter().any(|app| app.confirmed_at.is_some())),
        (
            Way::Passkey,
            !keys.is_empty() && passkey::relying_party(ctx).is_ok(),
        ),
        (
            Way::RecoveryCode,
            factors::codes_left(ctx.db(), account).await? > 0,
        ),
    ];
    let has = has.into_iter().filter(|(_, there)| *there);
    Ok(has.map(|(way, _)| way).collect())
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
    ctx.throttle("signin", request.address).await?;
    let first = First::of(ctx, &request.challenge).await?;
    let user = first.user;
    let lane = Lane::of(ctx, Whose::Account(user), &request.device).await?;
    lane.check(ctx).await?;
    let shown = (first.challenge, &request.code);
    let proof = second::prove(ctx, by, (user, lane.row(Row::SecondFactor, user)), shown).await?;
    // Twice the same mail is one factor.
    let is_second = |proof: &Proof| !(first.way.is_by_mail() && proof.way().is_by_mail());
    let Some(proof) = proof.filter(is_second) else {
        lane.missed(ctx).await?;
        return Err(Error::new(&codes::FACTOR_CODE));
    };
    let landing = Landing::prepare(ctx, user, request.opening, request.device)?;
    let landing = landing
        .with_assurance(proof.assurance())
        .with_trust(request.trust && trusts(ctx, user).await?.is_some());
    open(ctx, by, first, lane, (landing, proof)).await
}

/// Open the session, if the account may still sign in by its first step and
/// nobody used the challenge or the code meanwhile.
async fn open(
    ctx: &Ctx,
    by: &Principal,
    first: First,
    lane: Lane,
    (landing, proof): (Landing, Proof),
) -> Result<SignedIn> {
    let (opening, user, now) = (landing.clone(), first.user, ctx.now());
    let opened = change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let active = accounts::find_in(tx, user)
            .await?
            .is_some_and(|account| account.is_active());
        if !active || !first.redeem(tx, now).await? {
            return Err(Error::new(&codes::ONE_TIME_INVALID));
        }
        if !proof.consume(tx, log, user, now).await? {
            return Err(Error::new(&codes::FACTOR_CODE));
        }
        lane.forgive(tx).await?;
        opening.open(tx, log, &[first.way, proof.way()]).await
    })
    .await?;
    landing.finish(ctx, view(ctx, user).await?, opened)
}

/// The first step, as its challenge tells of it.
#[derive(Clone)]
pub(super) struct First {
    pub(super) user: UserId,
    pub(super) way: Way,
    challenge: [u8; 32],
    password: Option<String>,
}

impl First {
    /// What a challenge stands for; it counts as presented.
    ///
    /// # Errors
    /// `one_time.invalid` if the first step is to be repeated.
    pub(super) async fn of(ctx: &Ctx, challenge: &SecretString) -> Result<Self> {
        let challenge = once::fingerprint(challenge)?;
        let presented = once::present(ctx, Purpose::SecondFactor, challenge).await?;
        let user = presented.account.ok_or_else(once::invalid)?;
        let account = accounts::find(ctx.db(), user).await?;
        let account = account.ok_or_else(once::invalid)?;
        let password = passwords::find(ctx.db(), user).await?;
        let way = begun::way_of(presented.binding, &account, password.as_deref());
        Ok(Self {
            user,
            way: way.ok_or_else(once::invalid)?,
            challenge,
            password,
        })
    }

    /// Use it up. False if the password was changed, everything of the account was
    /// ended, or somebody was faster.
    pub(super) async fn redeem(&self, tx: &mut Tx<'_>, now: Time) -> Result<bool> {
        if !passwords::is_still(tx, self.user, self.password.as_deref()).await? {
            return Ok(false);
        }
        let Some(account) = accounts::find_in(tx, self.user).await? else {
            return Ok(false);
        };
        let bound = begun::binding(self.way, &account, self.password.as_deref());
        let (purpose, hash) = (Purpose::SecondFactor, self.challenge);
        let redeemed = one_time::redeem(tx, purpose, hash, Some(bound), now).await?;
        Ok(redeemed.is_some())
    }
}
