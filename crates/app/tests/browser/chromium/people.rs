//! Looking after people by keyboard alone: to find somebody, keep them out and
//! let them in again, and to make an account for somebody.

use tollgate_browser::{Eyes, Key};

use crate::stage::{PASSWORD, Stage};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn somebody_is_found_suspended_and_let_in_again() {
    let (stage, admin) = Stage::sample().await;
    let tomoko = stage.signed_in("tomoko@example.org", Eyes::default()).await;
    let ada = stage.signed_in(&admin, Eyes::default()).await;
    ada.tab_to("link", "People").await;
    ada.follow(Key::Enter).await;
    ada.tab_to("searchbox", "Name, e-mail or username").await;
    ada.write("tom").await;
    ada.follow(Key::Enter).await;
    let rows = "document.querySelectorAll('tbody tr').length";
    assert_eq!(ada.evaluate(rows).await, 1, "{}", ada.text().await);
    ada.tab_to("link", "Tomoko Sample").await;
    ada.follow(Key::Enter).await;
    assert_eq!(ada.heading().await, "Tomoko Sample");

    ada.tab_to("link", "Suspend").await;
    ada.follow(Key::Enter).await;
    assert_eq!(ada.heading().await, "Suspend Tomoko Sample?");
    ada.tab_to("button", "Suspend").await;
    ada.follow(Key::Space).await;
    let text = ada.text().await;
    assert!(
        text.contains("Suspended. All sessions have ended."),
        "{text}"
    );
    assert!(text.contains("Signed in nowhere"), "{text}");
    tomoko.open(&stage.url("/me")).await;
    assert_eq!(tomoko.heading().await, "Sign in");
    let login = [("login", "tomoko@example.org"), ("password", PASSWORD)];
    tomoko.send(&login).await;
    assert_eq!(tomoko.heading().await, "Sign in");

    ada.tab_to("button", "Resume").await;
    ada.follow(Key::Enter).await;
    assert!(ada.text().await.contains("They may sign in again."));
    tomoko.send(&login).await;
    assert_eq!(tomoko.heading().await, "Hello, Tomoko Sample");
    stage.assert_clean(&ada);
}

/// A person without a password gets a link, which is shown once.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn an_account_is_made_with_a_link_that_is_shown_once() {
    let (stage, admin) = Stage::sample().await;
    let ada = stage.signed_in(&admin, Eyes::default()).await;
    ada.tab_to("link", "People").await;
    ada.follow(Key::Enter).await;
    ada.tab_to("link", "New person").await;
    ada.follow(Key::Enter).await;
    ada.fill("Name", "Cleo").await;
    ada.fill("E-mail address", "cleo@example.org").await;
    ada.tab_to("combobox", "Role").await;
    ada.press(Key::Down).await;
    ada.tab_to("button", "Make the account").await;
    ada.follow(Key::Enter).await;
    let text = ada.text().await;
    for words in ["The account is made.", "Save this now", "only this once"] {
        assert!(text.contains(words), "{words} in {text}");
    }
    let link = ada
        .evaluate("document.querySelector('.secret-text').textContent")
        .await;
    let link = link.as_str().unwrap().to_owned();
    assert!(link.starts_with(&stage.url("/reset#")), "{link}");
    ada.tab_to("button", "Copy").await;
    ada.press(Key::Space).await;
    ada.until("document.activeElement.innerText.includes('Copied')")
        .await;
    assert_eq!(ada.evaluate("navigator.clipboard.readText()").await, link);
    ada.tab_to("button", "Download").await;
    let saved = ("reset-link.txt".to_owned(), link.clone());
    assert_eq!(ada.save_file().await, saved);
    ada.tab_to("link", "Continue").await;
    ada.follow(Key::Enter).await;
    assert_eq!(ada.heading().await, "Cleo");
    assert!(ada.text().await.contains("Manager"));
    assert_eq!(
        ada.evaluate("document.documentElement.innerHTML.includes('/reset#')")
            .await,
        false,
        "it is nowhere else"
    );
    stage.assert_clean(&ada);

    let cleo = stage.visitor(Eyes::default()).await;
    cleo.open(&link).await;
    assert_eq!(cleo.focus().await.name, "New password");
    cleo.write(PASSWORD).await;
    cleo.follow(Key::Enter).await;
    cleo.tab_to("link", "Sign in").await;
    cleo.follow(Key::Enter).await;
    let login = "E-mail address or username";
    cleo.fill(login, "cleo@example.org").await;
    cleo.fill("Password", PASSWORD).await;
    cleo.follow(Key::Enter).await;
    assert_eq!(cleo.heading().await, "Hello, Cleo");
    stage.assert_clean(&cleo);
}
