//! Making an account, by whichever verb.

use tollgate_base::{
    Error, Result, SecretString,
    access::{Principal, Role},
    codes,
    id::UserId,
    identifier::{Email, Identifier, Username},
    time::Time,
};
use tollgate_records::{
    accounts::{self, NewAccount, Profile},
    aliases,
    events::EventKind,
    factors::{self, passkeys::StoredPasskey},
    installation,
    one_time::{self, Purpose},
    passwords,
};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

use super::{
    breach,
    note::{Details, Log},
    passkey, profile,
    vet::{ClientProfile, vet},
};

/// Somebody who is to have an account. At least one identifier.
#[derive(Debug)]
pub struct Applicant {
    /// Their address.
    pub email: Option<Email>,
    /// Their username.
    pub username: Option<Username>,
    /// What they are called.
    pub display_name: Option<String>,
    /// Their password; without one they have a passkey, or set it by a reset link.
    pub password: Option<SecretString>,
}

/// An account that is about to be made: the hash is done, nothing is written.
pub(crate) struct Enrolment {
    /// Its id.
    pub(crate) id: UserId,
    new: NewAccount,
    hash: Option<String>,
    passkey: Option<FirstPasskey>,
    now: Time,
}

/// The passkey that an account begins with, and the hashes of its recovery codes.
pub(crate) struct FirstPasskey {
    pub(crate) passkey: StoredPasskey,
    pub(crate) codes: Vec<String>,
}

impl Applicant {
    /// What they want to sign in with, the address first.
    pub(crate) fn identifiers(&self) -> Vec<Identifier> {
        let email = self.email.clone().map(Identifier::Email);
        let username = self.username.clone().map(Identifier::Username);
        email.into_iter().chain(username).collect()
    }
}

impl Enrolment {
    /// Check everything that can be checked, report all faults at once, and
    /// hash the password.
    ///
    /// # Errors
    /// `request.invalid`, `password.weak`, `identifier.taken`, `busy.hashing`.
    pub(crate) async fn prepare(
        ctx: &Ctx,
        by: &Principal,
        who: Applicant,
        role: Role,
        client: ClientProfile,
    ) -> Result<Self> {
        let identifiers = who.identifiers();
        require_name(&identifiers)?;
        let profile = Profile {
            display_name: who.display_name.as_deref().and_then(profile::kept),
            ..Profile::default()
        };
        check(ctx, &who, client).await?;
        let hash = match &who.password {
            Some(password) => {
                breach::refuse(ctx, by, password).await?;
                Some(ctx.hash(password).await?)
            }
            None => None,
        };
        let now = ctx.now();
        let id = UserId::new(now, ctx.entropy())?;
        Ok(Self {
            id,
            new: NewAccount {
                id,
                role,
                founder: false,
                identifiers,
                verified_at: None,
                profile,
            },
            hash,
            passkey: None,
            now,
        })
    }

    /// It begins with a passkey, which was made for its id.
    pub(crate) fn with_passkey(mut self, first: FirstPasskey) -> Self {
        self.id = first.passkey.account;
        self.new.id = self.id;
        self.passkey = Some(first);
        self
    }

    /// Its address.
    pub(crate) fn email(&self) -> Option<&Email> {
        self.new.identifiers.iter().find_map(|known| match known {
            Identifier::Email(email) => Some(email),
            Identifier::Username(_) => None,
        })
    }

    /// Whoever makes this account says that its identifiers are its owner's. The
    /// verb has asked whether they may.
    pub(crate) const fn vouched(mut self) -> Self {
        self.new.verified_at = Some(self.now);
        self
    }

    /// They read this language, by its tag.
    ///
    /// # Errors
    /// `request.invalid` if it is no tag.
    pub(crate) fn reading(mut self, locale: Option<&str>) -> Result<Self> {
        if let Some(locale) = locale {
            let judged = profile::judge_locale(Error::new(&codes::REQUEST_INVALID), locale);
            if !judged.fields().is_empty() {
                return Err(judged);
            }
        }
        self.new.profile.locale = locale.and_then(profile::kept);
        Ok(self)
    }

    /// It is made with the setup link.
    pub(crate) const fn founding(mut self) -> Self {
        self.new.founder = true;
        self
    }

    /// Make the account, in the transaction of the verb.
    ///
    /// # Errors
    /// `identifier.taken` if somebody was faster.
    pub(crate) async fn make(&self, tx: &mut Tx<'_>, log: &mut Log) -> Result<()> {
        // First, as everywhere: who takes the same rows in another order waits
        // for each other until the database ends one of them.
        if self.new.role == Role::Admin {
            close_setup(tx, log, self.id, self.now).await?;
        }
        if !accounts::create(tx, &self.new, self.now).await? {
            return Err(Error::new(&codes::IDENTIFIER_TAKEN));
        }
        aliases::give(tx, self.id).await?;
        if let Some(hash) = &self.hash {
            passwords::set(tx, self.id, hash, self.now).await?;
        }
        let mut details = Details {
            subject: Some(self.id),
            ..Details::default()
        };
        details.data.say("role", self.new.role.as_str());
        log.note(EventKind::AccountCreated, details);
        if self.new.verified_at.is_some() {
            // One for each, as when they are verified one by one.
            for _ in &self.new.identifiers {
                log.about(EventKind::IdentifierVerified, self.id);
            }
        }
        if let Some(first) = &self.passkey {
            passkey::add(tx, log, &first.passkey).await?;
            factors::replace_codes(tx, self.id, &first.codes).await?;
            log.about(EventKind::RecoveryCodesMade, self.id);
        }
        Ok(())
    }
}

/// # Errors
/// `request.invalid` if there is none.
pub(crate) fn require_name(identifiers: &[Identifier]) -> Result<()> {
    if !identifiers.is_empty() {
        return Ok(());
    }
    let fault = Error::new(&codes::REQUEST_INVALID);
    let detail = "Give an e-mail address or a username.";
    Err(fault.field("/email", "required", detail))
}

/// There is an administrator, by whichever verb: the first one is not to be
/// made any more.
pub(crate) async fn close_setup(
    tx: &mut Tx<'_>,
    log: &mut Log,
    admin: UserId,
    now: Time,
) -> Result<()> {
    if installation::mark_set_up(tx, now).await? {
        one_time::withdraw(tx, Purpose::Setup, None, now).await?;
        log.about(EventKind::SetUp, admin);
    }
    Ok(())
}

/// Check what there is, and report all faults at once.
///
/// # Errors
/// `password.weak`, `identifier.taken`, `request.invalid`.
pub(crate) async fn check(ctx: &Ctx, who: &Applicant, client: ClientProfile) -> Result<()> {
    let (identifiers, mut fault) = (who.identifiers(), None);
    if let Some(password) = &who.password {
        let named = who.display_name.as_deref();
        let names = identifiers.iter().map(Identifier::canonical).chain(named);
        let names: Vec<&str> = names.collect();
        fault = vet(password, client.passwords, &ctx.policy().password, &names).err();
    }
    for identifier in &identifiers {
        if accounts::taken(ctx.db(), identifier).await? {
            let taken = fault.unwrap_or_else(|| Error::new(&codes::IDENTIFIER_TAKEN));
            fault = Some(taken.field(pointer(identifier), "taken", "Somebody has it already."));
        }
    }
    if let Some(name) = &who.display_name {
        let judged = fault.unwrap_or_else(|| Error::new(&codes::REQUEST_INVALID));
        let judged = profile::judge(judged, "/display_name", name, Profile::NAME_MOST);
        fault = Some(judged).filter(|fault| !fault.fields().is_empty());
    }
    fault.map_or(Ok(()), Err)
}

fn pointer(identifier: &Identifier) -> &'static str {
    match identifier {
        Identifier::Email(_) => "/email",
        Identifier::Username(_) => "/username",
    }
}
