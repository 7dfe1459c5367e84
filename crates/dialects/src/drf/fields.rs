//! The fields of a form, read as DRF's serializer fields read them, and what is
//! wrong with each: all of it in one answer.

use axum::http::StatusCode;
use serde::{Serialize, Serializer};
use tollgate_base::identifier::Email;

use super::{Refusal, json::Value};

/// Most characters of an address.
const EMAIL_MOST: usize = 254;
/// What counts as yes and as no, whatever the case.
const YES: [&str; 6] = ["t", "y", "yes", "true", "on", "1"];
const NO: [&str; 6] = ["f", "n", "no", "false", "off", "0"];

/// Fields that are still to be read. The order of reading is the order in
/// which their faults are told.
pub(crate) struct Fields {
    members: Vec<(String, Value)>,
    faults: Faults,
}

/// What is wrong, by field.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<(&'static str, Vec<String>)>);

impl Fields {
    pub(super) fn new(members: Vec<(String, Value)>) -> Self {
        Self {
            members,
            faults: Faults::default(),
        }
    }

    /// A text that must be there, as a `CharField`: trimmed, and a number is a
    /// text too.
    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        let (text, wrong) = self.characters(name);
        self.note(name, wrong);
        text
    }

    /// An address that must be there, as an `EmailField` of a model.
    pub(crate) fn email(&mut self, name: &'static str) -> Option<Email> {
        let (text, mut wrong) = self.characters(name);
        let invalid = || "Enter a valid email address.".to_owned();
        let email = match text {
            Some(text) if text.chars().count() > EMAIL_MOST => {
                wrong.push(too_long(EMAIL_MOST));
                None
            }
            Some(text) => {
                let email = Email::parse(&text).ok();
                wrong.extend(email.is_none().then(invalid));
                email
            }
            // A text with a character that no text may have is no address.
            None => {
                wrong.extend(
                    wrong
                        .iter()
                        .any(|wrong| wrong.contains("not allowed"))
                        .then(invalid),
                );
                None
            }
        };
        self.note(name, wrong);
        email
    }

    /// A yes or no that may be left out, as a `BooleanField`.
    pub(crate) fn boolean(&mut self, name: &'static str) -> bool {
        let said = match self.find(name) {
            None | Some(Value::Bool(false)) => Ok(false),
            Some(Value::Bool(true)) => Ok(true),
            Some(Value::Null) => Err("This field may not be null."),
            Some(Value::Integer(text) | Value::Text(text)) => match text.to_lowercase().as_str() {
                yes if YES.contains(&yes) => Ok(true),
                no if NO.contains(&no) => Ok(false),
                _ => Err("Must be a valid boolean."),
            },
            Some(_) => Err("Must be a valid boolean."),
        };
        self.note(name, said.err().map(str::to_owned).into_iter().collect());
        said.unwrap_or_default()
    }

    /// Whether a field was sent at all.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// What was wrong with those that were read.
    pub(crate) fn faults(self) -> Faults {
        self.faults
    }

    /// A text, or what is wrong with it.
    fn characters(&self, name: &str) -> (Option<String>, Vec<String>) {
        let text = match self.find(name) {
            None => Err("This field is required.".to_owned()),
            Some(Value::Null) => Err("This field may not be null.".to_owned()),
            Some(Value::Integer(text) | Value::Float(text) | Value::Text(text)) => {
                let text = trim(text);
                if text.is_empty() {
                    Err("This field may not be blank.".to_owned())
                } else if text.contains('\0') {
                    Err("Null characters are not allowed.".to_owned())
                } else {
                    Ok(text.to_owned())
                }
            }
            Some(Value::Surrogate(half)) => {
                Err(format!("Surrogate characters are not allowed: U+{half:X}."))
            }
            Some(_) => Err("Not a valid string.".to_owned()),
        };
        match text {
            Ok(text) => (Some(text), Vec::new()),
            Err(wrong) => (None, vec![wrong]),
        }
    }

    /// Of equal names the last one counts, in JSON as in forms.
    fn find(&self, name: &str) -> Option<&Value> {
        self.members
            .iter()
            .rev()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value)
    }

    fn note(&mut self, name: &'static str, wrong: Vec<String>) {
        self.faults.0.push((name, wrong));
    }
}

impl Faults {
    /// A fault of the form as a whole.
    pub(crate) fn whole(sentence: impl Into<String>) -> Self {
        Self::one("non_field_errors", sentence)
    }

    /// One fault.
    pub(crate) fn one(name: &'static str, sentence: impl Into<String>) -> Self {
        Self(vec![(name, vec![sentence.into()])])
    }

    /// One fault more, at the place of its field.
    pub(crate) fn add(&mut self, name: &'static str, sentence: impl Into<String>) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, wrong)) => wrong.push(sentence.into()),
            None => self.0.push((name, vec![sentence.into()])),
        }
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, wrong)| wrong.is_empty())
    }

    /// Go on only if nothing is wrong.
    ///
    /// # Errors
    /// 400 with all of it.
    pub(crate) fn none(self) -> Result<(), Refusal> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(self.into())
        }
    }
}

/// Field by field; those with nothing wrong are left out.
impl Serialize for Faults {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let wrong = self.0.iter().filter(|(_, wrong)| !wrong.is_empty());
        serializer.collect_map(wrong.map(|(name, wrong)| (name, wrong)))
    }
}

impl From<Faults> for Refusal {
    fn from(faults: Faults) -> Self {
        Self::new(StatusCode::BAD_REQUEST, &faults)
    }
}

/// What DRF says of a text of more than `most` characters.
pub(crate) fn too_long(most: usize) -> String {
    format!("Ensure this field has no more than {most} characters.")
}

/// What Python calls space: Unicode's, and the four separators of ASCII.
fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c))
}
