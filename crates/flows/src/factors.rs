//! Second factors of an account: adding and removing authenticator apps, and
//! the recovery codes for when they are lost. Passkeys are `passkeys`'; how one
//! is asked for at sign-in is `signin`'s.

use tollgate_base::{
    Error, ExposeSecret, Result, SecretString,
    access::{Permission, Principal},
    codes,
    id::{FactorId, UserId},
    time::Time,
};
use tollgate_crypto::{
    mac::digest,
    totp::{TotpCode, TotpSecret},
};
use tollgate_records::{
    attempts, devices,
    events::EventKind,
    factors::{self, Factor, FactorKind, NewFactor},
    sessions::EndReason,
    sites::Address,
};
use tollgate_store::sql::Tx;

pub use crate::steps::equip::{Added, RecoveryCodes};

use crate::{
    ctx::{Ctx, SecondFactor},
    steps::{
        current, end,
        equip::{Weight, added, first_codes, make_codes, manages, named, removed},
        facts::{allow, allow_reading},
        lanes,
        note::{Details, Log, change},
        renew::Renewal,
        second, strikes,
        view::view,
    },
};

/// What an account proves itself with beside its password.
#[derive(Debug)]
pub struct Factors {
    /// Whether apps may be added here.
    pub offered: bool,
    /// Its authenticator apps.
    pub apps: Vec<App>,
    /// How many recovery codes still work.
    pub codes_left: i64,
}

/// An authenticator app that counts.
#[derive(Clone, Debug)]
pub struct App {
    /// Its id.
    pub id: FactorId,
    /// What its owner calls it.
    pub name: String,
    /// Since when it counts.
    pub added_at: Time,
    /// When it was last used.
    pub last_used_at: Option<Time>,
}

/// An app that is to be added, by somebody who proves themselves.
#[derive(Debug)]
pub struct Begin {
    /// What its owner calls it.
    pub name: String,
    /// The current password, where there is one.
    pub password: Option<SecretString>,
}

/// What the app has to be told. Shown once.
#[derive(Debug)]
pub struct Begun {
    /// The app's id.
    pub id: FactorId,
    /// The secret, to be typed.
    pub text: SecretString,
    /// The same as a QR code holds it.
    pub uri: SecretString,
}

/// How often it is looked whether an app is the first factor, while others come
/// and go.
const TRIES: usize = 3;

/// What an account has.
///
/// # Errors
/// `access.denied`, `access.rank`, `person.missing`.
pub async fn list(ctx: &Ctx, by: &Principal, of: UserId) -> Result<Factors> {
    allow_reading(ctx.db(), by, Permission::FactorsRead, of).await?;
    let all = factors::of(ctx.db(), of).await?;
    Ok(Factors {
        offered: ctx.policy().second_factor != SecondFactor::Off,
        apps: all.into_iter().filter_map(App::of).collect(),
        codes_left: factors::codes_left(ctx.db(), of).await?,
    })
}

/// Begin to add an authenticator app. It counts once a code of it was shown.
///
/// # Errors
/// `auth.required`, `access.denied`, `factor.off`, `request.invalid`,
/// `password.wrong`, `factor.fresh`, `factor.limit`, `throttled`, `busy.hashing`.
pub async fn begin(ctx: &Ctx, by: &Principal, request: Begin) -> Result<Begun> {
    let person = manages(by)?;
    if ctx.policy().second_factor == SecondFactor::Off {
        return Err(Error::new(&codes::FACTORS_OFF));
    }
    let (user, name) = (person.user, named(&request.name)?);
    let proof = current::prove(ctx, person, request.password.as_ref()).await?;
    let (secret, now) = (TotpSecret::generate(ctx.entropy())?, ctx.now());
    let id = FactorId::new(now, ctx.entropy())?;
    let new = NewFactor {
        id,
        account: user,
        kind: FactorKind::Totp,
        name,
        secret: second::seal(ctx, (id, user), &secret)?,
    };
    change(ctx, by, async move |tx: &mut Tx<'_>, _: &mut Log| {
        proof.stands(tx, now).await?;
        if factors::confirmed_in(tx, user).await? >= Factor::MOST {
            return Err(Error::new(&codes::FACTORS_FULL));
        }
        factors::add(tx, &new, now).await
    })
    .await?;
    let account = view(ctx, user).await?;
    let own = Address::parse(&ctx.policy().public_url);
    let issuer = own.map_or("Tollgate".to_owned(), |own| own.hostname().to_owned());
    Ok(Begun {
        id,
        text: secret.text(),
        uri: secret.uri(&issuer, account.login()),
    })
}

/// An app counts from now on: its owner shows a code of it. Other sessions end.
/// With the first factor come recovery codes.
///
/// # Errors
/// `auth.required`, `access.denied`, `factor.missing`, `factor.wrong`,
/// `throttled`, `version.mismatch` if the account's other apps keep changing.
pub async fn confirm(
    ctx: &Ctx,
    by: &Principal,
    (id, code): (FactorId, SecretString),
) -> Result<Added> {
    let person = manages(by)?;
    let (user, session, now) = (person.user, person.session, ctx.now());
    let missing = || Error::new(&codes::FACTOR_MISSING);
    let all = factors::of(ctx.db(), user).await?;
    let begun = all.iter().find(|factor| factor.id == id);
    let begun = begun.filter(|factor| factor.confirmed_at.is_none());
    let secret = second::unseal(ctx, begun.ok_or_else(missing)?)?;
    let subject = subject(user);
    strikes::count(ctx, subject).await?;
    let code = TotpCode::parse(code.expose_secret());
    let step = code.and_then(|code| secret.step_of(&code, now, 0));
    let step = step.ok_or_else(second::wrong)?;
    for _ in 0..TRIES {
        let (codes, hashes) = first_codes(ctx, user).await?.unzip();
        let renewal = Renewal::prepare(ctx, person)?;
        let stands = change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
            // Codes are made outside: another factor may have come or gone.
            if (factors::confirmed_in(tx, user).await? == 0) != hashes.is_some() {
                return Ok(None);
            }
            if !factors::confirm(tx, user, id, step, now).await? {
                return Err(missing());
            }
            attempts::forgive(tx, subject).await?;
            note(log, EventKind::FactorAdded, user, id);
            let renewed = added(
                tx,
                log,
                (user, session, &renewal),
                hashes.as_deref(),
                (Weight::Full, now),
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

/// Remove an app. With the last factor the recovery codes go too. What other
/// sessions proved, they prove again.
///
/// # Errors
/// `auth.required`, `access.denied`, `factor.missing`, `password.wrong`,
/// `factor.fresh`, `throttled`, `busy.hashing`.
pub async fn remove(
    ctx: &Ctx,
    by: &Principal,
    (id, password): (FactorId, Option<SecretString>),
) -> Result<()> {
    let person = manages(by)?;
    let (user, session, now) = (person.user, person.session, ctx.now());
    let proof = current::prove(ctx, person, password.as_ref()).await?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        proof.stands(tx, now).await?;
        if !factors::remove(tx, user, id).await? {
            return Err(Error::new(&codes::FACTOR_MISSING));
        }
        note(log, EventKind::FactorRemoved, user, id);
        removed(tx, user, session).await
    })
    .await
}

/// Make new recovery codes; the old ones are void.
///
/// # Errors
/// `auth.required`, `access.denied`, `factor.missing` without a factor,
/// `password.wrong`, `factor.fresh`, `throttled`, `busy.hashing`.
pub async fn renew_codes(
    ctx: &Ctx,
    by: &Principal,
    password: Option<SecretString>,
) -> Result<RecoveryCodes> {
    let person = manages(by)?;
    let (user, now) = (person.user, ctx.now());
    let proof = current::prove(ctx, person, password.as_ref()).await?;
    let (codes, hashes) = make_codes(ctx).await?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        proof.stands(tx, now).await?;
        if factors::confirmed_in(tx, user).await? == 0 {
            return Err(Error::new(&codes::FACTOR_MISSING));
        }
        factors::replace_codes(tx, user, &hashes).await?;
        log.about(EventKind::RecoveryCodesMade, user);
        Ok(())
    })
    .await?;
    Ok(codes)
}

/// Take all second factors from somebody who has lost them. Their sessions end.
/// Says how many there were.
///
/// # Errors
/// `access.denied`, `person.missing`.
pub async fn reset(ctx: &Ctx, by: &Principal, of: UserId) -> Result<u64> {
    let (asks, now) = (by.clone(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::FactorsReset, of).await?;
        let gone = factors::forget(tx, of).await?;
        lanes::forgive_codes(tx, of).await?;
        devices::distrust(tx, of).await?;
        if gone > 0 {
            end::end_all(tx, of, None, EndReason::FactorsReset, now).await?;
            log.about(EventKind::FactorsReset, of);
        }
        Ok(gone)
    })
    .await
}

impl App {
    fn of(factor: Factor) -> Option<Self> {
        Some(Self {
            id: factor.id,
            name: factor.name,
            added_at: factor.confirmed_at?,
            last_used_at: factor.last_used_at,
        })
    }
}

/// Whose tries at confirming an app these are.
fn subject(user: UserId) -> [u8; 32] {
    digest(&[b"factor", user.to_string().as_bytes()])
}

fn note(log: &mut Log, kind: EventKind, user: UserId, id: FactorId) {
    let mut details = Details {
        subject: Some(user),
        ..Details::default()
    };
    details.data.say("factor", id.to_string());
    log.note(kind, details);
}
