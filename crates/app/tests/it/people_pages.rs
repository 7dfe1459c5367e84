//! The pages for those who look after people: who may see which, what a list
//! says of itself, and that nothing is done without a form of ours.

use serde_json::json;
use tollgate_base::access::Role;
use tollgate_testkit::house::PASSWORD;

use crate::{
    account_pages::{browser, leads_to, send, submit},
    support::house,
};

#[tokio::test]
async fn an_overview_shows_figures_and_a_chart_with_its_table() {
    let house = house().await;
    house.admin().await;
    house.someone("manager", Role::Manager).await;
    // What happens at one moment is told in any order.
    house.node.clock.advance(std::time::Duration::from_secs(1));
    let ann = house.person("ann").await;
    house.node.settle().await;
    let admin = browser(&house, "admin@example.org").await;
    let page = admin.get("/admin").await.expect(200).text;
    assert!(page.contains("<svg") && page.matches("class=\"bar-ok\"").count() == 30);
    assert_eq!(
        page.matches("<tr><th scope=\"row\" data-label=\"Day\">")
            .count(),
        30
    );
    assert!(page.contains("Account made") && page.contains("No backup"));
    assert!(page.contains(&format!(
        "<a href=\"/admin/people/{}\"><bdi>ann</bdi></a>",
        ann.id
    )));
    assert!(page.contains("<a href=\"/admin/sites\">Sites</a><strong>0</strong>"));
    let german = admin.clone().with("accept-language", "de");
    assert!(german.get("/admin").await.text.contains("Konto angelegt"));
    let made = json!({ "name": "notes", "url": "https://notes.example.org" });
    let (root, bob) = (
        house.someone("root", Role::Admin).await,
        house.person("bob").await,
    );
    house.node.clock.advance(std::time::Duration::from_secs(1));
    let site = root
        .client
        .post("/api/v1/sites", made)
        .await
        .expect(201)
        .json();
    let site = site["id"].as_str().unwrap();
    let page = admin.get("/admin").await.text;
    assert!(page.contains(&format!(
        "<a href=\"/admin/sites/{site}\"><bdi>notes</bdi></a>"
    )));
    root.client
        .delete(&format!("/api/v1/people/{}", bob.id))
        .await
        .expect(204);
    let page = admin.get("/admin").await.text;
    assert!(page.contains("Somebody deleted") && !page.contains(&bob.id));
    let manager = browser(&house, "manager@example.org").await;
    let page = manager.get("/admin").await.expect(200).text;
    assert!(
        !page.contains("Account made") && !page.contains("/admin/sites"),
        "events are for administrators"
    );
    let ann = browser(&house, "ann@example.org").await;
    for path in [
        "/admin",
        "/admin/people",
        "/admin/people.csv",
        "/admin/people/new",
    ] {
        ann.get(path).await.expect(403);
        let stranger = house.stranger().with("accept", "text/html");
        stranger.get(path).await.expect(303);
    }
    assert!(!ann.get("/me").await.text.contains("/admin"));
}

#[tokio::test]
async fn a_list_keeps_its_filters_through_its_pages() {
    let house = house().await;
    house.admin().await;
    for number in 0..30 {
        house.person(&format!("ann{number:02}")).await;
        house.node.clock.advance(std::time::Duration::from_secs(1));
    }
    let admin = browser(&house, "admin@example.org").await;
    let first = admin
        .get("/admin/people?q=ann&role=default&rows=25&status=active")
        .await
        .expect(200)
        .text;
    assert!(first.contains("ann29@example.org") && !first.contains("ann04@example.org"));
    let next = first.split("rel=\"next\"").next().unwrap();
    let next = next
        .rsplit("href=\"")
        .next()
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let next = next.replace("&amp;", "&").replace("&#38;", "&");
    for kept in [
        "q=ann",
        "role=default",
        "status=active",
        "rows=25",
        "cursor=",
    ] {
        assert!(next.contains(kept), "{next} lost {kept}");
    }
    let second = admin.get(&next).await.expect(200).text;
    assert!(second.contains("ann04@example.org") && !second.contains("ann29@example.org"));
    assert!(!second.contains("rel=\"next\""));
    let none = admin.get("/admin/people?q=nobody").await.expect(200).text;
    assert!(none.contains("Nobody found") && none.contains("href=\"/admin/people\""));
    admin.get("/admin/people?cursor=x").await.expect(400);
}

/// asvs:V1.2.10
#[tokio::test]
async fn a_file_holds_the_list_and_no_formulas() {
    let house = house().await;
    house.admin().await;
    house.person("ann").await;
    let ann = browser(&house, "ann@example.org").await;
    submit(
        &ann,
        "/me/profile",
        "display_name=%3DHYPERLINK%28%22x%22%29&bio=&locale=",
    )
    .await
    .expect(303);
    let admin = browser(&house, "admin@example.org").await;
    let file = admin
        .get("/admin/people.csv?role=default")
        .await
        .expect(200);
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"people.csv\""
    );
    let lines: Vec<&str> = file.text.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[1].contains(",\"'=HYPERLINK(\"\"x\"\")\","),
        "{}",
        lines[1]
    );
}

#[tokio::test]
async fn people_are_made_suspended_promoted_and_deleted() {
    let house = house().await;
    house.admin().await;
    let admin = browser(&house, "admin@example.org").await;
    let form = "name=Bob&email=bob%40example.org&username=bob&role=default&password=";
    let twice = form.replace("username=bob", "username=a%40b");
    submit(&admin, "/admin/people/new", &twice)
        .await
        .expect(400);
    let made = submit(&admin, "/admin/people/new", form).await.expect(200);
    for words in ["The account is made.", "/reset#", "Save this now"] {
        assert!(made.text.contains(words), "{words} in {}", made.text);
    }
    let (_, rest) = made.text.split_once("href=\"/admin/people/usr_").unwrap();
    let at = format!("/admin/people/usr_{}", rest.split('"').next().unwrap());
    let with_password = "name=Cy&email=cy%40example.org&username=&role=default&password=";
    let with_password = format!("{with_password}{}", PASSWORD.replace(' ', "+"));
    let made = submit(&admin, "/admin/people/new", &with_password).await;
    leads_to(&admin, made, "The account is made.").await;
    let taken = submit(&admin, "/admin/people/new", form).await.expect(409);
    assert!(taken.text.contains("email-fault"));

    let link = submit(&admin, &format!("{at}/reset-link"), "")
        .await
        .expect(200)
        .text;
    assert!(link.contains("http://localhost:8700/reset#") && link.contains("Save this now"));
    assert!(!admin.get(&at).await.text.contains("/reset#"));
    for (step, fields, words) in [
        ("suspend", "", "Suspended. All sessions have ended."),
        ("resume", "", "They may sign in again."),
        ("role", "role=manager", "The role is changed."),
        ("end-sessions", "", "All sessions have ended."),
    ] {
        let path = format!("{at}/{step}");
        send(&admin, &path, &format!("form_token=x&{fields}"))
            .await
            .expect(403);
        leads_to(&admin, submit(&admin, &path, fields).await, words).await;
    }
    let path = format!("{at}/delete");
    submit(&admin, &path, "confirmation=bobby")
        .await
        .expect(400);
    leads_to(
        &admin,
        submit(&admin, &path, "confirmation=bob%40example.org").await,
        "deleted",
    )
    .await;
    admin.get(&at).await.expect(404);
}

/// asvs:V8.2.2, vuln:80
#[tokio::test]
async fn a_manager_sees_and_does_what_managers_may() {
    let house = house().await;
    let (admin, ann) = (house.admin().await, house.person("ann").await);
    house.someone("manager", Role::Manager).await;
    let manager = browser(&house, "manager@example.org").await;
    let at = format!("/admin/people/{}", ann.id);
    let page = manager.get(&at).await.expect(200).text;
    assert!(page.contains("/suspend\"") && page.contains(&ann.session));
    assert!(!page.contains("/delete\"") && !page.contains("/role\"") && !page.contains("/export"));
    submit(&manager, &format!("{at}/role"), "role=admin")
        .await
        .expect(403);
    submit(
        &manager,
        &format!("{at}/delete"),
        "confirmation=ann%40example.org",
    )
    .await
    .expect(403);
    let form = "name=&email=x%40example.org&username=&role=admin&password=";
    submit(&manager, "/admin/people/new", form)
        .await
        .expect(403);
    assert!(
        !manager
            .get("/admin/people/new")
            .await
            .text
            .contains("value=\"admin\"")
    );
    let above = format!("/admin/people/{}", admin.id);
    manager.get(&above).await.expect(403);
    submit(&manager, &format!("{above}/suspend"), "")
        .await
        .expect(403);
    let session = format!("{above}/sessions/{}/end", ann.session);
    submit(&manager, &session, "").await.expect(403);
    ann.client.get("/api/v1/me").await.expect(200);
    let session = format!("{at}/sessions/{}/end", ann.session);
    leads_to(
        &manager,
        submit(&manager, &session, "").await,
        "The session has ended.",
    )
    .await;
    ann.client.get("/api/v1/me").await.expect(401);
}

#[tokio::test]
async fn the_pages_speak_four_languages() {
    let house = house().await;
    let admin = house.admin().await;
    let page = browser(&house, "admin@example.org").await;
    let own = format!("/admin/people/{}", admin.id);
    for path in ["/admin", "/admin/people", "/admin/people/new", &own] {
        for language in ["en", "de", "es", "ar"] {
            let page = page.clone().with("accept-language", language);
            let text = page.get(path).await.expect(200).text;
            assert!(
                text.contains(&format!("<html lang=\"{language}\"")),
                "{path}"
            );
            assert_eq!(text.matches("<h1").count(), 1, "{path}");
            assert!(
                !text.contains('⟦') && !text.contains(" style="),
                "{path} {language}"
            );
        }
    }
}
