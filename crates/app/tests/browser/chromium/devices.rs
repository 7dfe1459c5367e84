//! Devices by keyboard alone: a new one is confirmed by a mailed code, is known
//! afterwards and can be forgotten; on a trusted one the second step is left out.

use tollgate_browser::{Eyes, Key, Visitor};

use crate::stage::{PASSWORD, PERSON, Stage};

use super::{factors::add_app, faultless};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn a_new_device_is_confirmed_listed_and_forgotten() {
    let stage = Stage::confirming().await;
    let ben = stage.visitor(Eyes::default()).await;
    sign_in(&stage, &ben).await;
    assert!(ben.text().await.contains("b…@example.org"));
    assert_eq!(ben.focus().await.name, "Code", "it is typed at once");
    faultless(&ben).await;
    ben.write("00000000").await;
    ben.follow(Key::Enter).await;
    assert!(ben.text().await.contains("The code is not valid"));
    faultless(&ben).await;
    let code = stage.mailed(PERSON, "\n    ").await;
    ben.fill("Code", code.trim()).await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.path().await, "/me");

    sign_out_and_in(&stage, &ben).await;
    assert_eq!(ben.path().await, "/me", "it is known now");

    ben.open(&stage.url("/me/sessions")).await;
    assert!(ben.text().await.contains("Known devices"));
    faultless(&ben).await;
    ben.tab_to("button", "Forget").await;
    ben.follow(Key::Enter).await;
    let path = ben.path().await;
    assert!(path.starts_with("/signin?"), "it was this one: {path}");
    stage.assert_clean(&ben);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn the_second_step_is_left_out_on_a_device_that_is_trusted() {
    let stage = Stage::set_up().await;
    let ben = stage.signed_in(PERSON, Eyes::default()).await;
    ben.open(&stage.url("/me/factors")).await;
    add_app(&ben).await;
    let codes = "document.querySelector('code').textContent.trim().split('\\n')[0]";
    let code = ben.evaluate(codes).await;
    let code = code.as_str().unwrap().to_owned();
    sign_out_and_in(&stage, &ben).await;
    assert!(ben.text().await.contains("One more step"));
    faultless(&ben).await;
    let box_of = "Leave this step out on this device for 30 days";
    ben.tab_to("checkbox", box_of).await;
    ben.press(Key::Space).await;
    ben.fill("Code", &code).await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.path().await, "/me");
    sign_out_and_in(&stage, &ben).await;
    assert_eq!(ben.path().await, "/me", "no code was asked for");
    ben.open(&stage.url("/me/sessions")).await;
    assert!(ben.text().await.contains("No second step, until"));
    faultless(&ben).await;
    stage.assert_clean(&ben);
}

async fn sign_out_and_in(stage: &Stage, visitor: &Visitor) {
    visitor.open(&stage.url("/signout")).await;
    visitor.tab_to("button", "Sign out").await;
    visitor.follow(Key::Enter).await;
    sign_in(stage, visitor).await;
}

async fn sign_in(stage: &Stage, visitor: &Visitor) {
    visitor.open(&stage.url("/signin")).await;
    visitor.fill("E-mail address or username", PERSON).await;
    visitor.fill("Password", PASSWORD).await;
    visitor.follow(Key::Enter).await;
}
