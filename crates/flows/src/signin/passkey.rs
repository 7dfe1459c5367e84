//! Signing in with a passkey: alone, where it stands for two factors because
//! its owner unlocks it, or after a first step in place of a code.
//!
//! A passkey that is unknown, does not sign well, or belongs to an account that
//! cannot sign in answers alike. Guessing at passwords does not lock it: its
//! tries are counted by themselves.

use std::net::IpAddr;

use tollgate_base::{
    Result, SecretString,
    access::{Assurance, Principal},
    id::UserId,
};
use tollgate_crypto::passkey::{Asserted, Assertion};
use tollgate_records::{
    accounts, attempts,
    factors::passkeys::{self, CeremonyPurpose, StoredPasskey},
    tallies::{self, Day},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        device::UserAgent,
        land::{Landing, Opened, Opening, SignedIn},
        lanes::{Lane, Whose},
        note::{Log, change},
        once,
        passkey::{self, Asked, Question},
        strikes,
        view::view,
        ways::Way,
    },
};

use super::{
    count, note_blocked,
    second::{First, trusts},
};

/// A browser that wants to be asked for a passkey.
#[derive(Debug)]
pub struct BeginPasskey {
    /// What the first step gave, if there was one.
    pub challenge: Option<SecretString>,
    /// From which address.
    pub address: Option<IpAddr>,
}

/// What it answers.
#[derive(Debug)]
pub struct FinishPasskey {
    /// Which question.
    pub ceremony: SecretString,
    /// What the first step gave, if there was one.
    pub challenge: Option<SecretString>,
    /// The assertion, as JSON.
    pub answer: String,
    /// With which device.
    pub device: UserAgent,
    /// Whether the second step is to be left out on it from now on.
    pub trust: bool,
    /// From which address.
    pub address: Option<IpAddr>,
    /// Which credentials are wanted.
    pub opening: Opening,
}

/// How a transaction went that was to open the session.
enum Outcome {
    Opened(Opened),
    /// The passkey counted backwards.
    Copied,
}

/// Ask for a passkey.
///
/// # Errors
/// `passkey.unavailable`, `throttled`, `one_time.invalid` if the first step is
/// to be repeated.
pub async fn begin_passkey(ctx: &Ctx, _by: &Principal, request: BeginPasskey) -> Result<Question> {
    let here = passkey::relying_party(ctx)?;
    ctx.throttle("passkey", request.address).await?;
    let (mut asked, mut allowed) = (Asked::to(CeremonyPurpose::SignIn, None), Vec::new());
    if let Some(challenge) = &request.challenge {
        let user = First::of(ctx, challenge).await?.user;
        asked = Asked::to(CeremonyPurpose::SecondFactor, Some(user));
        let known = passkeys::of(ctx.db(), user).await?;
        allowed.extend(known.into_iter().map(|known| known.credential_id));
    }
    passkey::ask(ctx, asked, here.begin_authentication(&allowed)?).await
}

/// Sign in with what the browser answers.
///
/// # Errors
/// `passkey.refused` whatever is wrong with the passkey, `one_time.invalid` if
/// it is to be begun again, `throttled`, `passkey.unavailable`.
pub async fn finish_passkey(ctx: &Ctx, by: &Principal, request: FinishPasskey) -> Result<SignedIn> {
    let outcome = evaluate(ctx, by, request).await;
    let result = match &outcome {
        Ok(_) => "ok",
        Err(error) => error.code().name,
    };
    count("passkey", result);
    outcome
}

async fn evaluate(ctx: &Ctx, by: &Principal, request: FinishPasskey) -> Result<SignedIn> {
    let here = passkey::relying_party(ctx)?;
    ctx.throttle("signin", request.address).await?;
    let first = match &request.challenge {
        Some(challenge) => Some(First::of(ctx, challenge).await?),
        None => None,
    };
    let purpose = match first {
        Some(_) => CeremonyPurpose::SecondFactor,
        None => CeremonyPurpose::SignIn,
    };
    let whose = first.as_ref().map(|first| first.user);
    let begun = passkey::take(ctx, &request.ceremony, purpose, (whose, None)).await?;
    let answer = Assertion::parse(&request.answer)?;
    let known = passkey::find(ctx, &answer, whose).await?;
    let tries = Tries::count(ctx, &known, first.as_ref(), &request.device).await?;
    let credential = passkey::unseal(ctx, &known)?;
    let asserted = here.finish_authentication(&begun.state, &answer, &credential);
    if asserted.is_err() {
        tries.failed(ctx, by, known.account).await?;
    }
    let landing = Landing::prepare(ctx, known.account, request.opening, request.device)?
        .with_assurance(Assurance::Two)
        .with_trust(request.trust && trusts(ctx, known.account).await?.is_some());
    let user = known.account;
    let opening = landing.clone();
    match open(ctx, by, (known, asserted?), (first, tries), opening).await? {
        Outcome::Opened(opened) => landing.finish(ctx, view(ctx, user).await?, opened),
        Outcome::Copied => Err(passkey::refused()),
    }
}

/// Open the session, if the account may still sign in, the first step still
/// stands, and the passkey counts on.
async fn open(
    ctx: &Ctx,
    by: &Principal,
    (known, asserted): (StoredPasskey, Asserted),
    (first, tries): (Option<First>, Tries),
    landing: Landing,
) -> Result<Outcome> {
    let (id, user, now) = (known.id, known.account, ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let account = accounts::find_in(tx, user).await?;
        if !account.is_some_and(|account| account.is_active()) {
            return Err(passkey::refused());
        }
        if let Some(first) = &first
            && !first.redeem(tx, now).await?
        {
            return Err(once::invalid());
        }
        if !passkey::consume(tx, log, (user, id), asserted, now).await? {
            return Ok(Outcome::Copied);
        }
        tries.went_well(tx).await?;
        let before = first.as_ref().map(|first| first.way);
        let ways: Vec<Way> = before.into_iter().chain([Way::Passkey]).collect();
        landing.open(tx, log, &ways).await.map(Outcome::Opened)
    })
    .await
}

/// Where this is a failure until it has gone well: after a first step in the lane of
/// that, and alone in the row of the passkey, which guesses at passwords never shut.
#[derive(Clone)]
enum Tries {
    Lane(Lane),
    Alone {
        subject: [u8; 32],
        last: bool,
        on: Day,
    },
}

impl Tries {
    async fn count(
        ctx: &Ctx,
        known: &StoredPasskey,
        first: Option<&First>,
        agent: &UserAgent,
    ) -> Result<Self> {
        if let Some(first) = first {
            let lane = Lane::of(ctx, Whose::Account(first.user), agent).await?;
            lane.check(ctx).await?;
            return Ok(Self::Lane(lane));
        }
        let (subject, on) = (passkey::tries(known.id), Day::of(ctx.now()));
        let last = strikes::count(ctx, subject).await?;
        Ok(Self::Alone { subject, last, on })
    }

    async fn failed(&self, ctx: &Ctx, by: &Principal, account: UserId) -> Result<()> {
        let (subject, last, on) = match self {
            Self::Lane(lane) => return lane.missed(ctx).await,
            Self::Alone { subject, last, on } => (*subject, *last, *on),
        };
        let miss = async move |tx: &mut Tx<'_>| {
            tallies::count(tx, on, tallies::SIGNIN_FAILED, 1, subject[0]).await
        };
        ctx.db().write(miss).await?;
        if last {
            note_blocked(ctx, by, (account, "passkey")).await?;
        }
        Ok(())
    }

    async fn went_well(&self, tx: &mut Tx<'_>) -> Result<()> {
        match self {
            Self::Lane(lane) => lane.forgive(tx).await,
            Self::Alone { subject, .. } => attempts::forgive(tx, *subject).await.map(drop),
        }
    }
}
