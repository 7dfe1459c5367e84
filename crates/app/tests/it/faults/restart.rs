//! fault:F8 — PostgreSQL restarts in the middle of the load: failures are 503
//! and nothing else, and the server is back by itself.

use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use tollgate_testkit::services::{PostgresServer, Shutdown, campaign};

use super::load::{Crowd, program};

/// fault:F8
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: cargo xtask test runs it"]
async fn a_restarted_postgresql_costs_a_pause_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let database = PostgresServer::start().await;
    let program = program(folder.path()).env("TOLLGATE_DATABASE__URL", &database.url());
    let mut server = program.start(&["serve"]).await;
    let crowd = Crowd::new("person", 6);
    let rounds = if campaign() { 20 } else { 3 };
    let mut slowest = Duration::ZERO;
    for round in 0..rounds {
        let how = if round % 2 == 0 {
            Shutdown::Immediate
        } else {
            Shutdown::Fast
        };
        let stop = async {
            tokio::time::sleep(Duration::from_millis(700)).await;
            database.stop(how).await;
        };
        crowd.work(&server.url(), stop).await;
        database.start_again().await;
        let ready = Instant::now();
        while !is_ready(&server.url()).await {
            assert!(
                ready.elapsed() < Duration::from_secs(5),
                "not ready 5 s after PostgreSQL"
            );
        }
        slowest = slowest.max(ready.elapsed());
        crowd.check(&server).await;
    }
    let (acknowledged, faults) = crowd.tally().await;
    assert!(faults.is_empty(), "{faults:?}");
    server.terminate().await;
    program.run(&["audit", "verify"], "").await.succeeded();
    println!(
        "fault:F8 {rounds} restarts, {acknowledged} acknowledged effects, none lost; slowest return {} ms",
        slowest.as_millis()
    );
}

async fn is_ready(url: &str) -> bool {
    let answer = Client::new().get(format!("{url}/readyz")).send().await;
    answer.is_ok_and(|answer| answer.status() == StatusCode::OK)
}
