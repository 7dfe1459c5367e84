//! Codes that are sent, as a second factor: turning them on and off, and having
//! one sent. They are weaker than other factors, and never stand in for those
//! that somebody has. How one is shown is `signin`'s and `step_up`'s.

use std::net::IpAddr;

use tollgate_base::{
    Error, ExposeSecret, Result, SecretString,
    access::{Person, Principal},
    codes,
    id::UserId,
    identifier::masked,
    phone::Phone,
    time::Time,
};
use tollgate_crypto::token::{self, Prefix};
use tollgate_records::{
    accounts,
    events::EventKind,
    factors,
    factors::ways::{self, Channel},
    one_time::{self, Purpose},
    passwords, phones,
};
use tollgate_store::sql::Tx;

pub use crate::steps::equip::{Added, RecoveryCodes};

use crate::{
    ctx::{Ctx, SecondFactor},
    steps::{
        begun, current,
        equip::{self, Weight, first_codes, manages, removed},
        note::{Details, Log, change},
        renew::Renewal,
        second,
        sent::{self, Wanted},
    },
};

/// A way in which somebody can have codes sent, or has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Which.
    pub way: Channel,
    /// Where to, as much of it as tells its owner.
    pub to: String,
    /// Since when it is on.
    pub on_since: Option<Time>,
    /// When a code was last used.
    pub last_used_at: Option<Time>,
}

/// A code for the second step of a sign-in.
#[derive(Debug)]
pub struct Send {
    /// What the first step gave.
    pub challenge: SecretString,
    /// How.
    pub way: Channel,
    /// From which address.
    pub address: Option<IpAddr>,
}

/// How often it is looked whether a way is the first factor, while others come
/// and go.
const TRIES: usize = 3;

/// The ways that are on, and those that could be turned on now.
///
/// # Errors
/// `auth.required`, `access.denied`.
pub async fn mine(ctx: &Ctx, by: &Principal, (): ()) -> Result<Vec<Offer>> {
    let user = manages(by)?.user;
    let on = ways::of(ctx.db(), user).await?;
    let mut offers = Vec::new();
    for way in Channel::ALL {
        let known = on.iter().find(|known| known.way == way);
        let to = match known {
            Some(known) => Some(known.target.clone()),
            None if ctx.sends(way) => target(ctx, user, way).await?,
            None => None,
        };
        offers.extend(to.map(|to| Offer {
            way,
            to: told(way, &to),
            on_since: known.map(|known| known.added_at),
            last_used_at: known.and_then(|known| known.last_used_at),
        }));
    }
    Ok(offers)
}

/// Turn a way on, to the first proved address or the proved phone. Other
/// sessions end. With the first factor come recovery codes.
///
/// # Errors
/// `auth.required`, `access.denied`, `factor.off`, `code.unavailable`,
/// `password.wrong`, `factor.fresh`, `throttled`, `busy.hashing`,
/// `version.mismatch` if the account's other factors keep changing.
pub async fn turn_on(
    ctx: &Ctx,
    by: &Principal,
    (way, password): (Channel, Option<SecretString>),
) -> Result<Added> {
    let person = manages(by)?;
    let (user, session, now) = (person.user, person.session, ctx.now());
    if ctx.policy().second_factor == SecondFactor::Off {
        return Err(Error::new(&codes::FACTORS_OFF));
    }
    if !ctx.sends(way) {
        return Err(unavailable());
    }
    for _ in 0..TRIES {
        let proof = current::prove(ctx, person, password.as_ref()).await?;
        let to = target(ctx, user, way).await?.ok_or_else(unavailable)?;
        let (codes, hashes) = first_codes(ctx, user).await?.unzip();
        let renewal = Renewal::prepare(ctx, person)?;
        let stands = change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
            proof.stands(tx, now).await?;
            if (factors::confirmed_in(tx, user).await? == 0) != hashes.is_some() {
                return Ok(None);
            }
            if !is_proved(tx, user, way, &to).await?
                || !ways::turn_on(tx, user, way, &to, now).await?
            {
                return Err(unavailable());
            }
            note(log, EventKind::CodesTurnedOn, user, way);
            let renewed = equip::added(
                tx,
                log,
                (user, session, &renewal),
                hashes.as_deref(),
                (Weight::Weak, now),
            )
            .await?;
            Ok(Some(renewed))
        })
        .await?;
        if let Some(renewed) = stands {
            return Ok(Added { codes, renewed });
        }
    }
    Err(Error::new(&codes::VERSION_MISMATCH))
}

/// Turn a way off. With the last factor the recovery codes go too.
///
/// # Errors
/// `auth.required`, `access.denied`, `factor.missing`, `password.wrong`,
/// `factor.fresh`, `throttled`, `busy.hashing`.
pub async fn turn_off(
    ctx: &Ctx,
    by: &Principal,
    (way, password): (Channel, Option<SecretString>),
) -> Result<()> {
    let person = manages(by)?;
    let (user, session, now) = (person.user, person.session, ctx.now());
    let proof = current::prove(ctx, person, password.as_ref()).await?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        proof.stands(tx, now).await?;
        if !ways::turn_off(tx, user, way).await? {
            return Err(Error::new(&codes::FACTOR_MISSING));
        }
        note(log, EventKind::CodesTurnedOff, user, way);
        removed(tx, user, session).await
    })
    .await
}

/// The ways in which a code can be sent for a sign-in whose password was right.
///
/// # Errors
/// `one_time.invalid` if the first step is to be repeated.
pub async fn offers(ctx: &Ctx, _by: &Principal, challenge: &SecretString) -> Result<Vec<Offer>> {
    let begun = begun(ctx, challenge).await?;
    let mut offers = usable(ctx, begun.account).await?;
    // Whoever came by mail has shown that they read it.
    offers.retain(|offer| !(begun.by_mail && offer.way == Channel::Email));
    Ok(offers)
}

/// Have a code sent for the second step of a sign-in.
///
/// # Errors
/// `one_time.invalid` if the first step is to be repeated, `code.unavailable`,
/// `throttled`.
pub async fn send(ctx: &Ctx, by: &Principal, request: Send) -> Result<()> {
    ctx.throttle("codes", request.address).await?;
    let offers = offers(ctx, by, &request.challenge).await?;
    if !offers.iter().any(|offer| offer.way == request.way) {
        return Err(unavailable());
    }
    let Begun { account, hash, .. } = begun(ctx, &request.challenge).await?;
    post(ctx, by, (account, request.way), hash).await
}

/// The ways in which a code can be sent to whoever is to step up.
///
/// # Errors
/// `auth.required`, `access.denied`.
pub async fn step_up_offers(ctx: &Ctx, by: &Principal, (): ()) -> Result<Vec<Offer>> {
    usable(ctx, manages(by)?.user).await
}

/// Have a code sent for stepping up.
///
/// # Errors
/// `auth.required`, `access.denied`, `code.unavailable`, `throttled`.
pub async fn send_step_up(ctx: &Ctx, by: &Principal, way: Channel) -> Result<()> {
    let Person { user, session, .. } = *manages(by)?;
    let offered = step_up_offers(ctx, by, ()).await?;
    if !offered.iter().any(|offer| offer.way == way) {
        return Err(unavailable());
    }
    post(ctx, by, (user, way), second::of_session(session)).await
}

async fn post(
    ctx: &Ctx,
    by: &Principal,
    (account, way): (UserId, Channel),
    binding: [u8; 32],
) -> Result<()> {
    let on = ways::of(ctx.db(), account).await?;
    let known = on.into_iter().find(|known| known.way == way);
    let known = known.filter(|_| ctx.sends(way)).ok_or_else(unavailable)?;
    let wanted = Wanted {
        purpose: Purpose::SentCode,
        account,
        way,
        to: known.target,
        binding,
    };
    let (order, now) = (sent::order(ctx, &wanted).await?, ctx.now());
    let place = async move |tx: &mut Tx<'_>, _: &mut Log| order.place(tx, now).await;
    change(ctx, by, place).await
}

/// A sign-in that waits for its second step.
struct Begun {
    account: UserId,
    by_mail: bool,
    /// Of its challenge: what codes for it are bound to.
    hash: [u8; 32],
}

async fn begun(ctx: &Ctx, challenge: &SecretString) -> Result<Begun> {
    let over = || Error::new(&codes::ONE_TIME_INVALID);
    let text = challenge.expose_secret();
    if !token::shaped(text, Prefix::OneTime) {
        return Err(over());
    }
    let hash = token::fingerprint(text);
    let live = one_time::live(ctx.db(), Purpose::SecondFactor, hash, ctx.now()).await?;
    let live = live.ok_or_else(over)?;
    let account = live.account.ok_or_else(over)?;
    let known = accounts::find(ctx.db(), account).await?.ok_or_else(over)?;
    let password = passwords::find(ctx.db(), account).await?;
    let way = begun::way_of(live.binding, &known, password.as_deref()).ok_or_else(over)?;
    Ok(Begun {
        account,
        by_mail: way.is_by_mail(),
        hash,
    })
}

/// What is on and can be sent now: nothing where there is a stronger factor.
async fn usable(ctx: &Ctx, account: UserId) -> Result<Vec<Offer>> {
    let strong = async move |tx: &mut Tx<'_>| factors::strong_in(tx, account).await;
    if ctx.db().write(strong).await? > 0 {
        return Ok(Vec::new());
    }
    let on = ways::of(ctx.db(), account).await?;
    let on = on.into_iter().filter(|known| ctx.sends(known.way));
    Ok(on
        .map(|known| Offer {
            way: known.way,
            to: told(known.way, &known.target),
            on_since: Some(known.added_at),
            last_used_at: known.last_used_at,
        })
        .collect())
}

/// Where codes would go: to the first proved address, or the proved phone.
async fn target(ctx: &Ctx, account: UserId, way: Channel) -> Result<Option<String>> {
    Ok(match way {
        Channel::Email => {
            let all = accounts::identifiers(ctx.db(), account).await?;
            accounts::proved_address(&all).map(|email| email.canonical.clone())
        }
        Channel::Sms => {
            let all = phones::of(ctx.db(), account).await?;
            let phone = all.into_iter().find(|phone| phone.verified_at.is_some());
            phone.map(|phone| phone.number.as_str().to_owned())
        }
    })
}

async fn is_proved(tx: &mut Tx<'_>, account: UserId, way: Channel, to: &str) -> Result<bool> {
    Ok(match way {
        Channel::Email => {
            let all = accounts::identifiers_in(tx, account).await?;
            all.iter()
                .any(|one| one.canonical == to && one.verified_at.is_some())
        }
        Channel::Sms => {
            let all = phones::of_in(tx, account).await?;
            all.iter()
                .any(|phone| phone.number.as_str() == to && phone.verified_at.is_some())
        }
    })
}

/// Enough of it for its owner, and too little for anybody else.
fn told(way: Channel, to: &str) -> String {
    match way {
        Channel::Sms => Phone::parse(to).map_or_else(|_| String::new(), |phone| phone.masked()),
        Channel::Email => masked(to),
    }
}

fn unavailable() -> Error {
    Error::new(&codes::CODE_UNAVAILABLE)
}

fn note(log: &mut Log, kind: EventKind, user: UserId, way: Channel) {
    let mut details = Details {
        subject: Some(user),
        ..Details::default()
    };
    details.data.say("way", way.as_str());
    log.note(kind, details);
}
