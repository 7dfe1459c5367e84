//! Somebody who is to have an account and signs in with a passkey, not a password.
//! The browser makes it before there is an account, which begins with it; until then
//! the question remembers who they are.

use serde::{Deserialize, Serialize};
use tollgate_base::{
    Error, Result, SecretString,
    access::{Principal, Role},
    codes,
    id::UserId,
    identifier::{Email, Identifier, Username},
};
use tollgate_crypto::passkey::Registrant;
use tollgate_records::{factors::passkeys::CeremonyPurpose, sessions::Device};

use crate::ctx::Ctx;

use super::{
    enrol::{self, Applicant, Enrolment, FirstPasskey},
    equip::{RecoveryCodes, make_codes},
    once,
    passkey::{self, Asked, Question},
    vet::ClientProfile,
};

/// What the browser of somebody made who is to have an account.
#[derive(Debug)]
pub struct NewPasskey {
    /// Which question it answers.
    pub ceremony: SecretString,
    /// The new credential, as JSON.
    pub answer: String,
}

/// Who is to have the account. JSON column.
#[derive(Serialize, Deserialize)]
struct Newcomer {
    /// The id that it will have, which authenticators know it by.
    id: String,
    email: Option<String>,
    username: Option<String>,
    display_name: Option<String>,
    locale: Option<String>,
}

/// Have the browser make a passkey. Nothing is promised: a name may be taken
/// meanwhile.
///
/// # Errors
/// `passkey.unavailable`, `request.invalid`, `identifier.taken`.
pub(crate) async fn ask(
    ctx: &Ctx,
    who: &Applicant,
    (locale, device): (Option<&str>, &Device),
) -> Result<Question> {
    let here = passkey::relying_party(ctx)?;
    let identifiers = who.identifiers();
    enrol::require_name(&identifiers)?;
    enrol::check(ctx, who, ClientProfile::NATIVE).await?;
    let id = UserId::new(ctx.now(), ctx.entropy())?;
    let login = identifiers.first().map_or("", Identifier::shown);
    let registrant = Registrant {
        handle: id.bits(),
        name: login,
        display_name: who.display_name.as_deref().unwrap_or(login),
    };
    let newcomer = Newcomer {
        id: id.to_string(),
        email: who.email.as_ref().map(|email| email.shown().to_owned()),
        username: who.username.as_ref().map(|name| name.shown().to_owned()),
        display_name: who.display_name.clone(),
        locale: locale.map(ToOwned::to_owned),
    };
    let asked = Asked {
        name: Some(device.browser.clone().unwrap_or_else(|| login.to_owned())),
        newcomer: Some(serde_json::to_string(&newcomer).map_err(broken)?),
        ..Asked::to(CeremonyPurpose::Enrolment, None)
    };
    passkey::ask(ctx, asked, here.begin_registration(registrant, &[])?).await
}

/// The account that begins with what the browser made, and its recovery codes.
///
/// # Errors
/// `one_time.invalid` if it was begun too long ago, `passkey.invalid`,
/// `identifier.taken`, `busy.hashing`.
pub(crate) async fn enrol(
    ctx: &Ctx,
    by: &Principal,
    made: &NewPasskey,
    role: Role,
) -> Result<(Enrolment, RecoveryCodes)> {
    let purpose = CeremonyPurpose::Enrolment;
    let mut begun = passkey::take(ctx, &made.ceremony, purpose, (None, None)).await?;
    let (newcomer, name) = (begun.newcomer.take(), begun.name.take());
    let (Some(newcomer), Some(name)) = (newcomer, name) else {
        return Err(once::invalid());
    };
    let newcomer: Newcomer = serde_json::from_str(&newcomer).map_err(broken)?;
    let passkey = passkey::made(ctx, newcomer.id.parse()?, name, (&begun, &made.answer))?;
    let (codes, hashes) = make_codes(ctx).await?;
    let locale = newcomer.locale.clone();
    let client = ClientProfile::NATIVE;
    let enrolment = Enrolment::prepare(ctx, by, newcomer.applicant()?, role, client)
        .await?
        .reading(locale.as_deref())?
        .with_passkey(FirstPasskey {
            passkey,
            codes: hashes,
        });
    Ok((enrolment, codes))
}

impl Newcomer {
    fn applicant(self) -> Result<Applicant> {
        Ok(Applicant {
            email: self.email.as_deref().map(Email::parse).transpose()?,
            username: self.username.as_deref().map(Username::parse).transpose()?,
            display_name: self.display_name,
            password: None,
        })
    }
}

fn broken(fault: serde_json::Error) -> Error {
    Error::new(&codes::INTERNAL).because(fault)
}
