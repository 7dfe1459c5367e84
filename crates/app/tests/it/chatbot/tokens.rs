//! Tokens of the dialect: foreign ones, stale ones, and ones of another kind.

use std::time::Duration;

use serde_json::json;
use tollgate_base::{ExposeSecret, SecretString, access::Principal, codes};
use tollgate_flows::{
    ClientProfile, Credentials, Device, Opening,
    admit::{Credential, Place, admit},
    ctx::SimpleJwt,
    keyring,
    signin::{SignIn, Step, signin},
};
use tollgate_testkit::node::CHATBOT_SECRET;

use super::{ANN, Chatbot, PASSWORD};

/// Whoever shares the secret may mint; what they mint can be revoked.
#[tokio::test]
async fn a_token_minted_elsewhere_is_admitted_and_revoked_like_our_own() {
    let chatbot = Chatbot::with_ann().await;
    let (seen, unseen) = (
        chatbot.foreign(json!({})),
        chatbot.foreign(json!({"jti": "1"})),
    );
    let refresh =
        chatbot.foreign(json!({"token_type": "refresh", "jti": "2", "exp": 1_900_000_000}));
    for _ in 0..2 {
        assert_eq!(chatbot.status(&seen).await.json()["user"]["id"], 1);
    }
    let renewed = chatbot.refresh(&refresh).await.text("access");
    assert_eq!(chatbot.status(&renewed).await.status, 200);

    chatbot.node.clock.advance(Duration::from_secs(1));
    assert_eq!(
        chatbot.ask("POST", "/auth/logout/", &seen).await.status,
        200
    );
    for token in [&seen, &unseen, &renewed] {
        assert_eq!(chatbot.status(token).await.text("code"), "token_not_valid");
    }
    assert_eq!(chatbot.refresh(&refresh).await.status, 401);
    // Times in tokens are whole seconds: one of the same second may be older.
    chatbot.node.clock.advance(Duration::from_secs(1));
    let later = chatbot.foreign(json!({"jti": "3"}));
    assert_eq!(chatbot.status(&later).await.status, 200);
}

/// Restarted and on another node, a foreign token stays revoked.
#[tokio::test]
async fn another_node_knows_of_the_revocation() {
    let chatbot = Chatbot::with_ann().await;
    let other = Chatbot::on(chatbot.node.second().await);
    let token = chatbot.foreign(json!({}));
    assert_eq!(
        (
            chatbot.status(&token).await.status,
            other.status(&token).await.status
        ),
        (200, 200)
    );
    assert_eq!(
        chatbot.ask("POST", "/auth/logout/", &token).await.status,
        200
    );
    other.node.follow().await;
    assert_eq!(other.status(&token).await.status, 401);
}

/// asvs:V9.2.2: a token of one kind never passes for another.
#[tokio::test]
async fn no_token_passes_for_one_of_another_kind() {
    let chatbot = Chatbot::with_ann().await;
    let (access, refresh) = chatbot.login().await;
    assert_eq!(
        chatbot.status(&refresh).await.json()["messages"][0]["message"],
        "Token has wrong type"
    );
    assert_eq!(
        chatbot.refresh(&access).await.text("detail"),
        "Token has wrong type"
    );

    let (native_access, native_refresh) = native(&chatbot).await;
    for native in [&native_access, &native_refresh] {
        assert_eq!(chatbot.status(native).await.status, 401);
        assert_eq!(chatbot.refresh(native).await.status, 401);
    }
    for theirs in [access, refresh] {
        let credential = Credential::Access(theirs.into());
        let refused = admit(
            &chatbot.node.ctx,
            &Principal::Anonymous,
            (&credential, &Place::default()),
        )
        .await;
        assert!(
            refused
                .expect_err("another family")
                .is(&codes::TOKEN_INVALID)
        );
    }
}

/// vuln:1: a claim of the wrong type is a fault, never an absent claim.
#[tokio::test]
async fn no_claim_of_another_type_passes() {
    let chatbot = Chatbot::with_ann().await;
    for changes in [
        json!({"exp": "4102444800"}),
        json!({"exp": 4_102_444_800.5}),
        json!({"exp": [4_102_444_800_i64]}),
        json!({"iat": "1"}),
        json!({"nbf": "1"}),
        json!({"nbf": true}),
        json!({"jti": 1}),
        json!({"jti": ""}),
        json!({"token_type": ["access"]}),
        json!({"sid": "ses_00000000000000000000000000"}),
        json!({"user_id": true}),
        json!({"user_id": 1.0}),
        json!({"user_id": "one"}),
        json!({"user_id": {"id": 1}}),
        json!({"user_id": "1 OR 1=1"}),
        json!({"user_id": -1}),
    ] {
        let answer = chatbot.status(&chatbot.foreign(changes.clone())).await;
        assert_eq!(answer.status, 401, "{changes}: {answer:?}");
    }
}

/// The new secret signs at once; tokens of the old one live on.
#[tokio::test]
async fn a_new_secret_does_not_sign_anybody_out() {
    let chatbot = Chatbot::with_ann().await;
    let (old, _) = chatbot.login().await;
    let secret = "the secret after the first one, just as long";
    keyring::load(
        &chatbot.node.ctx,
        &Principal::Operator,
        Some(SecretString::from(secret)),
    )
    .await
    .expect("the new secret is taken over");
    assert_eq!(chatbot.status(&old).await.status, 200);
    for secret in [secret, CHATBOT_SECRET] {
        let token = chatbot.signed(secret, json!({ "jti": secret }));
        assert_eq!(chatbot.status(&token).await.status, 200);
    }
}

/// Claims are those of SimpleJWT, `user_id` being what its release makes it.
#[tokio::test]
async fn our_tokens_read_like_its_own() {
    let chatbot = Chatbot::with_ann().await;
    for (wording, number) in [(SimpleJwt::V5_3, json!(1)), (SimpleJwt::V5_5, json!("1"))] {
        chatbot.speak(wording);
        let (access, refresh) = chatbot.login().await;
        for (token, kind, lives) in [(access, "access", 3_600), (refresh, "refresh", 14 * 86_400)] {
            let claims = payload(&token);
            assert_eq!(
                (&claims["user_id"], &claims["token_type"]),
                (&number, &json!(kind))
            );
            let span = claims["exp"]
                .as_i64()
                .zip(claims["iat"].as_i64())
                .map(|(exp, iat)| exp - iat);
            assert_eq!(span, Some(lives));
            assert_eq!(claims["jti"].as_str().map(str::len), Some(32));
        }
    }
}

/// Ann's tokens of our own API.
async fn native(chatbot: &Chatbot) -> (String, String) {
    let request = SignIn {
        login: ANN.into(),
        password: PASSWORD.into(),
        device: Device::default().into(),
        address: None,
        opening: Opening::Tokens { remember: false },
        client: ClientProfile::NATIVE,
    };
    let Step::Done(done) = signin(&chatbot.node.ctx, &Principal::Anonymous, request)
        .await
        .expect("a sign-in")
    else {
        panic!("nobody here has a second factor")
    };
    match done.credentials {
        Credentials::Tokens {
            access, refresh, ..
        } => (
            access.expose_secret().to_owned(),
            refresh.expose_secret().to_owned(),
        ),
        Credentials::Cookie { .. } => panic!("a cookie for tokens"),
    }
}

fn payload(token: &str) -> serde_json::Value {
    let payload = token.split('.').nth(1).expect("a payload");
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, payload);
    serde_json::from_slice(&bytes.expect("base64url")).expect("JSON")
}
