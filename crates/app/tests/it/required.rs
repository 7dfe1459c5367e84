//! Who must have a second factor gets nowhere without: in the API, on the
//! pages, at apps behind the gate and in a client that cannot ask for one.

use serde_json::json;
use tollgate_base::access::Role;
use tollgate_flows::{
    Ctx,
    ctx::{Policy, SecondFactor},
};
use tollgate_testkit::house::PASSWORD;

use crate::{
    account_pages::{browser, form, submit},
    api::factors::equip,
    gate::{Browser, nginx, nobody, signed_in, site},
    support::house,
};

const APP: &str = "http://notes.localhost:8080";

pub(crate) fn require(ctx: &Ctx, second_factor: SecondFactor) {
    ctx.set_policy(Policy {
        second_factor,
        ..(*ctx.policy()).clone()
    });
}

/// asvs:V6.3.3: a new rule is in force at the next request, for sessions that
/// live already too.
#[tokio::test]
async fn without_a_second_factor_a_session_opens_nothing_else() {
    let house = house().await;
    let boss = house.admin().await;
    boss.client.get("/api/v1/people").await.expect(200);
    require(&house.node.ctx, SecondFactor::Admins);
    for path in ["/api/v1/people", "/api/v1/overview", "/api/v1/me/export"] {
        let refused = boss.client.get(path).await.expect(403);
        assert_eq!(refused.code(), "factor.required", "{path}");
    }
    boss.client.get("/api/v1/me").await.expect(200);
    let edit = boss.client.patch("/api/v1/me", json!({ "bio": "x" })).await;
    assert_eq!(edit.expect(403).code(), "factor.required");

    let ann = house.person("ann").await.client;
    ann.patch("/api/v1/me", json!({ "bio": "x" }))
        .await
        .expect(200);

    equip(&house, &boss.client).await;
    boss.client.get("/api/v1/people").await.expect(200);
}

/// Who is not to have a second factor in the rule of one role is in another's.
#[tokio::test]
async fn each_rule_reaches_the_roles_that_it_names() {
    let house = house().await;
    let (boss, ann) = (house.admin().await, house.person("ann").await);
    let lead = house.someone("lead", Role::Manager).await;
    for (rule, limited) in [
        (SecondFactor::Off, [false, false, false]),
        (SecondFactor::Offered, [false, false, false]),
        (SecondFactor::Founder, [false, false, false]),
        (SecondFactor::Admins, [true, false, false]),
        (SecondFactor::Managers, [true, true, false]),
        (SecondFactor::All, [true, true, true]),
    ] {
        require(&house.node.ctx, rule);
        for (someone, limited) in [&boss, &lead, &ann].into_iter().zip(limited) {
            let status = if limited { 403 } else { 200 };
            let export = someone.client.get("/api/v1/me/export").await;
            assert_eq!(export.status, status, "{rule:?}");
        }
    }
    require(&house.node.ctx, SecondFactor::Off);
    let wanted = json!({ "name": "Phone", "current_password": PASSWORD });
    let off = ann.client.post("/api/v1/me/factors", wanted).await;
    assert_eq!(off.expect(403).code(), "factor.off");
    let page = browser(&house, "ann@example.org").await;
    let page = page.get("/me/factors").await.expect(200).text;
    assert!(page.contains("switched off on this server"), "{page}");
}

/// asvs:V6.3.3: the sign-in says so, and the pages lead there and back.
#[tokio::test]
async fn a_sign_in_leads_to_the_second_factor_first() {
    let house = house().await;
    house.person("ann").await;
    require(&house.node.ctx, SecondFactor::All);
    let login = json!({ "login": "ann@example.org", "password": PASSWORD });
    let opened = house.stranger().post("/api/v1/session", login).await;
    assert_eq!(opened.expect(200).json()["limited"], true);

    let ann = form(&house);
    let typed = format!(
        "login=ann%40example.org&password={}&next=%2Fme%2Fdata",
        PASSWORD.replace(' ', "+")
    );
    let entered = submit(&ann, "/signin", &typed).await.expect(303);
    assert_eq!(entered.header("location"), "/me/factors?next=%2Fme%2Fdata");
    let ann = browser(&house, "ann@example.org").await;
    let page = ann.get("/me/factors?next=%2Fme%2Fdata").await.expect(200);
    assert!(page.text.contains("must have a second factor"));
    assert!(page.text.contains("name=\"next\" value=\"/me/data\""));
    let turned = ann.get("/admin/people").await.expect(303);
    let back = "/me/factors?next=%2Fadmin%2Fpeople";
    assert_eq!(turned.header("location"), back);
    let sent = submit(&ann, "/me/profile", "display_name=Ann&bio=&locale=").await;
    assert!(sent.expect(403).text.contains("href=\"/me/factors\""));

    equip(&house, &ann).await;
    let page = ann.get("/me/factors").await.expect(200).text;
    assert!(!page.contains("must have a second factor"));
}

/// asvs:V6.3.3: an app behind the gate hears of nobody, and a browser is led to
/// the second factor and then to the app.
#[tokio::test]
async fn no_app_is_entered_without_it() {
    let house = house().await;
    let ann = house.person("ann").await;
    site(&house, APP, signed_in()).await;
    let mut before = Browser::new(&house);
    before.sign_in(&ann.email).await;
    let enter = format!("{APP}/.tollgate/enter?to=%2F");
    before.follow(&enter).await;
    before.visit(APP).await.expect(200);

    require(&house.node.ctx, SecondFactor::All);
    nobody(&before.visit(APP).await.expect(403));
    let token = nginx(&ann.client, "GET", APP).await.expect(403);
    assert_eq!(token.code(), "factor.required");
    let page = ann.client.clone().with("accept", "text/html");
    let led = nginx(&page, "GET", APP).await.expect(403);
    assert_eq!(led.header("location"), enter);
    let (led, _) = before.follow(&enter).await;
    assert!(led.contains("/me/factors?next=%2Fenter"), "{led}");

    equip(&house, &ann.client).await;
    let token = nginx(&ann.client, "GET", APP).await.expect(200);
    assert_eq!(token.header("remote-id"), ann.id);
}
