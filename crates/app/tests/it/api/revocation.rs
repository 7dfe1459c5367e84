//! Out at once: what ends a session, from wherever, is in force at the next
//! request, on this node and on others.

use serde_json::json;
use tollgate_testkit::house::{House, PASSWORD, Someone};

use super::{browser, is_in, is_out, sessions};
use crate::support::house;

/// asvs:V7.4.2, asvs:V8.3.2
#[tokio::test]
async fn what_an_administrator_decides_is_in_force_at_the_next_request() {
    let house = house().await;
    let (admin, ann) = (house.admin().await, house.person("ann").await);
    let page = browser(&house, &ann.email, true).await;
    let at = format!("/api/v1/people/{}", ann.id);
    let role = |role| json!({ "role": role });

    ann.client.get("/api/v1/people").await.expect(403);
    admin
        .client
        .put(&format!("{at}/role"), role("manager"))
        .await
        .expect(204);
    ann.client.get("/api/v1/people").await.expect(200);
    page.get("/api/v1/people").await.expect(200);
    admin
        .client
        .put(&format!("{at}/role"), role("default"))
        .await
        .expect(204);
    ann.client.get("/api/v1/people").await.expect(403);
    page.get("/api/v1/people").await.expect(403);

    admin
        .client
        .post(&format!("{at}/suspend"), json!({}))
        .await
        .expect(204);
    for client in [&ann.client, &page] {
        client.get("/api/v1/me").await.expect(401);
    }
    let shown = admin.client.get(&at).await.expect(200).json();
    assert!(shown["suspended_at"].is_string());
    let login = json!({ "login": ann.email, "password": PASSWORD });
    let refused = house
        .stranger()
        .post("/api/v1/session", login)
        .await
        .expect(401);
    assert_eq!(refused.code(), "signin.failed", "as for a wrong password");
    admin
        .client
        .post(&format!("{at}/resume"), json!({}))
        .await
        .expect(204);
    for client in [&ann.client, &page] {
        client.get("/api/v1/me").await.expect(401);
    }
    is_in(&house.sign_in(&ann.email).await.client).await;
}

/// asvs:V7.4.5, asvs:V7.5.2
#[tokio::test]
async fn one_others_and_all_can_be_ended() {
    let house = house().await;
    let ann = house.person("ann").await;
    let (admin, bob) = (house.admin().await, house.person("bob").await);
    let [one, two, three] = sign_in_thrice(&house, &ann.email).await;
    let mine = ann
        .client
        .get("/api/v1/me/sessions")
        .await
        .expect(200)
        .json();
    assert_eq!(sessions(&mine).count(), 4);
    assert_eq!(
        sessions(&mine)
            .filter(|one| one["id"] == ann.session)
            .count(),
        1
    );

    ann.client
        .delete(&format!("/api/v1/me/sessions/{}", one.session))
        .await
        .expect(204);
    is_out(&one.client, "session.revoked").await;
    let theirs = format!("/api/v1/me/sessions/{}", bob.session);
    assert_eq!(
        ann.client.delete(&theirs).await.expect(404).code(),
        "session.missing"
    );
    is_in(&bob.client).await;
    let ended = ann
        .client
        .delete("/api/v1/me/sessions")
        .await
        .expect(200)
        .json();
    assert_eq!(ended["ended"], 2, "all but the one that asks");
    is_out(&two.client, "session.revoked").await;
    is_out(&three.client, "session.revoked").await;
    is_in(&ann.client).await;
    ann.client
        .delete("/api/v1/me/sessions?which=some")
        .await
        .expect(400);
    ann.client
        .delete("/api/v1/me/sessions?which=all")
        .await
        .expect(200);
    is_out(&ann.client, "session.revoked").await;

    let [one, two, _] = sign_in_thrice(&house, &ann.email).await;
    let at = format!("/api/v1/people/{}/sessions", ann.id);
    let list = admin.client.get(&at).await.expect(200).json();
    assert_eq!(sessions(&list).count(), 3);
    assert!(sessions(&list).all(|session| session["current"] == false));
    admin
        .client
        .delete(&format!("{at}/{}", one.session))
        .await
        .expect(204);
    is_out(&one.client, "session.revoked").await;
    is_in(&two.client).await;
    assert_eq!(
        admin.client.delete(&at).await.expect(200).json()["ended"],
        2
    );
    is_out(&two.client, "session.revoked").await;
}

/// asvs:V7.4.1
#[tokio::test]
async fn what_ends_on_one_node_ends_on_the_other() {
    let house = house().await;
    let second = house.second_node().await;
    let ann = house.person("ann").await;
    let admin = house.admin().await;
    for (path, because) in [
        ("sessions", "session.revoked"),
        ("suspend", "account.suspended"),
    ] {
        let there = second.sign_in(&ann.email).await;
        let here = house
            .stranger()
            .with("authorization", &format!("Bearer {}", there.access));
        is_in(&here).await;
        is_in(&there.client).await;
        let at = format!("/api/v1/people/{}/{path}", ann.id);
        match path {
            "sessions" => admin.client.delete(&at).await.expect(200),
            _ => admin.client.post(&at, json!({})).await.expect(204),
        };
        is_out(&here, because).await;
        second.node.follow().await;
        is_out(&there.client, because).await;
    }
}

async fn sign_in_thrice(house: &House, email: &str) -> [Someone; 3] {
    [
        house.sign_in(email).await,
        house.sign_in(email).await,
        house.sign_in(email).await,
    ]
}
