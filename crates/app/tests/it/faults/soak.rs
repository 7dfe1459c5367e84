//! fault:F37 — a server that works for an hour takes no more at its end than after it
//! had warmed up: memory, descriptors, rows.

use std::time::{Duration, Instant};

use tokio::time::sleep;
use tollgate_testkit::services::campaign;

use crate::support::tell;

use super::{
    load::{Crowd, program},
    visitor::no_fault,
};

const PEOPLE: usize = 16;

/// fault:F37, asvs:V1.4.3
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_works_on_takes_no_more() {
    let (warm_up, span, every) = if campaign() {
        let minutes = Duration::from_mins;
        (minutes(10), minutes(60), Duration::from_secs(15))
    } else {
        let seconds = Duration::from_secs;
        (seconds(1), seconds(3), Duration::from_millis(200))
    };
    let folder = tempfile::tempdir().unwrap();
    let mut server = program(folder.path()).start(&["serve"]).await;
    let crowd = Crowd::new("soak", PEOPLE);
    let mut samples = Vec::new();
    let mut descriptors = (0, 0);
    let url = server.url();
    crowd
        .work(&url, async {
            sleep(warm_up).await;
            descriptors.0 = server.descriptors();
            let begun = Instant::now();
            while begun.elapsed() < span {
                samples.push((begun.elapsed(), server.memory().0));
                sleep(every).await;
            }
            descriptors.1 = server.descriptors();
        })
        .await;
    let (acknowledged, faults) = crowd.tally().await;
    assert!(faults.is_empty(), "{faults:?}");
    assert!(acknowledged > 0, "they work");
    let (share, mean) = slope(&samples);
    tell(format_args!(
        "fault:F37 {} s, {acknowledged} effects: {:.1} MB, {:+.2} % an hour; {} descriptors, then {}",
        span.as_secs(),
        mean / 1e6,
        share * 100.0,
        descriptors.0,
        descriptors.1,
    ));
    // In seconds nothing is at rest yet.
    let most = if campaign() { 0.01 } else { 200.0 };
    assert!(share <= most, "{:.2} % an hour", share * 100.0);
    assert!(descriptors.1 <= descriptors.0 + PEOPLE, "{descriptors:?}");
    no_fault(&server).await;
    server.terminate().await;
}

/// How much memory grows in an hour, as a share of its mean, by least squares; and
/// the mean.
#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn slope(samples: &[(Duration, u64)]) -> (f64, f64) {
    let count = samples.len() as f64;
    let points = || {
        samples
            .iter()
            .map(|(at, bytes)| (at.as_secs_f64() / 3600.0, *bytes as f64))
    };
    let (x, y) = points().fold((0.0, 0.0), |(x, y), (at, bytes)| {
        (x + at / count, y + bytes / count)
    });
    let (over, under) = points().fold((0.0, 0.0), |(over, under), (at, bytes)| {
        let off = at - x;
        (over + off * (bytes - y), under + off * off)
    });
    (over / under / y, y)
}
