//! Sessions as pages list them.

use tollgate_base::{id::SessionId, time::Time};
use tollgate_flows::{Device, Session, SessionKind};

use super::{Frame, When};

/// A row of the list.
pub(crate) struct SessionRow {
    pub(crate) id: String,
    /// Whether it is the one that looks.
    pub(crate) current: bool,
    /// What it is signed in with, in words.
    pub(crate) device: String,
    /// Whether a program holds it, not a browser.
    pub(crate) program: bool,
    pub(crate) address: Option<String>,
    pub(crate) opened: When,
    pub(crate) seen: When,
}

impl Frame {
    /// The sessions, newest first, the asking one before all.
    pub(crate) fn sessions(
        &self,
        live: Vec<Session>,
        asking: Option<SessionId>,
        now: Time,
    ) -> Vec<SessionRow> {
        let row = |session: Session| SessionRow {
            id: session.id.to_string(),
            current: Some(session.id) == asking,
            device: self.device(&session.device),
            program: session.kind != SessionKind::Cookie,
            address: session.device.address,
            opened: self.when(session.created_at, now),
            seen: self.when(session.last_seen_at, now),
        };
        let mut rows: Vec<_> = live.into_iter().map(row).collect();
        rows.sort_by_key(|row| !row.current);
        rows
    }

    /// A device by its name, otherwise by its browser.
    pub(crate) fn device(&self, device: &Device) -> String {
        let known = device.name.clone().or_else(|| device.browser.clone());
        known.unwrap_or_else(|| self.t("session-unknown").to_string())
    }
}
