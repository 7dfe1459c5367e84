//! Events as pages list them: in the reader's words, with the names of those
//! who did and met with them. The audit trail has the stable names.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_base::{id::UserId, time::Time};
use tollgate_flows::{Event, EventKind};

use super::{Frame, When};

/// A row of the list.
pub(crate) struct EventRow {
    /// What happened.
    pub(crate) what: String,
    /// Who did it.
    pub(crate) actor: Party,
    /// To whom or to what.
    pub(crate) subject: Option<Party>,
    pub(crate) at: When,
}

/// Somebody or something in an event.
pub(crate) struct Party {
    pub(crate) name: String,
    /// The page about it, if there is one.
    pub(crate) page: Option<String>,
}

/// What there are words for: messages. Events have their parts between dots.
const KNOWN: [&str; 89] = [
    "happened-webhook-created",
    "happened-webhook-updated",
    "happened-webhook-deleted",
    "happened-webhook-secret-rotated",
    "happened-webhook-replayed",
    "happened-webhook-stopped",
    "happened-alert-acknowledged",
    "happened-alert-closed",
    "happened-account-created",
    "happened-account-updated",
    "happened-identifier-added",
    "happened-identifier-removed",
    "happened-identifier-verified",
    "happened-account-exported",
    "happened-account-deleted",
    "happened-account-suspended",
    "happened-account-resumed",
    "happened-role-assigned",
    "happened-installation-set-up",
    "happened-admin-recovered",
    "happened-setup-link-issued",
    "happened-session-opened",
    "happened-signin-blocked",
    "happened-account-unlocked",
    "happened-signin-sprayed",
    "happened-signin-stuffed",
    "happened-signin-mailed",
    "happened-signin-token-issued",
    "happened-session-ended",
    "happened-sessions-ended",
    "happened-session-refreshed",
    "happened-token-reused",
    "happened-token-foreign-seen",
    "happened-session-elsewhere",
    "happened-device-new",
    "happened-country-new",
    "happened-device-trusted",
    "happened-device-removed",
    "happened-devices-removed",
    "happened-signin-confirmation-asked",
    "happened-password-changed",
    "happened-password-reset",
    "happened-password-reset-requested",
    "happened-password-rehashed",
    "happened-factor-added",
    "happened-factor-removed",
    "happened-factor-blocked",
    "happened-password-blocked",
    "happened-session-stepped-up",
    "happened-password-breach-check-failed",
    "happened-codes-turned-on",
    "happened-codes-turned-off",
    "happened-codes-sent",
    "happened-phone-verified",
    "happened-phone-removed",
    "happened-passkey-added",
    "happened-passkey-renamed",
    "happened-passkey-removed",
    "happened-passkey-copied",
    "happened-factor-reset",
    "happened-account-locked-down",
    "happened-recovery-started",
    "happened-recovery-stopped",
    "happened-recovery-finished",
    "happened-recovery-codes-made",
    "happened-recovery-codes-used",
    "happened-signing-key-created",
    "happened-signing-key-removed",
    "happened-site-created",
    "happened-site-updated",
    "happened-site-deleted",
    "happened-site-entered",
    "happened-compliance-changed",
    "happened-compliance-accepted",
    "happened-compliance-withdrawn",
    "happened-access-reported",
    "happened-account-reviewed",
    "happened-links-voided",
    "happened-backup-written",
    "happened-backup-restored",
    "happened-mail-given-up",
    "happened-mail-retried",
    "happened-mail-discarded",
    "happened-audit-read",
    "happened-audit-exported",
    "happened-audit-expired",
    "happened-audit-broken",
    "happened-audit-replayed",
    "happened-clock-stepped",
];

/// The ways in that open sessions, alone or one after another: messages.
const WAYS: [&str; 12] = [
    "way-password",
    "way-totp",
    "way-recovery-code",
    "way-email-code",
    "way-sms-code",
    "way-confirmation",
    "way-passkey",
    "way-mail-link",
    "way-mail-code",
    "way-sign-in-token",
    "way-setup",
    "way-chatbot-login",
];

/// The people in events, for whoever looks their names up.
pub(crate) fn people_in(events: &[Event]) -> BTreeSet<UserId> {
    let named = events
        .iter()
        .flat_map(|event| [Some(&event.actor), event.subject.as_ref()]);
    named.flatten().filter_map(|id| id.parse().ok()).collect()
}

/// What can happen, each with its words, in the order of the words.
pub(crate) fn kind_words(frame: &Frame) -> Vec<(&'static str, String)> {
    let words = |kind: &EventKind| {
        let wanted = message(kind.as_str());
        let key = KNOWN.iter().find(|key| **key == wanted);
        let words = key.map_or_else(|| kind.as_str().to_owned(), |key| frame.t(key).to_string());
        (kind.as_str(), words)
    };
    let mut kinds: Vec<_> = EventKind::ALL.iter().map(words).collect();
    kinds.sort_by(|(_, one), (_, other)| one.cmp(other));
    kinds
}

fn message(kind: &str) -> String {
    format!("happened-{}", kind.replace(['.', '_'], "-"))
}

impl Frame {
    /// The events as they come; what people are called by their ids.
    pub(crate) fn events(
        &self,
        events: Vec<Event>,
        names: &BTreeMap<UserId, String>,
        now: Time,
    ) -> Vec<EventRow> {
        let row = |event: Event| EventRow {
            what: self.happened(&event),
            actor: self.party(&event.actor, names),
            subject: match &event.subject {
                Some(subject) => Some(self.party(subject, names)),
                None => site(&event),
            },
            at: self.when(event.at, now),
        };
        events.into_iter().map(row).collect()
    }

    /// What an event of that kind says happened.
    pub(crate) fn kind(&self, kind: &str) -> Option<String> {
        let wanted = format!("happened-{}", kind.replace(['.', '_'], "-"));
        let known = KNOWN.iter().find(|key| **key == wanted);
        known.map(|key| self.t(key).to_string())
    }

    /// What happened, in words; a newer node may write what this one has none for.
    pub(crate) fn happened(&self, event: &Event) -> String {
        let Some(what) = self.kind(&event.kind) else {
            return event.kind.clone();
        };
        match self.ways(event) {
            Some(ways) => format!("{what}: {ways}"),
            None => what,
        }
    }

    /// How somebody signed in, if an event tells of that.
    fn ways(&self, event: &Event) -> Option<String> {
        let said = event.detail("way")?;
        let in_words = |way: &str| {
            let wanted = format!("way-{}", way.replace('_', "-"));
            let key = WAYS.iter().find(|key| **key == wanted)?;
            Some(self.t(key).to_string())
        };
        let ways: Option<Vec<String>> = said.split('+').map(in_words).collect();
        ways.map(|ways| ways.join(" + "))
    }

    /// Somebody else, for whoever may not know more of them.
    pub(crate) fn stranger(&self, who: &str) -> String {
        match who.parse::<UserId>() {
            Ok(_) => self.t("party-other").to_string(),
            Err(_) => self.party(who, &BTreeMap::new()).name,
        }
    }

    fn party(&self, who: &str, names: &BTreeMap<UserId, String>) -> Party {
        let nowhere = |name: String| Party { name, page: None };
        let said = |key| nowhere(self.t(key).to_string());
        match (who, who.parse::<UserId>()) {
            (_, Ok(id)) => match names.get(&id) {
                Some(name) => Party {
                    name: name.clone(),
                    page: Some(format!("/admin/people/{id}")),
                },
                None => said("party-gone"),
            },
            ("operator", _) => said("party-operator"),
            ("anonymous", _) => said("party-stranger"),
            _ if who.starts_with("chore:") => said("party-house"),
            _ => nowhere(who.to_owned()),
        }
    }
}

/// The site that an event is about, as it was called then.
fn site(event: &Event) -> Option<Party> {
    let (id, name) = (event.detail("site")?, event.detail("name")?);
    let gone = event.kind == "site.deleted";
    Some(Party {
        name,
        page: (!gone).then(|| format!("/admin/sites/{id}")),
    })
}

#[cfg(test)]
mod tests {
    use tollgate_flows::{Gives, Way};

    use super::{EventKind, KNOWN, WAYS};

    #[test]
    fn there_are_words_for_all_that_can_happen() {
        let of = |kind: &EventKind| format!("happened-{}", kind.as_str().replace(['.', '_'], "-"));
        let mut wanted: Vec<String> = EventKind::ALL.iter().map(of).collect();
        let mut known = KNOWN.map(ToOwned::to_owned).to_vec();
        wanted.sort();
        known.sort();
        assert_eq!(known, wanted);
    }

    #[test]
    fn there_are_words_for_all_ways_to_open_a_session() {
        let opens = [Gives::Session, Gives::SecondStep, Gives::Account];
        let mut wanted: Vec<String> = Way::ALL
            .iter()
            .filter(|way| opens.contains(&way.controls().gives))
            .map(|way| format!("way-{}", way.name().replace('_', "-")))
            .collect();
        let mut known = WAYS.map(ToOwned::to_owned).to_vec();
        wanted.sort();
        known.sort();
        assert_eq!(known, wanted);
    }
}
