//! How a sign-in crosses from our host to an app's, and how it does not.

use crate::support::house;

use super::{Browser, IDENTITY, signed_in, site};

const APP: &str = "http://notes.localhost:8080";

/// asvs:V10.4.1: from the first visit to the last.
#[tokio::test]
async fn a_sign_in_lands_on_the_app() {
    let house = house().await;
    let ann = house.person("ann").await;
    site(&house, APP, signed_in()).await;
    let mut browser = Browser::new(&house);

    let first = browser.visit(&format!("{APP}/a?b=c&d")).await.expect(401);
    let entrance = first.header("location").to_owned();
    assert!(
        entrance.starts_with("http://notes.localhost:8080/.tollgate/enter?to="),
        "{entrance}"
    );
    let (at, _) = browser.follow(&entrance).await;
    assert!(
        at.starts_with("http://localhost:8700/signin?next=%2Fenter%3F"),
        "{at}"
    );

    browser.sign_in(&ann.email).await;
    let (at, _) = browser.follow(&entrance).await;
    assert_eq!(at, format!("{APP}/a?b=c&d"));
    let let_in = browser.visit(&at).await.expect(200);
    assert_eq!(let_in.header("remote-id"), ann.id);
    assert_eq!(let_in.header("remote-name"), "ann");
    assert_eq!(let_in.header("remote-groups"), "default");
    for name in IDENTITY {
        assert!(let_in.headers.contains_key(name), "{name}");
    }
    assert!(
        !browser.cookies("notes.localhost").contains_key("tollgate"),
        "the master cookie stays at home"
    );
}
