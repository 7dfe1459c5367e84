//! Signing up: a stranger makes an account, where the operator allows it.

use std::net::IpAddr;

use tollgate_base::{
    Error, Result,
    access::{Principal, Role},
    codes,
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::{Ctx, Registration},
    steps::{
        enrol::{self, Applicant, Enrolment},
        note::{Log, change},
        vet::ClientProfile,
        view::{AccountView, view},
    },
};

/// What a stranger says of themselves, with a password.
#[derive(Debug)]
pub struct SignUp {
    /// Who.
    pub applicant: Applicant,
    /// Where the request came from.
    pub address: Option<IpAddr>,
    /// Whose rules for passwords apply.
    pub client: ClientProfile,
}

/// Make the account. It does not sign in.
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
    let enrolment =
        Enrolment::prepare(ctx, request.applicant, Role::Default, request.client).await?;
    let id = enrolment.id;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        enrolment.make(tx, log).await
    })
    .await?;
    metrics::counter!("tollgate_signups_total", "client" => request.client.name).increment(1);
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

async fn allow(ctx: &Ctx, address: Option<IpAddr>) -> Result<()> {
    if ctx.policy().registration == Registration::Off {
        return Err(Error::new(&codes::REGISTRATION_OFF));
    }
    ctx.throttle("signup", address).await
}
