//! Newcomers: those who begin with a passkey and have no password, and those who
//! prove that an address is theirs.

use tollgate_browser::{Eyes, Key};

use super::passkeys::{entered, heading, judge, press, says, sign_out};
use crate::stage::{PASSWORD, Stage};

const NORA: &str = "nora@example.org";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn a_stranger_signs_up_with_a_passkey_and_without_a_password() {
    let stage = Stage::set_up().await;
    let nora = stage.visitor(Eyes::default()).await;
    let phone = nora.carry_authenticator().await;
    nora.open(&stage.url("/signup")).await;
    nora.fill("Name", "Nora").await;
    nora.fill("E-mail", "nobody").await;
    nora.tab_to("button", "Use a passkey instead of a password")
        .await;
    nora.follow(Key::Enter).await;
    assert_eq!(nora.heading().await, "Create an account");
    assert_eq!(
        nora.focus().await.name,
        "E-mail address",
        "what is wrong has the focus"
    );
    nora.fill("E-mail", NORA).await;
    nora.tab_to("button", "Use a passkey instead of a password")
        .await;
    nora.follow(Key::Enter).await;
    assert_eq!(nora.heading().await, "Create the passkey");
    judge(&nora).await;

    nora.unlock(&phone, false).await;
    press(&nora, "Create the passkey").await;
    says(&nora, "That was cancelled. Nothing happened.").await;
    nora.unlock(&phone, true).await;
    press(&nora, "Create the passkey").await;
    heading(&nora, "Your account is made").await;
    judge(&nora).await;
    nora.tab_to("link", "I have saved them").await;
    nora.touch(&phone, false).await;
    nora.follow(Key::Enter).await;
    assert_eq!(nora.path().await, "/signin");
    press(&nora, "Use a passkey").await;
    nora.touch(&phone, true).await;
    entered(&nora).await;

    // Nothing asks for a password that there is not.
    nora.open(&stage.url("/me/factors")).await;
    assert!(!nora.text().await.contains("Current password"));
    nora.tab_to("link", "Manage").await;
    nora.follow(Key::Enter).await;
    judge(&nora).await;
    press(&nora, "Remove").await;
    says(&nora, "You sign in with this passkey alone").await;
    judge(&nora).await;
    nora.open(&stage.url("/me/password")).await;
    judge(&nora).await;
    nora.send(&[("new_password", PASSWORD)]).await;
    assert!(nora.text().await.contains("Your password is changed"));
    assert!(
        nora.text().await.contains("Current password"),
        "now there is one"
    );
    stage.assert_clean(&nora);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn the_first_administrator_begins_with_a_passkey() {
    let stage = Stage::fresh().await;
    let ann = stage.visitor(Eyes::default()).await;
    ann.carry_authenticator().await;
    let link = stage.filled("/setup#{setup}").await;
    ann.open(&stage.url(&link)).await;
    ann.fill("Name", "Ann").await;
    ann.fill("E-mail", "ann@example.org").await;
    ann.tab_to("button", "Use a passkey instead of a password")
        .await;
    ann.follow(Key::Enter).await;
    press(&ann, "Create the passkey").await;
    heading(&ann, "Your account is made").await;
    ann.tab_to("link", "I have saved them").await;
    ann.follow(Key::Enter).await;
    assert_eq!(ann.heading().await, "Check the address");
    ann.open(&stage.url("/admin")).await;
    assert_eq!(
        ann.heading().await,
        "Installation",
        "no second factor is wanted"
    );
    stage.assert_clean(&ann);
}

/// The link of a mail proves nothing alone: whoever opens it signs in first.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn an_address_is_confirmed_by_who_is_signed_in() {
    let stage = Stage::set_up().await;
    let nora = stage.visitor(Eyes::default()).await;
    nora.open(&stage.url("/signup")).await;
    nora.send(&[("email", NORA), ("password", PASSWORD)]).await;
    assert_eq!(nora.heading().await, "Your account is made");
    let token = stage.mailed(NORA, "/verify#").await;
    nora.open(&stage.url(&format!("/verify#{token}"))).await;
    assert_eq!(nora.heading().await, "Confirm your e-mail address");
    assert!(
        nora.text()
            .await
            .contains("Sign in to your account here first")
    );
    judge(&nora).await;
    nora.tab_to("link", "Sign in").await;
    nora.follow(Key::Enter).await;
    nora.send(&[("login", NORA), ("password", PASSWORD)]).await;
    assert_eq!(nora.path().await, "/verify");
    judge(&nora).await;
    press(&nora, "Confirm").await;
    heading(&nora, "Your e-mail address is verified").await;
    sign_out(&stage, &nora).await;
    stage.assert_clean(&nora);
}
