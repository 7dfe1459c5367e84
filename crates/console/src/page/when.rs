//! Times as people say them: how long ago, or how long until then, with the exact
//! time behind it.

use tollgate_base::time::Time;

use super::Frame;
use crate::words::Message;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// Further away, a date says more.
const AWAY_MOST: u64 = 30 * DAY;

/// A time as a page shows it; written by a macro of `lists.html`.
pub(crate) struct When {
    /// RFC 3339, for programs and for the reader's own clock.
    pub(crate) exact: String,
    words: Option<Message<'static>>,
}

impl When {
    /// How far away it is, or its date in UTC.
    pub(crate) fn said(&self) -> String {
        match &self.words {
            Some(words) => words.to_string(),
            None => day(&self.exact).to_owned(),
        }
    }
}

impl Frame {
    /// A time that lies ahead, as it is told at `now`. Nothing opens earlier than said.
    pub(crate) fn until(&self, at: Time, now: Time) -> When {
        let ahead = at.since(now).as_secs();
        let counted = |key, unit: u64| Some(self.t(key).with("count", ahead.div_ceil(unit)));
        let words = match ahead {
            0 => Some(self.t("when-now")),
            1..=HOUR => counted("when-in-minutes", MINUTE),
            _ if ahead <= DAY => counted("when-in-hours", HOUR),
            _ if ahead <= AWAY_MOST => counted("when-in-days", DAY),
            _ => None,
        };
        When {
            exact: at.to_string(),
            words,
        }
    }

    /// A time as it is told at `now`.
    pub(crate) fn when(&self, at: Time, now: Time) -> When {
        let ago = now.since(at).as_secs();
        let counted = |key, unit: u64| Some(self.t(key).with("count", ago / unit));
        let words = match ago {
            0..MINUTE => Some(self.t("when-now")),
            MINUTE..HOUR => counted("when-minutes", MINUTE),
            HOUR..DAY => counted("when-hours", HOUR),
            DAY..AWAY_MOST => counted("when-days", DAY),
            _ => None,
        };
        When {
            exact: at.to_string(),
            words,
        }
    }
}

/// The date in RFC 3339.
pub(crate) fn day(exact: &str) -> &str {
    exact.split('T').next().unwrap_or_default()
}
