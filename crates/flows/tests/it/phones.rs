//! A phone of one's own: begun with, proved by the code of a text, taken away.

use std::{sync::Arc, time::Duration};

use tollgate_base::{Result, SecretString, access::Principal, phone::Phone};
use tollgate_flows::{
    Ctx, account,
    phone::{self, Begin, Phones},
};
use tollgate_outbound::{
    hook::{Hook, Place},
    sms::Texter,
};
use tollgate_testkit::{
    node::Node,
    services::{Reply, WebServer},
};

use crate::{
    authenticator::equipped,
    support::{PASSWORD, code, count, enter, events, join, number, secret, together},
};

pub(crate) const NUMBER: &str = "+49 30 1234567";

pub(crate) async fn begin(ctx: &Ctx, by: &Principal, number: &str, password: &str) -> Result<()> {
    let request = Begin {
        number: Phone::parse(number).unwrap(),
        password: Some(secret(password)),
        address: None,
    };
    phone::begin(ctx, by, request).await
}

/// The codes of all texts to a number, in no order.
pub(crate) fn codes_to(node: &Node, number: &str) -> Vec<SecretString> {
    let to = format!("To: {}\n", Phone::parse(number).unwrap().as_str());
    let texts = node.texts();
    let texts = texts.iter().filter(|text| text.starts_with(&to));
    let code = |text: &String| text.rsplit_once('#').unwrap().1.trim().to_owned();
    texts.map(code).map(secret).collect()
}

/// Somebody whose phone is proved.
pub(crate) async fn with_phone(node: &Node, name: &str) -> Principal {
    join(&node.ctx, name).await;
    let (_, by) = enter(&node.ctx, name).await;
    begin(&node.ctx, &by, NUMBER, PASSWORD).await.unwrap();
    node.settle().await;
    for code in codes_to(node, NUMBER) {
        if phone::confirm(&node.ctx, &by, code).await.is_ok() {
            return by;
        }
    }
    panic!("no code came");
}

async fn mine(ctx: &Ctx, by: &Principal) -> Phones {
    phone::of(ctx, by, by.person().unwrap().user).await.unwrap()
}

/// A code that is wrong, whatever the right one is.
fn other_than(right: &SecretString) -> SecretString {
    use tollgate_base::ExposeSecret;
    let last = if right.expose_secret().ends_with('0') {
        '1'
    } else {
        '0'
    };
    let mut wrong = right.expose_secret()[..7].to_owned();
    wrong.push(last);
    secret(wrong)
}

#[tokio::test]
async fn a_phone_is_proved_by_the_code_of_a_text() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let (id, ann) = enter(ctx, "ann").await;
    assert_eq!(
        code(&begin(ctx, &ann, NUMBER, "guess").await),
        "password.wrong"
    );
    begin(ctx, &ann, NUMBER, PASSWORD).await.unwrap();
    assert_eq!(mine(ctx, &ann).await.proved, None, "nothing is proved yet");
    node.settle().await;
    let [sent] = &codes_to(&node, NUMBER)[..] else {
        panic!("{:?}", node.texts());
    };
    let wrong = phone::confirm(ctx, &ann, other_than(sent)).await;
    assert_eq!(code(&wrong), "phone.code");
    phone::confirm(ctx, &ann, sent.clone()).await.unwrap();
    let Phones { proved, waits } = mine(ctx, &ann).await;
    assert_eq!(proved.unwrap().verified_at, Some(ctx.now()));
    assert_eq!(waits, None);
    assert_eq!(events(ctx, "phone.verified").await, 1);
    node.settle().await;
    let told = node.mails();
    assert!(
        told.iter().any(|mail| mail.contains("A phone was added")),
        "{told:?}"
    );

    begin(ctx, &ann, NUMBER, PASSWORD).await.unwrap();
    node.settle().await;
    assert_eq!(node.texts().len(), 1, "there is nothing left to prove");
    let taken_out = account::export(ctx, &ann, id).await.unwrap();
    assert_eq!(taken_out.phones[0].number.as_str(), "+49301234567");

    let removed = phone::remove(ctx, &ann, Some(secret("guess"))).await;
    assert_eq!(code(&removed), "password.wrong");
    phone::remove(ctx, &ann, Some(secret(PASSWORD)))
        .await
        .unwrap();
    assert_eq!(mine(ctx, &ann).await, Phones::default());
    let again = phone::remove(ctx, &ann, Some(secret(PASSWORD))).await;
    assert_eq!(code(&again), "phone.missing");
}

#[tokio::test]
async fn a_new_number_takes_the_place_of_the_old_once_it_is_proved() {
    const OTHER: &str = "+1 202 555 0143";
    let node = Node::new().await;
    let ctx = &node.ctx;
    let ann = with_phone(&node, "ann").await;
    begin(ctx, &ann, OTHER, PASSWORD).await.unwrap();
    node.settle().await;
    let Phones { proved, waits } = mine(ctx, &ann).await;
    assert_eq!(proved.unwrap().number.as_str(), "+49301234567");
    assert_eq!(waits.unwrap().number.as_str(), "+12025550143");
    let [sent] = &codes_to(&node, OTHER)[..] else {
        panic!("{:?}", node.texts());
    };
    phone::confirm(ctx, &ann, sent.clone()).await.unwrap();
    let Phones { proved, waits } = mine(ctx, &ann).await;
    assert_eq!(proved.unwrap().number.as_str(), "+12025550143");
    assert_eq!(waits, None);
}

/// asvs:V6.5.5: a code lives for ten minutes. Another one makes it void.
#[tokio::test]
async fn a_code_works_for_ten_minutes_and_is_the_last_one() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let (_, ann) = enter(ctx, "ann").await;
    let none = phone::resend(ctx, &ann, None).await;
    assert_eq!(code(&none), "phone.missing");
    begin(ctx, &ann, NUMBER, PASSWORD).await.unwrap();
    node.settle().await;
    let first = codes_to(&node, NUMBER).remove(0);
    node.clock.advance(Duration::from_mins(10));
    let late = phone::confirm(ctx, &ann, first.clone()).await;
    assert_eq!(code(&late), "phone.code");
    phone::resend(ctx, &ann, None).await.unwrap();
    node.settle().await;
    phone::resend(ctx, &ann, None).await.unwrap();
    node.settle().await;
    let outdated = codes_to(&node, NUMBER);
    let mut good = 0;
    for sent in outdated {
        good += i32::from(phone::confirm(ctx, &ann, sent).await.is_ok());
    }
    assert_eq!(good, 1, "of three codes one is good");
}

/// asvs:V6.6.3: five tries for each code, however many come at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_code_is_tried_five_times() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let (_, ann) = enter(ctx, "ann").await;
    begin(ctx, &ann, NUMBER, PASSWORD).await.unwrap();
    node.settle().await;
    let right = codes_to(&node, NUMBER).remove(0);
    let outcomes = together(40, |_| {
        let (ctx, ann, wrong) = (ctx.clone(), ann.clone(), other_than(&right));
        async move { phone::confirm(&ctx, &ann, wrong).await }
    })
    .await;
    assert_eq!(count(&outcomes, "ok"), 0);
    let sql =
        "SELECT attempts AS number FROM one_time_secrets WHERE purpose = 'phone_verification'";
    assert_eq!(number(ctx, sql, Vec::new()).await, 5);
    node.clock.advance(Duration::from_mins(1));
    let sql = "DELETE FROM attempts";
    ctx.db().write_one(sql, Vec::new()).await.unwrap();
    let worn_out = phone::confirm(ctx, &ann, right).await;
    assert_eq!(code(&worn_out), "phone.code", "it is void");
}

/// asvs:V2.3.2, asvs:V6.6.3: nobody is flooded with texts, neither by one account nor by many.
#[tokio::test]
async fn so_many_texts_are_sent_and_no_more() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    join(ctx, "bob").await;
    let (_, ann) = enter(ctx, "ann").await;
    let (_, bob) = enter(ctx, "bob").await;
    begin(ctx, &ann, NUMBER, PASSWORD).await.unwrap();
    for _ in 0..9 {
        phone::resend(ctx, &ann, None).await.unwrap();
    }
    assert_eq!(code(&phone::resend(ctx, &ann, None).await), "throttled");
    let elsewhere = begin(ctx, &ann, "+12025550143", PASSWORD).await;
    assert_eq!(
        code(&elsewhere),
        "throttled",
        "that account has had its share"
    );
    let others = begin(ctx, &bob, NUMBER, PASSWORD).await;
    assert_eq!(code(&others), "throttled", "that number too");
    node.clock.advance(Duration::from_secs(3_601));
    begin(ctx, &bob, NUMBER, PASSWORD).await.unwrap();
}

/// asvs:V7.5.1: whoever has a second factor shows it before the phone changes.
#[tokio::test]
async fn a_borrowed_session_changes_no_phone() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (ann, ..) = equipped(&node, "ann").await;
    node.clock.advance(Duration::from_mins(11));
    let stale = begin(ctx, &ann, NUMBER, PASSWORD).await;
    assert_eq!(code(&stale), "factor.fresh");
    let stale = phone::remove(ctx, &ann, Some(secret(PASSWORD))).await;
    assert_eq!(code(&stale), "factor.fresh");
}

/// fault:F17: a hook that is down is tried again later and later; a code that is
/// too old by then is not sent any more.
#[tokio::test]
async fn texts_wait_for_their_hook_and_codes_do_not_outlive_their_time() {
    let server = WebServer::start().await;
    let place = Place {
        url: format!("{}/sms", server.url()).parse().unwrap(),
        secret: secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        roots: None,
        patience: Duration::from_secs(2),
    };
    let texter = Texter::Hook(Arc::new(Hook::new(place).unwrap()));
    let node = Node::texting(texter).await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let (_, ann) = enter(ctx, "ann").await;
    server.reply(Reply::Says(500, "down".into()));
    begin(ctx, &ann, NUMBER, PASSWORD).await.unwrap();
    node.settle().await;
    assert_eq!(server.take_seen().len(), 1);
    node.settle().await;
    assert!(
        server.take_seen().is_empty(),
        "it is not asked at once again"
    );
    server.reply(Reply::Says(204, String::new()));
    node.clock.advance(Duration::from_secs(6));
    node.settle().await;
    let [text] = &server.take_seen()[..] else {
        panic!("it is tried again");
    };
    let body: serde_json::Value = serde_json::from_slice(&text.body).unwrap();
    assert_eq!(body["to"], "+49301234567");
    let words = body["text"].as_str().unwrap();
    let sent = secret(words.rsplit_once('#').unwrap().1);
    phone::confirm(ctx, &ann, sent).await.unwrap();

    server.reply(Reply::Silence);
    begin(ctx, &ann, "+12025550143", PASSWORD).await.unwrap();
    node.settle().await;
    assert_eq!(server.take_seen().len(), 1);
    server.reply(Reply::Says(204, String::new()));
    node.clock.advance(Duration::from_mins(10));
    node.settle().await;
    assert!(server.take_seen().is_empty(), "it would be of no use");
    phone::resend(ctx, &ann, None).await.unwrap();
    node.clock.advance(Duration::from_mins(10));
    node.settle().await;
    assert!(
        server.take_seen().is_empty(),
        "nor if nobody was there to send it in time"
    );
    let left = "SELECT CAST(count(*) AS BIGINT) AS number FROM jobs";
    assert_eq!(number(ctx, left, Vec::new()).await, 0);
}
