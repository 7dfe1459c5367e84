//! Passkeys: from the first one over sign-in and second step to the lost phone.

use std::time::Duration;

use tollgate_base::access::{Assurance, Principal};
use tollgate_flows::{
    Device, factors,
    passkeys::{self, Begin, Finish, RecoveryCodes},
    signin,
};
use tollgate_testkit::{authenticator::Authenticator, node::Node};

use crate::{
    keychain::{
        HERE, NOBODY, add, answer, ask, begin, challenge, end, equipped, options_for_all, tap,
    },
    support::{
        COOKIE, OTHER_PASSWORD, PASSWORD, code, cookie, enter, events, join, reset, secret,
        sign_in, tallied, text, together, who,
    },
};

/// asvs:V6.3.3, asvs:V6.5.7, vuln:73
#[tokio::test]
async fn a_passkey_signs_in_alone_and_a_password_does_not_any_more() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let mut ann = equipped(&node, "ann", Authenticator::bound(HERE)).await;
    assert_eq!(ann.codes.len(), 10);
    let mine = passkeys::list(ctx, &ann.by, ann.user).await.unwrap();
    assert_eq!((mine.len(), mine[0].name.as_str()), (1, "Phone"));
    assert!(!mine[0].synced && mine[0].last_used_at.is_none());

    node.clock.advance(Duration::from_mins(1));
    let signed_in = tap(ctx, &mut ann.device).await.unwrap();
    assert_eq!(signed_in.account.account.id, ann.user);
    let principal = who(ctx, &cookie(&signed_in)).await.unwrap();
    assert_eq!(principal.person().unwrap().assurance, Assurance::Two);
    let mine = passkeys::list(ctx, &ann.by, ann.user).await.unwrap();
    assert_eq!(mine[0].last_used_at, Some(ctx.now()));
    assert_eq!(tallied(ctx, "signin_failed").await, 0);

    let second = challenge(ctx, "ann").await;
    let stranger = who(ctx, &tollgate_flows::admit::Credential::Cookie(second)).await;
    assert_eq!(
        code(&stranger),
        "token.invalid",
        "a challenge is no session"
    );
    for told in ["passkey.added", "recovery_codes.made"] {
        assert_eq!(events(ctx, told).await, 1, "{told}");
    }
}

/// A passkey after a password, in place of a code: the challenge ends with it.
#[tokio::test]
async fn a_passkey_stands_for_the_code_after_a_password() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let mut ann = equipped(&node, "ann", Authenticator::synced(HERE)).await;
    let mut bob = equipped(&node, "bob", Authenticator::synced(HERE)).await;
    let first = challenge(ctx, "ann").await;

    // Bob's own is no help, and a question without the password is another one.
    let question = ask(ctx, Some(&first)).await.unwrap();
    let foreign = bob.device.get(&options_for_all(&question));
    let outcome = answer(ctx, &question, Some(&first), foreign).await;
    assert_eq!(code(&outcome), "passkey.refused");
    let alone = ask(ctx, None).await.unwrap();
    let signed = ann.device.get(&alone.options);
    let outcome = answer(ctx, &alone, Some(&first), signed).await;
    assert_eq!(code(&outcome), "one_time.invalid");

    let second = challenge(ctx, "ann").await;
    let question = ask(ctx, Some(&second)).await.unwrap();
    let signed = ann.device.get(&question.options);
    let signed_in = answer(ctx, &question, Some(&second), signed).await.unwrap();
    let principal = who(ctx, &cookie(&signed_in)).await.unwrap();
    assert_eq!(principal.person().unwrap().assurance, Assurance::Two);
    let again = ask(ctx, Some(&second)).await;
    assert_eq!(code(&again), "one_time.invalid", "a challenge works once");

    // A new password ends what the old one began.
    let old = challenge(ctx, "ann").await;
    let question = ask(ctx, Some(&old)).await.unwrap();
    let link = tollgate_flows::password::reset_link(ctx, &Principal::Operator, ann.user).await;
    reset(ctx, &link.unwrap().token, OTHER_PASSWORD)
        .await
        .unwrap();
    let signed = ann.device.get(&question.options);
    let outcome = answer(ctx, &question, Some(&old), signed).await;
    assert_eq!(code(&outcome), "one_time.invalid");
}

/// asvs:V6.4.4: the phone is gone; a code gets in, and the passkey goes.
#[tokio::test]
async fn who_loses_the_device_gets_in_by_a_recovery_code() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let mut ann = equipped(&node, "ann", Authenticator::bound(HERE)).await;
    let request = signin::Finish {
        challenge: challenge(ctx, "ann").await,
        code: ann.codes[0].clone(),
        device: Device::default().into(),
        trust: false,
        address: None,
        opening: COOKIE,
    };
    let signed_in = signin::finish(ctx, NOBODY, request).await.unwrap();
    let by = who(ctx, &cookie(&signed_in)).await.unwrap();
    let mine = passkeys::list(ctx, &by, ann.user).await.unwrap();
    let wrong = passkeys::remove(ctx, &by, (mine[0].id, Some(secret("wrong")))).await;
    assert_eq!(code(&wrong), "password.wrong");
    let gone = (mine[0].id, Some(secret(PASSWORD)));
    passkeys::remove(ctx, &by, gone.clone()).await.unwrap();
    assert_eq!(
        code(&passkeys::remove(ctx, &by, gone).await),
        "passkey.missing"
    );
    assert_eq!(code(&tap(ctx, &mut ann.device).await), "passkey.refused");
    // It was the last factor: the codes went too, and the password is enough.
    let left = factors::list(ctx, &by, ann.user).await.unwrap();
    assert_eq!(left.codes_left, 0);
    sign_in(ctx, "ann", COOKIE).await;
    assert_eq!(events(ctx, "passkey.removed").await, 1);
}

/// asvs:V7.4.3, asvs:V7.5.1
#[tokio::test]
async fn adding_takes_the_password_ends_other_sessions_and_has_a_bound() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let (user, by) = enter(ctx, "ann").await;
    let elsewhere = sign_in(ctx, "ann", COOKIE).await;
    for (name, password, refusal) in [
        ("Phone", OTHER_PASSWORD, "password.wrong"),
        ("", PASSWORD, "request.invalid"),
        ("a\u{7}b", PASSWORD, "request.invalid"),
    ] {
        let request = Begin {
            name: name.into(),
            password: Some(secret(password)),
        };
        let outcome = passkeys::begin(ctx, &by, request).await;
        assert_eq!(code(&outcome), refusal, "{name:?}");
    }
    let question = begin(ctx, &by).await.unwrap();
    who(ctx, &cookie(&elsewhere)).await.unwrap();
    let made = Authenticator::bound(HERE).create(&question.options);
    end(ctx, &by, &question, made).await.unwrap();
    let ended = who(ctx, &cookie(&elsewhere)).await;
    assert_eq!(code(&ended), "session.revoked");
    let waiting = begin(ctx, &by).await.unwrap();
    for _ in 1..10 {
        let none = add(ctx, &by, &mut Authenticator::bound(HERE))
            .await
            .unwrap();
        assert!(none.is_none(), "codes come with the first");
    }
    assert_eq!(code(&begin(ctx, &by).await), "passkey.limit");
    let made = Authenticator::bound(HERE).create(&waiting.options);
    let late = end(ctx, &by, &waiting, made).await;
    assert_eq!(
        code(&late),
        "one_time.invalid",
        "another one was added since"
    );
    assert!(waiting.options.contains("\"residentKey\":\"required\""));

    let mine = passkeys::list(ctx, &by, user).await.unwrap();
    let renamed = (mine[3].id, " Laptop ".to_owned());
    passkeys::rename(ctx, &by, renamed).await.unwrap();
    let mine = passkeys::list(ctx, &by, user).await.unwrap();
    assert_eq!(mine[3].name, "Laptop");
    join(ctx, "bob").await;
    let (_, bob) = enter(ctx, "bob").await;
    let theirs = passkeys::rename(ctx, &bob, (mine[3].id, "x".into())).await;
    assert_eq!(code(&theirs), "passkey.missing");
    let theirs = passkeys::remove(ctx, &bob, (mine[3].id, Some(secret(PASSWORD)))).await;
    assert_eq!(code(&theirs), "passkey.missing");
    assert_eq!(
        code(&passkeys::list(ctx, &bob, user).await),
        "access.denied"
    );
    let gone = factors::reset(ctx, &Principal::Operator, user).await;
    assert_eq!(gone.unwrap(), 10);
    assert_eq!(events(ctx, "passkey.renamed").await, 1);
    sign_in(ctx, "ann", COOKIE).await;
}

/// Two first passkeys at once: one of them brings the codes, and they work.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_parallel_first_passkeys_one_brings_the_codes() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let (user, by) = enter(ctx, "ann").await;
    let mut answers = Vec::new();
    for _ in 0..4 {
        let question = begin(ctx, &by).await.unwrap();
        let made = Authenticator::bound(HERE).create(&question.options);
        answers.push((question.ceremony, made));
    }
    let outcomes = together(answers.len(), |place| {
        let (ctx, by) = (ctx.clone(), by.clone());
        let (ceremony, made) = answers[place].clone();
        async move {
            let request = Finish {
                ceremony,
                answer: made,
            };
            passkeys::finish(&ctx, &by, request).await
        }
    })
    .await;
    let brought: Vec<_> = outcomes
        .iter()
        .flatten()
        .filter_map(|added| added.codes.as_ref())
        .collect();
    assert_eq!(brought.len(), 1, "{outcomes:?}");
    let RecoveryCodes(codes) = brought[0];
    let request = signin::Finish {
        challenge: challenge(ctx, "ann").await,
        code: codes[9].clone(),
        device: Device::default().into(),
        trust: false,
        address: None,
        opening: COOKIE,
    };
    signin::finish(ctx, NOBODY, request).await.unwrap();
    let mine = passkeys::list(ctx, &by, user).await.unwrap();
    // Whatever was begun before a factor counts is void: who comes late begins again.
    let added = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(mine.len(), added, "{outcomes:?}");
    let late = outcomes.iter().filter(|outcome| outcome.is_err());
    for outcome in late {
        assert_eq!(code(outcome), "one_time.invalid");
    }
}

/// A device says that it is known; if it lies, we know it too.
#[tokio::test]
async fn one_credential_is_one_accounts() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let ann = equipped(&node, "ann", Authenticator::bound(HERE)).await;
    let mut device = Authenticator::bound(HERE);
    let question = begin(ctx, &ann.by).await.unwrap();
    let first = device.create(&question.options);
    end(ctx, &ann.by, &question, first.clone()).await.unwrap();
    let again = begin(ctx, &ann.by).await.unwrap();
    let id = serde_json::from_str::<serde_json::Value>(&first).unwrap()["id"].clone();
    assert!(
        again.options.contains(id.as_str().unwrap()),
        "it is excluded"
    );
}

/// What a browser cannot do here is said before anybody types a password.
#[tokio::test]
async fn where_browsers_offer_none_nothing_is_begun() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let ann = equipped(&node, "ann", Authenticator::bound(HERE)).await;
    let mut policy = (*ctx.policy()).clone();
    policy.public_url = "http://192.168.1.20:8700".into();
    ctx.set_policy(policy.clone());
    assert!(!passkeys::offered(ctx));
    assert_eq!(code(&begin(ctx, &ann.by).await), "passkey.unavailable");
    assert_eq!(code(&ask(ctx, None).await), "passkey.unavailable");

    // A second address of the same server, which the first one names.
    policy.public_url = HERE.into();
    policy.related_origins = vec!["https://id.example.net".into()];
    ctx.set_policy(policy);
    assert!(passkeys::offered(ctx));
    let mut device = Authenticator::bound("https://id.example.net");
    add(ctx, &ann.by, &mut device).await.unwrap();
    tap(ctx, &mut device).await.unwrap();
    device.origin = "https://id.example.org".into();
    assert_eq!(code(&tap(ctx, &mut device).await), "passkey.refused");
    assert!(text(&ask(ctx, None).await.unwrap().ceremony).starts_with("tg"));
}
