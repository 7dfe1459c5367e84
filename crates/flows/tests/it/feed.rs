//! Hearing of changes: nothing is missed in a flood, after a fault, or by a
//! node that has just started.

use std::time::Duration;

use tollgate_base::{access::Principal, entropy::Entropy, id::EventId};
use tollgate_flows::{
    Ctx, Event, audit,
    keyring::{self, Begin},
    people,
    watch::Feed,
};
use tollgate_records::events::{self, EventKind};
use tollgate_store::sql::Tx;
use tollgate_testkit::node::Node;

use crate::support::{COOKIE, accepted, cookie, join, sign_in, who};

const CHORE: Principal = Principal::Chore("test");

/// asvs:V7.4.1: more changes wait to be sealed than one read takes.
#[tokio::test]
async fn a_flood_of_changes_hides_no_revocation() {
    let node = Node::new().await;
    let second = node.second().await;
    let ann = join(&node.ctx, "ann").await;
    let held = cookie(&sign_in(&node.ctx, "ann", COOKIE).await);
    assert!(accepted(who(&second.ctx, &held).await));

    let flood = [EventKind::SiteEntered, EventKind::SessionRefreshed];
    append(&node.ctx, &flood.map(EventKind::as_str).repeat(2_500)).await;
    node.clock.advance(Duration::from_secs(1));
    people::suspend(&node.ctx, &Principal::Operator, ann)
        .await
        .unwrap();
    second.follow().await;
    assert!(!accepted(who(&second.ctx, &held).await));
}

/// asvs:V7.4.1, asvs:V16.5.3: keys that cannot be read stand in the way of what
/// comes after them, until they can.
#[tokio::test]
async fn what_could_not_be_heard_is_heard_later() {
    let node = Node::new().await;
    let second = node.second().await;
    let mut feed = Feed::default();
    feed.follow(&second.ctx, &CHORE).await.unwrap();
    let ann = join(&node.ctx, "ann").await;
    let held = cookie(&sign_in(&node.ctx, "ann", COOKIE).await);
    assert!(accepted(who(&second.ctx, &held).await));

    let spoil = "UPDATE signing_keys SET algorithm = '?' || algorithm";
    node.ctx.db().write_one(spoil, vec![]).await.unwrap();
    append(&node.ctx, &["written.by_a_newer_version"]).await;
    node.clock.advance(Duration::from_secs(1));
    people::suspend(&node.ctx, &Principal::Operator, ann)
        .await
        .unwrap();
    for _ in 0..2 {
        feed.follow(&second.ctx, &CHORE).await.unwrap_err();
    }
    let mend = "UPDATE signing_keys SET algorithm = substr(algorithm, 2)";
    node.ctx.db().write_one(mend, vec![]).await.unwrap();
    feed.follow(&second.ctx, &CHORE).await.unwrap();
    assert!(!accepted(who(&second.ctx, &held).await));
}

/// A key that is removed between a node's loading its keys and its first look
/// at the feed is gone there too.
#[tokio::test]
async fn a_node_that_starts_hears_of_what_happened_meanwhile() {
    let node = Node::new().await;
    let second = node.second().await;
    let old = keyring::list(&node.ctx, &CHORE, ()).await.unwrap();
    node.clock.advance(Duration::from_secs(1));
    let next = ("access".to_owned(), Begin::Now);
    keyring::rotate(&node.ctx, &CHORE, next).await.unwrap();
    let old = old.iter().find(|key| key.purpose == "access").unwrap();
    keyring::remove(&node.ctx, &CHORE, old.id).await.unwrap();
    audit::seal(&node.ctx, &CHORE, ()).await.unwrap();

    assert_ne!(keyring::jwks(&second.ctx), keyring::jwks(&node.ctx));
    let mut feed = Feed::default();
    feed.follow(&second.ctx, &CHORE).await.unwrap();
    assert_eq!(keyring::jwks(&second.ctx), keyring::jwks(&node.ctx));
}

/// Events that no verb wrote.
async fn append(ctx: &Ctx, kinds: &[&'static str]) {
    let event = |kind: &&'static str| Event {
        id: EventId::new(ctx.now(), &Entropy).unwrap(),
        seq: None,
        at: ctx.now(),
        kind: (*kind).to_owned(),
        actor: CHORE.to_string(),
        subject: None,
        session: None,
        data: "{}".into(),
        personal: None,
        address: None,
        salt: None,
        personal_digest: [0; 32],
        hash: None,
    };
    let all: Vec<Event> = kinds.iter().map(event).collect();
    ctx.db()
        .write(async move |tx: &mut Tx<'_>| {
            for event in &all {
                events::append(tx, event).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
}
