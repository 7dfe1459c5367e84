//! Known devices as pages list them.

use tollgate_base::time::Time;
use tollgate_flows::{Device, devices::KnownDevice};

use super::{Frame, When, when::day};

/// A row of the list.
pub(crate) struct DeviceRow {
    pub(crate) id: String,
    /// Whether the session that looks was opened on it.
    pub(crate) current: bool,
    /// What it is, in words.
    pub(crate) device: String,
    pub(crate) address: Option<String>,
    pub(crate) first: When,
    pub(crate) last: When,
    /// The day until which the second step is left out on it.
    pub(crate) trusted_until: Option<String>,
}

impl Frame {
    /// The devices as they come, the asking one before all.
    pub(crate) fn devices(&self, known: Vec<KnownDevice>, now: Time) -> Vec<DeviceRow> {
        let row = |known: KnownDevice| {
            let stored = known.stored;
            let shown = Device {
                name: stored.name,
                browser: stored.browser,
                address: None,
            };
            DeviceRow {
                id: stored.id.to_string(),
                current: known.is_current,
                device: self.device(&shown),
                address: stored.address,
                first: self.when(stored.created_at, now),
                last: self.when(known.last_used_at, now),
                trusted_until: known
                    .trusted_until
                    .map(|until| day(&until.to_string()).to_owned()),
            }
        };
        let mut rows: Vec<_> = known.into_iter().map(row).collect();
        rows.sort_by_key(|row| !row.current);
        rows
    }
}
