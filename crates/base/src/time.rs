//! Points in time and the clock that tells them. Spans are `std::time::Duration`.

use std::{
    fmt,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

use crate::{Error, codes};

/// Microseconds since 1970-01-01T00:00:00Z: the form in which the database
/// keeps every time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(i64);

impl Time {
    /// From microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From whole seconds since the epoch, as JWT claims count; saturates.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1_000_000))
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// As the standard library counts; times before the epoch are taken for it.
    pub fn system(self) -> SystemTime {
        let since = Duration::from_micros(u64::try_from(self.0).unwrap_or(0));
        SystemTime::UNIX_EPOCH + since
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This much later; saturates.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(micros_of(span)))
    }

    /// This much earlier; saturates.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(micros_of(span)))
    }

    /// How long ago `earlier` was; zero if it lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

fn micros_of(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

/// RFC 3339 in UTC with six decimals, such as `2026-11-21T09:30:00.000000Z`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(stamp) => write!(f, "{stamp:.6}"),
            Err(_) => write!(f, "{}us", self.0),
        }
    }
}

/// A date, a time and an offset, as RFC 3339 and databases write them.
impl FromStr for Time {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let stamp: jiff::Timestamp = text
            .parse()
            .map_err(|fault: jiff::Error| Error::new(&codes::REQUEST_INVALID).because(fault))?;
        Ok(Self(stamp.as_microsecond()))
    }
}

/// What time it is: the machine's clock, or one that a test moves.
#[derive(Clone, Debug)]
pub struct Clock(Face);

#[derive(Clone, Debug)]
enum Face {
    Machine,
    Fake(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub const fn machine() -> Self {
        Self(Face::Machine)
    }

    /// A clock that stands still until it is moved.
    pub fn fake(start: Time) -> Self {
        Self(Face::Fake(Arc::new(AtomicI64::new(start.0))))
    }

    /// The time now.
    pub fn now(&self) -> Time {
        match &self.0 {
            Face::Machine => Time(jiff::Timestamp::now().as_microsecond()),
            Face::Fake(micros) => Time(micros.load(Ordering::SeqCst)),
        }
    }

    /// Move a fake clock forward. The machine's clock cannot be moved.
    pub fn advance(&self, span: Duration) {
        if let Face::Fake(micros) = &self.0 {
            micros.fetch_add(micros_of(span), Ordering::SeqCst);
        }
    }

    /// Set a fake clock, also backwards. The machine's clock cannot be set.
    pub fn set(&self, time: Time) {
        if let Face::Fake(micros) = &self.0 {
            micros.store(time.0, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// asvs:V16.2.2
    #[test]
    fn a_time_is_shown_as_rfc_3339() {
        assert_eq!(
            Time::from_micros(1_795_224_600_000_001).to_string(),
            "2026-11-21T01:30:00.000001Z"
        );
        assert_eq!(
            Time::from_micros(i64::MAX).to_string(),
            format!("{}us", i64::MAX)
        );
    }

    #[test]
    fn a_time_is_read_as_databases_write_it() {
        let noon = Time::from_secs(1_795_262_400);
        for text in [
            "2026-11-21T12:00:00Z",
            "2026-11-21 12:00:00+00",
            "2026-11-21 13:00:00.000000+01",
        ] {
            assert_eq!(text.parse::<Time>().unwrap(), noon, "{text}");
        }
        assert!("2026-11-21 12:00:00".parse::<Time>().is_err());
    }

    /// asvs:V1.4.2
    #[test]
    fn arithmetic_never_overflows() {
        let end = Time::from_micros(i64::MAX);
        assert_eq!(end.plus(Duration::MAX), end);
        assert_eq!(Time::default().since(end), Duration::ZERO);
        assert_eq!(Time::from_secs(i64::MAX).plus(Duration::from_secs(1)), end);
    }

    #[test]
    fn only_a_fake_clock_moves() {
        let clock = Clock::fake(Time::from_secs(10));
        clock.clone().advance(Duration::from_secs(5));
        assert_eq!(clock.now(), Time::from_secs(15));
    }
}
