//! When a session lives and what a presented refresh token means. Pure.

use std::time::Duration;

use tollgate_base::{Error, access::Assurance, codes, time::Time};

use super::{RefreshToken, Session};

/// What is to be done with a refresh token that was presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presented {
    /// Exchange it for its successor.
    Rotate,
    /// It was exchanged a moment ago and the answer may have been lost: give
    /// the same successor again.
    Retry,
    /// Somebody has a copy: end the session.
    Reused,
    /// It has expired.
    Expired,
}

impl Session {
    /// Whether it lives at `now`, in this `epoch`, having been seen at
    /// `last_seen` (which may be fresher than what is stored).
    ///
    /// # Errors
    /// `session.revoked` or `session.expired`.
    pub fn check(&self, epoch: i64, last_seen: Time, now: Time) -> Result<(), Error> {
        if self.revoked_at.is_some() || self.epoch != epoch {
            return Err(Error::new(&codes::SESSION_REVOKED));
        }
        let last_seen = last_seen.max(self.last_seen_at);
        if self.expires_at <= now || last_seen.plus(self.idle_span) <= now {
            return Err(Error::new(&codes::SESSION_EXPIRED));
        }
        Ok(())
    }

    /// Whether a second factor was shown within so long before `now`.
    pub fn is_fresh(&self, within: Duration, now: Time) -> bool {
        self.assurance == Assurance::Two && self.is_recent(within, now)
    }

    /// Whether its owner proved themselves within so long before `now`, by
    /// whatever the account asks for.
    pub fn is_recent(&self, within: Duration, now: Time) -> bool {
        self.auth_time.plus(within) > now
    }
}

impl RefreshToken {
    /// What presenting it at `now` means. `successor_used` says whether its
    /// successor was exchanged in turn: then no honest client still holds it.
    pub fn present(&self, successor_used: bool, retry_window: Duration, now: Time) -> Presented {
        match self.used_at {
            _ if self.expires_at <= now => Presented::Expired,
            None => Presented::Rotate,
            Some(used_at) if !successor_used && now < used_at.plus(retry_window) => {
                Presented::Retry
            }
            Some(_) => Presented::Reused,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};
    use tollgate_base::{
        entropy::Entropy,
        id::{SessionId, UserId},
    };

    use super::{
        super::{Device, SessionKind},
        *,
    };
    use tollgate_base::access::Assurance;

    const WINDOW: Duration = Duration::from_secs(10);

    fn session() -> Session {
        let now = Time::from_secs(1_000);
        Session {
            id: SessionId::new(now, &Entropy).unwrap(),
            account: UserId::new(now, &Entropy).unwrap(),
            kind: SessionKind::Cookie,
            epoch: 1,
            assurance: Assurance::One,
            auth_time: now,
            created_at: now,
            last_seen_at: now,
            idle_span: Duration::from_secs(100),
            expires_at: now.plus(Duration::from_secs(1_000)),
            revoked_at: None,
            device: Device::default(),
            device_id: None,
        }
    }

    /// asvs:V7.3.1, asvs:V7.3.2
    #[test]
    fn a_session_ends_when_idle_when_old_and_when_revoked() {
        let session = session();
        let at = |secs: i64| Time::from_secs(1_000 + secs);
        assert!(session.check(1, at(0), at(99)).is_ok());
        assert!(session.check(1, at(0), at(100)).is_err());
        assert!(session.check(1, at(50), at(149)).is_ok());
        assert!(session.check(1, at(999), at(1_000)).is_err());
        assert!(session.check(2, at(0), at(1)).is_err());
        let revoked = Session {
            revoked_at: Some(at(1)),
            ..session
        };
        assert!(revoked.check(1, at(2), at(2)).is_err());
    }

    proptest! {
        #[test]
        fn a_refresh_token_is_rotated_once_and_retried_only_within_the_window(
            used in any::<Option<u32>>(), successor_used: bool, wait in any::<u32>(),
        ) {
            let used_at = used.map(|secs| Time::from_secs(i64::from(secs)));
            let now = used_at.unwrap_or_default().plus(Duration::from_secs(u64::from(wait)));
            let token = RefreshToken {
                session: SessionId::new(now, &Entropy).unwrap(),
                generation: 1,
                expires_at: Time::from_micros(i64::MAX),
                used_at,
            };
            let meaning = token.present(successor_used, WINDOW, now);
            prop_assert!((meaning == Presented::Rotate) == used_at.is_none());
            if meaning == Presented::Retry {
                prop_assert!(!successor_used && wait < 10);
            }
            let expired = RefreshToken { expires_at: now, ..token };
            prop_assert!(expired.present(successor_used, WINDOW, now) == Presented::Expired);
        }
    }
}
