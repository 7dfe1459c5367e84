//! What the queues hold: the payloads that a verb writes and a chore reads.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tollgate_base::{Error, Result, codes};
use tollgate_outbound::letters::Notice;
use tollgate_records::{events::EventKind, factors::ways::Channel};

/// The payload of a queue: a JSON column.
pub(crate) trait Payload: Serialize + DeserializeOwned {
    /// Their queue.
    const QUEUE: &'static str;

    /// As it is stored.
    fn to_payload(&self) -> Result<String> {
        serde_json::to_string(self).map_err(broken)
    }

    /// As it was stored.
    fn from_payload(payload: &str) -> Result<Self> {
        serde_json::from_str(payload).map_err(broken)
    }
}

/// A reset link was asked for. JSON column.
#[derive(Serialize, Deserialize)]
pub(crate) struct ResetJob {
    /// The address that somebody typed; whether it is anybody's is found out
    /// when the mail is made, so that asking costs the same for all.
    pub(crate) email: String,
}

/// A link was asked for that proves an address to be one's own. JSON column.
#[derive(Serialize, Deserialize)]
pub(crate) struct VerifyJob {
    /// Whose it is said to be.
    pub(crate) account: String,
    /// The address.
    pub(crate) email: String,
}

/// A sign-in is to be confirmed. The code follows from the job. JSON column.
#[derive(Serialize, Deserialize)]
pub(crate) struct ConfirmJob {
    /// Whose it is.
    pub(crate) account: String,
    /// The address, in canonical form.
    pub(crate) email: String,
    /// When it was asked for, in microseconds.
    pub(crate) at: i64,
}

/// A link or a code was asked for to sign in with. JSON column.
#[derive(Serialize, Deserialize)]
pub(crate) struct SignInJob {
    /// The address that somebody typed.
    pub(crate) email: String,
    /// The one-time secret that the browser holds which asked.
    pub(crate) request: String,
    /// Its purpose: a link, or a code.
    pub(crate) purpose: String,
    /// Whether the account knows who asked, who was counted by themselves then.
    #[serde(default)]
    pub(crate) known: bool,
}

/// Something was done to an account that its owner is to be told of.
/// JSON column.
#[derive(Serialize, Deserialize)]
pub(crate) struct NoticeJob {
    /// Whose it is.
    pub(crate) account: String,
    /// The kind of the event.
    pub(crate) event: String,
    /// When it was, in microseconds.
    pub(crate) at: i64,
    /// From what and where, if that was told.
    #[serde(default)]
    pub(crate) from: Option<String>,
    /// The address of before, where what signs in was changed.
    #[serde(default)]
    pub(crate) to: Option<String>,
    /// How many recovery codes are left, if one was used.
    #[serde(default)]
    pub(crate) left: Option<i64>,
    /// Whether somebody else did it: an administrator or the operator.
    #[serde(default)]
    pub(crate) by_other: bool,
}

/// A recovery was started: when its time has come, its link goes out.
/// JSON column.
#[derive(Serialize, Deserialize)]
pub(crate) struct RecoveryJob {
    /// For whom.
    pub(crate) account: String,
}

/// A code was asked for. JSON column.
#[derive(Serialize, Deserialize)]
pub(crate) struct CodeJob {
    /// Whose it is.
    pub(crate) account: String,
    /// What for: a purpose of things that work once.
    pub(crate) purpose: String,
    /// How it is sent.
    pub(crate) way: String,
    /// The address in canonical form, or the number.
    pub(crate) to: String,
    /// What it is bound to, in hexadecimal digits.
    pub(crate) binding: String,
    /// When it was asked for, in microseconds.
    pub(crate) at: i64,
}

/// An account takes no more tries, or somebody who says so asked for a way in.
/// JSON column.
#[derive(Serialize, Deserialize)]
pub(crate) struct UnlockJob {
    /// Whose it is; of names that are nobody's, nobody's.
    pub(crate) account: Option<String>,
    /// What somebody typed who asked; whose it is is found out when the mail is made.
    pub(crate) login: Option<String>,
}

/// A mail or text that is to be made.
pub(crate) enum MailJob {
    Reset(ResetJob),
    Verify(VerifyJob),
    Confirm(ConfirmJob),
    SignIn(SignInJob),
    Notice(NoticeJob),
    Code(CodeJob),
    Recovery(RecoveryJob),
    Unlock(UnlockJob),
}

impl Payload for ResetJob {
    const QUEUE: &'static str = "password_reset";
}

impl Payload for VerifyJob {
    const QUEUE: &'static str = "address_verification";
}

impl Payload for ConfirmJob {
    const QUEUE: &'static str = "confirmation";
}

impl Payload for SignInJob {
    const QUEUE: &'static str = "sign_in";
}

impl Payload for CodeJob {
    const QUEUE: &'static str = "mailed_code";
}

impl CodeJob {
    const TEXTS: &'static str = "text_code";

    /// The queue of codes that are sent that way.
    pub(crate) const fn queue(way: Channel) -> &'static str {
        match way {
            Channel::Email => Self::QUEUE,
            Channel::Sms => Self::TEXTS,
        }
    }
}

impl Payload for NoticeJob {
    const QUEUE: &'static str = "notice";
}

impl Payload for RecoveryJob {
    const QUEUE: &'static str = "account_recovery";
}

impl Payload for UnlockJob {
    const QUEUE: &'static str = "unlock";
}

impl MailJob {
    /// Every queue of mail: first what somebody waits for.
    pub(crate) const MAILS: [&str; 8] = [
        ConfirmJob::QUEUE,
        SignInJob::QUEUE,
        CodeJob::QUEUE,
        ResetJob::QUEUE,
        UnlockJob::QUEUE,
        VerifyJob::QUEUE,
        NoticeJob::QUEUE,
        RecoveryJob::QUEUE,
    ];
    /// Every queue of texts.
    pub(crate) const TEXTS: [&str; 1] = [CodeJob::TEXTS];

    /// What a queue holds.
    ///
    /// # Errors
    /// `internal` if it is none of ours, or was written by a newer version.
    pub(crate) fn of(queue: &str, payload: &str) -> Result<Self> {
        match queue {
            ResetJob::QUEUE => ResetJob::from_payload(payload).map(Self::Reset),
            VerifyJob::QUEUE => VerifyJob::from_payload(payload).map(Self::Verify),
            ConfirmJob::QUEUE => ConfirmJob::from_payload(payload).map(Self::Confirm),
            SignInJob::QUEUE => SignInJob::from_payload(payload).map(Self::SignIn),
            NoticeJob::QUEUE => NoticeJob::from_payload(payload).map(Self::Notice),
            CodeJob::QUEUE | CodeJob::TEXTS => CodeJob::from_payload(payload).map(Self::Code),
            RecoveryJob::QUEUE => RecoveryJob::from_payload(payload).map(Self::Recovery),
            UnlockJob::QUEUE => UnlockJob::from_payload(payload).map(Self::Unlock),
            other => {
                let unknown = format!("no mail is made of the queue {other}");
                Err(Error::new(&codes::INTERNAL).because(unknown))
            }
        }
    }

    /// Whether what a queue holds is owed to an owner: nobody keeps it back while it
    /// can be delivered.
    pub(crate) fn is_owed(queue: &str) -> bool {
        [NoticeJob::QUEUE, RecoveryJob::QUEUE].contains(&queue)
    }

    /// For whom it is: an address, or somebody's id.
    pub(crate) fn receiver(self) -> String {
        match self {
            Self::Reset(job) => job.email,
            Self::Verify(job) => job.email,
            Self::Confirm(job) => job.email,
            Self::Notice(job) => job.to.unwrap_or(job.account),
            Self::Recovery(job) => job.account,
            Self::Unlock(job) => job.login.or(job.account).unwrap_or_default(),
            Self::SignIn(job) => job.email,
            Self::Code(job) => job.to,
        }
    }
}

/// The mail that tells an account's owner of an event.
pub(crate) fn notice(kind: EventKind) -> Option<Notice> {
    Some(match kind {
        EventKind::IdentifierAdded => Notice::IdentifierAdded,
        EventKind::IdentifierRemoved => Notice::IdentifierRemoved,
        EventKind::RecoveryStarted => Notice::RecoveryStarted,
        EventKind::AccountRecovered => Notice::AccountRecovered,
        EventKind::FactorAdded => Notice::FactorAdded,
        EventKind::FactorRemoved => Notice::FactorRemoved,
        EventKind::CodesTurnedOn => Notice::CodesTurnedOn,
        EventKind::CodesTurnedOff => Notice::CodesTurnedOff,
        EventKind::PhoneVerified => Notice::PhoneVerified,
        EventKind::PhoneRemoved => Notice::PhoneRemoved,
        EventKind::PasskeyAdded => Notice::PasskeyAdded,
        EventKind::PasskeyRemoved => Notice::PasskeyRemoved,
        EventKind::PasskeyCopied => Notice::PasskeyCopied,
        EventKind::FactorsReset => Notice::FactorsReset,
        EventKind::FactorBlocked => Notice::FactorBlocked,
        EventKind::PasswordBlocked => Notice::PasswordBlocked,
        EventKind::RecoveryCodesMade => Notice::RecoveryCodesMade,
        EventKind::RecoveryCodeUsed => Notice::RecoveryCodeUsed,
        EventKind::DeviceNew => Notice::NewDevice,
        EventKind::CountryNew => Notice::NewCountry,
        EventKind::SignInTokenIssued => Notice::SignInTokenIssued,
        EventKind::PasswordResetRequested => Notice::ResetLinkMade,
        EventKind::RoleAssigned => Notice::RoleChanged,
        EventKind::DeviceTrusted => Notice::DeviceTrusted,
        EventKind::LockedDown => Notice::LockedDown,
        EventKind::TokenReused => Notice::TokenReused,
        EventKind::PasswordChanged | EventKind::PasswordReset => Notice::PasswordChanged,
        _ => return None,
    })
}

fn broken(fault: serde_json::Error) -> Error {
    Error::new(&codes::INTERNAL).because(fault)
}
