//! Registering apps, by administrators alone; what the configuration sets stays
//! as it is.

use serde_json::json;
use tollgate_base::access::Role;
use tollgate_flows::Draft;

use crate::support::house;

use super::nginx;

#[tokio::test]
async fn an_administrator_registers_changes_and_deletes_sites() {
    let house = house().await;
    let boss = house.someone("root", Role::Admin).await.client;
    let body = json!({ "name": "notes", "url": "https://Notes.example.org:443/", "rules": [
        { "path": "/admin", "methods": ["GET"], "allow": ["role:admin", "user:ann"] },
        { "allow": [] },
    ] });
    let keyed = boss.clone().with("idempotency-key", "once");
    let made = keyed.post("/api/v1/sites", body.clone()).await.expect(201);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(made.json()["url"], "https://notes.example.org");
    assert_eq!(
        made.json()["rules"][0]["allow"],
        json!(["role:admin", "user:ann"])
    );
    assert_eq!(
        keyed
            .post("/api/v1/sites", body.clone())
            .await
            .expect(201)
            .json()["id"],
        id.as_str()
    );
    assert_eq!(
        boss.post("/api/v1/sites", body.clone())
            .await
            .expect(409)
            .code(),
        "site.taken"
    );

    let path = format!("/api/v1/sites/{id}");
    let tag = boss.get(&path).await.expect(200).header("etag").to_owned();
    let new =
        json!({ "name": "notes", "url": "https://notes.example.org", "identity_token": true });
    let changed = boss
        .clone()
        .with("if-match", &tag)
        .put(&path, new.clone())
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&changed["rules"], &changed["identity_token"]),
        (
            &json!([{ "path": "/", "methods": [], "allow": ["signed-in"] }]),
            &json!(true)
        )
    );
    boss.clone()
        .with("if-match", &tag)
        .put(&path, new)
        .await
        .expect(412);
    assert_eq!(
        boss.get("/api/v1/sites").await.expect(200).json()["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    boss.delete(&path).await.expect(204);
    assert_eq!(boss.get(&path).await.expect(404).code(), "site.missing");
}

/// asvs:V3.5.4: no app shares our own host, on whichever port.
#[tokio::test]
async fn what_makes_no_sense_is_refused_field_by_field() {
    let house = house().await;
    let boss = house.someone("root", Role::Admin).await.client;
    for (body, pointers) in [
        (
            json!({ "name": "", "url": "x", "rules": [{ "path": "x", "allow": [] }] }),
            vec!["/name", "/url", "/rules"],
        ),
        (
            json!({ "name": "own", "url": "https://localhost:8701" }),
            vec!["/url"],
        ),
        (
            json!({ "name": "x", "url": "https://x.example/", "rules": [{ "allow": ["all"] }, { "methods": ["get"], "allow": [] }] }),
            vec!["/rules", "/rules"],
        ),
    ] {
        let refused = boss.post("/api/v1/sites", body).await.expect(400).json();
        let told: Vec<_> = refused["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(told, pointers);
    }
    let manager = house.someone("manager", Role::Manager).await.client;
    let body = json!({ "name": "x", "url": "https://x.example" });
    manager.post("/api/v1/sites", body).await.expect(403);
    manager.get("/api/v1/sites").await.expect(403);
    manager
        .post("/api/v1/sites/test", json!({ "url": "https://x.example" }))
        .await
        .expect(403);
}

#[tokio::test]
async fn what_the_configuration_sets_is_shown_and_locked() {
    let house = house().await;
    let boss = house.someone("root", Role::Admin).await.client;
    let stored = json!({ "name": "wiki", "url": "http://wiki.localhost" });
    let wiki = boss.post("/api/v1/sites", stored).await.expect(201).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let configure = |names: &[&str]| {
        let mut policy = (*house.node.ctx.policy()).clone();
        let site = |name: &&str| {
            let draft = Draft {
                name: (*name).to_owned(),
                url: format!("http://{name}.localhost"),
                identity_token: false,
                rules: None,
            };
            draft.configured().unwrap()
        };
        policy.sites = names.iter().map(site).collect();
        house.node.ctx.set_policy(policy);
    };
    configure(&["notes"]);
    let all = boss.get("/api/v1/sites").await.expect(200).json();
    let notes = &all["data"][0];
    assert_eq!(
        (&notes["name"], &notes["locked"], &notes["created_at"]),
        (&json!("notes"), &json!(true), &json!(null))
    );
    assert_eq!(
        (&all["data"][1]["name"], &all["data"][1]["locked"]),
        (&json!("wiki"), &json!(false))
    );
    let path = format!("/api/v1/sites/{}", notes["id"].as_str().unwrap());
    let body = json!({ "name": "notes", "url": "http://notes.localhost" });
    assert_eq!(
        boss.put(&path, body.clone()).await.expect(409).code(),
        "site.locked"
    );
    assert_eq!(boss.delete(&path).await.expect(409).code(), "site.locked");
    assert_eq!(
        boss.post("/api/v1/sites", body).await.expect(409).code(),
        "site.taken"
    );
    nginx(&boss, "GET", "http://notes.localhost/")
        .await
        .expect(200);

    // The configuration takes an address over, and gives it back.
    configure(&["wiki"]);
    let all = boss.get("/api/v1/sites").await.expect(200).json();
    assert_eq!(
        (
            all["data"].as_array().unwrap().len(),
            &all["data"][0]["locked"]
        ),
        (1, &json!(true))
    );
    nginx(&boss, "GET", "http://notes.localhost/")
        .await
        .expect(403);
    configure(&[]);
    assert_eq!(
        boss.get("/api/v1/sites").await.expect(200).json()["data"][0]["id"],
        wiki.as_str()
    );
}

#[tokio::test]
async fn the_rules_say_what_they_would_say() {
    let house = house().await;
    let (boss, ann) = (
        house.someone("root", Role::Admin).await,
        house.person("ann").await,
    );
    let rules = json!([{ "path": "/admin", "allow": ["role:admin"] }, { "methods": ["GET"], "allow": ["signed-in"] }]);
    let body = json!({ "name": "notes", "url": "http://notes.localhost:8080", "rules": rules });
    boss.client.post("/api/v1/sites", body).await.expect(201);
    let ask = async |path: &str, method: &str, user: Option<&str>| {
        let body = json!({ "url": format!("http://notes.localhost:8080{path}"), "method": method, "user": user });
        let told = boss
            .client
            .post("/api/v1/sites/test", body)
            .await
            .expect(200)
            .json();
        let text = |name: &str| told[name].as_str().unwrap().to_owned();
        (text("verdict"), text("because"), told["rule"].as_i64())
    };
    let told = |verdict: &str, because: &str, rule| (verdict.to_owned(), because.to_owned(), rule);
    assert_eq!(
        ask("/admin/x?y", "POST", Some(&boss.id)).await,
        told("allowed", "rule", Some(1))
    );
    assert_eq!(
        ask("/admin", "GET", Some(&ann.id)).await,
        told("refused", "rule", Some(1))
    );
    assert_eq!(
        ask("", "HEAD", Some(&ann.id)).await,
        told("allowed", "rule", Some(2))
    );
    assert_eq!(
        ask("/", "GET", None).await,
        told("sign-in", "rule", Some(2))
    );
    assert_eq!(
        ask("/", "POST", Some(&ann.id)).await,
        told("refused", "no-rule", None)
    );
    assert_eq!(
        ask("/ADMIN", "GET", Some(&ann.id)).await,
        told("refused", "doubt", Some(1))
    );
    let elsewhere = boss
        .client
        .post("/api/v1/sites/test", json!({ "url": "https://x.example/" }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&elsewhere["because"], &elsewhere["site"]),
        (&json!("no-site"), &json!(null))
    );
    // What it says is what the gate does.
    for (path, user) in [("/admin", &ann), ("/", &ann), ("/a/../b", &ann)] {
        let verdict = ask(path, "GET", Some(&user.id)).await.0;
        let status = nginx(
            &user.client,
            "GET",
            &format!("http://notes.localhost:8080{path}"),
        )
        .await
        .status;
        assert_eq!(verdict == "allowed", status == 200, "{path}");
    }
}
