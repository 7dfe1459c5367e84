//! From the setup link to the first administrator, by keyboard alone.

use tollgate_browser::{Eyes, Key};

use super::factors::add_app;
use crate::stage::{PASSWORD, Stage};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn the_first_administrator_needs_no_mouse() {
    let stage = Stage::fresh().await;
    let ann = stage.visitor(Eyes::default()).await;
    let link = stage.filled("/setup#{setup}").await;
    ann.open(&stage.url(&link)).await;
    assert_eq!(ann.path().await, "/setup", "the token leaves the address");
    assert_eq!(
        ann.focus().await.name,
        "Name (optional)",
        "the token is filled in: the next field has the focus"
    );
    ann.write("Ann").await;
    ann.fill("E-mail", "ann@example.org").await;
    ann.fill("Password", PASSWORD).await;
    ann.follow(Key::Enter).await;
    assert_eq!(ann.heading().await, "Two-step sign-in");
    add_app(&ann).await;
    ann.tab_to("link", "I have saved them").await;
    ann.follow(Key::Enter).await;
    assert_eq!(ann.heading().await, "Check the address");
    ann.tab_to("link", "Continue").await;
    ann.follow(Key::Enter).await;
    assert_eq!(ann.heading().await, "You are all set");
    ann.tab_to("link", "Your account").await;
    ann.follow(Key::Enter).await;
    assert_eq!(ann.heading().await, "Hello, Ann");

    ann.open(&stage.url(&link)).await;
    assert_eq!(ann.heading().await, "This server is set up");
    stage.assert_clean(&ann);
}
