//! Things that work once: the setup link, the reset link and the mail that
//! brings it, the first administrator.

use std::time::Duration;

use tollgate_base::{
    Result, SecretString,
    access::{Principal, Role},
};
use tollgate_crypto::token::Prefix;
use tollgate_flows::{
    Applicant, Ctx, Device, SignedIn, account,
    backup::Sessions,
    password,
    setup::{self, Condition, SetUp},
};
use tollgate_testkit::{node::Node, services::database_url};

use crate::support::{
    Bare, COOKIE, OTHER_PASSWORD, PASSWORD, applicant, boss, change_password, code, count, enter,
    events, force_role, join, number, reset, secret, text, together, try_in,
};

const NOBODY: &Principal = &Principal::Anonymous;
const OPERATOR: &Principal = &Principal::Operator;
const ADMINS: &str = "SELECT CAST(count(*) AS BIGINT) AS number FROM accounts WHERE role = 'admin'";
const HALF_AN_HOUR: Duration = Duration::from_mins(30);
/// As often may a link be presented, whatever else is wrong.
const ATTEMPTS: usize = 20;

/// How many redeem at once: fewer where each waits for a server.
fn many() -> usize {
    if database_url().is_some() { 200 } else { 1_000 }
}

async fn link(ctx: &Ctx) -> SecretString {
    setup::link(ctx, OPERATOR, ()).await.unwrap()
}

async fn set_up(ctx: &Ctx, token: &SecretString, name: &str) -> Result<SignedIn> {
    set_up_as(ctx, token, applicant(name)).await
}

async fn set_up_as(ctx: &Ctx, token: &SecretString, admin: Applicant) -> Result<SignedIn> {
    let request = SetUp {
        token: token.clone(),
        admin,
        device: Device::default().into(),
    };
    setup::set_up(ctx, NOBODY, request).await
}

/// One succeeds and the others hear why not. On a machine that is busy with
/// other things a database may refuse some, even the one that it committed.
fn one_at_most<T>(outcomes: &[Result<T>], refusals: &[&str]) {
    let refused: usize = refusals.iter().map(|code| count(outcomes, code)).sum();
    let unknown = count(outcomes, "busy.store") + count(outcomes, "store.down");
    let won = count(outcomes, "ok");
    assert!(
        won == 1 || (won == 0 && unknown > 0),
        "{won} of {} won",
        outcomes.len()
    );
    assert_eq!(won + refused + unknown, outcomes.len());
}

/// asvs:V2.3.4, asvs:V6.4.1, asvs:V15.4.2
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_thousand_who_redeem_a_setup_link_one_becomes_administrator() {
    let node = Node::new().await;
    let second = node.second().await;
    let token = link(&node.ctx).await;
    let outcomes = together(many(), |place| {
        let ctx = [&node.ctx, &second.ctx][place % 2].clone();
        let token = token.clone();
        async move { set_up(&ctx, &token, &format!("admin{place}")).await }
    })
    .await;
    one_at_most(&outcomes, &["one_time.invalid", "admin.exists"]);
    assert_eq!(number(&node.ctx, ADMINS, vec![]).await, 1);
    assert_eq!(events(&node.ctx, "installation.set_up").await, 1);
}

/// vuln:83
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_link_and_a_command_at_once_make_one_first_administrator() {
    let node = Node::new().await;
    let second = node.second().await;
    let token = link(&node.ctx).await;
    let outcomes = together(50, |place| {
        let ctx = [&node.ctx, &second.ctx][place / 2 % 2].clone();
        let (token, name) = (token.clone(), format!("admin{place}"));
        async move {
            if place % 2 == 0 {
                return set_up(&ctx, &token, &name).await.map(drop);
            }
            let wanted = (applicant(&name), Condition::First);
            setup::create_admin(&ctx, OPERATOR, wanted).await.map(drop)
        }
    })
    .await;
    one_at_most(&outcomes, &["one_time.invalid", "admin.exists"]);
    assert_eq!(number(&node.ctx, ADMINS, vec![]).await, 1);
}

/// asvs:V2.3.4, asvs:V6.4.1, vuln:45
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_thousand_who_redeem_a_reset_link_one_sets_the_password() {
    let node = Node::new().await;
    let second = node.second().await;
    let ann = join(&node.ctx, "ann").await;
    let token = password::reset_link(&node.ctx, OPERATOR, ann)
        .await
        .unwrap()
        .token;
    let outcomes = together(many(), |place| {
        let ctx = [&node.ctx, &second.ctx][place % 2].clone();
        let (token, new) = (token.clone(), format!("new horse battery {place}"));
        async move { reset(&ctx, &token, &new).await.map(|()| new) }
    })
    .await;
    assert_eq!(count(&outcomes, "one_time.invalid"), many() - 1);
    let new = outcomes.into_iter().find_map(Result::ok).unwrap();
    try_in(&node.ctx, "ann", &new, COOKIE).await.unwrap();
    assert_eq!(events(&node.ctx, "password.reset").await, 1);
}

/// asvs:V6.4.1
#[tokio::test]
async fn a_setup_link_ends_by_time_by_a_newer_one_and_by_too_many_attempts() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let expired = link(ctx).await;
    node.clock.advance(HALF_AN_HOUR);
    let refusal = set_up(ctx, &expired, "ann").await;
    assert_eq!(code(&refusal), "one_time.invalid");

    let (older, newer) = (link(ctx).await, link(ctx).await);
    let refusal = set_up(ctx, &older, "ann").await;
    assert_eq!(code(&refusal), "one_time.invalid");
    for _ in 0..ATTEMPTS {
        let weak = Applicant {
            password: Some(secret("short")),
            ..applicant("ann")
        };
        let refusal = set_up_as(ctx, &newer, weak).await;
        assert_eq!(code(&refusal), "password.weak");
    }
    let refusal = set_up(ctx, &newer, "ann").await;
    assert_eq!(code(&refusal), "one_time.invalid");

    set_up(ctx, &link(ctx).await, "ann").await.unwrap();
}

/// asvs:V6.4.1, vuln:32, vuln:45
#[tokio::test]
async fn a_reset_link_ends_by_time_by_use_and_by_whatever_overtakes_it() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let ann = join(ctx, "ann").await;
    let issue = async || {
        password::reset_link(ctx, OPERATOR, ann)
            .await
            .unwrap()
            .token
    };
    let refused = async |token: &SecretString| {
        let refusal = reset(ctx, token, OTHER_PASSWORD).await;
        assert_eq!(code(&refusal), "one_time.invalid");
    };
    let expired = issue().await;
    node.clock.advance(HALF_AN_HOUR * 2);
    refused(&expired).await;

    let (older, newer) = (issue().await, issue().await);
    refused(&older).await;
    for _ in 0..ATTEMPTS {
        assert_eq!(code(&reset(ctx, &newer, "short").await), "password.weak");
    }
    refused(&newer).await;

    let used = issue().await;
    reset(ctx, &used, PASSWORD).await.unwrap();
    refused(&used).await;

    let overtaken = issue().await;
    let (_, by) = enter(ctx, "ann").await;
    change_password(ctx, &by, (PASSWORD, "a third horse battery"))
        .await
        .unwrap();
    refused(&overtaken).await;

    let of_the_gone = issue().await;
    account::delete(ctx, OPERATOR, ann).await.unwrap();
    refused(&of_the_gone).await;
}

/// A link serves its own purpose only, whichever prefix it is given.
#[tokio::test]
async fn a_link_of_one_purpose_never_serves_another() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let ann = join(ctx, "ann").await;
    let setup = link(ctx).await;
    let reset_link = password::reset_link(ctx, OPERATOR, ann)
        .await
        .unwrap()
        .token;
    let swapped = |token: &SecretString, from: Prefix, to: Prefix| {
        let rest = text(token).strip_prefix(from.as_str()).unwrap();
        secret(format!("{}{rest}", to.as_str()))
    };
    for token in [&setup, &swapped(&setup, Prefix::Setup, Prefix::OneTime)] {
        let refusal = reset(ctx, token, OTHER_PASSWORD).await;
        assert_eq!(code(&refusal), "one_time.invalid");
    }
    let disguised = swapped(&reset_link, Prefix::OneTime, Prefix::Setup);
    for token in [&reset_link, &disguised] {
        assert_eq!(code(&set_up(ctx, token, "eve").await), "one_time.invalid");
    }
    reset(ctx, &reset_link, OTHER_PASSWORD).await.unwrap();
    set_up(ctx, &setup, "eve").await.unwrap();
}

/// vuln:120
#[tokio::test]
async fn setup_stays_closed_when_all_administrators_are_gone_and_after_a_restore() {
    let node = Node::new().await;
    let bare = || Bare::new(&node.ctx, [7; 32], node.clock.clone());
    let (old, new) = (bare().await, bare().await);
    old.load_keys().await;
    let unused = link(&old.ctx).await;
    assert!(setup::is_open(&old.ctx, NOBODY, ()).await.unwrap());
    let (id, _) = boss(&old.ctx, "boss").await;
    force_role(&old.ctx, id, Role::Default).await;
    new.restore(&old.ctx, Sessions::Keep).await;
    for ctx in [&old.ctx, &new.ctx] {
        assert_eq!(number(ctx, ADMINS, vec![]).await, 0);
        assert!(!setup::is_open(ctx, NOBODY, ()).await.unwrap());
        assert_eq!(code(&setup::link(ctx, OPERATOR, ()).await), "admin.exists");
        let refusal = set_up(ctx, &unused, "eve").await;
        assert_eq!(code(&refusal), "one_time.invalid");
        let wanted = (applicant("eve"), Condition::First);
        let refusal = setup::create_admin(ctx, OPERATOR, wanted).await;
        assert_eq!(code(&refusal), "admin.exists");
    }
}
