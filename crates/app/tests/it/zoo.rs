//! Nothing that a request says of hosts, schemes and addresses chooses where a
//! link leads, where a redirect goes or whom a limit counts.

use std::time::Duration;

use axum::{body::Body, http::Method};
use serde_json::json;
use tollgate_flows::ctx::Policy;
use tollgate_store::counters::Rate;
use tollgate_testkit::house::{Answer, Client, House, PASSWORD, PUBLIC_URL};

use crate::{guest::doors, support::house};

/// The host that nothing may lead to.
const EVIL: &str = "evil.example";

/// Ways to claim that we are somebody else.
const HOSTS: &[(&str, &str)] = &[
    ("host", "evil.example"),
    ("host", "evil.example:8700"),
    ("host", "localhost:8700@evil.example"),
    ("host", "localhost:8700.evil.example"),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-host", "localhost:8700, evil.example"),
    ("x-forwarded-server", "evil.example"),
    ("x-forwarded-proto", "javascript"),
    ("x-forwarded-scheme", "ftp"),
    ("x-forwarded-ssl", "off"),
    ("x-forwarded-port", "6666"),
    ("x-forwarded-prefix", "//evil.example"),
    ("x-forwarded-uri", "https://evil.example/"),
    (
        "forwarded",
        "for=1.2.3.4;host=evil.example;proto=javascript",
    ),
    ("x-host", "evil.example"),
    ("x-http-host-override", "evil.example"),
    ("x-original-host", "evil.example"),
    ("x-original-url", "//evil.example/"),
    ("x-rewrite-url", "//evil.example/"),
    ("base-url", "https://evil.example"),
    ("origin", "https://evil.example"),
    ("referer", "https://evil.example/"),
];

/// Ways to claim another address.
const ADDRESSES: &[&str] = &[
    "x-forwarded-for",
    "x-real-ip",
    "x-client-ip",
    "client-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "fastly-client-ip",
    "x-cluster-client-ip",
    "x-originating-ip",
    "x-remote-ip",
    "x-remote-addr",
    "x-envoy-external-address",
    "forwarded",
    "via",
];

/// vuln:41, vuln:42, vuln:43, asvs:V4.1.3
#[tokio::test]
async fn a_reset_mail_leads_to_the_configured_address() {
    let house = house().await;
    house.person("ann").await;
    let ask = json!({ "email": "ann@example.org" });
    let mut asked = 0;
    for (name, value) in HOSTS {
        // Strangers get one an hour.
        house.node.clock.advance(Duration::from_hours(2));
        let liar = house.stranger().with(name, value);
        for path in [
            "/api/v1/password-reset",
            "http://evil.example/api/v1/password-reset",
        ] {
            let answer = liar.post(path, ask.clone()).await;
            assert!(answer.status.is_success(), "{name}: {}", answer.text);
            asked += 1;
        }
        house.node.settle().await;
    }
    house.node.settle().await;
    let mails = house.node.mails_to("/reset");
    assert!(mails.len() >= asked / 2, "{} of {asked}", mails.len());
    for mail in mails {
        let links = mail.match_indices("://").map(|(at, _)| {
            let scheme = mail[..at].trim_end_matches(|c: char| c.is_ascii_alphabetic());
            &mail[scheme.len()..]
        });
        let leads = |link: &str| {
            link.strip_prefix(PUBLIC_URL)
                .map(|rest| rest.starts_with("/reset#"))
        };
        let led: Vec<Option<bool>> = links.map(leads).collect();
        assert!(led.contains(&Some(true)) && !led.contains(&None), "{mail}");
        for word in [EVIL, "javascript", "6666"] {
            assert!(!mail.contains(word), "{mail}");
        }
    }
}

/// vuln:43
#[tokio::test]
async fn no_answer_leads_elsewhere() {
    let house = house().await;
    let admin = house.admin().await;
    for (name, value) in HOSTS {
        for (method, path) in doors() {
            if method != Method::GET {
                continue;
            }
            for client in [house.stranger(), admin.client.clone()] {
                let answer = get(&client.with(name, value), &path).await;
                leads_nowhere(&answer, &format!("{name}: {value} at {path}"));
            }
        }
        let answer = house
            .stranger()
            .with(name, value)
            .get("//evil.example/..")
            .await;
        leads_nowhere(&answer, &format!("{name}: {value} at //"));
    }
}

/// Browsers are asked where they come from only to be refused, never led there.
fn leads_nowhere(answer: &Answer, what: &str) {
    for header in [
        "location",
        "refresh",
        "link",
        "content-location",
        "set-cookie",
    ] {
        let told = answer.header(header);
        assert!(
            !told.contains(EVIL) && !told.contains("javascript"),
            "{what}: {header}: {told}"
        );
    }
    assert_ne!(
        answer.header("access-control-allow-origin"),
        "https://evil.example"
    );
    // A page may say in words by which name it was reached, and link nowhere by it.
    let page = answer.header("content-type").starts_with("text/html");
    for part in ["href=\"", "action=\"", "src=\"", "content=\"", "url("] {
        for rest in answer.text.split(part).skip(1) {
            let value = rest.split(['"', ')']).next().unwrap_or_default();
            assert!(!value.contains(EVIL), "{what}: {part}{value}");
        }
    }
    assert!(
        page || !answer.text.contains(EVIL),
        "{what}: {}",
        answer.text
    );
}

async fn get(client: &Client, path: &str) -> Answer {
    client.send(Method::GET, path, Body::empty(), None).await
}

/// vuln:89, vuln:92, vuln:93, asvs:V15.3.4
#[tokio::test]
async fn no_header_moves_a_limit() {
    let house = house().await;
    let rate = Rate {
        burst: 5,
        per: Duration::from_hours(1),
    };
    let policy = Policy {
        address_rate: rate,
        ..(*house.node.ctx.policy()).clone()
    };
    house.node.ctx.set_policy(policy);
    let mut answered = 0;
    for (number, name) in ADDRESSES.iter().enumerate() {
        let liar = house.stranger().with(name, &format!("203.0.113.{number}"));
        let body =
            json!({ "login": format!("nobody{number}"), "password": PASSWORD, "mode": "token" });
        let status = liar.post("/api/v1/session", body).await.status;
        if status == 429 {
            continue;
        }
        assert_eq!(status, 401, "{name}");
        answered += 1;
    }
    assert_eq!(answered, 5, "each header had a limit of its own");
}

/// The lock of an account follows the person, not the spelling or the header.
/// vuln:89, vuln:90
#[tokio::test]
async fn no_header_and_no_spelling_moves_a_lock() {
    let house = house().await;
    house.person("ann").await;
    let spellings = [
        "ann@example.org",
        "ANN@EXAMPLE.ORG",
        " ann@example.org ",
        "Ann@Example.Org",
    ];
    let mut statuses = Vec::new();
    for (number, login) in spellings.iter().cycle().take(24).enumerate() {
        let name = ADDRESSES[number % ADDRESSES.len()];
        let liar = house.stranger().with(name, &format!("198.51.100.{number}"));
        let body = json!({ "login": login, "password": "not the one", "mode": "token" });
        statuses.push(liar.post("/api/v1/session", body).await.status.as_u16());
    }
    assert_eq!(
        statuses.iter().filter(|status| **status == 401).count(),
        10,
        "{statuses:?}"
    );
    assert!(
        statuses[10..].iter().all(|status| *status == 429),
        "{statuses:?}"
    );
    let honest = json!({ "login": "ann@example.org", "password": PASSWORD, "mode": "token" });
    house
        .stranger()
        .post("/api/v1/session", honest)
        .await
        .expect(429);
}

/// vuln:144: two readers could each take another one.
#[tokio::test]
async fn two_hosts_are_none() {
    let house: House = house().await;
    for second in ["localhost:8700", EVIL] {
        let twice = house
            .stranger()
            .with("host", "localhost:8700")
            .with("host", second);
        let refused = twice.get("/livez").await.expect(400);
        assert_eq!(refused.code(), "request.malformed");
    }
    house
        .stranger()
        .with("host", "localhost:8700")
        .get("/livez")
        .await
        .expect(200);
}
