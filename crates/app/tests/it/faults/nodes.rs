//! fault:F2 — of two nodes on one PostgreSQL either is killed under load: the
//! other serves everybody, and takes the background work over.

use std::time::{Duration, Instant};

use serde_json::Value;
use tollgate_base::entropy::Entropy;
use tollgate_testkit::services::{PostgresDatabase, Program, campaign};

use crate::support::tell;

use super::{
    load::{Crowd, program},
    visitor::no_fault,
};

/// What is promised for background work.
const TAKEOVER: Duration = Duration::from_secs(12);

/// fault:F2
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: cargo xtask test runs it"]
async fn either_node_may_die() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let database = PostgresDatabase::create().expect("TEST_DATABASE_URL is set");
    let secrets = folders[0].path().join("tollgate-data/secrets.toml");
    let programs = folders.each_ref().map(|folder| {
        program(folder.path())
            .env("TOLLGATE_DATABASE__URL", &database.url())
            .env("TOLLGATE_PUBLIC_URL", "https://id.example.org")
            .env("TOLLGATE_SECRETS__FILE", secrets.to_str().unwrap())
    });
    let mut left = (programs[0].start(&["serve"]).await, Crowd::new("left", 5));
    let mut right = (programs[1].start(&["serve"]).await, Crowd::new("right", 5));
    let kills = if campaign() { 100_u64 } else { 6 };
    for kill in 0..kills {
        let [chance] = Entropy.bytes::<1>().expect("the system has random numbers");
        let life = Duration::from_millis(100 + u64::from(chance) * 3);
        let ((dying, theirs), (living, others)) = if kill % 2 == 0 {
            (&mut left, &right)
        } else {
            (&mut right, &left)
        };
        let (url, other) = (dying.url(), living.url());
        let dies = async {
            tokio::time::sleep(life).await;
            dying.kill9().await;
        };
        // Half a second longer: whoever is left is not to notice.
        let goes_on = tokio::time::sleep(life + Duration::from_millis(500));
        tokio::join!(theirs.work(&url, dies), others.work(&other, goes_on));
        no_fault(living).await;
        // What one acknowledged, the other knows.
        theirs.check(living).await;
        dying.start_again().await;
        others.check(dying).await;
    }
    let (mut gone, left) = left;
    let (mut server, right) = right;
    gone.kill9().await;
    let killed = Instant::now();
    let work = tokio::time::sleep(Duration::from_millis(300));
    left.work(&server.url(), work).await;
    let takeover = sealed(&programs[1], killed).await;
    let (mut acknowledged, mut faults) = (0, Vec::new());
    for crowd in [left, right] {
        let (effects, wrong) = crowd.tally().await;
        acknowledged += effects;
        faults.extend(wrong);
    }
    assert!(faults.is_empty(), "{faults:?}");
    assert!(acknowledged > kills, "only {acknowledged}");
    server.terminate().await;
    programs[1].run(&["audit", "verify"], "").await.succeeded();
    tell(format_args!(
        "fault:F2 {kills} kills of either node, {acknowledged} acknowledged effects, none lost; \
         background work taken over within {} ms",
        takeover.as_millis()
    ));
}

/// How long it took until the last event had its number.
async fn sealed(program: &Program, since: Instant) -> Duration {
    loop {
        let tail = program
            .run(&["audit", "tail", "-n", "1", "--json"], "")
            .await
            .succeeded();
        let last: Value = serde_json::from_str(tail.lines().last().unwrap()).unwrap();
        if !last["seq"].is_null() {
            return since.elapsed();
        }
        assert!(since.elapsed() < TAKEOVER, "nobody seals: {tail}");
    }
}
