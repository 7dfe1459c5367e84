//! What stands around every page, each part compiled once and not into every page
//! that shows it: the bar, the navigation, the foot; and the pictures of buttons.

use askama::{Template, filters::HtmlSafe};

use super::Frame;

/// The bar above the pages of who is signed in.
#[derive(Template)]
#[template(path = "bar.html")]
pub(crate) struct Bar<'a> {
    frame: &'a Frame,
}

/// Where there is to go.
#[derive(Template)]
#[template(path = "nav.html")]
pub(crate) struct Nav<'a> {
    frame: &'a Frame,
}

/// Language and look.
#[derive(Template)]
#[template(path = "foot.html")]
pub(crate) struct Foot<'a> {
    frame: &'a Frame,
}

/// A picture that says what a button or a line is.
#[derive(Template)]
#[template(path = "icon.html")]
pub(crate) struct Icon<'a> {
    name: &'a str,
}

impl HtmlSafe for Bar<'_> {}
impl HtmlSafe for Nav<'_> {}
impl HtmlSafe for Foot<'_> {}
impl HtmlSafe for Icon<'_> {}

/// The picture of this name in `icon.html`.
pub(crate) const fn icon(name: &str) -> Icon<'_> {
    Icon { name }
}

impl Frame {
    /// See [`Bar`].
    pub(crate) const fn bar(&self) -> Bar<'_> {
        Bar { frame: self }
    }

    /// See [`Nav`].
    pub(crate) const fn nav(&self) -> Nav<'_> {
        Nav { frame: self }
    }

    /// See [`Foot`].
    pub(crate) const fn foot(&self) -> Foot<'_> {
        Foot { frame: self }
    }
}
