//! The first administrator, and administrators when all are lost.
//!
//! Nobody becomes administrator by arriving first: it takes a link that is
//! printed on the machine, or a command typed there. Whether there is one is
//! tested in the transaction that makes one.

use tollgate_base::{
    Error, ExposeSecret, Result, SecretString,
    access::{Assurance, Facts, Permission, Principal, Role, Target, decide},
    codes,
    identifier::Identifier,
};
use tollgate_crypto::token::{self, Prefix};
use tollgate_records::{
    accounts,
    events::EventKind,
    installation,
    one_time::{self, Purpose},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        device::UserAgent,
        enrol::{Applicant, Enrolment, close_setup},
        equip::RecoveryCodes,
        land::{Landing, Opening, SignedIn},
        newcomer::{self, NewPasskey},
        note::{Details, Log, change},
        once,
        passkey::Question,
        vet::ClientProfile,
        view::{AccountView, view},
        ways::Way,
    },
};

/// What the setup form sends.
#[derive(Debug)]
pub struct SetUp {
    /// The token of the link.
    pub token: SecretString,
    /// Who becomes administrator.
    pub admin: Applicant,
    /// With which device.
    pub device: UserAgent,
}

/// What the setup form sends with the passkey that the browser made.
#[derive(Debug)]
pub struct SetUpByPasskey {
    /// The token of the link.
    pub token: SecretString,
    /// The passkey.
    pub made: NewPasskey,
    /// With which device.
    pub device: UserAgent,
}

/// When an administrator is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Only while none was ever made.
    First,
    /// In any case: the operator says so.
    Always,
}

const COOKIE: Opening = Opening::Cookie { remember: false };

/// Whether the first administrator is still to be made.
///
/// # Errors
/// What the database says.
pub async fn is_open(ctx: &Ctx, _by: &Principal, (): ()) -> Result<bool> {
    if ctx.installation().set_up_at.is_some() {
        return Ok(false);
    }
    let facts = installation::read(ctx.db()).await?;
    if let Some(facts) = &facts {
        ctx.set_installation(facts.clone());
    }
    Ok(facts.is_some_and(|facts| facts.set_up_at.is_none()))
}

/// Issue a setup link's token. Earlier ones are void.
///
/// # Errors
/// `admin.exists`, `access.denied`.
pub async fn link(ctx: &Ctx, by: &Principal, (): ()) -> Result<SecretString> {
    decide(
        by,
        Permission::AdminBootstrap,
        &Target::Installation,
        &Facts::NONE,
    )?;
    let minted = once::mint(ctx, Purpose::Setup, Prefix::Setup, None)?;
    let (row, now) = (minted.row, ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        require_open(tx).await?;
        one_time::issue(tx, &row, now).await?;
        log.note(EventKind::SetupLinkIssued, Details::default());
        Ok(())
    })
    .await?;
    Ok(minted.text)
}

/// Make the first administrator by the link, and sign them in. Their
/// identifiers are vouched for.
///
/// # Errors
/// `one_time.invalid`, `admin.exists`, `password.weak`, `identifier.taken`.
pub async fn set_up(ctx: &Ctx, by: &Principal, request: SetUp) -> Result<SignedIn> {
    let hash_of_token = present(ctx, &request.token).await?;
    if request.admin.password.is_none() {
        return Err(Error::new(&codes::REQUEST_INVALID).field(
            "/password",
            "required",
            "Choose a password.",
        ));
    }
    let enrolment =
        Enrolment::prepare(ctx, by, request.admin, Role::Admin, ClientProfile::NATIVE).await?;
    let landing = Landing::prepare(ctx, enrolment.id, COOKIE, request.device)?;
    open(
        ctx,
        by,
        (hash_of_token, enrolment),
        (landing, &[Way::Setup]),
    )
    .await
}

/// Have the browser of whoever has the link make a passkey, with which the first
/// administrator signs in.
///
/// # Errors
/// `one_time.invalid`, `passkey.unavailable`, `identifier.taken`, `request.invalid`.
pub async fn begin_passkey(ctx: &Ctx, _by: &Principal, request: SetUp) -> Result<Question> {
    present(ctx, &request.token).await?;
    newcomer::ask(ctx, &request.admin, (None, &request.device.device)).await
}

/// Make the first administrator with the passkey, and sign them in: with two
/// factors, as the passkey is both.
///
/// # Errors
/// `one_time.invalid`, `admin.exists`, `passkey.invalid`, `identifier.taken`,
/// `busy.hashing`.
pub async fn finish_passkey(
    ctx: &Ctx,
    by: &Principal,
    request: SetUpByPasskey,
) -> Result<(SignedIn, RecoveryCodes)> {
    let hash_of_token = present(ctx, &request.token).await?;
    let (enrolment, codes) = newcomer::enrol(ctx, by, &request.made, Role::Admin).await?;
    let landing =
        Landing::prepare(ctx, enrolment.id, COOKIE, request.device)?.with_assurance(Assurance::Two);
    let ways = &[Way::Setup, Way::Passkey];
    let signed_in = open(ctx, by, (hash_of_token, enrolment), (landing, ways)).await?;
    Ok((signed_in, codes))
}

async fn present(ctx: &Ctx, token: &SecretString) -> Result<[u8; 32]> {
    if !token::shaped(token.expose_secret(), Prefix::Setup) {
        return Err(Error::new(&codes::ONE_TIME_INVALID));
    }
    let hash_of_token = token::fingerprint(token.expose_secret());
    once::present(ctx, Purpose::Setup, hash_of_token).await?;
    Ok(hash_of_token)
}

/// The link was printed where the server runs: whoever has it says whose address
/// this is.
async fn open(
    ctx: &Ctx,
    by: &Principal,
    (hash_of_token, enrolment): ([u8; 32], Enrolment),
    (landing, ways): (Landing, &'static [Way]),
) -> Result<SignedIn> {
    let enrolment = enrolment.vouched().founding();
    let (id, now) = (enrolment.id, ctx.now());
    let opening = landing.clone();
    let opened = change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if !installation::mark_set_up(tx, now).await? {
            return Err(Error::new(&codes::ADMIN_EXISTS));
        }
        once::redeem(tx, Purpose::Setup, hash_of_token, now).await?;
        log.about(EventKind::SetUp, id);
        enrolment.make(tx, log).await?;
        opening.open(tx, log, ways).await
    })
    .await?;
    landing.finish(ctx, view(ctx, id).await?, opened)
}

/// Make an administrator from the command line or a provisioned start. Their
/// identifiers are vouched for.
///
/// # Errors
/// `admin.exists` under [`Condition::First`], `access.denied`, `password.weak`,
/// `identifier.taken`.
pub async fn create_admin(
    ctx: &Ctx,
    by: &Principal,
    (admin, condition): (Applicant, Condition),
) -> Result<AccountView> {
    decide(
        by,
        Permission::AdminBootstrap,
        &Target::Installation,
        &Facts::NONE,
    )?;
    let enrolment = Enrolment::prepare(ctx, by, admin, Role::Admin, ClientProfile::NATIVE)
        .await?
        .vouched();
    let id = enrolment.id;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if condition == Condition::First {
            require_open(tx).await?;
        }
        enrolment.make(tx, log).await
    })
    .await?;
    view(ctx, id).await
}

/// Make an existing account an administrator who can act.
///
/// # Errors
/// `access.denied`, `person.missing`.
pub async fn recover(ctx: &Ctx, by: &Principal, identifier: Identifier) -> Result<AccountView> {
    decide(
        by,
        Permission::AdminBootstrap,
        &Target::Installation,
        &Facts::NONE,
    )?;
    let account = accounts::by_identifier(ctx.db(), &identifier).await?;
    let (id, now) = (
        account
            .ok_or_else(|| Error::new(&codes::PERSON_MISSING))?
            .id,
        ctx.now(),
    );
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        close_setup(tx, log, id, now).await?;
        accounts::set_role(tx, id, Role::Admin, now).await?;
        accounts::set_suspended(tx, id, false, now).await?;
        log.about(EventKind::AdminRecovered, id);
        Ok(())
    })
    .await?;
    view(ctx, id).await
}

async fn require_open(tx: &mut Tx<'_>) -> Result<()> {
    match installation::read_in(tx).await? {
        Some(facts) if facts.set_up_at.is_none() => Ok(()),
        _ => Err(Error::new(&codes::ADMIN_EXISTS)),
    }
}
