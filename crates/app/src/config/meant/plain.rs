//! Texts with a rule or two: names, paths, secrets, people's addresses.

use std::{fmt, ops::Deref, path::PathBuf};

use tollgate_base::{
    ExposeSecret, SecretString,
    identifier::{Email, Username},
};
use tracing_subscriber::filter::Targets;

use super::value::{Word, quoted};

/// A secret that can be compared with itself to find out whether it changed,
/// and that is never shown.
#[derive(Clone)]
pub struct Secret(SecretString);

/// Who a mail is from: an address, perhaps with a name before it.
#[derive(Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The name to display; may be empty.
    pub name: String,
    /// The address.
    pub address: Email,
}

/// Which log lines are written: a level, and perhaps others for some targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter(String);

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

impl Filter {
    /// As `tracing-subscriber`'s `Targets` reads it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Secret {
    type Target = SecretString;

    fn deref(&self) -> &SecretString {
        &self.0
    }
}

/// Two values of one operator: how long the comparison takes tells nobody
/// anything.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Personal data: shows that there is one, not which.
impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailbox(…)")
    }
}

/// As in a mail's `From` (RFC 5322, section 3.4).
impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.address.shown();
        match self.name.as_str() {
            "" => f.write_str(address),
            name => write!(f, "{name} <{address}>"),
        }
    }
}

impl Word for Secret {
    const FORM: &'static str = "a text";
    const SECRET: bool = true;

    fn parse(text: &str) -> Result<Self, String> {
        filled(text).map(|text| Self(text.into()))
    }

    fn shown(&self) -> String {
        "(secret)".to_owned()
    }
}

impl Word for String {
    const FORM: &'static str = "a text";

    fn parse(text: &str) -> Result<Self, String> {
        let text = filled(text)?;
        if text.chars().any(char::is_control) {
            return Err(format!("{} holds a control character", quoted(text)));
        }
        Ok(text.to_owned())
    }

    fn shown(&self) -> String {
        self.clone()
    }
}

impl Word for PathBuf {
    const FORM: &'static str = "the path of a file or folder";

    fn parse(text: &str) -> Result<Self, String> {
        String::parse(text).map(Self::from)
    }

    fn shown(&self) -> String {
        self.display().to_string()
    }
}

impl Word for Email {
    const FORM: &'static str = "an e-mail address such as ann@example.org";

    fn parse(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|_| format!("{} is not an e-mail address", quoted(text)))
    }

    fn shown(&self) -> String {
        Self::shown(self).to_owned()
    }
}

impl Word for Username {
    const FORM: &'static str = "a name of 1 to 150 letters, digits and signs, without @";

    fn parse(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|_| format!("{} is not a username", quoted(text)))
    }

    fn shown(&self) -> String {
        Self::shown(self).to_owned()
    }
}

impl Word for Mailbox {
    const FORM: &'static str =
        "an address such as \"Example <id@example.org>\" or \"id@example.org\"";

    fn parse(text: &str) -> Result<Self, String> {
        let text = String::parse(text)?;
        let (name, address) = match text
            .strip_suffix('>')
            .and_then(|rest| rest.rsplit_once('<'))
        {
            Some((name, address)) => (name.trim(), address),
            None => ("", text.as_str()),
        };
        // Such a name would have to be quoted in a header; refused instead.
        if name.contains(['<', '>', '"', ',', ';', '\\']) {
            return Err(format!(
                "{} has a name with a sign that mail gives a meaning",
                quoted(&text)
            ));
        }
        let address = Word::parse(address)?;
        Ok(Self {
            name: name.to_owned(),
            address,
        })
    }

    fn shown(&self) -> String {
        let address = self.address.shown();
        if self.name.is_empty() {
            address.to_owned()
        } else {
            format!("{} <{address}>", self.name)
        }
    }
}

impl Word for Filter {
    const FORM: &'static str =
        "a level (off, error, warn, info, debug, trace), or such as info,tollgate_flows=debug";

    fn parse(text: &str) -> Result<Self, String> {
        // The filter's own reading takes a mistyped level for a target.
        let mistyped =
            |part: &&str| !part.contains('=') && !LEVELS.contains(&part.to_lowercase().as_str());
        if let Some(part) = text.split(',').map(str::trim).find(mistyped) {
            return Err(format!("{} is not a level", quoted(part)));
        }
        let read = text.parse::<Targets>();
        read.map_err(|_| format!("{} is not a log filter", quoted(text)))?;
        Ok(Self(text.to_owned()))
    }

    fn shown(&self) -> String {
        self.0.clone()
    }
}

fn filled(text: &str) -> Result<&str, String> {
    if text.is_empty() {
        Err("is empty".to_owned())
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Filter, Mailbox, Word};

    #[test]
    fn a_mailbox_is_an_address_with_or_without_a_name() {
        let check =
            |text: &str, well: bool| assert_eq!(Mailbox::parse(text).is_ok(), well, "{text}");
        check("id@example.org", true);
        check("Example <id@example.org>", true);
        check("<id@example.org>", true);
        check("Example", false);
        check("Example <id>", false);
        check("a <b> <id@example.org>", false);
        check("Example\r\nBcc: x <id@example.org>", false);
        assert_eq!(
            Mailbox::parse("Example <id@example.org>").unwrap().shown(),
            "Example <id@example.org>"
        );
    }

    #[test]
    fn a_mistyped_level_is_not_a_target() {
        let check =
            |text: &str, well: bool| assert_eq!(Filter::parse(text).is_ok(), well, "{text}");
        check("info", true);
        check("warn,tollgate_flows=debug", true);
        check("inof", false);
        check("", false);
        check("info,tollgate=loud", false);
    }
}
