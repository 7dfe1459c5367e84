//! The HTML around a mail's words: files with names in double braces,
//! which are filled in one pass, so that no word can be taken for a name.

use tollgate_base::{Error, Result, codes, html::escaped};

/// The page, and the button or the code that it may have.
pub(super) struct Layout {
    page: String,
    button: String,
    code: String,
}

const PAGE: &[&str] = &["lang", "dir", "subject", "lead", "button", "end", "foot"];
const BUTTON: &[&str] = &["link", "button", "below", "token"];
const CODE: &[&str] = &["code"];

impl Layout {
    /// Ours, or the operator's, which `own` finds by their names.
    ///
    /// # Errors
    /// `config.invalid` for a name that is not filled.
    pub(super) fn new(own: impl Fn(&str) -> Result<Option<String>>) -> Result<Self> {
        let file = |name: &str, ours: &str, known: &[&str]| {
            let text = own(name)?.unwrap_or_else(|| ours.to_owned());
            check(name, &text, known)?;
            Ok(text)
        };
        Ok(Self {
            page: file(
                "layout.html",
                include_str!("../../templates/layout.html"),
                PAGE,
            )?,
            button: file(
                "button.html",
                include_str!("../../templates/button.html"),
                BUTTON,
            )?,
            code: file("code.html", include_str!("../../templates/code.html"), CODE)?,
        })
    }

    /// The whole of it; `button` is markup, the words are not.
    pub(super) fn page(&self, words: &[(&str, &str)], button: &str) -> String {
        fill(&self.page, |name| match name {
            "button" => button.to_owned(),
            _ => word(words, name),
        })
    }

    pub(super) fn button(&self, words: &[(&str, &str)]) -> String {
        fill(&self.button, |name| word(words, name))
    }

    pub(super) fn code(&self, words: &[(&str, &str)]) -> String {
        fill(&self.code, |name| word(words, name))
    }
}

fn check(file: &str, text: &str, known: &[&str]) -> Result<()> {
    let mut stranger = None;
    fill(text, |name| {
        if !known.contains(&name) {
            stranger = Some(name.to_owned());
        }
        String::new()
    });
    let Some(name) = stranger else {
        return Ok(());
    };
    let names = known.join(", ");
    let detail = format!("mail.templates: {file} names {{{{{name}}}}}; there are: {names}");
    Err(Error::new(&codes::CONFIG_INVALID).detail(detail))
}

fn fill(text: &str, mut word: impl FnMut(&str) -> String) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, more)) = after.split_once("}}") else {
            break;
        };
        filled.push_str(before);
        filled.push_str(&word(name.trim()));
        rest = more;
    }
    filled.push_str(rest);
    filled
}

/// A word as it stands in markup.
fn word(words: &[(&str, &str)], name: &str) -> String {
    let found = words.iter().find(|(known, _)| *known == name);
    escaped(found.map_or("", |(_, word)| word))
}
