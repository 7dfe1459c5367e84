//! A recovery and a lock-down, as a client of the API meets them.

use serde_json::json;
use tollgate_testkit::house::PASSWORD;

use crate::support::house;

/// asvs:V6.4.6
#[tokio::test]
async fn a_recovery_is_started_seen_and_stopped() {
    let house = house().await;
    let boss = house.admin().await;
    let ann = house.person("ann").await;
    let theirs = format!("/api/v1/people/{}/recovery", ann.id);
    let none = boss.client.get(&theirs).await.expect(404);
    assert_eq!(none.code(), "recovery.missing");
    let started = boss.client.post(&theirs, json!({})).await;
    assert_eq!(started.expect(409).code(), "recovery.address");
    let vouched = json!({ "identifier": ann.email });
    let verified = format!("/api/v1/people/{}/verified", ann.id);
    boss.client.put(&verified, vouched).await.expect(200);
    let started = boss.client.post(&theirs, json!({})).await.expect(200);
    let waits = ann.client.get("/api/v1/me/recovery").await.expect(200);
    assert_eq!(waits.json(), started.json());
    assert_eq!(waits.json()["started_by"], boss.id);
    ann.client.delete("/api/v1/me/recovery").await.expect(204);
    boss.client.delete(&theirs).await.expect(404);
    boss.client.post(&theirs, json!({})).await.expect(200);
    boss.client.delete(&theirs).await.expect(204);
    let wrong = json!({ "token": "tgo_wrong", "password": PASSWORD });
    let refused = house.stranger().post("/api/v1/recovery", wrong).await;
    assert_eq!(refused.expect(400).code(), "one_time.invalid");
}

#[tokio::test]
async fn a_lock_down_ends_all_but_this_session() {
    let house = house().await;
    let ann = house.person("ann").await;
    let other = house.sign_in(&ann.email).await;
    let done = ann.client.post("/api/v1/me/lockdown", json!({})).await;
    assert_eq!(done.expect(200).json()["sessions_ended"], 1);
    other.client.get("/api/v1/me").await.expect(401);
    let seen = ann.client.get("/api/v1/me/activity").await.expect(200);
    let seen = seen.json();
    let kinds = seen["events"].as_array().unwrap();
    assert!(kinds.iter().any(|one| one["kind"] == "account.locked_down"));
}

/// asvs:V7.5.1
#[tokio::test]
async fn the_password_is_shown_again_before_names_change() {
    let house = house().await;
    let ann = house.person("ann").await.client;
    house.node.clock.advance(std::time::Duration::from_mins(4));
    let name = json!({ "identifier": "annabel" });
    let path = "/api/v1/me/identifiers";
    ann.post(path, name.clone()).await.expect(200);
    let both = json!({ "code": "000000", "password": PASSWORD });
    let step_up = "/api/v1/session/step-up";
    let refused = ann.post(step_up, both).await.expect(400);
    assert_eq!(refused.code(), "request.invalid");
    let wrong = ann.post(step_up, json!({ "password": "wrong" })).await;
    assert_eq!(wrong.expect(403).code(), "password.wrong");
    let right = ann.post(step_up, json!({ "password": PASSWORD })).await;
    right.expect(204);
}
