//! Signing in with a password. What follows a first step is in `first` and `next`,
//! with a second factor in `second`, from where the account was not used in
//! `confirm`; the other ways are in `passkey`, `mail` and `token`.
//!
//! Unknown, wrong, suspended and password-less answer alike and cost the same
//! hash; each attempt is counted before it is evaluated.

mod confirm;
mod first;
mod mail;
mod next;
mod passkey;
mod second;
mod token;

use std::net::IpAddr;

use tollgate_base::{
    Error, Result, SecretString, access::Principal, codes, id::UserId, identifier::Identifier,
};
use tollgate_crypto::{mac::digest, password::Verdict};
use tollgate_records::{
    accounts::{self, Account},
    events::EventKind,
    passwords,
};
use tollgate_store::sql::Tx;

pub use confirm::{Confirm, Unconfirmed, confirm};
pub use mail::{AskMail, AskedMail, FinishMail, ask_mail, finish_mail};
pub use passkey::{BeginPasskey, FinishPasskey, begin_passkey, finish_passkey};
pub use second::{Finish, finish, methods, offers_trust};
pub use token::{
    IssueToken, IssuedToken, TOKEN_MINUTES, TOKEN_MINUTES_MOST, UseToken, issue_token, use_token,
};

use crate::{
    ctx::Ctx,
    steps::{
        device::UserAgent,
        land::{Opening, SignedIn},
        lanes::{Lane, Try, Whose},
        note::{Details, Log, change},
        vet::ClientProfile,
    },
};

use first::{Entry, Known, Proof};

/// What somebody typed.
#[derive(Debug)]
pub struct SignIn {
    /// An address or a username.
    pub login: String,
    /// The password.
    pub password: SecretString,
    /// With which device.
    pub device: UserAgent,
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
    /// The first step went well; a second factor is wanted. The text is for
    /// [`finish`], within ten minutes.
    Second(SecretString),
    /// The password was right; the account does not know the device, or the
    /// network, and its owner has to confirm it.
    Confirm(Unconfirmed),
}

/// The account and hash against which a password is verified.
struct Found {
    account: Account,
    /// Of the password; nothing where there is none.
    hash: Option<String>,
}

/// How often a password is verified while the stored hash keeps changing.
const TRIES: usize = 2;

/// Sign in.
///
/// # Errors
/// `signin.failed` whatever is wrong, `throttled`, `busy.hashing`; if the password
/// is right `factor.needed` and `confirmation.needed` for a client that cannot ask
/// for more, and `confirmation.unreachable`.
pub async fn signin(ctx: &Ctx, by: &Principal, request: SignIn) -> Result<Step> {
    let outcome = evaluate(ctx, by, request).await;
    count_step("password", &outcome);
    outcome
}

fn count_step(method: &'static str, outcome: &Result<Step>) {
    let result = match outcome {
        Ok(Step::Done(_)) => "ok",
        Ok(Step::Second(_)) => "second",
        Ok(Step::Confirm(_)) => "confirm",
        Err(error) => error.code().name,
    };
    count(method, result);
}

fn count(method: &'static str, result: &'static str) {
    metrics::counter!("tollgate_signins_total", "method" => method, "result" => result)
        .increment(1);
}

async fn evaluate(ctx: &Ctx, by: &Principal, request: SignIn) -> Result<Step> {
    ctx.throttle("signin", request.address).await?;
    let found = find(ctx, &request.login).await?;
    let whose = whose(found.as_ref(), &request.login);
    let lane = Lane::of(ctx, whose, &request.device).await?;
    let tried = lane.enter(ctx, &request.device).await?;
    let unheard = lane.until_heard(ctx, by, tried);
    let outcome = look(ctx, by, &request, (found, whose), (&lane, tried)).await;
    let outcome = match outcome {
        Ok(Some(step)) => Ok(step),
        Ok(None) => {
            lane.failed(ctx, by, tried).await?;
            Err(Error::new(&codes::SIGNIN_FAILED))
        }
        // The house was busy, or the password right and something else missing.
        Err(fault) => {
            lane.excuse(ctx, tried).await?;
            Err(fault)
        }
    };
    unheard.heard();
    outcome
}

/// Hold the password against what is stored. Nothing if it is wrong.
async fn look(
    ctx: &Ctx,
    by: &Principal,
    request: &SignIn,
    (mut found, whose): (Option<Found>, Whose),
    (lane, tried): (&Lane, Try),
) -> Result<Option<Step>> {
    for _ in 0..TRIES {
        let password = &request.password;
        let Some((account, hash, better)) = prove(ctx, found, password, whose).await? else {
            break;
        };
        let known = Known {
            hash,
            better,
            lane: lane.clone(),
            tried,
        };
        let entry = Entry {
            account,
            password: Some(known.hash.clone()),
            proof: Proof::Password(known),
            device: request.device.clone(),
            opening: request.opening,
            asks: request.client.second_step,
        };
        if let Some(step) = entry.go_on(ctx, by).await? {
            return Ok(Some(step));
        }
        // Another device's sign-in may have upgraded the hash.
        found = find(ctx, &request.login).await?;
    }
    Ok(None)
}

async fn prove(
    ctx: &Ctx,
    found: Option<Found>,
    password: &SecretString,
    whose: Whose,
) -> Result<Option<(Account, String, Option<String>)>> {
    let Some(Found {
        account,
        hash: Some(hash),
    }) = found
    else {
        let mut salt = [0; 16];
        salt.copy_from_slice(&whose.digest()[..16]);
        ctx.hasher().verify_nobody(password, salt).await?;
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
    Ok(Some((account, hash, better)))
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
    Ok(Some(Found { account, hash }))
}

/// At whose account somebody tries: under whichever of its names, or the canonical
/// form of what was typed.
fn whose(found: Option<&Found>, login: &str) -> Whose {
    match found {
        Some(found) => Whose::Account(found.account.id),
        None => Whose::Nobody(match Identifier::parse(login) {
            Ok(identifier) => digest(&[b"signin name", identifier.canonical().as_bytes()]),
            Err(_) => digest(&[b"signin name", login.as_bytes()]),
        }),
    }
}

/// Tell that something else than a password failed so often that no more of it is
/// looked at for a while.
async fn note_blocked(
    ctx: &Ctx,
    by: &Principal,
    (account, what): (UserId, &'static str),
) -> Result<()> {
    change(ctx, by, async move |_: &mut Tx<'_>, log: &mut Log| {
        let mut details = Details {
            subject: Some(account),
            ..Details::default()
        };
        details.data.say("lane", what);
        log.note(EventKind::SigninBlocked, details);
        Ok(())
    })
    .await
}
