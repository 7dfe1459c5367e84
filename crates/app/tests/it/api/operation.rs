//! What operators, balancers and other programs ask.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tollgate_base::access::Role;
use tollgate_web::Http;

use crate::support::house;

const VERBOSE: &str = "/readyz?verbose";

#[tokio::test]
async fn anybody_hears_yes_or_no() {
    let house = house().await;
    let live = house.stranger().get("/livez").await.expect(200);
    assert_eq!(live.text, "ok\n");
    assert_eq!(live.header("content-type"), "text/plain; charset=utf-8");
    let ready = house.stranger().get("/readyz").await.expect(200);
    assert_eq!(ready.json(), json!({ "ready": true }));
    assert_eq!(ready.header("cache-control"), "no-store");
    house.stranger().get("/readyz?verbosely").await.expect(400);
    house.stranger().get("/metrics").await.expect(404);
}

/// asvs:V13.4.5, vuln:93
#[tokio::test]
async fn details_are_for_this_machine_and_for_administrators() {
    let house = house().await;
    let parts = |answer: Value| answer["parts"].as_array().unwrap().len();
    let local = house.stranger().get(VERBOSE).await.expect(200).json();
    assert!(parts(local) >= 4);
    let admin = house.admin().await.client;
    let manager = house.someone("manager", Role::Manager).await.client;
    for (name, value) in [
        ("x-forwarded-for", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1"),
        ("x-real-ip", "127.0.0.1"),
        ("via", "1.1 proxy"),
    ] {
        let through_proxy = house.stranger().with(name, value);
        let refused = through_proxy.get(VERBOSE).await.expect(403);
        assert_eq!(refused.code(), "access.denied", "{name}");
        through_proxy.get("/readyz").await.expect(200);
        manager
            .clone()
            .with(name, value)
            .get(VERBOSE)
            .await
            .expect(403);
        let shown = admin
            .clone()
            .with(name, value)
            .get(VERBOSE)
            .await
            .expect(200);
        assert!(parts(shown.json()) >= 4);
    }
    let trusting = Http {
        trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()],
        ..(*house.web.http()).clone()
    };
    house.web.set_http(trusting);
    let client = house.stranger().with("x-forwarded-for", "127.0.0.1");
    client.get(VERBOSE).await.expect(403);
}

#[tokio::test]
async fn public_keys_are_public_and_only_they() {
    let house = house().await;
    let answer = house
        .stranger()
        .get("/.well-known/jwks.json")
        .await
        .expect(200);
    assert!(
        answer
            .header("cache-control")
            .starts_with("public, max-age=")
    );
    let keys = answer.json()["keys"].as_array().unwrap().clone();
    let header = house.person("ann").await.access;
    let header = header.split('.').next().unwrap();
    assert!(!keys.is_empty());
    for key in &keys {
        assert_eq!(key["use"], "sig");
        for private in ["d", "p", "q", "dp", "dq", "qi", "k", "oth"] {
            assert!(key.get(private).is_none(), "{private}");
        }
        assert_ne!(key["kty"], "oct", "shared secrets are not public");
    }
    let kid = key_id(header);
    assert_eq!(
        keys.iter().filter(|key| key["kid"] == kid.as_str()).count(),
        1
    );
}

/// The key id in the header of a token.
fn key_id(header: &str) -> String {
    let bytes = URL_SAFE_NO_PAD.decode(header).unwrap();
    let header: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(header["alg"], "EdDSA");
    header["kid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_overview_is_for_those_who_look_after_people() {
    let house = house().await;
    let (admin, ann) = (house.admin().await.client, house.person("ann").await.client);
    let manager = house.someone("manager", Role::Manager).await.client;
    house.node.settle().await;
    let at = "/api/v1/overview";
    let seen = admin.get(at).await.expect(200).json();
    assert_eq!(seen["sessions"], 3);
    assert_eq!(seen["days"].as_array().unwrap().len(), 30);
    assert_eq!(seen["days"][29]["signins"], 3);
    assert_eq!(
        seen["people"][0],
        json!({ "role": "admin", "people": 1, "suspended": 0 })
    );
    let latest = seen["latest_events"].as_array().unwrap();
    assert!(latest.iter().any(|event| event["kind"] == "session.opened"));
    let seen = manager.get(at).await.expect(200).json();
    assert!(seen["latest_events"].is_null());
    assert_eq!(ann.get(at).await.expect(403).code(), "access.denied");
}
