//! Proving that an address is one's own.

use std::time::Duration;

use tollgate_base::{Result, SecretString, access::Principal, identifier::Identifier};
use tollgate_flows::{Ctx, account, password, verify};
use tollgate_testkit::node::Node;

use crate::support::{
    COOKIE, OTHER_PASSWORD, PASSWORD, code, cookie, count, email, enter, events, join,
    join_quietly, reset, secret, sign_in, together, try_in, who,
};

/// asvs:V6.4.1
const LIVES: Duration = Duration::from_hours(24);

/// The token of the only mail that there is.
async fn token(node: &Node) -> SecretString {
    node.settle().await;
    let mails = node.mails();
    let [mail] = mails.as_slice() else {
        panic!("{mails:?}");
    };
    let rest = mail.split_once("Token: ").unwrap().1;
    secret(rest.split_whitespace().next().unwrap())
}

async fn confirm(ctx: &Ctx, by: &Principal, token: &SecretString) -> Result<()> {
    verify::confirm(ctx, by, token.clone()).await
}

/// asvs:V6.4.1: of any number who open a link at once one succeeds.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_address_is_verified_once() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join_quietly(ctx, "ann").await;
    let (_, ann) = enter(ctx, "ann").await;
    verify::ask(ctx, &ann, email("ANN@example.org"))
        .await
        .unwrap();
    let token = token(&node).await;
    let outcomes = together(15, |_| {
        let (ctx, ann, token) = (ctx.clone(), ann.clone(), token.clone());
        async move { confirm(&ctx, &ann, &token).await }
    })
    .await;
    assert_eq!(count(&outcomes, "ok"), 1);
    assert_eq!(count(&outcomes, "one_time.invalid"), 14);
    let view = account::me(ctx, &ann, ()).await.unwrap();
    assert_eq!(view.email().unwrap().verified_at, Some(ctx.now()));
    assert_eq!(events(ctx, "identifier.verified").await, 1);

    verify::ask(ctx, &ann, email("ann@example.org"))
        .await
        .unwrap();
    node.settle().await;
    assert_eq!(node.mails().len(), 1, "there is nothing left to prove");
}

/// vuln:84, vuln:108: a token proves the address that it was sent to, while
/// that is its owner's.
#[tokio::test]
async fn a_link_proves_no_other_address() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let id = join_quietly(ctx, "ann").await;
    join_quietly(ctx, "bob").await;
    let (_, ann) = enter(ctx, "ann").await;
    let foreign = verify::ask(ctx, &ann, email("bob@example.org")).await;
    assert_eq!(code(&foreign), "request.invalid");
    verify::ask(ctx, &ann, email("ann@example.org"))
        .await
        .unwrap();
    let token = token(&node).await;
    let other = Identifier::Email(email("other@example.org"));
    account::add_identifier(ctx, &Principal::Operator, (id, other))
        .await
        .unwrap();
    let own = Identifier::Email(email("ann@example.org"));
    account::remove_identifier(ctx, &ann, (id, own))
        .await
        .unwrap();
    assert_eq!(code(&confirm(ctx, &ann, &token).await), "one_time.invalid");
    let view = account::me(ctx, &ann, ()).await.unwrap();
    assert!(
        view.identifiers
            .iter()
            .all(|known| known.verified_at.is_none())
    );
}

/// asvs:V6.3.1: nobody uses up what another one may ask for.
#[tokio::test]
async fn asking_about_others_takes_nothing_from_them() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    for name in ["ann", "bob"] {
        join_quietly(ctx, name).await;
    }
    let (_, bob) = enter(ctx, "bob").await;
    for _ in 0..12 {
        let foreign = verify::ask(ctx, &bob, email("ann@example.org")).await;
        assert_eq!(code(&foreign), "request.invalid");
    }
    for name in ["ann", "bob"] {
        let (_, by) = enter(ctx, name).await;
        let own = email(&format!("{name}@example.org"));
        verify::ask(ctx, &by, own).await.unwrap();
    }
}

/// asvs:V6.3.1, asvs:V6.4.1
#[tokio::test]
async fn links_are_few_and_live_for_a_day() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join_quietly(ctx, "ann").await;
    let (_, ann) = enter(ctx, "ann").await;
    verify::ask(ctx, &ann, email("ann@example.org"))
        .await
        .unwrap();
    let token = token(&node).await;
    // That of the sign-up counts too.
    for _ in 2..10 {
        verify::ask(ctx, &ann, email("ann@example.org"))
            .await
            .unwrap();
    }
    let more = verify::ask(ctx, &ann, email("ann@example.org")).await;
    assert_eq!(code(&more), "throttled");
    node.clock.advance(LIVES);
    assert_eq!(code(&confirm(ctx, &ann, &token).await), "one_time.invalid");
    let nobody = verify::ask(ctx, &Principal::Anonymous, email("ann@example.org")).await;
    assert_eq!(code(&nobody), "auth.required");
}

/// vuln:107: a stranger makes an account with Ann's address, and Ann presses on what
/// she gets. Nothing is proved by that; and once she takes the account by her mail,
/// the stranger is out of it.
#[tokio::test]
async fn nobody_has_another_one_prove_an_address_for_them() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join_quietly(ctx, "bob").await;
    let (_, bob) = enter(ctx, "bob").await;
    let stranger = join(ctx, "ann").await;
    let pressed = token(&node).await;
    let signed_out = confirm(ctx, &Principal::Anonymous, &pressed).await;
    assert_eq!(code(&signed_out), "auth.required");
    assert_eq!(
        code(&confirm(ctx, &bob, &pressed).await),
        "verification.other"
    );
    assert_eq!(events(ctx, "identifier.verified").await, 0);

    let session = cookie(&sign_in(ctx, "ann", COOKIE).await);
    let link = password::reset_link(ctx, &Principal::Operator, stranger).await;
    reset(ctx, &link.unwrap().token, OTHER_PASSWORD)
        .await
        .unwrap();
    assert_eq!(code(&who(ctx, &session).await), "session.revoked");
    assert_eq!(
        code(&try_in(ctx, "ann", PASSWORD, COOKIE).await),
        "signin.failed"
    );
}
