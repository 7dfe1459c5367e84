//! From the setup link to the first administrator, by keyboard alone.

use tollgate_browser::{Eyes, Key};

use crate::stage::{PASSWORD, Stage};

/// asvs:V14.2.1
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn the_first_administrator_needs_no_mouse() {
    let stage = Stage::fresh().await;
    let ann = stage.visitor(Eyes::default()).await;
    ann.open(&stage.url(&stage.filled("/setup#{setup}").await))
        .await;
    assert_eq!(ann.path().await, "/setup", "the token leaves the address");
    let focus = ann.focus().await;
    assert_eq!(
        focus.name, "Name (optional)",
        "the token is filled in: the next field has the focus"
    );
    ann.write("Ann").await;
    ann.fill("E-mail", "ann@example.org").await;
    ann.fill("Password", PASSWORD).await;
    ann.follow(Key::Enter).await;
    assert_eq!(ann.heading().await, "Check the address");
}
