//! fault:F1 — kill -9 at random points under load: nothing acknowledged is
//! lost, nothing ended comes back.

use std::time::{Duration, Instant};

use tollgate_base::entropy::Entropy;
use tollgate_testkit::services::{PostgresDatabase, Program, campaign};

use crate::support::tell;

use super::load::{Crowd, program};

/// Kills in the test command and in the campaign.
fn kills() -> usize {
    if campaign() { 200 } else { 20 }
}

async fn survives(program: Program) {
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
    program.run(&["db", "check"], "").await.succeeded();
    program.run(&["audit", "verify"], "").await.succeeded();
    tell(format_args!(
        "fault:F1 {} kills, {acknowledged} acknowledged effects, none lost; slowest restart {} ms",
        kills(),
        slowest.as_millis()
    ));
}

/// fault:F1
#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    survives(program(folder.path())).await;
}

/// fault:F1
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: cargo xtask test runs it"]
async fn on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let database = PostgresDatabase::create().expect("TEST_DATABASE_URL is set");
    survives(program(folder.path()).env("TOLLGATE_DATABASE__URL", &database.url())).await;
}
