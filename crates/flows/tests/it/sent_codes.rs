//! Codes by mail and text as second factors: off until the operator and the
//! person want them, and never worth what an app is.

use std::time::Duration;

use tollgate_base::{
    ExposeSecret, Result, SecretString,
    access::{Assurance, Principal},
};
use tollgate_flows::{
    Channel, Ctx, account,
    ctx::{Policy, SecondFactor, SentCodes},
    factors, phone,
    sent_codes::{self, RecoveryCodes, Send},
    step_up, verify,
};
use tollgate_testkit::node::Node;

use crate::{
    authenticator::{add_app, begin as begin_app, challenge, equipped, finish},
    phones::{NUMBER, begin as begin_phone, codes_to, with_phone},
    support::{
        OTHER_PASSWORD, PASSWORD, adopt, change_password, code, cookie, email, enter, events, join,
        number, renewed, secret, who,
    },
};

fn allow(ctx: &Ctx) {
    let mut policy = (*ctx.policy()).clone();
    policy.sent_codes = SentCodes {
        email: true,
        sms: true,
    };
    ctx.set_policy(policy);
}

async fn turn_on(ctx: &Ctx, by: &Principal, way: Channel) -> Result<Option<RecoveryCodes>> {
    let added = sent_codes::turn_on(ctx, by, (way, Some(secret(PASSWORD)))).await?;
    Ok(added.codes)
}

async fn send(ctx: &Ctx, challenge: &SecretString, way: Channel) -> Result<()> {
    let request = Send {
        challenge: challenge.clone(),
        way,
        address: None,
    };
    sent_codes::send(ctx, &Principal::Anonymous, request).await
}

/// The codes of all mails that hold one.
fn mailed(node: &Node) -> Vec<SecretString> {
    let mails = node.mails();
    let coded = mails
        .iter()
        .filter_map(|mail| mail.split_once("Your code: "));
    coded.map(|(_, rest)| secret(&rest[..9])).collect()
}

/// The one code that came since.
async fn texted(node: &Node, before: &[SecretString]) -> SecretString {
    node.settle().await;
    let known: Vec<&str> = before.iter().map(ExposeSecret::expose_secret).collect();
    let mut new = codes_to(node, NUMBER);
    new.retain(|code| !known.contains(&code.expose_secret()));
    let [code] = &new[..] else {
        panic!("{} codes came", new.len());
    };
    code.clone()
}

/// asvs:V6.6.1: to proved numbers alone, and only where both want it.
#[tokio::test]
async fn codes_are_off_until_operator_and_person_turn_them_on() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let ann = with_phone(&node, "ann").await;
    assert!(sent_codes::mine(ctx, &ann, ()).await.unwrap().is_empty());
    assert_eq!(
        code(&turn_on(ctx, &ann, Channel::Sms).await),
        "code.unavailable"
    );

    allow(ctx);
    join(ctx, "bob").await;
    let (_, bob) = enter(ctx, "bob").await;
    for way in Channel::ALL {
        let unproved = turn_on(ctx, &bob, way).await;
        assert_eq!(code(&unproved), "code.unavailable", "{way:?}");
    }
    let offers = sent_codes::mine(ctx, &ann, ()).await.unwrap();
    let [sms] = &offers[..] else {
        panic!("her address is not proved: {offers:?}");
    };
    assert_eq!(
        (sms.way, sms.to.as_str(), sms.on_since),
        (Channel::Sms, "•• 67", None)
    );
    let wrong = sent_codes::turn_on(ctx, &ann, (Channel::Sms, Some(secret("guess")))).await;
    assert_eq!(code(&wrong), "password.wrong");
    let RecoveryCodes(codes) = turn_on(ctx, &ann, Channel::Sms).await.unwrap().unwrap();
    assert_eq!(codes.len(), 10, "with the first factor come recovery codes");
    assert_eq!(events(ctx, "codes.turned_on").await, 1);
    assert_eq!(
        code(&turn_on(ctx, &ann, Channel::Sms).await),
        "code.unavailable"
    );

    sent_codes::turn_off(ctx, &ann, (Channel::Sms, Some(secret(PASSWORD))))
        .await
        .unwrap();
    let left = factors::list(ctx, &ann, ann.person().unwrap().user).await;
    assert_eq!(left.unwrap().codes_left, 0);
    enter(ctx, "ann").await;
}

/// asvs:V6.5.1, asvs:V6.6.2, vuln:71: a code finishes the sign-in that it was
/// asked for, once, and nothing else.
#[tokio::test]
async fn a_code_finishes_its_own_sign_in_once() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    allow(ctx);
    let ann = with_phone(&node, "ann").await;
    turn_on(ctx, &ann, Channel::Sms).await.unwrap();
    let (one, other) = (
        challenge(ctx, "ann", PASSWORD).await,
        challenge(ctx, "ann", PASSWORD).await,
    );
    let before = codes_to(&node, NUMBER);
    send(ctx, &one, Channel::Sms).await.unwrap();
    let sent = texted(&node, &before).await;
    assert_eq!(
        code(&send(ctx, &one, Channel::Email).await),
        "code.unavailable"
    );
    assert_eq!(
        code(&send(ctx, &sent, Channel::Sms).await),
        "one_time.invalid"
    );

    assert_eq!(code(&finish(ctx, &other, &sent).await), "factor.code");
    assert_eq!(
        code(&step_up::step_up(ctx, &ann, sent.clone()).await),
        "factor.wrong"
    );
    assert_eq!(
        code(&phone::confirm(ctx, &ann, sent.clone()).await),
        "phone.missing"
    );
    let signed_in = finish(ctx, &one, &sent).await.unwrap();
    let by = who(ctx, &cookie(&signed_in)).await.unwrap();
    assert_eq!(by.person().unwrap().assurance, Assurance::One, "it is weak");
    assert_eq!(code(&finish(ctx, &one, &sent).await), "one_time.invalid");
    assert_eq!(code(&finish(ctx, &other, &sent).await), "factor.code");
    assert_eq!(events(ctx, "codes.sent").await, 1);
    let ways = "SELECT CAST(count(*) AS BIGINT) AS number FROM events WHERE data LIKE '%password+sms_code%'";
    assert_eq!(number(ctx, ways, Vec::new()).await, 1);
}

/// asvs:V6.3.3: whoever must have a second factor has none by codes alone, and
/// where nobody may add one nobody turns them on.
#[tokio::test]
async fn a_weak_code_is_not_the_factor_that_somebody_must_have() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    allow(ctx);
    let rule = |second_factor| {
        let policy = (*ctx.policy()).clone();
        ctx.set_policy(Policy {
            second_factor,
            ..policy
        });
    };
    let ann = with_phone(&node, "ann").await;
    rule(SecondFactor::Off);
    assert_eq!(code(&turn_on(ctx, &ann, Channel::Sms).await), "factor.off");
    rule(SecondFactor::All);
    turn_on(ctx, &ann, Channel::Sms).await.unwrap();
    let challenge = challenge(ctx, "ann", PASSWORD).await;
    let before = codes_to(&node, NUMBER);
    send(ctx, &challenge, Channel::Sms).await.unwrap();
    let sent = texted(&node, &before).await;
    let signed_in = finish(ctx, &challenge, &sent).await.unwrap();
    assert!(signed_in.limited);
    let by = who(ctx, &cookie(&signed_in)).await.unwrap();
    let taken_out = account::export(ctx, &by, by.person().unwrap().user).await;
    assert_eq!(code(&taken_out.map(drop)), "factor.required");
    begin_app(ctx, &by, PASSWORD).await.map(drop).unwrap();
}

/// asvs:V6.3.3, vuln:75: the recovery codes that came with such a way are worth what
/// it is worth, at the sign-in and when they are shown again.
#[tokio::test]
async fn a_recovery_code_is_worth_what_it_came_with() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    allow(ctx);
    let ann = with_phone(&node, "ann").await;
    let policy = (*ctx.policy()).clone();
    ctx.set_policy(Policy {
        second_factor: SecondFactor::All,
        ..policy
    });
    let made = turn_on(ctx, &ann, Channel::Sms).await.unwrap();
    let RecoveryCodes(codes) = made.unwrap();
    let first = challenge(ctx, "ann", PASSWORD).await;
    let signed_in = finish(ctx, &first, &codes[0]).await.unwrap();
    assert!(signed_in.limited);
    let by = who(ctx, &cookie(&signed_in)).await.unwrap();
    let again = step_up::step_up(ctx, &by, codes[1].clone()).await.unwrap();
    let by = who(ctx, &renewed(&again)).await.unwrap();
    assert!(by.person().unwrap().limited, "no app and no passkey yet");
}

/// asvs:V6.5.5, asvs:V6.5.1
#[tokio::test]
async fn a_mailed_code_works_for_ten_minutes() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    allow(ctx);
    let ann = with_address(&node, "ann").await;
    turn_on(ctx, &ann, Channel::Email).await.unwrap();
    let first = challenge(ctx, "ann", PASSWORD).await;
    send(ctx, &first, Channel::Email).await.unwrap();
    node.settle().await;
    let sent = mailed(&node).remove(0);
    node.clock.advance(Duration::from_mins(10));
    let late = challenge(ctx, "ann", PASSWORD).await;
    assert_eq!(code(&finish(ctx, &late, &sent).await), "factor.code");
    assert_eq!(code(&finish(ctx, &first, &sent).await), "one_time.invalid");
    send(ctx, &late, Channel::Email).await.unwrap();
    node.settle().await;
    let mut good = 0;
    for sent in mailed(&node) {
        good += i32::from(finish(ctx, &late, &sent).await.is_ok());
    }
    assert_eq!(good, 1);
}

/// vuln:91: somebody else who says that a number is theirs keeps no code from whom it is
/// proved to be.
#[tokio::test]
async fn who_claims_a_number_keeps_no_codes_from_its_owner() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    allow(ctx);
    let ann = with_phone(&node, "ann").await;
    turn_on(ctx, &ann, Channel::Sms).await.unwrap();
    join(ctx, "mallory").await;
    let (_, mallory) = enter(ctx, "mallory").await;
    let claimed = begin_phone(ctx, &mallory, NUMBER, PASSWORD).await;
    assert_eq!(code(&claimed), "ok");
    while phone::resend(ctx, &mallory, None).await.is_ok() {}
    let challenge = challenge(ctx, "ann", PASSWORD).await;
    let sent = send(ctx, &challenge, Channel::Sms).await;
    assert_eq!(code(&sent), "ok");
}

/// vuln:71: the same counters as those of an app.
#[tokio::test]
async fn wrong_codes_count_as_those_of_an_app_do() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    allow(ctx);
    let ann = with_phone(&node, "ann").await;
    turn_on(ctx, &ann, Channel::Sms).await.unwrap();
    for _ in 0..10 {
        let challenge = challenge(ctx, "ann", PASSWORD).await;
        let guess = finish(ctx, &challenge, &secret("1234 5678")).await;
        assert_eq!(code(&guess), "factor.code");
        node.clock.advance(Duration::from_mins(16));
    }
    let eleventh = challenge(ctx, "ann", PASSWORD).await;
    let before = codes_to(&node, NUMBER);
    send(ctx, &eleventh, Channel::Sms).await.unwrap();
    let sent = texted(&node, &before).await;
    // After the tenth there is a wait, whose end has passed; a wrong one waits again.
    let guess = finish(ctx, &eleventh, &secret("1234 5678")).await;
    assert_eq!(code(&guess), "factor.code");
    assert_eq!(code(&finish(ctx, &eleventh, &sent).await), "throttled");
    assert!(events(ctx, "factor.blocked").await >= 1);
}

/// asvs:V7.5.1: what somebody with an app may not do without it, a code does not
/// allow either.
#[tokio::test]
async fn a_weak_code_stands_in_for_no_stronger_factor() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    allow(ctx);
    let (ann, app, _) = equipped(&node, "ann").await;
    prove_address(&node, &ann, "ann").await;
    assert!(turn_on(ctx, &ann, Channel::Email).await.unwrap().is_none());
    let first = challenge(ctx, "ann", PASSWORD).await;
    let offers = sent_codes::offers(ctx, &Principal::Anonymous, &first).await;
    assert!(offers.unwrap().is_empty());
    let asked = send(ctx, &first, Channel::Email).await;
    assert_eq!(code(&asked), "code.unavailable");
    node.clock.advance(Duration::from_mins(11));
    let by = ann.clone();
    assert!(
        sent_codes::step_up_offers(ctx, &by, ())
            .await
            .unwrap()
            .is_empty()
    );
    let asked = sent_codes::send_step_up(ctx, &by, Channel::Email).await;
    assert_eq!(code(&asked), "code.unavailable");
    let changed = change_password(ctx, &by, (PASSWORD, OTHER_PASSWORD)).await;
    assert_eq!(code(&changed), "factor.fresh");
    let _ = step_up::step_up(ctx, &by, app.shows(ctx)).await.unwrap();
    change_password(ctx, &by, (PASSWORD, OTHER_PASSWORD))
        .await
        .unwrap();
}

/// asvs:V6.3.3, vuln:71: a code that was sent before there was an app stands in for it
/// no more, nor does one that whoever came by mail reads there again.
#[tokio::test]
async fn a_code_that_was_sent_is_worth_nothing_beside_an_app() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    allow(ctx);
    let ann = with_address(&node, "ann").await;
    turn_on(ctx, &ann, Channel::Email).await.unwrap();
    let first = challenge(ctx, "ann", PASSWORD).await;
    send(ctx, &first, Channel::Email).await.unwrap();
    node.settle().await;
    let sent = mailed(&node).remove(0);
    node.clock.advance(Duration::from_secs(1));
    let (app, _) = add_app(ctx, &ann).await;
    assert_eq!(code(&finish(ctx, &first, &sent).await), "one_time.invalid");

    let second = challenge(ctx, "ann", PASSWORD).await;
    assert_eq!(
        code(&send(ctx, &second, Channel::Email).await),
        "code.unavailable"
    );
    assert_eq!(code(&finish(ctx, &second, &sent).await), "factor.code");
    node.clock.advance(Duration::from_secs(30));
    finish(ctx, &second, &app.shows(ctx)).await.unwrap();
}

/// Who has nothing better steps up with a code: the password alone, borrowed
/// with a session, changes nothing.
#[tokio::test]
async fn who_has_codes_alone_steps_up_with_one() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    allow(ctx);
    let ann = with_phone(&node, "ann").await;
    turn_on(ctx, &ann, Channel::Sms).await.unwrap();
    node.clock.advance(Duration::from_mins(11));
    let changed = change_password(ctx, &ann, (PASSWORD, OTHER_PASSWORD)).await;
    assert_eq!(code(&changed), "factor.fresh");
    let added = begin_app(ctx, &ann, PASSWORD).await;
    assert_eq!(code(&added.map(|_| ())), "factor.fresh");
    let before = codes_to(&node, NUMBER);
    sent_codes::send_step_up(ctx, &ann, Channel::Sms)
        .await
        .unwrap();
    let sent = texted(&node, &before).await;
    let _ = step_up::step_up(ctx, &ann, sent).await.unwrap();
    change_password(ctx, &ann, (PASSWORD, OTHER_PASSWORD))
        .await
        .unwrap();
}

#[tokio::test]
async fn codes_go_where_they_were_turned_on_for_and_nowhere_else() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    allow(ctx);
    let ann = with_address(&node, "ann").await;
    let id = ann.person().unwrap().user;
    turn_on(ctx, &ann, Channel::Email).await.unwrap();
    adopt(&node, &ann, "ann@example.net").await;
    let begun = challenge(ctx, "ann", PASSWORD).await;
    send(ctx, &begun, Channel::Email).await.unwrap();
    node.settle().await;
    let sent = mailed(&node).remove(0);
    let other = challenge(ctx, "ann", PASSWORD).await;
    send(ctx, &other, Channel::Email).await.unwrap();
    let own = email("ann@example.org");
    let request = (id, tollgate_base::identifier::Identifier::Email(own));
    account::remove_identifier(ctx, &ann, request)
        .await
        .unwrap();
    assert_eq!(events(ctx, "codes.turned_off").await, 1);
    enter(ctx, "ann").await;
    node.settle().await;
    assert_eq!(mailed(&node).len(), 1, "it is nobody's address any more");
    turn_on(ctx, &ann, Channel::Email).await.unwrap();
    assert_eq!(code(&finish(ctx, &begun, &sent).await), "one_time.invalid");
}

#[tokio::test]
async fn without_the_phone_no_codes_are_texted() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    allow(ctx);
    let ann = with_phone(&node, "ann").await;
    turn_on(ctx, &ann, Channel::Sms).await.unwrap();
    phone::remove(ctx, &ann, Some(secret(PASSWORD)))
        .await
        .unwrap();
    assert_eq!(events(ctx, "codes.turned_off").await, 1);
    enter(ctx, "ann").await;
}

/// Somebody whose address is proved.
async fn with_address(node: &Node, name: &str) -> Principal {
    join(&node.ctx, name).await;
    let (_, by) = enter(&node.ctx, name).await;
    prove_address(node, &by, name).await;
    by
}

async fn prove_address(node: &Node, by: &Principal, name: &str) {
    let address = email(&format!("{name}@example.org"));
    verify::ask(&node.ctx, by, address).await.unwrap();
    node.settle().await;
    let mails = node.mails();
    let token = mails.iter().find_map(|mail| mail.split_once("Token: "));
    let token = token.unwrap().1.split_whitespace().next().unwrap();
    let confirmed = verify::confirm(&node.ctx, by, secret(token)).await;
    confirmed.unwrap();
}
