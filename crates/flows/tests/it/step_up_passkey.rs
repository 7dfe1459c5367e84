//! A borrowed session and a passkey: what it cannot do until one is shown in it.

use std::time::Duration;

use tollgate_base::access::Principal;
use tollgate_flows::{
    passkeys::{self, Question},
    step_up::{self, ShowPasskey},
};
use tollgate_testkit::{authenticator::Authenticator, node::Node};

use crate::{
    keychain::{HERE, answer, begin, equipped, options_for_all, tap},
    support::{PASSWORD, code, events, secret},
};

/// asvs:V7.5.3, vuln:80: a borrowed session removes no passkey, until one is
/// shown in it.
#[tokio::test]
async fn a_passkey_is_shown_again_before_factors_change() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let mut ann = equipped(&node, "ann", Authenticator::bound(HERE)).await;
    let mut bob = equipped(&node, "bob", Authenticator::bound(HERE)).await;
    let mine = passkeys::list(ctx, &ann.by, ann.user).await.unwrap();
    let gone = (mine[0].id, Some(secret(PASSWORD)));
    node.clock.advance(Duration::from_mins(10));
    let refused = passkeys::remove(ctx, &ann.by, gone.clone()).await;
    assert_eq!(code(&refused), "factor.fresh");
    assert_eq!(code(&begin(ctx, &ann.by).await), "factor.fresh");
    assert!(step_up::takes_passkey(ctx, &ann.by, ()).await.unwrap());

    let show = async |question: &Question, by: &Principal, answer: String| {
        let request = ShowPasskey {
            ceremony: question.ceremony.clone(),
            answer,
        };
        step_up::finish_passkey(ctx, by, request).await
    };
    let question = step_up::begin_passkey(ctx, &ann.by, ()).await.unwrap();
    let foreign = bob.device.get(&options_for_all(&question));
    let wrong = show(&question, &ann.by, foreign).await;
    assert_eq!(code(&wrong), "passkey.wrong", "it is somebody else's");
    let question = step_up::begin_passkey(ctx, &ann.by, ()).await.unwrap();
    let signed = ann.device.get(&question.options);
    let by_another = show(&question, &bob.by, signed.clone()).await;
    assert_eq!(code(&by_another), "one_time.invalid");
    let as_sign_in = answer(ctx, &question, None, signed.clone()).await;
    assert_eq!(code(&as_sign_in), "one_time.invalid", "another purpose");
    let _ = show(&question, &ann.by, signed.clone()).await.unwrap();
    let replayed = show(&question, &ann.by, signed).await;
    assert_eq!(code(&replayed), "one_time.invalid");
    assert_eq!(events(ctx, "session.stepped_up").await, 1);
    passkeys::remove(ctx, &ann.by, gone).await.unwrap();
    assert!(!step_up::takes_passkey(ctx, &ann.by, ()).await.unwrap());
    let none = step_up::begin_passkey(ctx, &ann.by, ()).await;
    assert_eq!(code(&none), "passkey.missing");

    node.clock.advance(Duration::from_mins(10));
    bob.device.counter = 0;
    let question = step_up::begin_passkey(ctx, &bob.by, ()).await.unwrap();
    tap(ctx, &mut bob.device).await.unwrap();
    bob.device.counter = 0;
    let copied = bob.device.get(&question.options);
    assert_eq!(
        code(&show(&question, &bob.by, copied).await),
        "passkey.wrong"
    );
    assert_eq!(events(ctx, "passkey.copied").await, 1);
}
