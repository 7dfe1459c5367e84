//! Failed attempts, one counter row for each subject: durable, so that a
//! restart or another node forgives nothing. A subject is the hash of a
//! canonical identifier; the row does not say whose. Whether one network fails at
//! many accounts is in `marks`; what may be asked for once in a while, in `pace`.
//! Owns table `attempts`.

pub mod marks;
pub mod pace;

use std::time::Duration;

use tollgate_base::{Result, time::Time};
use tollgate_store::{
    args, queries,
    sql::{Db, Tx},
};

/// How often a subject may fail in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Failures that are still evaluated.
    pub failures: u32,
    /// Length of the window, which begins with the first failure.
    pub window: Duration,
}

impl Allowance {
    /// When a window of now may end at the latest, by any node's clock.
    fn latest(self, now: Time) -> Time {
        now.plus(self.window + DRIFT)
    }
}

/// What counting an attempt came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Struck {
    /// How long to wait, if the allowance was used up before: then the attempt
    /// must not be looked at.
    pub wait: Option<Duration>,
    /// Whether this one uses the allowance up.
    pub last: bool,
    /// How long nothing more is looked at if it does and comes to nothing.
    pub then: Duration,
    /// What there was before, for [`take_back`].
    pub before: Before,
}

/// What was counted of a subject before an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Before {
    failures: i64,
    window_ends: Option<Time>,
}

/// How far the clocks of nodes may be apart. A window that ends later than one
/// that begins now is of a clock that was set back since, and counts no more.
const DRIFT: Duration = Duration::from_mins(1);

/// Failures in a row after which nothing is looked at any more (NIST SP
/// 800-63B-4, 3.2.2).
const IN_A_ROW: i64 = 100;
/// For how long failures in a row are remembered since the last.
const REMEMBERED: Duration = Duration::from_hours(365 * 24);
/// The longest wait between two failures in a row.
const LONGEST: Duration = Duration::from_hours(24);
/// How many names that are nobody's are remembered; the one that failed least
/// lately goes first. No row of an account is ever among them.
pub const NOBODIES: i64 = 20_000;

queries! {
    STRIKE = "INSERT INTO attempts (subject, failures, window_ends) VALUES ($1, 1, $3)
        ON CONFLICT (subject) DO UPDATE SET
            failures = CASE WHEN attempts.window_ends <= $2 OR attempts.window_ends > $4
                THEN 1 ELSE attempts.failures + 1 END,
            window_ends = CASE WHEN attempts.window_ends <= $2 OR attempts.window_ends > $4
                THEN excluded.window_ends ELSE attempts.window_ends END
        RETURNING failures, window_ends";
    PEEK = "SELECT failures, window_ends FROM attempts WHERE subject = $1
        AND window_ends > $2 AND window_ends <= $3";
    PEEK_IN_ROW = "SELECT subject, failures, window_ends FROM attempts
        WHERE subject IN ($1, $2, $3) AND window_ends > $4 ORDER BY subject";
    STRIKE_IN_ROW = "INSERT INTO attempts (subject, failures, window_ends, nobody) VALUES ($1, 1, $3, $5)
        ON CONFLICT (subject) DO UPDATE SET
            failures = CASE WHEN attempts.window_ends <= $2 OR attempts.window_ends > $4
                THEN 1 ELSE attempts.failures + 1 END,
            window_ends = excluded.window_ends
        RETURNING failures";
    TAKE_BACK = "UPDATE attempts SET failures = failures - 1,
            window_ends = CASE WHEN failures = $2 THEN $3 ELSE window_ends END
        WHERE subject = $1 AND failures > 0";
    FORGIVE = "DELETE FROM attempts WHERE subject = $1";
    TRIM_NOBODIES = "DELETE FROM attempts WHERE nobody AND window_ends <= (SELECT window_ends FROM attempts
        WHERE nobody ORDER BY window_ends DESC LIMIT 1 OFFSET $1)";
    CLEAN = "DELETE FROM attempts WHERE window_ends <= $1";
}

/// Count an attempt before it is evaluated.
pub async fn strike(
    tx: &mut Tx<'_>,
    subject: [u8; 32],
    allowance: Allowance,
    now: Time,
) -> Result<Struck> {
    let row = tx
        .one(
            STRIKE,
            args![
                subject,
                now,
                now.plus(allowance.window),
                allowance.latest(now)
            ],
        )
        .await?;
    let failures: i64 = row.get("failures")?;
    let window_ends: Time = row.get("window_ends")?;
    let most = i64::from(allowance.failures);
    Ok(Struck {
        wait: (failures > most).then(|| window_ends.since(now)),
        last: failures == most,
        then: window_ends.since(now),
        before: Before::default(),
    })
}

/// The same question without counting, so that a flood costs no writes.
pub async fn blocked(
    db: &Db,
    subject: [u8; 32],
    allowance: Allowance,
    now: Time,
) -> Result<Option<Duration>> {
    let Some(row) = db
        .maybe(PEEK, args![subject, now, allowance.latest(now)])
        .await?
    else {
        return Ok(None);
    };
    let failures: i64 = row.get("failures")?;
    let window_ends: Time = row.get("window_ends")?;
    Ok((failures >= i64::from(allowance.failures)).then(|| window_ends.since(now)))
}

/// Count an attempt of a subject whose failures in a row count however long ago
/// they were: after those of the allowance, each wait is twice as long as the one
/// before, from the allowance's window up to a day, and after [`IN_A_ROW`] there are
/// no more. `nobody` is a name that is no account's.
pub async fn strike_in_row(
    tx: &mut Tx<'_>,
    (subject, nobody): ([u8; 32], bool),
    allowance: Allowance,
    now: Time,
) -> Result<Struck> {
    let latest = now.plus(REMEMBERED + DRIFT);
    let mut before = Before::default();
    if let Some(row) = tx.maybe(PEEK, args![subject, now, latest]).await? {
        let (failures, window_ends) = (row.get("failures")?, row.get("window_ends")?);
        before = Before {
            failures,
            window_ends: Some(window_ends),
        };
        let wait = still_waits(failures, window_ends, allowance, now);
        if wait.is_some() {
            return Ok(Struck {
                wait,
                last: false,
                then: Duration::ZERO,
                before,
            });
        }
    }
    let row = args![subject, now, now.plus(REMEMBERED), latest, nobody];
    let failures = tx.one(STRIKE_IN_ROW, row).await?.get("failures")?;
    Ok(Struck {
        wait: None,
        last: !pause(failures, allowance).is_zero(),
        then: pause(failures, allowance),
        before,
    })
}

/// It was no failure after all: as if it had not been, unless there were others
/// meanwhile, which stay.
pub async fn take_back(
    tx: &mut Tx<'_>,
    subject: [u8; 32],
    before: Before,
    now: Time,
) -> Result<()> {
    let ended = before.window_ends.unwrap_or(now.plus(REMEMBERED));
    let row = args![subject, before.failures + 1, ended];
    tx.run(TAKE_BACK, row).await?;
    Ok(())
}

/// How long the first of three subjects waits after its failures in a row, and
/// whether and until when the other two are shut, which are counted in windows: so
/// that a flood costs one read and no writes.
pub async fn standing(
    db: &Db,
    subjects: [[u8; 32]; 3],
    allowance: Allowance,
    now: Time,
) -> Result<[Option<Duration>; 3]> {
    let [in_row, second, third] = subjects;
    let rows = db
        .rows(PEEK_IN_ROW, args![in_row, second, third, now])
        .await?;
    let mut standing = [None; 3];
    for row in &rows {
        let (failures, window_ends): (i64, Time) = (row.get("failures")?, row.get("window_ends")?);
        let subject: [u8; 32] = row.get("subject")?;
        let Some(place) = subjects.iter().position(|known| *known == subject) else {
            continue;
        };
        standing[place] = if place == 0 {
            still_waits(failures, window_ends, allowance, now)
        } else {
            let counts = failures > 0 && window_ends <= now.plus(LONGEST + DRIFT);
            counts.then(|| window_ends.since(now))
        };
    }
    Ok(standing)
}

/// How long a subject waits after failures in a row, whose memory ends then. Nothing
/// by a clock that was set back since.
fn still_waits(
    failures: i64,
    forgotten: Time,
    allowance: Allowance,
    now: Time,
) -> Option<Duration> {
    if forgotten > now.plus(REMEMBERED + DRIFT) {
        return None;
    }
    let until = forgotten.minus(REMEMBERED).plus(pause(failures, allowance));
    (until > now).then(|| until.since(now))
}

/// How long nothing is looked at after so many failures in a row.
fn pause(failures: i64, allowance: Allowance) -> Duration {
    let at_once = i64::from(allowance.failures);
    if failures >= IN_A_ROW {
        return REMEMBERED;
    }
    if failures < at_once {
        return Duration::ZERO;
    }
    let doublings = u32::try_from((failures - at_once).min(16)).unwrap_or(0);
    let wait = allowance.window.saturating_mul(1 << doublings);
    wait.min(LONGEST)
}

/// Begin anew after a success. Says whether there was anything to forgive.
pub async fn forgive(tx: &mut Tx<'_>, subject: [u8; 32]) -> Result<bool> {
    Ok(tx.run(FORGIVE, args![subject]).await? == 1)
}

/// Delete what no longer counts, and names that are nobody's beyond so many.
pub async fn clean(tx: &mut Tx<'_>, nobodies: i64, now: Time) -> Result<u64> {
    let gone = tx.run(CLEAN, args![now]).await?;
    Ok(gone + tx.run(TRIM_NOBODIES, args![nobodies]).await?)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Allowance, IN_A_ROW, REMEMBERED, pause};

    const ALLOWANCE: Allowance = Allowance {
        failures: 10,
        window: Duration::from_mins(15),
    };

    /// vuln:72
    #[test]
    fn failures_in_a_row_are_waited_for_longer_and_longer() {
        let wait = |failures| pause(failures, ALLOWANCE);
        assert_eq!(wait(9), Duration::ZERO);
        let minutes: Vec<u64> = (10..19).map(|it| wait(it).as_secs() / 60).collect();
        assert_eq!(minutes, [15, 30, 60, 120, 240, 480, 960, 1440, 1440]);
        assert_eq!(wait(IN_A_ROW - 1), Duration::from_hours(24));
        assert_eq!(wait(IN_A_ROW), REMEMBERED);
        assert!((0..2 * IN_A_ROW).map(wait).is_sorted());
    }

    #[test]
    fn no_allowance_reaches_past_a_hundred_in_a_row_or_a_day() {
        for (failures, mins) in [(1, 1), (100, 1), (1_000, 60), (3, 24 * 60)] {
            let window = Duration::from_mins(mins);
            let allowance = Allowance { failures, window };
            assert_eq!(pause(IN_A_ROW, allowance), REMEMBERED);
            let longest = (0..IN_A_ROW).map(|it| pause(it, allowance)).max();
            assert!(longest <= Some(Duration::from_hours(24)));
        }
    }
}
