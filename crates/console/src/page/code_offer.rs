//! A way in which a code can be sent, as pages offer it.

use tollgate_flows::{Channel, sent_codes::Offer};

use super::Frame;

/// One way.
pub(crate) struct CodeOffer {
    /// As forms send it: `email` or `sms`.
    pub(crate) by: &'static str,
    to: String,
}

impl CodeOffer {
    /// What the button says.
    pub(crate) fn ask(&self, frame: &Frame) -> String {
        let key = if self.by == Channel::Email.as_str() {
            "codes-ask-email"
        } else {
            "codes-ask-sms"
        };
        frame.t(key).with("to", self.to.as_str()).to_string()
    }
}

impl From<Offer> for CodeOffer {
    fn from(offer: Offer) -> Self {
        Self {
            by: offer.way.as_str(),
            to: offer.to,
        }
    }
}
