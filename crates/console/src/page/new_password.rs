//! The page behind a link with which somebody sets a new password.
//!
//! Looking at it uses nothing up; only the submitted form presents the token.

use askama::Template;
use serde::Deserialize;
use tollgate_base::{Error, SecretString};
use tollgate_web::Web;

use super::{Frame, HasToken, Refusal};

/// The form as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPasswordForm {
    form_token: String,
    token: String,
    /// The new one.
    pub(crate) password: SecretString,
}

/// What a sort of link says, by its messages.
pub(crate) struct LinkWords {
    /// Where the form is sent.
    pub(crate) action: &'static str,
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) submit: &'static str,
    /// Where a new link is asked for, and how that is called.
    pub(crate) again: Option<(&'static str, &'static str)>,
}

/// Such a page.
#[derive(Template)]
#[template(path = "new_password.html")]
pub(crate) struct NewPasswordPage<'a> {
    refusal: Refusal,
    token: &'a str,
    frame: &'a Frame,
    words: &'static LinkWords,
    least: usize,
}

impl NewPasswordForm {
    /// The token as it was in the link.
    pub(crate) fn token(&self) -> &str {
        self.token.trim()
    }
}

impl HasToken for NewPasswordForm {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

impl<'a> NewPasswordPage<'a> {
    /// As it is before anything was sent.
    pub(crate) fn new(web: &Web, frame: &'a Frame, words: &'static LinkWords) -> Self {
        Self {
            refusal: Refusal::default(),
            token: "",
            frame,
            words,
            least: web.ctx().policy().password.least,
        }
    }

    /// With what was sent, and what was wrong about it.
    pub(crate) fn again(self, form: &'a NewPasswordForm, fault: &Error) -> Self {
        Self {
            refusal: Refusal::of(fault, self.frame.locale),
            token: form.token(),
            ..self
        }
    }
}
