//! How a setting's type reads what was said and shows what it holds.

use std::fmt;

use crate::config::{key::Shape, said::Said};

/// A type that a setting may have.
pub trait Value: Sized + PartialEq {
    /// What may be written.
    const FORM: &'static str;
    /// How it is written in TOML.
    const SHAPE: Shape;
    /// Whether it is never shown.
    const SECRET: bool;
    /// Every text that it may be, if these can be counted.
    const CHOICES: &'static [&'static str] = &[];

    /// Make sense of what was said.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence that begins with the
    /// setting's name; without the value if that may be a secret.
    fn read(said: &Said) -> Result<Self, String>;

    /// The value in words that can be read again; no secrets.
    fn shown(&self) -> String;

    /// The value of a setting that nobody set and that has no default.
    fn absent() -> Option<Self> {
        None
    }
}

/// A [`Value`] that is written as one text.
pub trait Word: Sized + PartialEq {
    /// As [`Value::FORM`].
    const FORM: &'static str;
    /// As [`Value::SECRET`].
    const SECRET: bool = false;
    /// As [`Value::CHOICES`].
    const CHOICES: &'static [&'static str] = &[];

    /// Make sense of a text.
    ///
    /// # Errors
    /// As [`Value::read`].
    fn parse(text: &str) -> Result<Self, String>;

    /// As [`Value::shown`].
    fn shown(&self) -> String;
}

impl<W: Word> Value for W {
    const FORM: &'static str = W::FORM;
    const SHAPE: Shape = Shape::Text;
    const SECRET: bool = W::SECRET;
    const CHOICES: &'static [&'static str] = W::CHOICES;

    fn read(said: &Said) -> Result<Self, String> {
        match said {
            Said::Loose(text) | Said::Text(text) => W::parse(text),
            other => Err(format!(
                "is {}, where a text in quotes belongs",
                kind(other)
            )),
        }
    }

    fn shown(&self) -> String {
        W::shown(self)
    }
}

/// What may be left unset.
impl<V: Value> Value for Option<V> {
    const FORM: &'static str = V::FORM;
    const SHAPE: Shape = V::SHAPE;
    const SECRET: bool = V::SECRET;
    const CHOICES: &'static [&'static str] = V::CHOICES;

    fn read(said: &Said) -> Result<Self, String> {
        V::read(said).map(Some)
    }

    fn shown(&self) -> String {
        self.as_ref()
            .map_or_else(|| "(not set)".to_owned(), V::shown)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<W: Word> Value for Vec<W> {
    const FORM: &'static str = W::FORM;
    const SHAPE: Shape = Shape::List;
    const SECRET: bool = W::SECRET;
    const CHOICES: &'static [&'static str] = W::CHOICES;

    fn read(said: &Said) -> Result<Self, String> {
        match said {
            Said::List(items) => items.iter().map(|item| W::parse(item)).collect(),
            Said::Loose(text) if text.trim().is_empty() => Ok(Self::new()),
            Said::Loose(text) => text.split(',').map(|item| W::parse(item.trim())).collect(),
            other => Err(format!(
                "is {}, where a list such as [\"…\", \"…\"] belongs",
                kind(other)
            )),
        }
    }

    fn shown(&self) -> String {
        self.iter().map(W::shown).collect::<Vec<_>>().join(",")
    }
}

impl Value for bool {
    const FORM: &'static str = "true or false";
    const SHAPE: Shape = Shape::Bare;
    const SECRET: bool = false;

    fn read(said: &Said) -> Result<Self, String> {
        match said {
            Said::Truth(truth) => Ok(*truth),
            Said::Loose(text) => text
                .parse()
                .map_err(|_| format!("{} is neither true nor false", quoted(text))),
            other => Err(format!("is {}, where true or false belongs", kind(other))),
        }
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

macro_rules! whole_numbers {
    ($($type:ty),*) => {$(
        impl Value for $type {
            const FORM: &'static str = "a whole number";
            const SHAPE: Shape = Shape::Bare;
            const SECRET: bool = false;

            fn read(said: &Said) -> Result<Self, String> {
                match said {
                    Said::Whole(number) => Self::try_from(*number).map_err(|_| format!("{number} is out of range")),
                    Said::Loose(text) => text.parse().map_err(|_| format!("{} is not a whole number", quoted(text))),
                    other => Err(format!("is {}, where a whole number belongs", kind(other))),
                }
            }

            fn shown(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

whole_numbers!(u32, usize);

/// Declares an enum of which each variant is written as one word.
macro_rules! words {
    ($(#[doc = $about:literal])+ pub enum $name:ident: $form:literal {
        $($(#[doc = $doc:literal])+ $variant:ident = $word:literal,)+
    }) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl $crate::config::meant::value::Word for $name {
            const FORM: &'static str = $form;
            const CHOICES: &'static [&'static str] = &[$($word),+];

            fn parse(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(format!("{} is not known here", $crate::config::meant::value::quoted(text))),
                }
            }

            fn shown(&self) -> String {
                match self {
                    $(Self::$variant => $word.to_owned(),)+
                }
            }
        }
    };
}
pub(in crate::config) use words;

/// A value in a message: in quotes, harmless and short.
pub(in crate::config) fn quoted(text: &str) -> impl fmt::Display {
    let short: String = text.chars().take(60).collect();
    let rest = if short.len() < text.len() { "…" } else { "" };
    format!("\"{}{rest}\"", short.escape_debug())
}

/// What sort of thing was said.
fn kind(said: &Said) -> &'static str {
    match said {
        Said::Loose(_) | Said::Text(_) => "a text",
        Said::Whole(_) => "a whole number",
        Said::Truth(_) => "true or false",
        Said::List(_) => "a list",
        Said::Other(what) => what,
    }
}
