//! The HTML around a mail's words: two files with names in double braces,
//! which are filled in one pass, so that no word can be taken for a name.

use tollgate_base::{Error, Result, codes};

/// The page and the button that it may have.
pub(super) struct Layout {
    page: String,
    button: String,
}

const PAGE: &[&str] = &["lang", "dir", "subject", "lead", "button", "end", "foot"];
const BUTTON: &[&str] = &["link", "button", "below", "token"];

impl Layout {
    /// Ours, or the operator's.
    ///
    /// # Errors
    /// `config.invalid` for a name that is not filled.
    pub(super) fn new(page: Option<String>, button: Option<String>) -> Result<Self> {
        let ours = || include_str!("../../templates/layout.html").to_owned();
        let page = page.unwrap_or_else(ours);
        let ours = || include_str!("../../templates/button.html").to_owned();
        let button = button.unwrap_or_else(ours);
        check("layout.html", &page, PAGE)?;
        check("button.html", &button, BUTTON)?;
        Ok(Self { page, button })
    }

    /// The whole of it; `button` is markup, the words are not.
    pub(super) fn page(&self, words: &[(&str, &str)], button: &str) -> String {
        fill(&self.page, |name| match name {
            "button" => button.to_owned(),
            _ => escaped(words, name),
        })
    }

    pub(super) fn button(&self, words: &[(&str, &str)]) -> String {
        fill(&self.button, |name| escaped(words, name))
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
fn escaped(words: &[(&str, &str)], name: &str) -> String {
    let found = words.iter().find(|(known, _)| *known == name);
    let mut markup = String::new();
    for letter in found.map_or("", |(_, word)| word).chars() {
        match letter {
            '&' => markup.push_str("&amp;"),
            '<' => markup.push_str("&lt;"),
            '>' => markup.push_str("&gt;"),
            '"' => markup.push_str("&quot;"),
            '\'' => markup.push_str("&#39;"),
            other => markup.push(other),
        }
    }
    markup
}
