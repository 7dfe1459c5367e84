//! Every message is there in every language with the same variables, none is
//! left over, and a language made for this test shows words that are in no file.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use fluent_bundle::FluentResource;
use tollgate_base::{Error, codes, error::FieldFault};

use super::{Locale, refusals::word};

/// English letters with marks, so that what was not marked is seen.
pub(super) fn marked(text: &str) -> Cow<'_, str> {
    let mark = |letter: char| match letter {
        'a'..='z' => char::from_u32(u32::from(letter) - u32::from('a') + 0x24D0),
        'A'..='Z' => char::from_u32(u32::from(letter) - u32::from('A') + 0x24B6),
        other => Some(other),
    };
    text.chars().filter_map(mark).collect::<String>().into()
}

/// The messages of a file's text, each with the names of its variables. The
/// formatter shows a variable that it was not given, so all are seen.
fn messages(locale: Locale) -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    for text in locale.files() {
        let read = FluentResource::try_new((*text).to_owned());
        assert!(read.is_ok(), "{}: {:?}", locale.tag(), read.err());
        let mut key = "";
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
                key = name;
                let before = all.insert(key.to_owned(), BTreeSet::new());
                assert!(before.is_none(), "{} says {key} twice", locale.tag());
            }
            let variables = line.split('$').skip(1).map(|rest| {
                let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric());
                rest[..end.unwrap_or(rest.len())].to_owned()
            });
            if let Some(known) = all.get_mut(key) {
                known.extend(variables);
            }
        }
    }
    all
}

/// What the pages are made of, as text by file.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.display().to_string(), text));
            }
        }
    }
    let mut found = Vec::new();
    for folder in ["src", "templates"] {
        walk(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
            &mut found,
        );
    }
    found
}

fn is_of_a_refusal(key: &str) -> bool {
    key.starts_with("code-") || key.starts_with("rule-")
}

#[test]
fn every_language_says_the_same() {
    let english = messages(Locale::English);
    assert!(english.len() > 50, "the files are read wrongly");
    for locale in Locale::ALL {
        let theirs: BTreeMap<_, _> = messages(*locale)
            .into_iter()
            .filter(|(key, _)| !is_of_a_refusal(key))
            .collect();
        let keys =
            |all: &BTreeMap<String, BTreeSet<String>>| all.keys().cloned().collect::<BTreeSet<_>>();
        let (ours, theirs_keys) = (keys(&english), keys(&theirs));
        let odd: Vec<_> = ours.symmetric_difference(&theirs_keys).collect();
        assert!(
            odd.is_empty(),
            "{} and English differ in {odd:?}",
            locale.tag()
        );
        for (key, variables) in &english {
            // A language may leave a number out of the form for one or two.
            assert_eq!(&theirs[key], variables, "{}: {key}", locale.tag());
        }
    }
}

#[test]
fn refusals_are_translated_alike() {
    let german: BTreeSet<_> = messages(Locale::German).into_keys().collect();
    let known: BTreeSet<String> = codes::ALL
        .iter()
        .flat_map(|code| ["title", "help"].map(|part| format!("code-{}-{part}", word(code.name))))
        .collect();
    for locale in [Locale::German, Locale::Spanish, Locale::Arabic] {
        let theirs: BTreeSet<_> = messages(locale).into_keys().collect();
        let odd: Vec<_> = german.symmetric_difference(&theirs).collect();
        assert!(
            odd.is_empty(),
            "{} and German differ in {odd:?}",
            locale.tag()
        );
        for key in theirs.iter().filter(|key| key.starts_with("code-")) {
            assert!(known.contains(key), "{key} is no code");
        }
    }
}

/// Codes that no page shows: programs and operators read them, in English. A
/// family ends with its dot.
const NOT_ON_PAGES: &[&str] = &[
    "alert.",
    "audit.",
    "backup.",
    "code.",
    "config.",
    "confirmation.",
    "database.",
    "delivery.",
    "demo.",
    "file.",
    "gate.request",
    "hash.",
    "idempotency.",
    "internal.body",
    "key.",
    "listen.",
    "mail.",
    "migration.",
    "seal.",
    "secret.",
    "secrets.",
    "server.",
    "signing_key.",
    "site.limit",
    "site.locked",
    "site.missing",
    "site.taken",
    "token.",
    "usage.",
    "webhook.",
];

#[test]
fn what_pages_refuse_is_said_in_every_language() {
    let german = messages(Locale::German);
    let unsaid: Vec<&str> = codes::ALL
        .iter()
        .map(|code| code.name)
        .filter(|name| !NOT_ON_PAGES.iter().any(|not| name.starts_with(not)))
        .filter(|name| !german.contains_key(&format!("code-{}-help", word(name))))
        .collect();
    assert!(unsaid.is_empty(), "pages show {unsaid:?} in English only");
}

#[test]
fn every_message_that_is_asked_for_exists_and_none_is_left_over() {
    let english = messages(Locale::English);
    let sources: Vec<_> = sources()
        .into_iter()
        .filter(|(path, _)| !path.ends_with("words/tests.rs"))
        .collect();
    for (path, text) in &sources {
        for asked in text.split("t(\"").chain(text.split("say(\"")).skip(1) {
            let key = asked.split('"').next().unwrap_or_default();
            let shaped = key.split('-').all(|part| !part.is_empty())
                && key
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if shaped && asked[key.len()..].starts_with("\")") && path.contains("/templates/") {
                assert!(english.contains_key(key), "{path} asks for {key}");
            }
        }
    }
    let anywhere = |wanted: &str| sources.iter().any(|(_, text)| text.contains(wanted));
    // Asked for as a whole, or put together from a beginning and a word.
    let used = |key: &str| {
        let mut cuts = key.match_indices('-').map(|(at, _)| key.split_at(at + 1));
        anywhere(&format!("\"{key}\""))
            || cuts.any(|(start, word)| {
                anywhere(&format!("\"{start}{{")) && anywhere(&format!("\"{word}\""))
            })
    };
    let left: Vec<_> = english.keys().filter(|key| !used(key)).collect();
    assert!(left.is_empty(), "nobody says {left:?}");
}

#[test]
fn a_language_is_chosen_by_weight_then_by_order() {
    let accepted = |header| Locale::accepted(header).map(Locale::tag);
    assert_eq!(accepted("de-AT, es;q=0.9"), Some("de"));
    assert_eq!(accepted("fr, es;q=0.1, ar;q=0.8"), Some("ar"));
    assert_eq!(accepted("es;q=0.5,de;q=0.5"), Some("es"));
    assert_eq!(accepted("de;q=0, *"), None);
    assert_eq!(accepted("de;q=x"), None);
    assert_eq!(accepted(&"x,".repeat(50_000)), None);
}

#[test]
fn refusals_speak_the_language_and_fall_back_to_english() {
    let missing = Error::new(&codes::ROUTE_MISSING);
    assert_eq!(
        Locale::English.title(&missing),
        "There is nothing at this address"
    );
    assert_ne!(Locale::German.title(&missing), missing.code().title);
    let rare = Error::new(&codes::AUDIT_BROKEN);
    assert_eq!(Locale::German.title(&rare), rare.code().title);
    let fault = |rule| FieldFault {
        pointer: "/password".into(),
        rule,
        detail: "In English.".into(),
    };
    assert_ne!(Locale::Arabic.fault(&fault("too_short")), "In English.");
    assert_eq!(Locale::Arabic.fault(&fault("novel")), "In English.");
}

#[test]
fn markup_of_others_stays_text() {
    let said = Locale::English.say("refused-elsewhere");
    let said = said
        .with("browser", "<b>")
        .with("server", "`x`")
        .rich()
        .to_string();
    assert!(
        said.contains("<code dir=\"ltr\">&lt;b&gt;</code>"),
        "{said}"
    );
    assert!(!said.contains("<b>"));
    assert_eq!(
        said.matches("<code").count(),
        said.matches("</code>").count()
    );
}

#[test]
fn a_forgotten_message_is_seen() {
    assert_eq!(
        Locale::German.say("no-such-message").to_string(),
        "⟦no-such-message⟧"
    );
    assert_eq!(Locale::Pseudo.say("copy").to_string(), "Ⓒⓞⓟⓨ");
}
