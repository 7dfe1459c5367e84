//! Events as pages list them: in the reader's words, with the names of those
//! who did and met with them. The audit trail has the stable names.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_base::{id::UserId, time::Time};
use tollgate_flows::Event;

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
const KNOWN: [&str; 39] = [
    "happened-account-created",
    "happened-account-updated",
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
    "happened-session-ended",
    "happened-sessions-ended",
    "happened-session-refreshed",
    "happened-token-reused",
    "happened-token-foreign-seen",
    "happened-password-changed",
    "happened-password-reset",
    "happened-password-reset-requested",
    "happened-password-rehashed",
    "happened-factor-added",
    "happened-factor-removed",
    "happened-factor-reset",
    "happened-recovery-codes-made",
    "happened-recovery-codes-used",
    "happened-signing-key-created",
    "happened-signing-key-removed",
    "happened-site-created",
    "happened-site-updated",
    "happened-site-deleted",
    "happened-site-entered",
    "happened-backup-written",
    "happened-backup-restored",
    "happened-mail-given-up",
    "happened-mail-retried",
    "happened-mail-discarded",
    "happened-clock-stepped",
];

/// The people in events, for whoever looks their names up.
pub(crate) fn people_in(events: &[Event]) -> BTreeSet<UserId> {
    let named = events
        .iter()
        .flat_map(|event| [Some(&event.actor), event.subject.as_ref()]);
    named.flatten().filter_map(|id| id.parse().ok()).collect()
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
            what: self.happened(&event.kind),
            actor: self.party(&event.actor, names),
            subject: match &event.subject {
                Some(subject) => Some(self.party(subject, names)),
                None => site(&event),
            },
            at: self.when(event.at, now),
        };
        events.into_iter().map(row).collect()
    }

    /// What happened, in words; a newer node may write what this one has none for.
    fn happened(&self, kind: &str) -> String {
        let wanted = format!("happened-{}", kind.replace(['.', '_'], "-"));
        let known = KNOWN.iter().find(|key| **key == wanted);
        known.map_or_else(|| kind.to_owned(), |key| self.t(key).to_string())
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
    use tollgate_flows::EventKind;

    use super::KNOWN;

    #[test]
    fn there_are_words_for_all_that_can_happen() {
        let of = |kind: &EventKind| format!("happened-{}", kind.as_str().replace(['.', '_'], "-"));
        let mut wanted: Vec<String> = EventKind::ALL.iter().map(of).collect();
        let mut known = KNOWN.map(ToOwned::to_owned).to_vec();
        wanted.sort();
        known.sort();
        assert_eq!(known, wanted);
    }
}
