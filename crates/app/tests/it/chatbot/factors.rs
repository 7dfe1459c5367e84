//! Somebody with a second factor meets a contract that has none.

use serde_json::json;
use tollgate_base::{ExposeSecret, access::Principal, identifier::Identifier};
use tollgate_flows::{
    admit::{Credential, Place, admit},
    ctx::{Confirmation, SecondFactor},
    factors::{self, Begin},
    people, vouch,
};
use totp_rs::{Algorithm, Secret, TOTP};

use crate::required::require;

use super::{ANN, Chatbot, PASSWORD};

/// asvs:V6.3.3: every way in tells what is missing, in its shape.
#[tokio::test]
async fn who_has_a_second_factor_is_told_where_to_sign_in() {
    let chatbot = Chatbot::with_ann().await;
    let (access, _) = chatbot.login().await;
    let ctx = &chatbot.node.ctx;
    let credential = Credential::ChatbotAccess(access.into());
    let by = admit(ctx, &Principal::Anonymous, (&credential, &Place::default()))
        .await
        .unwrap();
    let request = Begin {
        name: "Phone".into(),
        password: Some(PASSWORD.to_owned().into()),
    };
    let begun = factors::begin(ctx, &by, request).await.unwrap();
    let secret = Secret::Encoded(begun.text.expose_secret().to_owned());
    let app = TOTP::new(Algorithm::SHA1, 6, 1, 30, secret.to_bytes().unwrap()).unwrap();
    let code = app.generate(ctx.now().secs().unsigned_abs());
    factors::confirm(ctx, &by, (begun.id, code.into()))
        .await
        .unwrap();
    chatbot
        .node
        .clock
        .advance(std::time::Duration::from_secs(1));

    let signed = chatbot.foreign(json!({}));
    let refresh =
        chatbot.foreign(json!({"token_type": "refresh", "jti": "2", "exp": 1_900_000_000}));
    let credentials = json!({"email": ANN, "password": PASSWORD});
    for answer in [
        chatbot.status(&signed).await,
        chatbot.refresh(&refresh).await,
        chatbot.post("/api/token/", credentials.clone()).await,
    ] {
        assert_eq!(
            (answer.status, answer.text("code").as_str()),
            (403, "factor.needed")
        );
        assert!(answer.text("detail").contains("pages of this server"));
    }
    let login = chatbot.post("/auth/login/", credentials).await;
    assert_eq!(login.status, 403);
    assert!(login.text("error").contains("pages of this server"));
}

/// asvs:V6.3.3: a client that cannot ask for it is told so, for what it holds
/// already too.
#[tokio::test]
async fn a_client_that_cannot_ask_stays_out() {
    let chatbot = Chatbot::with_ann().await;
    let (access, refresh) = chatbot.login().await;
    let signed = chatbot.foreign(json!({}));
    require(&chatbot.node.ctx, SecondFactor::All);
    let credentials = json!({ "email": ANN, "password": PASSWORD });
    for answer in [
        chatbot.status(&access).await,
        chatbot.status(&signed).await,
        chatbot.refresh(&refresh).await,
        chatbot.post("/api/token/", credentials).await,
    ] {
        assert_eq!(
            (answer.status, answer.text("code").as_str()),
            (403, "factor.needed")
        );
    }
}

/// Who has to confirm a new device is told so, and gets in where it is known.
#[tokio::test]
async fn who_has_to_confirm_a_device_is_told_where_to_sign_in() {
    let chatbot = Chatbot::with_ann().await;
    let ctx = &chatbot.node.ctx;
    let address = Identifier::parse(ANN).unwrap();
    let ann = people::find(ctx, &Principal::Operator, address.clone()).await;
    let id = ann.unwrap().account.id;
    vouch::verify(ctx, &Principal::Operator, (id, address))
        .await
        .unwrap();
    let mut policy = (*ctx.policy()).clone();
    policy.devices.confirm = Confirmation::Device;
    ctx.set_policy(policy);
    let credentials = json!({"email": ANN, "password": PASSWORD});
    let token = chatbot.post("/api/token/", credentials.clone()).await;
    assert_eq!(
        (token.status, token.text("code").as_str()),
        (403, "confirmation.needed")
    );
    let login = chatbot.post("/auth/login/", credentials).await;
    assert_eq!(login.status, 403);
    assert!(login.text("error").contains("pages of this server"));
}
