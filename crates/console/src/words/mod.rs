//! What pages say: messages in Fluent files, one folder for each language, and
//! which language is spoken to whom. A message that a language lacks is said
//! in English; tests see to it that none is lacking.

mod refusals;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, fmt, sync::LazyLock};

use askama::filters::HtmlSafe;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use tollgate_base::html::escaped;

/// A language that pages are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Locale {
    English,
    German,
    Spanish,
    Arabic,
    /// English with every letter marked, so that a test sees words that are in
    /// no file.
    #[cfg(test)]
    Pseudo,
}

/// A sentence in a language, with its arguments.
pub(crate) struct Message<'a> {
    locale: Locale,
    key: &'a str,
    arguments: FluentArgs<'a>,
}

/// Text that is markup already.
pub(crate) struct Markup(pub(crate) String);

/// Files of a language, each a topic.
macro_rules! files {
    ($language:literal: $($topic:literal)*) => {
        &[$(include_str!(concat!("../../locales/", $language, "/", $topic, ".ftl"))),*]
    };
}

static BUNDLES: LazyLock<Vec<(Locale, FluentBundle<FluentResource>)>> = LazyLock::new(|| {
    Locale::SPOKEN
        .iter()
        .map(|locale| (*locale, locale.bundle()))
        .collect()
});

impl Locale {
    /// All of them, the default first.
    pub(crate) const ALL: &'static [Self] =
        &[Self::English, Self::German, Self::Spanish, Self::Arabic];
    #[cfg(not(test))]
    const SPOKEN: &'static [Self] = Self::ALL;
    #[cfg(test)]
    const SPOKEN: &'static [Self] = &[
        Self::English,
        Self::German,
        Self::Spanish,
        Self::Arabic,
        Self::Pseudo,
    ];

    /// The language tag (BCP 47).
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Spanish => "es",
            Self::Arabic => "ar",
            #[cfg(test)]
            Self::Pseudo => "en-XA",
        }
    }

    /// Its own name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Spanish => "Español",
            Self::Arabic => "العربية",
            #[cfg(test)]
            Self::Pseudo => "Ƥšéûðö",
        }
    }

    /// Which way it is written.
    pub(crate) const fn dir(self) -> &'static str {
        match self {
            Self::Arabic => "rtl",
            _ => "ltr",
        }
    }

    /// By a tag; if it has a region or script that we do not know, by its language.
    pub(crate) fn by_tag(tag: &str) -> Option<Self> {
        let called = |name: &str| {
            let is = |locale: &Self| locale.tag().eq_ignore_ascii_case(name);
            Self::SPOKEN.iter().copied().find(is)
        };
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        called(tag).or_else(|| called(primary))
    }

    /// The best for somebody whose browser sent this `Accept-Language` (RFC
    /// 9110, section 12.5.4).
    pub(crate) fn accepted(header: &str) -> Option<Self> {
        let wishes = header.split(',').take(WISHES).filter_map(|wish| {
            let mut parts = wish.split(';');
            let locale = Self::by_tag(parts.next()?.trim())?;
            let weight = parts.find_map(|part| part.trim().strip_prefix("q="));
            let weight = weight.map_or(Some(1.0), |text| text.parse::<f32>().ok())?;
            (weight > 0.0).then_some((locale, weight))
        });
        // The first of the heaviest.
        let best = wishes.reduce(|best, wish| if wish.1 > best.1 { wish } else { best });
        best.map(|(locale, _)| locale)
    }

    /// A message by its key.
    pub(crate) fn say(self, key: &str) -> Message<'_> {
        Message {
            locale: self,
            key,
            arguments: FluentArgs::new(),
        }
    }

    /// Whether it has a message of its own.
    pub(crate) fn knows(self, key: &str) -> bool {
        self.find().is_some_and(|bundle| bundle.has_message(key))
    }

    fn find(self) -> Option<&'static FluentBundle<FluentResource>> {
        let mut all = BUNDLES.iter();
        all.find(|(locale, _)| *locale == self)
            .map(|(_, bundle)| bundle)
    }

    /// The English words of codes and rules are those of the errors.
    const fn files(self) -> &'static [&'static str] {
        match self {
            Self::German => {
                files!("de": "common" "entrance" "account" "people" "sites" "operation" "compliance" "events" "codes")
            }
            Self::Spanish => {
                files!("es": "common" "entrance" "account" "people" "sites" "operation" "compliance" "events" "codes")
            }
            Self::Arabic => {
                files!("ar": "common" "entrance" "account" "people" "sites" "operation" "compliance" "events" "codes")
            }
            Self::English => {
                files!("en": "common" "entrance" "account" "people" "sites" "operation" "compliance" "events")
            }
            #[cfg(test)]
            Self::Pseudo => Self::English.files(),
        }
    }

    fn bundle(self) -> FluentBundle<FluentResource> {
        let tag = self.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // Names and addresses inside of a sentence that runs the other way.
        bundle.set_use_isolating(self.dir() == "rtl");
        #[cfg(test)]
        if self == Self::Pseudo {
            bundle.set_transform(Some(tests::marked));
        }
        for text in self.files() {
            // A file with a fault still gives what could be read; a test finds the fault.
            let file = match FluentResource::try_new((*text).to_owned()) {
                Ok(file) | Err((file, _)) => file,
            };
            bundle.add_resource_overriding(file);
        }
        bundle
    }
}

/// More of an `Accept-Language` is not looked at.
const WISHES: usize = 20;

impl<'a> Message<'a> {
    /// With an argument.
    pub(crate) fn with(mut self, name: &'a str, value: impl Into<FluentValue<'a>>) -> Self {
        self.arguments.set(name, value);
        self
    }

    /// Whether there is nothing to say.
    pub(crate) fn is_empty(&self) -> bool {
        self.key.is_empty()
    }

    /// As markup: what stands between backticks is code, which is written from
    /// left to right everywhere.
    pub(crate) fn rich(&self) -> Markup {
        let text = escaped(&self.to_string());
        let mut markup = String::with_capacity(text.len());
        for (number, part) in text.split('`').enumerate() {
            match number {
                0 => {}
                odd if odd % 2 == 1 => markup.push_str("<code dir=\"ltr\">"),
                _ => markup.push_str("</code>"),
            }
            markup.push_str(part);
        }
        Markup(markup)
    }

    fn said_in(&self, locale: Locale) -> Option<Cow<'_, str>> {
        let bundle = locale.find()?;
        let pattern = bundle.get_message(self.key)?.value()?;
        // Faults leave the argument's name in the text; tests compare them.
        Some(bundle.format_pattern(pattern, Some(&self.arguments), &mut Vec::new()))
    }
}

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = self
            .said_in(self.locale)
            .or_else(|| self.said_in(Locale::English));
        match said {
            Some(said) => f.write_str(&said),
            None if self.is_empty() => Ok(()),
            // In no file: seen by tests, and by whoever forgot it.
            None => write!(f, "⟦{}⟧", self.key),
        }
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Markup {}
