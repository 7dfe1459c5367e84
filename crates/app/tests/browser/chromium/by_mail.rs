//! Signing in by mail and by an administrator's link, by keyboard alone.

use tollgate_browser::{Eyes, Key, Visitor};

use crate::stage::{ADMIN, PERSON, Stage};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn a_code_is_typed_where_it_was_asked_for() {
    let stage = Stage::set_up().await;
    let ben = stage.visitor(Eyes::default()).await;
    ben.open(&stage.url("/me/password")).await;
    ben.tab_to("link", "Mail me a code").await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.heading().await, "Sign in by mail");
    ben.fill("E-mail", PERSON).await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.heading().await, "Look into your inbox");
    assert_eq!(ben.focus().await.name, "Code", "ready to be typed");
    ben.write("00000000").await;
    ben.follow(Key::Enter).await;
    let told = "That is not the code";
    assert!(ben.text().await.contains(told), "{}", ben.text().await);
    assert_eq!(ben.focus().await.name, "Code", "the wrong field");

    let code = stage.mailed(PERSON, "10 minutes.\n\n    ").await;
    ben.write(&code).await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.path().await, "/me/password", "where they wanted to go");
    stage.assert_clean(&ben);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn a_link_signs_in_by_a_button_in_the_browser_that_asked() {
    let stage = Stage::mailing("link").await;
    let ben = stage.visitor(Eyes::default()).await;
    ben.open(&stage.url("/signin")).await;
    ben.tab_to("link", "Mail me a link").await;
    ben.follow(Key::Enter).await;
    ben.fill("E-mail", PERSON).await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.heading().await, "Look into your inbox");
    let token = stage.mailed(PERSON, "/signin/link#").await;
    let link = stage.url(&format!("/signin/link#{token}"));

    let phone = stage.visitor(Eyes::default()).await;
    phone.open(&link).await;
    assert_eq!(phone.heading().await, "This link is for another browser");
    phone.tab_to("link", "Ask for a new one").await;
    stage.assert_clean(&phone);

    ben.open(&link).await;
    press(&ben).await;
    assert_eq!(ben.path().await, "/me");
    stage.assert_clean(&ben);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn an_administrator_lets_somebody_in() {
    let stage = Stage::set_up().await;
    let ada = stage.signed_in(ADMIN, Eyes::default()).await;
    let page = stage.filled("/admin/people/{person}").await;
    ada.open(&stage.url(&page)).await;
    ada.tab_to("button", "Make a link").await;
    ada.follow(Key::Enter).await;
    assert_eq!(ada.heading().await, "Sign-in link");
    let link = ada.evaluate("document.getElementById('link').textContent");
    let link = link.await.as_str().unwrap().trim().to_owned();
    stage.assert_clean(&ada);

    let ben = stage.visitor(Eyes::default()).await;
    ben.open(&link).await;
    press(&ben).await;
    assert_eq!(ben.path().await, "/me");
    stage.mailed(PERSON, "a link that signs in").await;
    ben.open(&stage.url("/signout")).await;
    ben.tab_to("button", "Sign out").await;
    ben.follow(Key::Enter).await;
    ben.open(&link).await;
    press(&ben).await;
    let told = "The link or code is not valid";
    assert!(ben.text().await.contains(told), "it worked once");
    stage.assert_clean(&ben);
}

/// The only button of the page; the token is in nobody's way and in no address.
async fn press(visitor: &Visitor) {
    assert_eq!(visitor.heading().await, "Sign in");
    let hidden = "document.querySelector('[data-from-link]').closest('.field').hidden";
    assert_eq!(visitor.evaluate(hidden).await, true);
    assert_eq!(visitor.evaluate("location.hash").await, "");
    visitor.tab_to("button", "Sign in").await;
    visitor.follow(Key::Enter).await;
}
