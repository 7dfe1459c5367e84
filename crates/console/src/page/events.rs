//! Events as pages list them: by their stable names, which the audit trail has.

use tollgate_base::time::Time;
use tollgate_flows::Event;

use super::{Frame, When};

/// A row of the list.
pub(crate) struct EventRow {
    pub(crate) kind: String,
    pub(crate) actor: String,
    pub(crate) subject: Option<String>,
    pub(crate) at: When,
}

impl Frame {
    /// The events as they come.
    pub(crate) fn events(&self, events: Vec<Event>, now: Time) -> Vec<EventRow> {
        let row = |event: Event| EventRow {
            kind: event.kind,
            actor: event.actor,
            subject: event.subject,
            at: self.when(event.at, now),
        };
        events.into_iter().map(row).collect()
    }
}
