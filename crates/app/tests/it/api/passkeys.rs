//! Passkeys as a client of the API meets them.

use serde_json::{Value, json};
use tollgate_testkit::{
    authenticator::Authenticator,
    house::{PASSWORD, PUBLIC_URL},
};

use crate::support::house;

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// asvs:V6.3.3
#[tokio::test]
async fn a_client_makes_a_passkey_signs_in_with_it_and_removes_it() {
    let house = house().await;
    let ann = house.person("ann").await;
    let mut device = Authenticator::synced(PUBLIC_URL);
    let wanted = json!({ "name": "Phone", "current_password": PASSWORD });
    let path = "/api/v1/me/passkeys";
    let question = ann.client.post(path, wanted).await.expect(200).json();
    let made = device.create(&question["options"].to_string());
    let answer = json!({ "ceremony": question["ceremony"], "credential": parsed(&made) });
    let confirm = "/api/v1/me/passkeys/confirmation";
    let added = ann.client.post(confirm, answer.clone()).await.expect(200);
    let codes = added.json()["recovery_codes"].as_array().unwrap().len();
    assert_eq!(codes, 10);
    let twice = ann.client.post(confirm, answer).await.expect(400);
    assert_eq!(twice.code(), "one_time.invalid");

    let stranger = house.stranger();
    let begin = "/api/v1/session/passkey";
    let finish = "/api/v1/session/passkey/confirmation";
    let question = stranger.post(begin, json!({})).await.expect(200).json();
    let used = device.get(&question["options"].to_string());
    let answer = json!({ "ceremony": question["ceremony"], "credential": parsed(&used) });
    let opened = stranger.post(finish, answer).await.expect(200).json();
    assert_eq!(opened["user"]["email"], "ann@example.org");
    let bearer = format!("Bearer {}", opened["access_token"].as_str().unwrap());
    let me = house.stranger().with("authorization", &bearer);

    // After a password, in place of a code.
    let login = json!({ "login": "ann@example.org", "password": PASSWORD });
    let first = stranger.post("/api/v1/session", login).await.expect(202);
    let challenge = first.json()["challenge"].clone();
    let asked = json!({ "challenge": challenge });
    let question = stranger.post(begin, asked).await.expect(200).json();
    let used = device.get(&question["options"].to_string());
    let mut answer = json!({
        "ceremony": question["ceremony"], "credential": parsed(&used), "mode": "cookie",
    });
    let alone = stranger.clone().with("origin", PUBLIC_URL);
    let refused = alone.post(finish, answer.clone()).await.expect(400);
    assert_eq!(
        refused.code(),
        "one_time.invalid",
        "it was asked after a password"
    );
    answer["challenge"] = challenge;
    let signed_in = alone.post(finish, answer).await.expect(200);
    assert!(signed_in.header("set-cookie").contains("HttpOnly"));

    let show = "/api/v1/session/step-up/passkey";
    let question = me.post(show, json!({})).await.expect(200).json();
    let used = device.get(&question["options"].to_string());
    let answer = json!({ "ceremony": question["ceremony"], "credential": parsed(&used) });
    let confirm_it = format!("{show}/confirmation");
    me.post(&confirm_it, answer.clone()).await.expect(204);
    let replayed = me.post(&confirm_it, answer).await.expect(400);
    assert_eq!(replayed.code(), "one_time.invalid");
    let question = me.post(show, json!({})).await.expect(200).json();
    let nonsense = json!({ "ceremony": question["ceremony"], "credential": {} });
    let refused = me.post(&confirm_it, nonsense).await.expect(403);
    assert_eq!(refused.code(), "passkey.wrong");

    let listed = me.get(path).await.expect(200).json();
    let (id, name) = (listed[0]["id"].as_str().unwrap(), &listed[0]["name"]);
    assert_eq!(
        (name, &listed[0]["synced"]),
        (&json!("Phone"), &json!(true))
    );
    assert!(listed[0]["last_used_at"].is_string());
    let at = format!("{path}/{id}");
    me.json(axum::http::Method::PATCH, &at, &json!({ "name": "Old" }))
        .await
        .expect(204);
    let removal = format!("{at}/removal");
    let wrong = me.post(&removal, json!({ "current_password": "x" })).await;
    assert_eq!(wrong.expect(403).code(), "password.wrong");
    let right = json!({ "current_password": PASSWORD });
    me.post(&removal, right.clone()).await.expect(204);
    let gone = me.post(&removal, right).await.expect(404);
    assert_eq!(gone.code(), "passkey.missing");

    let question = stranger.post(begin, json!({})).await.expect(200).json();
    let used = device.get(&question["options"].to_string());
    let answer = json!({ "ceremony": question["ceremony"], "credential": parsed(&used) });
    let refused = stranger.post(finish, answer).await.expect(401);
    assert_eq!(refused.code(), "passkey.refused");
    let question = ann_again(&house).await;
    let nonsense = json!({ "ceremony": question["ceremony"], "credential": { "id": 1 } });
    let refused = me.post(confirm, nonsense).await;
    assert_eq!(
        refused.expect(400).code(),
        "one_time.invalid",
        "another session"
    );
}

async fn ann_again(house: &tollgate_testkit::house::House) -> Value {
    let ann = house.sign_in("ann@example.org").await;
    let wanted = json!({ "name": "Phone", "current_password": PASSWORD });
    let question = ann.client.post("/api/v1/me/passkeys", wanted).await;
    let question = question.expect(200).json();
    let nonsense = json!({ "ceremony": question["ceremony"], "credential": { "id": 1 } });
    let confirm = "/api/v1/me/passkeys/confirmation";
    let refused = ann.client.post(confirm, nonsense).await;
    assert_eq!(refused.expect(400).code(), "passkey.invalid");
    question
}

/// What browsers and password managers look for at fixed places.
#[tokio::test]
async fn the_fixed_places_say_where_passkeys_are() {
    let house = house().await;
    let stranger = house.stranger();
    let endpoints = stranger.get("/.well-known/passkey-endpoints").await;
    let endpoints = endpoints.expect(200).json();
    let page = format!("{PUBLIC_URL}/me/factors");
    assert_eq!(endpoints, json!({ "enroll": page, "manage": page }));
    let related = stranger.get("/.well-known/webauthn").await;
    assert_eq!(related.expect(404).code(), "route.missing");

    let ctx = &house.node.ctx;
    let mut policy = (*ctx.policy()).clone();
    policy.related_origins = vec!["https://id.example.net".into()];
    ctx.set_policy(policy.clone());
    let related = stranger.get("/.well-known/webauthn").await.expect(200);
    assert_eq!(
        related.json(),
        json!({ "origins": ["https://id.example.net"] })
    );

    policy.public_url = "http://192.168.1.20:8700".into();
    ctx.set_policy(policy);
    let endpoints = stranger.get("/.well-known/passkey-endpoints").await;
    assert_eq!(endpoints.expect(404).code(), "route.missing");
    let begun = stranger.post("/api/v1/session/passkey", json!({})).await;
    assert_eq!(begun.expect(409).code(), "passkey.unavailable");
    let page = stranger.get("/signin").await.expect(200);
    assert!(!page.text.contains("data-passkey"));
}
