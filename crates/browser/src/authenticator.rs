//! Authenticators that somebody carries: virtual ones, which make and use
//! passkeys without a touch.

use serde_json::{Value, json};

use crate::visitor::Visitor;

/// A device that holds passkeys, plugged into one visitor's browser.
pub struct Authenticator(Value);

impl Visitor {
    /// Have a device at hand that its owner unlocks at once.
    pub async fn carry_authenticator(&self) -> Authenticator {
        self.ask("WebAuthn.enable", json!({})).await;
        let options = json!({ "options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true,
            "automaticPresenceSimulation": true,
        } });
        let made = self.ask("WebAuthn.addVirtualAuthenticator", options).await;
        Authenticator(made["authenticatorId"].clone())
    }

    /// How many passkeys it holds.
    pub async fn passkeys(&self, on: &Authenticator) -> usize {
        let which = json!({ "authenticatorId": on.0 });
        let held = self.ask("WebAuthn.getCredentials", which).await;
        held["credentials"].as_array().map_or(0, Vec::len)
    }

    /// Whether its owner unlocks it when it asks.
    pub async fn unlock(&self, on: &Authenticator, does: bool) {
        let how = json!({ "authenticatorId": on.0, "isUserVerified": does });
        self.ask("WebAuthn.setUserVerified", how).await;
    }

    /// Whether its owner touches it as soon as it asks. Chromium takes that for
    /// a choice among what a field offers, too.
    pub async fn touch(&self, on: &Authenticator, does: bool) {
        let how = json!({ "authenticatorId": on.0, "enabled": does });
        self.ask("WebAuthn.setAutomaticPresenceSimulation", how)
            .await;
    }

    /// It is wiped: no passkey is left on it.
    pub async fn wipe(&self, on: &Authenticator) {
        let which = json!({ "authenticatorId": on.0 });
        self.ask("WebAuthn.clearCredentials", which).await;
    }
}
