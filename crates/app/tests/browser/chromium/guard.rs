//! What the guard asks of people, and the ways out of it: work that the page does by
//! itself, and a link in a mail.

use tollgate_browser::{Eyes, Key, Visitor};

use super::faultless;
use crate::stage::{ADMIN, PASSWORD, PERSON, Stage};

/// fault:F23: whoever guesses pays for each try, a person waits for a moment.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn the_page_works_for_a_stranger_while_the_house_is_on_guard() {
    let stage = Stage::guarded().await;
    stage.put_on_guard().await;
    let ben = stage.visitor(Eyes::default()).await;
    ben.open(&stage.url("/signin?next=/me/password")).await;
    assert_eq!(ben.evaluate(ASKED).await, false, "nobody is asked before");
    type_in(&ben, PASSWORD).await;
    assert_eq!(ben.evaluate(ASKED).await, true, "{}", ben.text().await);
    let told = "this page then works for a moment";
    assert!(ben.text().await.contains(told), "{}", ben.text().await);
    faultless(&ben).await;

    ben.fill("Password", PASSWORD).await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.path().await, "/me/password", "{}", ben.text().await);
    stage.assert_clean(&ben);
}

/// The mailed link opens the account where it is opened, whatever others try next.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn a_mailed_link_lets_the_owner_in_from_there() {
    let stage = Stage::guarded().await;
    stage.lock_out(PERSON).await;
    let ben = stage.visitor(Eyes::default()).await;
    ben.open(&stage.url("/signin")).await;
    type_in(&ben, PASSWORD).await;
    assert_eq!(ben.heading().await, "Sign in", "refused");
    faultless(&ben).await;
    ben.tab_to("link", "Mail me a way in").await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.heading().await, "Get a way in by mail");
    ben.fill("E-mail address or username", PERSON).await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.heading().await, "Look into your inbox");
    faultless(&ben).await;

    let token = stage.mailed(PERSON, "/unlock#").await;
    ben.open(&stage.url(&format!("/unlock#{token}"))).await;
    assert_eq!(ben.heading().await, "Open your account again");
    ben.tab_to("button", "Let me in").await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.heading().await, "You can sign in");
    faultless(&ben).await;
    stage.lock_out(PERSON).await;
    ben.tab_to("link", "Sign in").await;
    ben.follow(Key::Enter).await;
    type_in(&ben, PASSWORD).await;
    assert_eq!(ben.path().await, "/me", "{}", ben.text().await);
    stage.assert_clean(&ben);
}

/// An administrator sees since when somebody is locked out, and until when, and ends it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn an_administrator_ends_a_lock() {
    let stage = Stage::guarded().await;
    stage.lock_out(PERSON).await;
    let ada = stage.signed_in(ADMIN, Eyes::default()).await;
    let page = stage.filled("/admin/people/{person}").await;
    ada.open(&stage.url(&page)).await;
    let text = ada.text().await;
    assert!(text.contains("by itself: in 15 minutes"), "{text}");
    faultless(&ada).await;
    ada.tab_to("button", "Unlock").await;
    ada.follow(Key::Enter).await;
    let text = ada.text().await;
    assert!(text.contains("takes passwords again"), "{text}");
    let ben = stage.signed_in(PERSON, Eyes::default()).await;
    stage.assert_clean(&ben);
    stage.assert_clean(&ada);
}

/// Whether the page was given work.
const ASKED: &str = "document.querySelector('[data-work]') !== null";

async fn type_in(visitor: &Visitor, password: &str) {
    visitor.fill("E-mail address or username", PERSON).await;
    visitor.fill("Password", password).await;
    visitor.follow(Key::Enter).await;
}
