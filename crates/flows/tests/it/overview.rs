//! What the overview counts is what happened, once each.

use std::time::Duration;

use tollgate_base::access::{Principal, Role};
use tollgate_flows::{
    backup,
    overview::{self, DayFigures},
    people,
    signout::{self, Which},
};
use tollgate_testkit::node::Node;

use crate::support::{
    COOKIE, TOKENS, accepted, boss, code, enter, force_role, join, miscounted, sign_in, tallied,
    together, try_in,
};

const OPERATOR: &Principal = &Principal::Operator;

async fn today(node: &Node) -> DayFigures {
    node.settle().await;
    let all = overview::overview(&node.ctx, OPERATOR, ()).await.unwrap();
    assert_eq!(all.days.len(), overview::DAYS as usize);
    *all.days.last().unwrap()
}

#[tokio::test]
async fn a_day_is_told_as_it_was() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    for name in ["ann", "bob"] {
        join(ctx, name).await;
    }
    let before = today(&node).await;
    for _ in 0..3 {
        sign_in(ctx, "ann", TOKENS).await;
    }
    let (id, ann) = enter(ctx, "ann").await;
    for login in ["ann", "bob", "nobody"] {
        assert!(!accepted(try_in(ctx, login, "wrong", COOKIE).await));
    }
    signout::end_all(ctx, &ann, (id, Which::Others))
        .await
        .unwrap();
    let day = today(&node).await;
    assert_eq!(day.signups, 2);
    assert_eq!(day.signins - before.signins, 4);
    assert_eq!((day.failed, day.blocked), (3, 0));
    assert_eq!(day.revocations - before.revocations, 1);

    node.clock.advance(Duration::from_hours(24));
    let next = today(&node).await;
    assert_eq!((next.signins, next.failed, next.signups), (0, 0, 0));
    assert_eq!(next.begins, day.begins.plus(Duration::from_hours(24)));
    assert_eq!(miscounted(ctx).await, 0);
}

/// The last backup is told to the moment, as pages say how long ago that is.
#[tokio::test]
async fn the_last_backup_is_told_to_the_moment() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let last = async || {
        let seen = overview::overview(ctx, OPERATOR, ()).await;
        seen.unwrap().last_backup
    };
    assert_eq!(last().await, None);
    let folder = tempfile::tempdir().unwrap();
    backup::write(ctx, OPERATOR, folder.path().join("a.backup"))
        .await
        .unwrap();
    let at = ctx.now();
    node.settle().await;
    node.clock.advance(Duration::from_mins(6));
    assert_eq!(last().await, Some(at));
}

/// An account that is blocked is counted once a window; what is not looked at
/// any more is no failure.
#[tokio::test]
async fn a_block_is_one_and_what_follows_it_none() {
    let node = Node::new().await;
    join(&node.ctx, "ann").await;
    let most = node.ctx.policy().attempts.failures;
    for _ in 0..most + 5 {
        let _ = try_in(&node.ctx, "ann", "wrong", COOKIE).await;
    }
    let day = today(&node).await;
    assert_eq!((day.failed, day.blocked), (i64::from(most), 1));
}

/// Many at once on two nodes: each sign-in is counted once, as what it was.
#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_is_counted_to_the_last_one() {
    let node = Node::new().await;
    let other = node.second().await;
    for place in 0..6 {
        join(&node.ctx, &format!("person{place}")).await;
    }
    let nodes = [node.ctx.clone(), other.ctx.clone()];
    let outcomes = together(24, move |place| {
        let ctx = nodes[place % 2].clone();
        async move {
            let name = format!("person{}", place % 6);
            let password = if place < 12 {
                "wrong"
            } else {
                crate::support::PASSWORD
            };
            code(&try_in(&ctx, &name, password, COOKIE).await)
        }
    })
    .await;
    let came_in = outcomes.iter().filter(|code| **code == "ok").count();
    let failed = outcomes
        .iter()
        .filter(|code| **code == "signin.failed")
        .count();
    other.settle().await;
    let day = today(&node).await;
    assert_eq!((day.signins, day.failed), (came_in as i64, failed as i64));
    assert_eq!(came_in + failed, 24);
    assert_eq!(miscounted(&node.ctx).await, 0);
    assert_eq!(tallied(&node.ctx, "session.opened").await, came_in as i64);
}

#[tokio::test]
async fn people_and_sessions_are_counted_and_only_administrators_see_events() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (_, admin) = boss(ctx, "admin").await;
    let (id, manager) = enter_as(ctx, "manager", Role::Manager).await;
    let ann = join(ctx, "ann").await;
    let (_, bob) = enter_as(ctx, "bob", Role::Default).await;
    node.clock.advance(Duration::from_secs(1));
    people::suspend(ctx, &admin, ann).await.unwrap();

    let told = overview::overview(ctx, &admin, ()).await.unwrap();
    let census: Vec<_> = told
        .people
        .iter()
        .map(|of| (of.role, of.people, of.suspended))
        .collect();
    let expected = [
        (Role::Admin, 1, 0),
        (Role::Default, 2, 1),
        (Role::Manager, 1, 0),
    ];
    assert_eq!(census, expected);
    assert_eq!(told.sessions, 3);
    assert_eq!(
        told.latest.unwrap()[0].subject.as_deref(),
        Some(ann.to_string().as_str())
    );
    let told = overview::overview(ctx, &manager, ()).await.unwrap();
    assert!(told.latest.is_none());
    let refused = overview::overview(ctx, &bob, ()).await;
    assert_eq!(code(&refused), "access.denied");
    people::suspend(ctx, &admin, id).await.unwrap();
    let told = overview::overview(ctx, OPERATOR, ()).await.unwrap();
    assert_eq!(told.sessions, 2);
}

async fn enter_as(
    ctx: &tollgate_flows::Ctx,
    name: &str,
    role: Role,
) -> (tollgate_base::id::UserId, Principal) {
    let id = join(ctx, name).await;
    force_role(ctx, id, role).await;
    enter(ctx, name).await
}
