//! What makes a form ours: its token, a MAC over the session that it may act for
//! and over what the browser keeps in a cookie. Nothing of it is stored.
//!
//! Whether a request may bring such a form says floor 5, which reads cookies.

use tollgate_base::{ExposeSecret, SecretString, id::SessionId};
use tollgate_crypto::{mac::MacKey, token};

use super::Ctx;

/// No session has this number: ids begin with the time at which they were made.
const NOBODY: u128 = 0;

impl Ctx {
    /// The token of a form that is shown in this browser to whoever has the session.
    pub fn form_token(&self, browser: &SecretString, session: Option<SessionId>) -> SecretString {
        let session = session.map_or(NOBODY, SessionId::bits);
        token::bind(
            &self.form_key(),
            session,
            &[browser.expose_secret().as_bytes()],
        )
    }

    /// The session for which a form was shown in this browser, if one was there
    /// (`Some(None)`: if none was). Nothing if it was never shown here.
    pub fn form_session(&self, browser: &SecretString, token: &str) -> Option<Option<SessionId>> {
        let to = browser.expose_secret().as_bytes();
        let session = token::bound(&self.form_key(), token, &[to])?;
        Some((session != NOBODY).then(|| SessionId::from_bits(session)))
    }

    fn form_key(&self) -> MacKey {
        self.master().derive("form token")
    }
}
