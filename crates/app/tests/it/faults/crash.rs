//! fault:F1 — kill -9 at random points under load: nothing acknowledged is
//! lost, nothing ended comes back.

use std::time::{Duration, Instant};

use tollgate_base::entropy::Entropy;
use tollgate_store::{
    args,
    sql::{Db, Settings},
};
use tollgate_testkit::services::{PostgresDatabase, Program, campaign};

use crate::support::tell;

use super::load::{Crowd, program};

/// Kills in the test command and in the campaign.
fn kills() -> usize {
    if campaign() { 200 } else { 20 }
}

async fn survives(program: Program, database: &str) {
    let mut server = program.start(&["serve"]).await;
    let crowd = Crowd::new("person", 8);
    let mut slowest = Duration::ZERO;
    for kill in 0..kills() {
        let [chance] = Entropy.bytes::<1>().expect("the system has random numbers");
        let life = Duration::from_millis(100 + u64::from(chance) * 4);
        crowd.work(&server.url(), tokio::time::sleep(life)).await;
        server.kill9().await;
        let killed = Instant::now();
        server.start_again().await;
        slowest = slowest.max(killed.elapsed());
        if kill % 4 == 3 {
            crowd.check(&server).await;
        }
    }
    crowd.check(&server).await;
    let (acknowledged, faults) = crowd.tally().await;
    assert!(faults.is_empty(), "{faults:?}");
    assert!(
        acknowledged > kills() as u64,
        "only {acknowledged} effects were acknowledged"
    );
    server.terminate().await;
    assert_eq!(miscounted(database).await, 0, "charts show what happened");
    program.run(&["db", "check"], "").await.succeeded();
    program.run(&["audit", "verify"], "").await.succeeded();
    tell(format_args!(
        "fault:F1 {} kills, {acknowledged} acknowledged effects, none lost; slowest restart {} ms",
        kills(),
        slowest.as_millis()
    ));
}

/// Days and kinds of sealed events that the tallies of charts disagree with.
async fn miscounted(database: &str) -> i64 {
    const DRIFT: &str = "SELECT CAST(count(*) AS BIGINT) AS drift FROM
        (SELECT at / 86400000000 AS day, kind, count(*) AS n FROM events WHERE seq IS NOT NULL
            GROUP BY at / 86400000000, kind) e
        LEFT JOIN (SELECT day, what, sum(n) AS n FROM tallies GROUP BY day, what) t
            ON t.day = e.day AND t.what = e.kind
        WHERE t.n IS NULL OR t.n <> e.n";
    let db = Db::open(Settings::new(database.to_owned().into())).await;
    let row = db.expect("the database opens").one(DRIFT, args![]).await;
    row.expect("it answers").get("drift").expect("a number")
}

/// fault:F1
#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tollgate-data").join("tollgate.db");
    let url = format!("sqlite://{}", path.display());
    survives(program(folder.path()), &url).await;
}

/// fault:F1
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: cargo xtask test runs it"]
async fn on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let database = PostgresDatabase::create().expect("TEST_DATABASE_URL is set");
    let program = program(folder.path()).env("TOLLGATE_DATABASE__URL", &database.url());
    survives(program, &database.url()).await;
}
