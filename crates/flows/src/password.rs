//! Changing a password, and resetting one by a link in a mail.

use std::net::IpAddr;

use tollgate_base::{
    Error, ExposeSecret, Result, SecretString,
    access::{Facts, Permission, Principal, Target, decide},
    codes,
    error::FieldFault,
    id::{JobId, SessionId, UserId},
    identifier::Email,
    time::Time,
};
use tollgate_crypto::{mac::digest, password::Verdict, token::Prefix};
use tollgate_records::{
    accounts::{self, StoredIdentifier},
    events::EventKind,
    jobs,
    one_time::{self, Purpose},
    passwords,
    sessions::{self, EndReason},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::{Ctx, EndSessions},
    steps::{
        current,
        facts::allow,
        note::{Details, Log, change},
        once,
        queue::{Payload, ResetJob},
        strikes,
        vet::{ClientProfile, score, vet},
    },
};

/// More characters of a name than an address has are not looked at.
const NAME_MOST: usize = 254;

/// A new password from somebody who knows the current one.
#[derive(Debug)]
pub struct ChangePassword {
    /// The current one.
    pub current: SecretString,
    /// The new one.
    pub new: SecretString,
    /// Whether their other sessions end; the operator's policy may insist.
    pub end_others: bool,
    /// Whose rules apply.
    pub client: ClientProfile,
}

/// A new password from somebody who holds a reset link.
#[derive(Debug)]
pub struct ResetPassword {
    /// The token of the link.
    pub token: SecretString,
    /// The new password.
    pub new: SecretString,
    /// Whose rules apply.
    pub client: ClientProfile,
}

/// A password that somebody has in mind.
#[derive(Debug)]
pub struct Candidate {
    /// The password.
    pub password: SecretString,
    /// What they are called and sign in with, as far as they said.
    pub names: Vec<String>,
    /// Where the request came from.
    pub address: Option<IpAddr>,
}

/// How good a password would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strength {
    /// From 0, which falls at once or is refused, to 4.
    pub score: u8,
    /// The rules that it breaks.
    pub faults: Vec<FieldFault>,
}

/// Which sessions end with a password.
#[derive(Clone, Copy)]
enum Ends {
    All,
    But(SessionId),
    None,
}

/// A link that sets a new password, for an administrator to pass on.
#[derive(Debug)]
pub struct ResetLink {
    /// The token.
    pub token: SecretString,
    /// For whom.
    pub account: UserId,
}

/// Change the password of whoever asks. Their other sessions end if they or the
/// operator want that.
///
/// # Errors
/// `password.wrong`, `password.weak`, `throttled`, `busy.hashing`.
pub async fn change_own(ctx: &Ctx, by: &Principal, request: ChangePassword) -> Result<()> {
    let person = by.person()?;
    let (user, session, now) = (person.user, person.session, ctx.now());
    let facts = Facts {
        holds: Some(person.role),
        gives: None,
    };
    decide(
        by,
        Permission::PasswordChange,
        &Target::Account(user),
        &facts,
    )?;
    let old = current::prove(ctx, user, &request.current).await?;
    vet_for(
        ctx,
        user,
        &request.new,
        Some(&request.current),
        request.client,
    )
    .await?;
    let hash = ctx.hash(&request.new).await?;
    let policy = ctx.policy();
    let end_others = request.end_others || policy.password.end_sessions == EndSessions::Always;
    let ends = if end_others {
        Ends::But(session)
    } else {
        Ends::None
    };
    let history = policy.password.history;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if !passwords::is_still(tx, user, &old).await? {
            return Err(Error::new(&codes::PASSWORD_WRONG));
        }
        set(tx, user, (&hash, history), ends, now).await?;
        log.about(EventKind::PasswordChanged, user);
        Ok(())
    })
    .await
}

/// Say what is wrong with a password for somebody of these names. Sets nothing.
///
/// # Errors
/// `password.weak`.
pub fn review(
    ctx: &Ctx,
    _by: &Principal,
    (names, password): (Vec<String>, SecretString),
) -> Result<()> {
    vet_names(ctx, &password, ClientProfile::NATIVE, &names)
}

/// How many stored hashes nobody can check, because the pepper that they were
/// made with is not known any more.
///
/// # Errors
/// `store.down`.
pub async fn unpeppered(ctx: &Ctx, _by: &Principal, (): ()) -> Result<i64> {
    let mut missing = passwords::peppered(ctx.db(), None).await?;
    for pepper in ctx.hasher().peppers().ids() {
        missing -= passwords::peppered(ctx.db(), Some(pepper)).await?;
    }
    Ok(missing)
}

/// Say how good a password would be. Nothing of it is kept or logged.
///
/// # Errors
/// `throttled`.
pub async fn strength(ctx: &Ctx, _by: &Principal, request: Candidate) -> Result<Strength> {
    ctx.throttle("strength", request.address).await?;
    let cut = |name: &String| name.chars().take(NAME_MOST).collect();
    let names: Vec<String> = request.names.iter().map(cut).collect();
    let judged = vet_names(ctx, &request.password, ClientProfile::NATIVE, &names);
    Ok(match judged {
        Ok(()) => Strength {
            score: score(request.password.expose_secret()),
            faults: Vec::new(),
        },
        Err(weak) => Strength {
            score: 0,
            faults: weak.fields().to_vec(),
        },
    })
}

/// Ask for a reset link by mail. The answer and its cost are the same whether
/// or not the address is anybody's.
///
/// # Errors
/// `throttled`.
pub async fn request_reset(
    ctx: &Ctx,
    by: &Principal,
    (email, address): (Email, Option<IpAddr>),
) -> Result<()> {
    ctx.throttle("reset", address).await?;
    // Whoever asks from many addresses still floods nobody with mail.
    let subject = digest(&[b"reset", email.canonical().as_bytes()]);
    strikes::count(ctx, subject, None).await?;
    let now = ctx.now();
    let id = JobId::new(now, ctx.entropy())?;
    let payload = ResetJob {
        email: email.shown().to_owned(),
    }
    .to_payload()?;
    let add = async move |tx: &mut Tx<'_>, _: &mut Log| {
        jobs::add(tx, id, ResetJob::QUEUE, &payload, now).await
    };
    change(ctx, by, add).await
}

/// Set a new password by a link. All sessions end.
///
/// # Errors
/// `one_time.invalid`, `password.weak`, `busy.hashing`.
pub async fn reset(ctx: &Ctx, by: &Principal, request: ResetPassword) -> Result<()> {
    let (now, hash_of_token) = (ctx.now(), once::fingerprint(&request.token)?);
    let presented = once::present(ctx, Purpose::PasswordReset, hash_of_token).await?;
    let user = presented
        .account
        .ok_or_else(|| Error::new(&codes::ONE_TIME_INVALID))?;
    vet_for(ctx, user, &request.new, None, request.client).await?;
    let hash = ctx.hash(&request.new).await?;
    let history = ctx.policy().password.history;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let redeemed = once::redeem(tx, Purpose::PasswordReset, hash_of_token, now).await?;
        let owner = redeemed
            .account
            .ok_or_else(|| Error::new(&codes::ONE_TIME_INVALID))?;
        set(tx, owner, (&hash, history), Ends::All, now).await?;
        log.note(
            EventKind::PasswordReset,
            Details {
                actor: Some(owner),
                subject: Some(owner),
                ..Details::default()
            },
        );
        Ok(())
    })
    .await
}

/// Make a reset link for somebody, to be passed on by hand.
///
/// # Errors
/// `access.denied`, `access.rank`, `person.missing`.
pub async fn reset_link(ctx: &Ctx, by: &Principal, of: UserId) -> Result<ResetLink> {
    let minted = once::mint(ctx, Purpose::PasswordReset, Prefix::OneTime, Some(of))?;
    let (asks, row, now) = (by.clone(), minted.row, ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::PasswordReset, of).await?;
        one_time::issue(tx, &row, now).await?;
        log.about(EventKind::PasswordResetRequested, of);
        Ok(())
    })
    .await?;
    Ok(ResetLink {
        token: minted.text,
        account: of,
    })
}

/// Set the password, keep so many former ones, and end what rested on the old.
async fn set(
    tx: &mut Tx<'_>,
    user: UserId,
    (hash, history): (&str, u32),
    ends: Ends,
    now: Time,
) -> Result<()> {
    passwords::retire(tx, user, history, now).await?;
    passwords::set(tx, user, hash, now).await?;
    let keep = match ends {
        Ends::All => Some(None),
        Ends::But(session) => Some(Some(session)),
        Ends::None => None,
    };
    if let Some(keep) = keep {
        sessions::end_all(tx, user, keep, EndReason::PasswordChanged, now).await?;
        accounts::stop_earlier_tokens(tx, user, now).await?;
    }
    one_time::withdraw(tx, Purpose::PasswordReset, Some(user), now).await
}

/// Refuse what breaks a rule, the current password as far as it was said, and
/// then, as each costs a hash, those that are remembered.
async fn vet_for(
    ctx: &Ctx,
    user: UserId,
    new: &SecretString,
    current: Option<&SecretString>,
    client: ClientProfile,
) -> Result<()> {
    let account = accounts::find(ctx.db(), user).await?;
    let called = account.and_then(|account| account.profile.display_name);
    let identifiers = accounts::identifiers(ctx.db(), user).await?;
    let canonical = |one: &StoredIdentifier| one.canonical.clone();
    let names: Vec<String> = identifiers.iter().map(canonical).chain(called).collect();
    vet_names(ctx, new, client, &names)?;
    let reused = || {
        let weak = Error::new(&codes::PASSWORD_WEAK);
        weak.field("/password", "reused", "You have or had it already.")
    };
    if current.is_some_and(|current| current.expose_secret() == new.expose_secret()) {
        return Err(reused());
    }
    let history = ctx.policy().password.history;
    if history == 0 {
        return Ok(());
    }
    let stored = passwords::find(ctx.db(), user).await?;
    let former = passwords::former(ctx.db(), user, history).await?;
    for hash in stored.iter().chain(&former) {
        if ctx.hasher().verify(new, hash).await? != Verdict::Mismatch {
            return Err(reused());
        }
    }
    Ok(())
}

fn vet_names(ctx: &Ctx, new: &SecretString, client: ClientProfile, names: &[String]) -> Result<()> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    vet(new, client.passwords, &ctx.policy().password, &names)
}
