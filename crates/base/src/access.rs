//! Who asks, what they want, and the one function that decides.

use std::{fmt, str::FromStr};

use crate::{
    Error, codes,
    id::{OrgId, SessionId, UserId},
    time::Time,
};

/// Whoever makes a request. Every verb takes one, so that no use case can be
/// called without saying who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// Nobody is signed in.
    Anonymous,
    /// Somebody with a session.
    Person(Person),
    /// Whoever types commands on the machine: file access is their credential.
    Operator,
    /// Our own background work, by its name.
    Chore(&'static str),
}

/// A signed-in person, as their credential proves them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Whose account.
    pub user: UserId,
    /// Which sign-in.
    pub session: SessionId,
    /// Their role now, not when the credential was made.
    pub role: Role,
    /// In which organisation they act.
    pub org: Option<OrgId>,
    /// The most that this credential allows, whatever the role.
    pub ceiling: Permissions,
    /// How well they proved who they are.
    pub assurance: Assurance,
    /// When they last did.
    pub auth_time: Time,
    /// Their account must have a second factor, and this session has shown none:
    /// until it does, they may only see to that.
    pub limited: bool,
}

/// The built-in roles, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Looks after their own account.
    Default,
    /// Looks after people of the default role.
    Manager,
    /// Looks after everything.
    Admin,
}

/// Authenticator assurance levels of NIST SP 800-63B-4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assurance {
    /// One factor.
    One,
    /// Two factors, or one that is two by itself.
    Two,
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Something that can be allowed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Permission { $($(#[$doc])* $name,)* }

        impl Permission {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

permissions! {
    /// Read an account.
    AccountRead,
    /// Change an account's profile and identifiers.
    AccountEdit,
    /// Take an account's data out.
    AccountExport,
    /// Delete an account.
    AccountDelete,
    /// Change the password, knowing the current one.
    PasswordChange,
    /// Add and remove second factors, and make recovery codes.
    FactorsManage,
    /// See an account's second factors.
    FactorsRead,
    /// Take all second factors from an account whose owner has lost them.
    FactorsReset,
    /// Start a recovery for somebody who can prove nothing any more.
    RecoveryStart,
    /// Stop a recovery, and see that there is one.
    RecoveryStop,
    /// Set a password, or make a link with which it can be set.
    PasswordReset,
    /// See that an account takes no more tries, and end that.
    AccountUnlock,
    /// Make links with which somebody signs in.
    SignInTokens,
    /// See an account's sessions.
    SessionsRead,
    /// End an account's sessions.
    SessionsEnd,
    /// List accounts.
    PeopleList,
    /// Make accounts for others.
    PeopleCreate,
    /// Suspend and resume accounts.
    PeopleSuspend,
    /// Vouch for an account: that an identifier is its owner's, and what it is
    /// called in other systems.
    AccountVouch,
    /// Give roles.
    RoleAssign,
    /// List, rotate and remove signing keys.
    SigningKeys,
    /// Register the apps behind the gate and say who may enter them.
    SitesManage,
    /// Read the audit trail.
    AuditRead,
    /// Accept findings of the compliance rules for a while.
    FindingsAccept,
    /// Make administrators before there is one, and when all are lost.
    AdminBootstrap,
    /// Write backups and restore them.
    BackupsManage,
    /// Look at mails and texts that were not delivered, and decide what becomes of
    /// them.
    MailManage,
    /// Say where events are sent to, and look at what became of them.
    WebhooksManage,
    /// See alerts and where they are told, and close them.
    AlertsManage,
    /// See the health of the parts.
    Diagnostics,
    /// See figures about the whole installation.
    OverviewRead,
}

/// A set of [`Permission`]s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions(u64);

impl Permissions {
    /// Every permission, those that do not exist yet among them.
    pub const ALL: Self = Self(u64::MAX);
    /// None.
    pub const NONE: Self = Self(0);
    /// What is left on one's own account to whoever is still to add or show a
    /// second factor.
    pub const LIMITED: Self = Self::NONE
        .with(Permission::AccountRead)
        .with(Permission::FactorsManage)
        .with(Permission::FactorsRead)
        .with(Permission::PasswordChange)
        .with(Permission::SessionsRead)
        .with(Permission::SessionsEnd)
        .with(Permission::RecoveryStop);

    /// This set and one more.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | 1 << permission as u8)
    }

    /// Whether it is in.
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u8) != 0
    }
}

/// What a permission is asked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The installation as a whole.
    Installation,
    /// One account.
    Account(UserId),
}

/// What is true of the target now; loaded by a shared step before a decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The role that the target account holds.
    pub holds: Option<Role>,
    /// The role that is to be given.
    pub gives: Option<Role>,
}

impl Facts {
    /// Nothing is known, or nothing needs to be.
    pub const NONE: Self = Self {
        holds: None,
        gives: None,
    };
}

/// May `by` do this? Total, pure, and the only place that says yes.
///
/// # Errors
/// `auth.required` for a stranger, `factor.required` for who is still to add or
/// show a second factor, `access.denied` or `access.rank` otherwise.
pub fn decide(
    by: &Principal,
    permission: Permission,
    on: &Target,
    facts: &Facts,
) -> Result<(), Error> {
    use Permission as P;

    let person = match by {
        Principal::Operator | Principal::Chore(_) => return Ok(()),
        Principal::Anonymous => return Err(Error::new(&codes::AUTH_REQUIRED)),
        Principal::Person(person) => person,
    };
    let denied = || Error::new(&codes::ACCESS_DENIED);
    if !person.ceiling.contains(permission) {
        return Err(denied());
    }
    let own = *on == Target::Account(person.user);
    if person.limited && !(own && Permissions::LIMITED.contains(permission)) {
        return Err(Error::new(&codes::FACTOR_REQUIRED));
    }
    match permission {
        P::AccountRead
        | P::AccountEdit
        | P::AccountExport
        | P::AccountDelete
        | P::PasswordChange
        | P::FactorsManage
        | P::FactorsRead
        | P::SessionsRead
        | P::SessionsEnd
        | P::RecoveryStop
            if own =>
        {
            Ok(())
        }
        // What is made for others is no way around what is asked of oneself.
        P::RecoveryStart | P::SignInTokens | P::PasswordReset if own => Err(denied()),
        P::PasswordChange
        | P::FactorsManage
        | P::FactorsReset
        | P::AdminBootstrap
        | P::BackupsManage => Err(denied()),
        P::AccountRead
        | P::AccountEdit
        | P::PasswordReset
        | P::RecoveryStart
        | P::RecoveryStop
        | P::FactorsRead
        | P::SessionsRead
        | P::SessionsEnd
        | P::PeopleList
        | P::OverviewRead
        | P::PeopleCreate
        | P::PeopleSuspend
        | P::AccountUnlock
        | P::AccountVouch => {
            if person.role < Role::Manager {
                Err(denied())
            } else if outranks(person.role, *facts) {
                Ok(())
            } else {
                Err(Error::new(&codes::ACCESS_RANK))
            }
        }
        P::AccountExport
        | P::AccountDelete
        | P::SignInTokens
        | P::RoleAssign
        | P::SigningKeys
        | P::SitesManage
        | P::AuditRead
        | P::FindingsAccept
        | P::MailManage
        | P::WebhooksManage
        | P::AlertsManage
        | P::Diagnostics => {
            if person.role == Role::Admin {
                Ok(())
            } else {
                Err(denied())
            }
        }
    }
}

/// Administrators stand above all; managers only above the default role.
fn outranks(role: Role, facts: Facts) -> bool {
    role == Role::Admin
        || [facts.holds, facts.gives]
            .into_iter()
            .flatten()
            .all(|other| other < role)
}

impl Role {
    /// All of them, lowest first.
    pub const ALL: &'static [Self] = &[Self::Default, Self::Manager, Self::Admin];

    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Manager => "manager",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .iter()
            .copied()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| {
                Error::new(&codes::REQUEST_INVALID).field(
                    "/role",
                    "choice",
                    "One of admin, manager, default.",
                )
            })
    }
}

impl Principal {
    /// The account behind it, if there is one.
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::Person(person) => Some(person.user),
            _ => None,
        }
    }

    /// The signed-in person.
    ///
    /// # Errors
    /// `auth.required` if there is none.
    pub fn person(&self) -> Result<&Person, Error> {
        match self {
            Self::Person(person) => Ok(person),
            _ => Err(Error::new(&codes::AUTH_REQUIRED)),
        }
    }
}

/// As the audit trail names an actor: an id, `anonymous`, `operator` or
/// `chore:name`.
impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::Person(person) => person.user.fmt(f),
            Self::Operator => f.write_str("operator"),
            Self::Chore(name) => write!(f, "chore:{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;

    fn user() -> UserId {
        UserId::new(Time::from_secs(1), &Entropy).unwrap()
    }

    fn person(role: Role, ceiling: Permissions) -> (UserId, Principal) {
        let user = user();
        let session = SessionId::new(Time::from_secs(1), &Entropy).unwrap();
        let person = Person {
            user,
            session,
            role,
            org: None,
            ceiling,
            assurance: Assurance::One,
            auth_time: Time::default(),
            limited: false,
        };
        (user, Principal::Person(person))
    }

    fn every_case() -> impl Iterator<Item = (Permission, Facts)> {
        let roles = [
            None,
            Some(Role::Default),
            Some(Role::Manager),
            Some(Role::Admin),
        ];
        Permission::ALL.iter().flat_map(move |permission| {
            roles.into_iter().flat_map(move |holds| {
                roles
                    .into_iter()
                    .map(move |gives| (*permission, Facts { holds, gives }))
            })
        })
    }

    #[test]
    fn a_stranger_may_do_nothing() {
        for (permission, facts) in every_case() {
            for on in [Target::Installation, Target::Account(user())] {
                assert!(
                    decide(&Principal::Anonymous, permission, &on, &facts).is_err(),
                    "{permission:?}"
                );
            }
        }
    }

    #[test]
    fn a_default_person_may_do_nothing_to_others() {
        let (_, by) = person(Role::Default, Permissions::ALL);
        for (permission, facts) in every_case() {
            for on in [Target::Installation, Target::Account(user())] {
                assert!(
                    decide(&by, permission, &on, &facts).is_err(),
                    "{permission:?}"
                );
            }
        }
    }

    #[test]
    fn a_higher_role_loses_nothing() {
        for (permission, facts) in every_case() {
            for on in [Target::Installation, Target::Account(user())] {
                let allowed = Role::ALL.iter().map(|role| {
                    decide(&person(*role, Permissions::ALL).1, permission, &on, &facts).is_ok()
                });
                assert!(allowed.is_sorted(), "{permission:?} {facts:?}");
            }
        }
    }

    /// vuln:80
    #[test]
    fn a_manager_touches_no_peer_and_gives_no_rank() {
        let (_, by) = person(Role::Manager, Permissions::ALL);
        for (permission, facts) in every_case() {
            let above = [facts.holds, facts.gives]
                .into_iter()
                .flatten()
                .any(|role| role >= Role::Manager);
            if above {
                let answer = decide(&by, permission, &Target::Account(user()), &facts);
                assert!(answer.is_err(), "{permission:?} {facts:?}");
            }
        }
    }

    /// asvs:V6.3.3
    #[test]
    fn without_the_second_factor_one_may_only_see_to_it() {
        for role in Role::ALL {
            let (me, Principal::Person(person)) = person(*role, Permissions::ALL) else {
                unreachable!("a person was made");
            };
            let by = Principal::Person(Person {
                limited: true,
                ..person
            });
            for (permission, facts) in every_case() {
                let others = [Target::Installation, Target::Account(user())];
                for on in others {
                    let refused = decide(&by, permission, &on, &facts).unwrap_err();
                    assert!(refused.is(&codes::FACTOR_REQUIRED), "{permission:?}");
                }
                let own = decide(&by, permission, &Target::Account(me), &facts);
                let left = Permissions::LIMITED.contains(permission);
                assert_eq!(own.is_ok(), left, "{permission:?}");
            }
        }
    }

    #[test]
    fn a_ceiling_is_never_exceeded() {
        for role in Role::ALL {
            let (me, by) = person(*role, Permissions::NONE.with(Permission::AccountRead));
            for (permission, facts) in every_case() {
                let answer = decide(&by, permission, &Target::Account(me), &facts);
                assert_eq!(
                    answer.is_ok(),
                    permission == Permission::AccountRead,
                    "{permission:?}"
                );
            }
        }
    }
}
