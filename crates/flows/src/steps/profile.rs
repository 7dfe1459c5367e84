//! What a profile may say of its owner.

use tollgate_base::Error;
use tollgate_records::accounts::Profile;

/// Add to `fault` what is wrong with a text that people will see. Control
/// characters other than line ends and tabs are refused: some no terminal
/// shows, and NUL no PostgreSQL stores.
pub(crate) fn judge(fault: Error, pointer: &'static str, text: &str, most: usize) -> Error {
    let mut fault = fault;
    if text.chars().count() > most {
        fault = fault.field(pointer, "too_long", format!("{most} characters at most."));
    }
    let odd = |c: char| c.is_control() && !"\n\r\t".contains(c);
    if text.chars().any(odd) {
        fault = fault.field(pointer, "characters", "No control characters.");
    }
    fault
}

/// As it is kept: nothing where there is nothing to be seen.
pub(crate) fn kept(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Add to `fault` what is wrong with a language tag.
pub(crate) fn judge_locale(fault: Error, text: &str) -> Error {
    let fault = judge(fault, "/locale", text, Profile::LOCALE_MOST);
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if text.trim().chars().all(fits) {
        return fault;
    }
    fault.field(
        "/locale",
        "language_tag",
        "A language tag, such as de or pt-BR.",
    )
}
