//! Who gets a reset mail, and how many.

use std::time::Duration;

use tollgate_flows::{Applicant, Ctx, UserAgent};
use tollgate_testkit::node::Node;

use crate::support::{applicant, ask_reset, code, email, events, join_quietly, try_join};

/// vuln:109: what somebody typed is read again as they typed it, as not every
/// canonical form is an address by itself.
#[tokio::test]
async fn an_address_is_mailed_to_however_it_folds() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    for odd in ["ann\u{2488}b@example.org", "\u{fb00}\u{fdf2}@example.org"] {
        let somebody = Applicant {
            email: Some(email(odd)),
            username: None,
            ..applicant("somebody")
        };
        try_join(ctx, somebody).await.unwrap();
        node.settle().await;
        let before = node.mails().len();
        ask_reset(ctx, odd, UserAgent::default()).await.unwrap();
        node.settle().await;
        let new = node.mails().len() - before;
        let to = format!("To: {odd}\n");
        let his = node.mails().into_iter().filter(|mail| mail.contains(&to));
        assert_eq!((new, his.count()), (1, 2), "{odd}");
    }
    node.clock.advance(Duration::from_hours(4));
    node.settle().await;
    assert_eq!(events(ctx, "mail.given_up").await, 0);
}

/// asvs:V6.3.1: nobody is flooded, and whether the address is anybody's does
/// not show.
#[tokio::test]
async fn a_mailbox_is_not_flooded() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join_quietly(ctx, "ann").await;
    for address in ["ann@example.org", "nobody@example.org"] {
        let codes = ask(ctx, address, 12).await;
        assert_eq!(codes[..10], ["ok"; 10], "{address}");
        assert_eq!(codes[10..], ["throttled"; 2], "{address}");
    }
    assert_eq!(ask(ctx, "ANN@Example.org", 1).await, ["throttled"]);
    node.settle().await;
    assert_eq!(node.mails().len(), 10);
    node.clock.advance(Duration::from_hours(1));
    let codes = ask(ctx, "ann@example.org", 2).await;
    assert_eq!(codes, ["ok", "throttled"], "it does not begin anew");
}

async fn ask(ctx: &Ctx, address: &str, times: usize) -> Vec<&'static str> {
    let mut codes = Vec::new();
    for _ in 0..times {
        codes.push(code(&ask_reset(ctx, address, UserAgent::default()).await));
    }
    codes
}
