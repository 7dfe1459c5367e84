//! Signing in with a password. What follows where the account has a second
//! factor is in `second`.
//!
//! Unknown, wrong, suspended and password-less answer alike and cost the same
//! hash; each attempt is counted before it is evaluated.

mod second;

use std::net::IpAddr;

use tollgate_base::{
    Error, Result, SecretString, access::Principal, codes, id::UserId, identifier::Identifier,
};
use tollgate_crypto::{mac::digest, password::Verdict, token::Prefix};
use tollgate_records::{
    accounts::{self, Account},
    attempts,
    events::EventKind,
    factors,
    one_time::{self, Purpose},
    passwords,
    sessions::Device,
    tallies::{self, Day},
};
use tollgate_store::sql::Tx;

pub use second::{Finish, finish};

use crate::{
    ctx::Ctx,
    steps::{
        land::{Landing, Opening, SignedIn},
        note::{Details, Log, change},
        once, strikes,
        vet::ClientProfile,
        view::complete,
    },
};

/// What somebody typed.
#[derive(Debug)]
pub struct SignIn {
    /// An address or a username.
    pub login: String,
    /// The password.
    pub password: SecretString,
    /// From which device.
    pub device: Device,
    /// From which address.
    pub address: Option<IpAddr>,
    /// Which credentials are wanted.
    pub opening: Opening,
    /// Which client asks.
    pub client: ClientProfile,
}

/// What comes of it.
#[derive(Debug)]
pub enum Step {
    /// They are in.
    Done(Box<SignedIn>),
    /// The password was right; a second factor is wanted. The text is for
    /// [`finish`], within ten minutes.
    Second(SecretString),
}

/// The account and hash against which a password is verified.
struct Found {
    account: Account,
    hash: String,
}

/// An account whose password was right, and a better hash of it if the stored
/// one is outdated.
struct Proved {
    account: Account,
    hash: String,
    better: Option<String>,
}

/// How often a password is verified while the stored hash keeps changing.
const TRIES: usize = 2;

/// Sign in.
///
/// # Errors
/// `signin.failed` whatever is wrong, `throttled`, `busy.hashing`;
/// `factor.needed` if the password is right and the client cannot ask for more.
pub async fn signin(ctx: &Ctx, by: &Principal, request: SignIn) -> Result<Step> {
    let outcome = evaluate(ctx, by, request).await;
    let result = match &outcome {
        Ok(Step::Done(_)) => "ok",
        Ok(Step::Second(_)) => "second",
        Err(error) => error.code().name,
    };
    count("password", result);
    outcome
}

fn count(method: &'static str, result: &'static str) {
    metrics::counter!("tollgate_signins_total", "method" => method, "result" => result)
        .increment(1);
}

async fn evaluate(ctx: &Ctx, by: &Principal, request: SignIn) -> Result<Step> {
    ctx.throttle("signin", request.address).await?;
    let mut found = find(ctx, &request.login).await?;
    let subject = subject(found.as_ref(), &request.login);
    let tried_on = Day::of(ctx.now());
    // It has failed until it succeeds: what breaks on the way is a failure too.
    let last = strikes::count(ctx, subject, Some(tallies::SIGNIN_FAILED)).await?;
    for _ in 0..TRIES {
        let whose = found.as_ref().map(|found| found.account.id);
        let Some(proved) = prove(ctx, found, &request.password).await? else {
            if last {
                note_blocked(ctx, by, whose).await?;
            }
            break;
        };
        let step = if factors::confirmed(ctx.db(), proved.account.id).await? == 0 {
            let opened = open(ctx, by, &request, (subject, tried_on), proved).await?;
            opened.map(|signed_in| Step::Done(Box::new(signed_in)))
        } else if request.client.second_step {
            let issued = challenge(ctx, by, (subject, tried_on), proved).await?;
            issued.map(Step::Second)
        } else {
            return Err(Error::new(&codes::FACTOR_NEEDED));
        };
        if let Some(step) = step {
            return Ok(step);
        }
        found = find(ctx, &request.login).await?;
    }
    Err(Error::new(&codes::SIGNIN_FAILED))
}

async fn prove(ctx: &Ctx, found: Option<Found>, password: &SecretString) -> Result<Option<Proved>> {
    let Some(Found { account, hash }) = found else {
        ctx.hasher().verify_nobody(password).await?;
        return Ok(None);
    };
    let verdict = ctx.hasher().verify(password, &hash).await?;
    if verdict == Verdict::Mismatch || !account.is_active() {
        return Ok(None);
    }
    let better = match verdict {
        Verdict::MatchOutdated => Some(ctx.hash(password).await?),
        _ => None,
    };
    Ok(Some(Proved {
        account,
        hash,
        better,
    }))
}

/// Open a session, if what was proved still stands: not after a suspension or
/// a new password, nor before looking again when another device's sign-in has
/// upgraded the hash.
async fn open(
    ctx: &Ctx,
    by: &Principal,
    request: &SignIn,
    (subject, tried_on): ([u8; 32], Day),
    proved: Proved,
) -> Result<Option<SignedIn>> {
    let Proved {
        account,
        hash,
        better,
    } = proved;
    let landing = Landing::prepare(ctx, account.id, request.opening, request.device.clone())?;
    let (id, opened) = (account.id, landing.clone());
    let stands = change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let active = accounts::find_in(tx, id)
            .await?
            .is_some_and(|account| account.is_active());
        if !active || !passwords::is_still(tx, id, &hash).await? {
            return Ok(false);
        }
        if let Some(better) = &better {
            passwords::upgrade(tx, id, &hash, better).await?;
            log.about(EventKind::PasswordRehashed, id);
        }
        attempts::forgive(tx, subject).await?;
        tallies::count(tx, tried_on, tallies::SIGNIN_FAILED, -1, subject[0]).await?;
        opened.open(tx, log, "password").await?;
        Ok(true)
    })
    .await?;
    if !stands {
        return Ok(None);
    }
    let view = complete(ctx, account).await?;
    landing.finish(ctx, view).map(Some)
}

/// Issue what a sign-in goes on with, if what was proved still stands. It is
/// bound to the password: a new one makes it void.
async fn challenge(
    ctx: &Ctx,
    by: &Principal,
    (subject, tried_on): ([u8; 32], Day),
    proved: Proved,
) -> Result<Option<SecretString>> {
    let Proved {
        account,
        hash,
        better,
    } = proved;
    let (id, now) = (account.id, ctx.now());
    let minted = once::mint(ctx, Purpose::SecondFactor, Prefix::OneTime, Some(id))?;
    let mut row = minted.row;
    row.binding = Some(second::binding(better.as_deref().unwrap_or(&hash)));
    let stands = change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if !passwords::is_still(tx, id, &hash).await? {
            return Ok(false);
        }
        if let Some(better) = &better {
            passwords::upgrade(tx, id, &hash, better).await?;
            log.about(EventKind::PasswordRehashed, id);
        }
        // It did not fail; as a try it counts until the second step is done.
        tallies::count(tx, tried_on, tallies::SIGNIN_FAILED, -1, subject[0]).await?;
        one_time::add(tx, &row, now).await?;
        Ok(true)
    })
    .await?;
    Ok(stands.then_some(minted.text))
}

/// What cannot be an identifier is nobody's.
async fn find(ctx: &Ctx, login: &str) -> Result<Option<Found>> {
    let Ok(identifier) = Identifier::parse(login) else {
        return Ok(None);
    };
    let Some(account) = accounts::by_identifier(ctx.db(), &identifier).await? else {
        return Ok(None);
    };
    let hash = passwords::find(ctx.db(), account.id).await?;
    Ok(hash.map(|hash| Found { account, hash }))
}

/// Whose failures these are: the account's, under whichever of its names, or
/// the canonical form of what was typed.
fn subject(found: Option<&Found>, login: &str) -> [u8; 32] {
    match found {
        Some(found) => subject_of(found.account.id),
        None => match Identifier::parse(login) {
            Ok(identifier) => digest(&[b"signin name", identifier.canonical().as_bytes()]),
            Err(_) => digest(&[b"signin name", login.as_bytes()]),
        },
    }
}

fn subject_of(account: UserId) -> [u8; 32] {
    digest(&[b"signin account", account.to_string().as_bytes()])
}

/// One event a window tells of a block, however many attempts follow.
async fn note_blocked(ctx: &Ctx, by: &Principal, account: Option<UserId>) -> Result<()> {
    change(ctx, by, async move |_: &mut Tx<'_>, log: &mut Log| {
        log.note(
            EventKind::SigninBlocked,
            Details {
                subject: account,
                ..Details::default()
            },
        );
        Ok(())
    })
    .await
}
