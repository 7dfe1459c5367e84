//! Signing in by mail: a link or a code goes to a verified address, and works
//! in the browser that asked for it.
//!
//! Asking costs and answers the same for every address: a request is stored and
//! a mail is queued, and whether it is anybody's is found out when the mail is
//! made. What is shown later is held against the request, of which a guesser has
//! as many tries whether or not it was anybody's.

use std::{net::IpAddr, time::Duration};

use tollgate_base::{
    Error, ExposeSecret, Result, SecretString, access::Principal, codes, id::JobId,
    identifier::Email,
};
use tollgate_crypto::{
    mac::equal,
    token::{self, Prefix},
};
use tollgate_records::{
    accounts, jobs,
    one_time::{self, Purpose},
    passwords,
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::{ByMail, Ctx},
    steps::{
        asks::{self, Sort},
        device::UserAgent,
        land::Opening,
        note::{Log, change},
        once,
        queue::{Payload, SignInJob},
        ways::Way,
    },
};

use super::{
    Step, count_step,
    first::{Entry, Proof, Shown},
};

/// Somebody who wants to sign in by mail.
#[derive(Debug)]
pub struct AskMail {
    /// Their address.
    pub email: Email,
    /// From which device.
    pub device: UserAgent,
    /// Where the request came from.
    pub address: Option<IpAddr>,
}

/// A request for such a mail, which is on its way if the address is verified.
#[derive(Debug)]
pub struct AskedMail {
    /// What only the browser that asked has; it goes with what the mail says.
    pub request: SecretString,
    /// How long that works.
    pub lives: Duration,
}

/// What somebody shows of the mail.
#[derive(Debug)]
pub struct FinishMail {
    /// What [`ask_mail`] answered.
    pub request: SecretString,
    /// The token of the link, or the code.
    pub shown: SecretString,
    /// From which device.
    pub device: UserAgent,
    /// From which address.
    pub address: Option<IpAddr>,
    /// Which credentials are wanted.
    pub opening: Opening,
}

/// Ask for a mail to sign in with. Earlier ones stay good until one is used.
///
/// # Errors
/// `signin.mail_off`, `throttled`.
pub async fn ask_mail(ctx: &Ctx, by: &Principal, request: AskMail) -> Result<AskedMail> {
    let purpose = allowed(ctx)?;
    ctx.throttle("signin_mail", request.address).await?;
    // Whoever asks from many addresses still floods nobody with mail.
    let known = asks::count(ctx, Sort::SignIn, (&request.email, &request.device)).await?;
    let now = ctx.now();
    let job = JobId::new(now, ctx.entropy())?;
    let mut minted = once::mint(ctx, purpose, Prefix::OneTime, None)?;
    let shown = match purpose {
        Purpose::SignInCode => once::mailed_code(ctx, job),
        _ => once::mailed_token(ctx, job),
    };
    minted.row.binding = Some(binding(ctx, purpose, minted.row.hash, &shown));
    let payload = SignInJob {
        email: request.email.shown().to_owned(),
        request: minted.row.id.to_string(),
        purpose: purpose.as_str().to_owned(),
        known,
    }
    .to_payload()?;
    let row = minted.row;
    change(ctx, by, async move |tx: &mut Tx<'_>, _: &mut Log| {
        one_time::add(tx, &row, now).await?;
        jobs::add(tx, job, SignInJob::QUEUE, &payload, now).await
    })
    .await?;
    Ok(AskedMail {
        request: minted.text,
        lives: purpose.lives(),
    })
}

/// Sign in with what the mail says.
///
/// # Errors
/// `one_time.invalid` whatever is wrong with it, `signin.mail_off`,
/// `throttled`.
pub async fn finish_mail(ctx: &Ctx, by: &Principal, request: FinishMail) -> Result<Step> {
    let text = request.shown.expose_secret().trim();
    let (way, purpose) = if token::shaped(text, Prefix::OneTime) {
        (Way::MailLink, Purpose::SignInLink)
    } else {
        (Way::MailCode, Purpose::SignInCode)
    };
    let outcome = evaluate(ctx, by, request, (way, purpose)).await;
    count_step(way.name(), &outcome);
    outcome
}

async fn evaluate(
    ctx: &Ctx,
    by: &Principal,
    request: FinishMail,
    (way, purpose): (Way, Purpose),
) -> Result<Step> {
    allowed(ctx)?;
    ctx.throttle("signin", request.address).await?;
    let hash = once::fingerprint(&request.request)?;
    let presented = once::present(ctx, purpose, hash).await?;
    let binding = binding(ctx, purpose, hash, &plain(&request.shown));
    let expected = presented.binding.ok_or_else(once::invalid)?;
    if !equal(&binding, &expected) {
        return Err(once::invalid());
    }
    let user = presented.account.ok_or_else(once::invalid)?;
    let account = accounts::find(ctx.db(), user).await?;
    let asked = asks::counted(ctx, Sort::SignIn, (user, &request.device)).await?;
    let entry = Entry {
        account: account.ok_or_else(once::invalid)?,
        password: passwords::find(ctx.db(), user).await?,
        proof: Proof::Secret(Shown {
            way,
            purpose,
            hash,
            binding: Some(binding),
            asked,
        }),
        device: request.device,
        opening: request.opening,
        asks: true,
    };
    entry.go_on(ctx, by).await?.ok_or_else(once::invalid)
}

/// What is mailed, where the operator allows it.
fn allowed(ctx: &Ctx) -> Result<Purpose> {
    match ctx.policy().by_mail {
        ByMail::Off => Err(Error::new(&codes::SIGNIN_MAIL_OFF)),
        ByMail::Link => Ok(Purpose::SignInLink),
        ByMail::Code => Ok(Purpose::SignInCode),
    }
}

/// What a request is bound to.
fn binding(ctx: &Ctx, purpose: Purpose, request: [u8; 32], shown: &SecretString) -> [u8; 32] {
    let shown = shown.expose_secret();
    match purpose {
        Purpose::SignInCode => once::code_for(ctx, request, shown),
        _ => token::fingerprint(shown),
    }
}

/// As it was mailed: a token, or the digits of a code.
fn plain(shown: &SecretString) -> SecretString {
    let text = shown.expose_secret().trim();
    if token::shaped(text, Prefix::OneTime) {
        return text.to_owned().into();
    }
    once::typed_code(text).into()
}
