//! Passkeys of an account: adding, naming and removing them. How one signs in
//! is `signin`'s; what counts as a second factor beside them is `factors`'.

use tollgate_base::{
    Error, Result, SecretString,
    access::{Permission, Principal},
    codes,
    id::{PasskeyId, UserId},
    time::Time,
};
use tollgate_crypto::passkey::Registrant;
use tollgate_records::{
    events::EventKind,
    factors::{
        self,
        passkeys::{self, CeremonyPurpose, StoredPasskey},
    },
};
use tollgate_store::sql::Tx;

pub use crate::steps::{
    equip::{Added, RecoveryCodes},
    passkey::Question,
};

use crate::{
    ctx::Ctx,
    steps::{
        current,
        equip::{Weight, added, first_codes, manages, named, removed},
        facts::allow_reading,
        note::{Log, change},
        once,
        passkey::{self, Asked},
        renew::Renewal,
        view::view,
    },
};

/// A passkey.
#[derive(Clone, Debug)]
pub struct Passkey {
    /// Its id.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub added_at: Time,
    /// When it was last used.
    pub last_used_at: Option<Time>,
    /// Whether it may be on several devices of its owner; otherwise it never
    /// leaves the one that it was made on.
    pub synced: bool,
}

/// A passkey that is to be made, by somebody who proves themselves.
#[derive(Debug)]
pub struct Begin {
    /// What its owner calls it.
    pub name: String,
    /// The current password, where there is one.
    pub password: Option<SecretString>,
}

/// What the browser answered.
#[derive(Debug)]
pub struct Finish {
    /// Which question.
    pub ceremony: SecretString,
    /// The new credential, as JSON.
    pub answer: String,
}

/// How often it is looked whether a passkey is the first factor, while others
/// come and go.
const TRIES: usize = 3;

/// Whether browsers offer passkeys here at all.
pub fn offered(ctx: &Ctx) -> bool {
    passkey::relying_party(ctx).is_ok()
}

/// The passkeys of an account, oldest first.
///
/// # Errors
/// `access.denied`, `access.rank`, `person.missing`.
pub async fn list(ctx: &Ctx, by: &Principal, of: UserId) -> Result<Vec<Passkey>> {
    allow_reading(ctx.db(), by, Permission::FactorsRead, of).await?;
    let all = passkeys::of(ctx.db(), of).await?;
    Ok(all.into_iter().map(Passkey::from).collect())
}

/// Begin to make a passkey.
///
/// # Errors
/// `auth.required`, `access.denied`, `request.invalid`, `passkey.unavailable`,
/// `password.wrong`, `factor.fresh`, `passkey.limit`, `throttled`, `busy.hashing`.
pub async fn begin(ctx: &Ctx, by: &Principal, request: Begin) -> Result<Question> {
    let person = manages(by)?;
    let (user, session, now) = (person.user, person.session, ctx.now());
    let name = named(&request.name)?;
    let here = passkey::relying_party(ctx)?;
    let proof = current::prove(ctx, person, request.password.as_ref()).await?;
    let still = async move |tx: &mut Tx<'_>| proof.stands(tx, now).await;
    ctx.db().write(still).await?;
    let known = passkeys::of(ctx.db(), user).await?;
    if known.len() as i64 >= StoredPasskey::MOST {
        return Err(Error::new(&codes::PASSKEYS_FULL));
    }
    let account = view(ctx, user).await?;
    let who = Registrant {
        handle: user.bits(),
        name: account.login(),
        display_name: account.name(),
    };
    let ids: Vec<_> = known.into_iter().map(|known| known.credential_id).collect();
    let asked = Asked {
        session: Some(session),
        name: Some(name),
        ..Asked::to(CeremonyPurpose::Registration, Some(user))
    };
    passkey::ask(ctx, asked, here.begin_registration(who, &ids)?).await
}

/// The passkey was made: it counts from now on. Other sessions end. With the
/// first factor come recovery codes.
///
/// # Errors
/// `auth.required`, `access.denied`, `one_time.invalid` if it was begun too long
/// ago or elsewhere, `passkey.invalid`, `passkey.limit`, `version.mismatch` if the
/// account's other factors keep changing.
pub async fn finish(ctx: &Ctx, by: &Principal, request: Finish) -> Result<Added> {
    let person = manages(by)?;
    let (user, session, now) = (person.user, person.session, ctx.now());
    let mine = (Some(user), Some(session));
    let purpose = CeremonyPurpose::Registration;
    let mut begun = passkey::take(ctx, &request.ceremony, purpose, mine).await?;
    let name = begun.name.take().ok_or_else(once::invalid)?;
    let new = passkey::made(ctx, user, name, (&begun, &request.answer))?;
    for _ in 0..TRIES {
        let (codes, hashes) = first_codes(ctx, user).await?.unzip();
        let renewal = Renewal::prepare(ctx, person)?;
        let new = new.clone();
        let stands = change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
            // Codes are made outside: another factor may have come or gone.
            if (factors::confirmed_in(tx, user).await? == 0) != hashes.is_some() {
                return Ok(None);
            }
            if passkeys::count(tx, user).await? >= StoredPasskey::MOST {
                return Err(Error::new(&codes::PASSKEYS_FULL));
            }
            passkey::add(tx, log, &new).await?;
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

/// Call a passkey something else.
///
/// # Errors
/// `auth.required`, `access.denied`, `request.invalid`, `passkey.missing`.
pub async fn rename(ctx: &Ctx, by: &Principal, (id, name): (PasskeyId, String)) -> Result<()> {
    let user = manages(by)?.user;
    let name = named(&name)?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if !passkeys::rename(tx, user, id, &name).await? {
            return Err(Error::new(&codes::PASSKEY_MISSING));
        }
        passkey::note(log, EventKind::PasskeyRenamed, user, id);
        Ok(())
    })
    .await
}

/// Remove a passkey. With the last factor the recovery codes go too. What other
/// sessions proved, they prove again.
///
/// # Errors
/// `auth.required`, `access.denied`, `passkey.missing`, `passkey.only`,
/// `password.wrong`, `factor.fresh`, `throttled`, `busy.hashing`.
pub async fn remove(
    ctx: &Ctx,
    by: &Principal,
    (id, password): (PasskeyId, Option<SecretString>),
) -> Result<()> {
    let person = manages(by)?;
    let (user, session, now) = (person.user, person.session, ctx.now());
    let proof = current::prove(ctx, person, password.as_ref()).await?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        proof.stands(tx, now).await?;
        if !passkeys::remove(tx, user, id).await? {
            return Err(Error::new(&codes::PASSKEY_MISSING));
        }
        if passkeys::count(tx, user).await? == 0 && proof.is_without_password() {
            return Err(Error::new(&codes::PASSKEY_ONLY));
        }
        passkey::note(log, EventKind::PasskeyRemoved, user, id);
        removed(tx, user, session).await
    })
    .await
}

impl From<StoredPasskey> for Passkey {
    fn from(stored: StoredPasskey) -> Self {
        Self {
            id: stored.id,
            name: stored.name,
            added_at: stored.created_at,
            last_used_at: stored.last_used_at,
            synced: stored.backup_eligible,
        }
    }
}
