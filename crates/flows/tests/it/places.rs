//! Where somebody signs in from, and where their session counts: confirming what
//! an account does not know, and refusing a session elsewhere.

use std::time::Duration;

use tollgate_base::{Result, access::Principal, identifier::Identifier};
use tollgate_flows::{
    ClientProfile, Ctx, DeviceSecrets, PasswordRules, SignedIn, account,
    admit::{self, Credential, Place},
    ctx::{Binding, Confirmation},
    devices::{self, Which},
    factors,
    refresh::{self, Refresh},
    signin::{self, Confirm, SignIn, Step, Unconfirmed},
    vouch,
};
use tollgate_testkit::node::Node;

use crate::{
    authenticator::{begin, equipped},
    devices::Browser,
    support::{
        COOKIE, OTHER_PASSWORD, PASSWORD, TOKENS, change_password, code, cookie, count, email,
        enter, events, join, secret, sign_in, together, tokens, who, who_at,
    },
};

fn confirm_by(ctx: &Ctx, asks: Confirmation) {
    let mut policy = (*ctx.policy()).clone();
    policy.devices.confirm = asks;
    ctx.set_policy(policy);
}

fn bind_to(ctx: &Ctx, binding: Binding) {
    let mut policy = (*ctx.policy()).clone();
    policy.session.binding = binding;
    ctx.set_policy(policy);
}

/// Somebody whose address is verified.
async fn verified(ctx: &Ctx, name: &str) -> tollgate_base::id::UserId {
    let id = join(ctx, name).await;
    let address = Identifier::Email(email(&format!("{name}@example.org")));
    vouch::verify(ctx, &Principal::Operator, (id, address))
        .await
        .unwrap();
    id
}

async fn asked(browser: &Browser, ctx: &Ctx, login: &str) -> Unconfirmed {
    match browser.try_in(ctx, login, COOKIE).await.unwrap() {
        Step::Confirm(waits) => waits,
        other => panic!("not asked to confirm: {other:?}"),
    }
}

async fn confirm(
    browser: &Browser,
    ctx: &Ctx,
    waits: &Unconfirmed,
    typed: &str,
) -> Result<SignedIn> {
    let request = Confirm {
        challenge: waits.challenge.clone(),
        code: secret(typed),
        device: browser.agent(),
        address: None,
        opening: COOKIE,
    };
    signin::confirm(ctx, &Principal::Anonymous, request).await
}

/// The code of the newest mail.
async fn mailed(node: &Node) -> String {
    node.settle().await;
    let mails = node.mails();
    let codes: Vec<&str> = mails.iter().flat_map(|mail| mail.lines()).collect();
    let digits = |line: &&&str| line.len() == 8 && line.bytes().all(|byte| byte.is_ascii_digit());
    let found: Vec<&str> = codes.iter().map(|line| line.trim()).collect();
    let code = found.iter().rev().find(digits);
    (*code.unwrap_or_else(|| panic!("no code: {mails:?}"))).to_owned()
}

/// asvs:V6.3.5, asvs:V6.6.2, asvs:V6.6.3
#[tokio::test]
async fn a_device_that_is_not_known_is_confirmed_by_mail() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    verified(ctx, "ann").await;
    confirm_by(ctx, Confirmation::Device);
    let mut home = Browser::at("203.0.113.7");
    let waits = asked(&home, ctx, "ann").await;
    assert_eq!(waits.sent_to, "a…@example.org");
    assert_eq!(
        events(ctx, "session.opened").await,
        0,
        "nothing is open yet"
    );
    let sent = mailed(&node).await;
    let shown = format!("{} {}", &sent[..4], &sent[4..]);
    let signed_in = confirm(&home, ctx, &waits, &shown).await.unwrap();
    home.keep(signed_in);
    assert_eq!(
        code(&confirm(&home, ctx, &waits, &sent).await),
        "one_time.invalid",
        "it works once"
    );
    home.enter(ctx, "ann").await;
    home.address = "198.51.100.4";
    home.enter(ctx, "ann").await;
    asked(&Browser::at("203.0.113.7"), ctx, "ann").await;
    assert_eq!(events(ctx, "device.new").await, 0, "the mail said it");
}

/// asvs:V6.6.2: a code is worth nothing once its address is nobody's.
#[tokio::test]
async fn a_code_to_an_address_that_is_gone_confirms_nothing() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let id = verified(ctx, "ann").await;
    confirm_by(ctx, Confirmation::Device);
    let home = Browser::at("203.0.113.7");
    let waits = asked(&home, ctx, "ann").await;
    let sent = mailed(&node).await;
    let own = Identifier::Email(email("ann@example.org"));
    account::remove_identifier(ctx, &Principal::Operator, (id, own))
        .await
        .unwrap();
    let late = confirm(&home, ctx, &waits, &sent).await;
    assert_eq!(code(&late), "one_time.invalid");
}

/// asvs:V6.6.2: a code is worth something to whoever began the sign-in, within ten
/// minutes and five tries, while the password is the same.
#[tokio::test]
async fn a_mailed_code_is_bound_and_bounded() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    verified(ctx, "ann").await;
    let (_, herself) = enter(ctx, "ann").await;
    confirm_by(ctx, Confirmation::Device);
    let home = Browser::at("203.0.113.7");
    let one = asked(&home, ctx, "ann").await;
    let sent = mailed(&node).await;
    let other = asked(&home, ctx, "ann").await;
    assert_eq!(
        code(&confirm(&home, ctx, &other, &sent).await),
        "confirmation.code",
        "of another sign-in"
    );
    for _ in 0..4 {
        let wrong = confirm(&home, ctx, &other, "00000000").await;
        assert_eq!(code(&wrong), "confirmation.code");
    }
    let worn = confirm(&home, ctx, &other, "00000000").await;
    assert_eq!(code(&worn), "one_time.invalid");

    change_password(ctx, &herself, (PASSWORD, OTHER_PASSWORD))
        .await
        .unwrap();
    let void = confirm(&home, ctx, &one, &sent).await;
    assert_eq!(code(&void), "confirmation.code");
    change_password(ctx, &herself, (OTHER_PASSWORD, PASSWORD))
        .await
        .unwrap();

    node.clock.advance(Duration::from_mins(15));
    let late = asked(&home, ctx, "ann").await;
    node.clock.advance(Duration::from_mins(10));
    node.settle().await;
    let sent_before = node.mails().len();
    assert_eq!(
        code(&confirm(&home, ctx, &late, "00000000").await),
        "one_time.invalid"
    );
    assert_eq!(sent_before, 3, "what came too late was not mailed");
}

/// vuln:75: a factor that is added while the code is on its way is asked for.
#[tokio::test]
async fn a_mailed_code_skips_no_factor_that_was_added_meanwhile() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    verified(ctx, "ann").await;
    let (_, herself) = enter(ctx, "ann").await;
    confirm_by(ctx, Confirmation::Device);
    let home = Browser::at("203.0.113.7");
    let waits = asked(&home, ctx, "ann").await;
    let sent = mailed(&node).await;
    let app = begin(ctx, &herself, PASSWORD).await.unwrap();
    factors::confirm(ctx, &herself, (app.id, app.shows(ctx)))
        .await
        .unwrap();
    let refused = confirm(&home, ctx, &waits, &sent).await;
    assert_eq!(code(&refused), "one_time.invalid");
}

/// Of any number who type the code at once one is let in.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_mailed_code_works_once() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    verified(ctx, "ann").await;
    confirm_by(ctx, Confirmation::Device);
    let home = Browser::at("203.0.113.7");
    let waits = asked(&home, ctx, "ann").await;
    let sent = mailed(&node).await;
    let outcomes = together(4, |_| {
        let (ctx, home, sent) = (ctx.clone(), home.clone(), sent.clone());
        let waits = Unconfirmed {
            challenge: waits.challenge.clone(),
            sent_to: String::new(),
        };
        async move { confirm(&home, &ctx, &waits, &sent).await }
    })
    .await;
    assert_eq!(count(&outcomes, "ok"), 1);
}

/// asvs:V6.3.1: guessing codes over many sign-ins is slowed down too.
#[tokio::test]
async fn wrong_codes_in_a_row_are_counted_across_sign_ins() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    verified(ctx, "ann").await;
    confirm_by(ctx, Confirmation::Device);
    let home = Browser::at("203.0.113.7");
    let mut seen = Vec::new();
    for _ in 0..6 {
        let waits = asked(&home, ctx, "ann").await;
        for _ in 0..3 {
            seen.push(code(&confirm(&home, ctx, &waits, "00000000").await));
        }
        node.clock.advance(Duration::from_mins(15));
    }
    let taken = seen.iter().filter(|code| **code == "confirmation.code");
    assert!(taken.count() <= 12, "{seen:?}");
    assert!(seen.contains(&"throttled"));
}

#[tokio::test]
async fn a_network_that_was_never_used_is_confirmed_by_mail() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    verified(ctx, "ann").await;
    let mut home = Browser::at("203.0.113.7");
    home.enter(ctx, "ann").await;
    confirm_by(ctx, Confirmation::Network);
    Browser::at("203.0.113.99").enter(ctx, "ann").await;
    home.address = "203.0.114.7";
    let waits = asked(&home, ctx, "ann").await;
    let sent = mailed(&node).await;
    confirm(&home, ctx, &waits, &sent).await.unwrap();
    home.enter(ctx, "ann").await;
}

/// A second factor that is shown says more than a mail; a trusted device does not.
#[tokio::test]
async fn a_second_factor_confirms_and_a_trusted_device_does_not() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (by, _, _) = equipped(&node, "ann").await;
    let address = Identifier::Email(email("ann@example.org"));
    vouch::verify(ctx, &Principal::Operator, (by.user().unwrap(), address))
        .await
        .unwrap();
    let sql = "INSERT INTO devices (id, account_id, hash, created_at, last_used_at, trusted_at)
        VALUES ('dev_01k3bq7k3vf0q8s6r2c4e5g6h7', $1, $2, $3, $3, $3)";
    let token = tollgate_crypto::token::mint(
        &tollgate_base::entropy::Entropy,
        tollgate_crypto::token::Prefix::Device,
    )
    .unwrap();
    let mut home = Browser::at("203.0.113.7");
    home.secrets = DeviceSecrets::default().with(token);
    let hash = home.secrets.fingerprints().next().unwrap();
    let row = tollgate_store::args![by.user().unwrap(), hash.to_vec(), ctx.now()];
    ctx.db().write_one(sql, row).await.unwrap();
    home.enter(ctx, "ann").await;
    confirm_by(ctx, Confirmation::Network);
    home.enter(ctx, "ann").await;
    home.address = "198.51.100.4";
    let step = home.try_in(ctx, "ann", COOKIE).await.unwrap();
    assert!(matches!(step, Step::Second(_)), "{step:?}");
    confirm_by(ctx, Confirmation::Device);
    let step = Browser::at("203.0.113.7").try_in(ctx, "ann", COOKIE).await;
    assert!(matches!(step, Ok(Step::Second(_))), "{step:?}");
}

/// Whoever has no address to ask at is known by what comes first, and then by
/// nothing else, until somebody has it forgotten.
#[tokio::test]
async fn without_an_address_the_first_device_counts() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let ann = join(ctx, "ann").await;
    confirm_by(ctx, Confirmation::Device);
    let mut home = Browser::at("203.0.113.7");
    home.enter(ctx, "ann").await;
    home.enter(ctx, "ann").await;
    let mut away = Browser::at("203.0.113.7");
    let refused = away.try_in(ctx, "ann", COOKIE).await;
    assert_eq!(code(&refused), "confirmation.unreachable");
    let all = (ann, Which::All);
    devices::forget_several(ctx, &Principal::Operator, all)
        .await
        .unwrap();
    away.enter(ctx, "ann").await;
}

/// A client that can ask for nothing is told so, and only after the right password.
#[tokio::test]
async fn a_client_that_cannot_ask_is_refused() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    verified(ctx, "ann").await;
    confirm_by(ctx, Confirmation::Network);
    let try_in = async |password: &str| {
        let request = SignIn {
            login: "ann".into(),
            password: secret(password),
            device: Browser::at("203.0.113.7").agent().keeping(false),
            address: None,
            opening: tollgate_flows::Opening::Chatbot,
            client: ClientProfile {
                name: "chatbot",
                passwords: PasswordRules::Django,
                second_step: false,
            },
        };
        code(&signin::signin(ctx, &Principal::Anonymous, request).await)
    };
    assert_eq!(try_in(PASSWORD).await, "confirmation.needed");
    assert_eq!(try_in("wrong").await, "signin.failed");
    node.settle().await;
    assert!(node.mails().is_empty(), "nothing was asked");
    let home = Browser::at("203.0.113.99");
    let waits = asked(&home, ctx, "ann").await;
    let sent = mailed(&node).await;
    confirm(&home, ctx, &waits, &sent).await.unwrap();
    assert_eq!(try_in(PASSWORD).await, "ok");
}

fn from(address: &str) -> Place {
    Place {
        address: address.parse().ok(),
        ..Place::default()
    }
}

/// vuln:23: a copied cookie or token is worth nothing in another network, and the
/// session goes on in its own.
#[tokio::test]
async fn a_session_counts_in_its_network_alone() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    // From 192.0.2.7.
    let held = cookie(&sign_in(ctx, "ann", COOKIE).await);
    let (access, refresh) = tokens(&sign_in(ctx, "ann", TOKENS).await);
    let access = Credential::Access(access);
    let (home, near, away) = (from("192.0.2.7"), from("192.0.2.200"), from("198.51.100.7"));
    for credential in [&held, &access] {
        who_at(ctx, credential, &away).await.unwrap();
    }
    bind_to(ctx, Binding::Network);
    for credential in [&held, &access] {
        for _ in 0..3 {
            let refused = who_at(ctx, credential, &away).await;
            assert_eq!(code(&refused), "session.network");
        }
        let nowhere = who_at(ctx, credential, &Place::default()).await;
        assert_eq!(code(&nowhere), "session.network");
        for place in [&home, &near] {
            who_at(ctx, credential, place).await.unwrap();
        }
    }
    assert_eq!(events(ctx, "session.elsewhere").await, 2, "once for each");
    node.clock.advance(Duration::from_hours(1));
    assert_eq!(code(&who_at(ctx, &held, &away).await), "session.network");
    assert_eq!(events(ctx, "session.elsewhere").await, 3);

    let renew = async |place: &Place| {
        let request = Refresh {
            token: refresh.clone(),
            place: place.clone(),
        };
        refresh::refresh(ctx, &Principal::Anonymous, request).await
    };
    assert_eq!(code(&renew(&away).await), "session.network");
    assert_eq!(code(&renew(&near).await), "ok", "it was not used up");
}

#[tokio::test]
async fn a_session_counts_on_its_device_alone() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let ann = join(ctx, "ann").await;
    join(ctx, "bob").await;
    let plain = cookie(&sign_in(ctx, "ann", COOKIE).await);
    let (mut home, mut away) = (Browser::at("192.0.2.7"), Browser::at("192.0.2.7"));
    let held = cookie(&home.enter(ctx, "ann").await);
    home.enter(ctx, "bob").await;
    away.enter(ctx, "ann").await;
    bind_to(ctx, Binding::Device);
    let on = |browser: &Browser| Place {
        devices: browser.secrets.clone(),
        ..Place::default()
    };
    who_at(ctx, &held, &on(&home)).await.unwrap();
    for place in [&on(&away), &Place::default()] {
        assert_eq!(code(&who_at(ctx, &held, place).await), "session.device");
    }
    who(ctx, &plain).await.expect("it has no device to show");
    let herself = who_at(ctx, &held, &on(&home)).await.unwrap();
    let mine = devices::list(ctx, &herself, ann).await.unwrap();
    let other = mine.iter().find(|device| !device.is_current).unwrap();
    devices::forget(ctx, &herself, (ann, other.stored.id))
        .await
        .unwrap();
    who_at(ctx, &held, &on(&home)).await.unwrap();
}

/// The chatbot's tokens belong to a network as well.
#[tokio::test]
async fn a_chatbot_token_counts_in_its_network_alone() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let signed_in = sign_in(ctx, "ann", tollgate_flows::Opening::Chatbot).await;
    let (access, refresh) = tokens(&signed_in);
    bind_to(ctx, Binding::Network);
    let access = Credential::ChatbotAccess(access);
    let (home, away) = (from("192.0.2.7"), from("198.51.100.7"));
    assert_eq!(code(&who_at(ctx, &access, &away).await), "session.network");
    who_at(ctx, &access, &home).await.unwrap();
    let renewed = async |place: &Place| {
        let shown = (&refresh, place);
        code(&admit::chatbot_refresh(ctx, &Principal::Anonymous, shown).await)
    };
    assert_eq!(renewed(&away).await, "session.network");
    assert_eq!(renewed(&home).await, "ok");
}
