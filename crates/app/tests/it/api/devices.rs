//! Devices over HTTP: a browser by its cookie, a program by its header.

use serde_json::{Value, json};
use tollgate_base::{access::Principal, identifier::Identifier};
use tollgate_flows::{
    Ctx,
    ctx::{Binding, Confirmation, Policy},
    vouch,
};
use tollgate_testkit::house::{Answer, Client, House, PASSWORD, PUBLIC_URL, Someone};

use super::{is_in, is_out};
use crate::support::house;

fn set(ctx: &Ctx, change: impl Fn(&mut Policy)) {
    let mut policy = (*ctx.policy()).clone();
    change(&mut policy);
    ctx.set_policy(policy);
}

/// The cookies that an answer sets, as a browser sends them.
fn cookies(answer: &Answer) -> String {
    let lines = answer.headers.get_all("set-cookie").iter();
    let pairs = lines.map(|line| line.to_str().unwrap().split(';').next().unwrap());
    pairs.collect::<Vec<_>>().join("; ")
}

async fn sign_in(client: &Client, more: Value) -> Answer {
    let mut body = json!({ "login": "ann@example.org", "password": PASSWORD });
    let fields = body.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    client.post("/api/v1/session", body).await
}

fn bearer(house: &House, answer: &Answer) -> Client {
    let access = answer.json()["access_token"].as_str().unwrap().to_owned();
    house
        .stranger()
        .with("authorization", &format!("Bearer {access}"))
}

async fn devices(client: &Client, path: &str) -> Vec<Value> {
    let list = client.get(path).await.expect(200).json();
    list["data"].as_array().unwrap().clone()
}

/// asvs:V3.3.1, asvs:V3.3.4, asvs:V7.5.2
#[tokio::test]
async fn a_browser_keeps_a_cookie_and_a_program_what_it_asked_for() {
    let house = house().await;
    let ann = house.person("ann").await;
    assert!(devices(&ann.client, "/api/v1/me/devices").await.is_empty());

    let page = house.stranger().with("origin", PUBLIC_URL);
    let opened = sign_in(&page, json!({ "mode": "cookie" }))
        .await
        .expect(200);
    let set: Vec<_> = opened.headers.get_all("set-cookie").iter().collect();
    let kept = set.iter().find_map(|line| {
        let line = line.to_str().unwrap();
        line.starts_with("tollgate-device=tgd_").then_some(line)
    });
    let attributes = kept.unwrap().split_once(';').unwrap().1;
    assert_eq!(
        attributes,
        " Path=/; HttpOnly; SameSite=Lax; Max-Age=34560000"
    );
    assert!(opened.json().get("device_token").is_none());
    let browser = page.clone().with("cookie", &cookies(&opened));
    sign_in(&browser, json!({ "mode": "cookie" }))
        .await
        .expect(200);

    let stranger = house.stranger();
    let named = json!({ "device": "Sync", "remember_device": true });
    let opened = sign_in(&stranger, named.clone()).await.expect(200);
    let token = opened.json()["device_token"].as_str().unwrap().to_owned();
    let program = house.stranger().with("tollgate-device", &token);
    let again = sign_in(&program, json!({})).await.expect(200);
    assert_eq!(again.json()["device_token"], token, "known without asking");
    let unknown = sign_in(&stranger, json!({})).await.expect(200);
    assert!(unknown.json().get("device_token").is_none());

    let mine = devices(&browser, "/api/v1/me/devices").await;
    assert_eq!(mine.len(), 2, "{mine:?}");
    let current: Vec<_> = mine.iter().filter(|it| it["current"] == true).collect();
    assert_eq!(current.len(), 1);
    let named: Vec<_> = mine.iter().filter(|it| it["name"] == "Sync").collect();
    assert_eq!(named[0]["address"], "127.0.0.1");

    let client = bearer(&house, &again);
    let at = format!("/api/v1/me/devices/{}", named[0]["id"].as_str().unwrap());
    browser.delete(&at).await.expect(204);
    is_out(&client, "session.revoked").await;
    assert_eq!(
        browser.delete(&at).await.expect(404).code(),
        "device.missing"
    );
    is_in(&browser).await;
    let all = browser.delete("/api/v1/me/devices?which=all").await;
    assert_eq!(all.expect(200).json()["forgotten"], 1);
    is_out(&browser, "session.revoked").await;
}

/// asvs:V8.2.2: those who look after people see and forget what lies below them.
#[tokio::test]
async fn an_administrator_has_devices_forgotten() {
    let house = house().await;
    let (admin, ann) = (house.admin().await, house.person("ann").await);
    let bob = house.person("bob").await;
    let stranger = house.stranger();
    for _ in 0..2 {
        let body = json!({ "remember_device": true });
        sign_in(&stranger, body).await.expect(200);
    }
    let at = format!("/api/v1/people/{}/devices", ann.id);
    bob.client.get(&at).await.expect(403);
    bob.client.delete(&at).await.expect(403);
    let seen = devices(&admin.client, &at).await;
    assert_eq!(seen.len(), 2);
    let one = format!("{at}/{}", seen[0]["id"].as_str().unwrap());
    admin.client.delete(&one).await.expect(204);
    let rest = admin.client.delete(&at).await.expect(200).json();
    assert_eq!(rest["forgotten"], 1);
    let export = ann.client.get("/api/v1/me/export").await.expect(200).json();
    assert_eq!(export["devices"], json!([]));
}

async fn verified(house: &House, name: &str) -> Someone {
    let someone = house.person(name).await;
    let address = Identifier::parse(&someone.email).unwrap();
    let request = (someone.id.parse().unwrap(), address);
    vouch::verify(&house.node.ctx, &Principal::Operator, request)
        .await
        .unwrap();
    someone
}

async fn mailed(house: &House) -> String {
    house.node.settle().await;
    let mails = house.node.mails();
    let mut lines = mails.iter().flat_map(|mail| mail.lines()).map(str::trim);
    let code = |line: &&str| line.len() == 8 && line.bytes().all(|byte| byte.is_ascii_digit());
    lines.find(code).unwrap().to_owned()
}

/// asvs:V6.6.2
#[tokio::test]
async fn a_program_confirms_its_device_by_mail() {
    let house = house().await;
    verified(&house, "ann").await;
    set(&house.node.ctx, |policy| {
        policy.devices.confirm = Confirmation::Device;
    });
    let stranger = house.stranger();
    let waits = sign_in(&stranger, json!({})).await.expect(202).json();
    assert_eq!(waits["methods"], json!(["mail"]));
    assert_eq!(waits["sent_to"], "a…@example.org");
    let confirm = async |code: &str| {
        let body =
            json!({ "challenge": waits["challenge"], "code": code, "remember_device": true });
        stranger.post("/api/v1/session/confirmation", body).await
    };
    let wrong = confirm("00000000").await.expect(401);
    assert_eq!(wrong.code(), "confirmation.code");
    let opened = confirm(&mailed(&house).await).await.expect(200);
    let token = opened.json()["device_token"].as_str().unwrap().to_owned();
    let program = house.stranger().with("tollgate-device", &token);
    sign_in(&program, json!({})).await.expect(200);
    sign_in(&stranger, json!({})).await.expect(202);
}

/// vuln:115, vuln:23: each of the credentials of a session is held to its device.
#[tokio::test]
async fn a_session_that_is_bound_needs_its_device() {
    let house = house().await;
    house.person("ann").await;
    let page = house.stranger().with("origin", PUBLIC_URL);
    let opened = sign_in(&page, json!({ "mode": "cookie" }))
        .await
        .expect(200);
    let whole = cookies(&opened);
    let alone = whole.split(';').next().unwrap();
    let program = json!({ "remember_device": true });
    let tokens = sign_in(&house.stranger(), program).await.expect(200);
    let token = tokens.json()["device_token"].as_str().unwrap().to_owned();
    let client = bearer(&house, &tokens);
    set(&house.node.ctx, |policy| {
        policy.session.binding = Binding::Device;
    });

    is_in(&page.clone().with("cookie", &whole)).await;
    is_out(&page.clone().with("cookie", alone), "session.device").await;
    is_in(&client.clone().with("tollgate-device", &token)).await;
    is_out(&client, "session.device").await;
    let twice = client
        .clone()
        .with("tollgate-device", &token)
        .with("tollgate-device", &token);
    is_out(&twice, "session.device").await;

    let body = json!({ "refresh_token": tokens.json()["refresh_token"] });
    let at = "/api/v1/session/refresh";
    let refused = house.stranger().post(at, body.clone()).await.expect(401);
    assert_eq!(refused.code(), "session.device");
    let known = house.stranger().with("tollgate-device", &token);
    known.post(at, body).await.expect(200);
}
