//! Language and appearance, chosen by keyboard at the foot of a page.

use tollgate_browser::{Eyes, Key};

use super::MENU;
use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn a_language_is_chosen_and_kept() {
    let stage = Stage::set_up().await;
    let visitor = stage.visitor(Eyes::default()).await;
    visitor.open(&stage.url("/signin")).await;
    visitor.tab_to(MENU, "Language: English").await;
    visitor.press(Key::Space).await;
    visitor.tab_to("button", "العربية").await;
    visitor.follow(Key::Enter).await;
    let html = "document.documentElement.lang + ' ' + document.documentElement.dir";
    assert_eq!(visitor.evaluate(html).await, "ar rtl");
    assert_eq!(visitor.path().await, "/signin", "back where it was chosen");
    visitor.open(&stage.url("/forgot")).await;
    assert_eq!(visitor.evaluate(html).await, "ar rtl");
    stage.assert_clean(&visitor);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn an_appearance_is_chosen_and_kept() {
    let stage = Stage::set_up().await;
    let visitor = stage.visitor(Eyes::default()).await;
    visitor.open(&stage.url("/signin")).await;
    let ground = "getComputedStyle(document.body).backgroundColor";
    let light = visitor.evaluate(ground).await;
    visitor.tab_to("button", "Dark").await;
    visitor.follow(Key::Enter).await;
    let dark = visitor.evaluate(ground).await;
    assert_ne!(dark, light);
    visitor.open(&stage.url("/forgot")).await;
    assert_eq!(visitor.evaluate(ground).await, dark);

    visitor.tab_to("button", "As the device").await;
    visitor.follow(Key::Enter).await;
    assert_eq!(visitor.evaluate(ground).await, light);
    let night = Eyes {
        dark: true,
        ..Eyes::default()
    };
    visitor.look(night).await;
    assert_eq!(visitor.evaluate(ground).await, dark);
    stage.assert_clean(&visitor);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn an_appearance_holds_in_the_manual_too() {
    let stage = Stage::set_up().await;
    let visitor = stage.visitor(Eyes::default()).await;
    visitor.open(&stage.url("/docs/")).await;
    let ground = "getComputedStyle(document.body).backgroundColor";
    let light = visitor.evaluate(ground).await;
    visitor.open(&stage.url("/signin")).await;
    visitor.tab_to("button", "Dark").await;
    visitor.follow(Key::Enter).await;
    visitor.open(&stage.url("/docs/")).await;
    let chosen = "document.documentElement.dataset.theme === 'dark'";
    visitor.until(chosen).await;
    assert_ne!(visitor.evaluate(ground).await, light);
    stage.assert_clean(&visitor);
}
