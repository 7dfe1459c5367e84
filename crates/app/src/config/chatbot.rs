//! The dialect of the chatbot's Django backend.

use std::time::Duration;

use tollgate_base::ExposeSecret;

use super::{
    fault::Origin,
    key::section,
    meant::{Verdict, plain::Secret, value::words},
    secrets::{Secrets, weakness},
};

words! {
    /// As which version of djangorestframework-simplejwt we speak.
    pub enum SimpleJwt: "\"5.5\" or \"5.3\"" {
        /// From 5.5 on: `user_id` is a text, and a bad token is told from an old one.
        V5_5 = "5.5",
        /// Before: `user_id` is a number, and both have the same words.
        V5_3 = "5.3",
    }
}

section! {
    /// The chatbot's own interface.
    pub struct Chatbot in "dialects.chatbot" + "dialects.chatbot." {
        /// Whether it is spoken.
        enabled: bool = "true";
        /// The secret that its tokens are signed with (HS256), if other programs share
        /// it; otherwise one is made. Also read from SECRET_KEY.
        secret: Option<Secret>;
        /// The version of simplejwt whose words and claims are used.
        simplejwt: SimpleJwt = "5.5";
        /// How long an access token lives.
        access: Duration = "60m" in "1m"..="1d";
        /// How long a refresh token lives.
        refresh: Duration = "14d" in "1m"..="400d";
    }
}

impl Chatbot {
    pub(super) fn check(&self, secrets: &Secrets, verdict: &mut Verdict) {
        if self.access > self.refresh {
            verdict.fault(
                &["dialects.chatbot.access", "dialects.chatbot.refresh"],
                "an access token would outlive its refresh token",
                None,
            );
        }
        let Some(secret) = self.secret.as_ref().filter(|_| self.enabled) else {
            return;
        };
        if let Origin::Variable(name) = verdict.origin("dialects.chatbot.secret")
            && !name.starts_with("TOLLGATE_")
        {
            verdict.note(format!("dialects.chatbot.secret is what {name} says."));
        }
        match weakness(secret.expose_secret()) {
            Some(weakness) if secrets.allow_weak_secret => {
                verdict.note(format!(
                    "dialects.chatbot.secret {weakness}, and allow_weak_secret lets it pass."
                ));
            }
            Some(weakness) => verdict.fault(
                &["dialects.chatbot.secret"],
                format!("{weakness} (secret.weak)"),
                Some("Use at least 32 random bytes, or set [secrets] allow_weak_secret = true."),
            ),
            None => {}
        }
    }
}
