//! Who vouches for whom: verified identifiers and names in other systems.

use serde_json::json;
use tollgate_base::access::Role;

use crate::support::house;

/// vuln:113
#[tokio::test]
async fn nobody_verifies_their_own_address() {
    let house = house().await;
    let (ann, admin) = (house.person("ann").await, house.admin().await);
    let (path, body) = (
        format!("/api/v1/people/{}/verified", ann.id),
        json!({ "identifier": "ANN@example.org" }),
    );
    assert_eq!(
        ann.client.put(&path, body.clone()).await.expect(403).code(),
        "access.denied"
    );
    let before = ann.client.get("/api/v1/me").await;
    assert!(before.json()["email_verified_at"].is_null());

    let after = admin.client.put(&path, body.clone()).await.expect(200);
    assert!(
        after.json()["email_verified_at"].is_string(),
        "{}",
        after.text
    );
    assert_ne!(after.header("etag"), before.header("etag"));
    let again = admin.client.put(&path, body).await.expect(200);
    assert_eq!(
        again.header("etag"),
        after.header("etag"),
        "nothing changed"
    );
    let other = admin
        .client
        .put(&path, json!({ "identifier": "bob@example.org" }))
        .await;
    assert_eq!(
        other.expect(400).json()["errors"][0]["pointer"],
        "/identifier"
    );
}

#[tokio::test]
async fn a_name_in_another_system_is_one_account_s() {
    let house = house().await;
    let (ann, bob) = (house.person("ann").await, house.person("bob").await);
    let manager = house.someone("manager", Role::Manager).await;
    let path = |id: &str| format!("/api/v1/people/{id}/external-ids");
    let name = json!({ "provider": "ldap", "external_id": "uid=ann,ou=People" });

    assert_eq!(
        ann.client
            .put(&path(&ann.id), name.clone())
            .await
            .expect(403)
            .code(),
        "access.denied"
    );
    for _ in 0..2 {
        let noted = manager
            .client
            .put(&path(&ann.id), name.clone())
            .await
            .expect(200);
        assert_eq!(noted.json()["external_ids"], json!([name]));
    }
    let taken = manager
        .client
        .put(&path(&bob.id), name.clone())
        .await
        .expect(409);
    assert_eq!(taken.code(), "identifier.taken");
    let odd = json!({ "provider": "No Word", "external_id": "a\nb" });
    let refused = manager
        .client
        .put(&path(&ann.id), odd)
        .await
        .expect(400)
        .json();
    assert_eq!(refused["errors"].as_array().unwrap().len(), 2, "{refused}");

    let gone = manager
        .client
        .json(axum::http::Method::DELETE, &path(&ann.id), &name)
        .await;
    assert_eq!(gone.expect(200).json()["external_ids"], json!([]));
    manager.client.put(&path(&bob.id), name).await.expect(200);
}
