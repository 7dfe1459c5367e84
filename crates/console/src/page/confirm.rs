//! Asking once more before something is gone: a page that names the thing and
//! what follows, with the one button that does it. Without script, and by GET:
//! whoever loads it has done nothing yet.

use askama::Template;

use super::{Frame, Refusal};
use crate::words::{Markup, Message};

/// Such a page.
#[derive(Template)]
#[template(path = "confirm.html")]
pub(crate) struct Confirm<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    title: String,
    sentences: Vec<Markup>,
    /// The address that the button sends to.
    action: String,
    button: String,
    /// Where the thing is, and its name.
    back: (String, String),
    /// What has to be typed first.
    typed: Option<String>,
}

impl<'a> Confirm<'a> {
    /// For what is done by the form at `action`.
    pub(crate) fn new(
        frame: &'a Frame,
        title: &Message<'_>,
        action: String,
        button: &Message<'_>,
    ) -> Self {
        Self {
            frame,
            refusal: Refusal::default(),
            title: title.to_string(),
            sentences: Vec::new(),
            action,
            button: button.to_string(),
            back: ("/admin".to_owned(), String::new()),
            typed: None,
        }
    }

    /// With one sentence more on what follows.
    pub(crate) fn say(mut self, message: &Message<'_>) -> Self {
        self.sentences.push(message.rich());
        self
    }

    /// With the way back to the thing.
    pub(crate) fn back(mut self, path: &str, name: &str) -> Self {
        self.back = (path.to_owned(), name.to_owned());
        self
    }

    /// Only for who types this.
    pub(crate) fn typed(mut self, text: &str) -> Self {
        self.typed = Some(text.to_owned());
        self
    }

    /// After it was refused.
    pub(crate) fn refused(mut self, refusal: Refusal) -> Self {
        self.refusal = refusal;
        self
    }
}
