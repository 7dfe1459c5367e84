//! The demo: sample people in an empty installation, and nowhere else.

use std::collections::BTreeSet;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Scene, access, me, parsed};

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_installation_is_filled_with_people_to_look_at() {
    let scene = Scene::new();
    let made = scene.json("demo").await;
    let people = made["people"].as_u64().unwrap();
    assert!(people >= 20 && made["sessions"].as_u64().unwrap() > people);
    assert_eq!(made["sample"], true);

    let listed = scene.json("user list --limit 100").await;
    let listed = listed["data"].as_array().unwrap();
    assert_eq!(listed.len() as u64, people);
    let roles: BTreeSet<&str> = listed
        .iter()
        .filter_map(|one| one["role"].as_str())
        .collect();
    assert_eq!(roles.len(), 3, "every role has somebody: {roles:?}");
    assert!(listed.iter().any(|one| !one["suspended_at"].is_null()));
    let live = scene.json("user sessions ada").await;
    assert!(!live["data"].as_array().unwrap().is_empty());

    let trail = scene.run("audit export --json").await;
    let events: Vec<Value> = trail
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let days: BTreeSet<&str> = events
        .iter()
        .map(|event| &event["at"].as_str().unwrap()[..10])
        .collect();
    assert!(days.len() >= 30, "something happened on each day: {days:?}");
    assert!(events.is_sorted_by_key(|event| event["seq"].as_i64()));
    let verified = scene.json("audit verify").await;
    assert_eq!(verified["waiting"], 1, "that it was just taken out");
    assert_eq!(verified["sealed"].as_u64().unwrap(), events.len() as u64);
    let waiting = scene.json("mail queue").await;
    assert_eq!(waiting["data"], json!([]), "nobody is real");

    let server = scene.serve().await;
    let password = made["password"].as_str().unwrap();
    for login in ["ada", "bruno@example.org", "emre", "goran"] {
        let token = access(&server.url(), login, password).await;
        assert_eq!(me(&server.url(), &token).await, StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_sample_people_never_meet() {
    let scene = Scene::new();
    scene.create("admin create ann@example.org").await;
    let refused = scene.run("demo --json").await;
    assert_eq!(refused.code, Some(6), "{}", refused.stderr);
    assert_eq!(parsed("demo", &refused)["error"]["code"], "demo.not_empty");
    let listed = scene.json("user list").await;
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_explained_without_a_server() {
    let scene = Scene::new();
    std::fs::write(scene.program.folder().join("tollgate.toml"), "nonsense").unwrap();
    let told = scene.run("explain session.revoked").await;
    assert_eq!(
        told.code,
        Some(0),
        "not even a valid configuration is needed"
    );
    for part in [
        "The session has ended",
        "What happened",
        "What to do",
        "Sign in again.",
        "HTTP status 401",
    ] {
        assert!(told.stdout.contains(part), "{part}: {}", told.stdout);
    }
    let all = scene.json("explain").await;
    assert_eq!(
        all["data"].as_array().unwrap().len(),
        tollgate_base::codes::ALL.len()
    );
    let slip = scene.run("explain sesion.revoked").await;
    assert_eq!(slip.code, Some(4));
    assert!(
        slip.stderr.contains("Did you mean session.revoked?"),
        "{}",
        slip.stderr
    );
}
