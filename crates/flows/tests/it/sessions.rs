//! Sessions: how long they live, who sees them, and who ends them.

use std::time::Duration;

use tollgate_base::{
    access::{Principal, Role},
    codes,
    id::{SessionId, UserId},
    time::Time,
};
use tollgate_flows::{
    Ctx, Opening, SignedIn,
    admit::Credential,
    signout::{self, Which},
};
use tollgate_testkit::node::Node;

use crate::support::{
    COOKIE, accepted, boss, code, cookie, count, enter, events, force_role, join, number, secret,
    sign_in, together, who,
};

const HOUR: Duration = Duration::from_hours(1);
const TICK: Duration = Duration::from_micros(1);
const DAY: Duration = Duration::from_hours(24);
const REMEMBERED: Opening = Opening::Cookie { remember: true };

/// asvs:V7.3.1
#[tokio::test]
async fn a_session_ends_when_nobody_uses_it() {
    for (opening, limit) in [(COOKIE, 12 * HOUR), (REMEMBERED, 14 * DAY)] {
        let node = Node::new().await;
        join(&node.ctx, "ann").await;
        let [used, unused] = two(&node.ctx, opening).await;
        node.clock.advance(limit.saturating_sub(TICK));
        who(&node.ctx, &used).await.unwrap();
        node.settle().await;
        node.clock.advance(TICK);
        who(&node.ctx, &used).await.unwrap();
        let late = who(&node.ctx, &unused).await;
        assert_eq!(code(&late), "session.expired", "{opening:?}");
    }
}

/// asvs:V7.3.2
#[tokio::test]
async fn a_session_ends_in_time_however_much_it_is_used() {
    for (opening, limit, step) in [(COOKIE, DAY, HOUR), (REMEMBERED, 90 * DAY, 3 * DAY)] {
        let node = Node::new().await;
        join(&node.ctx, "ann").await;
        let [cookie, _] = two(&node.ctx, opening).await;
        let opened = node.clock.now();
        loop {
            node.clock.advance(step);
            if node.clock.now() >= opened.plus(limit) {
                break;
            }
            let busy = who(&node.ctx, &cookie).await;
            assert!(
                busy.is_ok(),
                "{opening:?}, {:?}",
                node.clock.now().since(opened)
            );
            node.settle().await;
        }
        let late = who(&node.ctx, &cookie).await;
        assert_eq!(code(&late), "session.expired", "{opening:?}");
    }
}

/// What one node remembers of a session grows old while another serves it.
#[tokio::test]
async fn a_session_that_lives_on_another_node_lives_here() {
    let node = Node::new().await;
    let second = node.second().await;
    join(&node.ctx, "ann").await;
    let [cookie, _] = two(&node.ctx, COOKIE).await;
    who(&node.ctx, &cookie).await.unwrap();
    for _ in 0..2 {
        node.clock.advance(11 * HOUR);
        who(&second.ctx, &cookie).await.unwrap();
        second.settle().await;
    }
    who(&node.ctx, &cookie).await.unwrap();
}

#[tokio::test]
async fn when_a_session_was_last_seen_is_told_at_once_and_stored_later() {
    let node = Node::new().await;
    let (ann, by) = {
        join(&node.ctx, "ann").await;
        enter(&node.ctx, "ann").await
    };
    let [used, _] = two(&node.ctx, COOKIE).await;
    let opened = node.clock.now();
    node.clock.advance(Duration::from_secs(29));
    who(&node.ctx, &used).await.unwrap();
    node.settle().await;
    assert_eq!(
        latest(&node.ctx).await,
        opened,
        "too soon to be worth a write"
    );

    node.clock.advance(Duration::from_secs(1));
    who(&node.ctx, &used).await.unwrap();
    let seen = node.clock.now();
    let listed = signout::list(&node.ctx, &by, ann).await.unwrap();
    assert!(listed.iter().any(|session| session.last_seen_at == seen));
    assert_eq!(latest(&node.ctx).await, opened, "buffered");
    node.settle().await;
    assert_eq!(latest(&node.ctx).await, seen);
}

/// asvs:V7.5.2
#[tokio::test]
async fn people_see_their_sessions_and_end_one_or_the_others_or_all() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let here = sign_in(ctx, "ann", COOKIE).await;
    let by = who(ctx, &cookie(&here)).await.unwrap();
    let ann = here.account.account.id;
    let mut elsewhere = Vec::new();
    for _ in 0..4 {
        node.clock.advance(Duration::from_secs(1));
        elsewhere.push(sign_in(ctx, "ann", COOKIE).await);
    }
    let newest_first: Vec<SessionId> = elsewhere.iter().rev().chain([&here]).map(id).collect();
    assert_eq!(listed(ctx, &by, ann).await, newest_first);

    signout::end(ctx, &by, (ann, elsewhere[0].session))
        .await
        .unwrap();
    assert_eq!(living(ctx, &elsewhere).await, [false, true, true, true]);
    signout::end(ctx, &by, (ann, elsewhere[0].session))
        .await
        .unwrap();
    assert_eq!(events(ctx, "session.ended").await, 1, "once is enough");

    assert_eq!(
        signout::end_all(ctx, &by, (ann, Which::Others))
            .await
            .unwrap(),
        3
    );
    assert_eq!(living(ctx, &elsewhere).await, [false; 4]);
    assert_eq!(listed(ctx, &by, ann).await, [here.session]);

    assert_eq!(
        signout::end_all(ctx, &by, (ann, Which::All)).await.unwrap(),
        1
    );
    assert_eq!(living(ctx, &[here]).await, [false]);
    assert_eq!(listed(ctx, &by, ann).await, []);
}

/// vuln:80, asvs:V7.4.5
#[tokio::test]
async fn an_administrator_ends_anybodys_sessions_and_a_manager_only_those_below() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (root, admin) = boss(ctx, "root").await;
    let mut people = Vec::new();
    for (name, role) in [
        ("ann", Role::Default),
        ("meg", Role::Manager),
        ("max", Role::Manager),
    ] {
        let account = join(ctx, name).await;
        force_role(ctx, account, role).await;
        people.push((account, sign_in(ctx, name, COOKIE).await));
    }
    let (_, manager) = enter(ctx, "meg").await;
    let (max, max_in) = &people[2];
    for peer in [*max, root] {
        let refused = signout::list(ctx, &manager, peer).await;
        assert_eq!(code(&refused), "access.rank");
        let refused = signout::end(ctx, &manager, (peer, max_in.session)).await;
        assert_eq!(code(&refused), "access.rank");
        for which in [Which::All, Which::Others] {
            let refused = signout::end_all(ctx, &manager, (peer, which)).await;
            assert_eq!(code(&refused), "access.rank");
        }
    }
    let (ann, ann_in) = &people[0];
    assert_eq!(listed(ctx, &manager, *ann).await, [ann_in.session]);
    signout::end(ctx, &manager, (*ann, ann_in.session))
        .await
        .unwrap();
    signout::end_all(ctx, &admin, (*max, Which::All))
        .await
        .unwrap();
    let (_, entered): (Vec<UserId>, Vec<SignedIn>) = people.into_iter().unzip();
    assert_eq!(living(ctx, &entered).await, [false, true, false]);
}

/// vuln:80, asvs:V8.2.2
#[tokio::test]
async fn somebody_elses_session_is_not_there() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let bea = join(ctx, "bea").await;
    join(ctx, "ann").await;
    let (ann, by) = enter(ctx, "ann").await;
    let hers = sign_in(ctx, "bea", COOKIE).await;
    let nobodys = SessionId::new(node.clock.now(), ctx.entropy()).unwrap();
    for id in [hers.session, nobodys] {
        let missing = signout::end(ctx, &by, (ann, id)).await.unwrap_err();
        assert!(missing.is(&codes::SESSION_MISSING));
    }
    let refused = [
        signout::end(ctx, &by, (bea, hers.session)).await,
        signout::end_all(ctx, &by, (bea, Which::All))
            .await
            .map(|_| ()),
        signout::list(ctx, &by, bea).await.map(|_| ()),
    ];
    assert_eq!(count(&refused, "access.denied"), 3);
    let stranger = signout::end(ctx, &Principal::Anonymous, (bea, hers.session)).await;
    assert_eq!(code(&stranger), "auth.required");
    assert_eq!(living(ctx, &[hers]).await, [true]);
}

/// vuln:78
#[tokio::test(flavor = "multi_thread")]
async fn a_session_ended_by_twenty_at_once_ends_once() {
    let node = Node::new().await;
    let second = node.second().await;
    join(&node.ctx, "ann").await;
    let (ann, by) = enter(&node.ctx, "ann").await;
    let victim = sign_in(&node.ctx, "ann", COOKIE).await;
    let outcomes = together(20, |place| {
        let ctx = [&node.ctx, &second.ctx][place % 2].clone();
        let (by, session) = (by.clone(), victim.session);
        async move { signout::end(&ctx, &by, (ann, session)).await }
    })
    .await;
    assert_eq!(count(&outcomes, "ok"), 20, "{outcomes:?}");
    assert_eq!(events(&node.ctx, "session.ended").await, 1);
    assert_eq!(living(&node.ctx, &[victim]).await, [false]);
}

/// vuln:25
#[tokio::test]
async fn a_cookie_that_is_cut_or_longer_opens_nothing() {
    let node = Node::new().await;
    join(&node.ctx, "ann").await;
    let [whole, _] = two(&node.ctx, COOKIE).await;
    let Credential::Cookie(text) = &whole else {
        panic!("it is a cookie");
    };
    let text = crate::support::text(text);
    let cut = (0..text.len()).map(|length| text[..length].to_owned());
    let longer = ["A", "=", " ", "\0"].map(|more| format!("{text}{more}"));
    for bad in cut.chain(longer) {
        let outcome = who(&node.ctx, &Credential::Cookie(secret(bad))).await;
        assert_eq!(code(&outcome), "token.invalid");
    }
    who(&node.ctx, &whole).await.unwrap();
}

/// The cookies of two sessions of ann's.
async fn two(ctx: &Ctx, opening: Opening) -> [Credential; 2] {
    [
        cookie(&sign_in(ctx, "ann", opening).await),
        cookie(&sign_in(ctx, "ann", opening).await),
    ]
}

fn id(signed_in: &SignedIn) -> SessionId {
    signed_in.session
}

async fn listed(ctx: &Ctx, by: &Principal, of: UserId) -> Vec<SessionId> {
    let sessions = signout::list(ctx, by, of).await.unwrap();
    sessions.into_iter().map(|session| session.id).collect()
}

async fn living(ctx: &Ctx, entered: &[SignedIn]) -> Vec<bool> {
    let mut living = Vec::new();
    for signed_in in entered {
        living.push(accepted(who(ctx, &cookie(signed_in)).await));
    }
    living
}

/// The latest use that is stored.
async fn latest(ctx: &Ctx) -> Time {
    let sql = "SELECT max(last_seen_at) AS number FROM sessions";
    Time::from_micros(number(ctx, sql, vec![]).await)
}
