//! What needs the browser. Each test is ignored by `cargo test` for that.

mod account;
mod audit;
mod by_mail;
mod choices;
mod codes;
mod devices;
mod entrance;
mod factors;
mod guard;
mod newcomers;
mod passkeys;
mod people;
mod screenshots;
mod setup;
mod site;
mod weight;

use tollgate_browser::{Eyes, Visitor};

/// A menu that opens where it stands, as a screen reader is told it.
const MENU: &str = "DisclosureTriangle";

/// In light and dark, narrow and wide.
async fn faultless(visitor: &Visitor) {
    for (width, dark) in [(320, false), (1280, true)] {
        visitor
            .look(Eyes {
                width,
                dark,
                ..Eyes::default()
            })
            .await;
        let mut found = visitor.accessibility_faults().await;
        found.extend(visitor.sideways().await);
        assert!(
            found.is_empty(),
            "{} at {width}: {found:#?}",
            visitor.path().await
        );
    }
}
