//! What can befall a server and the way to it. Told only where there is one.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::net::TcpListener;
use tollgate_base::codes;
use tollgate_store::sql::{Db, Tx, args};

use crate::house::{postgres, settings, until};

const NOTES: &str = "CREATE TABLE notes (id BIGINT PRIMARY KEY)";
const WRITE: &str = "INSERT INTO notes (id) VALUES ($1)";
const KILL: &str = "SELECT count(pg_terminate_backend(pid)) AS killed FROM pg_stat_activity \
    WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// fault:F8
#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_lost_come_back_and_no_answer_was_false() {
    let Some(house) = postgres().await else {
        return;
    };
    house.db.write_one(NOTES, args![]).await.unwrap();
    let killer = house.neighbour().await;
    let writes = async {
        let mut acknowledged = Vec::new();
        for round in 0..60_i64 {
            let ids = (0..10).map(|id| round * 10 + id);
            let outcomes = join_all(ids.map(async |id| {
                let written = if id % 2 == 0 {
                    house.db.write_one(WRITE, args![id]).await
                } else {
                    house
                        .db
                        .write(async move |tx: &mut Tx<'_>| tx.run(WRITE, args![id]).await)
                        .await
                };
                (id, written)
            }));
            for (id, outcome) in outcomes.await {
                match outcome {
                    Ok(_) => acknowledged.push(id),
                    Err(error) => assert!(
                        error.is(&codes::STORE_DOWN) || error.is(&codes::STORE_BUSY),
                        "{error:?}"
                    ),
                }
            }
        }
        acknowledged
    };
    let kills = async {
        for _ in 0..5 {
            // The killer loses its other lanes too, and takes the next one.
            let _ = killer.rows(KILL, args![]).await;
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    };
    let (acknowledged, ()) = tokio::join!(writes, kills);
    until("reads work again", async || house.db.ping().await.is_ok()).await;
    until("transactions work again", async || {
        house.db.write(async |_: &mut Tx<'_>| Ok(())).await.is_ok()
    })
    .await;
    assert!(acknowledged.len() > 100, "{}", acknowledged.len());
    for id in acknowledged {
        let found = house
            .db
            .maybe("SELECT id FROM notes WHERE id = $1", args![id])
            .await
            .unwrap();
        assert!(found.is_some(), "{id} was acknowledged and is lost");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_takes_too_long_is_ended() {
    let Some(house) = postgres().await else {
        return;
    };
    let hasty = house
        .neighbour_with(|settings| {
            settings.read_deadline = Duration::from_millis(300);
            settings.write_deadline = Duration::from_millis(300);
        })
        .await;
    let began = Instant::now();
    let read = hasty
        .rows("SELECT CAST(pg_sleep(20) AS TEXT) AS slept", args![])
        .await
        .unwrap_err();
    assert!(
        read.is(&codes::STORE_BUSY) || read.is(&codes::STORE_DOWN),
        "{read:?}"
    );
    let write = hasty.write(async |tx: &mut Tx<'_>| {
        tx.rows("SELECT CAST(pg_sleep(20) AS TEXT) AS slept", args![])
            .await
    });
    let write = write.await.unwrap_err();
    assert!(write.is(&codes::STORE_BUSY), "{write:?}");
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    until("it serves again", async || hasty.ping().await.is_ok()).await;
}

/// More than there are connections: they take turns.
#[tokio::test(flavor = "multi_thread")]
async fn transactions_beyond_the_pool_wait_their_turn() {
    let Some(house) = postgres().await else {
        return;
    };
    house.db.write_one(NOTES, args![]).await.unwrap();
    let narrow = house
        .neighbour_with(|settings| settings.max_transactions = 2)
        .await;
    let writes = (0..200_i64)
        .map(|id| narrow.write(async move |tx: &mut Tx<'_>| tx.run(WRITE, args![id]).await));
    assert!(join_all(writes).await.iter().all(Result::is_ok));
    let used = "SELECT count(*) AS used FROM pg_stat_activity WHERE datname = current_database()";
    let used: i64 = narrow
        .one(used, args![])
        .await
        .unwrap()
        .get("used")
        .unwrap();
    assert!(
        used <= 3 + 3 + 2 + 2,
        "two sets of lanes and transactions: {used}"
    );
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_told_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut silent = settings(format!("postgres://user:secret@{address}/db"));
    silent.read_deadline = Duration::from_millis(300);
    let began = Instant::now();
    let Err(error) = Db::open(silent).await else {
        panic!("nobody answers")
    };
    assert!(
        error.is(&codes::STORE_DOWN) && began.elapsed() < Duration::from_secs(2),
        "{error:?}"
    );
    drop(listener);
    let Err(error) = Db::open(settings(format!("postgres://user:secret@{address}/db"))).await
    else {
        panic!("gone")
    };
    assert!(
        error.is(&codes::STORE_DOWN) && !format!("{error:?}").contains("secret"),
        "{error:?}"
    );
}
