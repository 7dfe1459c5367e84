//! What would be SQL if anybody read it as such: in credentials, before it is known who
//! asks, and in whatever searches and turns pages.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tollgate_testkit::house::PASSWORD;

use crate::support::house;

const QUOTES: [&str; 7] = [
    "'",
    "\"",
    "' OR '1'='1",
    "x'; DELETE FROM sessions; --",
    "') UNION SELECT hash FROM passwords --",
    "$1",
    "%' OR TRUE /*",
];

/// asvs:V1.2.4, vuln:119
#[tokio::test]
async fn quotes_in_a_credential_are_nobodys() {
    let house = house().await;
    let ann = house.person("ann").await;
    let secret = "A".repeat(43);
    for quote in QUOTES {
        let shown = [quote.to_owned(), format!("{}{quote}", ann.access)];
        let more = [format!("tgs_{quote}"), format!("tgs_{secret}{quote}")];
        for text in shown.iter().chain(&more) {
            for (name, value) in [
                ("authorization", format!("Bearer {text}")),
                ("authorization", format!("Basic {text}")),
                ("cookie", format!("tollgate={text}")),
                ("tollgate-device", text.clone()),
            ] {
                let guest = house.stranger().with(name, &value);
                for path in ["/api/v1/me", "/auth/status/"] {
                    let status = guest.get(path).await.status.as_u16();
                    assert!((400..500).contains(&status), "{name}: {value} {status}");
                }
            }
            for (path, field) in [
                ("/api/v1/session/refresh", "refresh_token"),
                ("/api/v1/session/token", "token"),
            ] {
                let refused = house.stranger().post(path, json!({ field: text })).await;
                let status = refused.status.as_u16();
                assert!((400..500).contains(&status), "{path}: {text} {status}");
            }
        }
        for login in [quote.to_owned(), format!("ann@example.org{quote}")] {
            let body = json!({ "login": login, "password": PASSWORD });
            let refused = house.stranger().post("/api/v1/session", body).await;
            assert!([400, 401].contains(&refused.status.as_u16()), "{login}");
        }
    }
    ann.client.get("/api/v1/me").await.expect(200);
}

/// asvs:V1.2.4
#[tokio::test]
async fn quotes_in_a_search_are_letters() {
    let house = house().await;
    let admin = house.admin().await.client;
    let called = json!({ "username": "o'neill", "password": PASSWORD });
    admin.post("/api/v1/people", called).await.expect(201);
    let found = admin.get("/api/v1/people?q=o%27ne").await.expect(200);
    assert_eq!(found.json()["data"][0]["username"], "o'neill");
    for quote in QUOTES.into_iter().skip(1) {
        let quote = utf8_percent_encode(quote, NON_ALPHANUMERIC);
        let none = admin.get(&format!("/api/v1/people?q={quote}")).await;
        assert_eq!(
            none.expect(200).json()["data"],
            Value::Array(vec![]),
            "{quote}"
        );
        for part in ["cursor", "role", "sort", "limit"] {
            let at = format!("/api/v1/people?{part}={quote}");
            admin.get(&at).await.expect(400);
        }
        for part in ["cursor", "kind", "person", "class"] {
            let at = format!("/api/v1/audit?{part}={quote}");
            let status = admin.get(&at).await.status.as_u16();
            assert!(status < 500, "{at}: {status}");
        }
    }
    let all = admin.get("/api/v1/people").await.expect(200).json();
    assert_eq!(all["data"].as_array().unwrap().len(), 2);
}
