//! Refusals as pages: what somebody in a browser sees where a program reads a
//! problem.

use axum::http::Method;
use serde_json::Value;
use tollgate_testkit::house::PASSWORD;

use super::reader::Reader;
use crate::support::house;

/// asvs:V16.5.1
#[tokio::test]
async fn a_browser_is_told_by_a_page_and_a_program_by_a_problem() {
    let house = house().await;
    house.person("ann").await;
    let mut ann = Reader::of(&house);
    let missing = ann.read("/nowhere").await.expect(404);
    assert!(missing.text.contains("There is nothing at this address"));
    assert!(
        missing.text.contains(missing.header("x-request-id")),
        "the request id is shown"
    );
    assert!(missing.text.contains("route.missing"));
    let method = ann.ask(Method::DELETE, "/signin", "").await.expect(405);
    assert!(method.text.contains("<h1>") && method.header("allow").contains("POST"));
    let long = ann
        .ask(Method::POST, "/signin", &"a".repeat(2 * 1024 * 1024))
        .await;
    assert!(long.expect(413).text.contains("<h1>"));
    let strange = ann.read("/%ff").await.expect(400);
    assert!(strange.text.contains("<h1>"));

    let problem = house.stranger().get("/nowhere").await.expect(404);
    assert_eq!(problem.code(), "route.missing");
    let api = ann.read("/api/v1/nowhere").await.expect(404);
    let api: Value = serde_json::from_str(&api.text).expect("programs live below /api/");
    assert_eq!(api["code"], "route.missing");
}

#[tokio::test]
async fn a_stranger_is_sent_to_sign_in_and_comes_back() {
    let house = house().await;
    house.person("ann").await;
    let mut ann = Reader::of(&house);
    let sent = ann.read("/me?tab=a%20b").await.expect(303);
    assert_eq!(
        sent.header("location"),
        "/signin?next=%2Fme%3Ftab%3Da%2520b"
    );
    ann.set_cookie("tollgate", "tgs_stale");
    let stale = ann.read("/me").await.expect(303);
    assert!(stale.header("location").starts_with("/signin"));
    assert_eq!(
        ann.cookie("tollgate"),
        "",
        "a cookie that is worth nothing is taken away"
    );
    house.stranger().get("/me").await.expect(401);
}

/// asvs:V3.5.1, vuln:65
#[tokio::test]
async fn a_form_that_is_not_ours_changes_nothing() {
    let house = house().await;
    house.person("ann").await;
    let fields = [("login", "ann@example.org"), ("password", PASSWORD)];

    let mut unseen = Reader::of(&house);
    let refused = unseen.send("/signin", &fields).await.expect(403);
    assert!(
        refused.text.contains("Load the page again"),
        "{}",
        refused.text
    );
    assert!(!refused.text.contains(PASSWORD));
    let back = r#"href="/signin">Back to the form"#;
    assert!(refused.text.contains(back), "{}", refused.text);

    let mut elsewhere = Reader::of(&house);
    elsewhere.read("/signin").await;
    elsewhere.origin = "https://id.example.org";
    let refused = elsewhere.send("/signin", &fields).await.expect(403);
    assert!(
        refused
            .text
            .contains("public_url = &quot;https://id.example.org&quot;"),
        "{}",
        refused.text
    );
    assert!(
        !refused.text.contains(back),
        "only a page of ours is led to"
    );
    assert_eq!(elsewhere.cookie("tollgate"), "");

    let mut forged = Reader::of(&house);
    forged.read("/signin").await;
    forged.set_cookie("tollgate-form", &"0".repeat(64));
    forged.send("/signin", &fields).await.expect(403);
}

/// What was shown to one session acts for no other, in the same browser too; what
/// was shown to nobody acts for none. A new secret of the same session changes
/// nothing, and neither does it matter to the language of the browser.
///
/// asvs:V3.5.1, vuln:65
#[tokio::test]
async fn a_form_acts_for_the_session_that_it_was_shown_to() {
    let house = house().await;
    house.person("ann").await;
    let mut ann = Reader::of(&house);
    ann.read("/signin").await.expect(200);
    let of_nobody = ann.token.clone();
    let fields = [("login", "ann@example.org"), ("password", PASSWORD)];
    ann.send("/signin", &fields).await.expect(303);
    let name = [("display_name", "Mallory"), ("bio", ""), ("locale", "")];

    ann.read("/me/profile").await.expect(200);
    let of_first = ann.token.clone();
    ann.token = of_nobody;
    let refused = ann.send("/me/profile", &name).await.expect(403);
    assert!(refused.text.contains("Load the page again"));

    // Signed in anew, in the same browser.
    let kept = ann.cookie("tollgate-form").to_owned();
    ann.set_cookie("tollgate", "");
    ann.read("/signin").await.expect(200);
    ann.send("/signin", &fields).await.expect(303);
    assert_eq!(ann.cookie("tollgate-form"), kept);
    ann.token = of_first.clone();
    ann.send("/me/profile", &name).await.expect(403);
    let page = ann.read("/me/profile").await.expect(200);
    assert!(!page.text.contains("Mallory"));
    let of_second = ann.token.clone();

    let before = ann.cookie("tollgate").to_owned();
    let proof = [("current_password", PASSWORD), ("next", "/me")];
    ann.send("/me/step-up", &proof).await.expect(303);
    assert_ne!(ann.cookie("tollgate"), before, "the secret is new");
    ann.token = of_second;
    ann.send("/me/profile", &name).await.expect(303);

    let look = [("theme", "dark"), ("back", "/me")];
    ann.token = of_first;
    ann.send("/preferences", &look).await.expect(303);
    ann.token = "tgv_none".to_owned();
    ann.send("/preferences", &look).await.expect(403);
}
