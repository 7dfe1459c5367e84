//! What the stories of passkeys share: somebody with a device, and each step of
//! making and using what it holds.

use tollgate_base::{Result, SecretString, access::Principal, id::UserId};
use tollgate_flows::{
    ClientProfile, Ctx, Device, SignedIn,
    passkeys::{self, Begin, Finish, Question, RecoveryCodes},
    signin::{self, BeginPasskey, FinishPasskey, SignIn, Step, begin_passkey, finish_passkey},
};
use tollgate_testkit::{authenticator::Authenticator, node::Node};

use crate::support::{COOKIE, PASSWORD, enter, join, secret};

pub(crate) const NOBODY: &Principal = &Principal::Anonymous;
pub(crate) const HERE: &str = "http://localhost:8700";

/// The device of somebody, and what it knows of the server.
pub(crate) struct Equipped {
    pub(crate) by: Principal,
    pub(crate) user: UserId,
    pub(crate) device: Authenticator,
    pub(crate) codes: Vec<SecretString>,
}

pub(crate) async fn equipped(node: &Node, name: &str, mut device: Authenticator) -> Equipped {
    join(&node.ctx, name).await;
    let (user, by) = enter(&node.ctx, name).await;
    let made = add(&node.ctx, &by, &mut device).await.unwrap();
    let RecoveryCodes(codes) = made.expect("the first factor brings codes");
    Equipped {
        by,
        user,
        device,
        codes,
    }
}

pub(crate) async fn begin(ctx: &Ctx, by: &Principal) -> Result<Question> {
    let request = Begin {
        name: "Phone".into(),
        password: Some(secret(PASSWORD)),
    };
    passkeys::begin(ctx, by, request).await
}

pub(crate) async fn end(
    ctx: &Ctx,
    by: &Principal,
    question: &Question,
    answer: String,
) -> Result<Option<RecoveryCodes>> {
    let request = Finish {
        ceremony: question.ceremony.clone(),
        answer,
    };
    let added = passkeys::finish(ctx, by, request).await?;
    Ok(added.codes)
}

pub(crate) async fn add(
    ctx: &Ctx,
    by: &Principal,
    device: &mut Authenticator,
) -> Result<Option<RecoveryCodes>> {
    let question = begin(ctx, by).await?;
    let answer = device.create(&question.options);
    end(ctx, by, &question, answer).await
}

pub(crate) async fn ask(ctx: &Ctx, challenge: Option<&SecretString>) -> Result<Question> {
    let request = BeginPasskey {
        challenge: challenge.cloned(),
        address: None,
    };
    begin_passkey(ctx, NOBODY, request).await
}

pub(crate) async fn answer(
    ctx: &Ctx,
    question: &Question,
    challenge: Option<&SecretString>,
    answer: String,
) -> Result<SignedIn> {
    let request = FinishPasskey {
        ceremony: question.ceremony.clone(),
        challenge: challenge.cloned(),
        answer,
        device: Device::default().into(),
        trust: false,
        address: None,
        opening: COOKIE,
    };
    finish_passkey(ctx, NOBODY, request).await
}

/// Sign in with whatever the device holds.
pub(crate) async fn tap(ctx: &Ctx, device: &mut Authenticator) -> Result<SignedIn> {
    let question = ask(ctx, None).await?;
    let signed = device.get(&question.options);
    answer(ctx, &question, None, signed).await
}

pub(crate) async fn challenge(ctx: &Ctx, login: &str) -> SecretString {
    let request = SignIn {
        login: login.into(),
        password: secret(PASSWORD),
        device: Device::default().into(),
        address: None,
        opening: COOKIE,
        client: ClientProfile::NATIVE,
    };
    match signin::signin(ctx, NOBODY, request).await {
        Ok(Step::Second(challenge)) => challenge,
        other => panic!("no second step: {other:?}"),
    }
}

/// As if the question were open to any passkey.
pub(crate) fn options_for_all(question: &Question) -> String {
    let mut options: serde_json::Value = serde_json::from_str(&question.options).unwrap();
    options["publicKey"]["allowCredentials"] = serde_json::json!([]);
    options.to_string()
}
