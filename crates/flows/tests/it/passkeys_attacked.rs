//! Passkeys in the wrong hands: what hostile pages, copies, replays and moved
//! rows are worth.

use std::time::Duration;

use tollgate_base::access::Principal;
use tollgate_flows::{
    ClientProfile, Device, Opening,
    passkeys::{self, Question},
    people,
    signin::{self, SignIn},
};
use tollgate_store::args;
use tollgate_testkit::{authenticator::Authenticator, node::Node};

use crate::{
    keychain::{HERE, NOBODY, add, answer, ask, begin, end, equipped, tap},
    support::{code, enter, events, join, secret, together},
};

/// asvs:V2.3.1, vuln:79, asvs:V6.7.2: a question is answered once, within five minutes, by
/// whom it was put to, in that session and for that purpose.
#[tokio::test]
async fn a_question_is_answered_once_by_whom_it_was_put_to() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let mut ann = equipped(&node, "ann", Authenticator::bound(HERE)).await;
    join(ctx, "bob").await;
    let (_, bob) = enter(ctx, "bob").await;
    let mut device = Authenticator::bound(HERE);

    let question = begin(ctx, &bob).await.unwrap();
    let made = device.create(&question.options);
    let by_another = end(ctx, &ann.by, &question, made.clone()).await;
    assert_eq!(code(&by_another), "one_time.invalid");
    let (_, elsewhere) = enter(ctx, "bob").await;
    let in_another = end(ctx, &elsewhere, &question, made.clone()).await;
    assert_eq!(code(&in_another), "one_time.invalid", "another session");
    let as_sign_in = answer(ctx, &question, None, made.clone()).await;
    assert_eq!(code(&as_sign_in), "one_time.invalid", "another purpose");
    end(ctx, &bob, &question, made.clone()).await.unwrap();
    let twice = end(ctx, &bob, &question, made.clone()).await;
    assert_eq!(code(&twice), "one_time.invalid");
    // The same answer to a new question is worth nothing, and takes that one too.
    let next = begin(ctx, &bob).await.unwrap();
    for refusal in ["passkey.invalid", "one_time.invalid"] {
        let replayed = end(ctx, &bob, &next, made.clone()).await;
        assert_eq!(code(&replayed), refusal);
    }
    let late = begin(ctx, &bob).await.unwrap();
    let made = device.create(&late.options);
    node.clock.advance(Duration::from_mins(5));
    assert_eq!(code(&end(ctx, &bob, &late, made).await), "one_time.invalid");

    let question = ask(ctx, None).await.unwrap();
    let signed = ann.device.get(&question.options);
    let as_new = end(ctx, &ann.by, &question, signed.clone()).await;
    assert_eq!(code(&as_new), "one_time.invalid");
    answer(ctx, &question, None, signed.clone()).await.unwrap();
    let replayed = answer(ctx, &question, None, signed.clone()).await;
    assert_eq!(code(&replayed), "one_time.invalid");
    let fresh = ask(ctx, None).await.unwrap();
    let replayed = answer(ctx, &fresh, None, signed).await;
    assert_eq!(code(&replayed), "passkey.refused");
}

/// asvs:V6.5.1, vuln:78: of any number at once, one gets in.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_parallel_answers_to_one_question_one_succeeds() {
    let node = Node::new().await;
    let mut ann = equipped(&node, "ann", Authenticator::synced(HERE)).await;
    let question = ask(&node.ctx, None).await.unwrap();
    let signed = ann.device.get(&question.options);
    let ceremony = question.ceremony.clone();
    let outcomes = together(8, |_| {
        let (ctx, signed) = (node.ctx.clone(), signed.clone());
        let question = Question {
            ceremony: ceremony.clone(),
            options: String::new(),
        };
        async move { answer(&ctx, &question, None, signed).await }
    })
    .await;
    let entered = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(entered, 1, "{outcomes:?}");
}

/// How a story bends a device.
type Bend = fn(&mut Authenticator);

/// vuln:82: the origin counts to the letter, in making and in using.
#[tokio::test]
async fn only_our_own_origin_makes_and_uses_passkeys() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let mut ann = equipped(&node, "ann", Authenticator::bound(HERE)).await;
    join(ctx, "bob").await;
    let (_, bob) = enter(ctx, "bob").await;
    for origin in [
        "https://localhost:8700",
        "http://localhost",
        "http://localhost:8701",
        "http://localhost:8700/",
        "http://LOCALHOST:8700",
        "http://sub.localhost:8700",
        "http://badlocalhost:8700",
        "http://localhost.example.org:8700",
        "http://localhost:8700@example.org",
        "http://xn--lcalhost-44e:8700",
        "http://l\u{43e}calhost:8700",
        "android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS-0H1xKCQcfIoGLck",
        "null",
        "",
    ] {
        let mut device = Authenticator::bound(origin);
        let made = add(ctx, &bob, &mut device).await;
        assert_eq!(code(&made), "passkey.invalid", "{origin}");
        ann.device.origin = origin.into();
        let used = tap(ctx, &mut ann.device).await;
        assert_eq!(code(&used), "passkey.refused", "{origin}");
        // The tries of each are counted; the story is about something else.
        node.clock.advance(Duration::from_hours(1));
    }
    ann.device.origin = HERE.into();
    let bent: [(&str, Bend); 3] = [
        ("framed", |device| device.framed = true),
        ("not unlocked", |device| device.verifies = false),
        ("of another host", |device| {
            device.rp_id = Some("example.org".into());
        }),
    ];
    for (what, bend) in bent {
        let mut device = Authenticator::bound(HERE);
        bend(&mut device);
        let made = add(ctx, &bob, &mut device).await;
        assert_eq!(code(&made), "passkey.invalid", "{what}");
        bend(&mut ann.device);
        let used = tap(ctx, &mut ann.device).await;
        assert_eq!(code(&used), "passkey.refused", "{what}");
        (ann.device.framed, ann.device.verifies) = (false, true);
        ann.device.rp_id = None;
    }
    tap(ctx, &mut ann.device).await.unwrap();
}

/// A counter that goes back tells of a copy, unless its owner may make copies.
#[tokio::test]
async fn a_copy_is_noticed_where_there_must_be_none() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let mut ann = equipped(&node, "ann", Authenticator::bound(HERE)).await;
    tap(ctx, &mut ann.device).await.unwrap();
    tap(ctx, &mut ann.device).await.unwrap();
    for counted in [0, 1] {
        ann.device.counter = counted;
        let copied = tap(ctx, &mut ann.device).await;
        assert_eq!(code(&copied), "passkey.refused", "{counted}");
    }
    assert_eq!(events(ctx, "passkey.copied").await, 2);
    ann.device.counter = 2;
    tap(ctx, &mut ann.device).await.unwrap();

    let mut bob = equipped(&node, "bob", Authenticator::synced(HERE)).await;
    for counter in [0, 0, 7, 3, 0] {
        bob.device.counter = counter;
        tap(ctx, &mut bob.device).await.unwrap();
    }
    let mine = passkeys::list(ctx, &bob.by, bob.user).await.unwrap();
    assert!(mine[0].synced);
    assert_eq!(events(ctx, "passkey.copied").await, 2);
}

/// vuln:38, vuln:118: whatever is wrong is told in the same words.
#[tokio::test]
async fn unknown_suspended_and_wrong_answer_alike() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let mut ann = equipped(&node, "ann", Authenticator::synced(HERE)).await;
    let mut bob = equipped(&node, "bob", Authenticator::synced(HERE)).await;
    let question = ask(ctx, None).await.unwrap();
    people::suspend(ctx, &Principal::Operator, ann.user)
        .await
        .unwrap();
    let signed = ann.device.get(&question.options);
    let suspended = answer(ctx, &question, None, signed).await;
    let mut unknown = Authenticator::synced(HERE);
    let join = begin(ctx, &bob.by).await.unwrap();
    unknown.create(&join.options);
    let unknown = tap(ctx, &mut unknown).await;

    let mut answers = vec![suspended, unknown];
    for (pointer, value) in [
        ("/response/signature", "MEUCIQ"),
        ("/response/userHandle", "AAAAAAAAAAAAAAAAAAAAAA"),
        ("/rawId", "AAAA"),
        ("/response", "no object"),
    ] {
        let question = ask(ctx, None).await.unwrap();
        let signed = bob.device.get(&question.options);
        let mut bent: serde_json::Value = serde_json::from_str(&signed).unwrap();
        *bent.pointer_mut(pointer).unwrap() = value.into();
        answers.push(answer(ctx, &question, None, bent.to_string()).await);
    }
    tap(ctx, &mut bob.device).await.unwrap();
    for said in answers {
        let said = said.unwrap_err();
        assert_eq!(said.code().name, "passkey.refused");
        assert_eq!(said.public(), tollgate_base::codes::PASSKEY_REFUSED.help);
    }
}

/// asvs:V6.7.1: a key that is moved to another account's row opens nothing.
#[tokio::test]
async fn keys_are_bound_to_their_rows() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let mut ann = equipped(&node, "ann", Authenticator::synced(HERE)).await;
    let mut bob = equipped(&node, "bob", Authenticator::synced(HERE)).await;
    let swap =
        "UPDATE passkeys SET credential = (SELECT credential FROM passkeys WHERE account_id = $1)
        WHERE account_id = $2";
    ctx.db()
        .write_one(swap, args![bob.user, ann.user])
        .await
        .unwrap();
    assert_eq!(code(&tap(ctx, &mut ann.device).await), "seal.broken");
    let lend = "UPDATE passkeys SET account_id = $1 WHERE account_id = $2";
    ctx.db()
        .write_one(lend, args![ann.user, bob.user])
        .await
        .unwrap();
    assert_eq!(code(&tap(ctx, &mut bob.device).await), "passkey.refused");
}

/// vuln:71: the tries with a passkey are counted, apart from those at the
/// password: who guesses at that does not lock this.
#[tokio::test]
async fn tries_are_counted_and_a_locked_password_does_not_lock_the_passkey() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let mut ann = equipped(&node, "ann", Authenticator::synced(HERE)).await;
    let mut outcomes = Vec::new();
    for _ in 0..30 {
        let request = SignIn {
            login: "ann".into(),
            password: secret("wrong"),
            device: Device::default().into(),
            address: None,
            opening: Opening::Chatbot,
            client: ClientProfile::NATIVE,
        };
        outcomes.push(code(&signin::signin(ctx, NOBODY, request).await));
    }
    assert!(outcomes.contains(&"throttled"), "{outcomes:?}");
    tap(ctx, &mut ann.device).await.unwrap();
    ann.device.verifies = false;
    let mut outcomes = Vec::new();
    for _ in 0..30 {
        outcomes.push(code(&tap(ctx, &mut ann.device).await));
    }
    assert_eq!(outcomes[0], "passkey.refused");
    assert_eq!(outcomes[29], "throttled");
}
