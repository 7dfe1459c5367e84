//! Why something was not taken that we sent to a program elsewhere, in the reader's
//! language. What is said is English in the database, as programs and logs have it.

use super::Frame;

/// What is said, and its message.
const SAID: [(&str, &str); 9] = [
    ("It took too long.", "refusal-late"),
    ("It cannot be reached.", "refusal-unreached"),
    ("Its address names no server.", "refusal-address"),
    ("Its address is none.", "refusal-address"),
    ("It cannot prove who it is.", "refusal-unproved"),
    ("It is at a private address.", "refusal-private"),
    ("Its answer broke off.", "refusal-broken-off"),
    (
        "Its answer broke off, or is too long.",
        "refusal-broken-off",
    ),
    ("It cannot be written.", "refusal-unwritten"),
];

impl Frame {
    /// Why it was not taken. What has no words of its own is told as it was said.
    pub(crate) fn undelivered(&self, said: &str) -> String {
        let known = SAID.iter().find(|(words, _)| *words == said);
        match (known, answered(said)) {
            (Some((_, key)), _) => self.t(key).to_string(),
            (None, Some(status)) => self.t("refusal-status").with("status", status).to_string(),
            (None, None) => said.to_owned(),
        }
    }
}

/// The status in "It answered 503."
fn answered(said: &str) -> Option<&str> {
    let status = said.strip_prefix("It answered ")?.strip_suffix('.')?;
    status
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(status)
}

#[cfg(test)]
mod tests {
    use super::answered;

    #[test]
    fn a_status_is_read_and_nothing_else() {
        assert_eq!(answered("It answered 503."), Some("503"));
        for other in ["It answered <b>.", "It took too long.", "It answered 503"] {
            assert_eq!(answered(other), None, "{other}");
        }
    }
}
