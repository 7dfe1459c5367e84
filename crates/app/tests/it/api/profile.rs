//! One's own profile: what may be changed, within which limits, against which
//! version, and what never can be.

use axum::http::Method;
use serde_json::{Value, json};
use tollgate_testkit::house::{Client, PASSWORD};

use crate::support::house;

const ME: &str = "/api/v1/me";
/// What people may change of their profile.
const EDITABLE: &[&str] = &["display_name", "bio", "picture", "locale"];

async fn me(client: &Client) -> Value {
    client.get(ME).await.expect(200).json()
}

#[tokio::test]
async fn an_empty_text_removes_and_what_is_left_out_stays() {
    let house = house().await;
    let ann = house.person("ann").await.client;
    let full = json!({ "display_name": " Ann ", "bio": "Two\nlines", "picture": "https://example.org/a.png", "locale": "pt-BR" });
    let changed = ann.patch(ME, full).await.expect(200).json();
    assert_eq!(changed["display_name"], "Ann");
    assert_eq!(changed["bio"], "Two\nlines");
    let changed = ann
        .patch(ME, json!({ "bio": " ", "picture": "" }))
        .await
        .expect(200)
        .json();
    assert!(changed["bio"].is_null() && changed["picture"].is_null());
    assert_eq!(
        (&changed["display_name"], &changed["locale"]),
        (&json!("Ann"), &json!("pt-BR"))
    );
    assert_eq!(
        ann.patch(ME, json!({})).await.expect(200).json()["display_name"],
        "Ann"
    );
    assert_eq!(me(&ann).await["locale"], "pt-BR");
}

#[tokio::test]
async fn a_change_is_made_to_the_version_that_was_read() {
    let house = house().await;
    let ann = house.person("ann").await.client;
    let tag = ann.get(ME).await.expect(200).header("etag").to_owned();
    assert_eq!(tag, format!("\"{}\"", me(&ann).await["version"]));
    let edit = |tag: &str, bio: &str| {
        let client = ann.clone().with("if-match", tag);
        let body = json!({ "bio": bio });
        async move { client.patch(ME, body).await }
    };
    let changed = edit(&tag, "first").await.expect(200);
    assert_ne!(changed.header("etag"), tag);
    for stale in [tag.as_str(), "\"0\"", "W/\"1\"", "1", "\"x\""] {
        let refused = edit(stale, "second").await.expect(412);
        assert_eq!(refused.code(), "version.mismatch", "{stale}");
    }
    assert_eq!(me(&ann).await["bio"], "first");
    edit("*", "third").await.expect(200);
    let tag = ann.get(ME).await.header("etag").to_owned();
    edit(&tag, "fourth").await.expect(200);
}

#[tokio::test]
async fn the_tag_changes_with_whatever_is_shown() {
    let house = house().await;
    let (admin, ann) = (house.admin().await.client, house.person("ann").await);
    let at = format!("/api/v1/people/{}", ann.id);
    let mut tags = vec![admin.get(&at).await.header("etag").to_owned()];
    let name = json!({ "identifier": "ann" });
    ann.client
        .post("/api/v1/me/identifiers", name.clone())
        .await
        .expect(200);
    tags.push(admin.get(&at).await.header("etag").to_owned());
    ann.client
        .json(Method::DELETE, "/api/v1/me/identifiers", &name)
        .await
        .expect(200);
    tags.push(admin.get(&at).await.header("etag").to_owned());
    admin
        .put(&format!("{at}/role"), json!({ "role": "manager" }))
        .await
        .expect(204);
    tags.push(admin.get(&at).await.header("etag").to_owned());
    admin
        .post(&format!("{at}/suspend"), json!({}))
        .await
        .expect(204);
    tags.push(admin.get(&at).await.header("etag").to_owned());
    admin
        .post(&format!("{at}/resume"), json!({}))
        .await
        .expect(204);
    tags.push(admin.get(&at).await.header("etag").to_owned());
    let all = tags.len();
    tags.dedup();
    assert_eq!(tags.len(), all, "{tags:?}");
}

/// asvs:V1.2.2, asvs:V2.2.2, asvs:V2.2.1
#[tokio::test]
async fn limits_are_told_all_at_once_and_nothing_changes() {
    let house = house().await;
    let ann = house.person("ann").await.client;
    for (field, most) in [
        ("display_name", 100),
        ("bio", 1_000),
        ("picture", 500),
        ("locale", 35),
    ] {
        let start = if field == "picture" {
            "https://example.org/"
        } else {
            ""
        };
        let text = |length: usize| format!("{start}{}", "x".repeat(length - start.len()));
        ann.patch(ME, json!({ field: text(most) }))
            .await
            .expect(200);
        let refused = ann
            .patch(ME, json!({ field: text(most + 1) }))
            .await
            .expect(400);
        assert_eq!(refused.json()["errors"][0]["rule"], "too_long", "{field}");
    }
    let before = me(&ann).await;
    for (field, value) in [
        ("display_name", "a\u{7}b"),
        ("picture", "http://example.org/a.png"),
        ("picture", "javascript:alert(1)"),
        ("locale", "de_DE"),
    ] {
        let refused = ann.patch(ME, json!({ field: value })).await.expect(400);
        assert_eq!(refused.code(), "request.invalid", "{field}");
        let pointer = format!("/{field}");
        assert_eq!(refused.json()["errors"][0]["pointer"], pointer.as_str());
    }
    let name = "x".repeat(101);
    let both = json!({ "display_name": name, "picture": "ftp://x" });
    let refused = ann.patch(ME, both).await.expect(400).json();
    assert_eq!(refused["errors"].as_array().unwrap().len(), 2);
    let new = json!({ "username": "bob", "password": PASSWORD, "display_name": name });
    let refused = house
        .stranger()
        .post("/api/v1/signup", new.clone())
        .await
        .expect(400);
    assert_eq!(refused.json()["errors"][0]["pointer"], "/display_name");
    let admin = house.admin().await.client;
    admin.post("/api/v1/people", new).await.expect(400);
    assert_eq!(me(&ann).await, before);
}

/// Every field that an account shows, and some that it hides, sent where it is
/// not taken. asvs:V8.2.3, asvs:V15.3.3, vuln:111, vuln:113
#[tokio::test]
async fn nobody_assigns_what_is_not_theirs_to_assign() {
    let house = house().await;
    let (admin, ann) = (house.admin().await, house.person("ann").await);
    let before = me(&ann.client).await;
    let shown = before.as_object().unwrap().keys().map(String::as_str);
    let hidden = [
        "password",
        "password_hash",
        "not_before",
        "is_admin",
        "roles",
        "org",
        "__proto__",
    ];
    let at = format!("/api/v1/people/{}", ann.id);
    let mut tried = 0;
    for field in shown
        .chain(hidden)
        .filter(|field| !EDITABLE.contains(field))
    {
        for value in [
            json!("admin"),
            json!(1),
            json!(true),
            json!(null),
            before[field].clone(),
        ] {
            let body = json!({ "bio": "changed", field: value });
            for refused in [
                ann.client.patch(ME, body.clone()).await,
                admin.client.patch(&at, body).await,
            ] {
                assert_eq!(refused.expect(400).code(), "request.invalid", "{field}");
            }
            tried += 1;
        }
        if !["email", "username", "password"].contains(&field) {
            let body = json!({ "email": "eve@example.org", "password": PASSWORD, field: "admin" });
            let stranger = house.stranger();
            let refused = stranger.post("/api/v1/signup", body.clone()).await;
            assert_eq!(refused.expect(400).code(), "request.invalid", "{field}");
            if field != "role" {
                let refused = admin.client.post("/api/v1/people", body).await;
                assert_eq!(refused.expect(400).code(), "request.invalid", "{field}");
            }
        }
    }
    assert!(tried > 80, "only {tried} bodies were sent");
    assert_eq!(me(&ann.client).await, before);
    let people = admin.client.get("/api/v1/people").await.expect(200).json();
    assert_eq!(
        people["data"].as_array().unwrap().len(),
        2,
        "nobody signed up"
    );
}
