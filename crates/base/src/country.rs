//! Countries, by the two letters that ISO 3166-1 gives them.

use std::{fmt, str::FromStr};

/// A country's two letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Country([u8; 2]);

/// A text that is not two letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoCountry;

impl FromStr for Country {
    type Err = NoCountry;

    /// In whatever case.
    fn from_str(text: &str) -> Result<Self, NoCountry> {
        match *text.as_bytes() {
            [first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
                Ok(Self([first, second].map(|it| it.to_ascii_uppercase())))
            }
            _ => Err(NoCountry),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.0.map(char::from);
        write!(f, "{first}{second}")
    }
}

/// Of a person it is personal data.
impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Country(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Country;

    #[test]
    fn two_letters_are_a_country() {
        for (text, country) in [
            ("DE", Some("DE")),
            ("de", Some("DE")),
            ("D", None),
            ("DEU", None),
            ("D1", None),
            ("ß", None),
            ("", None),
        ] {
            let found = text.parse::<Country>().ok().map(|it| it.to_string());
            assert_eq!(found.as_deref(), country, "{text}");
        }
    }
}
