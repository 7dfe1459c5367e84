//! One's own account as a whole: its names, its data, its end.

use axum::http::Method;
use serde_json::{Value, json};
use tollgate_testkit::house::PASSWORD;

use crate::support::house;

const ME: &str = "/api/v1/me";

#[tokio::test]
async fn names_to_sign_in_with_come_and_go_and_the_last_one_stays() {
    let house = house().await;
    let (ann, bob) = (
        house.person("ann").await.client,
        house.person("bob").await.client,
    );
    let at = "/api/v1/me/identifiers";
    let name = |text: &str| json!({ "identifier": text });
    let login = |text: &str| {
        let (client, body) = (
            house.stranger(),
            json!({ "login": text, "password": PASSWORD }),
        );
        async move { client.post("/api/v1/session", body).await }
    };
    let last = ann
        .json(Method::DELETE, at, &name("ann@example.org"))
        .await
        .expect(400);
    assert_eq!(last.code(), "request.invalid");
    let grown = ann.post(at, name("Annabel")).await.expect(200).json();
    assert_eq!(grown["username"], "Annabel");
    assert!(grown["identifiers"][1]["verified_at"].is_null());
    login("ANNABEL").await.expect(200);
    assert_eq!(
        bob.post(at, name("annabel")).await.expect(409).code(),
        "identifier.taken"
    );
    let invalid = bob.post(at, name("a@b@c")).await.expect(400);
    assert_eq!(invalid.code(), "identifier.invalid");
    assert_eq!(invalid.json()["errors"][0]["pointer"], "/identifier");
    bob.post(at, name("bob")).await.expect(200);
    bob.json(Method::DELETE, at, &name("annabel"))
        .await
        .expect(200);
    login("annabel").await.expect(200);
    let shrunk = ann
        .json(Method::DELETE, at, &name("ANN@example.org"))
        .await
        .expect(200)
        .json();
    assert!(shrunk["email"].is_null());
    login("ann@example.org").await.expect(401);
    ann.json(Method::DELETE, at, &name("annabel"))
        .await
        .expect(400);
    login("annabel").await.expect(200);
    for n in 1..10 {
        ann.post(at, name(&format!("ann{n}"))).await.expect(200);
    }
    ann.post(at, name("ann10")).await.expect(400);
}

/// asvs:V6.3.8, asvs:V6.4.1: an address waits for its link, whoever's it is, and is a name
/// from then on.
#[tokio::test]
async fn an_address_waits_until_its_link_is_opened() {
    let house = house().await;
    house.person("ann").await;
    let bob = house.person("bob").await.client;
    house.node.settle().await;
    let at = "/api/v1/me/identifiers";
    let name = |text: &str| json!({ "identifier": text });
    for typed in ["Ann@Example.ORG", "Bob@Example.NET"] {
        let waits = bob.post(at, name(typed)).await.expect(202).json();
        assert_eq!(waits["value"], typed);
    }
    let names = bob.get(at).await.expect(200).json();
    assert_eq!(names["data"].as_array().unwrap().len(), 1);
    assert_eq!(names["waiting"].as_array().unwrap().len(), 2);
    let export = bob.get("/api/v1/me/export").await.expect(200).json();
    assert_eq!(export["waiting_addresses"], names["waiting"]);
    let back = bob.json(Method::DELETE, at, &name("ann@example.org")).await;
    back.expect(200);
    let again = json!({ "email": "bob@example.net" });
    let asked = bob.post("/api/v1/me/verification", again).await;
    asked.expect(202);
    house.node.settle().await;
    let mut mails = house.node.mails_to("/verify");
    mails.retain(|mail| mail.contains("To: Bob@Example.NET\n"));
    assert_eq!(mails.len(), 2, "one each time");
    let token = mails[0].split_once("/verify#").unwrap().1;
    let token = json!({ "token": token.split_whitespace().next() });
    bob.post("/api/v1/verification", token).await.expect(204);
    let names = bob.get(at).await.expect(200).json();
    let mut all = names["data"].as_array().unwrap().iter();
    let new = all.find(|one| one["value"] == "Bob@Example.NET").unwrap();
    assert!(new["verified_at"].is_string());
    assert_eq!(names["waiting"], json!([]));
}

#[tokio::test]
async fn an_account_leaves_with_its_data() {
    let house = house().await;
    let ann = house.person("ann").await;
    let export = ann.client.get("/api/v1/me/export").await.expect(200).json();
    assert_eq!(export["user"], ann.client.get(ME).await.json());
    assert!(
        export["password_hash"]
            .as_str()
            .unwrap()
            .starts_with("$argon2id$")
    );
    assert_eq!(export["sessions"]["data"].as_array().unwrap().len(), 1);
    let kinds: Vec<&Value> = export["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["kind"])
        .collect();
    assert!(kinds.contains(&&json!("account.created")), "{kinds:?}");
    ann.client.delete(ME).await.expect(204);
    ann.client.get(ME).await.expect(401);
    let login = json!({ "login": ann.email, "password": PASSWORD });
    house
        .stranger()
        .post("/api/v1/session", login)
        .await
        .expect(401);
    let admin = house.admin().await.client;
    assert_eq!(admin.delete(ME).await.expect(409).code(), "admin.last");
    admin.get(ME).await.expect(200);
}
