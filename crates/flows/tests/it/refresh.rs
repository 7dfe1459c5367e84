//! Refresh tokens: each is exchanged once, a lost answer may be asked for
//! again, and a copy ends the session.

use std::time::Duration;

use tollgate_base::{
    Result, SecretString,
    access::Principal,
    id::{SessionId, UserId},
};
use tollgate_flows::{
    Ctx, account,
    admit::Credential,
    people,
    signout::{self, Which},
};
use tollgate_testkit::node::Node;

use crate::support::{
    COOKIE, TOKENS, accepted, code, cookie, count, events, join, number, renew, secret, sign_in,
    text, together, tokens, who,
};

const RETRY: Duration = Duration::from_secs(10);
const TICK: Duration = Duration::from_micros(1);
const IDLE: Duration = Duration::from_hours(14 * 24);
const LONGEST: Duration = Duration::from_hours(90 * 24);

/// A session of ann's with its first tokens.
struct Family {
    user: UserId,
    session: SessionId,
    access: SecretString,
    first: SecretString,
}

/// asvs:V10.4.5
#[tokio::test]
async fn each_token_is_exchanged_for_the_next() {
    let node = Node::new().await;
    let family = open(&node.ctx).await;
    let mut token = family.first.clone();
    for generation in 2..6 {
        node.clock.advance(RETRY);
        let next = renew(&node.ctx, &token).await.unwrap();
        assert_ne!(text(&next), text(&token));
        token = next;
        assert_eq!(unused(&node.ctx, &family).await, 1);
        assert_eq!(generations(&node.ctx, &family).await, generation);
    }
    assert_eq!(events(&node.ctx, "session.refreshed").await, 4);
}

/// A retry is answered by any node, also by one that started meanwhile.
#[tokio::test]
async fn a_lost_answer_is_given_again_for_ten_seconds() {
    let node = Node::new().await;
    let family = open(&node.ctx).await;
    let second = renew(&node.ctx, &family.first).await.unwrap();
    node.clock.advance(RETRY.saturating_sub(TICK));
    for other in [&node.second().await, &node, &node.second().await] {
        let again = renew(&other.ctx, &family.first).await.unwrap();
        assert_eq!(text(&again), text(&second));
    }
    assert_eq!(generations(&node.ctx, &family).await, 2);
    assert_eq!(events(&node.ctx, "session.refreshed").await, 1);

    node.clock.advance(TICK);
    assert_copied(&node.ctx, &family, &[&family.first, &second]).await;
}

/// vuln:17, vuln:18
#[tokio::test]
async fn a_token_whose_successor_was_used_ends_the_session() {
    let node = Node::new().await;
    let family = open(&node.ctx).await;
    let bystander = sign_in(&node.ctx, "ann", COOKIE).await;
    let second = renew(&node.ctx, &family.first).await.unwrap();
    let third = renew(&node.ctx, &second).await.unwrap();
    let restarted = node.second().await;
    assert_copied(&restarted.ctx, &family, &[&family.first, &second, &third]).await;
    node.follow().await;
    let access = Credential::Access(family.access);
    assert!(!accepted(who(&node.ctx, &access).await));
    assert!(accepted(who(&node.ctx, &cookie(&bystander)).await));
}

/// asvs:V2.3.4, vuln:17
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_refreshes_at_once_on_two_nodes_make_one_branch() {
    let node = Node::new().await;
    let second = node.second().await;
    let family = open(&node.ctx).await;
    let mut token = family.first.clone();
    for round in 1..=4 {
        let answers = storm(&[&node.ctx, &second.ctx], &[&token]).await;
        let renewed: Vec<&SecretString> =
            answers.iter().filter_map(|one| one.as_ref().ok()).collect();
        assert_eq!(
            renewed.len(),
            100,
            "{:?}",
            answers.iter().find(|one| one.is_err())
        );
        assert!(renewed.iter().all(|next| text(next) == text(renewed[0])));
        assert_eq!(unused(&node.ctx, &family).await, 1);
        assert_eq!(generations(&node.ctx, &family).await, 1 + round);
        token = renewed[0].clone();
    }
    assert_eq!(events(&node.ctx, "session.refreshed").await, 4);
    assert_eq!(events(&node.ctx, "token.reused").await, 0);
}

/// A retry that comes before its successor is used is honest; one that comes
/// after it ends the session. There is no third way. vuln:17
#[tokio::test(flavor = "multi_thread")]
async fn a_token_and_its_successor_at_once_leave_one_branch_or_none() {
    let node = Node::new().await;
    let other = node.second().await;
    join(&node.ctx, "ann").await;
    for _ in 0..4 {
        let before = events(&node.ctx, "token.reused").await;
        let family = enter(&node.ctx).await;
        let second = renew(&node.ctx, &family.first).await.unwrap();
        let answers = storm(&[&node.ctx, &other.ctx], &[&family.first, &second]).await;
        let ended = events(&node.ctx, "token.reused").await > before;
        let told = count(&answers, "ok") + count(&answers, "session.revoked");
        assert_eq!(count(&answers, "token.reused"), usize::from(ended));
        assert_eq!(told, 100 - usize::from(ended), "{answers:?}");
        assert_eq!(unused(&node.ctx, &family).await, 1);
        assert_eq!(accepted(renew(&other.ctx, &second).await), !ended);
    }
}

/// asvs:V7.3.1, asvs:V7.3.2
#[tokio::test]
async fn a_token_expires_with_its_session() {
    let node = Node::new().await;
    let family = open(&node.ctx).await;
    let (opened, mut token) = (node.clock.now(), family.first);
    while node.clock.now() < opened.plus(LONGEST) {
        token = renew(&node.ctx, &token).await.unwrap();
        node.clock.advance(IDLE.saturating_sub(TICK));
    }
    let refused = renew(&node.ctx, &token).await;
    assert_eq!(code(&refused), "session.expired", "however busy");

    let family = enter(&node.ctx).await;
    node.clock.advance(IDLE);
    let refused = renew(&node.ctx, &family.first).await;
    assert_eq!(code(&refused), "session.expired", "however young");
}

/// vuln:19, vuln:21, asvs:V7.4.2
#[tokio::test]
async fn nobody_who_is_out_refreshes() {
    let node = Node::new().await;
    let second = node.second().await;
    let (ctx, operator) = (&node.ctx, Principal::Operator);
    join(ctx, "ann").await;
    for way in ["sign out", "end all", "suspend", "delete"] {
        let family = enter(ctx).await;
        let next = renew(ctx, &family.first).await.unwrap();
        let mut answer = "session.revoked";
        match way {
            "sign out" => {
                let access = Credential::Access(family.access.clone());
                let by = who(ctx, &access).await.unwrap();
                signout::signout(ctx, &by, ()).await.unwrap();
            }
            "end all" => {
                let all = (family.user, Which::All);
                signout::end_all(ctx, &operator, all).await.unwrap();
            }
            "suspend" => {
                people::suspend(ctx, &operator, family.user).await.unwrap();
                assert_refused(&[ctx, &second.ctx], &[&family.first, &next], answer).await;
                // Resuming revives nothing.
                people::resume(ctx, &operator, family.user).await.unwrap();
            }
            _ => {
                answer = "token.invalid";
                account::delete(ctx, &operator, family.user).await.unwrap();
            }
        }
        assert_refused(&[ctx, &second.ctx], &[&family.first, &next], answer).await;
    }
    assert_eq!(events(ctx, "token.reused").await, 0);
}

/// vuln:25
#[tokio::test]
async fn a_token_that_is_cut_longer_or_written_otherwise_is_nobodys() {
    let node = Node::new().await;
    let family = open(&node.ctx).await;
    let whole = text(&family.first);
    let cut = (0..whole.len()).flat_map(|length| [&whole[..length], &whole[length + 1..]]);
    let mut forged: Vec<String> = cut.map(str::to_owned).collect();
    forged
        .extend((0..=whole.len()).map(|place| format!("{}A{}", &whole[..place], &whole[place..])));
    let (body, last) = whole.split_at(whole.len() - 1);
    let others = ('!'..='~').filter(|other| last != other.to_string());
    forged.extend(others.map(|other| format!("{body}{other}")));
    forged.extend(["=", " ", "\n", "\0", "%00"].map(|more| format!("{whole}{more}")));
    forged.push(whole.to_uppercase());
    forged.push(whole.replace("tgr_", "tgs_"));
    for token in forged {
        let refused = renew(&node.ctx, &secret(token.as_str())).await;
        assert_eq!(code(&refused), "token.invalid", "{token:?}");
    }
    renew(&node.ctx, &family.first).await.unwrap();
}

async fn open(ctx: &Ctx) -> Family {
    join(ctx, "ann").await;
    enter(ctx).await
}

async fn enter(ctx: &Ctx) -> Family {
    let signed_in = sign_in(ctx, "ann", TOKENS).await;
    let (access, first) = tokens(&signed_in);
    Family {
        user: signed_in.account.account.id,
        session: signed_in.session,
        access,
        first,
    }
}

/// Present these a hundred times, all at once, on all nodes.
async fn storm(nodes: &[&Ctx], presented: &[&SecretString]) -> Vec<Result<SecretString>> {
    together(100, |place| {
        let ctx = nodes[place % nodes.len()].clone();
        let token = presented[(place / nodes.len()) % presented.len()].clone();
        async move { renew(&ctx, &token).await }
    })
    .await
}

/// The first of these is refused as a copy, the others with it.
async fn assert_copied(ctx: &Ctx, family: &Family, presented: &[&SecretString]) {
    let before = unused(ctx, family).await;
    assert_eq!(code(&renew(ctx, presented[0]).await), "token.reused");
    for token in presented {
        assert_eq!(code(&renew(ctx, token).await), "session.revoked");
    }
    assert_eq!(unused(ctx, family).await, before, "nothing grew");
    assert_eq!(events(ctx, "token.reused").await, 1, "one event");
}

async fn assert_refused(nodes: &[&Ctx], presented: &[&SecretString], answer: &str) {
    for ctx in nodes {
        for token in presented {
            assert_eq!(code(&renew(ctx, token).await), answer);
        }
    }
}

async fn unused(ctx: &Ctx, family: &Family) -> i64 {
    let sql = "SELECT CAST(count(*) AS BIGINT) AS number FROM refresh_tokens
        WHERE session_id = $1 AND used_at IS NULL";
    number(ctx, sql, vec![family.session.into()]).await
}

async fn generations(ctx: &Ctx, family: &Family) -> i64 {
    let sql = "SELECT max(generation) AS number FROM refresh_tokens WHERE session_id = $1";
    number(ctx, sql, vec![family.session.into()]).await
}
