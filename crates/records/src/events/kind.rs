//! What can happen, its stable name, its log level, and whether caches must
//! hear of it.

/// How loud an event is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The usual course of things.
    Info,
    /// Somebody should look at it some day.
    Warn,
    /// Somebody should look at it now.
    Error,
}

macro_rules! kinds {
    ($(#[doc = $doc:literal] $id:ident = $name:literal $level:ident $cache:ident;)*) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum EventKind { $(#[doc = $doc] $id,)* }

        impl EventKind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$id),*];

            /// The stable name, as stored and exported.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$id => $name,)* }
            }

            /// What happened, as a sentence.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$id => $doc.trim_ascii(),)* }
            }

            /// How loud it is in the log.
            pub const fn level(self) -> Level {
                match self { $(Self::$id => Level::$level,)* }
            }

            const fn cache(self) -> Cache {
                match self { $(Self::$id => Cache::$cache,)* }
            }
        }
    };
}

/// What a cache on any node must forget.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cache {
    Keep,
    Subject,
    Sites,
    Everything,
}

kinds! {
    /// An account was made.
    AccountCreated = "account.created" Info Keep;
    /// A profile was changed.
    AccountUpdated = "account.updated" Info Subject;
    /// An identifier is known to be its owner's.
    IdentifierVerified = "identifier.verified" Info Subject;
    /// An account's data were taken out.
    AccountExported = "account.exported" Info Keep;
    /// An account was deleted.
    AccountDeleted = "account.deleted" Warn Subject;
    /// An account may no longer sign in.
    AccountSuspended = "account.suspended" Warn Subject;
    /// An account may sign in again.
    AccountResumed = "account.resumed" Info Subject;
    /// A role was given.
    RoleAssigned = "role.assigned" Warn Subject;
    /// The first administrator was made.
    SetUp = "installation.set_up" Warn Keep;
    /// An administrator was made or restored at the command line.
    AdminRecovered = "admin.recovered" Warn Subject;
    /// A setup link was issued.
    SetupLinkIssued = "setup.link_issued" Warn Keep;

    /// Somebody signed in.
    SignedIn = "session.opened" Info Keep;
    /// A sign-in failed so often that the account takes no more for a while.
    SigninBlocked = "signin.blocked" Warn Keep;
    /// A session ended.
    SessionEnded = "session.ended" Info Subject;
    /// Several sessions ended at once.
    SessionsEnded = "sessions.ended" Info Subject;
    /// A refresh token was exchanged.
    SessionRefreshed = "session.refreshed" Info Keep;
    /// A refresh token was used twice; its session ended.
    TokenReused = "token.reused" Error Subject;
    /// A token signed elsewhere with a shared secret was seen first.
    ForeignTokenSeen = "token.foreign_seen" Info Keep;

    /// A password was changed by its owner.
    PasswordChanged = "password.changed" Info Subject;
    /// A password was reset by link.
    PasswordReset = "password.reset" Warn Subject;
    /// A reset link was asked for.
    PasswordResetRequested = "password.reset_requested" Info Keep;
    /// A stored hash was replaced by a better one of the same password.
    PasswordRehashed = "password.rehashed" Info Keep;

    /// A second factor was added.
    FactorAdded = "factor.added" Warn Subject;
    /// A second factor was removed.
    FactorRemoved = "factor.removed" Warn Subject;
    /// All second factors of an account were taken away by the operator.
    FactorsReset = "factor.reset" Error Subject;
    /// New recovery codes were made; the old ones are void.
    RecoveryCodesMade = "recovery_codes.made" Warn Keep;
    /// A recovery code was used.
    RecoveryCodeUsed = "recovery_codes.used" Warn Keep;

    /// A signing key was made.
    KeyCreated = "signing_key.created" Warn Everything;
    /// A signing key is no longer accepted.
    KeyRemoved = "signing_key.removed" Warn Everything;

    /// An app behind the gate was registered.
    SiteCreated = "site.created" Warn Sites;
    /// Its address or its rules were changed.
    SiteUpdated = "site.updated" Warn Sites;
    /// It is not behind the gate any more.
    SiteDeleted = "site.deleted" Warn Sites;
    /// Somebody who is signed in came to an app.
    SiteEntered = "site.entered" Info Keep;

    /// A backup was written.
    BackupWritten = "backup.written" Info Keep;
    /// A backup was restored: a new epoch began.
    BackupRestored = "backup.restored" Error Everything;
    /// A mail could not be delivered and was given up.
    MailGivenUp = "mail.given_up" Error Keep;
    /// An operator had a mail tried again.
    MailRetried = "mail.retried" Info Keep;
    /// An operator deleted a mail that was not delivered.
    MailDiscarded = "mail.discarded" Warn Keep;
    /// The machine's clock jumped by more than a minute.
    ClockStepped = "clock.stepped" Warn Keep;
}

// The feed leaves it out.
const _: () = assert!(matches!(EventKind::SessionRefreshed.cache(), Cache::Keep));

impl EventKind {
    /// Whether what caches hold of the subject is stale now.
    pub fn stales_subject(self) -> bool {
        self.cache() == Cache::Subject
    }

    /// Whether what is remembered of the sites is stale now.
    pub fn stales_sites(self) -> bool {
        self.cache() == Cache::Sites
    }

    /// Whether all that caches hold is stale now.
    pub fn stales_everything(self) -> bool {
        self.cache() == Cache::Everything
    }

    /// The kind of that name. A newer node may write names that we do not know.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }
}
