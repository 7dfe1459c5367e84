//! What any kind of second factor shares: who may add one, what it is called,
//! the recovery codes that come with the first and go with the last, and what
//! it makes of sessions.

use data_encoding::BASE32_NOPAD;
use tollgate_base::{
    Error, ExposeSecret, Result, SecretString,
    access::{Facts, Permission, Person, Principal, Target, decide},
    codes,
    id::{SessionId, UserId},
    time::Time,
};
use tollgate_records::{
    devices,
    events::EventKind,
    factors::{self, Factor},
    sessions::{self, EndReason},
};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

use super::{
    end,
    note::Log,
    renew::{Renewal, Renewed},
};

/// What came of adding a factor.
#[derive(Debug)]
pub struct Added {
    /// The recovery codes that came with the first.
    pub codes: Option<RecoveryCodes>,
    /// What the browser keeps from now on.
    pub renewed: Renewed,
}

/// Recovery codes. Shown once.
#[derive(Debug)]
pub struct RecoveryCodes(pub Vec<SecretString>);

/// How many recovery codes are made.
const CODES: usize = 10;
/// Characters of one: 60 random bits.
const CODE_LENGTH: usize = 12;

/// Whoever asks, if they may change their own factors.
pub(crate) fn manages(by: &Principal) -> Result<&Person> {
    let person = by.person()?;
    let facts = Facts {
        holds: Some(person.role),
        gives: None,
    };
    let own = Target::Account(person.user);
    decide(by, Permission::FactorsManage, &own, &facts)?;
    Ok(person)
}

pub(crate) fn named(name: &str) -> Result<String> {
    let name = name.trim();
    let length = name.chars().count();
    if !(1..=Factor::NAME_MOST).contains(&length) || name.contains(char::is_control) {
        let detail = "1 to 60 characters, none of them a control character.";
        return Err(Error::new(&codes::REQUEST_INVALID).field("/name", "format", detail));
    }
    Ok(name.to_owned())
}

/// What a factor is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// It makes two factors of a session.
    Full,
    /// A code that is sent: it proves little that the password does not.
    Weak,
}

/// What follows when a factor begins to count: what others opened with the
/// password alone is worth no more, nor is a copy of this session's secret, no device
/// is trusted for what there was before, and the first brings recovery codes.
pub(crate) async fn added(
    tx: &mut Tx<'_>,
    log: &mut Log,
    (user, session, renewal): (UserId, SessionId, &Renewal),
    codes: Option<&[String]>,
    (weight, now): (Weight, Time),
) -> Result<Renewed> {
    end::end_all(tx, user, Some(session), EndReason::FactorAdded, now).await?;
    match weight {
        Weight::Full => sessions::raise_assurance(tx, session, now).await?,
        Weight::Weak if codes.is_some() => sessions::proved_again(tx, session, now).await?,
        Weight::Weak => {}
    }
    devices::distrust(tx, user).await?;
    if let Some(codes) = codes {
        factors::replace_codes(tx, user, codes).await?;
        log.about(EventKind::RecoveryCodesMade, user);
    }
    renewal.make(tx, now).await
}

/// What follows when one is gone: the last takes the recovery codes along, and
/// other sessions, then this one too, prove two factors no more.
pub(crate) async fn removed(tx: &mut Tx<'_>, user: UserId, session: SessionId) -> Result<()> {
    let is_last = factors::confirmed_in(tx, user).await? == 0;
    if is_last {
        factors::replace_codes(tx, user, &[]).await?;
    }
    devices::distrust(tx, user).await?;
    sessions::lower_assurance(tx, user, (!is_last).then_some(session)).await
}

/// The codes that come with the first factor of an account, and their hashes;
/// nothing if it has a factor.
pub(crate) async fn first_codes(
    ctx: &Ctx,
    user: UserId,
) -> Result<Option<(RecoveryCodes, Vec<String>)>> {
    let count = async move |tx: &mut Tx<'_>| factors::confirmed_in(tx, user).await;
    if ctx.db().write(count).await? > 0 {
        return Ok(None);
    }
    make_codes(ctx).await.map(Some)
}

/// New codes and their hashes, which share a salt: one try costs one hash.
pub(crate) async fn make_codes(ctx: &Ctx) -> Result<(RecoveryCodes, Vec<String>)> {
    let salt = ctx.entropy().bytes()?;
    let (mut codes, mut hashes) = (Vec::new(), Vec::new());
    for _ in 0..CODES {
        let chance: [u8; 8] = ctx.entropy().bytes()?;
        let mut text = BASE32_NOPAD.encode(&chance).to_lowercase();
        text.truncate(CODE_LENGTH);
        let plain = SecretString::from(text);
        hashes.push(ctx.hasher().hash_unpeppered(&plain, salt).await?);
        let groups: Vec<&str> = [0, 4, 8]
            .iter()
            .filter_map(|start| plain.expose_secret().get(*start..start + 4))
            .collect();
        codes.push(groups.join("-").into());
    }
    Ok((RecoveryCodes(codes), hashes))
}
