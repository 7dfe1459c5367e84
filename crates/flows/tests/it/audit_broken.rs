//! A trail that was touched: told once, nothing signed behind it, and nobody who
//! follows it left waiting.

use std::time::Duration;

use tollgate_base::access::Principal;
use tollgate_flows::{
    alerts,
    audit::{self, Kept},
};
use tollgate_testkit::node::Node;

use crate::{
    audit_trail::{enter_new, fault, patrol, run},
    support::{boss, code, events as told, join},
};

const OPERATOR: &Principal = &Principal::Operator;
const CHORE: &Principal = &Principal::Chore("test");

/// What does not fit is told once, however much happens behind it, and nothing is
/// signed until all of the trail was seen to fit again.
///
/// asvs:V16.4.2
#[tokio::test]
async fn nothing_is_signed_behind_a_fault_while_it_stands() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let later = async |name: &str| {
        enter_new(ctx, name).await;
        node.settle().await;
        node.clock.advance(Duration::from_mins(10));
    };
    later("ann").await;
    let first = audit::checkpoint(ctx, CHORE, ()).await.unwrap().unwrap();
    run(ctx, "UPDATE events SET actor = actor || 'x' WHERE seq = 2").await;
    patrol(ctx).await;
    let found = fault(ctx).await.unwrap();
    for name in ["bob", "cid"] {
        later(name).await;
        assert!(audit::checkpoint(ctx, CHORE, ()).await.unwrap().is_none());
        patrol(ctx).await;
        let standing = audit::standing(ctx, OPERATOR, ()).await.unwrap();
        assert_eq!(standing.fault.as_ref(), Some(&found));
        assert_eq!(standing.last.unwrap().seq, first.seq);
    }
    assert_eq!(told(ctx, "audit.broken").await, 1);

    run(
        ctx,
        "UPDATE events SET actor = substr(actor, 1, length(actor) - 1) WHERE seq = 2",
    )
    .await;
    assert!(audit::checkpoint(ctx, CHORE, ()).await.unwrap().is_none());
    patrol(ctx).await;
    assert_eq!(fault(ctx).await, None);
    let second = audit::checkpoint(ctx, CHORE, ()).await.unwrap().unwrap();
    assert!(second.seq > first.seq);
    let whole = audit::verify(ctx, OPERATOR, Kept::default()).await.unwrap();
    assert_eq!(whole.checkpoints, 2);
}

/// The end is cut off, and the checkpoints in it: how far others had come tells of it,
/// at once, and nobody waits until the trail is as long again.
///
/// asvs:V16.4.2
#[tokio::test]
async fn a_cut_end_is_told_by_how_far_others_had_come() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    // Somebody watches from here on.
    node.settle().await;
    for name in ["ann", "bob", "cid"] {
        enter_new(ctx, name).await;
    }
    node.settle().await;
    alerts::check(ctx, CHORE, ()).await.unwrap();
    node.clock.advance(Duration::from_mins(10));
    audit::checkpoint(ctx, CHORE, ()).await.unwrap().unwrap();
    run(ctx, "DELETE FROM events WHERE seq > 3").await;
    run(ctx, "DELETE FROM checkpoints WHERE seq > 3").await;

    let checked = audit::verify(ctx, OPERATOR, Kept::default()).await;
    assert_eq!(code(&checked), "audit.broken");
    assert!(checked.unwrap_err().public().contains("cut off"));
    audit::checkpoint(ctx, CHORE, ()).await.unwrap();
    alerts::check(ctx, CHORE, ()).await.unwrap();
    patrol(ctx).await;
    assert!(fault(ctx).await.unwrap().contains("cut off"));
    assert_eq!(told(ctx, "audit.broken").await, 1);
    // It is heard at once, and so is what comes after it.
    node.settle().await;
    node.settle().await;
    let open = async || {
        let open = alerts::list(ctx, OPERATOR, true).await.unwrap();
        let mut rules: Vec<_> = open.into_iter().map(|alert| alert.rule).collect();
        rules.sort();
        rules
    };
    assert_eq!(open().await, ["trail-broken"]);
    boss(ctx, "root").await;
    node.settle().await;
    assert!(open().await.contains(&"administrator-made".to_owned()));

    // It stands, also when the trail is longer than it ever was.
    for name in ["dan", "eve", "fay", "gus"] {
        enter_new(ctx, name).await;
    }
    node.settle().await;
    node.clock.advance(Duration::from_mins(10));
    patrol(ctx).await;
    assert!(audit::checkpoint(ctx, CHORE, ()).await.unwrap().is_none());
    assert!(fault(ctx).await.is_some());
    let checked = audit::verify(ctx, OPERATOR, Kept::default()).await;
    assert_eq!(code(&checked), "audit.broken");
}

/// A signed head that was altered where it is kept, and hashes that are none: the
/// trail is broken, and not the program.
///
/// asvs:V16.4.2
#[tokio::test]
async fn what_is_no_hash_any_more_breaks_the_trail_and_nothing_else() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    enter_new(ctx, "ann").await;
    node.settle().await;
    node.clock.advance(Duration::from_mins(10));
    audit::checkpoint(ctx, CHORE, ()).await.unwrap().unwrap();
    for (alter, back) in [
        (
            "UPDATE checkpoints SET hash = (SELECT hash FROM events WHERE seq = 1)",
            "UPDATE checkpoints SET hash = (SELECT hash FROM events WHERE events.seq = checkpoints.seq)",
        ),
        (
            "UPDATE checkpoints SET hash = substr(hash, 1, 5)",
            "UPDATE checkpoints SET hash = (SELECT hash FROM events WHERE events.seq = checkpoints.seq)",
        ),
        (
            "UPDATE events SET hash = substr(hash, 1, 5) WHERE seq = 2",
            "UPDATE events SET hash = personal_digest WHERE seq = 2",
        ),
    ] {
        run(ctx, alter).await;
        let outcome = audit::verify(ctx, OPERATOR, Kept::default()).await;
        assert_eq!(code(&outcome), "audit.broken", "{alter}");
        patrol(ctx).await;
        assert!(fault(ctx).await.is_some(), "{alter}");
        run(ctx, back).await;
        run(ctx, "UPDATE cursors SET fault = NULL").await;
    }
    // The first fault of all is in the trail; so is whatever is done meanwhile.
    enter_new(ctx, "bob").await;
    node.settle().await;
}

/// People without a single event that tells of them: that is no trail that holds.
#[tokio::test]
async fn an_empty_trail_of_a_house_with_people_does_not_verify() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    for sql in ["DELETE FROM events", "DELETE FROM alert_marks"] {
        run(ctx, sql).await;
    }
    let empty = audit::verify(ctx, OPERATOR, Kept::default()).await.unwrap();
    assert_eq!(empty.sealed, 0);
    join(ctx, "ann").await;
    audit::verify(ctx, OPERATOR, Kept::default()).await.unwrap();
    run(ctx, "DELETE FROM events").await;
    let outcome = audit::verify(ctx, OPERATOR, Kept::default()).await;
    assert_eq!(code(&outcome), "audit.broken");
}
