//! A refusal as a form tells it: a sentence above, and one beside each field
//! that is wrong.

use tollgate_base::Error;
use tollgate_web::problem;

use crate::words::Locale;

/// What is told; nothing before a form was sent.
#[derive(Default)]
pub(crate) struct Refusal {
    general: Option<String>,
    fields: Vec<(String, String)>,
}

impl Refusal {
    /// What an error says. It is logged here, as no problem is made of it.
    pub(crate) fn of(error: &Error, locale: Locale) -> Self {
        problem::tell(error);
        let fields: Vec<_> = error
            .fields()
            .iter()
            .map(|fault| {
                (
                    fault.pointer.trim_start_matches('/').to_owned(),
                    locale.fault(fault),
                )
            })
            .collect();
        let general = format!("{}. {}", locale.title(error), locale.help(error));
        Self {
            general: fields.is_empty().then_some(general),
            fields,
        }
    }

    /// Without what is told of a field: its parts tell it.
    pub(crate) fn without(mut self, field: &str) -> Self {
        self.fields.retain(|(known, _)| known != field);
        self
    }

    /// With what is wrong with one more field.
    pub(crate) fn with(mut self, field: String, detail: String) -> Self {
        self.fields.push((field, detail));
        self
    }

    /// The sentence above the form.
    pub(crate) fn general(&self) -> Option<&str> {
        self.general.as_deref()
    }

    /// Whether a field is named as wrong.
    pub(crate) fn names_fields(&self) -> bool {
        !self.fields.is_empty()
    }

    /// Each field that is wrong, with what is wrong about it.
    pub(crate) fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// What is wrong with a field, in one text; empty if nothing is.
    pub(crate) fn field(&self, name: &str) -> String {
        let mine = self.fields.iter().filter(|(field, _)| field == name);
        mine.map(|(_, detail)| detail.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

#[cfg(test)]
mod tests {
    use tollgate_base::{Error, codes};

    use super::Refusal;
    use crate::words::Locale;

    #[test]
    fn a_refusal_is_told_where_it_belongs() {
        let weak = Error::new(&codes::PASSWORD_WEAK)
            .field("/password", "too_short", "One.")
            .field("/password", "no_such_rule", "Two.");
        let refusal = Refusal::of(&weak, Locale::English);
        assert_eq!(refusal.field("password"), "One. Two.");
        assert_eq!(
            (refusal.general(), refusal.field("email").as_str()),
            (None, "")
        );
        let spent = Refusal::of(&Error::new(&codes::ONE_TIME_INVALID), Locale::English);
        assert!(spent.general().unwrap().contains("ask for a new one"));
        let german = Refusal::of(&weak, Locale::German);
        assert!(
            german.field("password").ends_with(" Two."),
            "what has no translation stays"
        );
        assert!(!german.field("password").contains("One."));
    }
}
