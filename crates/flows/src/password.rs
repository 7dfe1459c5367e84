//! Changing a password, and resetting one by a link in a mail.

use std::net::IpAddr;

use tollgate_base::{
    Error, ExposeSecret, Result, SecretString,
    access::{Facts, Permission, Principal, Target, decide},
    codes,
    error::FieldFault,
    id::{JobId, UserId},
    identifier::Email,
};
use tollgate_crypto::token::Prefix;
use tollgate_records::{
    accounts::{self, is_reset_by},
    events::EventKind,
    factors::passkeys,
    jobs,
    one_time::{self, Purpose},
    passwords,
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::{Ctx, EndSessions},
    steps::{
        asks::{self, Sort},
        breach, current,
        device::UserAgent,
        facts::{allow, allow_reading},
        new_password::{self, Ends},
        note::{Details, Log, change},
        once,
        queue::{Payload, ResetJob},
        renew::{Renewal, Renewed},
        vet::{ClientProfile, score},
    },
};

/// More characters of a name than an address has are not looked at.
const NAME_MOST: usize = 254;

/// A new password from somebody who knows the current one.
#[derive(Debug)]
pub struct ChangePassword {
    /// The current one, where there is one.
    pub current: Option<SecretString>,
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

/// Somebody who wants a reset link.
#[derive(Debug)]
pub struct AskReset {
    /// Their address.
    pub email: Email,
    /// From which device.
    pub device: UserAgent,
    /// Where the request came from.
    pub address: Option<IpAddr>,
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

/// A link that sets a new password, for an administrator to pass on.
#[derive(Debug)]
pub struct ResetLink {
    /// The token.
    pub token: SecretString,
    /// For whom.
    pub account: UserId,
}

/// Change the password of whoever asks. Their other sessions end if they or the
/// operator want that, and this one has a new secret.
///
/// # Errors
/// `password.wrong`, `factor.fresh`, `password.weak`, `throttled`,
/// `busy.hashing`.
pub async fn change_own(ctx: &Ctx, by: &Principal, request: ChangePassword) -> Result<Renewed> {
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
    let proof = current::prove(ctx, person, request.current.as_ref()).await?;
    new_password::vet_for(
        ctx,
        by,
        user,
        &request.new,
        request.current.as_ref(),
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
    let renewal = Renewal::prepare(ctx, person)?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        proof.stands(tx, now).await?;
        new_password::set(tx, user, (&hash, history), ends, now).await?;
        log.about(EventKind::PasswordChanged, user);
        renewal.make(tx, now).await
    })
    .await
}

/// Whether an account has a password.
///
/// # Errors
/// `access.denied`, `access.rank`, `person.missing`.
pub async fn is_set(ctx: &Ctx, by: &Principal, of: UserId) -> Result<bool> {
    allow_reading(ctx.db(), by, Permission::FactorsRead, of).await?;
    Ok(passwords::find(ctx.db(), of).await?.is_some())
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
    new_password::vet_names(ctx, &password, ClientProfile::NATIVE, &names)
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
    let judged = new_password::vet_names(ctx, &request.password, ClientProfile::NATIVE, &names);
    let judged = match judged {
        Ok(()) => breach::refuse_listed(ctx, &request.password).await,
        weak => weak,
    };
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

/// Ask for a reset link by mail. Earlier ones stay good until one is used. The answer
/// and its cost are the same whether or not the address is anybody's.
///
/// # Errors
/// `throttled`.
pub async fn request_reset(ctx: &Ctx, by: &Principal, request: AskReset) -> Result<()> {
    let email = request.email;
    ctx.throttle("reset", request.address).await?;
    // Whoever asks from many addresses still floods nobody with mail.
    asks::count(ctx, Sort::Reset, (&email, &request.device)).await?;
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

/// Set a new password by a link, which counts for as long as it might still be mailed
/// where it was. All sessions end; whose the address is stays as well known as it was.
///
/// # Errors
/// `one_time.invalid`, `password.weak`, `busy.hashing`.
pub async fn reset(ctx: &Ctx, by: &Principal, request: ResetPassword) -> Result<()> {
    let (now, hash_of_token) = (ctx.now(), once::fingerprint(&request.token)?);
    let presented = once::present(ctx, Purpose::PasswordReset, hash_of_token).await?;
    let user = presented
        .account
        .ok_or_else(|| Error::new(&codes::ONE_TIME_INVALID))?;
    new_password::vet_for(ctx, by, user, &request.new, None, request.client).await?;
    let hash = ctx.hash(&request.new).await?;
    let history = ctx.policy().password.history;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let known = accounts::identifiers_in(tx, user).await?;
        let open = known.iter().filter(|own| is_reset_by(&known, own));
        let mut to = open.map(|own| once::sent_to(&own.canonical));
        let binding = to.find(|to| presented.binding == Some(*to));
        let purpose = Purpose::PasswordReset;
        let redeemed = one_time::redeem(tx, purpose, hash_of_token, binding, now).await?;
        let owner = redeemed
            .and_then(|redeemed| redeemed.account)
            .ok_or_else(once::invalid)?;
        new_password::set(tx, owner, (&hash, history), Ends::All, now).await?;
        for own in &known {
            asks::forgive(tx, Sort::Reset, &own.canonical).await?;
        }
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
/// `access.denied`, `access.rank`, `factor.fresh`, `password.fresh`, `person.missing`.
pub async fn reset_link(ctx: &Ctx, by: &Principal, of: UserId) -> Result<ResetLink> {
    let minted = once::mint(ctx, Purpose::PasswordReset, Prefix::OneTime, Some(of))?;
    let (asks, row, now) = (by.clone(), minted.row, ctx.now());
    // Whoever is new here and cannot sign in yet has nothing that a link could take.
    let is_new = passwords::find(ctx.db(), of).await?.is_none()
        && passkeys::of(ctx.db(), of).await?.is_empty();
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::PasswordReset, of).await?;
        current::stands_lately(tx, &asks, now).await?;
        one_time::issue(tx, &row, now).await?;
        log.note(
            EventKind::PasswordResetRequested,
            Details {
                subject: Some(of),
                quiet: is_new,
                ..Details::default()
            },
        );
        Ok(())
    })
    .await?;
    Ok(ResetLink {
        token: minted.text,
        account: of,
    })
}
