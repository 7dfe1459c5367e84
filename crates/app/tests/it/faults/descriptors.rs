//! fault:F32 — the system has no descriptor left to give: the door waits
//! quietly, who is inside is served, and it opens again by itself.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use tokio::net::TcpStream;
use tollgate_testkit::services::campaign;

use crate::support::tell;

use super::{
    load::program,
    visitor::{Visitor, no_fault},
};

/// fault:F32
#[tokio::test(flavor = "multi_thread")]
async fn without_descriptors_the_door_waits_and_opens_again() {
    let folder = tempfile::tempdir().unwrap();
    let program = program(folder.path()).limited("-n 256");
    let mut server = program.start(&["serve"]).await;
    let ann = Visitor::new(&server, "ann").await;
    let rounds = if campaign() { 10 } else { 1 };
    let (mut slowest, mut busiest) = (Duration::ZERO, Duration::ZERO);
    for round in 0..rounds {
        let inside = ann.sign_in().await;
        let address = server.url().replace("http://", "");
        let mut crowd = Vec::new();
        for _ in 0..300 {
            crowd.push(TcpStream::connect(&address).await.unwrap());
        }
        while server
            .stderr()
            .matches("A connection could not be taken")
            .count()
            <= round * 5
        {
            assert_eq!(
                ann.me(&inside.access).await,
                StatusCode::OK,
                "who is inside"
            );
        }
        let (before, second) = (server.processor_time(), Duration::from_secs(1));
        tokio::time::sleep(second).await;
        busiest = busiest.max(server.processor_time().saturating_sub(before));
        assert!(
            busiest <= second / 5,
            "a busy loop: {busiest:?} of {second:?}"
        );
        assert_eq!(
            ann.me(&inside.access).await,
            StatusCode::OK,
            "who is inside"
        );
        drop(crowd);
        let room = Instant::now();
        // A client of its own comes by a connection of its own.
        let bea = Visitor::known(&server, "ann").sign_in().await;
        assert_eq!(ann.me(&bea.access).await, StatusCode::OK);
        slowest = slowest.max(room.elapsed());
        assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    }
    no_fault(&server).await;
    assert!(server.processor_time() > Duration::ZERO, "it is measured");
    server.terminate().await;
    tell(format_args!(
        "fault:F32 {rounds} times without descriptors, no 5xx; {} ms of a processor in a second, \
         a newcomer is in {} ms after there is room",
        busiest.as_millis(),
        slowest.as_millis()
    ));
}
