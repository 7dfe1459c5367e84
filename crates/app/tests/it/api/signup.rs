//! Signing up, where the operator allows it.

use serde_json::json;
use tollgate::config::signin::Registration as Configured;
use tollgate_flows::ctx::{Policy, Registration};
use tollgate_testkit::house::PASSWORD;

use crate::support::{defaults, house};

const SIGN_UP: &str = "/api/v1/signup";

#[tokio::test]
async fn it_is_off_by_default_and_then_nobody_is_told_anything() {
    assert_eq!(defaults().signin.registration, Configured::Off);
    let house = house().await;
    house.person("ann").await;
    let closed = Policy {
        registration: Registration::Off,
        ..(*house.node.ctx.policy()).clone()
    };
    house.node.ctx.set_policy(closed);
    let admin = house.admin().await.client;
    for email in ["ann@example.org", "bob@example.org"] {
        for password in [PASSWORD, "short"] {
            let body = json!({ "email": email, "password": password });
            let refused = house.stranger().post(SIGN_UP, body).await.expect(403);
            assert_eq!(refused.code(), "registration.off");
            assert!(refused.json().get("errors").is_none());
        }
    }
    let people = admin.get("/api/v1/people").await.expect(200).json();
    assert_eq!(people["data"].as_array().unwrap().len(), 2);
    let bob = json!({ "email": "bob@example.org", "password": PASSWORD });
    admin.post("/api/v1/people", bob).await.expect(201);
}

#[tokio::test]
async fn all_faults_are_told_at_once() {
    let house = house().await;
    house.person("ann").await;
    let stranger = house.stranger();
    let body = json!({ "email": "ANN@example.org", "password": "short" });
    let refused = stranger.post(SIGN_UP, body).await.expect(400).json();
    let errors = refused["errors"].as_array().unwrap();
    let pointers: Vec<&str> = errors
        .iter()
        .map(|one| one["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(pointers, ["/password", "/email"]);
    let body = json!({ "email": "ann@example.org", "password": PASSWORD });
    let taken = stranger.post(SIGN_UP, body).await.expect(409);
    assert_eq!(taken.code(), "identifier.taken");
    let nameless = stranger
        .post(SIGN_UP, json!({ "password": PASSWORD }))
        .await
        .expect(400);
    assert_eq!(nameless.code(), "request.invalid");
    let both_wrong = json!({ "email": "no address", "username": "a@b", "password": PASSWORD });
    let refused = stranger.post(SIGN_UP, both_wrong).await.expect(400).json();
    assert_eq!(refused["errors"].as_array().unwrap().len(), 2, "{refused}");
}
