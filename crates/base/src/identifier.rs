//! What people sign in with: e-mail addresses and usernames, parsed once.
//!
//! Each has a spelling for display and a canonical form for comparison, so
//! that `Ann@Example.ORG` and `ann@example.org` are one, in any script.

use std::fmt;

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizer;
use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup},
};

use crate::{Error, codes};

/// Most characters of an address (RFC 5321, section 4.5.3.1.3, less the angle
/// brackets).
const EMAIL_MOST: usize = 254;
/// Most bytes before the `@` (RFC 5321, section 4.5.3.1.1).
const LOCAL_MOST: usize = 64;
/// Most characters of a username.
const USERNAME_MOST: usize = 150;

/// A mailbox with exactly one `@`, without display name, quotes or comments.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email(Spelling);

/// A name without `@`-ambiguity: if it has an `@` it is not a username.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Username(Spelling);

/// Either of the two.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Identifier {
    /// An e-mail address.
    Email(Email),
    /// A username.
    Username(Username),
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Spelling {
    shown: String,
    canonical: String,
}

impl Email {
    /// Parse an address.
    ///
    /// # Errors
    /// `identifier.invalid` with the field `/email`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let fault = || {
            Error::new(&codes::IDENTIFIER_INVALID).field(
                "/email",
                "email",
                "Not an e-mail address.",
            )
        };
        let composed = compose(text);
        let text = composed.as_str();
        let (local, domain) = text.rsplit_once('@').ok_or_else(fault)?;
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| fault())?;
        let domain_fits = domain.contains('.') || domain == "localhost";
        let folded = fold(local);
        let canonical = format!("{folded}@{domain}");
        let longest = local.len().max(folded.len()) + 1 + domain.len();
        if !is_local(local) || !is_local(&folded) || !domain_fits || longest > EMAIL_MOST {
            return Err(fault());
        }
        Ok(Self(Spelling {
            shown: text.to_owned(),
            canonical,
        }))
    }
}

/// Whether this may stand before the `@` (RFC 5321, section 4.1.2, `Dot-string`,
/// with letters of any script). Asked of the canonical form too: U+037A folds
/// into a blank and another letter, `¼` into what is no letter.
fn is_local(text: &str) -> bool {
    (1..=LOCAL_MOST).contains(&text.len())
        && !text.starts_with('.')
        && !text.ends_with('.')
        && !text.contains("..")
        && text
            .chars()
            .all(|c| is_letter(c) || "!#$%&'*+/=?^_`{|}~.-".contains(c))
}

impl Username {
    /// Parse a username: 1 to 150 characters, no control characters, no `@`,
    /// no space at either end.
    ///
    /// # Errors
    /// `identifier.invalid` with the field `/username`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let fault = || {
            Error::new(&codes::IDENTIFIER_INVALID).field("/username", "username", "Not a username.")
        };
        let composed = compose(text);
        let text = composed.as_str();
        let canonical = fold(text);
        if !is_name(text) || !is_name(&canonical) {
            return Err(fault());
        }
        Ok(Self(Spelling {
            shown: text.to_owned(),
            canonical,
        }))
    }
}

/// Whether this may be a username; asked of the canonical form too.
fn is_name(text: &str) -> bool {
    (1..=USERNAME_MOST).contains(&text.chars().count())
        && text.trim() == text
        && text
            .chars()
            .all(|c| is_letter(c) || (c.is_ascii() && c != '@' && !c.is_control()))
}

/// A letter, digit or mark of any script that can be seen: many scripts cannot
/// be written without marks (RFC 8264, section 9.1, `LetterDigits`).
fn is_letter(c: char) -> bool {
    let seen = || !CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c);
    c.is_ascii_alphanumeric() || (!c.is_ascii() && of_a_script(c) && seen())
}

fn of_a_script(c: char) -> bool {
    let group = GeneralCategoryGroup::Letter
        .union(GeneralCategoryGroup::Mark)
        .union(GeneralCategoryGroup::Number);
    group.contains(CodePointMapData::<GeneralCategory>::new().get(c))
}

impl Identifier {
    /// Parse what somebody typed to sign in: with an `@` it is an address.
    ///
    /// # Errors
    /// `identifier.invalid`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.contains('@') {
            Email::parse(text).map(Self::Email)
        } else {
            Username::parse(text).map(Self::Username)
        }
    }

    /// As it is stored: `email` or `username`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Email(_) => "email",
            Self::Username(_) => "username",
        }
    }

    /// As its owner spells it.
    pub fn shown(&self) -> &str {
        match self {
            Self::Email(email) => email.shown(),
            Self::Username(name) => name.shown(),
        }
    }

    /// As it is compared.
    pub fn canonical(&self) -> &str {
        match self {
            Self::Email(email) => email.canonical(),
            Self::Username(name) => name.canonical(),
        }
    }
}

macro_rules! spelled {
    ($($name:ident),*) => {$(
        impl $name {
            /// As its owner spells it.
            pub fn shown(&self) -> &str {
                &self.0.shown
            }

            /// As it is compared: NFKC, case folded.
            pub fn canonical(&self) -> &str {
                &self.0.canonical
            }
        }

        /// Personal data: shows that there is one, not which.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

spelled!(Email, Username);

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(…)", self.kind())
    }
}

/// A name, or a part of one, as canonical forms are written: to search by.
pub fn folded(text: &str) -> String {
    fold(&compose(text))
}

/// Without space at the ends, in NFC: a letter and its mark may be typed apart.
fn compose(text: &str) -> String {
    ComposingNormalizer::new_nfc()
        .normalize(text.trim())
        .into_owned()
}

/// NFKC and full case folding until nothing changes, as compatibility
/// characters may fold into something that composes anew.
fn fold(text: &str) -> String {
    let normalizer = ComposingNormalizer::new_nfkc();
    let mapper = CaseMapper::new();
    let mut folded = text.to_owned();
    for _ in 0..3 {
        let next = normalizer
            .normalize(&mapper.fold_string(&folded))
            .into_owned();
        if next == folded {
            break;
        }
        folded = next;
    }
    folded
}

/// An address of which its owner recognises enough, and others learn too little: all
/// but the first letter of its name is left out.
pub fn masked(address: &str) -> String {
    let (name, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}…@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_one() {
        let canonical = |text: &str| Email::parse(text).unwrap().canonical().to_owned();
        assert_eq!(canonical(" Ann@Example.ORG "), "ann@example.org");
        assert_eq!(canonical("STRASSE@x.org"), canonical("straße@x.org"));
        assert_eq!(canonical("a@bücher.example"), "a@xn--bcher-kva.example");
        assert_eq!(canonical("ﬀ@x.org"), "ff@x.org");
    }

    /// asvs:V1.3.11, vuln:100, vuln:108
    #[test]
    fn what_is_not_one_mailbox_is_refused() {
        for bad in [
            "",
            "a",
            "@x.org",
            "a@",
            "a@b@x.org",
            "a@evil,b@x.org",
            "a b@x.org",
            "\"a\"@x.org",
            "a@x..org",
            "a@-x.org",
            ".a@x.org",
            "a.@x.org",
            "a..b@x.org",
            "Ann <a@x.org>",
            "a@x",
            "a\r\n@x.org",
            "a@x.org\0",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Email::parse(&format!("{}@x.org", "a".repeat(65))).is_err());
    }

    /// Found by `fuzz/targets/identifiers.rs`.
    #[test]
    fn a_letter_that_folds_into_a_blank_begins_no_name() {
        for bad in ["\u{37a}", " \u{37a}", "\u{37a}nn"] {
            assert!(Username::parse(bad).is_err(), "{bad:?}");
            assert!(
                Email::parse(&format!("{bad}@example.org")).is_err(),
                "{bad:?}"
            );
        }
        assert!(Username::parse("two words").is_ok());
    }

    /// Found by `fuzz/targets/identifiers.rs`.
    #[test]
    fn what_folds_into_no_name_is_none() {
        for bad in ["\u{bc}", "ZA\u{bc}ZZ", "\u{2026}"] {
            let address = format!("{bad}@example.org");
            assert!(Email::parse(&address).is_err(), "{bad:?}");
            assert!(Username::parse(bad).is_err(), "{bad:?}");
        }
    }

    /// asvs:V1.3.3
    #[test]
    fn every_script_can_be_written_and_nothing_unseen() {
        for name in ["कृष्ण", "น้ำ", "İstanbul", "مُحَمَّد", "Þóra", "小林"]
        {
            let name = Username::parse(name).expect(name);
            let again = Username::parse(name.canonical()).expect("a name of its own");
            assert_eq!(again.canonical(), name.canonical());
            assert!(Email::parse(&format!("{}@x.org", name.shown())).is_ok());
        }
        for unseen in ['\u{34f}', '\u{3164}', '\u{fe0f}', '\u{200d}', '\u{ad}'] {
            let bad = format!("a{unseen}b");
            assert!(Username::parse(&bad).is_err(), "{bad:?}");
            assert!(Email::parse(&format!("{bad}@x.org")).is_err(), "{bad:?}");
        }
    }

    /// asvs:V1.3.3, vuln:110
    #[test]
    fn spellings_of_one_username_are_one() {
        let canonical = |text: &str| Username::parse(text).unwrap().canonical().to_owned();
        assert_eq!(canonical("JOHN"), "john");
        assert_eq!(canonical("ｊohn"), "john");
        assert_eq!(canonical("K"), "k");
        assert_eq!(canonical("Zoe\u{308}"), canonical("Zo\u{eb}"));
        for bad in [
            "",
            " ",
            "a@b",
            "a\u{ff20}b",
            "a\0",
            "a\u{200b}b",
            &"x".repeat(151),
        ] {
            assert!(Username::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_part_is_compared_as_the_whole() {
        let whole = Username::parse("straßenbahn").unwrap();
        for typed in ["straß", "STRASS", " Strass"] {
            assert!(whole.canonical().starts_with(&folded(typed)), "{typed}");
        }
    }

    #[test]
    fn debug_does_not_tell() {
        assert!(!format!("{:?}", Identifier::parse("ann@example.org").unwrap()).contains("ann"));
    }
}
