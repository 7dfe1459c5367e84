//! Refusals in the reader's language: by the code, and by the rule that a field
//! breaks. What has no translation is told in the English words of the error.

use tollgate_base::{Error, error::FieldFault};

use super::Locale;

impl Locale {
    /// A few words.
    pub(crate) fn title(self, error: &Error) -> String {
        let key = format!("code-{}-title", word(error.code().name));
        self.own(&key)
            .unwrap_or_else(|| error.code().title.to_owned())
    }

    /// What to do about it.
    pub(crate) fn help(self, error: &Error) -> String {
        if let Some(wait) = error.wait().filter(|wait| wait.as_secs() > 0) {
            return self.wait(wait.as_secs());
        }
        let key = format!("code-{}-help", word(error.code().name));
        self.own(&key).unwrap_or_else(|| error.public().to_owned())
    }

    /// What is wrong with a field.
    pub(crate) fn fault(self, fault: &FieldFault) -> String {
        let key = format!("rule-{}", word(fault.rule));
        self.own(&key).unwrap_or_else(|| fault.detail.to_string())
    }

    /// How long to wait, in the unit that people would say.
    fn wait(self, seconds: u64) -> String {
        match seconds {
            0..=90 => self.say("wait-seconds").with("count", seconds).to_string(),
            _ => self
                .say("wait-minutes")
                .with("count", seconds.div_ceil(60))
                .to_string(),
        }
    }

    fn own(self, key: &str) -> Option<String> {
        self.knows(key).then(|| self.say(key).to_string())
    }
}

/// A code or a rule as part of a key.
pub(super) fn word(name: &str) -> String {
    name.replace(['.', '_'], "-")
}
