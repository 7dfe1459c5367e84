//! What a script is told to ask the browser about a passkey.

use serde::Serialize;
use tollgate_base::ExposeSecret;
use tollgate_flows::passkeys::Question;

/// A question about a passkey.
#[derive(Serialize)]
pub(crate) struct AskedPasskey {
    ceremony: String,
    /// JSON, as the page that makes a passkey has it.
    options: String,
}

impl From<Question> for AskedPasskey {
    fn from(question: Question) -> Self {
        Self {
            ceremony: question.ceremony.expose_secret().to_owned(),
            options: question.options,
        }
    }
}
