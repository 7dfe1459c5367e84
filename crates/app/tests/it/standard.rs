//! What the verification standard (OWASP ASVS 5.0) asks for and no other story
//! tells. `docs/asvs.txt` lists its rows.

use std::time::Duration;

use serde_json::{Value, json};
use tollgate_testkit::house::{House, PASSWORD};

use crate::{
    gate::{Browser, signed_in, site},
    pages::reader::Reader,
    support::house,
};

const ANOTHER: &str = "another fine phrase";

async fn sign_in(house: &House, password: &str) -> u16 {
    let login = json!({ "login": "ann@example.org", "password": password });
    let answer = house.stranger().post("/api/v1/session", login).await;
    answer.status.as_u16()
}

/// asvs:V6.2.2, asvs:V6.2.3, asvs:V6.2.10
#[tokio::test]
async fn a_password_is_changed_by_who_knows_it_and_does_not_age() {
    let house = house().await;
    let ann = house.person("ann").await;
    let change = async |body| ann.client.put("/api/v1/me/password", body).await;
    change(json!({ "new_password": ANOTHER })).await.expect(400);
    let wrong = json!({ "current_password": "a guess", "new_password": ANOTHER });
    assert_eq!(change(wrong).await.expect(403).code(), "password.wrong");
    assert_eq!(sign_in(&house, PASSWORD).await, 200);
    let right = json!({ "current_password": PASSWORD, "new_password": ANOTHER });
    change(right).await.expect(204);
    assert_eq!(sign_in(&house, PASSWORD).await, 401);
    let years = Duration::from_hours(2 * 365 * 24);
    house.node.clock.advance(years);
    assert_eq!(sign_in(&house, ANOTHER).await, 200);
}

/// asvs:V6.1.2
#[tokio::test]
async fn words_that_are_documented_are_kept_out_of_passwords() {
    let house = house().await;
    let mut policy = (*house.node.ctx.policy()).clone();
    policy.password.words = vec!["Zeppelin".to_owned()];
    policy.password.host = "id.acme.example".to_owned();
    house.node.ctx.set_policy(policy);
    let page = include_str!("../../../../docs/src/explanation/passwords.md");
    for (documented, password) in [
        ("person's names and addresses", "annabelle 2026"),
        ("`public_url`", "acme 2026!"),
        ("`password.context_words`", "zeppelin 2026"),
    ] {
        assert!(page.contains(documented), "{documented}");
        let body = json!({ "email": "annabelle@example.org", "password": password });
        let refused = house.stranger().post("/api/v1/signup", body).await;
        assert_eq!(refused.status, 400, "{password}");
        assert_eq!(refused.code(), "password.weak", "{password}");
    }
}

/// asvs:V6.2.6, asvs:V6.2.7
#[tokio::test]
async fn password_managers_find_every_password_and_onlookers_none() {
    let house = house().await;
    house.person("ann").await;
    let mut ann = Reader::signed_in(&house, "ann@example.org").await;
    let mut stranger = Reader::of(&house);
    let mut found = 0;
    for path in [
        "/signin",
        "/signup",
        "/reset",
        "/me/password",
        "/me/factors",
    ] {
        let reader = if path.starts_with("/me") {
            &mut ann
        } else {
            &mut stranger
        };
        let page = reader.read(path).await.expect(200).text;
        for input in page
            .split("<input")
            .skip(1)
            .filter_map(|rest| rest.split('>').next())
        {
            let name = input.split("name=\"").nth(1).unwrap_or_default();
            let name = name.split('"').next().unwrap_or_default();
            if !name.contains("password") {
                continue;
            }
            found += 1;
            assert!(input.contains("type=\"password\""), "{path}: {input}");
            let managed = ["current-password", "new-password"];
            let told = |kind: &&str| input.contains(&format!("autocomplete=\"{kind}\""));
            assert!(managed.iter().any(told), "{path}: {input}");
            assert!(!input.contains("onpaste"), "{path}: {input}");
        }
    }
    assert!(found >= 6, "only {found} fields");
}

/// asvs:V6.3.2
#[tokio::test]
async fn nobody_is_there_before_the_first_is_made() {
    let house = house().await;
    for name in ["admin", "root", "administrator", "tollgate", "user", "test"] {
        for password in ["admin", "root", "password", "tollgate", "changeme", name] {
            let login = json!({ "login": name, "password": password });
            let fresh = house.second_node().await;
            let answer = fresh.stranger().post("/api/v1/session", login).await;
            assert!(matches!(answer.status.as_u16(), 401 | 429), "{name}");
        }
    }
    let first = house.admin().await;
    let people = first.client.get("/api/v1/people").await.expect(200).json();
    assert_eq!(people["data"].as_array().map(Vec::len), Some(1), "{people}");
}

/// asvs:V6.4.2
#[test]
fn nobody_is_asked_for_a_hint() {
    fn walk(value: &Value, seen: &mut usize) {
        for (name, value) in value.as_object().into_iter().flatten() {
            let asked = ["hint", "question", "maiden"]
                .iter()
                .any(|word| name.contains(word));
            assert!(!asked, "{name}");
            *seen += 1;
            walk(value, seen);
        }
        value
            .as_array()
            .into_iter()
            .flatten()
            .for_each(|value| walk(value, seen));
    }
    let described = serde_json::to_value(tollgate_api::routes::openapi()).unwrap();
    let mut seen = 0;
    walk(&described["components"]["schemas"], &mut seen);
    assert!(seen > 100);
}

/// asvs:V7.4.4
#[tokio::test]
async fn the_way_out_is_on_every_page() {
    let house = house().await;
    house.admin().await;
    let mut admin = Reader::signed_in(&house, "admin@example.org").await;
    let pages: Vec<&str> = tollgate_console::routes::LISTING
        .iter()
        .filter(|(method, path)| *method == "GET" && !path.contains('{'))
        .map(|(_, path)| *path)
        .filter(|path| path.starts_with("/me") || path.starts_with("/admin"))
        .collect();
    assert!(pages.len() > 10, "{pages:?}");
    for path in pages {
        let page = admin.read(path).await;
        if page.status == 200 && page.header("content-type").starts_with("text/html") {
            assert!(page.text.contains("href=\"/signout\""), "{path}");
        }
    }
}

/// asvs:V7.2.2, asvs:V9.2.4
#[tokio::test]
async fn each_sign_in_has_tokens_of_its_own_for_this_server_alone() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let house = house().await;
    let first = house.person("ann").await;
    let second = house.sign_in("ann@example.org").await;
    assert_ne!(first.access, second.access);
    assert_ne!(first.refresh, second.refresh);
    for token in [&first.access, &second.access] {
        let claims = token.split('.').nth(1).unwrap();
        let claims: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        let audience = house.node.ctx.policy().tokens.audience.clone();
        assert_eq!(claims["aud"], json!(audience));
    }
}

/// asvs:V6.6.2
#[tokio::test]
async fn a_code_serves_the_request_that_it_was_made_for() {
    let house = house().await;
    let (ann, ben) = (house.person("ann").await, house.person("ben").await);
    let ask = json!({ "email": ann.email });
    house
        .stranger()
        .post("/api/v1/password-reset", ask)
        .await
        .expect(202);
    house.node.settle().await;
    let mail = house.node.mails_to("/reset").remove(0);
    let token = mail
        .split("/reset#")
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap();
    for (path, body) in [
        (
            "/api/v1/session/second",
            json!({ "challenge": token, "code": "000000" }),
        ),
        ("/api/v1/verification", json!({ "token": token })),
    ] {
        let refused = house.stranger().post(path, body).await;
        assert!(refused.status.is_client_error(), "{path}");
    }
    let body = json!({ "token": token, "new_password": ANOTHER });
    let used = house
        .stranger()
        .post("/api/v1/password-reset/confirm", body)
        .await;
    used.expect(204);
    ben.client.get("/api/v1/me").await.expect(200);
    assert_eq!(sign_in(&house, ANOTHER).await, 200);
}

/// asvs:V14.3.3: cookies are random, and say nothing of anybody.
#[tokio::test]
async fn what_a_browser_keeps_says_nothing_of_anybody() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    const APP: &str = "http://notes.localhost:8080";
    let house = house().await;
    let ann = house.person("ann").await;
    site(&house, APP, signed_in()).await;
    let mut browser = Browser::new(&house);
    browser.sign_in(&ann.email).await;
    let enter = format!("{APP}/.tollgate/enter?to=%2F");
    browser.follow(&enter).await;
    let mut kept = browser.cookies("localhost").clone();
    kept.extend(browser.cookies("notes.localhost").clone());
    assert!(kept.len() > 3, "{kept:?}");
    for (name, value) in kept {
        let parts = value.split(['.', '_', '-']).map(str::as_bytes);
        let decoded = parts.filter_map(|part| URL_SAFE_NO_PAD.decode(part).ok());
        let mut texts: Vec<String> = decoded
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .collect();
        texts.push(value);
        for text in texts {
            for said in ["ann", &ann.id, &ann.id[4..], "example.org", "{\""] {
                assert!(!text.contains(said), "{name} holds {said}: {text}");
            }
        }
    }
}
