//! What could not be delivered: told to whom it was for, and in the hands of
//! administrators.

use serde_json::json;
use tollgate_testkit::{
    house::{House, PASSWORD},
    node::Node,
    services::{Greeting, Mood, SmtpServer},
};

use crate::{
    account_pages::{browser, leads_to, submit},
    support::router,
};

/// fault:F16
#[tokio::test]
async fn what_was_not_delivered_is_told_and_tried_again() {
    let server = SmtpServer::start(Greeting::Plain).await;
    let house = House::around(Node::mailing(&server).await, router);
    house.admin().await;
    let someone = house.person("ann").await;
    house.node.settle().await;
    server.be(Mood::Answers("550 5.1.1 No such person"));
    let wanted =
        json!({ "current_password": PASSWORD, "new_password": "purple monkey dishwasher" });
    someone
        .client
        .put("/api/v1/me/password", wanted)
        .await
        .expect(204);
    house.node.settle().await;
    let bob = house.person("bob").await;
    let none = bob
        .client
        .get("/api/v1/me/undelivered")
        .await
        .expect(200)
        .json();
    assert_eq!(none["data"], json!([]), "it is not his");
    let mine = someone
        .client
        .get("/api/v1/me/undelivered")
        .await
        .expect(200);
    let mine = mine.json();
    assert_eq!(mine["data"][0]["kind"], "notice");
    assert_eq!(mine["data"][0]["to"], "ann@example.org");
    assert_eq!(
        mine["data"][0]["fault"],
        json!(null),
        "the words are the operator's"
    );
    assert!(mine["data"][0]["given_up_at"].is_string());

    let admin = browser(&house, "admin@example.org").await;
    let page = admin.get("/admin/mail").await.expect(200).text;
    for words in [
        "Given up",
        "News about the account",
        "ann@example.org",
        "550",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let id = mine["data"][0]["id"].as_str().unwrap();
    assert!(page.contains(&format!("{id}/retry")) && page.contains(&format!("{id}/drop")));
    server.be(Mood::Kind);
    let retried = submit(&admin, &format!("/admin/mail/{id}/retry"), "").await;
    leads_to(&admin, retried, "It is tried again now.").await;
    house.node.settle().await;
    let page = admin.get("/admin/mail").await.expect(200).text;
    assert!(page.contains("Nothing was given up.") && page.contains("Nothing waits."));
    let letters = server.letters();
    assert!(
        letters
            .iter()
            .any(|letter| letter.to == ["ann@example.org"])
    );
    let again = submit(&admin, &format!("/admin/mail/{id}/drop"), "").await;
    again.expect(404);
}

/// The person reads it on the first page of their account.
#[tokio::test]
async fn a_person_reads_that_a_mail_did_not_arrive() {
    let server = SmtpServer::start(Greeting::Plain).await;
    let house = House::around(Node::mailing(&server).await, router);
    let admin = house.admin().await;
    house.person("ann").await;
    let ann = browser(&house, "ann@example.org").await;
    let clean = ann.get("/me").await.expect(200).text;
    assert!(!clean.contains("could not be delivered"));
    house.node.settle().await;
    server.be(Mood::Answers("450 4.7.1 Greylisted"));
    let asked = submit(&ann, "/me/names/verify", "identifier=ann%40example.org").await;
    asked.expect(303);
    house.node.settle().await;
    let told = ann.get("/me").await.expect(200).text;
    assert!(told.contains("“Confirm an address” could not be delivered to ann@example.org."));
    assert!(told.contains("It is tried again.") && !told.contains("Greylisted"));
    let waiting = admin.client.get("/api/v1/mail").await.expect(200).json();
    let id = waiting["data"][0]["id"].as_str().unwrap();
    assert!(
        waiting["data"][0]["fault"]
            .as_str()
            .unwrap()
            .contains("450")
    );
    let path = format!("/api/v1/mail/{id}");
    admin
        .client
        .post(&format!("{path}/retry"), json!({}))
        .await
        .expect(202);
    admin.client.delete(&path).await.expect(204);
    admin.client.delete(&path).await.expect(404);
    let clean = ann.get("/me").await.expect(200).text;
    assert!(!clean.contains("could not be delivered"));
}

/// What waits for its time has no buttons, and says why it will not be hurried or
/// held back.
#[tokio::test]
async fn what_waits_for_its_time_is_left_alone() {
    let house = House::new(router).await;
    house.admin().await;
    let ann = house.person("ann").await;
    house.node.settle().await;
    let wanted =
        json!({ "current_password": PASSWORD, "new_password": "purple monkey dishwasher" });
    ann.client
        .put("/api/v1/me/password", wanted)
        .await
        .expect(204);
    let admin = browser(&house, "admin@example.org").await;
    let page = admin.get("/admin/mail").await.expect(200).text;
    assert!(page.contains("News about the account"));
    assert!(!page.contains("/retry") && !page.contains("/drop"));
    let waiting = admin.get("/api/v1/mail").await.expect(200).json();
    let id = waiting["data"][0]["id"].as_str().unwrap();
    for act in ["retry", "drop"] {
        let refused = submit(&admin, &format!("/admin/mail/{id}/{act}"), "").await;
        let told = refused.expect(409).text;
        assert!(told.contains("It waits for its time"), "{told}");
    }
}
