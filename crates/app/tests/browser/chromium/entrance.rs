//! In and out by keyboard alone: accounts that people make, passwords that they
//! mistype and forget. Signing in works without script too.

use tollgate_browser::{Eyes, Key, Visitor};

use super::MENU;
use crate::stage::{PASSWORD, PERSON, Stage};

const NEW: &str = "another horse battery";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn somebody_signs_up_in_and_out_without_a_mouse() {
    let stage = Stage::set_up().await;
    let eve = stage.visitor(Eyes::default()).await;
    eve.open(&stage.url("/")).await;
    assert_eq!(eve.heading().await, "Sign in");
    eve.tab_to("link", "Create an account").await;
    eve.follow(Key::Enter).await;
    eve.fill("Name", "Eve").await;
    eve.fill("E-mail", "eve@example.org").await;
    eve.fill("Password", PASSWORD).await;
    eve.follow(Key::Enter).await;
    assert_eq!(eve.heading().await, "Your account is made");
    eve.tab_to("link", "Sign in").await;
    eve.follow(Key::Enter).await;

    sign_in(&eve, "eve@example.org", "a wrong password").await;
    assert_eq!(eve.heading().await, "Sign in");
    let login = eve
        .evaluate("document.querySelector('[name=login]').value")
        .await;
    assert_eq!(login, "eve@example.org", "need not be typed again");
    let alerts = "document.querySelectorAll('[role=alert]').length === 1";
    assert_eq!(eve.evaluate(alerts).await, true, "{}", eve.text().await);

    sign_in(&eve, "eve@example.org", PASSWORD).await;
    assert_eq!(eve.heading().await, "Hello, Eve");
    eve.tab_to(MENU, "Eve").await;
    eve.press(Key::Space).await;
    eve.tab_to("link", "Sign out").await;
    eve.follow(Key::Enter).await;
    assert_eq!(eve.heading().await, "Sign out?");
    eve.tab_to("button", "Sign out").await;
    eve.follow(Key::Space).await;
    assert_eq!(eve.heading().await, "You are signed out");
    eve.open(&stage.url("/me")).await;
    assert_eq!(eve.heading().await, "Sign in");
    stage.assert_clean(&eve);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn a_forgotten_password_is_replaced_without_a_mouse() {
    let stage = Stage::set_up().await;
    let ben = stage.visitor(Eyes::default()).await;
    ben.open(&stage.url("/signin")).await;
    ben.tab_to("link", "Forgot password?").await;
    ben.follow(Key::Enter).await;
    ben.fill("E-mail", PERSON).await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.heading().await, "Look into your inbox");

    let token = stage.mailed(PERSON, "/reset#").await;
    let link = stage.url(&format!("/reset#{token}"));
    ben.open(&link).await;
    assert_eq!(ben.focus().await.name, "New password");
    ben.write(NEW).await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.heading().await, "Your new password is set");
    ben.tab_to("link", "Sign in").await;
    ben.follow(Key::Enter).await;
    sign_in(&ben, PERSON, PASSWORD).await;
    assert_eq!(ben.heading().await, "Sign in", "the old one is gone");
    sign_in(&ben, PERSON, NEW).await;
    assert_eq!(ben.path().await, "/me");

    // The link works once; who comes with it again is led to a new one.
    ben.open(&link).await;
    ben.write(PASSWORD).await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.heading().await, "Set a new password");
    ben.tab_to("link", "Ask for a new link").await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.heading().await, "Forgot your password?");
    stage.assert_clean(&ben);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn signing_in_needs_no_script() {
    let stage = Stage::set_up().await;
    let eyes = Eyes {
        script: false,
        ..Eyes::default()
    };
    let ben = stage.visitor(eyes).await;
    ben.open(&stage.url("/me")).await;
    let scripts = ben.evaluate("window.name = 'x', document.scripts.length > 0");
    assert_eq!(scripts.await, true, "the page has script to do without");
    sign_in(&ben, PERSON, PASSWORD).await;
    assert_eq!(ben.path().await, "/me", "where they wanted to go");
    ben.tab_to(MENU, "ben").await;
    ben.press(Key::Space).await;
    ben.tab_to("link", "Sign out").await;
    ben.follow(Key::Enter).await;
    ben.tab_to("button", "Sign out").await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.heading().await, "You are signed out");
    stage.assert_clean(&ben);
}

async fn sign_in(visitor: &Visitor, login: &str, password: &str) {
    visitor.fill("E-mail address or username", login).await;
    visitor.fill("Password", password).await;
    visitor.follow(Key::Enter).await;
}
