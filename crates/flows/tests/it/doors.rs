//! Every credential at every door: each opens its own, and no other.

use tollgate_base::{Result, SecretString, access::Principal, error::Kind};
use tollgate_flows::{
    ClientProfile, Ctx, Device, Opening,
    admit::{self, Credential, Place},
    password::{self, ResetPassword},
    setup::{self, SetUp},
};
use tollgate_testkit::node::Node;

use crate::support::{
    COOKIE, OTHER_PASSWORD, TOKENS, applicant, code, cookie, join, renew, secret, sign_in, tokens,
    who,
};

/// What a credential is presented to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    Cookie,
    Access,
    Refresh,
    ChatbotAccess,
    ChatbotRefresh,
    SetUp,
    Reset,
}

async fn present(ctx: &Ctx, door: Door, token: &SecretString) -> Result<()> {
    let (nobody, token) = (&Principal::Anonymous, token.clone());
    match door {
        Door::Cookie => who(ctx, &Credential::Cookie(token)).await.map(drop),
        Door::Access => who(ctx, &Credential::Access(token)).await.map(drop),
        Door::Refresh => renew(ctx, &token).await.map(drop),
        Door::ChatbotAccess => who(ctx, &Credential::ChatbotAccess(token)).await.map(drop),
        Door::ChatbotRefresh => admit::chatbot_refresh(ctx, nobody, (&token, &Place::default()))
            .await
            .map(drop),
        Door::SetUp => {
            let admin = applicant("root");
            let request = SetUp {
                token,
                admin,
                device: Device::default().into(),
            };
            setup::set_up(ctx, nobody, request).await.map(drop)
        }
        Door::Reset => {
            let (new, client) = (secret(OTHER_PASSWORD), ClientProfile::NATIVE);
            password::reset(ctx, nobody, ResetPassword { token, new, client }).await
        }
    }
}

/// asvs:V9.2.2, asvs:V7.2.1
#[tokio::test]
async fn every_credential_opens_its_own_door_and_no_other() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let ann = join(ctx, "ann").await;
    let Credential::Cookie(cookie) = cookie(&sign_in(ctx, "ann", COOKIE).await) else {
        panic!("a cookie");
    };
    let (access, refresh) = tokens(&sign_in(ctx, "ann", TOKENS).await);
    let (chatbot_access, chatbot_refresh) = tokens(&sign_in(ctx, "ann", Opening::Chatbot).await);
    let setup = setup::link(ctx, &Principal::Operator, ()).await.unwrap();
    let reset = password::reset_link(ctx, &Principal::Operator, ann)
        .await
        .unwrap()
        .token;
    // The reset comes last: it ends the sessions.
    let keys = [
        (Door::Cookie, cookie),
        (Door::Access, access),
        (Door::ChatbotAccess, chatbot_access),
        (Door::ChatbotRefresh, chatbot_refresh),
        (Door::Refresh, refresh),
        (Door::SetUp, setup),
        (Door::Reset, reset),
    ];
    for (own, token) in &keys {
        for (door, _) in keys.iter().filter(|(door, _)| door != own) {
            let refusal = present(ctx, *door, token).await.unwrap_err();
            let kind = refusal.kind();
            assert!(
                matches!(kind, Kind::Stranger | Kind::Invalid),
                "{own:?} at {door:?}: {refusal:?}"
            );
        }
    }
    for (own, token) in &keys {
        let outcome = present(ctx, *own, token).await;
        assert_eq!(code(&outcome), "ok", "{own:?}");
    }
}
