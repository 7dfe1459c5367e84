//! What `write` and `write_one` promise, on both engines.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use futures_util::future::join_all;
use tollgate_base::{Error, Result, codes};
use tollgate_store::sql::{Tx, args};

use crate::house::{House, houses, until};

const BUDGETS: &str =
    "CREATE TABLE budgets (id TEXT PRIMARY KEY, held BIGINT NOT NULL, cap BIGINT NOT NULL)";
const NOTES: &str =
    "CREATE TABLE notes (author BIGINT NOT NULL, line BIGINT NOT NULL, PRIMARY KEY (author, line))";
const OPEN_BUDGET: &str = "INSERT INTO budgets (id, held, cap) VALUES ($1, 0, $2)";
const RESERVE: &str = "UPDATE budgets SET held = held + $2 WHERE id = $1 AND held + $2 <= cap";
const HELD: &str = "SELECT held FROM budgets WHERE id = $1";
const WRITE_LINE: &str = "INSERT INTO notes (author, line) VALUES ($1, $2)";
const COUNT: &str = "SELECT count(*) AS lines FROM notes";

fn never() -> Error {
    Error::new(&codes::VERSION_MISMATCH)
}

async fn reserved(house: &House, id: &'static str) -> i64 {
    house
        .db
        .one(HELD, args![id])
        .await
        .unwrap()
        .get("held")
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guarded_update_has_exactly_as_many_winners_as_there_is_room() {
    for house in houses(&[BUDGETS]).await {
        let db = &house.db;
        for id in ["one statement", "transaction"] {
            db.write_one(OPEN_BUDGET, args![id, 100_i64]).await.unwrap();
        }
        let alone =
            join_all((0..64).map(|_| db.write_one(RESERVE, args!["one statement", 7_i64]))).await;
        let winners = alone
            .into_iter()
            .filter(|changed| *changed.as_ref().unwrap() == 1)
            .count();
        assert_eq!(winners, 14, "{:?}", house.engine());
        assert_eq!(reserved(&house, "one statement").await, 98);

        let bodies = (0..64).map(|_| {
            db.write(async |tx: &mut Tx<'_>| tx.run(RESERVE, args!["transaction", 7_i64]).await)
        });
        let winners = join_all(bodies)
            .await
            .into_iter()
            .filter(|changed| matches!(changed, Ok(1)))
            .count();
        assert_eq!(
            reserved(&house, "transaction").await,
            7 * i64::try_from(winners).unwrap()
        );
        assert_eq!(winners, 14, "{:?}", house.engine());
    }
}

/// A guard that is read first and acted upon later holds as well.
#[tokio::test(flavor = "multi_thread")]
async fn transactions_are_serializable() {
    for house in houses(&[NOTES]).await {
        let bodies = (0..12_i64).map(|author| {
            house.db.write(async move |tx: &mut Tx<'_>| {
                let lines: i64 = tx.one(COUNT, args![]).await?.get("lines")?;
                if lines >= 5 {
                    return Ok(false);
                }
                tx.run(WRITE_LINE, args![author, lines]).await?;
                Ok(true)
            })
        });
        let outcomes = join_all(bodies).await;
        let written = outcomes
            .iter()
            .filter(|outcome| matches!(outcome, Ok(true)))
            .count();
        assert_eq!(written, 5, "{:?}: {outcomes:?}", house.engine());
        assert_eq!(house.count("notes").await, 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_transaction_is_whole_or_not_at_all() {
    for house in houses(&[NOTES]).await {
        let bodies = (0..60_i64).map(|author| {
            house.db.write(async move |tx: &mut Tx<'_>| {
                tx.run(WRITE_LINE, args![author, 1_i64]).await?;
                if author % 3 == 0 {
                    return Err(never());
                }
                tx.run(WRITE_LINE, args![author, 2_i64]).await?;
                Ok(())
            })
        });
        for (author, outcome) in join_all(bodies).await.into_iter().enumerate() {
            match outcome {
                Ok(()) => assert_ne!(author % 3, 0),
                Err(error) => assert!(
                    author % 3 == 0 && error.is(&codes::VERSION_MISMATCH),
                    "{author}: {error:?}"
                ),
            }
        }
        assert_eq!(house.count("notes").await, 2 * 40, "{:?}", house.engine());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_harms_only_its_caller() {
    for house in houses(&[NOTES]).await {
        let bodies = (0..32_i64).map(|author| {
            house.db.write(async move |tx: &mut Tx<'_>| {
                tx.run(WRITE_LINE, args![author, 1_i64]).await?;
                assert_ne!(author, 7, "on purpose");
                Ok(())
            })
        });
        for (author, outcome) in join_all(bodies).await.into_iter().enumerate() {
            match outcome {
                Ok(()) => assert_ne!(author, 7),
                Err(error) => assert!(
                    author == 7 && error.is(&codes::INTERNAL_PANIC),
                    "{author}: {error:?}"
                ),
            }
        }
        assert_eq!(house.count("notes").await, 31, "{:?}", house.engine());
    }
}

#[tokio::test]
async fn a_body_that_waits_for_something_else_is_refused() {
    for house in houses(&[NOTES]).await {
        let outcome = house.db.write(async |tx: &mut Tx<'_>| {
            tx.run(WRITE_LINE, args![1_i64, 1_i64]).await?;
            tokio::task::yield_now().await;
            Ok(())
        });
        let error = outcome.await.unwrap_err();
        assert!(
            error.is(&codes::INTERNAL_BODY),
            "{:?}: {error:?}",
            house.engine()
        );
        let forever = house
            .db
            .write(async |_: &mut Tx<'_>| pending::<Result<()>>().await);
        assert!(forever.await.unwrap_err().is(&codes::INTERNAL_BODY));
        assert_eq!(house.count("notes").await, 0);
        let snapshot = house
            .db
            .snapshot(async |_: &mut Tx<'_>| pending::<Result<()>>().await);
        assert!(snapshot.await.unwrap_err().is(&codes::INTERNAL_BODY));
    }
}

/// PostgreSQL would turn its COMMIT into a silent ROLLBACK.
#[tokio::test]
async fn a_body_cannot_go_on_after_a_statement_that_failed() {
    for house in houses(&[NOTES]).await {
        let outcome = house.db.write(async |tx: &mut Tx<'_>| {
            tx.run(WRITE_LINE, args![1_i64, 1_i64]).await?;
            let twice = tx.run(WRITE_LINE, args![1_i64, 1_i64]).await;
            assert!(twice.is_err());
            let after = tx.run(WRITE_LINE, args![2_i64, 2_i64]).await;
            assert!(after.is_err());
            Ok(())
        });
        let error = outcome.await.unwrap_err();
        assert!(
            error.is(&codes::INTERNAL_STORE),
            "{:?}: {error:?}",
            house.engine()
        );
        assert_eq!(house.count("notes").await, 0);
        house
            .db
            .write_one(WRITE_LINE, args![1_i64, 1_i64])
            .await
            .unwrap();
    }
}

/// PostgreSQL tells only later what became of a statement that was sent.
#[tokio::test]
async fn a_statement_that_was_sent_and_fails_fails_the_transaction() {
    for house in houses(&[NOTES]).await {
        for ends in ["at once", "after another", "after its own failure"] {
            let outcome = house.db.write(async move |tx: &mut Tx<'_>| {
                tx.run(WRITE_LINE, args![1_i64, 1_i64]).await?;
                tx.send(WRITE_LINE, args![1_i64, 1_i64]).await?;
                match ends {
                    "at once" => Ok(()),
                    "after another" => tx.send(WRITE_LINE, args![1_i64, 2_i64]).await,
                    _ => {
                        let counted = tx.one(COUNT, args![]).await;
                        assert!(counted.is_err(), "the transaction has failed");
                        Ok(())
                    }
                }
            });
            let error = outcome.await.unwrap_err();
            assert!(
                error.is(&codes::INTERNAL_STORE),
                "{:?}, {ends}: {error:?}",
                house.engine()
            );
            assert_eq!(house.count("notes").await, 0);
        }
        let outcome = house.db.write(async |tx: &mut Tx<'_>| {
            for line in 1..=50_i64 {
                tx.send(WRITE_LINE, args![1_i64, line]).await?;
            }
            tx.one(COUNT, args![]).await?.get("lines")
        });
        let lines: i64 = outcome.await.unwrap();
        assert_eq!((lines, house.count("notes").await), (50, 50));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_is_seen_by_every_read_after_its_answer() {
    for house in houses(&[NOTES]).await {
        let neighbour = house.neighbour().await;
        for line in 1..=50_i64 {
            house
                .db
                .write_one(WRITE_LINE, args![1_i64, line])
                .await
                .unwrap();
            for db in [&house.db, &neighbour] {
                let lines: i64 = db.one(COUNT, args![]).await.unwrap().get("lines").unwrap();
                assert_eq!(lines, line, "{:?}", house.engine());
            }
        }
    }
}

/// What was withdrawn may or may not have run, but nothing is half done.
#[tokio::test(flavor = "multi_thread")]
async fn callers_that_stop_waiting_corrupt_nothing() {
    for house in houses(&[NOTES]).await {
        let callers = (0..200_i64).map(|author| {
            let db = house.db.clone();
            let write = async move {
                db.write(async move |tx: &mut Tx<'_>| {
                    tx.run(WRITE_LINE, args![author, 1_i64]).await?;
                    tx.run(WRITE_LINE, args![author, 2_i64]).await?;
                    Ok(())
                })
                .await
            };
            tokio::time::timeout(
                Duration::from_micros(100 * u64::try_from(author % 20).unwrap()),
                write,
            )
        });
        let answered = join_all(callers)
            .await
            .into_iter()
            .filter(|outcome| matches!(outcome, Ok(Ok(()))))
            .count();
        house.db.close().await;
        let kept = house.count("notes").await;
        assert_eq!(kept % 2, 0, "{:?}", house.engine());
        assert!(kept >= 2 * i64::try_from(answered).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_finishes_what_waits_and_takes_no_more() {
    for house in houses(&[NOTES]).await {
        let waiting = join_all(
            (0..100_i64).map(|author| house.db.write_one(WRITE_LINE, args![author, 1_i64])),
        );
        let (outcomes, ()) = tokio::join!(waiting, house.db.close());
        let finished = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        for refused in outcomes.into_iter().filter_map(Result::err) {
            assert!(refused.is(&codes::STORE_DOWN), "{refused:?}");
        }
        assert_eq!(house.count("notes").await, i64::try_from(finished).unwrap());
        let late = house
            .db
            .write(async |tx: &mut Tx<'_>| tx.run(WRITE_LINE, args![-1_i64, 1_i64]).await);
        assert!(
            late.await.unwrap_err().is(&codes::STORE_DOWN),
            "{:?}",
            house.engine()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_sees_one_moment_and_nobody_waits_for_it() {
    for house in houses(&[NOTES]).await {
        house
            .db
            .write_one(WRITE_LINE, args![1_i64, 1_i64])
            .await
            .unwrap();
        let (has_looked, looked) = std::sync::mpsc::channel();
        let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
        let may_go_on = std::sync::Mutex::new(may_go_on);
        let snapshot = house.db.snapshot(async move |tx: &mut Tx<'_>| {
            let before: i64 = tx.one(COUNT, args![]).await?.get("lines")?;
            has_looked.send(()).unwrap();
            may_go_on.lock().unwrap().recv().unwrap();
            let after: i64 = tx.one(COUNT, args![]).await?.get("lines")?;
            Ok((before, after))
        });
        let writer = async {
            until("the snapshot has looked", async || {
                looked.try_recv().is_ok()
            })
            .await;
            house
                .db
                .write_one(WRITE_LINE, args![2_i64, 1_i64])
                .await
                .unwrap();
            go_on.send(()).unwrap();
        };
        let (seen, ()) = tokio::join!(snapshot, writer);
        assert_eq!(seen.unwrap(), (1, 1), "{:?}", house.engine());
        assert_eq!(house.count("notes").await, 2);
        let writes = house
            .db
            .snapshot(async |tx: &mut Tx<'_>| tx.run(WRITE_LINE, args![3_i64, 1_i64]).await);
        assert!(writes.await.is_err(), "a snapshot only reads");
    }
}

/// On PostgreSQL the losers of a collision run again, one at a time: all together
/// they would collide again, and some would never be done.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_may_run_more_than_once_and_counts_once() {
    for house in houses(&[BUDGETS]).await {
        house
            .db
            .write_one(OPEN_BUDGET, args!["counter", 1_000_i64])
            .await
            .unwrap();
        let runs = Arc::new(AtomicUsize::new(0));
        let bodies = (0..24).map(|_| {
            let runs = runs.clone();
            house.db.write(async move |tx: &mut Tx<'_>| {
                runs.fetch_add(1, SeqCst);
                let held: i64 = tx.one(HELD, args!["counter"]).await?.get("held")?;
                tx.run(
                    "UPDATE budgets SET held = $1 WHERE id = 'counter'",
                    args![held + 1],
                )
                .await
            })
        });
        let done = join_all(bodies).await.into_iter().flatten().count();
        assert_eq!(
            reserved(&house, "counter").await,
            i64::try_from(done).unwrap(),
            "{:?}",
            house.engine()
        );
        assert_eq!(done, 24, "{:?}", house.engine());
        let runs = runs.load(SeqCst);
        assert!(runs <= 3 * done, "{runs} runs on {:?}", house.engine());
    }
}

/// Web handlers move between threads while they wait.
#[tokio::test]
async fn what_a_handler_awaits_may_change_threads() {
    fn may_move<T: Send>(future: T) -> T {
        future
    }
    for house in houses(&[NOTES]).await {
        let db = &house.db;
        may_move(db.rows(COUNT, args![])).await.unwrap();
        may_move(db.write_one(WRITE_LINE, args![1_i64, 1_i64]))
            .await
            .unwrap();
        may_move(db.write(async |tx: &mut Tx<'_>| tx.rows(COUNT, args![]).await))
            .await
            .unwrap();
        may_move(db.snapshot(async |tx: &mut Tx<'_>| tx.rows(COUNT, args![]).await))
            .await
            .unwrap();
        may_move(db.close()).await;
    }
}
