//! fault:F31 — hundreds sign in at once: memory stays under its ceiling, the
//! queue under its length, and the others hear when to come again.

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use reqwest::{Client, StatusCode};
use serde_json::json;
use tokio::task::JoinSet;
use tollgate_testkit::services::campaign;

use crate::support::tell;

use super::{load::program, visitor::Visitor};

const AT_ONCE: usize = 500;
const SLOTS: u64 = 2;
const QUEUE: usize = 64;
const MIB: u64 = 1024 * 1024;
/// What one hash takes by default.
const COST: u64 = 19 * MIB;
/// For five hundred connections and what they carry.
const SPARE: u64 = 32 * MIB;

/// fault:F31
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_sign_ins_stays_under_its_ceiling() {
    let folder = tempfile::tempdir().unwrap();
    let program = program(folder.path())
        .env("TOLLGATE_PASSWORD__SLOTS", &SLOTS.to_string())
        .env("TOLLGATE_PASSWORD__QUEUE", &QUEUE.to_string());
    let mut server = program.start(&["serve"]).await;
    let base = server.memory().0;
    let ann = Visitor::new(&server, "ann").await;
    let rounds: u8 = if campaign() { 50 } else { 2 };
    let (mut evaluated, mut refused) = (0, 0);
    let (mut checks, mut slowest) = (0, Duration::ZERO);
    for round in 0..rounds {
        // Anew each time: all rounds take longer than an access token lives.
        let session = ann.sign_in().await;
        let mut flood = JoinSet::new();
        for number in 0..AT_ONCE {
            let client = &elsewhere(round, number);
            // Nobody's name costs the same, and no allowance of an account.
            let login = format!("nobody{round}x{number}@example.org");
            let body = json!({ "login": login, "password": "a guess of theirs", "mode": "token" });
            flood.spawn(
                client
                    .post(format!("{}/api/v1/session", server.url()))
                    .json(&body)
                    .send(),
            );
        }
        let mut answered = 0;
        while answered < AT_ONCE {
            let asked = Instant::now();
            assert_eq!(ann.me(&session.access).await, StatusCode::OK);
            slowest = slowest.max(asked.elapsed());
            checks += 1;
            while let Some(answer) = flood.try_join_next() {
                let answer = answer.unwrap().expect("everybody is answered");
                answered += 1;
                match answer.status() {
                    StatusCode::UNAUTHORIZED => evaluated += 1,
                    StatusCode::SERVICE_UNAVAILABLE => {
                        assert!(answer.headers().contains_key("retry-after"));
                        refused += 1;
                    }
                    other => panic!("{other}"),
                }
            }
        }
    }
    let peak = server.memory().1;
    assert!(refused > 0, "the queue of {QUEUE} took {AT_ONCE}");
    assert!(
        peak <= base + SLOTS * COST + SPARE,
        "{} MiB at the peak, {} MiB before",
        peak / MIB,
        base / MIB
    );
    assert_eq!(ann.get("/readyz").await.0, StatusCode::OK);
    server.terminate().await;
    tell(format_args!(
        "fault:F31 {AT_ONCE} at once, {rounds} times: {evaluated} evaluated, {refused} told to come again; \
         {} MiB before, {} MiB at the peak; {checks} token checks meanwhile, the slowest {} ms",
        base / MIB,
        peak / MIB,
        slowest.as_millis()
    ));
}

/// A client in a network of its own for every few guesses, or the allowances of
/// addresses and networks would be met.
fn elsewhere(round: u8, number: usize) -> Client {
    let network = u8::try_from(number / 10).expect("few networks");
    let address = IpAddr::from([127, 1, network, round + 1]);
    let client = Client::builder().local_address(address);
    client.build().expect("a client")
}
