//! Signing up: a stranger makes an account, where the operator allows it, with a
//! password or with a passkey.

use std::net::IpAddr;

use tollgate_base::{
    Error, Result,
    access::{Principal, Role},
    codes,
    id::UserId,
    identifier::Email,
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::{Ctx, Registration},
    steps::{
        device::UserAgent,
        enrol::{self, Applicant, Enrolment},
        equip::RecoveryCodes,
        newcomer::{self, NewPasskey},
        note::{Log, change},
        passkey::Question,
        proving::Proving,
        vet::ClientProfile,
        view::{AccountView, view},
    },
};

/// What a stranger says of themselves, with a password.
#[derive(Debug)]
pub struct SignUp {
    /// Who.
    pub applicant: Applicant,
    /// The language that they read, as a tag such as `de`.
    pub locale: Option<String>,
    /// Where the request came from.
    pub address: Option<IpAddr>,
    /// Whose rules for passwords apply.
    pub client: ClientProfile,
}

/// Make the account, and mail a link that proves its address. It does not sign
/// in.
///
/// # Errors
/// `registration.off`, `throttled`, `password.weak`, `identifier.taken`,
/// `request.invalid`, `busy.hashing`.
pub async fn signup(ctx: &Ctx, by: &Principal, request: SignUp) -> Result<AccountView> {
    allow(ctx, request.address).await?;
    if request.applicant.password.is_none() {
        return Err(Error::new(&codes::REQUEST_INVALID).field(
            "/password",
            "required",
            "Choose a password.",
        ));
    }
    let (applicant, client) = (request.applicant, request.client);
    let enrolment = Enrolment::prepare(ctx, by, applicant, Role::Default, client)
        .await?
        .reading(request.locale.as_deref())?;
    make(ctx, by, enrolment, client).await
}

/// Have the browser make a passkey, with which the account begins.
///
/// # Errors
/// `registration.off`, `throttled`, `passkey.unavailable`, `identifier.taken`,
/// `request.invalid`.
pub async fn begin_passkey(
    ctx: &Ctx,
    _by: &Principal,
    (request, device): (SignUp, UserAgent),
) -> Result<Question> {
    allow(ctx, request.address).await?;
    let reads = (request.locale.as_deref(), &device.device);
    newcomer::ask(ctx, &request.applicant, reads).await
}

/// Make the account with the passkey, and mail a link that proves its address. It
/// does not sign in.
///
/// # Errors
/// `registration.off`, `throttled`, `one_time.invalid` if it is to be begun again,
/// `passkey.invalid`, `identifier.taken`, `busy.hashing`.
pub async fn finish_passkey(
    ctx: &Ctx,
    by: &Principal,
    (made, address): (NewPasskey, Option<IpAddr>),
) -> Result<(AccountView, RecoveryCodes)> {
    require_open(ctx)?;
    ctx.throttle("passkey", address).await?;
    let (enrolment, codes) = newcomer::enrol(ctx, by, &made, Role::Default).await?;
    let account = make(ctx, by, enrolment, ClientProfile::NATIVE).await?;
    Ok((account, codes))
}

async fn make(
    ctx: &Ctx,
    by: &Principal,
    enrolment: Enrolment,
    client: ClientProfile,
) -> Result<AccountView> {
    let (id, now) = (enrolment.id, ctx.now());
    let proving = match enrolment.email() {
        Some(email) => proving(ctx, id, email).await?,
        None => None,
    };
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        enrolment.make(tx, log).await?;
        match &proving {
            Some(proving) => proving.queue(tx, now).await,
            None => Ok(()),
        }
    })
    .await?;
    metrics::counter!("tollgate_signups_total", "client" => client.name).increment(1);
    view(ctx, id).await
}

/// Say what is wrong with as much of an application as there is: for forms
/// that have faults of their own and tell all of them at once. Makes nothing.
///
/// # Errors
/// `registration.off`, `throttled`, `password.weak`, `identifier.taken`,
/// `request.invalid`.
pub async fn review(ctx: &Ctx, _by: &Principal, request: &SignUp) -> Result<()> {
    allow(ctx, request.address).await?;
    enrol::check(ctx, &request.applicant, request.client).await
}

/// A mailbox that gets too many such mails gets none, and who has it can ask
/// for one later.
async fn proving(ctx: &Ctx, id: UserId, email: &Email) -> Result<Option<Proving>> {
    match Proving::prepare(ctx, id, email).await {
        Err(fault) if fault.is(&codes::THROTTLED) => Ok(None),
        proving => proving.map(Some),
    }
}

async fn allow(ctx: &Ctx, address: Option<IpAddr>) -> Result<()> {
    require_open(ctx)?;
    ctx.throttle("signup", address).await
}

fn require_open(ctx: &Ctx) -> Result<()> {
    match ctx.policy().registration {
        Registration::Off => Err(Error::new(&codes::REGISTRATION_OFF)),
        Registration::Open => Ok(()),
    }
}
