//! Ending a lock-out before its time: by a link that the owner gets by mail, which
//! also has their device known and so lets them in whatever an attacker goes on
//! with; and by whoever looks after people.

use std::net::IpAddr;

use tollgate_base::{
    Result, SecretString,
    access::{Permission, Principal},
    id::{JobId, UserId},
    identifier::Identifier,
    time::Time,
};
use tollgate_crypto::{device::DeviceSecrets, mac::digest};
use tollgate_records::{
    accounts::{self, Account},
    events::EventKind,
    jobs,
    one_time::{self, Purpose},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        device::{Arrival, UserAgent},
        facts::{allow, allow_reading},
        lanes,
        note::{Details, Log, change},
        once,
        queue::{Payload, UnlockJob},
        strikes,
    },
};

/// Longer names are nobody's.
const LOGIN_MOST: usize = 254;

/// Somebody who is refused and wants in.
#[derive(Debug)]
pub struct Ask {
    /// An address or a username.
    pub login: String,
    /// From which address of the network.
    pub address: Option<IpAddr>,
}

/// Somebody who holds the link of such a mail.
#[derive(Debug)]
pub struct Finish {
    /// Its token.
    pub token: SecretString,
    /// With which device.
    pub device: UserAgent,
}

/// Ask for a mail with a way in. The answer and its cost are the same for names that
/// are nobody's.
///
/// # Errors
/// `throttled`.
pub async fn ask(ctx: &Ctx, by: &Principal, request: Ask) -> Result<()> {
    ctx.throttle("unlock", request.address).await?;
    let login: String = request.login.chars().take(LOGIN_MOST).collect();
    let name = Identifier::parse(&login);
    let name = name.map_or_else(|_| login.clone(), |name| name.canonical().to_owned());
    let gets = digest(&[b"unlock mail", name.as_bytes()]);
    strikes::count(ctx, gets).await?;
    let now = ctx.now();
    let job = JobId::new(now, ctx.entropy())?;
    let payload = UnlockJob {
        account: None,
        login: Some(login),
    }
    .to_payload()?;
    change(ctx, by, async move |tx: &mut Tx<'_>, _: &mut Log| {
        jobs::add(tx, job, UnlockJob::QUEUE, &payload, now).await
    })
    .await
}

/// Use the link: sign-in works again, from everywhere, and from this device whatever
/// is tried elsewhere. What the device is to keep is answered. Codes of second
/// factors that were wrong stay counted: reading the mail proves nothing of them.
///
/// # Errors
/// `one_time.invalid` whatever is wrong with it.
pub async fn finish(ctx: &Ctx, by: &Principal, request: Finish) -> Result<Option<DeviceSecrets>> {
    let (now, token) = (ctx.now(), once::fingerprint(&request.token)?);
    let presented = once::present(ctx, Purpose::Unlock, token).await?;
    let user = presented.account.ok_or_else(once::invalid)?;
    let arrival = Arrival::prepare(ctx, user, request.device)?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let account = accounts::find_in(tx, user).await?;
        account
            .filter(Account::is_active)
            .ok_or_else(once::invalid)?;
        let known = accounts::identifiers_in(tx, user).await?;
        let proved = known.iter().filter(|own| own.verified_at.is_some());
        let mut to = proved.map(|own| once::sent_to(&own.canonical));
        let binding = to.find(|to| presented.binding == Some(*to));
        one_time::redeem(tx, Purpose::Unlock, token, binding, now)
            .await?
            .ok_or_else(once::invalid)?;
        lanes::open(tx, user).await?;
        let mut details = arrival.details();
        details.data.say("by", "mail");
        log.note(EventKind::AccountUnlocked, details);
        let seen = arrival.look(tx).await?;
        let settled = arrival.settle(tx, seen, now).await?;
        Ok(settled.map(|settled| settled.secrets))
    })
    .await
}

/// End the lock-out of somebody, wrong codes of second factors among it. Nothing is
/// noted where there was nothing to end.
///
/// # Errors
/// `access.denied`, `access.rank`, `person.missing`.
pub async fn unlock(ctx: &Ctx, by: &Principal, of: UserId) -> Result<()> {
    let asks = by.clone();
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::AccountUnlock, of).await?;
        let lanes = lanes::open(tx, of).await?;
        if lanes::forgive_codes(tx, of).await? || lanes {
            let mut details = Details {
                subject: Some(of),
                ..Details::default()
            };
            details.data.say("by", "hand");
            log.note(EventKind::AccountUnlocked, details);
        }
        Ok(())
    })
    .await
}

/// Until when an account refuses strangers, if it does.
///
/// # Errors
/// `access.denied`, `access.rank`, `person.missing`.
pub async fn locked_until(ctx: &Ctx, by: &Principal, of: UserId) -> Result<Option<Time>> {
    allow_reading(ctx.db(), by, Permission::AccountUnlock, of).await?;
    lanes::shut_until(ctx, of).await
}
