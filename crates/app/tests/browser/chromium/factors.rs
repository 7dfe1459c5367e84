//! A second factor by keyboard alone: an app is added, and before it goes a code
//! is asked for again. The pages that only its owner sees are judged on the way.

use tollgate_browser::{Eyes, Key, Visitor};
use totp_rs::{Algorithm, Secret, TOTP};

use crate::stage::{PASSWORD, PERSON, Stage};

use super::faultless;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn an_app_is_added_and_goes_only_with_a_code() {
    let stage = Stage::set_up().await;
    let ben = stage.signed_in(PERSON, Eyes::default()).await;
    ben.open(&stage.url("/me/factors")).await;
    add_app(&ben).await;
    let codes = "document.querySelector('code').textContent.trim().split('\\n')[0]";
    let code = ben.evaluate(codes).await;
    let code = code.as_str().unwrap().to_owned();

    ben.open(&stage.url("/me/factors")).await;
    assert!(ben.text().await.contains("Recovery codes"));
    faultless(&ben).await;
    stage.age_sessions().await;
    for page in ["/me/password", "/me/factors"] {
        ben.open(&stage.url(page)).await;
        assert!(ben.text().await.contains("Show a code again"), "{page}");
        faultless(&ben).await;
    }
    ben.tab_to("link", "Remove").await;
    ben.follow(Key::Enter).await;
    faultless(&ben).await;
    let removal = ben.path().await;
    ben.fill("Code", "000000").await;
    ben.follow(Key::Enter).await;
    assert_eq!(
        ben.focus().await.name,
        "Code",
        "the field that is wrong has the focus"
    );
    faultless(&ben).await;
    ben.write(&code).await;
    ben.follow(Key::Enter).await;
    assert_eq!(ben.path().await, removal, "back where it was asked for");
    ben.fill("Current password", PASSWORD).await;
    ben.follow(Key::Enter).await;
    let said = "The authenticator app was removed.";
    assert!(ben.text().await.contains(said), "{}", ben.text().await);
    stage.assert_clean(&ben);
}

/// On the page of factors, up to the recovery codes.
pub(super) async fn add_app(visitor: &Visitor) {
    visitor.fill("Name of the app", "Phone").await;
    visitor.fill("Current password", PASSWORD).await;
    visitor.follow(Key::Enter).await;
    faultless(visitor).await;
    let text = visitor.evaluate("document.getElementById('secret').textContent");
    let text = text.await.as_str().unwrap().trim().to_owned();
    let secret = Secret::Encoded(text).to_bytes().unwrap();
    let app = TOTP::new(Algorithm::SHA1, 6, 1, 30, secret).unwrap();
    visitor.fill("Code", &app.generate_current().unwrap()).await;
    visitor.follow(Key::Enter).await;
    faultless(visitor).await;
}
