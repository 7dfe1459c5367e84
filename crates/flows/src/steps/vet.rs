//! Which passwords are good enough, by whose rules.

mod common;

use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes};

pub(crate) use common::is_common;

/// What a client's contract asks of us, as data: a dialect decides nothing.
#[derive(Clone, Copy, Debug)]
pub struct ClientProfile {
    /// Its name in the audit trail and in metrics.
    pub name: &'static str,
    /// Its rules for passwords.
    pub passwords: PasswordRules,
}

/// Rules for passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordRules {
    /// Ours: length by the operator's policy, not common, not the identifier.
    Native,
    /// Those of Django's four validators.
    Django,
}

impl ClientProfile {
    /// Our own API and pages.
    pub const NATIVE: Self = Self {
        name: "native",
        passwords: PasswordRules::Native,
    };
}

/// Most characters of a password (NIST SP 800-63B-4 asks for 64 at least).
pub(crate) const MOST: usize = 256;

/// Check a password that somebody chooses.
///
/// # Errors
/// `password.weak`, with a field `/password` for each rule that it breaks.
pub(crate) fn vet(
    password: &SecretString,
    rules: PasswordRules,
    least: usize,
    context: &[&str],
) -> Result<()> {
    let text = password.expose_secret();
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
    if is_common(text) {
        faults.push((
            "too_common",
            "Many people use it; attackers try it first.".into(),
        ));
    }
    match rules {
        PasswordRules::Native if context.iter().any(|word| contains_word(text, word)) => {
            faults.push((
                "context",
                "It must not contain your name or address.".into(),
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

/// Words of three letters and fewer are in too many good passwords.
fn contains_word(password: &str, word: &str) -> bool {
    let (password, word) = (password.to_lowercase(), word.to_lowercase());
    let local = word.split('@').next().unwrap_or_default();
    [word.as_str(), local]
        .into_iter()
        .any(|word| word.chars().count() > 3 && password.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(password: &str, rules: PasswordRules) -> Vec<&'static str> {
        match vet(
            &password.to_owned().into(),
            rules,
            8,
            &["ann.smith@example.org"],
        ) {
            Ok(()) => Vec::new(),
            Err(error) => error.fields().iter().map(|fault| fault.rule).collect(),
        }
    }

    /// asvs:V6.2.1, asvs:V6.2.4, asvs:V6.2.5, asvs:V6.2.9
    #[test]
    fn length_and_commonness_count_and_composition_does_not() {
        use PasswordRules::{Django, Native};
        assert_eq!(faults("horse battery", Native), [""; 0]);
        assert_eq!(faults("ünïcødé 🐎", Native), [""; 0]);
        assert_eq!(faults("short", Native), ["too_short"]);
        assert_eq!(faults("password", Native), ["too_common"]);
        assert_eq!(faults("PassWord", Native), ["too_common"]);
        assert_eq!(faults("ann.smith rides", Native), ["context"]);
        assert_eq!(
            faults("123", Django),
            ["too_short", "too_common", "numeric"]
        );
        assert_eq!(faults("93847561029384", Django), ["numeric"]);
        assert_eq!(faults(&"x y".repeat(100), Native), ["too_long"]);
    }
}
