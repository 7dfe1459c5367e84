//! Sessions that stand for tokens minted elsewhere: they live and end like any
//! other, whatever the token says of its own end.

use std::time::Duration;

use serde_json::json;
use tollgate_base::access::Principal;
use tollgate_crypto::jwt::sign_plain;
use tollgate_flows::{Ctx, admit::Credential, people, signout};
use tollgate_testkit::node::{CHATBOT_SECRET, Node};

use crate::support::{
    OTHER_PASSWORD, PASSWORD, accepted, change_password, chatbot_key, code, foreign, join, secret,
    who,
};

/// asvs:V7.4.3: the same holds for it as for a session of our own.
#[tokio::test]
async fn a_foreign_session_that_changes_the_password_lives_on_and_ends_when_all_do() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let ann = join(ctx, "ann").await;
    let number = number_of(ctx).await;
    let token = || Credential::ChatbotAccess(foreign(ctx, number, "access"));
    let [asks, seen, unseen] = [token(), token(), token()];
    let by = who(ctx, &asks).await.unwrap();
    assert!(accepted(who(ctx, &seen).await));
    node.clock.advance(Duration::from_secs(1));
    change_password(ctx, &by, (PASSWORD, OTHER_PASSWORD))
        .await
        .unwrap();
    assert!(accepted(who(ctx, &asks).await));
    assert!(!accepted(who(ctx, &seen).await));
    assert!(!accepted(who(ctx, &unseen).await));

    people::suspend(ctx, &Principal::Operator, ann)
        .await
        .unwrap();
    people::resume(ctx, &Principal::Operator, ann)
        .await
        .unwrap();
    node.clock.advance(Duration::from_secs(1));
    let fresh = token();
    assert!(accepted(who(ctx, &fresh).await));
    assert!(!accepted(who(ctx, &asks).await));
}

/// vuln:24: an end that no clock reaches is an end like any other.
#[tokio::test]
async fn a_token_that_never_expires_breaks_no_arithmetic() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let ann = join(ctx, "ann").await;
    let claims = json!({
        "token_type": "access",
        "exp": i64::MAX,
        "iat": ctx.now().secs(),
        "jti": "endless\0",
        "user_id": number_of(ctx).await,
    });
    let endless = sign_plain(&chatbot_key(CHATBOT_SECRET), &claims).unwrap();
    let endless = Credential::ChatbotAccess(secret(endless));
    for _ in 0..3 {
        node.clock.advance(Duration::from_hours(24 * 365));
        assert!(accepted(who(ctx, &endless).await));
        node.settle().await;
        let live = signout::list(ctx, &Principal::Operator, ann).await;
        assert_eq!(code(&live), "ok");
        assert_eq!(live.unwrap().len(), 1);
    }
}

/// The number of the first account.
async fn number_of(ctx: &Ctx) -> i64 {
    let name = tollgate_base::identifier::Identifier::parse("ann").unwrap();
    let ann = people::find(ctx, &Principal::Operator, name).await.unwrap();
    ann.aliases.number
}
