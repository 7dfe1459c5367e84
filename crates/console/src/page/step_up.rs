//! Whether a second factor is to be shown again before a page does what it is
//! for, and how.

use tollgate_base::{Error, Result, access::Principal, codes};
use tollgate_flows::{password, sent_codes, step_up};
use tollgate_web::Web;

use super::CodeOffer;

/// What was shown too long ago.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stale {
    Nothing,
    /// The second factor: a code is asked for.
    Factor,
    /// The sign-in of who has none: the password is asked for before names change, or
    /// a new sign-in where there is none.
    SignIn,
}

/// What is asked for first.
pub(crate) struct StepUp {
    pub(crate) stale: Stale,
    /// Whether there is a password, which forms ask for too.
    pub(crate) has_password: bool,
    /// A passkey will do in place of a code.
    pub(crate) passkey: bool,
    /// A code can be sent, by these ways.
    pub(crate) sent: Vec<CodeOffer>,
}

/// Whether somebody is to show again who they are.
pub(crate) fn is_stale(fault: &Error) -> bool {
    fault.is(&codes::FACTOR_FRESH) || fault.is(&codes::PASSWORD_FRESH)
}

impl StepUp {
    /// Whether anything is asked for before names change.
    pub(crate) fn is_any(&self) -> bool {
        self.stale != Stale::Nothing
    }

    /// Whether that is a code.
    pub(crate) fn is_code(&self) -> bool {
        self.stale == Stale::Factor
    }

    /// Whether anything is asked for before a form that takes the password, where
    /// there is one.
    pub(crate) fn comes_first(&self) -> bool {
        self.is_code() || (self.is_any() && !self.has_password)
    }

    /// The same where a code was shown just now, good or not.
    pub(crate) fn by_code(self) -> Self {
        let stale = Stale::Factor;
        Self { stale, ..self }
    }

    /// For whoever asks.
    pub(crate) async fn of(web: &Web, who: &Principal) -> Result<Self> {
        let sent = sent_codes::step_up_offers(web.ctx(), who, ()).await?;
        let stale = if step_up::is_needed(web.ctx(), who, ()).await? {
            Stale::Factor
        } else if step_up::wants_password(web.ctx(), who, ()).await? {
            Stale::SignIn
        } else {
            Stale::Nothing
        };
        Ok(Self {
            stale,
            has_password: password::is_set(web.ctx(), who, who.person()?.user).await?,
            passkey: step_up::takes_passkey(web.ctx(), who, ()).await?,
            sent: sent.into_iter().map(CodeOffer::from).collect(),
        })
    }
}
