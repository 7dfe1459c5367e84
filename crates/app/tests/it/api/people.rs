//! Making accounts once, and what managers and administrators may do to whom.

use std::time::Duration;

use serde_json::{Value, json};
use tollgate_base::access::Role;
use tollgate_testkit::house::PASSWORD;

use crate::support::house;

const PEOPLE: &str = "/api/v1/people";

#[tokio::test]
async fn a_value_of_the_wrong_type_is_pointed_at() {
    let house = house().await;
    let admin = house.admin().await.client;
    for (path, body, pointer, rule) in [
        ("/api/v1/people", json!({ "email": 5 }), "/email", "type"),
        ("/api/v1/people", json!({ "mail": "x" }), "/mail", "unknown"),
        (
            "/api/v1/sites",
            json!({ "name": "x", "url": "https://x.example.org", "rules": [{ "allow": "all" }] }),
            "/rules/0/allow",
            "type",
        ),
        (
            "/api/v1/session",
            json!({ "login": "x" }),
            "/password",
            "required",
        ),
    ] {
        let refused = admin.post(path, body).await.expect(400).json();
        assert_eq!(
            (
                &refused["errors"][0]["pointer"],
                &refused["errors"][0]["rule"]
            ),
            (&json!(pointer), &json!(rule)),
            "{refused:#}"
        );
    }
}

#[tokio::test]
async fn an_account_is_made_once_for_a_key() {
    let house = house().await;
    let admin = house.admin().await.client;
    let keyed = |key: &str| admin.clone().with("idempotency-key", key);
    let bob = json!({ "email": "bob@example.org", "password": PASSWORD });
    let first = keyed("one").post(PEOPLE, bob.clone()).await.expect(201);
    let again = keyed("one").post(PEOPLE, bob.clone()).await.expect(201);
    assert_eq!(first.json(), again.json());
    assert_eq!(first.header("etag"), again.header("etag"));
    let other = json!({ "email": "cem@example.org" });
    let refused = keyed("one").post(PEOPLE, other.clone()).await.expect(422);
    assert_eq!(refused.code(), "idempotency.mismatch");
    let taken = keyed("two").post(PEOPLE, bob.clone()).await.expect(409);
    assert_eq!(taken.code(), "identifier.taken");
    keyed("two").post(PEOPLE, other.clone()).await.expect(201);
    let manager = house.someone("manager", Role::Manager).await.client;
    let own = manager.with("idempotency-key", "one");
    own.post(PEOPLE, json!({ "email": "dee@example.org" }))
        .await
        .expect(201);
    let long = "k".repeat(256);
    assert_eq!(
        keyed(&long)
            .post(PEOPLE, other.clone())
            .await
            .expect(400)
            .code(),
        "request.invalid"
    );
    let stranger = house.stranger().with("idempotency-key", "one");
    assert_eq!(
        stranger.post(PEOPLE, bob.clone()).await.expect(401).code(),
        "auth.required"
    );

    let (one, two) = (keyed("three"), keyed("three"));
    let eve = json!({ "email": "eve@example.org", "password": PASSWORD });
    let (one, two) = tokio::join!(one.post(PEOPLE, eve.clone()), two.post(PEOPLE, eve.clone()));
    assert_eq!(one.expect(201).json()["id"], two.expect(201).json()["id"]);
    house.node.clock.advance(Duration::from_hours(25));
    let admin = house.sign_in("admin@example.org").await.client;
    let late = admin
        .with("idempotency-key", "one")
        .post(PEOPLE, bob)
        .await
        .expect(409);
    assert_eq!(
        late.code(),
        "identifier.taken",
        "a key is remembered for a day"
    );
}

/// asvs:V8.2.1, vuln:122
#[tokio::test]
async fn managers_look_after_people_of_the_default_role() {
    let house = house().await;
    let manager = house.someone("manager", Role::Manager).await.client;
    let (admin, ann) = (house.admin().await, house.person("ann").await);
    let new = |name: &str, role: &str| json!({ "username": name, "role": role });
    manager
        .post(PEOPLE, new("one", "default"))
        .await
        .expect(201);
    for role in ["manager", "admin"] {
        let refused = manager.post(PEOPLE, new("two", role)).await.expect(403);
        assert_eq!(refused.code(), "access.rank", "{role}");
    }
    let at = format!("{PEOPLE}/{}", ann.id);
    manager.get(&at).await.expect(200);
    manager
        .patch(&at, json!({ "bio": "by a manager" }))
        .await
        .expect(200);
    manager
        .put(&format!("{at}/role"), json!({ "role": "manager" }))
        .await
        .expect(403);
    manager.delete(&at).await.expect(403);
    manager.get(&format!("{at}/export")).await.expect(403);
    let above = manager
        .get(&format!("{PEOPLE}/{}", admin.id))
        .await
        .expect(403);
    assert_eq!(above.code(), "access.rank");
    let missing = format!("{PEOPLE}/usr_{}", "0".repeat(26));
    assert_eq!(
        admin.client.get(&missing).await.expect(404).code(),
        "person.missing"
    );
    assert_eq!(
        ann.client.get(&missing).await.expect(403).code(),
        "access.denied"
    );
    let malformed = admin.client.get(&format!("{PEOPLE}/7")).await.expect(400);
    assert_eq!(malformed.code(), "id.malformed");
    let unknown = json!({ "role": "root" });
    let refused = admin
        .client
        .put(&format!("{at}/role"), unknown)
        .await
        .expect(400);
    assert_eq!(refused.code(), "request.invalid");
}

#[tokio::test]
async fn an_administrator_takes_data_out_and_deletes_and_the_last_one_stays() {
    let house = house().await;
    let (admin, ann) = (house.admin().await, house.person("ann").await);
    let at = format!("{PEOPLE}/{}", ann.id);
    ann.client
        .patch("/api/v1/me", json!({ "bio": "of Ann" }))
        .await
        .expect(200);
    let export = admin
        .client
        .get(&format!("{at}/export"))
        .await
        .expect(200)
        .json();
    assert_eq!(export["user"]["bio"], "of Ann");
    assert_eq!(export["sessions"]["data"][0]["id"], ann.session);
    let own = ann.client.get("/api/v1/me/export").await.expect(200).json();
    let kinds = |export: &Value| export["events"].as_array().unwrap().len();
    assert_eq!(
        kinds(&own),
        kinds(&export) + 1,
        "that it was taken out is noted"
    );

    admin.client.delete(&at).await.expect(204);
    ann.client.get("/api/v1/me").await.expect(401);
    admin.client.get(&at).await.expect(404);
    admin.client.delete(&at).await.expect(404);
    let again = house.person("ann").await;
    assert_ne!(again.id, ann.id, "the address is free");
    let own = format!("{PEOPLE}/{}", admin.id);
    assert_eq!(
        admin.client.delete(&own).await.expect(409).code(),
        "admin.last"
    );
    let suspend = admin
        .client
        .post(&format!("{own}/suspend"), json!({}))
        .await;
    assert_eq!(suspend.expect(409).code(), "admin.last");
    let drop = admin
        .client
        .put(&format!("{own}/role"), json!({ "role": "default" }))
        .await;
    assert_eq!(drop.expect(409).code(), "admin.last");
}
