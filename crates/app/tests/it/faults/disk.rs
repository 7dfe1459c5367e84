//! fault:F5, fault:F6 — the disk is full, or fails: what cannot be kept is not
//! promised, and everything else goes on.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use tollgate_testkit::services::{Disk, World, campaign};

use crate::support::tell;

use super::{
    load::{Crowd, program},
    visitor::{Visitor, refusal},
};

/// What is promised: a refusal within this time.
const REFUSAL: Duration = Duration::from_secs(1);
/// And work again so soon after there is room.
const RECOVERY: Duration = Duration::from_secs(5);

/// fault:F5, fault:F4
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_writes_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new();
    let program = world.around(program(folder.path()));
    let mut server = program.start(&["serve"]).await;
    let ann = Visitor::new(&server, "ann").await;
    let (crowd, rounds) = (Crowd::new("person", 6), if campaign() { 20 } else { 3u32 });
    let (mut slowest_refusal, mut slowest_recovery, mut reads) =
        (Duration::ZERO, Duration::ZERO, 0);
    for round in 0..rounds {
        let session = ann.sign_in().await;
        let fills = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            world.set_disk(Disk::Full);
        };
        crowd.work(&server.url(), fills).await;
        for _ in 0..5 {
            let asked = Instant::now();
            let (status, code) = refusal(ann.sign_out(&session.access).await).await;
            assert_eq!(
                (status, &*code),
                (StatusCode::SERVICE_UNAVAILABLE, "store.full")
            );
            let (status, code) = refusal(ann.sign_up(&format!("new{round}")).await).await;
            assert_eq!(
                (status, &*code),
                (StatusCode::SERVICE_UNAVAILABLE, "store.full")
            );
            slowest_refusal = slowest_refusal.max(asked.elapsed() / 2);
            assert_eq!(ann.me(&session.access).await, StatusCode::OK);
            assert_eq!(ann.get("/.well-known/jwks.json").await.0, StatusCode::OK);
            reads += 2;
        }
        assert_eq!(ann.get("/livez").await.0, StatusCode::OK);
        let (status, parts) = ann.get("/readyz?verbose").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{parts}");
        assert!(parts.contains("full"), "{parts}");

        world.set_disk(Disk::Well);
        let room = Instant::now();
        while !ann.sign_out(&session.access).await.status().is_success() {
            assert!(
                room.elapsed() < RECOVERY,
                "no write {RECOVERY:?} after there was room"
            );
        }
        slowest_recovery = slowest_recovery.max(room.elapsed());
        assert_eq!(ann.me(&session.access).await, StatusCode::UNAUTHORIZED);
        while ann.get("/readyz").await.0 != StatusCode::OK {
            assert!(
                room.elapsed() < RECOVERY,
                "not ready {RECOVERY:?} after there was room"
            );
        }
        crowd.check(&server).await;
    }
    assert!(slowest_refusal < REFUSAL, "{slowest_refusal:?}");
    let (acknowledged, faults) = crowd.tally().await;
    assert!(faults.is_empty(), "{faults:?}");
    assert!(world.syncs() > u64::from(rounds), "commits are synced");
    server.terminate().await;
    program.run(&["db", "check"], "").await.succeeded();
    program.run(&["audit", "verify"], "").await.succeeded();
    tell(format_args!(
        "fault:F5 {rounds} times full, {acknowledged} acknowledged effects, none lost; \
         refused in {} ms, {reads} of {reads} reads answered, back in {} ms",
        slowest_refusal.as_millis(),
        slowest_recovery.as_millis()
    ));
}

/// fault:F6
#[tokio::test(flavor = "multi_thread")]
async fn after_a_failed_sync_nothing_is_written_until_a_restart() {
    let rounds = if campaign() { 20 } else { 2 };
    let mut acknowledged = 0;
    for disk in [Disk::NoSync, Disk::ReadOnly]
        .into_iter()
        .cycle()
        .take(rounds)
    {
        let folder = tempfile::tempdir().unwrap();
        let world = World::new();
        let program = world.around(program(folder.path()));
        let mut server = program.start(&["serve"]).await;
        let ann = Visitor::new(&server, "ann").await;
        let session = ann.sign_in().await;
        let crowd = Crowd::new("person", 6);
        let breaks = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            world.set_disk(disk);
        };
        crowd.work(&server.url(), breaks).await;
        let broken = Instant::now();
        assert_eq!(
            ann.sign_out(&session.access).await.status(),
            StatusCode::SERVICE_UNAVAILABLE
        );
        assert!(
            broken.elapsed() < Duration::from_secs(2),
            "{:?}",
            broken.elapsed()
        );
        assert_eq!(ann.me(&session.access).await, StatusCode::OK, "reads go on");

        world.set_disk(Disk::Well);
        // The kernel may have dropped what was not synced: a second try would lie.
        let again = ann.sign_out(&session.access).await.status();
        assert_eq!(again, StatusCode::SERVICE_UNAVAILABLE, "{disk:?}");
        let (ready, parts) = ann.get("/readyz?verbose").await;
        assert_eq!(ready, StatusCode::SERVICE_UNAVAILABLE, "{parts}");
        server.terminate().await;
        server.start_again().await;
        crowd.check(&server).await;
        let (effects, faults) = crowd.tally().await;
        assert!(faults.is_empty(), "{faults:?}");
        acknowledged += effects;
        server.terminate().await;
        program.run(&["db", "check"], "").await.succeeded();
        program.run(&["audit", "verify"], "").await.succeeded();
    }
    tell(format_args!(
        "fault:F6 {rounds} failing disks, {acknowledged} acknowledged effects, none lost"
    ));
}
