//! Phone numbers, parsed once into the international form (E.164).

use std::fmt;

use icu_normalizer::ComposingNormalizer;

use crate::{Error, codes};

/// Fewest and most digits, the country's among them (ITU-T E.164, section 6.2).
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// Nobody spaces a number out more than this.
const TYPED_MOST: usize = 40;
/// Digits at the end that tell people their own number from another.
const TOLD: usize = 2;

/// A number that can be reached from anywhere: `+` and the digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Parse what somebody typed: `+` or `00`, the country, the number. Blanks,
    /// hyphens, dots, slashes and brackets between digits are for the eye.
    ///
    /// # Errors
    /// `phone.invalid` with the field `/phone`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let fault = || {
            let detail = "Not a number with its country, such as +49 30 1234567.";
            Error::new(&codes::PHONE_INVALID).field("/phone", "phone", detail)
        };
        if text.chars().count() > TYPED_MOST {
            return Err(fault());
        }
        let composed = ComposingNormalizer::new_nfkc().normalize(text).into_owned();
        let typed = composed.trim();
        let rest = typed
            .strip_prefix('+')
            .or_else(|| typed.strip_prefix("00"))
            .ok_or_else(fault)?;
        let mut digits = String::with_capacity(rest.len());
        for letter in rest.chars() {
            match letter {
                '0'..='9' => digits.push(letter),
                ' ' | '-' | '.' | '/' | '(' | ')' | '\u{2010}' | '\u{2011}' => {}
                _ => return Err(fault()),
            }
        }
        if !DIGITS.contains(&digits.len()) || digits.starts_with('0') {
            return Err(fault());
        }
        Ok(Self(format!("+{digits}")))
    }

    /// In the international form, such as `+49301234567`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Enough for its owner, and too little for anybody else: `•• 67`.
    pub fn masked(&self) -> String {
        let start = self.0.len().saturating_sub(TOLD);
        format!("•• {}", &self.0[start..])
    }
}

/// Personal data: shows that there is one, not which.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Phone;

    #[test]
    fn a_number_has_one_form_however_it_is_typed() {
        for typed in [
            "+49301234567",
            "0049 30 1234567",
            " +49 (30) 123-45-67 ",
            "+49.30/123.4567",
            "+４９３０１２３４５６７",
        ] {
            let phone = Phone::parse(typed).unwrap();
            assert_eq!(phone.as_str(), "+49301234567", "{typed}");
            assert_eq!(phone.masked(), "•• 67");
            assert!(!format!("{phone:?}").contains("49"));
        }
    }

    #[test]
    fn what_cannot_be_dialled_from_anywhere_is_no_number() {
        let long = format!("+49{}", " ".repeat(60));
        for typed in [
            "",
            "+",
            "030 1234567",
            "+0301234567",
            "+123456",
            "+1234567890123456",
            "+49 30 1234567 ext 8",
            "+49;30",
            "+49\n301234567",
            "++49301234567",
            &long,
        ] {
            let fault = Phone::parse(typed).unwrap_err();
            assert_eq!(fault.code().name, "phone.invalid", "{typed}");
        }
    }
}
