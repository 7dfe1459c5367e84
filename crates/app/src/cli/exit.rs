//! Why a command did not succeed: its exit code, its words and its JSON. The
//! only place where codes become exit codes and next commands.

use serde_json::{Value, json};
use tollgate_base::{
    Error, Kind,
    codes::{self, Code},
};

use crate::config::fault::Fault;

/// What the shell gets to see. Numbers are never given another meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// It is done.
    Done = 0,
    /// It failed.
    Failed = 1,
    /// The command was not written correctly.
    Usage = 2,
    /// The configuration is not valid; a restart will not help.
    Config = 3,
    /// There is no such thing.
    Missing = 4,
    /// It is not allowed.
    Denied = 5,
    /// It contradicts what is there.
    Conflict = 6,
    /// The server or the database cannot be reached.
    Unreachable = 7,
    /// Some of many failed, or a report finds something critical.
    Some = 8,
}

/// Why a command did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A verb or a part refused, or broke.
    Refused(Error),
    /// The configuration has these faults.
    Config(Vec<Fault>),
}

impl Failure {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Refused(error) => exit(error),
            Self::Config(_) => Exit::Config,
        }
    }

    /// What, why, what to type next, and the code.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Refused(error) => refusal(error),
            Self::Config(faults) => {
                let lines: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
                let head = heading(&codes::CONFIG_INVALID);
                format!("{head}\n{}\n  Next: tollgate config init", lines.join("\n"))
            }
        }
    }

    /// `{"error": {"code", "title", "detail", "fields", "next", "exit"}}`, and
    /// for the configuration `faults`.
    pub(crate) fn json(&self) -> Value {
        json!({ "error": self.inside() })
    }

    /// The same without its envelope, for one of many.
    pub(crate) fn inside(&self) -> Value {
        let exit = self.exit() as u8;
        match self {
            Self::Refused(error) => {
                let field = |fault: &tollgate_base::error::FieldFault| json!({ "pointer": fault.pointer, "rule": fault.rule, "detail": fault.detail });
                json!({
                    "code": error.code().name,
                    "title": error.code().title,
                    "detail": error.public(),
                    "fields": error.fields().iter().map(field).collect::<Vec<_>>(),
                    "cause": error.cause().map(|_| causes(error)),
                    "next": next(error.code()),
                    "exit": exit,
                })
            }
            Self::Config(faults) => {
                let fault = |fault: &Fault| {
                    json!({
                        "key": fault.key,
                        "origin": fault.origin.to_string(),
                        "message": fault.message,
                        "hint": fault.hint,
                    })
                };
                let code = &codes::CONFIG_INVALID;
                json!({
                    "code": code.name,
                    "title": code.title,
                    "detail": code.help,
                    "faults": faults.iter().map(fault).collect::<Vec<_>>(),
                    "next": next(code),
                    "exit": exit,
                })
            }
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// Codes that say more than their kind, then the kinds.
fn exit(error: &Error) -> Exit {
    let configured = [
        &codes::CONFIG_INVALID,
        &codes::SECRET_WEAK,
        &codes::SECRETS_MISMATCH,
        &codes::SECRET_REMOVED,
        &codes::SEAL_BROKEN,
    ];
    if configured.into_iter().any(|code| error.is(code)) {
        return Exit::Config;
    }
    if error.is(&codes::STORE_DOWN) {
        return Exit::Unreachable;
    }
    match error.kind() {
        Kind::Invalid => Exit::Usage,
        Kind::Stranger | Kind::Denied => Exit::Denied,
        Kind::Missing => Exit::Missing,
        Kind::Conflict => Exit::Conflict,
        Kind::Upstream => Exit::Unreachable,
        Kind::Limited | Kind::Busy | Kind::Exhausted | Kind::Broken => Exit::Failed,
    }
}

/// What to type next, where one command helps.
fn next(code: &Code) -> Option<&'static str> {
    Some(match code.name {
        "person.missing" => "tollgate user list",
        "session.missing" => "tollgate session list USER",
        "site.missing" | "site.taken" => "tollgate site list",
        "site.locked" => "tollgate reload",
        "site.unknown" => "tollgate site add NAME URL",
        "mail.missing" | "mail.waits" | "mail.owed" => "tollgate mail queue",
        "mail.failed" => "tollgate doctor",
        "key.missing" => "tollgate signing-key list",
        "key.in_use" => "tollgate signing-key rotate PURPOSE",
        "admin.exists" => "tollgate admin recover USER",
        "admin.last" => "tollgate admin create EMAIL",
        "identifier.taken" => "tollgate user show USER",
        "config.invalid" | "secret.weak" => "tollgate config init",
        "store.down" | "migration.failed" | "internal.store" | "backup.not_empty" => {
            "tollgate db status"
        }
        "code.missing" => "tollgate explain",
        "server.unreachable" => "tollgate serve",
        "usage.invalid" => "tollgate help",
        _ => return None,
    })
}

fn refusal(error: &Error) -> String {
    let mut lines = vec![heading(error.code()), format!("  {}", error.public())];
    for fault in error.fields() {
        let field = fault.pointer.trim_start_matches('/');
        lines.push(format!("  {field}: {}", fault.detail));
    }
    if error.cause().is_some() {
        lines.push(format!("  Cause: {}", causes(error)));
    }
    if let Some(next) = next(error.code()) {
        lines.push(format!("  Next: {next}"));
    }
    lines.join("\n")
}

fn heading(code: &Code) -> String {
    format!("{} ({})", code.title, code.name)
}

/// What went wrong below: whoever types commands here also reads the log.
fn causes(error: &Error) -> String {
    let mut chain = Vec::new();
    let mut cause = error.cause().map(|cause| cause as &dyn std::error::Error);
    while let Some(fault) = cause {
        chain.push(fault.to_string());
        cause = fault.source();
    }
    chain.join(": ")
}

#[cfg(test)]
mod tests {
    use tollgate_base::{Error, codes};

    use super::{Exit, Failure, next};

    #[test]
    fn every_code_has_an_exit_code_other_than_done() {
        for code in codes::ALL {
            let exit = Failure::from(Error::new(code)).exit();
            assert!(!matches!(exit, Exit::Done | Exit::Some), "{}", code.name);
        }
    }

    #[test]
    fn exit_codes_that_scripts_and_supervisors_rely_on() {
        let check = |code, exit| assert_eq!(Failure::from(Error::new(code)).exit(), exit);
        check(&codes::PERSON_MISSING, Exit::Missing);
        check(&codes::ACCESS_RANK, Exit::Denied);
        check(&codes::ADMIN_EXISTS, Exit::Conflict);
        check(&codes::PASSWORD_WEAK, Exit::Usage);
        check(&codes::SECRETS_MISMATCH, Exit::Config);
        check(&codes::STORE_DOWN, Exit::Unreachable);
        check(&codes::BACKUP_INVALID, Exit::Usage);
        check(&codes::AUDIT_BROKEN, Exit::Failed);
    }

    #[test]
    fn next_commands_belong_to_codes_that_exist() {
        assert!(
            codes::ALL
                .iter()
                .filter(|code| next(code).is_some())
                .count()
                >= 14
        );
    }

    #[test]
    fn a_refusal_says_what_why_next_and_the_code() {
        let failure = Failure::from(Error::new(&codes::PERSON_MISSING));
        let words = failure.words();
        assert_eq!(
            words,
            "There is no such person (person.missing)\n  Check the id.\n  Next: tollgate user list"
        );
        assert_eq!(failure.json()["error"]["exit"], 4);
    }
}
