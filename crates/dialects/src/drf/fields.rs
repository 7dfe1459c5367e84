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

/// What a field holds when a text is wanted of it, or what is wrong.
enum Characters {
    /// A text, trimmed.
    Text(String),
    /// A text with a character that no text may have.
    Unfit(String),
    /// None.
    None(String),
}

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
        let (text, wrong) = match self.characters(name) {
            Characters::Text(text) => (Some(text), None),
            Characters::Unfit(sentence) | Characters::None(sentence) => (None, Some(sentence)),
        };
        self.note(name, wrong);
        text
    }

    /// An address that must be there, as an `EmailField` of a model.
    pub(crate) fn email(&mut self, name: &'static str) -> Option<Email> {
        let invalid = || "Enter a valid email address.".to_owned();
        let (email, wrong) = match self.characters(name) {
            Characters::Text(text) if text.chars().count() > EMAIL_MOST => (
                None,
                vec![format!(
                    "Ensure this field has no more than {EMAIL_MOST} characters."
                )],
            ),
            Characters::Text(text) => match Email::parse(&text) {
                Ok(email) => (Some(email), Vec::new()),
                Err(_) => (None, vec![invalid()]),
            },
            Characters::Unfit(sentence) => (None, vec![sentence, invalid()]),
            Characters::None(sentence) => (None, vec![sentence]),
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
        self.note(name, said.err().map(str::to_owned));
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

    fn characters(&self, name: &str) -> Characters {
        match self.find(name) {
            None => Characters::None("This field is required.".to_owned()),
            Some(Value::Null) => Characters::None("This field may not be null.".to_owned()),
            Some(Value::Integer(text) | Value::Float(text) | Value::Text(text)) => match trim(text)
            {
                "" => Characters::None("This field may not be blank.".to_owned()),
                text if text.contains('\0') => {
                    Characters::Unfit("Null characters are not allowed.".to_owned())
                }
                text => Characters::Text(text.to_owned()),
            },
            Some(Value::Surrogate(half)) => {
                Characters::Unfit(format!("Surrogate characters are not allowed: U+{half:X}."))
            }
            Some(_) => Characters::None("Not a valid string.".to_owned()),
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

    fn note(&mut self, name: &'static str, wrong: impl IntoIterator<Item = String>) {
        self.faults.0.push((name, wrong.into_iter().collect()));
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

/// What Python calls space: Unicode's, and the four separators of ASCII.
fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c))
}
