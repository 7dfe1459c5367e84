//! The chatbot dialect's shared secret, which operators replace and return to.

use std::time::Duration;

use serde_json::json;
use tollgate_base::{SecretString, access::Principal};
use tollgate_crypto::jwt::{Family, KidRule, MAX_LENGTH, TypRule, sign_plain, verify};
use tollgate_flows::{
    Ctx, Opening,
    admit::Credential,
    keyring::{self, Begin, KeyView},
};
use tollgate_testkit::node::{CHATBOT_SECRET, Node};

use crate::support::{
    TOKENS, accepted, chatbot_key, code, join, secret, sign_in, signer, text, tokens, who,
};

const SECOND: Duration = Duration::from_secs(1);
const OTHER_SECRET: &str = "another shared secret, 32 bytes and more";
const OPERATOR: &Principal = &Principal::Operator;

/// The operator replaces the chatbot's secret: services that have not heard
/// of it go on, until the old one is removed.
#[tokio::test]
async fn a_replaced_shared_secret_is_accepted_until_it_is_removed() {
    let node = Node::new().await;
    let second = node.second().await;
    let (ctx, nodes) = (&node.ctx, [&node, &second]);
    join(ctx, "ann").await;
    let old = signer(ctx, "chatbot").await;
    node.clock.advance(SECOND);
    for _ in 0..2 {
        start_with(ctx, OTHER_SECRET).await;
    }
    assert_eq!(keys(ctx).await.len(), 2);

    let signed_in = sign_in(ctx, "ann", Opening::Chatbot).await;
    let (minted, _) = tokens(&signed_in);
    assert!(verifies(&minted, OTHER_SECRET) && !verifies(&minted, CHATBOT_SECRET));
    let number = signed_in.account.aliases.number;
    let by_old = made_elsewhere(ctx, CHATBOT_SECRET, number);
    let by_new = made_elsewhere(ctx, OTHER_SECRET, number);
    for node in nodes {
        node.follow().await;
        assert!(accepted(who(&node.ctx, &by_old).await));
        assert!(accepted(who(&node.ctx, &by_new).await));
    }
    keyring::remove(ctx, OPERATOR, old).await.unwrap();
    second.follow().await;
    for node in nodes {
        assert!(!accepted(who(&node.ctx, &by_old).await));
        assert!(accepted(who(&node.ctx, &by_new).await));
    }
}

/// What leaked and was removed does not come back by a restart with the old
/// configuration.
#[tokio::test]
async fn a_removed_shared_secret_is_not_taken_again() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let leaked = signer(ctx, "chatbot").await;
    node.clock.advance(SECOND);
    keyring::rotate(ctx, OPERATOR, ("chatbot".into(), Begin::Now))
        .await
        .unwrap();
    keyring::remove(ctx, OPERATOR, leaked).await.unwrap();
    for _ in 0..2 {
        let again = keyring::load(ctx, OPERATOR, Some(secret(CHATBOT_SECRET))).await;
        assert_eq!(code(&again), "secret.removed");
    }
    start_with(ctx, OTHER_SECRET).await;
}

/// A secret that leaks after it was set, replaced and set again is gone when
/// the key that lists it is removed.
#[tokio::test]
async fn a_shared_secret_that_returns_is_one_key() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let number = sign_in(ctx, "ann", TOKENS).await.account.aliases.number;
    for shared in [OTHER_SECRET, CHATBOT_SECRET, OTHER_SECRET] {
        node.clock.advance(SECOND);
        start_with(ctx, shared).await;
    }
    let keys = keys(ctx).await;
    let leaked = keys.iter().find(|key| !key.signs).unwrap().id;
    keyring::remove(ctx, OPERATOR, leaked).await.unwrap();
    let by_leaked = made_elsewhere(ctx, CHATBOT_SECRET, number);
    assert!(!accepted(who(ctx, &by_leaked).await));
    let by_other = made_elsewhere(ctx, OTHER_SECRET, number);
    assert!(accepted(who(ctx, &by_other).await));
}

/// What a start with that secret in the configuration does.
async fn start_with(ctx: &Ctx, shared: &str) {
    let by = Principal::Chore("start");
    let shared = Some(secret(shared));
    keyring::load(ctx, &by, shared).await.unwrap();
}

async fn keys(ctx: &Ctx) -> Vec<KeyView> {
    let mut keys = keyring::list(ctx, OPERATOR, ()).await.unwrap();
    keys.retain(|key| key.purpose == "chatbot");
    keys
}

fn made_elsewhere(ctx: &Ctx, shared: &str, number: i64) -> Credential {
    let claims = json!({
        "token_type": "access",
        "exp": ctx.now().secs() + 60,
        "iat": ctx.now().secs(),
        "jti": shared,
        "user_id": number,
    });
    let token = sign_plain(&chatbot_key(shared), &claims).unwrap();
    Credential::ChatbotAccess(secret(token))
}

fn verifies(token: &SecretString, shared: &str) -> bool {
    let family = Family {
        keys: &[chatbot_key(shared).verifier()],
        typ: TypRule::JwtOrAbsent,
        kid: KidRule::Ignored,
        max_len: MAX_LENGTH,
    };
    verify(text(token), &family).is_ok()
}
