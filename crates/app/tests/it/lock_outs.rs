//! Lock-outs over HTTP: what the API, the chatbot's words and the pages say to whom,
//! and the ways out.

use serde_json::json;
use tollgate_base::{access::Principal, identifier::Identifier};
use tollgate_crypto::work;
use tollgate_flows::vouch;
use tollgate_testkit::house::{Answer, Client, House, PASSWORD};

use crate::{pages::reader::Reader, support::house};

const ANN: &str = "ann@example.org";

/// A house behind a proxy, so that people come from many places.
async fn behind_a_proxy() -> House {
    let house = house().await;
    let mut http = (*house.web.http()).clone();
    http.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    house.web.set_http(http);
    house
}

fn from(house: &House, address: &str) -> Client {
    house.stranger().with("x-forwarded-for", address)
}

async fn login(client: &Client, login: &str, password: &str) -> Answer {
    let body = json!({ "login": login, "password": password, "mode": "token" });
    client.post("/api/v1/session", body).await
}

async fn lock(house: &House) {
    let attacker = from(house, "198.51.100.1");
    while login(&attacker, ANN, "wrong").await.status != 429 {}
}

/// Every session that passwords open puts the house on guard here.
async fn on_guard(house: &House) {
    for nth in 0..200 {
        let attacker = from(house, &format!("198.18.{}.9", nth % 10));
        if login(&attacker, &format!("nobody{nth}"), "wrong")
            .await
            .status
            == 429
        {
            return;
        }
    }
    panic!("the house is never on guard");
}

/// vuln:91
#[tokio::test]
async fn whoever_looks_after_people_ends_a_lock() {
    let house = behind_a_proxy().await;
    let ann = house.person("ann").await;
    let admin = house.admin().await;
    let stranger = from(&house, "203.0.113.5");
    lock(&house).await;
    login(&stranger, ANN, PASSWORD).await.expect(429);
    let path = format!("/api/v1/people/{}/unlock", ann.id);
    ann.client.post(&path, json!({})).await.expect(403);
    admin.client.post(&path, json!({})).await.expect(204);
    login(&stranger, ANN, PASSWORD).await.expect(200);
}

/// asvs:V6.3.8, vuln:37
#[tokio::test]
async fn a_way_in_comes_by_mail() {
    let house = behind_a_proxy().await;
    let ann = house.person("ann").await;
    let names = (ann.id.parse().unwrap(), Identifier::parse(ANN).unwrap());
    let operator = &Principal::Operator;
    vouch::verify(&house.node.ctx, operator, names)
        .await
        .unwrap();
    house.node.settle().await;
    lock(&house).await;
    let stranger = from(&house, "203.0.113.5");
    for name in [ANN, "nobody"] {
        let asked = stranger.post("/api/v1/unlock", json!({ "login": name }));
        assert_eq!(asked.await.expect(202).text, "");
    }
    house.node.settle().await;
    let mail = house.node.mails_to("/unlock").remove(0);
    let token = mail.split_once("/unlock#").unwrap().1;
    let token = token.split_whitespace().next().unwrap();
    let body = json!({ "token": token, "remember_device": true });
    let done = stranger.post("/api/v1/unlock/confirm", body.clone()).await;
    let known = done.expect(200).json()["device_token"].clone();
    let again = stranger.post("/api/v1/unlock/confirm", body).await;
    assert_eq!(again.expect(400).code(), "one_time.invalid");
    lock(&house).await;
    let elsewhere = from(&house, "203.0.114.5");
    login(&elsewhere, ANN, PASSWORD).await.expect(429);
    let known = elsewhere.with("tollgate-device", known.as_str().unwrap());
    login(&known, ANN, PASSWORD).await.expect(200);
}

/// fault:F23: programs are told what to work on, in our words and in the chatbot's.
#[tokio::test]
async fn a_house_on_guard_says_what_to_work_on() {
    let house = behind_a_proxy().await;
    house.person("ann").await;
    on_guard(&house).await;
    let stranger = from(&house, "203.0.113.5");
    let refused = login(&stranger, ANN, PASSWORD).await.expect(429);
    assert_eq!(refused.code(), "signin.proof_needed");
    let asked = refused.json()["proof"].as_str().unwrap().to_owned();
    assert_eq!(refused.header("tollgate-proof"), asked);
    let proof = work::solve(&asked).unwrap();
    let worked = stranger.with("tollgate-proof", &proof);
    login(&worked, ANN, PASSWORD).await.expect(200);

    let stranger = from(&house, "203.0.114.5");
    let body = json!({ "email": ANN, "password": PASSWORD });
    let refused = stranger.post("/api/token/", body.clone()).await.expect(429);
    let proof = work::solve(refused.header("tollgate-proof")).unwrap();
    let worked = stranger.with("tollgate-proof", &proof);
    worked.post("/api/token/", body).await.expect(200);
}

/// The pages offer the ways out, and take the work along.
#[tokio::test]
async fn pages_lead_out_of_a_lock() {
    let house = behind_a_proxy().await;
    house.person("ann").await;
    on_guard(&house).await;
    let mut reader = Reader::of(&house);
    let page = reader.read("/signin").await.expect(200).text;
    assert!(!page.contains("/unlock/mail") && !page.contains("data-work"));
    let right = [("login", ANN), ("password", PASSWORD), ("next", "")];
    // The network of the tests is one that Ann signed in from; Bea never did.
    let unknown = [("login", "bea"), ("password", PASSWORD), ("next", "")];
    let refused = reader.send("/signin", &unknown).await.expect(429).text;
    assert!(refused.contains("/unlock/mail"), "{refused}");
    let asked = refused.split_once("data-work=\"").unwrap().1;
    let asked = asked.split('"').next().unwrap();
    let proof = work::solve(asked).unwrap();
    let worked = [&unknown[..], &[("proof", proof.as_str())]].concat();
    reader.send("/signin", &worked).await.expect(401);
    reader.send("/signin", &right).await.expect(303);
    let mut other = Reader::of(&house);
    other.read("/unlock/mail").await.expect(200);
    let answers = ["ann", "nobody"].map(|name| [("login", name)]);
    for fields in &answers {
        other.send("/unlock/mail", fields).await.expect(200);
    }
    other.read("/unlock").await.expect(200);
    other
        .send("/unlock", &[("token", "tgo_wrong")])
        .await
        .expect(400);
}
