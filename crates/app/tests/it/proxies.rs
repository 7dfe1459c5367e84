//! What requests say of where they were sent and where they come from, and why
//! it is not believed.

use std::time::Duration;

use serde_json::json;

use crate::support::house;

/// asvs:V4.1.3, vuln:41, vuln:42, vuln:43
#[tokio::test]
async fn no_header_changes_the_link_in_a_mail() {
    let house = house().await;
    house.person("ann").await;
    let hostile = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "javascript"),
        ("x-forwarded-port", "666"),
        ("x-forwarded-prefix", "/evil"),
        ("forwarded", "host=evil.example;proto=http"),
        ("x-original-url", "https://evil.example/"),
    ];
    for (name, value) in hostile {
        let client = house.stranger().with(name, value);
        client
            .post(
                "/api/v1/password-reset",
                json!({ "email": "ann@example.org" }),
            )
            .await
            .expect(202);
        client
            .post("/password-reset/", json!({ "email": "ann@example.org" }))
            .await
            .expect(200);
        house.node.settle().await;
        // One mailbox gets ten mails in that time at most.
        house.node.clock.advance(Duration::from_mins(15));
    }
    let mails = house.node.mails_to("/reset");
    assert_eq!(mails.len(), 2 * hostile.len());
    for mail in mails {
        assert!(mail.contains("http://localhost:8700/reset#"), "{mail}");
        assert!(
            !mail.contains("evil") && !mail.contains("javascript"),
            "{mail}"
        );
    }
}

/// vuln:92, vuln:93, vuln:94
#[tokio::test]
async fn an_address_that_a_client_claims_is_not_believed() {
    let house = house().await;
    let ann = house.person("ann").await;
    for claimed in [
        "203.0.113.9",
        "a",
        "",
        "203.0.113.9, 198.51.100.1",
        "fe80::1%eth0",
    ] {
        let client = house
            .stranger()
            .with("x-forwarded-for", claimed)
            .with("x-real-ip", "203.0.113.9");
        let body = json!({ "login": "ann@example.org", "password": tollgate_testkit::house::PASSWORD, "mode": "token" });
        client.post("/api/v1/session", body).await.expect(200);
    }
    let sessions = ann.client.get("/api/v1/me/sessions").await.expect(200).text;
    assert!(!sessions.contains("203.0.113.9"), "{sessions}");
    assert!(sessions.contains("127.0.0.1"), "{sessions}");
}
