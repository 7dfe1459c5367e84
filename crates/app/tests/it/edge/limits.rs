//! How many requests may come from an address and from an account, and how that
//! is told.

use std::{net::IpAddr, time::Duration};

use serde_json::json;
use tollgate_base::{access::Principal, id::UserId};
use tollgate_flows::{Alert, Countries, alerts, ctx::Rate, muster::muster};
use tollgate_testkit::{
    house::{Answer, House},
    services::PostgresDatabase,
};
use tollgate_web::{Http, Rates};

use crate::{
    gate::{nginx, signed_in, site},
    support::{defaults, house},
};

const fn a_minute(burst: u32) -> Rate {
    Rate {
        burst,
        per: Duration::from_mins(1),
    }
}

/// The house with other settings; what comes through it may say from where.
fn set(house: &House, change: impl FnOnce(&mut Http)) {
    let mut http = (*house.web.http()).clone();
    http.limits.routes = tollgate::wire::http(&defaults(), &Countries::default())
        .limits
        .routes;
    http.trusted_proxies = vec![IpAddr::from([127, 0, 0, 1]).into()];
    change(&mut http);
    house.web.set_http(http);
}

fn told(answer: &Answer) -> (&str, &str) {
    (
        answer.header("ratelimit-policy"),
        answer.header("ratelimit"),
    )
}

/// asvs:V2.3.2, asvs:V2.4.1, vuln:93, vuln:95
#[tokio::test]
async fn an_address_is_told_what_is_left_and_then_to_wait() {
    let house = house().await;
    let rates = Rates {
        reading: Some(a_minute(3)),
        changing: Some(a_minute(2)),
        expensive: Some(a_minute(1)),
    };
    set(&house, |http| http.limits.address = rates);
    let from = |address: &str| house.stranger().with("x-forwarded-for", address);
    let near = from("203.0.113.9");
    let answer = near.get("/api/v1/me").await.expect(401);
    assert_eq!(
        told(&answer),
        (
            r#""address-reading";q=3;w=60"#,
            r#""address-reading";r=2;t=20"#
        )
    );
    for _ in 0..2 {
        near.get("/api/v1/me").await.expect(401);
    }
    let refused = near.get("/api/v1/me").await.expect(429);
    assert_eq!(refused.code(), "throttled");
    assert_eq!(refused.header("retry-after"), "20");
    assert_eq!(told(&refused).1, r#""address-reading";r=0;t=60"#);
    near.get("/api/v1/unknown").await.expect(429);
    // Reading the configuration again forgets nothing, and nobody else's word counts.
    set(&house, |http| http.limits.address = rates);
    near.clone()
        .with("x-real-ip", "203.0.113.1")
        .get("/api/v1/me")
        .await
        .expect(429);
    let browser = near.clone().with("accept", "text/html");
    let page = browser.get("/signin").await.expect(429);
    assert!(page.text.contains("<html"), "{}", page.text);

    // Other costs and other addresses have buckets of their own, a /64 is one.
    for status in [400, 400, 429] {
        near.post("/api/v1/session", json!({})).await.expect(status);
    }
    for status in [202, 429] {
        let body = json!({ "email": "ann@example.org" });
        near.post("/api/v1/password-reset", body)
            .await
            .expect(status);
    }
    for (last, status) in [("1", 401), ("2", 401), ("3:4", 401), ("5", 429)] {
        let far = from(&format!("2001:db8::{last}"));
        far.get("/api/v1/me").await.expect(status);
    }
    for path in ["/livez", "/readyz", "/docs/", "/api/docs"] {
        for _ in 0..5 {
            let free = near.get(path).await;
            assert!(free.status.is_success(), "{path}");
            assert_eq!(free.header("ratelimit"), "", "{path}");
        }
    }
    house.node.clock.advance(Duration::from_secs(20));
    near.get("/api/v1/me").await.expect(401);
    near.get("/api/v1/me").await.expect(429);
}

/// Calls that are refused by the limits raise the alert, each time that they are many,
/// and it is told again after a quiet while.
#[tokio::test]
async fn many_refused_calls_are_told_to_whoever_looks_after_the_server() {
    let house = house().await;
    set(&house, |http| {
        http.limits.address.changing = Some(a_minute(5));
    });
    let (node, flooder) = (&house.node, house.stranger());
    let minutes_later = async |minutes: u64, calls: u32| -> Option<Alert> {
        node.clock.advance(Duration::from_mins(minutes));
        for _ in 0..calls {
            flooder.post("/api/v1/session", json!({})).await;
        }
        let by = &Principal::Chore("check_alerts");
        alerts::check(&node.ctx, by, ()).await.unwrap();
        let open = alerts::list(&node.ctx, &Principal::Operator, true).await;
        let mut open = open.unwrap().into_iter();
        open.find(|alert| alert.rule == "limits-hit")
    };
    assert!(minutes_later(5, 100).await.is_none(), "a few are usual");
    let first = minutes_later(5, 520).await.expect("it is raised");
    assert_eq!(first.count, 1);
    let at = |alert: &Alert| alert.told.map(|(at, _)| at);
    assert_eq!(at(&first), Some(first.first_at));
    let again = minutes_later(5, 520).await.unwrap();
    assert_eq!((again.count, at(&again)), (2, at(&first)), "quiet yet");
    let late = minutes_later(240, 520).await.unwrap();
    assert_eq!((late.count, at(&late)), (3, Some(late.last_at)));
    let over = minutes_later(5, 0).await.unwrap();
    assert_eq!(over.count, 3, "nothing was refused since");
}

/// asvs:V2.4.1
#[tokio::test]
async fn an_account_has_its_own_whatever_its_addresses() {
    let house = house().await;
    let (ann, bob) = (house.person("ann").await, house.person("bob").await);
    let robot = bob.id.parse::<UserId>().unwrap();
    set(&house, |http| {
        http.limits.account.reading = Some(a_minute(2));
        http.limits.accounts = [(robot, a_minute(5))].into();
    });
    for (number, status) in [(1, 200), (2, 200), (3, 429)] {
        let place = format!("203.0.113.{number}");
        let client = ann.client.clone().with("x-forwarded-for", &place);
        let answer = client.get("/api/v1/me").await.expect(status);
        assert!(told(&answer).0.contains(r#""account-reading";q=2;w=60"#));
    }
    for status in [200, 200, 200, 200, 200, 429] {
        bob.client.get("/api/v1/me").await.expect(status);
    }
    // What is not counted is not refused.
    let edit = json!({ "bio": "hello" });
    for _ in 0..5 {
        ann.client
            .patch("/api/v1/me", edit.clone())
            .await
            .expect(200);
    }
    // The gate asks for each request of each app.
    site(&house, "http://notes.localhost:8080", signed_in()).await;
    for _ in 0..5 {
        let answer = nginx(&ann.client, "GET", "http://notes.localhost:8080/").await;
        assert_eq!(answer.expect(200).header("ratelimit"), "");
    }
}

/// Scripts of other origins may read them too.
#[tokio::test]
async fn scripts_of_named_origins_may_read_what_is_left() {
    let house = house().await;
    let script = house.stranger().with("origin", "https://app.example.org");
    let answer = script.get("/api/v1/me").await.expect(401);
    let shown = answer.header("access-control-expose-headers");
    for name in ["RateLimit", "RateLimit-Policy", "Retry-After"] {
        assert!(shown.split(", ").any(|one| one == name), "{shown}");
    }
}

/// A rate that nodes cannot count together is divided among those at work.
#[tokio::test]
async fn two_nodes_take_half_each() {
    let house = house().await;
    let other = house.second_node().await;
    let by = Principal::Chore("muster");
    for node in [&house, &other, &house] {
        muster(&node.node.ctx, &by, ()).await.unwrap();
        set(node, |http| http.limits.address.reading = Some(a_minute(4)));
    }
    let alone = PostgresDatabase::create().is_none();
    let mut allowed = 0;
    for node in [&house, &other] {
        let near = node.stranger().with("x-forwarded-for", "203.0.113.9");
        for _ in 0..6 {
            allowed += u32::from(near.get("/api/v1/me").await.status == 401);
        }
    }
    assert_eq!(allowed, if alone { 8 } else { 4 });
    house.node.clock.advance(Duration::from_mins(5));
    muster(&house.node.ctx, &by, ()).await.unwrap();
    let near = house.stranger().with("x-forwarded-for", "203.0.113.9");
    for status in [401, 401, 401, 401, 429] {
        near.get("/api/v1/me").await.expect(status);
    }
}
