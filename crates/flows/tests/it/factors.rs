//! A second factor: authenticator apps and recovery codes, from the first scan
//! to the lost phone, and what a stolen password is worth without them.

use std::time::Duration;

use tollgate_base::{
    ExposeSecret, SecretString,
    access::{Assurance, Principal},
};
use tollgate_flows::{
    ClientProfile, Device, Opening, account,
    admit::{self, Credential, Place},
    factors, password, people,
    signin::{self, SignIn},
};
use tollgate_testkit::node::Node;

use crate::{
    authenticator::{begin, challenge, equipped, finish},
    support::{
        COOKIE, OTHER_PASSWORD, PASSWORD, change_password, code, cookie, enter, events, foreign,
        join, reset, secret, sign_in, together, who,
    },
};

/// asvs:V6.3.3, asvs:V6.5.8, vuln:33
#[tokio::test]
async fn a_password_alone_opens_nothing_once_there_is_an_app() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (_, app, _) = equipped(&node, "ann").await;
    let challenge = challenge(ctx, "ann", PASSWORD).await;
    let stranger = who(ctx, &Credential::Cookie(challenge.clone())).await;
    assert_eq!(
        code(&stranger),
        "token.invalid",
        "a challenge is no session"
    );
    let signed_in = finish(ctx, &challenge, &app.shows(ctx)).await.unwrap();
    let principal = who(ctx, &cookie(&signed_in)).await.unwrap();
    assert_eq!(principal.person().unwrap().assurance, Assurance::Two);
    let again = finish(ctx, &challenge, &app.shows(ctx)).await;
    assert_eq!(code(&again), "one_time.invalid", "a challenge works once");
}

/// asvs:V6.5.1, asvs:V6.5.5, asvs:V6.6.3: a step works once, beside its own time,
/// and five tries end a challenge.
#[tokio::test]
async fn a_code_works_once_and_guessing_ends_soon() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (_, app, _) = equipped(&node, "ann").await;
    let shown = app.shows(ctx);
    let first = challenge(ctx, "ann", PASSWORD).await;
    finish(ctx, &first, &shown).await.unwrap();
    let second = challenge(ctx, "ann", PASSWORD).await;
    for replayed in [shown.expose_secret().to_owned(), spaced(&shown)] {
        let again = finish(ctx, &second, &secret(replayed)).await;
        assert_eq!(code(&again), "factor.code");
    }
    for _ in 0..3 {
        let wrong = finish(ctx, &second, &secret("000000")).await;
        assert_eq!(code(&wrong), "factor.code");
    }
    node.clock.advance(Duration::from_secs(30));
    let late = finish(ctx, &second, &app.shows(ctx)).await;
    assert_eq!(code(&late), "one_time.invalid", "five tries were all");

    let third = challenge(ctx, "ann", PASSWORD).await;
    node.clock.advance(Duration::from_mins(10));
    let old = finish(ctx, &third, &app.shows(ctx)).await;
    assert_eq!(code(&old), "one_time.invalid", "ten minutes were all");
}

/// Groups of digits, as apps show them.
fn spaced(code: &SecretString) -> String {
    let (left, right) = code.expose_secret().split_at(3);
    format!("{left} {right}")
}

/// asvs:V6.5.1, vuln:78: of any number at once, one gets in.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_parallel_tries_with_one_code_one_succeeds() {
    let node = Node::new().await;
    let (_, app, codes) = equipped(&node, "ann").await;
    for shown in [app.shows(&node.ctx), codes[0].clone()] {
        let mut challenges = Vec::new();
        for _ in 0..4 {
            challenges.push(challenge(&node.ctx, "ann", PASSWORD).await);
        }
        let outcomes = together(challenges.len(), |place| {
            let (ctx, shown) = (node.ctx.clone(), shown.clone());
            let challenge = challenges[place].clone();
            async move { finish(&ctx, &challenge, &shown).await }
        })
        .await;
        let entered = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(entered, 1, "{outcomes:?}");
    }
}

/// asvs:V6.4.4, asvs:V6.5.2, asvs:V6.5.4
#[tokio::test]
async fn who_loses_the_phone_gets_in_by_a_recovery_code() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (by, app, codes) = equipped(&node, "ann").await;
    assert_eq!(codes.len(), 10);
    for code in &codes {
        // Five bits each, besides the hyphens.
        let signs = code.expose_secret().chars().filter(|c| *c != '-');
        assert_eq!(signs.count() * 5, 60);
    }
    let user = by.user().unwrap();
    let shouted = secret(codes[3].expose_secret().to_uppercase().replace('-', " "));
    let first = challenge(ctx, "ann", PASSWORD).await;
    let signed_in = finish(ctx, &first, &shouted).await.unwrap();
    let left = factors::list(ctx, &Principal::Operator, user)
        .await
        .unwrap();
    assert_eq!(left.codes_left, 9);
    let second = challenge(ctx, "ann", PASSWORD).await;
    let again = finish(ctx, &second, &codes[3]).await;
    assert_eq!(code(&again), "factor.code", "it was used");
    for told in ["recovery_codes.made", "recovery_codes.used", "factor.added"] {
        assert_eq!(events(ctx, told).await, 1, "{told}");
    }
    assert_eq!(events(ctx, "factor.removed").await, 0);

    let by = who(ctx, &cookie(&signed_in)).await.unwrap();
    let new = begin(ctx, &by, PASSWORD).await.unwrap();
    let none = factors::confirm(ctx, &by, (new.id, new.shows(ctx))).await;
    assert!(
        none.unwrap().codes.is_none(),
        "codes are made with the first app"
    );
    factors::remove(ctx, &by, (app.id, Some(secret(PASSWORD))))
        .await
        .unwrap();
    node.clock.advance(Duration::from_secs(30));
    let second = challenge(ctx, "ann", PASSWORD).await;
    let gone = finish(ctx, &second, &app.shows(ctx)).await;
    assert_eq!(
        code(&gone),
        "factor.code",
        "the lost phone is worth nothing"
    );
    finish(ctx, &second, &new.shows(ctx)).await.unwrap();
}

/// asvs:V6.4.3, asvs:V7.4.3: what rests on the password ends with it.
#[tokio::test]
async fn a_new_password_ends_the_challenge_and_skips_no_factor() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (by, app, _) = equipped(&node, "ann").await;
    let old = challenge(ctx, "ann", PASSWORD).await;
    let link = password::reset_link(ctx, &Principal::Operator, by.user().unwrap()).await;
    reset(ctx, &link.unwrap().token, OTHER_PASSWORD)
        .await
        .unwrap();
    let stale = finish(ctx, &old, &app.shows(ctx)).await;
    assert_eq!(code(&stale), "one_time.invalid");
    let new = challenge(ctx, "ann", OTHER_PASSWORD).await;
    finish(ctx, &new, &app.shows(ctx)).await.unwrap();
}

/// vuln:118
#[tokio::test]
async fn nobody_finishes_after_a_suspension() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (by, app, _) = equipped(&node, "ann").await;
    let pending = challenge(ctx, "ann", PASSWORD).await;
    people::suspend(ctx, &Principal::Operator, by.user().unwrap())
        .await
        .unwrap();
    let outcome = finish(ctx, &pending, &app.shows(ctx)).await;
    assert_eq!(code(&outcome), "one_time.invalid");
}

/// asvs:V7.4.3, asvs:V7.5.1, vuln:79
#[tokio::test]
async fn adding_an_app_takes_the_password_a_code_and_ends_other_sessions() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    join(ctx, "bob").await;
    let (_, by) = enter(ctx, "ann").await;
    let (_, bob) = enter(ctx, "bob").await;
    let elsewhere = sign_in(ctx, "ann", COOKIE).await;
    assert_eq!(
        code(&begin(ctx, &by, OTHER_PASSWORD).await),
        "password.wrong"
    );
    let app = begin(ctx, &by, PASSWORD).await.unwrap();
    // Begun is not added: the password is enough as before.
    sign_in(ctx, "ann", Opening::Chatbot).await;
    let wrong = factors::confirm(ctx, &by, (app.id, secret("000000"))).await;
    assert_eq!(code(&wrong), "factor.wrong");
    let theirs = factors::confirm(ctx, &bob, (app.id, app.shows(ctx))).await;
    assert_eq!(code(&theirs), "factor.missing");
    factors::confirm(ctx, &by, (app.id, app.shows(ctx)))
        .await
        .unwrap();
    let twice = factors::confirm(ctx, &by, (app.id, app.shows(ctx))).await;
    assert_eq!(code(&twice), "factor.missing");
    assert_eq!(
        code(&who(ctx, &cookie(&elsewhere)).await),
        "session.revoked"
    );
    let theirs = factors::remove(ctx, &bob, (app.id, Some(secret(PASSWORD)))).await;
    assert_eq!(code(&theirs), "factor.missing");
    assert_eq!(
        code(&factors::remove(ctx, &by, (app.id, Some(secret("x")))).await),
        "password.wrong"
    );
    change_password(ctx, &by, (PASSWORD, OTHER_PASSWORD))
        .await
        .unwrap();
    assert_eq!(
        account::me(ctx, &by, ()).await.unwrap().login(),
        "ann@example.org"
    );
}

/// A contract without a second step lets nobody past it.
#[tokio::test]
async fn a_client_that_cannot_ask_is_told_so() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    equipped(&node, "ann").await;
    for (password, refusal) in [(PASSWORD, "factor.needed"), ("wrong", "signin.failed")] {
        let request = SignIn {
            login: "ann".into(),
            password: secret(password),
            device: Device::default().into(),
            address: None,
            opening: Opening::Chatbot,
            client: ClientProfile {
                second_step: false,
                ..ClientProfile::NATIVE
            },
        };
        let outcome = signin::signin(ctx, &Principal::Anonymous, request).await;
        assert_eq!(code(&outcome), refusal);
    }
}

#[tokio::test]
async fn the_operator_takes_all_factors_away_from_who_lost_them() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (by, ..) = equipped(&node, "ann").await;
    let user = by.user().unwrap();
    assert_eq!(code(&factors::reset(ctx, &by, user).await), "access.denied");
    assert_eq!(
        factors::reset(ctx, &Principal::Operator, user)
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        factors::reset(ctx, &Principal::Operator, user)
            .await
            .unwrap(),
        0
    );
    assert_eq!(events(ctx, "factor.reset").await, 1);
    sign_in(ctx, "ann", COOKIE).await;
    let left = factors::list(ctx, &Principal::Operator, user)
        .await
        .unwrap();
    assert!(left.apps.is_empty() && left.codes_left == 0);
}

/// vuln:23: what ends sessions ends what services that share a secret signed
/// before.
#[tokio::test]
async fn tokens_from_elsewhere_end_with_the_sessions() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let (user, by) = enter(ctx, "ann").await;
    let number = sign_in(ctx, "ann", COOKIE).await.account.aliases.number;
    let signed = || Credential::ChatbotAccess(foreign(ctx, number, "access"));
    let mut early = vec![signed()];
    let app = begin(ctx, &by, PASSWORD).await.unwrap();
    factors::confirm(ctx, &by, (app.id, app.shows(ctx)))
        .await
        .unwrap();
    node.clock.advance(Duration::from_secs(30));
    early.push(signed());
    factors::reset(ctx, &Principal::Operator, user)
        .await
        .unwrap();
    for early in early {
        assert_eq!(code(&who(ctx, &early).await), "session.revoked");
    }
    node.clock.advance(Duration::from_secs(1));
    who(ctx, &signed()).await.unwrap();

    let (_, by) = enter(ctx, "ann").await;
    let early = signed();
    let app = begin(ctx, &by, PASSWORD).await.unwrap();
    factors::confirm(ctx, &by, (app.id, app.shows(ctx)))
        .await
        .unwrap();
    factors::remove(ctx, &by, (app.id, Some(secret(PASSWORD))))
        .await
        .unwrap();
    assert_eq!(code(&who(ctx, &early).await), "session.revoked");
}

/// asvs:V6.3.3: a token signed elsewhere is one factor.
#[tokio::test]
async fn a_token_from_elsewhere_replaces_no_second_factor() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (by, ..) = equipped(&node, "ann").await;
    let number = account::me(ctx, &by, ()).await.unwrap().aliases.number;
    let access = Credential::ChatbotAccess(foreign(ctx, number, "access"));
    assert_eq!(code(&who(ctx, &access).await), "factor.needed");
    let refresh = foreign(ctx, number, "refresh");
    let renewed =
        admit::chatbot_refresh(ctx, &Principal::Anonymous, (&refresh, &Place::default())).await;
    assert_eq!(code(&renewed), "factor.needed");
}

/// What was only begun never counted: nothing is removed with it.
#[tokio::test]
async fn a_draft_is_no_factor_to_remove() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let (_, by) = enter(ctx, "ann").await;
    let app = begin(ctx, &by, PASSWORD).await.unwrap();
    let removed = factors::remove(ctx, &by, (app.id, Some(secret(PASSWORD)))).await;
    assert_eq!(code(&removed), "factor.missing");
    assert_eq!(events(ctx, "factor.removed").await, 0);
}
