//! One's own phone: a number is begun with, proved by a code that is sent there,
//! and taken away again. It may later get codes as a second factor, so that
//! whoever changes it proves themselves as for one.

use std::net::IpAddr;

use tollgate_base::{
    Error, Result, SecretString,
    access::{Permission, Principal},
    codes,
    id::UserId,
    phone::Phone,
};
use tollgate_crypto::mac::digest;
use tollgate_records::{
    devices,
    events::EventKind,
    factors::ways::{self, Channel},
    one_time::{self, Purpose},
    phones::{self, StoredPhone},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        current,
        equip::{manages, removed},
        facts::allow_reading,
        note::{Log, change},
        sent::{self, Wanted},
        strikes,
    },
};

/// A number that somebody wants to have, who knows the password.
#[derive(Debug)]
pub struct Begin {
    /// The number.
    pub number: Phone,
    /// The current password, where there is one.
    pub password: Option<SecretString>,
    /// From which address.
    pub address: Option<IpAddr>,
}

/// What an account has: one that is proved, and one that waits for its code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phones {
    /// It is known to be theirs.
    pub proved: Option<StoredPhone>,
    /// It takes the place of the other once it is.
    pub waits: Option<StoredPhone>,
}

/// Whether phones can be proved here: texts go somewhere.
pub fn offered(ctx: &Ctx) -> bool {
    ctx.texter().is_on()
}

/// The phone of an account.
///
/// # Errors
/// `access.denied`, `access.rank`, `person.missing`.
pub async fn of(ctx: &Ctx, by: &Principal, of: UserId) -> Result<Phones> {
    allow_reading(ctx.db(), by, Permission::AccountRead, of).await?;
    let all = phones::of(ctx.db(), of).await?;
    let (mut proved, mut waits): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|phone| phone.verified_at.is_some());
    Ok(Phones {
        proved: proved.pop(),
        waits: waits.pop(),
    })
}

/// Begin with a number: a code is sent there. One that is proved already gets
/// none.
///
/// # Errors
/// `auth.required`, `access.denied`, `code.unavailable`, `password.wrong`,
/// `factor.fresh`, `throttled`, `busy.hashing`.
pub async fn begin(ctx: &Ctx, by: &Principal, request: Begin) -> Result<()> {
    let person = manages(by)?;
    let (user, now) = (person.user, ctx.now());
    if !offered(ctx) {
        return Err(Error::new(&codes::CODE_UNAVAILABLE));
    }
    ctx.throttle("codes", request.address).await?;
    let proof = current::prove(ctx, person, request.password.as_ref()).await?;
    let number = request.number;
    let known = phones::of(ctx.db(), user).await?;
    let is_proved = |phone: &StoredPhone| phone.number == number && phone.verified_at.is_some();
    if known.iter().any(is_proved) {
        return Ok(());
    }
    let order = sent::order(ctx, &wanted(user, &number)).await?;
    change(ctx, by, async move |tx: &mut Tx<'_>, _: &mut Log| {
        proof.stands(tx, now).await?;
        phones::add(tx, user, &number, now).await?;
        order.place(tx, now).await
    })
    .await
}

/// Have another code sent to the number that waits for one.
///
/// # Errors
/// `auth.required`, `access.denied`, `phone.missing`, `code.unavailable`,
/// `throttled`.
pub async fn resend(ctx: &Ctx, by: &Principal, address: Option<IpAddr>) -> Result<()> {
    let user = manages(by)?.user;
    if !offered(ctx) {
        return Err(Error::new(&codes::CODE_UNAVAILABLE));
    }
    ctx.throttle("codes", address).await?;
    let waits = of(ctx, by, user).await?.waits.ok_or_else(missing)?;
    let (order, now) = (
        sent::order(ctx, &wanted(user, &waits.number)).await?,
        ctx.now(),
    );
    let place = async move |tx: &mut Tx<'_>, _: &mut Log| order.place(tx, now).await;
    change(ctx, by, place).await
}

/// Prove a number by the code that was sent there. It takes the place of another
/// one, for codes too.
///
/// # Errors
/// `auth.required`, `access.denied`, `phone.missing`, `phone.code`, `throttled`.
pub async fn confirm(ctx: &Ctx, by: &Principal, typed: SecretString) -> Result<()> {
    let (user, now) = (manages(by)?.user, ctx.now());
    let waits = of(ctx, by, user).await?.waits.ok_or_else(missing)?;
    let number = waits.number;
    let wrong = || {
        let fault = Error::new(&codes::PHONE_CODE);
        fault.field("/code", "wrong", "That is not the code of the last text.")
    };
    let tries = digest(&[b"phone", user.to_string().as_bytes()]);
    strikes::count(ctx, tries).await?;
    let typed = (to(&number), &typed);
    let found = sent::find(ctx, Purpose::PhoneVerification, user, typed).await?;
    let (_, hash) = found.ok_or_else(wrong)?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let purpose = Purpose::PhoneVerification;
        let redeemed = one_time::redeem(tx, purpose, hash, None, now).await?;
        if redeemed.is_none() || !phones::verify(tx, user, &number, now).await? {
            return Err(wrong());
        }
        ways::retarget(tx, user, Channel::Sms, number.as_str()).await?;
        // What went to the old number opens nothing any more.
        one_time::withdraw(tx, Purpose::SentCode, Some(user), now).await?;
        devices::distrust(tx, user).await?;
        sent::forgive(tx, purpose, user).await?;
        log.about(EventKind::PhoneVerified, user);
        Ok(())
    })
    .await
}

/// Take the phone away, and codes that are sent there.
///
/// # Errors
/// `auth.required`, `access.denied`, `phone.missing`, `password.wrong`,
/// `factor.fresh`, `throttled`, `busy.hashing`.
pub async fn remove(ctx: &Ctx, by: &Principal, password: Option<SecretString>) -> Result<()> {
    let person = manages(by)?;
    let (user, session, now) = (person.user, person.session, ctx.now());
    let proof = current::prove(ctx, person, password.as_ref()).await?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        proof.stands(tx, now).await?;
        if phones::forget(tx, user).await? == 0 {
            return Err(missing());
        }
        one_time::withdraw(tx, Purpose::PhoneVerification, Some(user), now).await?;
        log.about(EventKind::PhoneRemoved, user);
        if ways::turn_off(tx, user, Channel::Sms).await? {
            log.about(EventKind::CodesTurnedOff, user);
            removed(tx, user, session).await?;
        }
        Ok(())
    })
    .await
}

fn wanted(account: UserId, number: &Phone) -> Wanted {
    Wanted {
        purpose: Purpose::PhoneVerification,
        account,
        way: Channel::Sms,
        to: number.as_str().to_owned(),
        binding: to(number),
    }
}

/// What a code for a number is bound to.
fn to(number: &Phone) -> [u8; 32] {
    digest(&[b"phone number", number.as_str().as_bytes()])
}

fn missing() -> Error {
    Error::new(&codes::PHONE_MISSING)
}
