//! A new password for who has lost the old one: by a link in a mail, and by a
//! link that an administrator passes on.

use std::time::Duration;

use serde_json::{Value, json};
use tollgate_testkit::house::{Answer, House, PASSWORD, PUBLIC_URL};

use super::{browser, is_in, is_out};
use crate::support::house;

const NEW_PASSWORD: &str = "another fine phrase";
const ASK: &str = "/api/v1/password-reset";
const CONFIRM: &str = "/api/v1/password-reset/confirm";

/// The tokens of all links in mails, in no order. A browser that is new is told of
/// in one without.
fn mailed(house: &House) -> Vec<String> {
    let start = format!("{PUBLIC_URL}/reset#");
    let mails = house.node.mails_to("/reset");
    let token = |mail: &String| {
        let rest = mail.split(&start).nth(1)?;
        Some(rest.split_whitespace().next().unwrap().to_owned())
    };
    mails.iter().filter_map(token).collect()
}

fn confirmation(token: &str, password: &str) -> Value {
    json!({ "token": token, "new_password": password })
}

async fn signs_in(house: &House, password: &str, status: u16) {
    let body = json!({ "login": "ann@example.org", "password": password });
    house
        .stranger()
        .post("/api/v1/session", body)
        .await
        .expect(status);
}

/// asvs:V6.4.3, asvs:V7.4.3, asvs:V6.5.1
#[tokio::test]
async fn a_link_in_a_mail_works_once_and_ends_all_sessions() {
    let house = house().await;
    let ann = house.person("ann").await;
    let page = browser(&house, &ann.email, true).await;
    let stranger = house.stranger();
    stranger
        .post(ASK, json!({ "email": "ANN@example.org" }))
        .await
        .expect(202);
    house.node.settle().await;
    let [token] = mailed(&house).try_into().expect("one mail");
    is_in(&ann.client).await;

    stranger.get("/reset").await.expect(200);
    stranger.get(&format!("/reset?token={token}")).await;
    let weak = stranger
        .post(CONFIRM, confirmation(&token, "short"))
        .await
        .expect(400);
    assert_eq!(weak.code(), "password.weak");
    let weak = stranger
        .post(CONFIRM, confirmation(&token, "ann@example.org"))
        .await;
    assert_eq!(weak.expect(400).code(), "password.weak");
    let last = if token.ends_with('A') { 'E' } else { 'A' };
    let other = format!("{}{last}", &token[..token.len() - 1]);
    for wrong in ["", "x", other.as_str(), &ann.refresh] {
        let refused = stranger
            .post(CONFIRM, confirmation(wrong, NEW_PASSWORD))
            .await;
        assert_eq!(refused.expect(400).code(), "one_time.invalid", "{wrong}");
    }
    signs_in(&house, PASSWORD, 200).await;

    stranger
        .post(CONFIRM, confirmation(&token, NEW_PASSWORD))
        .await
        .expect(204);
    is_out(&ann.client, "session.revoked").await;
    is_out(&page, "session.revoked").await;
    let refresh = json!({ "refresh_token": ann.refresh });
    stranger
        .post("/api/v1/session/refresh", refresh)
        .await
        .expect(401);
    signs_in(&house, PASSWORD, 401).await;
    signs_in(&house, NEW_PASSWORD, 200).await;
    let again = stranger
        .post(CONFIRM, confirmation(&token, PASSWORD))
        .await
        .expect(400);
    assert_eq!(again.code(), "one_time.invalid");
    signs_in(&house, NEW_PASSWORD, 200).await;
}

/// asvs:V6.3.8
#[tokio::test]
async fn nobody_learns_who_has_an_account() {
    let house = house().await;
    house.person("ann").await;
    let ask = |email: &str| {
        let (stranger, body) = (house.stranger(), json!({ "email": email }));
        async move { stranger.post(ASK, body).await }
    };
    let (known, unknown) = (ask("ann@example.org").await, ask("bob@example.org").await);
    assert_eq!((known.status, &known.text), (unknown.status, &unknown.text));
    let names = |answer: &Answer| -> Vec<String> {
        answer.headers.keys().map(ToString::to_string).collect()
    };
    assert_eq!(names(&known), names(&unknown));
    assert_eq!(
        ask("no address").await.expect(400).code(),
        "identifier.invalid"
    );
    house.node.settle().await;
    assert_eq!(
        mailed(&house).len(),
        1,
        "only somebody's address gets a mail"
    );

    let sign_in = |login: &str| {
        let body = json!({ "login": login, "password": "not this one" });
        let stranger = house.stranger();
        async move {
            stranger
                .post("/api/v1/session", body)
                .await
                .expect(401)
                .json()
        }
    };
    let mut answers = Vec::new();
    for login in ["ann@example.org", "bob@example.org", "no body\u{1}", ""] {
        let mut answer = sign_in(login).await;
        answer["request_id"].take();
        answers.push(answer);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(answers[0]["code"], "signin.failed");
}

/// What a stranger asks for takes nothing from the owner: links live beside each
/// other until one is used, or too old.
#[tokio::test]
async fn asking_again_voids_nothing_and_all_links_expire() {
    let house = house().await;
    let ann = house.person("ann").await;
    let stranger = house.stranger();
    let ask = json!({ "email": ann.email });
    for _ in 0..2 {
        stranger.post(ASK, ask.clone()).await.expect(202);
    }
    house.node.settle().await;
    let [first, second] = mailed(&house).try_into().expect("two mails");
    let confirm = async |token: &str| {
        let answer = stranger.post(CONFIRM, confirmation(token, NEW_PASSWORD));
        answer.await
    };
    confirm(&first).await.expect(204);
    signs_in(&house, NEW_PASSWORD, 200).await;
    let void = confirm(&second).await;
    assert_eq!(void.expect(400).code(), "one_time.invalid");
    stranger.post(ASK, ask.clone()).await.expect(202);
    house.node.settle().await;
    let held = [first, second];
    let mut mails = mailed(&house).into_iter();
    let third = mails.find(|token| !held.contains(token)).unwrap();
    house.node.clock.advance(Duration::from_hours(2));
    let late = confirm(&third).await;
    assert_eq!(late.expect(400).code(), "one_time.invalid");
}

/// asvs:V6.4.4
#[tokio::test]
async fn an_administrator_passes_a_link_on() {
    let house = house().await;
    let (admin, ann) = (house.admin().await.client, house.person("ann").await);
    let at = format!("/api/v1/people/{}/reset-link", ann.id);
    ann.client.post(&at, json!({})).await.expect(403);
    let older = admin.post(&at, json!({})).await.expect(200).json();
    let made = admin.post(&at, json!({})).await.expect(200).json();
    let token = made["token"].as_str().unwrap();
    assert_eq!(made["link"], format!("{PUBLIC_URL}/reset#{token}"));
    is_in(&ann.client).await;
    let stranger = house.stranger();
    let older = confirmation(older["token"].as_str().unwrap(), NEW_PASSWORD);
    assert_eq!(
        stranger.post(CONFIRM, older).await.expect(400).code(),
        "one_time.invalid"
    );
    stranger
        .post(CONFIRM, confirmation(token, NEW_PASSWORD))
        .await
        .expect(204);
    is_out(&ann.client, "session.revoked").await;
    signs_in(&house, NEW_PASSWORD, 200).await;
    stranger
        .post(CONFIRM, confirmation(token, PASSWORD))
        .await
        .expect(400);

    let new = json!({ "email": "bob@example.org" });
    let bob = admin.post("/api/v1/people", new).await.expect(201).json();
    let at = format!("/api/v1/people/{}/reset-link", bob["id"].as_str().unwrap());
    let link = admin.post(&at, json!({})).await.expect(200).json();
    let set = confirmation(link["token"].as_str().unwrap(), PASSWORD);
    stranger.post(CONFIRM, set).await.expect(204);
    house.sign_in("bob@example.org").await;
}

#[tokio::test]
async fn a_password_in_mind_is_judged_and_not_kept() {
    let house = house().await;
    let stranger = house.stranger();
    let weigh = async |body: Value| {
        let answer = stranger.post("/api/v1/password/strength", body).await;
        answer.expect(200).json()
    };
    let strong = weigh(json!({ "password": NEW_PASSWORD })).await;
    assert_eq!(strong, json!({ "score": 4, "faults": [] }));
    let fair = weigh(json!({ "password": "monkey dragon" })).await;
    assert_eq!(fair["score"], 2);
    let told = weigh(json!({ "password": "smith!", "display_name": "Ann Smith" })).await;
    let rules = [&told["faults"][0]["rule"], &told["faults"][1]["rule"]];
    assert_eq!(
        (&told["score"], rules),
        (&json!(0), [&json!("too_short"), &json!("context")])
    );
    let huge = weigh(json!({ "password": "x y".repeat(1_000) })).await;
    assert_eq!(huge["faults"][0]["rule"], "too_long");
    let faulty = json!({ "password": "x", "names": [] });
    let refused = stranger.post("/api/v1/password/strength", faulty).await;
    refused.expect(400);
}

#[tokio::test]
async fn neither_the_current_password_nor_the_last_ones_come_back() {
    let house = house().await;
    let (admin, ann) = (house.admin().await.client, house.person("ann").await);
    let remember = |history| {
        let mut policy = (*house.node.ctx.policy()).clone();
        policy.password.history = history;
        house.node.ctx.set_policy(policy);
    };
    let change = async |from: &str, to: &str| {
        house.node.clock.advance(Duration::from_millis(1));
        let login = json!({ "login": ann.email, "password": from, "mode": "token" });
        let session = house.stranger().post("/api/v1/session", login).await;
        let access = session.expect(200).json()["access_token"].take();
        let bearer = format!("Bearer {}", access.as_str().unwrap());
        let client = house.stranger().with("authorization", &bearer);
        let body = json!({ "current_password": from, "new_password": to });
        client.put("/api/v1/me/password", body).await
    };
    let phrases = [
        PASSWORD,
        "second fine phrase",
        "third fine phrase",
        "fourth fine phrase",
    ];
    let refused = |answer: Answer| {
        let fault = answer.expect(400).json()["errors"][0].take();
        assert_eq!(fault["pointer"], "/new_password");
        assert_eq!(fault["rule"], "reused");
    };
    refused(change(PASSWORD, PASSWORD).await);
    remember(2);
    for pair in phrases.windows(2) {
        change(pair[0], pair[1]).await.expect(204);
    }
    for known in [phrases[3], phrases[2], phrases[1]] {
        refused(change(phrases[3], known).await);
    }
    let at = format!("/api/v1/people/{}/reset-link", ann.id);
    let made = admin.post(&at, json!({})).await.expect(200).json();
    let token = made["token"].as_str().unwrap();
    let reset = async |to: &str| {
        let body = confirmation(token, to);
        house.stranger().post(CONFIRM, body).await
    };
    refused(reset(phrases[2]).await);
    reset(phrases[0]).await.expect(204);

    // Who is to remember none forgets those there were at the next change.
    remember(0);
    change(phrases[0], phrases[3]).await.expect(204);
    remember(2);
    change(phrases[3], phrases[2]).await.expect(204);
}
