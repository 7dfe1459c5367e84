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

impl Level {
    /// All of them, the quietest first.
    pub const ALL: &'static [Self] = &[Self::Info, Self::Warn, Self::Error];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }

    /// The level of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|level| level.as_str() == name)
    }
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
    /// An account has one more name to sign in with.
    IdentifierAdded = "identifier.added" Warn Subject;
    /// A name to sign in with was taken from an account.
    IdentifierRemoved = "identifier.removed" Warn Subject;
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
    /// A sign-in failed so often that the account takes no more for a while, from whoever `lane` says.
    SigninBlocked = "signin.blocked" Warn Keep;
    /// An account takes tries again that it had refused.
    AccountUnlocked = "account.unlocked" Warn Keep;
    /// Strangers from one network failed at so many accounts that the network is shut to them for an hour.
    SigninSprayed = "signin.sprayed" Warn Keep;
    /// Strangers failed at so many accounts from so many networks that the house is on guard.
    SigninStuffed = "signin.stuffed" Error Keep;
    /// A mail to sign in with was sent.
    SignInMailed = "signin.mailed" Info Keep;
    /// An administrator made a link with which somebody signs in.
    SignInTokenIssued = "signin.token_issued" Warn Keep;
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

    /// A session was presented on a device, or from a network, to which it does not belong.
    SessionElsewhere = "session.elsewhere" Warn Keep;

    /// Somebody signed in from a device, or a network, that the account did not know.
    DeviceNew = "device.new" Info Keep;
    /// Somebody signed in from a country in which the account was not used before.
    CountryNew = "country.new" Warn Keep;
    /// A sign-in from a device, or a network, that the account does not know is to be confirmed by mail.
    ConfirmationAsked = "signin.confirmation_asked" Info Keep;
    /// The second step is left out on a device from now on.
    DeviceTrusted = "device.trusted" Warn Keep;
    /// A device was forgotten; its sessions ended.
    DeviceRemoved = "device.removed" Info Subject;
    /// All devices were forgotten; their sessions ended.
    DevicesRemoved = "devices.removed" Info Subject;

    /// A password was changed by its owner.
    PasswordChanged = "password.changed" Info Subject;
    /// A password was reset by link.
    PasswordReset = "password.reset" Warn Subject;
    /// A reset link was asked for.
    PasswordResetRequested = "password.reset_requested" Info Keep;
    /// A stored hash was replaced by a better one of the same password.
    PasswordRehashed = "password.rehashed" Info Keep;
    /// A new password could not be looked up among those that became known, and was taken.
    BreachCheckFailed = "password.breach_check_failed" Warn Keep;

    /// A second factor was added.
    FactorAdded = "factor.added" Warn Subject;
    /// A second factor was removed.
    FactorRemoved = "factor.removed" Warn Subject;
    /// Codes by mail or text were turned on as a second factor.
    CodesTurnedOn = "codes.turned_on" Warn Subject;
    /// They were turned off.
    CodesTurnedOff = "codes.turned_off" Warn Subject;
    /// A code was sent, to be shown as the second factor.
    CodeSent = "codes.sent" Info Keep;
    /// A phone is known to be its owner's.
    PhoneVerified = "phone.verified" Warn Subject;
    /// A phone was removed.
    PhoneRemoved = "phone.removed" Warn Subject;
    /// A passkey was added.
    PasskeyAdded = "passkey.added" Warn Subject;
    /// A passkey was given another name.
    PasskeyRenamed = "passkey.renamed" Info Keep;
    /// A passkey was removed.
    PasskeyRemoved = "passkey.removed" Warn Subject;
    /// A passkey that stays on its device counted backwards, as a copy would: it was refused.
    PasskeyCopied = "passkey.copied" Error Keep;
    /// All second factors of an account were taken away by the operator.
    FactorsReset = "factor.reset" Error Subject;
    /// An account's owner shut everybody else out.
    LockedDown = "account.locked_down" Warn Subject;
    /// A recovery was started for somebody who can prove nothing any more; it waits.
    RecoveryStarted = "recovery.started" Warn Keep;
    /// A recovery was stopped before it was finished.
    RecoveryStopped = "recovery.stopped" Warn Keep;
    /// An account has a new password and no second factors any more, after a recovery.
    AccountRecovered = "recovery.finished" Warn Subject;
    /// A session's owner has shown a second factor again.
    SteppedUp = "session.stepped_up" Info Subject;
    /// Codes were wrong so often in a row that no more are taken for a while.
    FactorBlocked = "factor.blocked" Warn Keep;
    /// In one session the current password was wrong so often in a row that none is looked at for a while.
    PasswordBlocked = "password.blocked" Warn Keep;
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

    /// Events are sent to an address from now on.
    WebhookCreated = "webhook.created" Warn Keep;
    /// What is sent there, or where to, was changed.
    WebhookUpdated = "webhook.updated" Warn Keep;
    /// Nothing is sent there any more.
    WebhookDeleted = "webhook.deleted" Warn Keep;
    /// It signs with a new secret; the old one signs too for a while.
    WebhookRotated = "webhook.secret_rotated" Warn Keep;
    /// Events are sent there again that were sent before.
    WebhookReplayed = "webhook.replayed" Warn Keep;
    /// Its receiver is gone, or took nothing for so long that nothing more is sent.
    WebhookStopped = "webhook.stopped" Error Keep;

    /// Somebody saw an alert.
    AlertAcknowledged = "alert.acknowledged" Info Keep;
    /// Somebody closed an alert.
    AlertClosed = "alert.closed" Info Keep;
    /// The compliance rules find something that they did not find before.
    ComplianceChanged = "compliance.changed" Warn Keep;
    /// A finding of the compliance rules was accepted for a while.
    FindingAccepted = "compliance.accepted" Warn Keep;
    /// A finding that was accepted counts again.
    FindingWithdrawn = "compliance.withdrawn" Info Keep;
    /// Somebody read who has access to what.
    AccessReported = "access.reported" Info Keep;
    /// An account was reviewed.
    AccountReviewed = "account.reviewed" Info Keep;
    /// The links and codes that were out for an account are void.
    LinksVoided = "links.voided" Warn Keep;

    /// A backup was written.
    BackupWritten = "backup.written" Info Keep;
    /// A backup was restored: a new epoch began.
    BackupRestored = "backup.restored" Error Everything;
    /// A mail or text could not be delivered and was given up.
    MailGivenUp = "mail.given_up" Error Keep;
    /// Somebody had a mail or text tried again.
    MailRetried = "mail.retried" Info Keep;
    /// Somebody deleted a mail or text that was not delivered.
    MailDiscarded = "mail.discarded" Warn Keep;
    /// Somebody searched the audit trail, or looked at events of it.
    AuditRead = "audit.read" Info Keep;
    /// Somebody took the audit trail out, or a part of it.
    AuditExported = "audit.exported" Warn Keep;
    /// Personal data of events that were kept for long enough were erased.
    AuditExpired = "audit.expired" Info Keep;
    /// The audit trail was found not to verify.
    AuditBroken = "audit.broken" Error Keep;
    /// An export of the audit trail was told to begin again from an earlier place.
    AuditReplayed = "audit.replayed" Warn Keep;
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
