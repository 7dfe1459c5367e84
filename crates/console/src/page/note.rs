//! A page that only says something: what happened, and where to go on.

use askama::Template;

use super::Frame;
use crate::words::{Markup, Message};

/// Such a page.
#[derive(Template)]
#[template(path = "message.html")]
pub(crate) struct Note<'a> {
    frame: &'a Frame,
    tone: &'static str,
    title: Message<'a>,
    sentences: Vec<Markup>,
    onward: Option<(String, Message<'a>)>,
}

impl<'a> Note<'a> {
    /// It went well.
    pub(crate) fn good(frame: &'a Frame, title: &'static str) -> Self {
        Self::new(frame, "good", title)
    }

    /// There is something to know.
    pub(crate) fn info(frame: &'a Frame, title: &'static str) -> Self {
        Self::new(frame, "info", title)
    }

    fn new(frame: &'a Frame, tone: &'static str, title: &'static str) -> Self {
        Self {
            frame,
            tone,
            title: frame.t(title),
            sentences: Vec::new(),
            onward: None,
        }
    }

    /// With one sentence more.
    pub(crate) fn say(mut self, message: &Message<'_>) -> Self {
        self.sentences.push(message.rich());
        self
    }

    /// With a button that leads on.
    pub(crate) fn onward(mut self, path: impl Into<String>, words: &'static str) -> Self {
        self.onward = Some((path.into(), self.frame.t(words)));
        self
    }
}
