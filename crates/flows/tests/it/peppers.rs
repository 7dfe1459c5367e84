//! A pepper that is gone: what its hashes still let people do.

use tollgate_base::access::Principal;
use tollgate_crypto::password::Peppers;
use tollgate_flows::{
    ctx::{PasswordPolicy, Policy},
    password, step_up,
};
use tollgate_testkit::node::Node;

use crate::{
    authenticator::{challenge, equipped, finish},
    support::{
        COOKIE, OTHER_PASSWORD, PASSWORD, code, enter, join, reset, secret, sign_in, try_in,
    },
};

/// A node of `node`'s installation that knows a pepper.
async fn peppered(node: &Node) -> Node {
    let pepper = secret("not in the database and of 32 bytes and more");
    node.peppered(Peppers::new([pepper])).await
}

/// Whoever lost a pepper gets people in by reset links, however many former
/// passwords are remembered.
#[tokio::test]
async fn a_reset_needs_no_pepper() {
    let node = Node::new().await;
    let before = peppered(&node).await;
    let ann = join(&before.ctx, "ann").await;
    let ctx = &node.ctx;
    let policy = ctx.policy();
    ctx.set_policy(Policy {
        password: PasswordPolicy {
            history: 5,
            ..policy.password.clone()
        },
        ..(*policy).clone()
    });
    let locked_out = try_in(ctx, "ann", PASSWORD, COOKIE).await;
    assert_eq!(code(&locked_out), "pepper.missing");
    let link = password::reset_link(ctx, &Principal::Operator, ann).await;
    let link = link.unwrap().token;
    reset(ctx, &link, PASSWORD).await.unwrap();
    sign_in(ctx, "ann", COOKIE).await;
    let link = password::reset_link(ctx, &Principal::Operator, ann).await;
    let again = reset(ctx, &link.unwrap().token, PASSWORD).await;
    assert_eq!(code(&again), "password.weak", "what can be checked is");
}

/// asvs:V6.1.1: what could not be judged is no failure, at a sign-in and afterwards.
#[tokio::test]
async fn a_house_that_cannot_judge_shuts_nobody_out() {
    let node = Node::new().await;
    let before = peppered(&node).await;
    join(&before.ctx, "ann").await;
    let (_, by) = enter(&before.ctx, "ann").await;
    for _ in 0..12 {
        let outcome = try_in(&node.ctx, "ann", PASSWORD, COOKIE).await;
        assert_eq!(code(&outcome), "pepper.missing");
        let outcome = step_up::step_up_by_password(&node.ctx, &by, secret(PASSWORD)).await;
        assert_eq!(code(&outcome), "pepper.missing");
    }
    let outcome = try_in(&before.ctx, "ann", PASSWORD, COOKIE).await;
    assert_eq!(code(&outcome), "ok");
    let outcome = step_up::step_up_by_password(&before.ctx, &by, secret(PASSWORD)).await;
    assert_eq!(code(&outcome), "ok");
}

/// asvs:V6.4.4: a recovery code outlives every pepper.
#[tokio::test]
async fn a_recovery_code_needs_no_pepper() {
    let node = Node::new().await;
    let before = peppered(&node).await;
    let (by, _, codes) = equipped(&before, "ann").await;
    let ctx = &node.ctx;
    let link = password::reset_link(ctx, &Principal::Operator, by.user().unwrap()).await;
    let link = link.unwrap().token;
    reset(ctx, &link, OTHER_PASSWORD).await.unwrap();
    let challenge = challenge(ctx, "ann", OTHER_PASSWORD).await;
    let wrong = finish(ctx, &challenge, &secret("aaaa-bbbb-cccc")).await;
    assert_eq!(code(&wrong), "factor.code");
    finish(ctx, &challenge, &codes[0]).await.unwrap();
}
