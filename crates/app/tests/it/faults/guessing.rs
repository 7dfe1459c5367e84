//! fault:F23 — bad sign-ins by the thousand: at one account, from one network, from
//! many at one account, at many accounts from many networks, and under every name
//! that an account has. Few are looked at, the rest cost no hash, and whom an account
//! knows gets in all the while.

use std::time::{Duration, Instant};

use serde_json::json;
use tollgate_store::counters::Rate;
use tollgate_testkit::{
    house::{Client, House, PASSWORD},
    services::campaign,
};

use crate::support::{house, tell};

const ANN: &str = "ann@example.org";

/// A house that stands behind a proxy, and somebody whose device it knows.
async fn victim() -> (House, Client) {
    let house = house().await;
    let mut http = (*house.web.http()).clone();
    http.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    house.web.set_http(http);
    let mut policy = (*house.node.ctx.policy()).clone();
    policy.address_rate = Rate {
        burst: 1_000_000,
        per: Duration::from_mins(1),
    };
    // As the attack is smaller, so is what sets off the guard.
    policy.spread.per_network = 10;
    policy.spread.house = if campaign() { 100 } else { 15 };
    house.node.ctx.set_policy(policy);
    house.person("ann").await;
    let login =
        json!({ "login": ANN, "password": PASSWORD, "mode": "token", "remember_device": true });
    let home = house.stranger().with("x-forwarded-for", "192.0.2.7");
    let opened = home.post("/api/v1/session", login).await.expect(200).json();
    let token = opened["device_token"].as_str().unwrap();
    let away = house.stranger().with("x-forwarded-for", "203.0.113.77");
    (house, away.with("tollgate-device", token))
}

/// Attack, with the names and addresses of that try; says how many were looked at.
async fn attack(
    (house, ann): (&House, &Client),
    tries: usize,
    of: impl Fn(usize) -> (String, String),
) -> usize {
    let (mut looked_at, mut slowest) = (0, Duration::ZERO);
    for nth in 0..tries {
        let (login, from) = of(nth);
        let body = json!({ "login": login, "password": "wrong", "mode": "token" });
        let client = house.stranger().with("x-forwarded-for", &from);
        let begun = Instant::now();
        let answer = client.post("/api/v1/session", body).await;
        match answer.status.as_u16() {
            401 => looked_at += 1,
            429 => slowest = slowest.max(begun.elapsed()),
            _ => panic!("{}", answer.text),
        }
        if nth % (tries / 4) == 0 {
            let right = json!({ "login": ANN, "password": PASSWORD, "mode": "token" });
            ann.post("/api/v1/session", right).await.expect(200);
        }
    }
    tell(format!(
        "{looked_at} of {tries} looked at, slowest refusal {slowest:?}"
    ));
    assert!(looked_at <= tries / 20, "{looked_at} of {tries}");
    looked_at
}

fn tries() -> usize {
    if campaign() { 100_000 } else { 600 }
}

fn address(nth: usize) -> String {
    format!("198.{}.{}.9", 18 + nth / 256 % 2, nth % 256)
}

/// fault:F23, vuln:89
#[tokio::test]
async fn one_account_is_guessed_at_ten_times_from_wherever() {
    let (house, ann) = victim().await;
    let names = [
        ANN,
        "ANN@example.org",
        " ann@EXAMPLE.org ",
        "Ann@Example.ORG",
    ];
    let spelled = |nth: usize| (names[nth % names.len()].to_owned(), address(nth));
    let looked_at = attack((&house, &ann), tries(), spelled).await;
    assert_eq!(looked_at, 10);
}

/// fault:F23
#[tokio::test]
async fn one_network_is_shut_whichever_accounts_it_tries() {
    let (house, ann) = victim().await;
    let many = |nth| (format!("person{nth}"), format!("198.18.0.{}", nth % 250));
    attack((&house, &ann), tries(), many).await;
}

/// fault:F23: stuffing, whose rows are bounded as well.
#[tokio::test]
async fn many_accounts_from_many_networks_are_asked_for_work() {
    let (house, ann) = victim().await;
    let many = |nth| (format!("person{nth}"), address(nth));
    let looked_at = attack((&house, &ann), tries(), many).await;
    let db = house.node.ctx.db();
    for (sql, most) in [
        (
            "SELECT CAST(count(*) AS BIGINT) AS n FROM attempts",
            2 * looked_at + 3,
        ),
        ("SELECT CAST(count(*) AS BIGINT) AS n FROM events", 1_000),
    ] {
        let rows: i64 = db.one(sql, Vec::new()).await.unwrap().get("n").unwrap();
        assert!(rows <= i64::try_from(most).unwrap(), "{rows}: {sql}");
    }
}
