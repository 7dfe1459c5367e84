//! Passkeys with a virtual authenticator: from the first one over sign-in and
//! second step to the lost phone.

use tollgate_browser::{Eyes, Key, Visitor};

use crate::stage::{PASSWORD, PERSON, Stage};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn a_passkey_from_its_making_to_the_lost_phone() {
    let stage = Stage::set_up().await;
    let ben = stage.signed_in(PERSON, Eyes::default()).await;
    let phone = ben.carry_authenticator().await;

    // Made, on the second try: the first time it stays locked.
    ben.open(&stage.url("/me/factors")).await;
    assert!(ben.text().await.contains("No passkey yet"));
    ben.send(&[("passkey_name", "Phone"), ("passkey_password", "wrong")])
        .await;
    assert_eq!(ben.focus().await.name, "Current password");
    ben.send(&[("passkey_name", "Phone"), ("passkey_password", PASSWORD)])
        .await;
    assert_eq!(ben.heading().await, "Add a passkey");
    judge(&ben).await;
    ben.unlock(&phone, false).await;
    press(&ben, "Create the passkey").await;
    says(&ben, "That was cancelled. Nothing happened.").await;
    judge(&ben).await;
    ben.unlock(&phone, true).await;
    press(&ben, "Create the passkey").await;
    heading(&ben, "Recovery codes").await;
    let codes = ben.evaluate("document.getElementById('codes').textContent");
    let codes = codes.await.as_str().unwrap().to_owned();
    assert_eq!(ben.passkeys(&phone).await, 1);
    ben.open(&stage.url("/me/factors")).await;
    let text = ben.text().await;
    assert!(
        text.contains("Phone") && text.contains("On one device"),
        "{text}"
    );
    judge(&ben).await;

    // The same device is not added twice.
    ben.send(&[("passkey_name", "Again"), ("passkey_password", PASSWORD)])
        .await;
    press(&ben, "Create the passkey").await;
    says(&ben, "This device has a passkey for this account already.").await;

    // It signs in alone: by the button, and from the field for the name.
    sign_out(&stage, &ben).await;
    ben.touch(&phone, false).await;
    ben.open(&stage.url("/signin")).await;
    judge(&ben).await;
    press(&ben, "Use a passkey").await;
    ben.touch(&phone, true).await;
    entered(&ben).await;
    sign_out(&stage, &ben).await;
    ben.open(&stage.url("/signin")).await;
    entered(&ben).await;

    // It gets another name.
    ben.open(&stage.url("/me/factors")).await;
    ben.tab_to("link", "Manage").await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.heading().await, "Phone");
    judge(&ben).await;
    ben.send(&[("name", "Old phone")]).await;
    assert!(ben.text().await.contains("The passkey was renamed."));
    assert!(ben.text().await.contains("Old phone"));

    // It is shown again before anything changes that it was not shown for lately.
    stage.age_sessions().await;
    ben.open(&stage.url("/me/factors")).await;
    assert!(ben.text().await.contains("Show a code again"));
    judge(&ben).await;
    press(&ben, "Use a passkey instead").await;
    ben.until("document.querySelector('[name=passkey_name]') !== null")
        .await;
    assert_eq!(ben.path().await, "/me/factors");

    // It stands for the code after a password.
    sign_out(&stage, &ben).await;
    ben.touch(&phone, false).await;
    password(&stage, &ben).await;
    judge(&ben).await;
    press(&ben, "Use a passkey instead").await;
    ben.touch(&phone, true).await;
    entered(&ben).await;

    // The phone is gone: the browser knows no passkey, a recovery code gets in.
    sign_out(&stage, &ben).await;
    ben.wipe(&phone).await;
    ben.open(&stage.url("/signin")).await;
    press(&ben, "Use a passkey").await;
    says(&ben, "There is no passkey for this server on this device.").await;
    judge(&ben).await;
    password(&stage, &ben).await;
    ben.send(&[("code", codes.lines().next().unwrap())]).await;
    assert_eq!(ben.path().await, "/me");
    ben.open(&stage.url("/me/factors")).await;
    ben.tab_to("link", "Manage").await;
    ben.follow(Key::Enter).await;
    ben.send(&[("current_password", "wrong")]).await;
    assert_eq!(ben.focus().await.name, "Current password");
    ben.send(&[("current_password", PASSWORD)]).await;
    assert!(ben.text().await.contains("The passkey was removed."));
    assert!(ben.text().await.contains("No passkey yet"));
    sign_out(&stage, &ben).await;
    ben.open(&stage.url("/signin")).await;
    ben.send(&[("login", PERSON), ("password", PASSWORD)]).await;
    assert_eq!(ben.path().await, "/me", "the password is enough again");
    stage.assert_clean(&ben);
}

/// A passkey that was removed here and not on the device.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn a_passkey_that_is_not_known_any_more_is_refused() {
    let stage = Stage::set_up().await;
    let ben = stage.signed_in(PERSON, Eyes::default()).await;
    ben.carry_authenticator().await;
    ben.open(&stage.url("/me/factors")).await;
    ben.send(&[("passkey_name", "Key"), ("passkey_password", PASSWORD)])
        .await;
    press(&ben, "Create the passkey").await;
    heading(&ben, "Recovery codes").await;
    stage.reset_factors(PERSON).await;
    // The field for the name offers it again and again, and each time:
    ben.open(&stage.url("/signin")).await;
    says(&ben, "The passkey was not accepted").await;
}

pub(super) async fn judge(visitor: &Visitor) {
    let mut faults = visitor.accessibility_faults().await;
    faults.extend(visitor.sideways().await);
    assert!(faults.is_empty(), "{faults:#?}");
}

pub(super) async fn press(visitor: &Visitor, button: &str) {
    visitor.tab_to("button", button).await;
    visitor.press(Key::Enter).await;
}

pub(super) async fn says(visitor: &Visitor, words: &str) {
    let alert = "document.querySelector('[role=alert]')?.innerText.includes";
    visitor.until(&format!("{alert}('{words}')")).await;
}

/// Somebody is in, and their page is all there.
pub(super) async fn entered(visitor: &Visitor) {
    visitor
        .until("location.pathname === '/me' && document.readyState === 'complete'")
        .await;
}

pub(super) async fn heading(visitor: &Visitor, words: &str) {
    let said = format!("document.querySelector('h1')?.innerText === '{words}'");
    visitor.until(&said).await;
}

pub(super) async fn sign_out(stage: &Stage, visitor: &Visitor) {
    visitor.open(&stage.url("/signout")).await;
    heading(visitor, "Sign out?").await;
    visitor.send_to("/signout").await;
    assert_eq!(visitor.heading().await, "You are signed out");
}

async fn password(stage: &Stage, visitor: &Visitor) {
    visitor.open(&stage.url("/signin")).await;
    visitor
        .send(&[("login", PERSON), ("password", PASSWORD)])
        .await;
    assert_eq!(visitor.heading().await, "One more step");
}
