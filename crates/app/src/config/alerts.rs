//! Who is told of alerts.

use std::{path::PathBuf, time::Duration};

use tollgate_base::{ExposeSecret, identifier::Email};
use tollgate_outbound::hook;

use super::{
    key::section,
    meant::{
        Verdict,
        backend::WebUrl,
        network::OrOff,
        plain::Secret,
        quantity::Size,
        value::{self, words},
    },
};

words! {
    /// How bad something is.
    pub enum Level: "info, warning or critical" {
        /// Worth knowing.
        Info = "info",
        /// For today.
        Warning = "warning",
        /// For now.
        Critical = "critical",
    }
}

words! {
    /// A language.
    pub enum Language: "en, de, es or ar" {
        /// English.
        En = "en",
        /// German.
        De = "de",
        /// Spanish.
        Es = "es",
        /// Arabic.
        Ar = "ar",
    }
}

section! {
    /// Alerts: who is told, where and when. Each channel is told of its level and worse.
    pub struct Alerts in "alerts" + "alerts." {
        /// Addresses that are mailed; the word admins is every administrator, in their
        /// own language.
        mail_to: Vec<String> = "admins";
        /// What is mailed.
        mail_level: Level = "warning";
        /// An incoming hook of a chat that takes {"text": ...}, as Slack, Mattermost and
        /// others have it. Whoever knows it can write there: best given as a file.
        slack_url: Option<Secret>;
        /// What the chat hears of.
        slack_level: Level = "warning";
        /// A hook of yours that takes signed JSON (Standard Webhooks). It may be on a
        /// private network.
        webhook_url: Option<WebUrl>, like "https://ops.example.org/alerts";
        /// What the hook checks signatures with: whsec_ and 24 to 64 random bytes in
        /// base 64. Best given as a file.
        webhook_secret: Option<Secret>;
        /// What the hook gets.
        webhook_level: Level = "info";
        /// A file that gets a line of JSON for each, readable by the server alone.
        file: Option<PathBuf>, like "alerts.jsonl";
        /// What the file gets.
        file_level: Level = "info";
        /// How large the file grows before it is put aside; four old ones are kept.
        file_size: Size = "10MiB" in "4KiB"..="1GiB";
        /// What is told at once; what is milder is gathered.
        at_once: Level = "warning";
        /// For how long what is milder is gathered, or off: then all is told at once.
        digest: OrOff<Duration> = "1d";
        /// For how long an alert that comes again is not told again.
        quiet: Duration = "4h" in "1m"..="7d";
        /// The language of channels, and of addresses that are nobody's.
        language: Language = "en";
        /// A PEM file of the authorities that vouch for the hooks, in place of the public
        /// ones.
        tls_root_file: Option<PathBuf>, like "ca.pem";
        /// How long telling a hook may take.
        timeout: Duration = "10s" in "1s"..="20s";
    }
}

impl Alerts {
    pub(super) fn check(&self, verdict: &mut Verdict) {
        let known = |to: &String| to == "admins" || Email::parse(to).is_ok();
        if !self.mail_to.iter().all(known) {
            let message = "an entry is neither an e-mail address nor the word admins";
            verdict.fault(&["alerts.mail_to"], message, None);
        }
        // Its path is a secret: no word of it is said.
        let chat = self.slack_url.as_ref();
        let says = match chat.map(|url| <WebUrl as value::Word>::parse(url.expose_secret())) {
            Some(Err(why)) => Some(why),
            Some(Ok(url)) if !url.is_tls() && !url.is_loopback() => {
                Some("goes to another machine in the clear".to_owned())
            }
            _ => None,
        };
        if let Some(says) = says {
            let hint = "Write an address that begins with https://.";
            verdict.fault(&["alerts.slack_url"], says, Some(hint));
        }
        let keys = ["alerts.webhook_secret", "alerts.webhook_url"];
        let draw = "Draw one: echo whsec_$(head -c 32 /dev/urandom | base64)";
        match (&self.webhook_url, &self.webhook_secret) {
            (Some(_), None) => {
                verdict.fault(&keys, "the hook needs alerts.webhook_secret", Some(draw));
            }
            (url, Some(secret)) => {
                if url.is_none() {
                    let says = "alerts.webhook_secret: no alerts.webhook_url says where, so that no hook is told.";
                    verdict.note(says.to_owned());
                }
                if let Err(why) = hook::key(secret) {
                    let message = format!("the secret of the hook {why}");
                    verdict.fault(&keys[..1], message, Some(draw));
                }
            }
            (None, None) => {}
        }
        let span = Duration::from_mins(1)..=Duration::from_hours(7 * 24);
        if self.digest.0.is_some_and(|digest| !span.contains(&digest)) {
            let message = "alerts.digest is neither off nor between 1m and 7d";
            verdict.fault(&["alerts.digest"], message, None);
        }
    }
}
