//! At how many accounts one network has failed: sixty-two marks in one number, of
//! which each account sets one. So a network costs one row however many accounts it
//! tries, and the same account counts once.

use std::time::Duration;

use tollgate_base::{Result, time::Time};
use tollgate_store::{args, queries, sql::Tx};

/// Marks that fit into a number which both databases hold.
const MARKS: u8 = 62;
/// More accounts than that are not told apart well.
pub const MOST: u32 = 40;

queries! {
    MARK = "INSERT INTO attempts (subject, failures, window_ends, marks) VALUES ($1, 0, $3, $5)
        ON CONFLICT (subject) DO UPDATE SET
            marks = CASE WHEN attempts.window_ends <= $2 OR attempts.window_ends > $4
                THEN excluded.marks ELSE attempts.marks | excluded.marks END,
            failures = CASE WHEN attempts.window_ends <= $2 OR attempts.window_ends > $4
                THEN 0 ELSE attempts.failures END,
            window_ends = CASE WHEN attempts.window_ends <= $2 OR attempts.window_ends > $4
                THEN excluded.window_ends ELSE attempts.window_ends END
        RETURNING marks";
    SHUT = "UPDATE attempts SET failures = 1, window_ends = $2 WHERE subject = $1 AND failures = 0";
}

/// Note that a network failed at an account. Says whether it is shut from now on,
/// for as long as the window is, because these were more accounts than `most`: true
/// once in a window.
pub async fn mark(
    tx: &mut Tx<'_>,
    (network, account): ([u8; 32], [u8; 32]),
    (most, window): (u32, Duration),
    now: Time,
) -> Result<bool> {
    let (ends, latest) = (now.plus(window), now.plus(window + super::DRIFT));
    let row = args![network, now, ends, latest, bit(account)];
    let marks: i64 = tx.one(MARK, row).await?.get("marks")?;
    if marks.count_ones() < expected(most) {
        return Ok(false);
    }
    Ok(tx.run(SHUT, args![network, ends]).await? == 1)
}

fn bit(account: [u8; 32]) -> i64 {
    1 << (account[1] % MARKS)
}

/// How many marks so many accounts set, where some of them share one.
fn expected(accounts: u32) -> u32 {
    let total = f64::from(MARKS);
    let free = (1.0 - 1.0 / total).powi(accounts.min(MOST).cast_signed());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 62"
    )]
    let set = (total * (1.0 - free)).round() as u32;
    set.max(1)
}

#[cfg(test)]
mod tests {
    use super::{MOST, bit, expected};

    #[test]
    fn accounts_that_share_a_mark_are_allowed_for() {
        let marks: Vec<u32> = [1, 5, 20, MOST].map(expected).into();
        assert_eq!(marks, [1, 5, 17, 30]);
        assert_eq!(expected(u32::MAX), expected(MOST));
    }

    #[test]
    fn no_mark_is_a_sign() {
        let mut account = [0; 32];
        for first in 0..=u8::MAX {
            account[1] = first;
            assert!(bit(account) > 0);
        }
    }
}
