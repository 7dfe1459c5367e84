//! What administrators see from outside of compliance, access and reviews: the
//! API, its files, and the pages.

use std::time::Duration;

use serde_json::json;
use tollgate::wire;
use tollgate_base::access::Principal;
use tollgate_flows::{ctx::Setting, rules};
use tollgate_testkit::house::House;

use crate::{
    account_pages::{browser, leads_to, send, submit},
    support::{house, loaded},
};

/// A house with an administrator, somebody else and an app.
async fn scene() -> (House, tollgate_testkit::house::Someone, String) {
    let house = house().await;
    let admin = house.admin().await;
    let ann = house.person("ann").await;
    let site = json!({ "name": "notes", "url": "https://notes.example.org" });
    admin.client.post("/api/v1/sites", site).await.expect(201);
    house.node.clock.advance(Duration::from_secs(1));
    (house, admin, ann.id)
}

#[tokio::test]
async fn rules_are_checked_accepted_and_taken_out() {
    let (house, admin, _) = scene().await;
    let before = admin
        .client
        .get("/api/v1/compliance")
        .await
        .expect(200)
        .json();
    assert_eq!(before["checked_at"], json!(null));
    let report = admin
        .client
        .post("/api/v1/compliance/check", json!({}))
        .await
        .expect(200)
        .json();
    let first = &report["rules"][0];
    assert_eq!(first["rule"], "admin-without-factor");
    assert_eq!(
        (&first["severity"], &first["findings"]),
        (&json!("critical"), &json!(1))
    );

    let rule = "/api/v1/compliance/admin-without-factor";
    let found = admin.client.get(rule).await.expect(200).json();
    assert_eq!(found["data"][0]["subject"], admin.id);
    let at = format!("{rule}/exceptions/{}", admin.id);
    let until = house
        .node
        .ctx
        .now()
        .plus(Duration::from_hours(24))
        .to_string();
    let why = json!({ "reason": "=a test", "until": until });
    admin.client.put(&at, why).await.expect(204);
    let file = admin
        .client
        .get(&format!("{rule}?format=csv"))
        .await
        .expect(200);
    assert!(
        file.headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/csv")
    );
    // What a spreadsheet would take for a formula is none.
    assert!(file.text.contains(&admin.id) && file.text.contains("\"'=a test\""));
    admin.client.delete(&at).await.expect(204);
    admin.client.delete(&at).await.expect(404);
    admin
        .client
        .get("/api/v1/compliance/nonsense")
        .await
        .expect(404);
    admin
        .client
        .get(&format!("{rule}?limit=0"))
        .await
        .expect(400);
}

#[tokio::test]
async fn the_access_report_is_json_and_a_file() {
    let (house, admin, ann) = scene().await;
    let all = admin
        .client
        .get("/api/v1/access-report")
        .await
        .expect(200)
        .json();
    let row = all["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["id"] == *ann);
    let row = row.unwrap();
    assert_eq!(row["sites"][0]["rules"][0], "rule 1: / for signed-in");
    assert_eq!(row["sessions"], 1);
    let page = admin
        .client
        .get("/api/v1/access-report?limit=1")
        .await
        .expect(200);
    assert!(page.headers.contains_key("link"));
    let file = admin
        .client
        .get("/api/v1/access-report?format=csv&role=admin")
        .await
        .expect(200);
    assert_eq!(file.text.lines().count(), 2);
    house.node.settle().await;
    let seen = tollgate_flows::audit::page(&house.node.ctx, &Principal::Operator, (None, None, 5));
    assert_eq!(seen.await.unwrap()[0].kind, "access.reported");
}

#[tokio::test]
async fn the_pages_lead_from_a_number_to_what_is_done() {
    let (house, _, ann) = scene().await;
    let admin = browser(&house, "admin@example.org").await;
    let page = admin.get("/admin/compliance").await.expect(200).text;
    assert!(page.contains("have not been checked yet"));
    let sent = submit(&admin, "/admin/compliance/check", "").await;
    leads_to(&admin, sent, "The rules are checked.").await;
    let at = "/admin/compliance/admins-few";
    let page = admin.get(at).await.expect(200).text;
    assert!(page.contains("one administrator"));
    let form = "subject=admins-few&reason=&days=30";
    submit(&admin, &format!("{at}/accept"), form)
        .await
        .expect(400);
    let form = "subject=admins-few&reason=elsewhere&days=30";
    let sent = submit(&admin, &format!("{at}/accept"), form).await;
    leads_to(&admin, sent, "It is accepted until that day.").await;
    assert!(admin.get(at).await.text.contains(": elsewhere"));
    let sent = submit(&admin, &format!("{at}/withdraw"), "subject=admins-few").await;
    leads_to(&admin, sent, "It counts again.").await;

    let page = admin
        .get("/admin/access?role=default")
        .await
        .expect(200)
        .text;
    assert!(page.contains("rule 1: / for signed-in") && page.contains(&ann));

    let person = format!("/admin/people/{ann}");
    let at = format!("{person}/review");
    assert!(admin.get(&person).await.text.contains(&at));
    let page = admin.get(&at).await.expect(200).text;
    assert!(page.contains("Security review of ann"));
    let sent = submit(&admin, &format!("{at}/end-sessions"), "").await;
    leads_to(&admin, sent, "All sessions have ended.").await;
    let sent = submit(&admin, &format!("{at}/forget-devices"), "").await;
    leads_to(&admin, sent, "Done so far").await;
    let sent = submit(&admin, &format!("{at}/void-links"), "").await;
    leads_to(&admin, sent, "Links and codes made void").await;
    let sent = submit(&admin, &at, "").await;
    leads_to(&admin, sent, "The review is noted.").await;
    assert!(admin.get(&person).await.text.contains("Account reviewed"));
    let forged = "form_token=forged";
    send(&admin, &format!("{at}/void-links"), forged)
        .await
        .expect(403);
}

#[tokio::test]
async fn settings_in_force_say_where_they_were_set() {
    let (house, ..) = scene().await;
    let setting = |key, value: &str, origin: Option<&str>| Setting {
        key,
        value: value.into(),
        origin: origin.map(Into::into),
    };
    house.node.ctx.set_settings(vec![
        setting("signin.second_factor", "admins", Some("tollgate.toml:4")),
        setting("session.idle", "14d", None),
    ]);
    let admin = browser(&house, "admin@example.org").await;
    let page = admin.get("/admin/security").await.expect(200).text;
    assert!(page.contains("tollgate.toml:4") && page.contains("session.idle"));
    assert_eq!(page.matches("Default</span></td>").count(), 1);
    let ann = browser(&house, "ann@example.org").await;
    ann.get("/admin/security").await.expect(403);
}

/// The page shows all that guards, not only how people sign in.
#[test]
fn settings_in_force_are_all_that_guard() {
    let shown = wire::settings(&loaded());
    for key in [
        "public_url",
        "trusted_proxies",
        "profile",
        "limits.address_changing",
        "network.deny",
        "tls.certificate",
        "http.cors_origins",
        "http.hsts_subdomains",
        "audit.keep_security",
        "audit.syslog.allow_plain",
        "webhooks.allow_networks",
        "mail.allow_plain",
        "contact.security",
        "alerts.mail_to",
        "signin.second_factor",
    ] {
        assert!(shown.iter().any(|one| one.key == key), "{key}");
    }
}

/// Whoever adds a rule says in the manual what it finds.
#[test]
fn the_manual_knows_every_rule() {
    let page = include_str!("../../../../docs/src/reference/compliance.md");
    for rule in rules::ALL {
        let row = format!("| `{}` | {} |", rule.name, rule.severity.as_str());
        assert!(page.contains(&row), "{}", rule.name);
        assert!(
            page.contains(&format!("| `{}` | {} |", rule.name, rule.help)),
            "{}",
            rule.name
        );
    }
}
