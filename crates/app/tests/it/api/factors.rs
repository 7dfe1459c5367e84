//! The second step of a sign-in, as a client of the API meets it.

use std::time::Duration;

use serde_json::{Value, json};
use tollgate_testkit::house::{Client, House, PASSWORD};
use totp_rs::{Algorithm, Secret, TOTP};

use crate::{account_pages::browser, support::house};

/// asvs:V6.3.3
#[tokio::test]
async fn a_client_adds_an_app_and_signs_in_with_it() {
    let house = house().await;
    house.person("ann").await;
    let ann = house.sign_in("ann@example.org").await;
    let wanted = json!({ "name": "Phone", "current_password": PASSWORD });
    let begun = ann
        .client
        .post("/api/v1/me/factors", wanted)
        .await
        .expect(201);
    let begun = begun.json();
    let secret = Secret::Encoded(begun["secret"].as_str().unwrap().to_owned());
    let app = TOTP::new(Algorithm::SHA1, 6, 1, 30, secret.to_bytes().unwrap()).unwrap();
    let shown = |later: u64| app.generate(house.node.ctx.now().secs().unsigned_abs() + later);
    let confirm = format!(
        "/api/v1/me/factors/{}/confirmation",
        begun["id"].as_str().unwrap()
    );
    let wrong = ann.client.post(&confirm, json!({ "code": "000000" })).await;
    assert_eq!(wrong.expect(403).code(), "factor.wrong", "signed in");
    let made = ann.client.post(&confirm, json!({ "code": shown(0) })).await;
    let made = made.expect(200).json();
    assert_eq!(made["recovery_codes"].as_array().unwrap().len(), 10);
    let listed = ann
        .client
        .get("/api/v1/me/factors")
        .await
        .expect(200)
        .json();
    assert_eq!(listed["authenticators"][0]["name"], "Phone");
    assert_eq!(listed["recovery_codes_left"], 10);

    let login = json!({ "login": "ann@example.org", "password": PASSWORD });
    let first = house
        .stranger()
        .post("/api/v1/session", login)
        .await
        .expect(202);
    let first = first.json();
    assert!(first.get("access_token").is_none() && first.get("user").is_none());
    assert_eq!(first["methods"], json!(["totp", "recovery_code"]));
    let stranger = house.stranger();
    let second = |code: &Value| json!({ "challenge": first["challenge"], "code": code });
    let path = "/api/v1/session/second";
    let used = stranger.post(path, second(&json!(shown(0)))).await;
    assert_eq!(used.expect(401).code(), "factor.code");
    let next = stranger.post(path, second(&json!(shown(30)))).await;
    let opened = next.expect(200).json();
    assert_eq!(opened["user"]["email"], "ann@example.org");
    let bearer = format!("Bearer {}", opened["access_token"].as_str().unwrap());
    let me = house.stranger().with("authorization", &bearer);
    me.get("/api/v1/me").await.expect(200);
}

/// asvs:V7.5.1, vuln:80
#[tokio::test]
async fn a_client_is_asked_for_a_code_again() {
    let house = house().await;
    house.person("ann").await;
    let ann = browser(&house, "ann@example.org").await;
    let app = equip(&house, &ann).await;
    house.node.clock.advance(Duration::from_mins(10));
    let change = json!({ "current_password": PASSWORD, "new_password": "a third horse battery" });
    let stale = ann.put("/api/v1/me/password", change.clone()).await;
    assert_eq!(stale.expect(403).code(), "factor.fresh");
    let path = "/api/v1/session/step-up";
    let wrong = ann.post(path, json!({ "code": "000000" })).await;
    assert_eq!(wrong.expect(403).code(), "factor.wrong");
    let code = app.generate(house.node.ctx.now().secs().unsigned_abs());
    ann.post(path, json!({ "code": code })).await.expect(204);
    let replayed = ann.post(path, json!({ "code": code })).await;
    assert_eq!(replayed.expect(403).code(), "factor.wrong");
    ann.put("/api/v1/me/password", change).await.expect(204);

    let bob = house.person("bob").await.client;
    let none = bob.post(path, json!({ "code": code })).await;
    assert_eq!(none.expect(404).code(), "factor.missing");
}

/// An app that counts.
pub(crate) async fn equip(house: &House, client: &Client) -> TOTP {
    let wanted = json!({ "name": "Phone", "current_password": PASSWORD });
    let begun = client.post("/api/v1/me/factors", wanted).await.expect(201);
    let begun = begun.json();
    let secret = Secret::Encoded(begun["secret"].as_str().unwrap().to_owned());
    let app = TOTP::new(Algorithm::SHA1, 6, 1, 30, secret.to_bytes().unwrap()).unwrap();
    let confirm = format!(
        "/api/v1/me/factors/{}/confirmation",
        begun["id"].as_str().unwrap()
    );
    let code = app.generate(house.node.ctx.now().secs().unsigned_abs());
    let made = client.post(&confirm, json!({ "code": code })).await;
    made.expect(200);
    app
}
