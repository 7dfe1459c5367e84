//! Temporary sign-in tokens: an administrator lets somebody in, once, for
//! minutes, and nobody in silence.

use std::time::Duration;

use tollgate_base::{
    Result, SecretString,
    access::{Principal, Role},
    id::UserId,
};
use tollgate_flows::{
    Ctx, Device, password, people,
    signin::{self, IssueToken, Step, UseToken},
};
use tollgate_testkit::node::Node;

use crate::{
    authenticator::{equipped, finish},
    support::{
        COOKIE, OTHER_PASSWORD, boss, code, enter, events, force_role, join, reset, together,
    },
};

const OPERATOR: &Principal = &Principal::Operator;

async fn issue(ctx: &Ctx, by: &Principal, account: UserId, minutes: u32) -> Result<SecretString> {
    let request = IssueToken { account, minutes };
    let issued = signin::issue_token(ctx, by, request).await?;
    Ok(issued.token)
}

async fn show(ctx: &Ctx, token: &SecretString) -> Result<Step> {
    let request = UseToken {
        token: token.clone(),
        device: Device::default().into(),
        address: None,
        opening: COOKIE,
    };
    signin::use_token(ctx, &Principal::Anonymous, request).await
}

/// asvs:V6.4.1, asvs:V6.5.1, asvs:V6.3.7: it works once, the audit trail says by
/// whom it was made, and its owner is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_token_lets_somebody_in_once() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let ann = join(ctx, "ann").await;
    let (_, admin) = boss(ctx, "boss").await;
    let token = issue(ctx, &admin, ann, 10).await.unwrap();
    let outcomes = together(16, |_| {
        let (ctx, token) = (ctx.clone(), token.clone());
        async move { show(&ctx, &token).await }
    })
    .await;
    let entered = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(entered, 1, "{outcomes:?}");
    assert_eq!(events(ctx, "signin.token_issued").await, 1);
    node.settle().await;
    let told = node.mails();
    let told: Vec<_> = told
        .iter()
        .filter(|mail| mail.contains("a link that signs in to your account once"))
        .collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("To: ann@example.org"), "{}", told[0]);
}

/// It ends by time, by a newer one, by whatever ends the sessions, and says how
/// long it may live.
#[tokio::test]
async fn a_token_ends_in_many_ways() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let ann = join(ctx, "ann").await;
    for minutes in [1, 60] {
        let good = issue(ctx, OPERATOR, ann, minutes).await.unwrap();
        node.clock
            .advance(Duration::from_secs(u64::from(minutes) * 60 - 1));
        assert_eq!(code(&show(ctx, &good).await), "ok");
        let late = issue(ctx, OPERATOR, ann, minutes).await.unwrap();
        node.clock
            .advance(Duration::from_secs(u64::from(minutes) * 60));
        assert_eq!(code(&show(ctx, &late).await), "one_time.invalid");
    }
    for minutes in [0, 61, u32::MAX] {
        let refused = issue(ctx, OPERATOR, ann, minutes).await;
        assert_eq!(code(&refused), "request.invalid", "{minutes}");
    }
    let first = issue(ctx, OPERATOR, ann, 10).await.unwrap();
    let second = issue(ctx, OPERATOR, ann, 10).await.unwrap();
    assert_eq!(code(&show(ctx, &first).await), "one_time.invalid");
    let link = password::reset_link(ctx, OPERATOR, ann).await.unwrap();
    reset(ctx, &link.token, OTHER_PASSWORD).await.unwrap();
    assert_eq!(code(&show(ctx, &second).await), "one_time.invalid");
    let crossed = show(ctx, &link.token).await;
    assert_eq!(code(&crossed), "one_time.invalid", "for something else");
}

/// vuln:80, vuln:118: administrators alone, for nobody who is suspended.
#[tokio::test]
async fn who_may_let_others_in() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let ann = join(ctx, "ann").await;
    let (chief, admin) = boss(ctx, "boss").await;
    let bob = join(ctx, "bob").await;
    let (_, person) = enter(ctx, "bob").await;
    assert_eq!(code(&issue(ctx, &person, ann, 10).await), "access.denied");
    assert_eq!(
        code(&issue(ctx, &person, bob, 10).await),
        "access.denied",
        "not even for oneself"
    );
    force_role(ctx, bob, Role::Manager).await;
    let (_, manager) = enter(ctx, "bob").await;
    for of in [ann, chief] {
        let refused = issue(ctx, &manager, of, 10).await;
        assert_eq!(code(&refused), "access.denied");
    }
    let stranger = issue(ctx, &Principal::Anonymous, ann, 10).await;
    assert_eq!(code(&stranger), "auth.required");

    let early = issue(ctx, &admin, ann, 10).await.unwrap();
    people::suspend(ctx, OPERATOR, ann).await.unwrap();
    assert_eq!(code(&issue(ctx, &admin, ann, 10).await), "person.suspended");
    assert_eq!(code(&show(ctx, &early).await), "one_time.invalid");
    people::resume(ctx, OPERATOR, ann).await.unwrap();
    let dead = show(ctx, &early).await;
    assert_eq!(code(&dead), "one_time.invalid", "it does not come back");
}

/// asvs:V6.4.4, vuln:73: whoever lost the password still needs the second factor.
#[tokio::test]
async fn a_second_factor_is_asked_for_after_a_token() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (by, app, _) = equipped(&node, "ann").await;
    let ann = by.user().unwrap();
    let token = issue(ctx, OPERATOR, ann, 10).await.unwrap();
    let Ok(Step::Second(challenge)) = show(ctx, &token).await else {
        panic!("a second step");
    };
    let wrong = finish(ctx, &challenge, &"000000".into()).await;
    assert_eq!(code(&wrong), "factor.code");
    finish(ctx, &challenge, &app.shows(ctx)).await.unwrap();
    let again = show(ctx, &token).await;
    assert_eq!(code(&again), "one_time.invalid");
}
