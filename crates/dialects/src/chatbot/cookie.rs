//! The cookie that holds the refresh token, as Django writes it.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes, time::Time};

/// What takes it away again.
pub(super) const CLEARED: &str =
    "refresh_token=\"\"; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/";

/// For how long a browser keeps it, by `remember_me`. The token in it lives for
/// as long as any other.
#[derive(Clone, Copy)]
pub(super) enum Kept {
    /// A day.
    Shortly,
    /// Thirty days.
    Long,
}

/// The cookie. `Secure` on plain HTTP too: clients there keep it and never send
/// it, and need not.
///
/// # Errors
/// `internal` at the end of the calendar.
pub(super) fn cookie(refresh: &SecretString, kept: Kept, now: Time) -> Result<String> {
    let lives = Duration::from_hours(match kept {
        Kept::Shortly => 24,
        Kept::Long => 30 * 24,
    });
    let expires = Timestamp::from_microsecond(now.plus(lives).micros())
        .and_then(|expires| DateTimePrinter::new().timestamp_to_rfc9110_string(&expires))
        .map_err(|fault| Error::new(&codes::INTERNAL).because(fault))?;
    let (refresh, seconds) = (refresh.expose_secret(), lives.as_secs());
    Ok(format!(
        "refresh_token={refresh}; expires={expires}; HttpOnly; Max-Age={seconds}; Path=/; SameSite=Lax; Secure"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_as_django_writes_it() {
        let cookie = cookie(
            &"a.b.c".to_owned().into(),
            Kept::Long,
            Time::from_secs(1_795_220_150),
        );
        assert_eq!(
            cookie.unwrap(),
            "refresh_token=a.b.c; expires=Mon, 21 Dec 2026 00:15:50 GMT; HttpOnly; \
             Max-Age=2592000; Path=/; SameSite=Lax; Secure"
        );
    }
}
