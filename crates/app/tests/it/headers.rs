//! Headers of every answer: security, CORS, cookies, and who may send forms.

use axum::{body::Body, http::Method};
use serde_json::json;
use tollgate_testkit::house::{House, PASSWORD, PUBLIC_URL};

use crate::support::house;

/// The cookie that a browser was given.
async fn cookie(house: &House, email: &str) -> String {
    let body = json!({ "login": email, "password": PASSWORD, "mode": "cookie" });
    let answer = house
        .stranger()
        .with("origin", PUBLIC_URL)
        .post("/api/v1/session", body)
        .await
        .expect(200);
    answer
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned()
}

/// asvs:V1.3.2, asvs:V3.2.1, asvs:V14.2.2,
/// asvs:V3.4.3, asvs:V3.4.4, asvs:V3.4.5, asvs:V3.4.6, asvs:V14.3.2
#[tokio::test]
async fn every_answer_is_armoured() {
    let house = house().await;
    let ann = house.person("ann").await;
    for (client, path) in [
        (house.stranger(), "/"),
        (house.stranger(), "/setup"),
        (house.stranger(), "/nowhere"),
        (house.stranger(), "/auth/status/"),
        (house.stranger(), "/api/v1/me"),
        (house.stranger(), "/api/openapi.json"),
        (ann.client.clone(), "/api/v1/me"),
    ] {
        let answer = client.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert!(!answer.header("referrer-policy").is_empty(), "{path}");
        assert!(!answer.header("permissions-policy").is_empty(), "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert!(answer.header("x-request-id").starts_with("req_"), "{path}");
    }
    assert_eq!(
        ann.client.get("/api/v1/me").await.header("cache-control"),
        "no-store"
    );
}

/// asvs:V14.3.1, asvs:V3.3.1, asvs:V3.3.4, vuln:27, vuln:28
#[tokio::test]
async fn the_cookie_is_made_anew_and_dies_with_the_session() {
    let house = house().await;
    house.person("ann").await;
    let planted = format!("tollgate=tgs_{}", "A".repeat(43));
    let body = json!({ "login": "ann@example.org", "password": PASSWORD, "mode": "cookie" });
    let answer = house
        .stranger()
        .with("cookie", &planted)
        .with("origin", PUBLIC_URL)
        .post("/api/v1/session", body)
        .await
        .expect(200);
    let set = answer.header("set-cookie").to_owned();
    assert!(
        set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"),
        "{set}"
    );
    let given = set.split(';').next().unwrap();
    assert_ne!(given, planted);
    let browser = house.stranger().with("cookie", given);
    browser.get("/api/v1/me").await.expect(200);
    house
        .stranger()
        .with("cookie", &planted)
        .get("/api/v1/me")
        .await
        .expect(401);
    let out = browser
        .clone()
        .with("origin", PUBLIC_URL)
        .delete("/api/v1/session")
        .await;
    assert!(out.status.is_success(), "{}", out.text);
    assert!(
        out.header("set-cookie").contains("Max-Age=0"),
        "{}",
        out.header("set-cookie")
    );
    assert_eq!(out.header("clear-site-data"), "\"storage\"");
    browser.get("/api/v1/me").await.expect(401);
}

/// vuln:34
#[tokio::test]
async fn two_cookies_of_one_name_are_refused() {
    let house = house().await;
    house.person("ann").await;
    let given = cookie(&house, "ann@example.org").await;
    for both in [
        format!("{given}; tollgate=x"),
        format!("tollgate=x; {given}"),
    ] {
        let answer = house
            .stranger()
            .with("cookie", &both)
            .get("/api/v1/me")
            .await
            .expect(400);
        assert_eq!(answer.code(), "request.credentials");
    }
    let ann = house.sign_in("ann@example.org").await;
    let twice = ann.client.with("authorization", "Bearer other");
    assert_eq!(
        twice.get("/api/v1/me").await.expect(400).code(),
        "request.credentials"
    );
}

/// asvs:V3.5.1, vuln:64, vuln:65
#[tokio::test]
async fn a_cookie_acts_only_for_our_own_pages() {
    let house = house().await;
    house.person("ann").await;
    let given = cookie(&house, "ann@example.org").await;
    let browser = || house.stranger().with("cookie", &given);
    let edit = json!({ "bio": "hello" });
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://localhost:8700.evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("x-nothing", "no origin at all"),
    ] {
        let answer = browser()
            .with(name, value)
            .patch("/api/v1/me", edit.clone())
            .await
            .expect(403);
        assert_eq!(answer.code(), "request.origin", "{name}: {value}");
    }
    browser()
        .with("origin", PUBLIC_URL)
        .patch("/api/v1/me", edit.clone())
        .await
        .expect(200);
    browser()
        .with("sec-fetch-site", "same-origin")
        .patch("/api/v1/me", edit.clone())
        .await
        .expect(200);
    let ann = house.sign_in("ann@example.org").await;
    ann.client
        .with("origin", "https://app.example.org")
        .patch("/api/v1/me", edit)
        .await
        .expect(200);
}

/// asvs:V3.4.2, vuln:135
#[tokio::test]
async fn only_named_origins_may_read_with_credentials() {
    let house = house().await;
    let known = house
        .stranger()
        .with("origin", "https://app.example.org")
        .get("/livez")
        .await;
    assert_eq!(
        known.header("access-control-allow-origin"),
        "https://app.example.org"
    );
    assert_eq!(known.header("access-control-allow-credentials"), "true");
    assert!(known.header("vary").to_lowercase().contains("origin"));
    for origin in [
        "https://evil.example",
        "null",
        "https://app.example.org.evil.example",
        "http://app.example.org",
    ] {
        let answer = house.stranger().with("origin", origin).get("/livez").await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
    }
    let preflight = house
        .stranger()
        .with("origin", "https://app.example.org")
        .with("access-control-request-method", "PATCH")
        .with(
            "access-control-request-headers",
            "authorization, content-type",
        );
    let answer = preflight
        .send(Method::OPTIONS, "/api/v1/me", Body::empty(), None)
        .await;
    assert!(answer.status.is_success());
    assert!(
        answer
            .header("access-control-allow-methods")
            .contains("PATCH")
    );
    assert!(
        answer
            .header("access-control-allow-headers")
            .to_lowercase()
            .contains("authorization")
    );
}
