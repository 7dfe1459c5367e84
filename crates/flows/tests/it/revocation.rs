//! What must die, and what must live: every way to take access away against
//! every credential, on the node that did it at the next call and on another
//! one as soon as it has heard.

use std::time::Duration;

use tollgate_base::access::{Principal, Role};
use tollgate_flows::{
    ClientProfile, account,
    admit::Credential,
    backup::Sessions,
    password::{self, ChangePassword},
    people,
    signout::{self, Which},
};
use tollgate_testkit::node::Node;

use crate::{
    purse::{ALL, Purse, UNSEEN},
    support::{
        Bare, OTHER_PASSWORD, PASSWORD, TOKENS, accepted, boss, join, renewed, reset, secret,
        sign_in, tokens, who,
    },
};

/// Two nodes that remember everything ann and bob hold.
struct Stage {
    node: Node,
    second: Node,
    boss: Principal,
    ann: Purse,
    bob: Purse,
}

impl Stage {
    async fn new() -> Self {
        let node = Node::new().await;
        let second = node.second().await;
        let (_, boss) = boss(&node.ctx, "boss").await;
        for name in ["ann", "bob"] {
            join(&node.ctx, name).await;
        }
        let ann = Purse::fill(&node.ctx, "ann").await;
        let bob = Purse::fill(&node.ctx, "bob").await;
        let stage = Self {
            node,
            second,
            boss,
            ann,
            bob,
        };
        for node in [&stage.node, &stage.second] {
            assert_eq!(stage.ann.living(&node.ctx, &ALL[..7]).await, ALL[..7]);
            assert_eq!(stage.bob.living(&node.ctx, &ALL).await, ALL);
        }
        stage
    }

    /// Of what ann holds exactly this lives on, and everything of bob's.
    async fn only_lives(&self, wanted: &[&str]) {
        assert_eq!(self.ann.living(&self.node.ctx, &ALL).await, wanted);
        assert_eq!(self.bob.living(&self.node.ctx, &ALL).await, ALL);
        self.second.follow().await;
        assert_eq!(self.ann.living(&self.second.ctx, &ALL).await, wanted);
        assert_eq!(self.bob.living(&self.second.ctx, &ALL).await, ALL);
    }
}

/// vuln:21, vuln:23, vuln:28, asvs:V7.4.1
#[tokio::test]
async fn signing_out_ends_that_session_and_no_other() {
    let stage = Stage::new().await;
    let ctx = &stage.node.ctx;
    let steps: [(&str, &[&str]); 4] = [
        ("cookie", &ALL[1..]),
        ("access", &ALL[3..]),
        ("chatbot access", &ALL[5..]),
        ("foreign access", &ALL[6..]),
    ];
    for (name, left) in steps {
        let by = stage.ann.acts(ctx, name).await;
        signout::signout(ctx, &by, ()).await.unwrap();
        stage.only_lives(left).await;
    }
}

/// vuln:23, asvs:V7.4.5
#[tokio::test]
async fn an_administrator_ends_every_session_one_by_one() {
    let stage = Stage::new().await;
    let (ctx, ann) = (&stage.node.ctx, stage.ann.user);
    let live = signout::list(ctx, &stage.boss, ann).await.unwrap();
    assert_eq!(live.len(), 5);
    for session in live {
        signout::end(ctx, &stage.boss, (ann, session.id))
            .await
            .unwrap();
    }
    stage.only_lives(&[UNSEEN]).await;
}

/// vuln:23, asvs:V7.4.3, asvs:V7.5.2
#[tokio::test]
async fn ending_the_others_spares_the_session_that_asks_and_ending_all_spares_none() {
    let stage = Stage::new().await;
    let ctx = &stage.node.ctx;
    let by = stage.ann.acts(ctx, "access").await;
    let of = stage.ann.user;
    signout::end_all(ctx, &by, (of, Which::Others))
        .await
        .unwrap();
    stage.only_lives(&["access", "refresh"]).await;
    signout::end_all(ctx, &by, (of, Which::All)).await.unwrap();
    stage.only_lives(&[]).await;
}

/// vuln:19, vuln:21, vuln:23, asvs:V7.4.2
#[tokio::test]
async fn suspension_ends_everything_for_good() {
    let stage = Stage::new().await;
    let (ctx, ann) = (&stage.node.ctx, stage.ann.user);
    people::suspend(ctx, &stage.boss, ann).await.unwrap();
    stage.only_lives(&[]).await;
    people::resume(ctx, &stage.boss, ann).await.unwrap();
    stage.only_lives(&[]).await;
}

/// vuln:23, vuln:32, asvs:V7.4.3
#[tokio::test]
async fn a_changed_password_ends_all_but_the_session_that_changed_it() {
    let stage = Stage::new().await;
    let ctx = &stage.node.ctx;
    let by = stage.ann.acts(ctx, "cookie").await;
    let request = ChangePassword {
        current: Some(secret(PASSWORD)),
        new: secret(OTHER_PASSWORD),
        end_others: true,
        client: ClientProfile::NATIVE,
    };
    let changed = password::change_own(ctx, &by, request).await.unwrap();
    // Its cookie is another one now.
    stage.only_lives(&[]).await;
    let again = who(&stage.second.ctx, &renewed(&changed)).await.unwrap();
    assert_eq!(
        again.person().unwrap().session,
        by.person().unwrap().session
    );
}

/// vuln:23, vuln:32, asvs:V7.4.3
#[tokio::test]
async fn a_reset_password_ends_everything() {
    let stage = Stage::new().await;
    let ctx = &stage.node.ctx;
    let link = password::reset_link(ctx, &stage.boss, stage.ann.user)
        .await
        .unwrap();
    reset(ctx, &link.token, OTHER_PASSWORD).await.unwrap();
    stage.only_lives(&[]).await;
}

/// vuln:23, asvs:V7.4.2
#[tokio::test]
async fn deletion_ends_everything() {
    let stage = Stage::new().await;
    account::delete(&stage.node.ctx, &stage.boss, stage.ann.user)
        .await
        .unwrap();
    stage.only_lives(&[]).await;
}

/// vuln:23, vuln:30
#[tokio::test]
async fn a_dropped_role_is_gone_from_every_credential() {
    let stage = Stage::new().await;
    let (ctx, ann) = (&stage.node.ctx, stage.ann.user);
    let admitted = ["cookie", "access", "chatbot access", "foreign access"];
    for role in [Role::Admin, Role::Default] {
        people::assign_role(ctx, &stage.boss, (ann, role))
            .await
            .unwrap();
        stage.second.follow().await;
        for node in [&stage.node, &stage.second] {
            for name in admitted {
                let Principal::Person(person) = stage.ann.acts(&node.ctx, name).await else {
                    panic!("a person");
                };
                assert_eq!(person.role, role, "{name}");
            }
        }
    }
    stage.only_lives(&ALL).await;
}

/// asvs:V7.4.1
#[tokio::test]
async fn a_restore_ends_what_the_backup_holds_unless_it_is_to_be_kept() {
    let node = Node::new().await;
    let bare = || Bare::new(&node.ctx, [7; 32], node.clock.clone());
    let (old, ended, kept) = (bare().await, bare().await, bare().await);
    old.load_keys().await;
    join(&old.ctx, "ann").await;
    let ann = Purse::fill(&old.ctx, "ann").await;
    assert_eq!(ann.living(&old.ctx, &ALL[..7]).await, ALL[..7]);
    ended.restore(&old.ctx, Sessions::End).await;
    kept.restore(&old.ctx, Sessions::Keep).await;
    assert_eq!(ann.living(&ended.ctx, &ALL).await, [""; 0]);
    assert_eq!(ann.living(&kept.ctx, &ALL).await, ALL);
    node.clock.advance(Duration::from_secs(1));
    let anew = Purse::fill(&ended.ctx, "ann").await;
    assert_eq!(anew.living(&ended.ctx, &ALL).await, ALL);
}

/// fault:F40: whoever is told that access is gone finds it gone at once, also
/// where another node took it away before and this one has not heard of it.
#[tokio::test]
async fn what_another_node_took_away_before_is_gone_here_too() {
    let node = Node::new().await;
    let second = node.second().await;
    let (_, boss) = boss(&node.ctx, "boss").await;
    let ann = join(&node.ctx, "ann").await;
    let (held, _) = tokens(&sign_in(&node.ctx, "ann", TOKENS).await);
    let held = Credential::Access(held);
    let me = who(&node.ctx, &held).await.unwrap();
    let remembered = who(&second.ctx, &held).await.unwrap();
    signout::signout(&node.ctx, &me, ()).await.unwrap();
    signout::signout(&second.ctx, &remembered, ())
        .await
        .unwrap();
    assert!(!accepted(who(&second.ctx, &held).await));

    let (held, _) = tokens(&sign_in(&node.ctx, "ann", TOKENS).await);
    let held = Credential::Access(held);
    who(&second.ctx, &held).await.unwrap();
    people::suspend(&node.ctx, &boss, ann).await.unwrap();
    people::suspend(&second.ctx, &boss, ann).await.unwrap();
    assert!(!accepted(who(&second.ctx, &held).await));
}
