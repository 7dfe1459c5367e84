//! Getting in, staying in and getting out, in tokens and in a cookie.

use std::time::Duration;

use serde_json::{Value, json};
use tollgate_flows::ctx::EndSessions;
use tollgate_testkit::house::{House, PASSWORD};

use super::{browser, is_in, is_out, sessions};
use crate::support::house;

const NEW_PASSWORD: &str = "another fine phrase";

/// Exchange a refresh token for the next pair.
async fn refreshed(house: &House, refresh: &Value) -> Value {
    let body = json!({ "refresh_token": refresh });
    let answer = house.stranger().post("/api/v1/session/refresh", body).await;
    answer.expect(200).json()
}

async fn is_not_refreshed(house: &House, refresh: &str, because: &str) {
    let body = json!({ "refresh_token": refresh });
    let answer = house.stranger().post("/api/v1/session/refresh", body).await;
    assert_eq!(answer.expect(401).code(), because);
}

/// asvs:V7.2.4, asvs:V7.4.1
#[tokio::test]
async fn a_life_in_tokens() {
    let house = house().await;
    let stranger = house.stranger();
    let new = json!({ "email": "Ann@Example.org", "username": "ann", "password": PASSWORD });
    let made = stranger.post("/api/v1/signup", new).await.expect(201);
    assert_eq!(made.json()["email"], "Ann@Example.org");
    assert_eq!(made.header("set-cookie"), "", "it does not sign in");

    for login in ["ann@example.org", "ANN", "ann"] {
        let body = json!({ "login": login, "password": PASSWORD, "device": "a laptop" });
        let opened = stranger.post("/api/v1/session", body).await.expect(200);
        assert_eq!(opened.header("set-cookie"), "");
        assert_eq!(opened.json()["user"]["username"], "ann");
    }
    let ann = house.sign_in("ann@example.org").await;
    is_in(&ann.client).await;
    let next = refreshed(&house, &json!(ann.refresh)).await;
    assert_eq!(next["token_type"], "Bearer");
    assert_eq!(next["expires_in"], 300);
    let bearer = |tokens: &Value| {
        let access = tokens["access_token"].as_str().unwrap();
        stranger
            .clone()
            .with("authorization", &format!("Bearer {access}"))
    };
    is_in(&bearer(&next)).await;
    assert_eq!(
        refreshed(&house, &json!(ann.refresh)).await["refresh_token"],
        next["refresh_token"],
        "an honest retry gets the same successor"
    );
    let third = refreshed(&house, &next["refresh_token"]).await;
    is_not_refreshed(&house, &ann.refresh, "token.reused").await;
    is_out(&bearer(&third), "session.revoked").await;
    is_not_refreshed(
        &house,
        third["refresh_token"].as_str().unwrap(),
        "session.revoked",
    )
    .await;

    let again = house.sign_in("ann@example.org").await;
    again.client.delete("/api/v1/session").await.expect(204);
    is_out(&again.client, "session.revoked").await;
    is_not_refreshed(&house, &again.refresh, "session.revoked").await;
    is_not_refreshed(&house, &again.access, "token.invalid").await;
    is_not_refreshed(&house, "", "token.invalid").await;
}

/// asvs:V7.4.1
#[tokio::test]
async fn a_life_in_a_cookie() {
    let house = house().await;
    let ann = house.person("ann").await;
    let (short, long) = (
        browser(&house, &ann.email, false).await,
        browser(&house, &ann.email, true).await,
    );
    for page in [&short, &long] {
        is_in(page).await;
        let list = page.get("/api/v1/me/sessions").await.expect(200).json();
        let current: Vec<&Value> = sessions(&list)
            .filter(|one| one["current"] == true)
            .collect();
        assert_eq!(current.len(), 1);
        assert_eq!(current[0]["kind"], "cookie");
    }
    let out = short.delete("/api/v1/session").await.expect(204);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    let refused = short.get("/api/v1/me").await.expect(401);
    assert_eq!(refused.code(), "session.revoked");
    assert!(
        refused.header("set-cookie").contains("Max-Age=0"),
        "a dead cookie is taken away"
    );
    is_in(&long).await;
    is_in(&ann.client).await;
}

/// asvs:V7.4.3
#[tokio::test]
async fn a_changed_password_ends_the_other_sessions() {
    let house = house().await;
    let ann = house.person("ann").await;
    let others = [
        house.sign_in(&ann.email).await,
        house.sign_in(&ann.email).await,
    ];
    let page = browser(&house, &ann.email, true).await;
    let wrong = json!({ "current_password": "not this one", "new_password": NEW_PASSWORD });
    let refused = ann
        .client
        .put("/api/v1/me/password", wrong)
        .await
        .expect(403);
    assert_eq!(refused.code(), "password.wrong");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/current_password");
    let weak = json!({ "current_password": PASSWORD, "new_password": "short" });
    let refused = ann
        .client
        .put("/api/v1/me/password", weak)
        .await
        .expect(400);
    assert_eq!(refused.code(), "password.weak");
    is_in(&others[0].client).await;

    let change = json!({ "current_password": PASSWORD, "new_password": NEW_PASSWORD });
    ann.client
        .put("/api/v1/me/password", change)
        .await
        .expect(204);
    for other in &others {
        is_out(&other.client, "session.revoked").await;
        is_not_refreshed(&house, &other.refresh, "session.revoked").await;
    }
    is_out(&page, "session.revoked").await;
    is_in(&ann.client).await;
    refreshed(&house, &json!(ann.refresh)).await;
    let old = json!({ "login": ann.email, "password": PASSWORD });
    let refused = house
        .stranger()
        .post("/api/v1/session", old)
        .await
        .expect(401);
    assert_eq!(refused.code(), "signin.failed");
}

#[tokio::test]
async fn a_session_shows_where_it_is() {
    let house = house().await;
    house.person("ann").await;
    let browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let name = format!("Ann's\u{7} laptop {}", "x".repeat(1_000));
    let body = json!({ "login": "ann@example.org", "password": PASSWORD, "device": name });
    let stranger = house.stranger().with("user-agent", browser);
    let opened = stranger
        .post("/api/v1/session", body)
        .await
        .expect(200)
        .json();
    let ann = house.sign_in("ann@example.org").await;
    let list = ann
        .client
        .get("/api/v1/me/sessions")
        .await
        .expect(200)
        .json();
    let shown = sessions(&list).find(|session| session["id"] == opened["session_id"]);
    let shown = shown.unwrap();
    assert_eq!(shown["browser"], "Firefox on Linux");
    assert_eq!(shown["address"], "127.0.0.1");
    let device = shown["device"].as_str().unwrap();
    assert!(device.starts_with("Ann's laptop xxx") && device.len() == 200);
    assert_eq!(
        (&shown["kind"], &shown["current"]),
        (&json!("token"), &json!(false))
    );
}

/// asvs:V6.3.1
#[tokio::test]
async fn who_guesses_has_to_wait_as_long_as_told() {
    let house = house().await;
    let ann = house.person("ann").await;
    house.person("bob").await;
    let guess = |password: &str| {
        let body = json!({ "login": ann.email, "password": password });
        let stranger = house.stranger();
        async move { stranger.post("/api/v1/session", body).await }
    };
    for _ in 0..10 {
        guess("not this one").await.expect(401);
    }
    let told = guess(PASSWORD).await.expect(429);
    assert_eq!(told.code(), "throttled");
    let wait: u64 = told.header("retry-after").parse().unwrap();
    assert!((1..=900).contains(&wait), "{wait}");
    is_in(&ann.client).await;
    house.sign_in("bob@example.org").await;
    house.node.clock.advance(Duration::from_secs(wait));
    guess(PASSWORD).await.expect(200);
}

/// asvs:V7.3.1, asvs:V7.3.2
#[tokio::test]
async fn tokens_and_sessions_run_out() {
    let house = house().await;
    let ann = house.person("ann").await;
    let page = browser(&house, &ann.email, false).await;
    house.node.clock.advance(Duration::from_secs(299));
    is_in(&ann.client).await;
    house.node.clock.advance(Duration::from_secs(1));
    is_out(&ann.client, "token.expired").await;
    refreshed(&house, &json!(ann.refresh)).await;
    is_in(&page).await;
    house.node.clock.advance(Duration::from_hours(12));
    is_out(&page, "session.expired").await;
}

/// asvs:V7.4.3
#[tokio::test]
async fn other_sessions_outlive_a_password_only_if_both_want_that() {
    let house = house().await;
    let ann = house.person("ann").await;
    let other = house.sign_in(&ann.email).await.client;
    let change = async |from: &str, to: &str| {
        let change = json!({
            "current_password": from, "new_password": to, "end_other_sessions": false,
        });
        let changed = ann.client.put("/api/v1/me/password", change).await;
        changed.expect(204);
    };
    change(PASSWORD, NEW_PASSWORD).await;
    is_in(&other).await;
    let mut policy = (*house.node.ctx.policy()).clone();
    policy.password.end_sessions = EndSessions::Always;
    house.node.ctx.set_policy(policy);
    change(NEW_PASSWORD, "a third fine phrase").await;
    is_out(&other, "session.revoked").await;
    is_in(&ann.client).await;
}
