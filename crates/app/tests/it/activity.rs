//! What people read of what happened to their account: from where, and how they
//! signed in.

use serde_json::json;
use tollgate_testkit::house::PASSWORD;

use crate::{
    account_pages::{browser, form, submit},
    api::factors::equip,
    support::house,
};

/// asvs:V16.2.1: what somebody did, or a stranger did to them, tells from where;
/// what an administrator did tells them nothing of the administrator.
#[tokio::test]
async fn what_happened_tells_from_where() {
    let house = house().await;
    let boss = house.admin().await;
    let ann = house.person("ann").await;
    let wanted =
        json!({ "current_password": PASSWORD, "new_password": "purple monkey dishwasher" });
    let changed = ann.client.put("/api/v1/me/password", wanted).await;
    changed.expect(204);
    let suspend = format!("/api/v1/people/{}/suspend", ann.id);
    boss.client.post(&suspend, json!({})).await.expect(204);
    let resume = format!("/api/v1/people/{}/resume", ann.id);
    boss.client.post(&resume, json!({})).await.expect(204);
    let signed = json!({ "login": ann.email, "password": "purple monkey dishwasher" });
    let again = house.stranger().post("/api/v1/session", signed).await;
    let again = again.expect(200).json();
    let bearer = format!("Bearer {}", again["access_token"].as_str().unwrap());
    let ann = house.stranger().with("authorization", &bearer);
    let seen = ann.get("/api/v1/me/activity").await.expect(200).json();
    for one in seen["events"].as_array().unwrap() {
        let from = match one["kind"].as_str().unwrap() {
            "session.opened" | "password.changed" => json!("127.0.0.1"),
            "account.suspended" | "account.resumed" => json!(null),
            _ => continue,
        };
        assert_eq!(one["address"], from, "{one}");
    }
}

/// asvs:V16.3.1
#[tokio::test]
async fn a_sign_in_tells_how() {
    let house = house().await;
    house.person("ann").await;
    let ann = browser(&house, "ann@example.org").await;
    let page = ann.get("/me/activity").await.expect(200).text;
    assert!(page.contains("Signed in: password<"), "{page}");
    let app = equip(&house, &ann).await;
    house.node.clock.advance(std::time::Duration::from_secs(30));
    let typed = PASSWORD.replace(' ', "+");
    let first = format!("login=ann%40example.org&password={typed}");
    let second = submit(&form(&house), "/signin", &first).await.expect(200);
    let from = second.text.split_once("name=\"challenge\" value=\"");
    let challenge = from.unwrap().1.split('"').next().unwrap();
    let code = app.generate(house.node.ctx.now().secs().unsigned_abs());
    let sent = format!("challenge={challenge}&code={code}");
    submit(&form(&house), "/signin/code", &sent)
        .await
        .expect(303);
    let page = ann.get("/me/activity").await.expect(200).text;
    let words = "Signed in: password + authenticator app<";
    assert!(page.contains(words), "{page}");
    let german = ann.with("accept-language", "de");
    let page = german.get("/me/activity").await.expect(200).text;
    assert!(page.contains("Angemeldet: Passwort + Authenticator-App<"));
}

/// The first page of the account tells when it is time for new recovery codes, and
/// leads to what to do about a sign-in that one does not know.
#[tokio::test]
async fn the_overview_tells_what_to_do() {
    let house = house().await;
    house.person("ann").await;
    let ann = browser(&house, "ann@example.org").await;
    equip(&house, &ann).await;
    let made = json!({ "current_password": PASSWORD });
    let made = ann.post("/api/v1/me/recovery-codes", made).await;
    let made = made.expect(200).json();
    let codes = made["recovery_codes"].as_array().unwrap();
    for (used, code) in codes[..7].iter().enumerate() {
        let page = ann.get("/me").await.expect(200).text;
        assert!(!page.contains("recovery codes are left"), "{used}");
        assert!(page.contains("href=\"/me/lockdown\""), "{page}");
        let shown = json!({ "code": code });
        let shown = ann.post("/api/v1/session/step-up", shown).await;
        shown.expect(204);
    }
    let page = ann.get("/me").await.expect(200).text;
    assert!(page.contains("3 recovery codes are left."), "{page}");
}
