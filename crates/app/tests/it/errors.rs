//! Refusals: their shape, and that no input makes a fault of ours.

use axum::{body::Body, http::Method};
use serde_json::{Value, json};
use tollgate_base::codes;
use tollgate_testkit::house::{Client, PUBLIC_URL};

use crate::support::house;

/// Doors with bodies, of every surface.
const DOORS: &[&str] = &[
    "/api/v1/signup",
    "/api/v1/session",
    "/api/v1/session/refresh",
    "/api/v1/password/strength",
    "/api/v1/password-reset",
    "/api/v1/password-reset/confirm",
    "/auth/register/",
    "/auth/login/",
    "/api/token/",
    "/api/token/refresh/",
    "/password-reset/",
    "/password-reset-confirm/",
    "/setup",
    "/signin",
    "/signup",
    "/signout",
    "/forgot",
    "/reset",
    "/password/strength",
    "/preferences",
];

/// Those of them that are pages.
const PAGES: &[&str] = &[
    "/setup",
    "/signin",
    "/signup",
    "/signout",
    "/forgot",
    "/reset",
    "/password/strength",
    "/preferences",
];

#[tokio::test]
async fn a_problem_says_what_and_where() {
    let house = house().await;
    let answer = house
        .stranger()
        .post(
            "/api/v1/signup",
            json!({ "email": "nobody", "password": "short" }),
        )
        .await;
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let body = answer.json();
    assert_eq!(body["status"], answer.status.as_u16());
    assert_eq!(body["request_id"], answer.header("x-request-id"));
    assert!(
        codes::ALL.iter().any(|code| code.name == body["code"]),
        "{body}"
    );
    assert!(
        body["type"]
            .as_str()
            .unwrap()
            .ends_with(body["code"].as_str().unwrap())
    );
    assert_eq!(body["errors"][0]["pointer"], "/email");
    let missing = house.stranger().get("/api/v1/nowhere").await.expect(404);
    assert_eq!(missing.code(), "route.missing");
    let method = house.stranger().delete("/api/v1/signup").await.expect(405);
    assert!(method.header("allow").contains("POST"));
}

/// fault:F25, fault:F26, vuln:126, vuln:142
#[tokio::test]
async fn no_body_is_too_strange() {
    let house = house().await;
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels)).into_bytes();
    let many: Value = (0..100_000)
        .map(|n| (n.to_string(), n.into()))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let strange: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"{".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"\"text\"".to_vec(),
        b"{\"email\":\"a@example.org\",\"email\":\"b@example.org\",\"password\":\"x\"}".to_vec(),
        b"{\"email\":1e999,\"password\":[]}".to_vec(),
        b"{\"email\":\"\\ud800\",\"password\":\"\\udfff\"}".to_vec(),
        b"{\"email\":\"\xff\xfe\",\"password\":\"x\"}".to_vec(),
        b"{\"email\":\"a\\u0000@example.org\",\"login\":\"a\\u0000\",\"password\":\"a\\u0000b\"}"
            .to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        format!(
            "{{\"email\":\"a@example.org\",\"login\":\"a\",\"password\":\"{}\"}}",
            "p".repeat(500_000)
        )
        .into_bytes(),
        format!(
            "{{\"email\":\"{}@example.org\",\"login\":\"{}\"}}",
            "e".repeat(100_000),
            "l".repeat(100_000)
        )
        .into_bytes(),
        format!("{{\"n\":{}}}", "9".repeat(100_000)).into_bytes(),
        deep(100_000),
        format!("{{\"email\":{}", "{\"a\":".repeat(100_000)).into_bytes(),
        many.to_string().into_bytes(),
    ];
    for door in DOORS {
        for media_type in [
            Some("application/json"),
            Some("application/x-www-form-urlencoded"),
            Some("text/plain"),
            Some("\u{7f}"),
            None,
        ] {
            let Some(media_type) =
                media_type.filter(|text| text.is_ascii() && !text.contains('\u{7f}'))
            else {
                continue;
            };
            for (number, body) in strange.iter().enumerate() {
                let answer = house
                    .stranger()
                    .with("origin", PUBLIC_URL)
                    .send(
                        Method::POST,
                        door,
                        Body::from(body.clone()),
                        Some(media_type),
                    )
                    .await;
                assert!(
                    answer.status.as_u16() < 500,
                    "{door} {media_type} body {number}: {}",
                    answer.text
                );
                assert!(
                    !(answer.status.is_success() && door.starts_with("/api/v1")),
                    "{door} {media_type} body {number}: {}",
                    answer.text
                );
            }
        }
    }
}

/// fault:F24
#[tokio::test]
async fn a_body_past_the_limit_is_refused_unread() {
    let house = house().await;
    for door in DOORS {
        let body = Body::from(vec![b' '; 1024 * 1024 + 1]);
        let form = PAGES.contains(door);
        let media_type = if form {
            "application/x-www-form-urlencoded"
        } else {
            "application/json"
        };
        let answer = house
            .stranger()
            .with("origin", PUBLIC_URL)
            .send(Method::POST, door, body, Some(media_type))
            .await;
        assert_eq!(answer.status, 413, "{door}: {}", answer.text);
    }
}

/// fault:F24: what is left of a body is not taken for the next request, and
/// the client is told to open a new connection.
#[tokio::test]
async fn a_connection_with_an_unread_body_is_closed() {
    let house = house().await;
    let picture = || Body::from(vec![0; 100 * 1024]);
    let send = async |client: &Client, path: &str, body: Body, kind: &str| {
        let answer = client.send(Method::POST, path, body, Some(kind)).await;
        (
            answer.status.as_u16(),
            answer.header("connection").to_owned(),
        )
    };
    let stranger = house.stranger().with("origin", PUBLIC_URL);
    let path = "/api/v1/me/picture";
    let put = stranger.send(Method::PUT, path, picture(), Some("image/png"));
    let put = put.await.expect(401);
    assert_eq!(put.header("connection"), "close");
    let refused = send(&stranger, "/me/picture", picture(), "multipart/form-data").await;
    assert_eq!(refused.1, "close", "{refused:?}");
    let login = Body::from(r#"{"login":"ann","password":"wrong"}"#);
    let read = send(&stranger, "/api/v1/session", login, "application/json").await;
    assert_eq!(read, (401, String::new()));
    let none = stranger.get("/api/v1/me").await.expect(401);
    assert_eq!(none.header("connection"), "");
}

/// fault:F26
#[tokio::test]
async fn no_path_or_header_is_too_strange() {
    let house = house().await;
    for path in [
        "/%",
        "/%zz",
        "/%00",
        "/%ff%fe",
        "/api/v1/people/%2e%2e",
        "/api/v1/people?limit=x",
        "/api/v1/people?cursor=%00",
        "/%c0%af",
        "//",
        "/api/v1/me/..%2f",
    ] {
        let status = house.stranger().get(path).await.status.as_u16();
        assert!((400..500).contains(&status), "{path}: {status}");
    }
    let dots = ".".repeat(60_000);
    for value in [
        "Bearer",
        "Bearer ",
        "bearer x",
        "Bearer a b c",
        "Basic !!!",
        "Bearer \u{e9}",
        &format!("Bearer {dots}"),
    ] {
        let Ok(value) = axum::http::HeaderValue::from_bytes(value.as_bytes()) else {
            continue;
        };
        let Ok(text) = value.to_str() else { continue };
        for path in ["/api/v1/me", "/auth/status/"] {
            let status = house
                .stranger()
                .with("authorization", text)
                .get(path)
                .await
                .status
                .as_u16();
            assert!((400..500).contains(&status), "{path}: {status}");
        }
    }
    for cookie in [
        "=",
        ";",
        "tollgate",
        "tollgate=",
        "a=b; ; ;=;",
        &"c=d; ".repeat(2_000),
    ] {
        let status = house
            .stranger()
            .with("cookie", cookie)
            .get("/api/v1/me")
            .await
            .status
            .as_u16();
        assert!((400..500).contains(&status), "{cookie}: {status}");
    }
}

/// A list is never taken for the fields in their order.
#[tokio::test]
async fn only_an_object_is_an_object() {
    let house = house().await;
    let list = json!(["ann@example.org", null, null, "a fine long phrase"]);
    let refused = house.stranger().post("/api/v1/signup", list).await;
    assert_eq!(refused.expect(400).code(), "request.invalid");
}

#[tokio::test]
async fn a_stranger_has_no_idempotency_key() {
    let house = house().await;
    let body = json!({ "email": "ann@example.org", "password": "a fine long phrase" });
    let client = house.stranger().with("idempotency-key", "one");
    let refused = client.post("/api/v1/signup", body).await;
    assert_eq!(refused.expect(400).code(), "idempotency.stranger");
}
