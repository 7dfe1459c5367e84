//! One's own account by keyboard alone: picture and profile, password, and the
//! places where one is signed in.

use std::path::PathBuf;

use image::{Rgb, RgbImage};
use tempfile::TempDir;
use tollgate_browser::{Eyes, Key, Visitor};

use super::faultless;
use crate::stage::{PASSWORD, PERSON, Stage};

const NEW: &str = "another horse battery";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn somebody_gives_themselves_a_face_and_a_name() {
    let stage = Stage::set_up().await;
    let ben = stage.signed_in(PERSON, Eyes::default()).await;
    let (_folder, picture) = picture();
    go(&ben, "Profile").await;
    ben.tab_to("button", "Picture").await;
    ben.choose_file(&picture).await;
    press(&ben, "Upload").await;
    assert!(ben.text().await.contains("The picture is saved."));
    ben.until("document.querySelector('img.face').naturalWidth > 0")
        .await;
    press(&ben, "Remove the picture").await;
    assert!(ben.text().await.contains("The picture is removed."));
    assert_eq!(
        ben.evaluate("document.querySelector('img.face')").await,
        serde_json::Value::Null
    );

    ben.fill("Name", "Ben Bauer").await;
    ben.fill("In a few words", "Looks after the bikes.").await;
    ben.tab_to("combobox", "Language").await;
    ben.write("D").await;
    press(&ben, "Save").await;
    assert_eq!(ben.heading().await, "Profil");
    assert!(ben.text().await.contains("Gespeichert."));
    assert_eq!(
        ben.evaluate("document.documentElement.lang").await,
        "de",
        "the pages follow the language of the profile"
    );
    go(&ben, "Übersicht").await;
    assert!(ben.heading().await.contains("Ben Bauer"));
    stage.assert_clean(&ben);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn a_password_is_changed_and_every_other_place_is_out() {
    let stage = Stage::set_up().await;
    let elsewhere = stage.signed_in(PERSON, Eyes::default()).await;
    let ben = stage.signed_in(PERSON, Eyes::default()).await;
    go(&ben, "Password").await;
    assert!(ben.text().await.contains("Sign out my other session"));
    ben.fill("Current password", "not this one").await;
    ben.fill("New password", NEW).await;
    ben.follow(Key::Enter).await;
    assert_eq!(
        ben.focus().await.name,
        "Current password",
        "the field that is wrong has the focus"
    );
    ben.write(PASSWORD).await;
    // One looks at what one has typed, and goes back to it.
    ben.press(Key::Tab).await;
    assert!(ben.focus().await.name.starts_with("Show"));
    ben.press(Key::Space).await;
    ben.press(Key::BackTab).await;
    let shown = "document.activeElement.type + ' ' + document.activeElement.value";
    assert_eq!(ben.evaluate(shown).await, format!("text {PASSWORD}"));
    ben.fill("New password", NEW).await;
    ben.until("document.querySelector('.strength:not([hidden]) meter')?.value >= 2")
        .await;
    press(&ben, "Change password").await;
    let said = "Your password is changed. All other sessions have ended.";
    assert!(ben.text().await.contains(said), "{}", ben.text().await);

    elsewhere.open(&stage.url("/me")).await;
    assert_eq!(elsewhere.heading().await, "Sign in");
    ben.open(&stage.url("/me")).await;
    assert!(ben.heading().await.starts_with("Hello"), "still in here");
    elsewhere
        .send(&[("login", PERSON), ("password", PASSWORD)])
        .await;
    assert_eq!(elsewhere.heading().await, "Sign in", "the old one is gone");
    elsewhere
        .send(&[("login", PERSON), ("password", NEW)])
        .await;
    assert_eq!(elsewhere.path().await, "/me");
    stage.assert_clean(&ben);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn somebody_ends_a_session_elsewhere() {
    let stage = Stage::set_up().await;
    let lost = stage.signed_in(PERSON, Eyes::default()).await;
    let ben = stage.signed_in(PERSON, Eyes::default()).await;
    ben.tab_to("link", "See them").await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.heading().await, "Where you are signed in");
    press(&ben, "End :").await;
    assert!(ben.text().await.contains("The session has ended."));
    lost.open(&stage.url("/me")).await;
    assert_eq!(lost.heading().await, "Sign in");

    let another = stage.signed_in(PERSON, Eyes::default()).await;
    ben.open(&stage.url("/me/sessions")).await;
    press(&ben, "End all others").await;
    assert!(ben.text().await.contains("All other sessions have ended."));
    another.open(&stage.url("/me")).await;
    assert_eq!(another.heading().await, "Sign in");
    ben.tab_to("link", "Sign out").await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.heading().await, "Sign out?");
    ben.tab_to("link", "Stay signed in").await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.path().await, "/me", "the confirmation can be declined");
    stage.assert_clean(&ben);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn the_way_to_the_content_is_short() {
    let stage = Stage::set_up().await;
    let ben = stage.signed_in(PERSON, Eyes::default()).await;
    ben.press(Key::Tab).await;
    assert_eq!(ben.focus().await.name, "Skip to content");
    assert!(ben.shows_focus().await);
    ben.press(Key::Enter).await;
    ben.press(Key::Tab).await;
    let inside = "document.activeElement.closest('main') !== null";
    assert_eq!(ben.evaluate(inside).await, true);
    // What is chosen at the foot of a form that was refused leads back to its page.
    ben.open(&stage.url("/me/profile")).await;
    ben.fill("Another e-mail address or username", "a@b@c")
        .await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.heading().await, "Profile");
    press(&ben, "Dark").await;
    assert_eq!(ben.path().await, "/me/profile");
    assert_eq!(
        ben.evaluate("document.documentElement.dataset.theme").await,
        "dark"
    );
    stage.assert_clean(&ben);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn a_new_address_waits_and_is_taken_back() {
    let stage = Stage::set_up().await;
    let ben = stage.signed_in(PERSON, Eyes::default()).await;
    ben.open(&stage.url("/me/profile")).await;
    ben.fill("Another e-mail address or username", "ben@example.net")
        .await;
    ben.follow(Key::Enter).await;
    assert!(ben.text().await.contains("Waits for you"));
    faultless(&ben).await;
    press(&ben, "Take back : ben@example.net").await;
    assert!(!ben.text().await.contains("Waits for you"));
    stage.assert_clean(&ben);
}

/// Follow the link of that name in the navigation.
async fn go(visitor: &Visitor, area: &str) {
    visitor.tab_to("link", area).await;
    visitor.follow(Key::Enter).await;
}

/// Press the button of that name, which leads to another page.
async fn press(visitor: &Visitor, button: &str) {
    visitor.tab_to("button", button).await;
    visitor.follow(Key::Enter).await;
}

/// A picture in a file; the folder goes with the test.
fn picture() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("me.png");
    let picture = RgbImage::from_fn(300, 200, |x, y| Rgb([x as u8, y as u8, 120]));
    picture.save(&path).unwrap();
    (folder, path)
}
