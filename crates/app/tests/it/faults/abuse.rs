//! fault:F38 — one account, and one address, ask for far more than their share:
//! they alone are told so, and everybody else is answered as before.

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use reqwest::{Client, StatusCode};
use tokio::{
    task::JoinSet,
    time::{interval, sleep},
};
use tollgate_testkit::services::{Server, campaign};

use crate::support::tell;

use super::{
    load::program,
    visitor::{Visitor, no_fault},
};

/// Requests that an account may send in a minute, and an address.
const SHARES: [&str; 2] = ["240/1m", "360/1m"];
const OTHERS: u8 = 4;
/// How often each of those asks who is too much.
const GREED: Duration = Duration::from_millis(5);
/// What others wait may double, and grow by what a busy machine adds.
const MOST: (u32, Duration) = (2, Duration::from_millis(5));

/// Requests that were answered, and refused as too many.
#[derive(Default)]
struct Heard {
    answered: u32,
    refused: u32,
}

/// As others ask: how often, and how long.
#[derive(Clone, Copy)]
struct Pace {
    each: Duration,
    during: Duration,
}

/// Somebody at one of the machine's many own addresses.
fn at(place: u8) -> Client {
    let address = IpAddr::from([127, 1, 38, place]);
    Client::builder().local_address(address).build().unwrap()
}

async fn person(server: &Server, name: &str, place: u8) -> (Visitor, String) {
    let mut visitor = Visitor::known(server, name);
    visitor.client = at(place);
    let made = visitor.sign_up(name).await.status();
    assert_eq!(made, StatusCode::CREATED);
    let access = visitor.sign_in().await.access;
    (visitor, access)
}

/// Ask again and again, whatever is answered.
async fn flood((visitor, access): (Visitor, String), during: Duration) -> Heard {
    let (begun, mut heard, mut beat) = (Instant::now(), Heard::default(), interval(GREED));
    while begun.elapsed() < during {
        beat.tick().await;
        match visitor.me(&access).await {
            StatusCode::TOO_MANY_REQUESTS => heard.refused += 1,
            StatusCode::OK | StatusCode::UNAUTHORIZED => heard.answered += 1,
            other => panic!("{other}"),
        }
    }
    heard
}

/// How long all others waited for their answers, the shortest first.
async fn work(others: &[(Visitor, String)], pace: Pace) -> Vec<Duration> {
    let mut tasks = JoinSet::new();
    for other in others {
        let (visitor, access) = other.clone();
        tasks.spawn(async move {
            let (begun, mut waits, mut beat) = (Instant::now(), Vec::new(), interval(pace.each));
            while begun.elapsed() < pace.during {
                beat.tick().await;
                let asked = Instant::now();
                assert_eq!(visitor.me(&access).await, StatusCode::OK);
                waits.push(asked.elapsed());
            }
            waits
        });
    }
    let mut waits = tasks.join_all().await.concat();
    waits.sort();
    waits
}

/// fault:F38, asvs:V2.4.1
#[tokio::test(flavor = "multi_thread")]
async fn who_asks_too_much_is_told_so_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = program(folder.path())
        .env("TOLLGATE_LIMITS__ACCOUNT_READING", SHARES[0])
        .env("TOLLGATE_LIMITS__ADDRESS_READING", SHARES[1])
        .start(&["serve"])
        .await;
    let pace = if campaign() {
        Pace {
            each: Duration::from_millis(300),
            during: Duration::from_mins(4),
        }
    } else {
        Pace {
            each: Duration::from_millis(25),
            during: Duration::from_millis(2_500),
        }
    };
    let mut others = Vec::new();
    for place in 0..OTHERS {
        others.push(person(&server, &format!("person{place}"), 10 + place).await);
    }
    let quiet = work(&others, pace).await;
    // Tokens live five minutes.
    for (visitor, access) in &mut others {
        *access = visitor.sign_in().await.access;
    }
    let (mallory, access) = person(&server, "mallory", 1).await;
    let (mut by_account, mut by_address) = (JoinSet::new(), JoinSet::new());
    for place in [1, 2, 3, 3] {
        let mut elsewhere = mallory.clone();
        elsewhere.client = at(place);
        by_account.spawn(flood((elsewhere, access.clone()), pace.during));
    }
    for _ in 0..8 {
        let mut nobody = Visitor::known(&server, "nobody");
        nobody.client = at(9);
        by_address.spawn(flood((nobody, "no token".to_owned()), pace.during));
    }
    sleep(Duration::from_millis(50)).await;
    let beside = work(&others, pace).await;
    let mut heard = Vec::new();
    for flood in [by_account, by_address] {
        let parts = flood.join_all().await;
        heard.push(parts.iter().fold(Heard::default(), |all, part| Heard {
            answered: all.answered + part.answered,
            refused: all.refused + part.refused,
        }));
    }
    for heard in &heard {
        assert!(heard.refused > 0, "{} answered", heard.answered);
    }
    let p99 = |waits: &[Duration]| waits[waits.len() * 99 / 100];
    let (before, meanwhile) = (p99(&quiet), p99(&beside));
    if campaign() {
        let most = before * MOST.0 + MOST.1;
        assert!(meanwhile <= most, "{meanwhile:?} after {before:?}");
    }
    no_fault(&server).await;
    server.terminate().await;
    tell(format_args!(
        "fault:F38 an account that asks too much, {} answered and {} refused, and an address, {} \
         and {}; of {} requests of others none refused, p99 {:.1} ms, {:.1} ms before",
        heard[0].answered,
        heard[0].refused,
        heard[1].answered,
        heard[1].refused,
        beside.len(),
        meanwhile.as_secs_f64() * 1e3,
        before.as_secs_f64() * 1e3
    ));
}
