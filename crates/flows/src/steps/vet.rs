//! Which passwords are good enough, by whose rules.
//!
//! A password counts exactly as it was sent: it is neither trimmed nor
//! normalised, and a character is a code point of it.

mod common;
mod context;
mod key;
mod strength;

use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes};

use crate::ctx::{CharacterClass, PasswordPolicy};

use common::is_common;
pub(crate) use strength::score;

/// What a client's contract asks of us, as data: a dialect decides nothing.
#[derive(Clone, Copy, Debug)]
pub struct ClientProfile {
    /// Its name in the audit trail and in metrics.
    pub name: &'static str,
    /// Its rules for passwords.
    pub passwords: PasswordRules,
    /// Whether it can ask somebody for a second factor.
    pub second_step: bool,
}

/// Rules for passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordRules {
    /// Ours: what the operator's policy says, not common, and nothing that
    /// whoever knows the person or the place tries first.
    Native,
    /// Those of Django's four validators.
    Django,
}

impl ClientProfile {
    /// Our own API and pages.
    pub const NATIVE: Self = Self {
        name: "native",
        passwords: PasswordRules::Native,
        second_step: true,
    };
}

/// Most characters of a password (NIST SP 800-63B-4 asks for 64 at least).
pub(crate) const MOST: usize = 256;

/// Check a password that somebody of these names chooses.
///
/// # Errors
/// `password.weak`, with a field `/password` for each rule that it breaks.
pub(crate) fn vet(
    password: &SecretString,
    rules: PasswordRules,
    policy: &PasswordPolicy,
    names: &[&str],
) -> Result<()> {
    let (text, least) = (password.expose_secret(), policy.least);
    let length = text.chars().count();
    let mut faults: Vec<(&'static str, String)> = Vec::new();
    if length < least {
        faults.push((
            "too_short",
            format!("It must have at least {least} characters."),
        ));
    }
    if length > MOST {
        faults.push((
            "too_long",
            format!("It may have {MOST} characters at most."),
        ));
    }
    let missing = policy.require.iter().copied();
    faults.extend(missing.filter(|class| !has(text, *class)).map(lack));
    if is_common(text) {
        faults.push((
            "too_common",
            "Many people use it; attackers try it first.".into(),
        ));
    }
    match rules {
        PasswordRules::Native if context::is_told_by(text, names, policy) => {
            faults.push((
                "context",
                "It must not contain your name or address, nor the name of this place.".into(),
            ));
        }
        PasswordRules::Django if !text.is_empty() && text.chars().all(|c| c.is_ascii_digit()) => {
            faults.push(("numeric", "It must not be digits alone.".into()));
        }
        _ => {}
    }
    if faults.is_empty() {
        return Ok(());
    }
    let weak = Error::new(&codes::PASSWORD_WEAK);
    Err(faults.into_iter().fold(weak, |weak, (rule, detail)| {
        weak.field("/password", rule, detail)
    }))
}

fn has(password: &str, class: CharacterClass) -> bool {
    password.chars().any(|c| match class {
        CharacterClass::Upper => c.is_uppercase(),
        CharacterClass::Lower => c.is_lowercase(),
        CharacterClass::Digit => c.is_numeric(),
        CharacterClass::Symbol => !c.is_alphanumeric(),
    })
}

fn lack(class: CharacterClass) -> (&'static str, String) {
    let (rule, what) = match class {
        CharacterClass::Upper => ("needs_upper", "a capital letter"),
        CharacterClass::Lower => ("needs_lower", "a small letter"),
        CharacterClass::Digit => ("needs_digit", "a digit"),
        CharacterClass::Symbol => ("needs_symbol", "a sign or a space"),
    };
    (rule, format!("It must contain {what}."))
}

#[cfg(test)]
mod tests;
