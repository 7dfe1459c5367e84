//! Proving that an e-mail address is one's own: a link is sent there, and who
//! has it and says so has proved it.

use tollgate_base::{
    Error, Result, SecretString,
    access::{Permission, Principal},
    codes,
    id::JobId,
    identifier::{Email, Identifier},
};
use tollgate_crypto::mac::digest;
use tollgate_records::{
    accounts,
    events::EventKind,
    jobs,
    one_time::{self, Purpose},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        facts::allow,
        note::{Details, Log, change},
        once,
        queue::{Payload, VerifyJob},
        strikes,
    },
};

/// Have a link sent to one of one's own addresses. None is sent to one that is
/// verified.
///
/// # Errors
/// `auth.required`, `request.invalid` if it is none of theirs, `throttled`.
pub async fn ask(ctx: &Ctx, by: &Principal, email: Email) -> Result<()> {
    let (user, now) = (by.person()?.user, ctx.now());
    // Neither one account nor one mailbox is a way to flood somebody.
    let asks = digest(&[b"verification by", user.to_string().as_bytes()]);
    strikes::count(ctx, asks, None).await?;
    let gets = digest(&[b"verification of", email.canonical().as_bytes()]);
    strikes::count(ctx, gets, None).await?;
    let id = JobId::new(now, ctx.entropy())?;
    let payload = VerifyJob {
        account: user.to_string(),
        email: email.shown().to_owned(),
    }
    .to_payload()?;
    let asks = by.clone();
    change(ctx, by, async move |tx: &mut Tx<'_>, _: &mut Log| {
        allow(tx, &asks, Permission::AccountEdit, user).await?;
        let all = accounts::identifiers_in(tx, user).await?;
        let own = all
            .iter()
            .find(|known| known.canonical == email.canonical());
        let Some(own) = own else {
            let fault = Error::new(&codes::REQUEST_INVALID);
            return Err(fault.field("/email", "unknown", "You do not sign in with it."));
        };
        if own.verified_at.is_some() {
            return Ok(());
        }
        jobs::add(tx, id, VerifyJob::QUEUE, &payload, now).await
    })
    .await
}

/// Use a link. It proves the address that it was sent to and no other, and only
/// while that is still its owner's.
///
/// # Errors
/// `one_time.invalid`.
pub async fn confirm(ctx: &Ctx, by: &Principal, token: SecretString) -> Result<()> {
    let (now, hash) = (ctx.now(), once::fingerprint(&token)?);
    let invalid = || Error::new(&codes::ONE_TIME_INVALID);
    let presented = once::present(ctx, Purpose::AddressVerification, hash).await?;
    let owner = presented.account.ok_or_else(invalid)?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        for known in accounts::identifiers_in(tx, owner).await? {
            let binding = Some(once::sent_to(&known.canonical));
            let purpose = Purpose::AddressVerification;
            let redeemed = one_time::redeem(tx, purpose, hash, binding, now).await?;
            if redeemed.is_none() {
                continue;
            }
            let identifier = Identifier::parse(&known.shown)?;
            if accounts::verify_identifier(tx, owner, &identifier, now).await? {
                let details = Details {
                    actor: Some(owner),
                    subject: Some(owner),
                    ..Details::default()
                };
                log.note(EventKind::IdentifierVerified, details);
            }
            return Ok(());
        }
        Err(Error::new(&codes::ONE_TIME_INVALID))
    })
    .await
}
