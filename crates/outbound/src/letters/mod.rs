//! What mails say: words in the receiver's language, as text and as HTML from
//! one template. An operator may replace files of both. Sends nothing.

mod layout;

use std::{borrow::Cow, fs, path::Path, time::Duration};

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes};

use layout::Layout;

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A link that sets a new password.
    PasswordReset,
    /// A link that proves an address to be one's own.
    AddressVerification,
    /// Whether mail arrives.
    Test,
}

/// What a mail tells beside its words.
#[derive(Default)]
pub struct Facts<'a> {
    /// Where people reach us.
    pub site: &'a str,
    /// What its button opens, if it has one.
    pub link: Option<Link>,
}

/// A link that works once.
pub struct Link {
    /// Its address, with the token.
    pub address: SecretString,
    /// The token alone, for whom the link does not open.
    pub token: SecretString,
    /// How long it works.
    pub lives: Duration,
}

/// A mail's words.
pub struct Letter {
    /// The subject line.
    pub subject: String,
    /// The plain text.
    pub text: SecretString,
    /// The same as HTML.
    pub html: SecretString,
}

/// The words of all mails in all languages.
pub struct Letters {
    english: Language,
    others: Vec<Language>,
    layout: Layout,
}

struct Language {
    tag: &'static str,
    bundle: FluentBundle<FluentResource>,
}

/// English, which stands in for what others lack.
const ENGLISH: (&str, &str) = ("en", include_str!("../../locales/en.ftl"));
/// Each other language with its words.
const OTHERS: [(&str, &str); 3] = [
    ("de", include_str!("../../locales/de.ftl")),
    ("es", include_str!("../../locales/es.ftl")),
    ("ar", include_str!("../../locales/ar.ftl")),
];

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::PasswordReset, Self::AddressVerification, Self::Test];

    /// Its name, which its words begin with.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PasswordReset => "password-reset",
            Self::AddressVerification => "address-verification",
            Self::Test => "test",
        }
    }
}

impl Letters {
    /// Ours, with the files of `folder` in place of those of the same name.
    ///
    /// # Errors
    /// `config.invalid` if a file cannot be read, or says what has no meaning
    /// here.
    pub fn load(folder: Option<&Path>) -> Result<Self> {
        let load = |language| Language::load(language, folder);
        Ok(Self {
            english: load(ENGLISH)?,
            others: OTHERS.into_iter().map(load).collect::<Result<_>>()?,
            layout: Layout::new(own(folder, "layout.html")?, own(folder, "button.html")?)?,
        })
    }

    /// The languages that mails are written in, by their tags.
    pub fn languages() -> impl Iterator<Item = &'static str> {
        [ENGLISH].into_iter().chain(OTHERS).map(|(tag, _)| tag)
    }

    /// Write one, in that language or the nearest that there is.
    pub fn write(&self, kind: Kind, locale: Option<&str>, facts: &Facts<'_>) -> Letter {
        let language = self.nearest(locale);
        let token = facts.link.as_ref().map(|link| link.token.expose_secret());
        let mut arguments = FluentArgs::new();
        arguments.set("site", facts.site);
        arguments.set("token", token.unwrap_or_default());
        let minutes = facts
            .link
            .as_ref()
            .map_or(0, |link| link.lives.as_secs() / 60);
        arguments.set("minutes", minutes);
        arguments.set("hours", minutes / 60);
        let own = |part: &str| self.say(language, &format!("{}-{part}", kind.as_str()), &arguments);
        let shared = |key: &str| self.say(language, key, &arguments);
        let subject = own("subject");
        let (lead, end, foot) = (own("lead"), own("end"), shared("foot"));
        let link = facts.link.as_ref().map(|link| link.address.expose_secret());
        let mut text = vec![lead.clone()];
        let mut button = String::new();
        if let Some(link) = link {
            let token = shared("token");
            text.extend([format!("    {link}"), token.clone()]);
            button = self.layout.button(&[
                ("link", link),
                ("button", &own("button")),
                ("below", &shared("link-below")),
                ("token", &token),
            ]);
        }
        text.extend([end.clone(), format!("-- \n{foot}\n")]);
        let page = [
            ("lang", language.tag),
            ("dir", direction(language.tag)),
            ("subject", subject.as_str()),
            ("lead", &lead),
            ("end", &end),
            ("foot", &foot),
        ];
        Letter {
            html: self.layout.page(&page, &button).into(),
            text: text.join("\n\n").into(),
            subject,
        }
    }

    fn nearest(&self, locale: Option<&str>) -> &Language {
        let tag = locale.unwrap_or_default();
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        let speaks = |language: &&Language| language.tag.eq_ignore_ascii_case(primary);
        self.others.iter().find(speaks).unwrap_or(&self.english)
    }

    /// A sentence; in English if the language lacks it.
    fn say(&self, language: &Language, key: &str, arguments: &FluentArgs<'_>) -> String {
        let said = language.say(key, arguments);
        said.or_else(|| self.english.say(key, arguments))
            .unwrap_or_default()
            .into_owned()
    }
}

impl Language {
    fn load((tag, words): (&'static str, &str), folder: Option<&Path>) -> Result<Self> {
        let mut bundle = FluentBundle::new_concurrent(vec![tag.parse().unwrap_or_default()]);
        bundle.set_use_isolating(direction(tag) == "rtl");
        bundle.add_resource_overriding(resource(tag, words.to_owned())?);
        if let Some(own) = own(folder, &format!("{tag}.ftl"))? {
            bundle.add_resource_overriding(resource(tag, own)?);
        }
        Ok(Self { tag, bundle })
    }

    fn say<'a>(&'a self, key: &str, arguments: &'a FluentArgs<'_>) -> Option<Cow<'a, str>> {
        let pattern = self.bundle.get_message(key)?.value()?;
        // Faults leave the argument's name in the text.
        let said = self
            .bundle
            .format_pattern(pattern, Some(arguments), &mut Vec::new());
        Some(said)
    }
}

/// Which way a language is written.
fn direction(tag: &str) -> &'static str {
    if tag == "ar" { "rtl" } else { "ltr" }
}

fn resource(tag: &str, text: String) -> Result<FluentResource> {
    FluentResource::try_new(text).map_err(|_| {
        let detail = format!("mail.templates: {tag}.ftl has a line that is no message");
        Error::new(&codes::CONFIG_INVALID).detail(detail)
    })
}

/// An operator's file, if there is one of that name.
fn own(folder: Option<&Path>, name: &str) -> Result<Option<String>> {
    let Some(path) = folder.map(|folder| folder.join(name)) else {
        return Ok(None);
    };
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(fault) => {
            let detail = format!("mail.templates: {name} cannot be read");
            Err(Error::new(&codes::CONFIG_INVALID)
                .detail(detail)
                .because(fault))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts<'static> {
        Facts {
            site: "https://id.example.org/<b>",
            link: Some(Link {
                address: "https://id.example.org/reset#tg_o_1".to_owned().into(),
                token: "tg_o_1".to_owned().into(),
                lives: Duration::from_hours(1),
            }),
        }
    }

    /// Every sentence that a mail of ours may need.
    fn keys() -> Vec<String> {
        let own = Kind::ALL.into_iter().flat_map(|kind| {
            ["subject", "lead", "end"].map(|part| format!("{}-{part}", kind.as_str()))
        });
        let shared = ["link-below", "token", "foot"];
        let buttons = ["password-reset-button", "address-verification-button"];
        let others = shared.into_iter().chain(buttons).map(str::to_owned);
        own.chain(others).collect()
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
            }
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
}
