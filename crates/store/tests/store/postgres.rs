//! What can befall a server and the way to it. Told only where there is one.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tollgate_base::{codes, error::Kind};
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
        let mut next = 0_i64;
        while acknowledged.len() < 300 {
            let ids = next..next + 10;
            next += 10;
            let outcomes = join_all(ids.map(async |id| {
                let written = if id % 2 == 0 {
                    house.db.write_one(WRITE, args![id]).await
                } else {
                    let body = async move |tx: &mut Tx<'_>| tx.run(WRITE, args![id]).await;
                    house.db.write(body).await
                };
                (id, written)
            }));
            for (id, outcome) in outcomes.await {
                match outcome {
                    Ok(_) => acknowledged.push(id),
                    Err(error) => assert!(error.kind() == Kind::Busy, "{error:?}"),
                }
            }
            tokio::task::yield_now().await;
        }
        acknowledged
    };
    let writes = tokio::time::timeout(Duration::from_secs(20), writes);
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
    for id in acknowledged.unwrap() {
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

/// A way to the server that is cut between a COMMIT and its answer.
async fn cut_at_commit(server: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::task::spawn(async move {
        loop {
            let (mut caller, _) = listener.accept().await.unwrap();
            let mut server = TcpStream::connect(&server).await.unwrap();
            tokio::task::spawn(async move {
                let (mut asked, mut answered) = ([0; 8192], [0; 8192]);
                loop {
                    tokio::select! {
                        length = caller.read(&mut asked) => {
                            let Ok(length @ 1..) = length else { return };
                            server.write_all(&asked[..length]).await.unwrap();
                            if asked[..length].windows(6).any(|word| word == b"COMMIT") {
                                assert_ne!(server.read(&mut answered).await.unwrap(), 0, "it is committed");
                                return;
                            }
                        }
                        length = server.read(&mut answered) => {
                            let Ok(length @ 1..) = length else { return };
                            caller.write_all(&answered[..length]).await.unwrap();
                        }
                    }
                }
            });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_is_an_error_and_is_not_repeated() {
    let Some(house) = postgres().await else {
        return;
    };
    house.db.write_one(NOTES, args![]).await.unwrap();
    let (user, server, name) = house.address();
    let cut = cut_at_commit(server).await;
    let through = settings(format!("postgres://{user}@{cut}/{name}?sslmode=disable"));
    let db = Db::open(through).await.unwrap();
    let runs = Arc::new(AtomicI64::new(0));
    let counted = runs.clone();
    let body =
        async move |tx: &mut Tx<'_>| tx.run(WRITE, args![counted.fetch_add(1, SeqCst)]).await;
    let error = db.write(body).await.unwrap_err();
    assert!(error.is(&codes::STORE_DOWN), "{error:?}");
    assert_eq!(
        runs.load(SeqCst),
        1,
        "it took place, and a second run would have doubled it"
    );
    assert_eq!(house.count("notes").await, 1);
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

/// `require` is as strict as `verify-full`: a certificate that nobody vouches
/// for is worth as much as none.
///
/// asvs:V12.3.1, asvs:V12.3.2
#[tokio::test]
async fn where_tls_is_required_the_server_has_to_prove_itself() {
    let Some(house) = postgres().await else {
        return;
    };
    let encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let with = |mode: &str| settings(house.url_with(&format!("sslmode={mode}")));
    let plain = Db::open(with("disable"))
        .await
        .unwrap()
        .one(encrypted, args![])
        .await
        .unwrap();
    assert!(!plain.get::<bool>("ssl").unwrap());
    let speaks_tls = "SELECT CAST(current_setting('ssl') AS TEXT) AS ssl";
    let speaks_tls: String = house
        .db
        .one(speaks_tls, args![])
        .await
        .unwrap()
        .get("ssl")
        .unwrap();
    let preferred = Db::open(with("prefer"))
        .await
        .unwrap()
        .one(encrypted, args![])
        .await
        .unwrap();
    assert_eq!(preferred.get::<bool>("ssl").unwrap(), speaks_tls == "on");
    for mode in ["require", "verify-full"] {
        let Err(error) = Db::open(with(mode)).await else {
            panic!("{mode}: a throw-away server has no public name")
        };
        assert!(error.is(&codes::STORE_DOWN), "{error:?}");
        let roots = house.folder.path().join("roots.pem");
        std::fs::write(&roots, "no certificate").unwrap();
        let mut unreadable = with(mode);
        unreadable.tls_root_file = Some(roots);
        let Err(error) = Db::open(unreadable).await else {
            panic!("{mode}")
        };
        assert!(error.is(&codes::CONFIG_INVALID), "{error:?}");
    }
}
