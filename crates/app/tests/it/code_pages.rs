//! Phones, and codes by mail and text, as clients of the API and browsers meet
//! them.

use serde_json::{Value, json};
use tollgate_flows::{Ctx, ctx::SentCodes};
use tollgate_testkit::house::{Client, House, PASSWORD, Someone};

use crate::{
    account_pages::{browser, form, leads_to, submit},
    support::house,
};

pub(crate) fn allow(ctx: &Ctx) {
    let mut policy = (*ctx.policy()).clone();
    policy.sent_codes = SentCodes {
        email: true,
        sms: true,
    };
    ctx.set_policy(policy);
}

/// The code of the text that came since `before`.
pub(crate) async fn texted(house: &House, before: &[String]) -> String {
    house.node.settle().await;
    let texts = house.node.texts();
    let mut new = texts.iter().filter(|text| !before.contains(text));
    let text = new.next().expect("a text came");
    text.rsplit_once('#').unwrap().1.trim().to_owned()
}

pub(crate) async fn add_phone(house: &House, client: &Client) {
    let wanted = json!({ "phone": "0049 30 1234567", "current_password": PASSWORD });
    let before = house.node.texts();
    client.post("/api/v1/me/phone", wanted).await.expect(202);
    let code = json!({ "code": texted(house, &before).await });
    let confirmed = client.post("/api/v1/me/phone/confirmation", code).await;
    confirmed.expect(204);
}

/// asvs:V6.6.1, asvs:V6.6.2
#[tokio::test]
async fn a_client_adds_a_phone_and_signs_in_with_a_text() {
    let house = house().await;
    let Someone { client: ann, .. } = house.person("ann").await;
    let odd = json!({ "phone": "030 1234567", "current_password": PASSWORD });
    let odd = ann.post("/api/v1/me/phone", odd).await.expect(400);
    assert_eq!(odd.code(), "phone.invalid");
    add_phone(&house, &ann).await;
    let phone = ann.get("/api/v1/me/phone").await.expect(200).json();
    assert_eq!(phone["phone"]["number"], "+49301234567");
    assert_eq!(phone["waiting"], Value::Null);
    let on = json!({ "by": "sms", "current_password": PASSWORD });
    let off = ann.put("/api/v1/me/codes", on.clone()).await.expect(409);
    assert_eq!(off.code(), "code.unavailable", "the operator wants none");

    allow(&house.node.ctx);
    let made = ann.put("/api/v1/me/codes", on).await.expect(200).json();
    assert_eq!(made["recovery_codes"].as_array().unwrap().len(), 10);
    let mine = ann.get("/api/v1/me/codes").await.expect(200).json();
    assert_eq!(
        (&mine["data"][0]["by"], &mine["data"][0]["to"]),
        (&json!("sms"), &json!("•• 67"))
    );
    let login = json!({ "login": "ann@example.org", "password": PASSWORD });
    let stranger = house.stranger();
    let first = stranger
        .post("/api/v1/session", login)
        .await
        .expect(202)
        .json();
    assert_eq!(first["methods"], json!(["recovery_code", "sms"]));
    let before = house.node.texts();
    let send = |by: &str| json!({ "challenge": first["challenge"], "by": by });
    let path = "/api/v1/session/second/code";
    stranger.post(path, send("pigeon")).await.expect(400);
    let other = stranger.post(path, send("email")).await.expect(409);
    assert_eq!(other.code(), "code.unavailable");
    stranger.post(path, send("sms")).await.expect(202);
    let code = texted(&house, &before).await;
    let second = json!({ "challenge": first["challenge"], "code": code });
    let opened = stranger.post("/api/v1/session/second", second).await;
    let opened = opened.expect(200).json();
    assert_eq!(opened["user"]["email"], "ann@example.org");
    let taken_out = ann.get("/api/v1/me/export").await.expect(200).json();
    assert_eq!(taken_out["phones"][0]["number"], "+49301234567");
    assert_eq!(taken_out["codes_by"], json!(["sms"]));
    let off = json!({ "by": "sms", "current_password": PASSWORD });
    ann.post("/api/v1/me/codes/removal", off).await.expect(204);
    let gone = json!({ "current_password": PASSWORD });
    ann.post("/api/v1/me/phone/removal", gone).await.expect(204);
    house.sign_in("ann@example.org").await;
}

/// asvs:V6.6.1: each page says that such codes are weaker, and what is stronger.
#[tokio::test]
async fn the_pages_say_what_codes_are_worth() {
    let house = house().await;
    house.person("ann").await;
    let ann = browser(&house, "ann@example.org").await;
    let typed = PASSWORD.replace(' ', "+");
    let factors = ann.get("/me/factors").await.expect(200).text;
    assert!(!factors.contains("Codes by mail or text"), "off by default");
    let wrong = format!("phone=1234&current_password={typed}");
    let wrong = submit(&ann, "/me/phone", &wrong).await.expect(400).text;
    assert!(wrong.contains("id=\"phone-fault\"") && wrong.contains("value=\"1234\""));
    let before = house.node.texts();
    let begun = format!("phone=%2B49301234567&current_password={typed}");
    let begun = submit(&ann, "/me/phone", &begun).await;
    leads_to(&ann, begun, "A text with a code is on its way.").await;
    let wrong = submit(&ann, "/me/phone/confirm", "code=1")
        .await
        .expect(403)
        .text;
    assert!(wrong.contains("id=\"code-fault\""));
    let code = texted(&house, &before).await;
    let proved = submit(&ann, "/me/phone/confirm", &format!("code={code}")).await;
    leads_to(&ann, proved, "The phone was added.").await;

    allow(&house.node.ctx);
    let factors = ann.get("/me/factors").await.expect(200).text;
    for words in [
        "Codes by mail or text",
        "Weaker",
        "protects you better",
        "•• 67",
    ] {
        assert!(factors.contains(words), "{words}");
    }
    let page = ann.get("/me/factors/codes?by=sms").await.expect(200).text;
    assert!(page.contains("This is weaker than an app or a passkey"));
    ann.get("/me/factors/codes?by=email").await.expect(409);
    for odd in ["/me/factors/codes", "/me/factors/codes?by=pigeon"] {
        let led = ann.get(odd).await.expect(303);
        assert_eq!(led.header("location"), "/me/factors");
    }
    let wrong = submit(&ann, "/me/factors/codes", "by=sms&current_password=x").await;
    assert!(
        wrong
            .expect(403)
            .text
            .contains("id=\"current_password-fault\"")
    );
    let on = format!("by=sms&current_password={typed}");
    let made = submit(&ann, "/me/factors/codes", &on)
        .await
        .expect(200)
        .text;
    assert!(made.contains("Recovery codes"));

    let stranger = form(&house);
    let first = format!("login=ann%40example.org&password={typed}");
    let second = submit(&stranger, "/signin", &first).await.expect(200).text;
    assert!(second.contains("protects you better"));
    assert!(second.contains("Send a code by text to •• 67"));
    let challenge = second.split_once("name=\"challenge\" value=\"").unwrap().1;
    let challenge = challenge.split('"').next().unwrap();
    let before = house.node.texts();
    let send = format!("challenge={challenge}&by=sms&next=%2Fme%2Fpassword&remember=yes");
    let sent = submit(&stranger, "/signin/code/send", &send)
        .await
        .expect(200)
        .text;
    assert!(sent.contains("A code is on its way."));
    assert!(sent.contains("name=\"remember\" value=\"yes\""));
    let code = texted(&house, &before).await;
    let finish = format!("challenge={challenge}&next=%2Fme%2Fpassword&code={code}");
    let entered = submit(&stranger, "/signin/code", &finish).await.expect(303);
    assert_eq!(entered.header("location"), "/me/password");
    let over = submit(&stranger, "/signin/code/send", &send).await;
    assert!(
        over.expect(400).text.contains("name=\"password\""),
        "begin again"
    );
}

/// Somebody with nothing better is asked for a code, and can have one sent.
#[tokio::test]
async fn a_page_sends_a_code_to_step_up_with() {
    let house = house().await;
    let someone = house.person("ann").await;
    add_phone(&house, &someone.client).await;
    allow(&house.node.ctx);
    let ann = browser(&house, "ann@example.org").await;
    let typed = PASSWORD.replace(' ', "+");
    let on = format!("by=sms&current_password={typed}");
    submit(&ann, "/me/factors/codes", &on).await.expect(200);
    house.node.clock.advance(std::time::Duration::from_mins(11));
    let stale = ann.get("/me/password").await.expect(200).text;
    assert!(stale.contains("Send a code by text to"), "{stale}");
    let before = house.node.texts();
    let sent = submit(&ann, "/me/step-up/code", "next=%2Fme%2Fpassword&by=sms").await;
    let sent = sent.expect(200).text;
    assert!(sent.contains("A code is on its way.") && sent.contains("value=\"/me/password\""));
    let code = texted(&house, &before).await;
    let shown = submit(
        &ann,
        "/me/step-up",
        &format!("next=%2Fme%2Fpassword&code={code}"),
    )
    .await;
    assert_eq!(shown.expect(303).header("location"), "/me/password");
    let fresh = ann.get("/me/password").await.expect(200).text;
    assert!(fresh.contains("current_password"));
}
