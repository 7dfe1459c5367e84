//! A phone and the codes of texts by keyboard alone, from the first number to a
//! sign-in. The pages that only its owner sees are judged on the way.

use tollgate_browser::{Eyes, Key};

use super::faultless;
use crate::stage::{PASSWORD, PERSON, Stage};

const NUMBER: &str = "+49301234567";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn a_phone_is_added_and_its_codes_sign_in() {
    let stage = Stage::sending_codes().await;
    let ben = stage.signed_in(PERSON, Eyes::default()).await;
    ben.open(&stage.url("/me/profile")).await;
    ben.tab_to("link", "See or change it").await;
    ben.follow(Key::Enter).await;
    faultless(&ben).await;
    ben.fill("Phone number", "030 1").await;
    ben.fill("Current password", PASSWORD).await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.focus().await.name, "Phone number");
    faultless(&ben).await;
    ben.fill("Phone number", "0049 30 123 45 67").await;
    ben.fill("Current password", PASSWORD).await;
    ben.follow(Key::Enter).await;
    faultless(&ben).await;
    let code = stage.texted(NUMBER, "#").await;
    ben.fill("Code", &code).await;
    ben.follow(Key::Enter).await;
    assert!(ben.text().await.contains("The phone was added."));
    faultless(&ben).await;
    stage.forget_texts();

    ben.open(&stage.url("/me/factors")).await;
    faultless(&ben).await;
    ben.open(&stage.url("/me/factors/codes?by=sms")).await;
    assert!(
        ben.text()
            .await
            .contains("This is weaker than an app or a passkey")
    );
    faultless(&ben).await;
    ben.fill("Current password", PASSWORD).await;
    ben.follow(Key::Enter).await;
    assert!(ben.text().await.contains("Recovery codes"));
    ben.open(&stage.url("/me/factors")).await;
    faultless(&ben).await;

    let again = stage.visitor(Eyes::default()).await;
    again.open(&stage.url("/signin")).await;
    again
        .send(&[("login", PERSON), ("password", PASSWORD)])
        .await;
    faultless(&again).await;
    again.tab_to("button", "Send a code by text to •• 67").await;
    again.follow(Key::Enter).await;
    assert!(again.text().await.contains("A code is on its way."));
    faultless(&again).await;
    let code = stage.texted(NUMBER, "#").await;
    again.fill("Code", &code).await;
    again.follow(Key::Enter).await;
    assert_eq!(again.path().await, "/me");

    stage.age_sessions().await;
    again.open(&stage.url("/me/password")).await;
    faultless(&again).await;
    stage.forget_texts();
    again.tab_to("button", "Send a code by text to •• 67").await;
    again.follow(Key::Enter).await;
    faultless(&again).await;
    let code = stage.texted(NUMBER, "#").await;
    again.fill("Code", &code).await;
    again.follow(Key::Enter).await;
    assert_eq!(again.path().await, "/me/password");
    assert!(again.text().await.contains("Current password"));
    for visitor in [&ben, &again] {
        stage.assert_clean(visitor);
    }
}
