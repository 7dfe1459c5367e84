//! fault:F15 — the machine's clock jumps under a running server: it stays up,
//! tells, and nothing that was used or ended works again.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use tollgate_testkit::services::{Server, World, campaign};

use crate::support::tell;

use super::{
    load::program,
    visitor::{Visitor, numbers, refusal, tokens},
};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const DECADE: i64 = 3_653 * DAY;

/// The steps, each from the machine's own time.
const STEPS: [i64; 10] = [-60, 60, -61, 61, -HOUR, HOUR, -DAY, DAY, DECADE, -DECADE];

/// fault:F15, vuln:149
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_opens_nothing_and_stops_nothing() {
    let rounds = if campaign() { 10 } else { 1 };
    let folder = tempfile::tempdir().unwrap();
    let world = World::new();
    let program = world
        .around(program(folder.path()))
        .env("TOLLGATE_MAIL__DELIVERY", "folder");
    let mut server = program.start(&["serve"]).await;
    let ann = Visitor::new(&server, "ann").await;
    for step in STEPS.into_iter().cycle().take(STEPS.len() * rounds) {
        world.shift_clock(0);
        let ended = ann.sign_in().await;
        assert!(ann.sign_out(&ended.access).await.status().is_success());
        let first = ann.sign_in().await;
        let second = tokens(ann.refresh(&first.refresh).await).await;
        let third = tokens(ann.refresh(&second.refresh).await).await;

        let before = noted(&server).await;
        world.shift_clock(step);
        assert_eq!(
            ann.me(&ended.access).await,
            StatusCode::UNAUTHORIZED,
            "{step}"
        );
        let (status, _) = refusal(ann.refresh(&ended.refresh).await).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{step}");
        // Used, and its successor too: used twice at any time.
        let (status, code) = refusal(ann.refresh(&first.refresh).await).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{step}: {code}");
        let (status, code) = refusal(ann.refresh(&third.refresh).await).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{step}: {code}");

        let now = ann.sign_in().await;
        assert_eq!(ann.me(&now.access).await, StatusCode::OK, "{step}");
        let now = tokens(ann.refresh(&now.refresh).await).await;
        assert!(
            ann.sign_out(&now.access).await.status().is_success(),
            "{step}"
        );
        assert_eq!(ann.get("/readyz").await.0, StatusCode::OK, "{step}");
        if step.abs() > 60 {
            let begun = Instant::now();
            while noted(&server).await == before {
                assert!(
                    begun.elapsed() < Duration::from_secs(10),
                    "{step} s: not noted"
                );
            }
        }
    }
    world.shift_clock(0);
    let numbers = numbers(&server).await;
    assert!(numbers.contains("tollgate_panics_total 0\n"), "{numbers}");
    assert!(!numbers.contains(r#"status="500""#), "{numbers}");
    server.terminate().await;
    program.run(&["db", "check"], "").await.succeeded();
    program.run(&["audit", "verify"], "").await.succeeded();
    tell(format_args!(
        "fault:F15 {} jumps from a minute to ten years, nothing replayed, no panic, no 500",
        STEPS.len() * rounds
    ));
}

/// How many steps the server has noted.
async fn noted(server: &Server) -> u64 {
    let numbers = numbers(server).await;
    let line = numbers
        .lines()
        .find_map(|line| line.strip_prefix(r#"tollgate_events_total{kind="clock.stepped"} "#));
    line.map_or(0, |count| count.parse().unwrap())
}
