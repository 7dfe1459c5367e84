//! What mails say, in every language.

use super::*;

fn facts() -> Facts<'static> {
    Facts {
        site: "https://id.example.org/<b>",
        link: Some(Link {
            address: "https://id.example.org/reset#tg_o_1".to_owned().into(),
            token: "tg_o_1".to_owned().into(),
            lives: Duration::from_hours(1),
        }),
        code: None,
        at: Some(Time::from_secs(1_800_000_000)),
        from: Some("Firefox on <Linux>".to_owned()),
        left: 3,
        by_other: false,
        alerts: Vec::new(),
    }
}

/// Every sentence that a mail of ours may need.
fn keys() -> Vec<String> {
    let own = Kind::ALL.into_iter().flat_map(|kind| {
        let parts = match kind {
            Kind::Notice(_) => &["subject", "lead"][..],
            _ => &["subject", "lead", "end"],
        };
        parts
            .iter()
            .map(move |part| format!("{}-{part}", kind.as_str()))
    });
    let shared = [
        "link-below",
        "token",
        "foot",
        "notice-end",
        "notice-end-other",
        "notice-end-copied",
        "place-unknown",
        "text-code",
        "text-test",
        "alert-line",
        "alert-severity-info",
        "alert-severity-warning",
        "alert-severity-critical",
        "alert-next-person",
        "alert-next-guessing",
        "alert-next-factors",
        "alert-next-mail",
        "alert-next-webhooks",
        "alert-next-trail",
        "alert-next-compliance",
        "alert-next-look",
        "alert-next-doctor",
    ];
    let linked = Kind::ALL.into_iter().filter(|kind| kind.has_link());
    let buttons = linked.map(|kind| format!("{}-button", kind.as_str()));
    let shared = shared.into_iter().map(str::to_owned);
    own.chain(shared).chain(buttons).collect()
}

#[test]
fn every_language_has_every_word() {
    let letters = Letters::load(None).unwrap();
    for language in letters.others.iter().chain([&letters.english]) {
        for key in keys() {
            assert!(language.bundle.has_message(&key), "{}: {key}", language.tag);
        }
    }
    for kind in Kind::ALL {
        for tag in Letters::languages() {
            let letter = letters.write(kind, Some(tag), &facts());
            let (text, html) = (letter.text.expose_secret(), letter.html.expose_secret());
            assert!(!text.contains("{ $") && !text.contains("{$"), "{text}");
            assert!(!html.contains("{{"), "{html}");
            assert!(html.contains(&format!("lang=\"{tag}\"")), "{html}");
            assert!(html.len() < 20 * 1024 && !html.contains("<img"), "{html}");
            assert_eq!(text.matches("reset#tg_o_1").count(), 1, "{text}");
            let when = text.contains("2027-01-15 08:00 UTC");
            assert_eq!(when, matches!(kind, Kind::Notice(_)), "{text}");
        }
    }
}

/// vuln:34: whoever skims a mailbox sees what a mail is about: that somebody has
/// the password reads unlike a code that one asked for.
#[test]
fn no_two_mails_have_the_same_subject() {
    let letters = Letters::load(None).unwrap();
    for tag in Letters::languages() {
        let subject = |kind| letters.write(kind, Some(tag), &facts()).subject;
        let all: std::collections::BTreeSet<_> = Kind::ALL.into_iter().map(subject).collect();
        assert_eq!(all.len(), Kind::ALL.len(), "{tag}: {all:?}");
    }
}

#[test]
fn a_code_stands_by_itself_and_a_device_is_no_markup() {
    let letters = Letters::load(None).unwrap();
    let code = Code {
        code: "12345678".to_owned().into(),
        lives: Duration::from_mins(10),
    };
    let facts = Facts {
        code: Some(code),
        ..Facts::default()
    };
    let letter = letters.write(Kind::Confirmation, Some("es"), &facts);
    let (text, html) = (letter.text.expose_secret(), letter.html.expose_secret());
    assert!(text.contains("\n\n    12345678\n\n"), "{text}");
    assert!(html.contains(">12345678</p>"), "{html}");
    assert!(text.contains("10 minutos"), "{text}");

    let told = Kind::Notice(Notice::NewDevice);
    let letter = letters.write(told, None, &self::facts());
    let html = letter.html.expose_secret();
    assert!(html.contains("Firefox on &lt;Linux&gt;"), "{html}");
    let letter = letters.write(told, None, &Facts::default());
    assert!(letter.text.expose_secret().contains("an unknown place"));
}

#[test]
fn a_code_stands_for_itself_in_text_and_in_html() {
    let letters = Letters::load(None).unwrap();
    let facts = Facts {
        site: "https://id.example.org",
        code: Some(Code {
            code: "01234567".to_owned().into(),
            lives: Duration::from_mins(10),
        }),
        ..Facts::default()
    };
    for tag in Letters::languages() {
        let letter = letters.write(Kind::SignInCode, Some(tag), &facts);
        let (text, html) = (letter.text.expose_secret(), letter.html.expose_secret());
        assert!(text.contains("\n    01234567\n"), "{text}");
        assert!(text.contains("10"), "{text}");
        assert_eq!(html.matches("01234567").count(), 1, "{html}");
        assert!(!letter.subject.contains("0123"), "{}", letter.subject);
    }
}

#[test]
fn a_text_is_short_and_ends_with_what_phones_read() {
    let letters = Letters::load(None).unwrap();
    let facts = Facts {
        site: "https://id.example.org:8443",
        code: Some(Code {
            code: "1234 5678".to_owned().into(),
            lives: Duration::from_mins(10),
        }),
        ..Facts::default()
    };
    for tag in Letters::languages() {
        let text = letters.text(Words::Code, Some(tag), &facts);
        let text = text.expose_secret();
        assert!(text.contains("1234 5678"), "{text}");
        assert!(text.ends_with("\n\n@id.example.org #12345678"), "{text}");
        assert!(text.chars().count() < 160, "{text}");
        let test = letters.text(Words::Test, Some(tag), &Facts::default());
        assert!(!test.expose_secret().contains('#'));
    }
}

#[test]
fn a_language_that_nobody_wrote_is_english() {
    let letters = Letters::load(None).unwrap();
    let subject = |locale| letters.write(Kind::Test, locale, &facts()).subject;
    assert_eq!(subject(Some("de-AT")), "Ein Test der Mail von Tollgate");
    assert_eq!(subject(Some("tlh")), subject(None));
}

#[test]
fn what_a_fact_says_is_no_markup() {
    let letters = Letters::load(None).unwrap();
    let letter = letters.write(Kind::Test, None, &facts());
    let html = letter.html.expose_secret();
    assert!(html.contains("https://id.example.org/&lt;b&gt;"), "{html}");
}

#[test]
fn an_operator_may_replace_one_file_and_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("de.ftl", "test-subject = Geht die Post?\n");
    write("layout.html", "<b>{{subject}}</b>{{button}}");
    let letters = Letters::load(Some(folder.path())).unwrap();
    let letter = letters.write(Kind::Test, Some("de"), &Facts::default());
    assert_eq!(letter.subject, "Geht die Post?");
    assert_eq!(letter.html.expose_secret(), "<b>Geht die Post?</b>");
    assert!(letter.text.expose_secret().starts_with("Das ist ein Test."));

    for (name, text) in [("layout.html", "{{colour}}"), ("en.ftl", "no message")] {
        write(name, text);
        let Err(fault) = Letters::load(Some(folder.path())) else {
            panic!("{name} is taken");
        };
        assert!(fault.public().contains(name), "{fault}");
        fs::remove_file(folder.path().join(name)).unwrap();
    }
}
