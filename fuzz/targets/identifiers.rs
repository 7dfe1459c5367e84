//! E-mail addresses, usernames and phone numbers: what is taken has one canonical form, which
//! is taken again as itself and holds nothing that could mean something else.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_base::{
    identifier::{Email, Identifier, Username},
    phone::Phone,
};

fuzz_target!(|text: &str| {
    if let Ok(email) = Email::parse(text) {
        let canonical = email.canonical();
        assert_eq!(canonical.matches('@').count(), 1, "{canonical:?}");
        plain(canonical);
        plain(email.shown());
        let again = Email::parse(canonical).expect("a canonical form is one of its own");
        assert_eq!(again.canonical(), canonical);
        assert_eq!(
            Email::parse(email.shown()).expect("as shown").canonical(),
            canonical
        );
    }
    if let Ok(name) = Username::parse(text) {
        let canonical = name.canonical();
        assert!(
            !canonical.contains('@'),
            "{canonical:?} could be an address"
        );
        assert_eq!(canonical.trim(), canonical);
        // A space between two words is part of a name; nothing else that is blank.
        plain(&canonical.replace(' ', "_"));
        let again = Username::parse(canonical).expect("a canonical form is one of its own");
        assert_eq!(again.canonical(), canonical);
        let again = Username::parse(name.shown()).expect("as shown");
        assert_eq!(again.canonical(), canonical);
    }
    if let Ok(phone) = Phone::parse(text) {
        let digits = phone.as_str().strip_prefix('+').expect("international");
        assert!((7..=15).contains(&digits.len()) && !digits.starts_with('0'));
        assert!(digits.bytes().all(|digit| digit.is_ascii_digit()));
        assert_eq!(Phone::parse(phone.as_str()).expect("as stored"), phone);
    }
    if let Ok(identifier) = Identifier::parse(text) {
        let again = Identifier::parse(identifier.shown()).expect("as shown");
        assert_eq!(again.canonical(), identifier.canonical());
        assert_eq!(again.kind(), identifier.kind());
    }
});

fn plain(text: &str) {
    assert!(!text.is_empty() && text.len() < 2_000);
    let odd = |sign: char| sign.is_control() || sign.is_whitespace();
    assert!(!text.chars().any(odd), "{text:?}");
}
