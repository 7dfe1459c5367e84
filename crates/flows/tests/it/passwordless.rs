//! Accounts that begin with a passkey and have no password.

use std::time::Duration;

use tollgate_base::{
    Result, SecretString,
    access::{Assurance, Principal},
    id::UserId,
};
use tollgate_flows::{
    Applicant, ClientProfile, Ctx, Device, NewPasskey,
    ctx::{Policy, Registration, SecondFactor},
    factors::{self, Begin},
    passkeys::{self, Question, RecoveryCodes},
    password::{self, ChangePassword},
    setup::{self, SetUp, SetUpByPasskey},
    signin,
    signup::{self, SignUp},
    step_up,
};
use tollgate_testkit::{authenticator::Authenticator, node::Node};

use crate::{
    keychain::{HERE, NOBODY, answer, challenge, tap},
    support::{
        COOKIE, OTHER_PASSWORD, PASSWORD, applicant, code, cookie, count, enter, events, join,
        reset, secret, together, who,
    },
};

fn newcomer(name: &str) -> Applicant {
    Applicant {
        password: None,
        ..applicant(name)
    }
}

async fn begin(ctx: &Ctx, name: &str) -> Result<Question> {
    let request = SignUp {
        applicant: newcomer(name),
        locale: None,
        address: None,
        client: ClientProfile::NATIVE,
    };
    signup::begin_passkey(ctx, NOBODY, (request, Device::default().into())).await
}

async fn finish(ctx: &Ctx, question: &Question, answer: String) -> Result<RecoveryCodes> {
    let made = NewPasskey {
        ceremony: question.ceremony.clone(),
        answer,
    };
    let (_, codes) = signup::finish_passkey(ctx, NOBODY, (made, None)).await?;
    Ok(codes)
}

/// Sign up with a passkey, and in with it.
async fn arrive(
    ctx: &Ctx,
    name: &str,
    device: &mut Authenticator,
) -> (UserId, Principal, Vec<SecretString>) {
    let question = begin(ctx, name).await.unwrap();
    let made = device.create(&question.options);
    let RecoveryCodes(codes) = finish(ctx, &question, made).await.unwrap();
    let (id, by) = enter_by(ctx, device).await;
    (id, by, codes)
}

async fn enter_by(ctx: &Ctx, device: &mut Authenticator) -> (UserId, Principal) {
    let signed_in = tap(ctx, device).await.unwrap();
    let by = who(ctx, &cookie(&signed_in)).await.unwrap();
    (signed_in.account.account.id, by)
}

async fn set_password(ctx: &Ctx, by: &Principal, current: Option<&str>, new: &str) -> Result<()> {
    let request = ChangePassword {
        current: current.map(secret),
        new: secret(new),
        end_others: false,
        client: ClientProfile::NATIVE,
    };
    password::change_own(ctx, by, request).await.map(drop)
}

async fn begin_app(ctx: &Ctx, by: &Principal, password: Option<&str>) -> Result<factors::Begun> {
    let request = Begin {
        name: "App".into(),
        password: password.map(secret),
    };
    factors::begin(ctx, by, request).await
}

/// asvs:V6.3.3: whoever has no password changes what they sign in with by the passkey,
/// which they showed a moment ago; and never takes the last of it away.
#[tokio::test]
async fn a_passkey_is_all_that_an_account_needs() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let mut device = Authenticator::bound(HERE);
    let (ann, by, codes) = arrive(ctx, "ann", &mut device).await;
    assert_eq!(codes.len(), 10);
    assert_eq!(by.person().unwrap().assurance, Assurance::Two);
    assert!(!password::is_set(ctx, &by, ann).await.unwrap());
    for told in ["account.created", "passkey.added", "recovery_codes.made"] {
        assert_eq!(events(ctx, told).await, 1, "{told}");
    }

    begin_app(ctx, &by, None).await.unwrap();
    begin_app(ctx, &by, Some("whatever")).await.unwrap();
    let mine = passkeys::list(ctx, &by, ann).await.unwrap();
    let only = passkeys::remove(ctx, &by, (mine[0].id, None)).await;
    assert_eq!(code(&only), "passkey.only");
    assert_eq!(passkeys::list(ctx, &by, ann).await.unwrap().len(), 1);

    node.clock.advance(Duration::from_mins(10));
    assert_eq!(code(&begin_app(ctx, &by, None).await), "factor.fresh");
    let guessed = step_up::step_up_by_password(ctx, &by, secret(PASSWORD)).await;
    assert_eq!(
        code(&guessed),
        "password.wrong",
        "there is none to be right"
    );
    let stale = set_password(ctx, &by, None, OTHER_PASSWORD).await;
    assert_eq!(code(&stale), "factor.fresh");

    let (_, by) = enter_by(ctx, &mut device).await;
    set_password(ctx, &by, None, PASSWORD).await.unwrap();
    let untyped = set_password(ctx, &by, None, OTHER_PASSWORD).await;
    assert_eq!(code(&untyped), "request.invalid", "now there is one");
    passkeys::remove(ctx, &by, (mine[0].id, Some(secret(PASSWORD))))
        .await
        .unwrap();
}

/// asvs:V6.4.4: the device is gone; a link by mail sets a password, and a recovery code
/// stands for the passkey after it.
#[tokio::test]
async fn who_loses_the_only_passkey_gets_back_in() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (ann, _, codes) = arrive(ctx, "ann", &mut Authenticator::bound(HERE)).await;
    let link = password::reset_link(ctx, &Principal::Operator, ann)
        .await
        .unwrap();
    reset(ctx, &link.token, PASSWORD).await.unwrap();
    let request = signin::Finish {
        challenge: challenge(ctx, "ann").await,
        code: codes[0].clone(),
        device: Device::default().into(),
        trust: false,
        address: None,
        opening: COOKIE,
    };
    signin::finish(ctx, NOBODY, request).await.unwrap();
}

/// A sign-up that was begun promises nothing, works once, and for five minutes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sign_up_that_was_begun_is_finished_once() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let mut device = Authenticator::bound(HERE);

    let question = begin(ctx, "ann").await.unwrap();
    let made = device.create(&question.options);
    let as_sign_in = answer(ctx, &question, None, made.clone()).await;
    assert_eq!(code(&as_sign_in), "one_time.invalid", "another purpose");
    let outcomes = together(10, |_| {
        let (ctx, made) = (ctx.clone(), made.clone());
        let question = Question {
            ceremony: question.ceremony.clone(),
            options: String::new(),
        };
        async move { finish(&ctx, &question, made).await }
    })
    .await;
    assert_eq!(count(&outcomes, "ok"), 1);
    assert_eq!(count(&outcomes, "one_time.invalid"), 9);

    assert_eq!(code(&begin(ctx, "ann").await), "identifier.taken");
    let overtaken = begin(ctx, "bob").await.unwrap();
    join(ctx, "bob").await;
    let made = device.create(&overtaken.options);
    let late = finish(ctx, &overtaken, made).await;
    assert_eq!(code(&late), "identifier.taken");

    let forged = begin(ctx, "eve").await.unwrap();
    let elsewhere = Authenticator::bound("http://localhost:8701").create(&forged.options);
    assert_eq!(
        code(&finish(ctx, &forged, elsewhere).await),
        "passkey.invalid"
    );

    let question = begin(ctx, "cid").await.unwrap();
    let made = device.create(&question.options);
    node.clock.advance(Duration::from_mins(5));
    let late = finish(ctx, &question, made).await;
    assert_eq!(code(&late), "one_time.invalid");

    let question = begin(ctx, "dan").await.unwrap();
    ctx.set_policy(Policy {
        registration: Registration::Off,
        ..(*ctx.policy()).clone()
    });
    let made = device.create(&question.options);
    assert_eq!(
        code(&finish(ctx, &question, made).await),
        "registration.off"
    );
    assert_eq!(code(&begin(ctx, "fay").await), "registration.off");
}

/// The first administrator begins with a passkey: that is the second factor that they
/// must have.
#[tokio::test]
async fn the_first_administrator_needs_no_password() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    ctx.set_policy(Policy {
        second_factor: SecondFactor::Founder,
        ..(*ctx.policy()).clone()
    });
    let token = setup::link(ctx, &Principal::Operator, ()).await.unwrap();
    let begin = async |token: SecretString, name: &str| {
        let request = SetUp {
            token,
            admin: newcomer(name),
            device: Device::default().into(),
        };
        setup::begin_passkey(ctx, NOBODY, request).await
    };
    let end = async |token: SecretString, question: &Question, answer: String| {
        let request = SetUpByPasskey {
            token,
            made: NewPasskey {
                ceremony: question.ceremony.clone(),
                answer,
            },
            device: Device::default().into(),
        };
        setup::finish_passkey(ctx, NOBODY, request).await
    };
    let wrong = begin(secret("st_wrong"), "eve").await;
    assert_eq!(code(&wrong), "one_time.invalid");

    // Two browsers begin by the same link.
    let (mut hers, mut his) = (Authenticator::bound(HERE), Authenticator::bound(HERE));
    let first = begin(token.clone(), "ann").await.unwrap();
    let second = begin(token.clone(), "bob").await.unwrap();
    let without = end(secret("st_wrong"), &first, hers.create(&first.options)).await;
    assert_eq!(code(&without), "one_time.invalid");
    let made = hers.create(&first.options);
    let (ann, RecoveryCodes(codes)) = end(token.clone(), &first, made).await.unwrap();
    assert_eq!((codes.len(), ann.limited), (10, false));
    let by = who(ctx, &cookie(&ann)).await.unwrap();
    assert!(!by.person().unwrap().limited);
    assert_eq!(by.person().unwrap().assurance, Assurance::Two);
    let made = his.create(&second.options);
    let late = end(token, &second, made).await;
    assert_eq!(code(&late), "one_time.invalid", "the link was used");
    assert_eq!(events(ctx, "installation.set_up").await, 1);
    let (_, again) = enter_by(ctx, &mut hers).await;
    assert!(!again.person().unwrap().limited);
}

/// Who comes without a password, and without a factor, has to have signed in lately.
#[tokio::test]
async fn without_anything_to_show_one_signs_in_again() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let (ann, by) = enter(ctx, "ann").await;
    let sql = "DELETE FROM passwords";
    ctx.db().write_one(sql, Vec::new()).await.unwrap();
    assert!(!password::is_set(ctx, &by, ann).await.unwrap());
    begin_app(ctx, &by, None).await.unwrap();
    node.clock.advance(Duration::from_mins(10));
    assert_eq!(code(&begin_app(ctx, &by, None).await), "password.fresh");
    let guessed = step_up::step_up_by_password(ctx, &by, secret(PASSWORD)).await;
    assert_eq!(code(&guessed), "password.wrong");
    assert_eq!(code(&begin_app(ctx, &by, None).await), "password.fresh");
}
