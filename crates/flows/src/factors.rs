//! Second factors of an account: adding and removing authenticator apps, and
//! the recovery codes for when they are lost. How one is asked for at sign-in
//! is `signin`'s.

use data_encoding::BASE32_NOPAD;
use tollgate_base::{
    Error, ExposeSecret, Result, SecretString,
    access::{Facts, Permission, Person, Principal, Target, decide},
    codes,
    id::{FactorId, UserId},
    time::Time,
};
use tollgate_crypto::{
    mac::digest,
    totp::{TotpCode, TotpSecret},
};
use tollgate_records::{
    attempts,
    events::EventKind,
    factors::{self, Factor, FactorKind, NewFactor},
    sessions::{self, EndReason},
    sites::Address,
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        current,
        facts::{allow, allow_reading},
        note::{Details, Log, change},
        second, strikes,
        view::view,
    },
};

/// What an account proves itself with beside its password.
#[derive(Debug)]
pub struct Factors {
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

/// An app that is to be added, by somebody who knows the password.
#[derive(Debug)]
pub struct Begin {
    /// What its owner calls it.
    pub name: String,
    /// The current password.
    pub password: SecretString,
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

/// Recovery codes. Shown once.
#[derive(Debug)]
pub struct RecoveryCodes(pub Vec<SecretString>);

/// How many recovery codes are made.
const CODES: usize = 10;
/// Characters of one: 60 random bits.
const CODE_LENGTH: usize = 12;

/// What an account has.
///
/// # Errors
/// `access.denied`, `access.rank`, `person.missing`.
pub async fn list(ctx: &Ctx, by: &Principal, of: UserId) -> Result<Factors> {
    allow_reading(ctx.db(), by, Permission::FactorsRead, of).await?;
    let all = factors::of(ctx.db(), of).await?;
    Ok(Factors {
        apps: all.into_iter().filter_map(App::of).collect(),
        codes_left: factors::codes_left(ctx.db(), of).await?,
    })
}

/// Begin to add an authenticator app. It counts once a code of it was shown.
///
/// # Errors
/// `auth.required`, `access.denied`, `request.invalid`, `password.wrong`,
/// `factor.limit`, `throttled`, `busy.hashing`.
pub async fn begin(ctx: &Ctx, by: &Principal, request: Begin) -> Result<Begun> {
    let user = manages(by)?.user;
    let name = named(&request.name)?;
    current::prove(ctx, user, &request.password).await?;
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
        let known = factors::of_in(tx, user).await?;
        if known
            .iter()
            .filter(|known| known.confirmed_at.is_some())
            .count()
            >= Factor::MOST
        {
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
/// With the first app come recovery codes.
///
/// # Errors
/// `auth.required`, `access.denied`, `factor.missing`, `factor.code`,
/// `throttled`.
pub async fn confirm(
    ctx: &Ctx,
    by: &Principal,
    (id, code): (FactorId, SecretString),
) -> Result<Option<RecoveryCodes>> {
    let person = manages(by)?;
    let (user, session, now) = (person.user, person.session, ctx.now());
    let missing = || Error::new(&codes::FACTOR_MISSING);
    let all = factors::of(ctx.db(), user).await?;
    let begun = all.iter().find(|factor| factor.id == id);
    let begun = begun.filter(|factor| factor.confirmed_at.is_none());
    let secret = second::unseal(ctx, begun.ok_or_else(missing)?)?;
    let subject = subject(user);
    strikes::count(ctx, subject, None).await?;
    let code = TotpCode::parse(code.expose_secret());
    let step = code.and_then(|code| secret.step_of(&code, now, 0));
    let step = step.ok_or_else(|| Error::new(&codes::FACTOR_CODE))?;
    let is_first = all.iter().all(|factor| factor.confirmed_at.is_none());
    let made = if is_first {
        Some(make_codes(ctx).await?)
    } else {
        None
    };
    let (codes, hashes) = made.unzip();
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if !factors::confirm(tx, user, id, step, now).await? {
            return Err(missing());
        }
        attempts::forgive(tx, subject).await?;
        // What others opened with the password alone is worth no more.
        sessions::end_all(tx, user, Some(session), EndReason::FactorAdded, now).await?;
        sessions::prove_twice(tx, session, now).await?;
        note(log, EventKind::FactorAdded, user, id);
        if let Some(hashes) = &hashes {
            factors::replace_codes(tx, user, hashes).await?;
            log.about(EventKind::RecoveryCodesMade, user);
        }
        Ok(())
    })
    .await?;
    Ok(codes)
}

/// Remove an app. With the last one the recovery codes go too.
///
/// # Errors
/// `auth.required`, `access.denied`, `factor.missing`, `password.wrong`,
/// `throttled`, `busy.hashing`.
pub async fn remove(
    ctx: &Ctx,
    by: &Principal,
    (id, password): (FactorId, SecretString),
) -> Result<()> {
    let user = manages(by)?.user;
    current::prove(ctx, user, &password).await?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if !factors::remove(tx, user, id).await? {
            return Err(Error::new(&codes::FACTOR_MISSING));
        }
        note(log, EventKind::FactorRemoved, user, id);
        let left = factors::of_in(tx, user).await?;
        if left.iter().all(|factor| factor.confirmed_at.is_none()) {
            factors::replace_codes(tx, user, &[]).await?;
        }
        Ok(())
    })
    .await
}

/// Make new recovery codes; the old ones are void.
///
/// # Errors
/// `auth.required`, `access.denied`, `factor.missing` without an app,
/// `password.wrong`, `throttled`, `busy.hashing`.
pub async fn renew_codes(
    ctx: &Ctx,
    by: &Principal,
    password: SecretString,
) -> Result<RecoveryCodes> {
    let user = manages(by)?.user;
    current::prove(ctx, user, &password).await?;
    let (codes, hashes) = make_codes(ctx).await?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let known = factors::of_in(tx, user).await?;
        if known.iter().all(|factor| factor.confirmed_at.is_none()) {
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
        if gone > 0 {
            sessions::end_all(tx, of, None, EndReason::FactorsReset, now).await?;
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

/// Whoever asks, if they may change their own factors.
fn manages(by: &Principal) -> Result<&Person> {
    let person = by.person()?;
    let facts = Facts {
        holds: Some(person.role),
        gives: None,
    };
    let own = Target::Account(person.user);
    decide(by, Permission::FactorsManage, &own, &facts)?;
    Ok(person)
}

fn named(name: &str) -> Result<String> {
    let name = name.trim();
    let length = name.chars().count();
    if !(1..=Factor::NAME_MOST).contains(&length) || name.contains(char::is_control) {
        let detail = "1 to 60 characters, none of them a control character.";
        return Err(Error::new(&codes::REQUEST_INVALID).field("/name", "format", detail));
    }
    Ok(name.to_owned())
}

/// Whose tries at confirming an app these are.
fn subject(user: UserId) -> [u8; 32] {
    digest(&[b"factor", user.to_string().as_bytes()])
}

/// New codes and their hashes, which share a salt: one try costs one hash.
async fn make_codes(ctx: &Ctx) -> Result<(RecoveryCodes, Vec<String>)> {
    let salt = ctx.entropy().bytes()?;
    let (mut codes, mut hashes) = (Vec::new(), Vec::new());
    for _ in 0..CODES {
        let chance: [u8; 8] = ctx.entropy().bytes()?;
        let mut text = BASE32_NOPAD.encode(&chance).to_lowercase();
        text.truncate(CODE_LENGTH);
        let plain = SecretString::from(text);
        hashes.push(ctx.hasher().hash(&plain, salt).await?);
        let groups: Vec<&str> = [0, 4, 8]
            .iter()
            .filter_map(|start| plain.expose_secret().get(*start..start + 4))
            .collect();
        codes.push(groups.join("-").into());
    }
    Ok((RecoveryCodes(codes), hashes))
}

fn note(log: &mut Log, kind: EventKind, user: UserId, id: FactorId) {
    let mut details = Details {
        subject: Some(user),
        ..Details::default()
    };
    details.data.insert("factor".into(), id.to_string().into());
    log.note(kind, details);
}
