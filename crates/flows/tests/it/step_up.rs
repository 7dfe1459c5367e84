//! A borrowed session and a phished password: what they cannot do without a
//! code that was shown lately, and how long codes are guessed at.

use std::time::Duration;

use tollgate_base::{
    Result,
    access::{Assurance, Principal},
};
use tollgate_flows::{Ctx, factors, step_up};
use tollgate_testkit::node::Node;

use crate::{
    authenticator::{App, begin, challenge, equipped, finish},
    support::{
        OTHER_PASSWORD, PASSWORD, change_password, code, cookie, count, enter, events, join,
        renewed, secret, together, who,
    },
};

/// For how long a code that was shown is enough.
const FRESH: Duration = Duration::from_mins(10);
/// Until an app shows the next code.
const STEP: Duration = Duration::from_secs(30);

/// Everything that is asked a code for, and what each comes to.
async fn sensitive(ctx: &Ctx, by: &Principal, app: &App) -> [&'static str; 4] {
    [
        code(&begin(ctx, by, PASSWORD).await),
        code(&factors::renew_codes(ctx, by, Some(secret(PASSWORD))).await),
        code(&factors::remove(ctx, by, (app.id, Some(secret(PASSWORD)))).await),
        code(&change_password(ctx, by, (PASSWORD, OTHER_PASSWORD)).await),
    ]
}

/// asvs:V7.5.1, asvs:V7.5.3, vuln:75, vuln:80
#[tokio::test]
async fn a_borrowed_session_touches_neither_factors_nor_password() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (by, app, codes) = equipped(&node, "ann").await;
    assert!(!step_up::is_needed(ctx, &by, ()).await.unwrap());
    node.clock.advance(FRESH);
    assert!(step_up::is_needed(ctx, &by, ()).await.unwrap());
    assert_eq!(sensitive(ctx, &by, &app).await, ["factor.fresh"; 4]);

    let wrong = step_up::step_up(ctx, &by, secret("000000")).await;
    assert_eq!(code(&wrong), "factor.wrong");
    let shown = app.shows(ctx);
    let _ = step_up::step_up(ctx, &by, shown.clone()).await.unwrap();
    let replayed = step_up::step_up(ctx, &by, shown).await;
    assert_eq!(code(&replayed), "factor.wrong", "a code works once");
    assert_eq!(events(ctx, "session.stepped_up").await, 1);
    node.clock.advance(Duration::from_mins(9));
    assert_eq!(sensitive(ctx, &by, &app).await, ["ok"; 4]);

    node.clock.advance(FRESH);
    let gone = step_up::step_up(ctx, &by, codes[0].clone()).await;
    assert_eq!(code(&gone), "factor.missing", "there is no app any more");
    let change = change_password(ctx, &by, (OTHER_PASSWORD, PASSWORD)).await;
    assert_eq!(code(&change), "ok", "nor anything to show");
}

/// asvs:V6.4.4
#[tokio::test]
async fn a_recovery_code_is_a_proof_too() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (by, app, codes) = equipped(&node, "ann").await;
    node.clock.advance(FRESH);
    let _ = step_up::step_up(ctx, &by, codes[0].clone()).await.unwrap();
    let replayed = step_up::step_up(ctx, &by, codes[0].clone()).await;
    assert_eq!(code(&replayed), "factor.wrong");
    factors::remove(ctx, &by, (app.id, Some(secret(PASSWORD))))
        .await
        .unwrap();
    join(ctx, "bob").await;
    let (_, bob) = enter(ctx, "bob").await;
    assert!(!step_up::is_needed(ctx, &bob, ()).await.unwrap());
    let stranger = step_up::step_up(ctx, &Principal::Anonymous, secret("000000")).await;
    assert_eq!(code(&stranger), "auth.required");
}

/// vuln:76
#[tokio::test]
async fn what_a_removed_app_proved_is_proved_again() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (by, first, _) = equipped(&node, "ann").await;
    let second = begin(ctx, &by, PASSWORD).await.unwrap();
    factors::confirm(ctx, &by, (second.id, second.shows(ctx)))
        .await
        .unwrap();
    let challenge = challenge(ctx, "ann", PASSWORD).await;
    let elsewhere = finish(ctx, &challenge, &first.shows(ctx)).await.unwrap();
    let elsewhere = cookie(&elsewhere);
    let assurance = async |by: Principal| by.person().unwrap().assurance;
    let other = who(ctx, &elsewhere).await.unwrap();
    assert_eq!(assurance(other).await, Assurance::Two);

    factors::remove(ctx, &by, (first.id, Some(secret(PASSWORD))))
        .await
        .unwrap();
    let other = who(ctx, &elsewhere).await.unwrap();
    assert!(step_up::is_needed(ctx, &other, ()).await.unwrap());
    assert_eq!(assurance(other).await, Assurance::One);
    assert!(!step_up::is_needed(ctx, &by, ()).await.unwrap());

    node.clock.advance(STEP);
    let other = who(ctx, &elsewhere).await.unwrap();
    let shown = step_up::step_up(ctx, &other, second.shows(ctx))
        .await
        .unwrap();
    assert_eq!(code(&who(ctx, &elsewhere).await), "token.invalid");
    let elsewhere = renewed(&shown);
    let other = who(ctx, &elsewhere).await.unwrap();
    assert_eq!(assurance(other.clone()).await, Assurance::Two);
    factors::remove(ctx, &other, (second.id, Some(secret(PASSWORD))))
        .await
        .unwrap();
    let other = who(ctx, &elsewhere).await.unwrap();
    assert_eq!(assurance(other).await, Assurance::One);
}

/// One wrong code after a right password, in a window of its own.
async fn guess(node: &Node) -> Result<()> {
    node.clock.advance(Duration::from_mins(15));
    let challenge = challenge(&node.ctx, "ann", PASSWORD).await;
    finish(&node.ctx, &challenge, &secret("000000"))
        .await
        .map(|_| ())
}

/// asvs:V6.3.1, asvs:V6.5.5, vuln:72: patience is no way past a second factor.
#[tokio::test]
async fn codes_are_guessed_at_slower_and_slower() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (by, app, _) = equipped(&node, "ann").await;
    for _ in 0..9 {
        assert_eq!(code(&guess(&node).await), "factor.code");
    }
    assert_eq!(events(ctx, "factor.blocked").await, 0);
    assert_eq!(code(&guess(&node).await), "factor.code");
    assert_eq!(events(ctx, "factor.blocked").await, 1);
    let next = challenge(ctx, "ann", PASSWORD).await;
    let right = finish(ctx, &next, &app.shows(ctx)).await;
    assert_eq!(code(&right), "throttled");
    assert_eq!(
        right.unwrap_err().wait(),
        Some(Duration::from_mins(15)),
        "it is said how long"
    );
    assert_eq!(code(&guess(&node).await), "factor.code");
    assert_eq!(events(ctx, "factor.blocked").await, 2, "once a lock");
    assert_eq!(code(&guess(&node).await), "throttled", "half an hour now");
    node.clock.advance(Duration::from_mins(15));
    let last = challenge(ctx, "ann", PASSWORD).await;
    finish(ctx, &last, &app.shows(ctx)).await.unwrap();
    for _ in 0..9 {
        assert_eq!(code(&guess(&node).await), "factor.code", "it is forgiven");
    }

    let user = by.user().unwrap();
    assert_eq!(code(&guess(&node).await), "factor.code");
    factors::reset(ctx, &Principal::Operator, user)
        .await
        .unwrap();
    node.clock.advance(Duration::from_mins(1));
    let (_, by) = enter(ctx, "ann").await;
    let app = begin(ctx, &by, PASSWORD).await.unwrap();
    factors::confirm(ctx, &by, (app.id, app.shows(ctx)))
        .await
        .unwrap();
    node.clock.advance(STEP);
    let _ = step_up::step_up(ctx, &by, app.shows(ctx)).await.unwrap();
}

/// asvs:V6.1.1, vuln:89: whoever knows the password and guesses at codes keeps nobody
/// from showing theirs who is signed in.
#[tokio::test]
async fn what_others_guess_is_no_matter_to_a_session() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (by, app, _) = equipped(&node, "ann").await;
    while code(&guess(&node).await) != "throttled" {}
    let _ = step_up::step_up(ctx, &by, app.shows(ctx)).await.unwrap();
}

/// asvs:V6.3.1, vuln:72: a borrowed session is no place to guess the password in.
#[tokio::test]
async fn current_passwords_are_guessed_at_slower_and_slower() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let (_, borrowed) = enter(ctx, "ann").await;
    let (_, own) = enter(ctx, "ann").await;
    let shows = async |by: &Principal, password| {
        let shown = step_up::step_up_by_password(ctx, by, secret(password)).await;
        code(&shown)
    };
    for _ in 0..10 {
        assert_eq!(events(ctx, "password.blocked").await, 0);
        assert_eq!(shows(&borrowed, OTHER_PASSWORD).await, "password.wrong");
    }
    assert_eq!(events(ctx, "password.blocked").await, 1);
    assert_eq!(shows(&borrowed, PASSWORD).await, "throttled");
    assert_eq!(shows(&own, PASSWORD).await, "ok", "in another session");
    node.clock.advance(Duration::from_mins(15));
    assert_eq!(shows(&borrowed, OTHER_PASSWORD).await, "password.wrong");
    node.clock.advance(Duration::from_mins(29));
    assert_eq!(shows(&borrowed, PASSWORD).await, "throttled", "longer now");
}

/// asvs:V6.3.1, vuln:72: nor is haste.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn codes_that_are_guessed_at_once_are_counted_one_by_one() {
    let node = Node::new().await;
    let (by, ..) = equipped(&node, "ann").await;
    let outcomes = together(30, |_| {
        let (ctx, by) = (node.ctx.clone(), by.clone());
        async move { step_up::step_up(&ctx, &by, secret("000000")).await }
    })
    .await;
    assert_eq!(count(&outcomes, "factor.wrong"), 10);
    assert_eq!(count(&outcomes, "throttled"), 20);
    assert_eq!(events(&node.ctx, "factor.blocked").await, 1);
}
