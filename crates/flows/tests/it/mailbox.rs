//! Ways in by mail while strangers ask for them too: what somebody waits for keeps its
//! worth, whoever the account knows can ask, and no mailbox is filled.

use std::{collections::BTreeMap, time::Duration};

use tollgate_base::{Result, access::Principal, id::UserId, identifier::Identifier};
use tollgate_flows::{
    Ctx, UserAgent, account,
    ctx::ByMail,
    signin::{self, AskMail, AskedMail, FinishMail, Step},
    verify, vouch,
};
use tollgate_records::sessions::Device;
use tollgate_testkit::node::Node;

use crate::{
    devices::Browser,
    support::{
        COOKIE, OTHER_PASSWORD, PASSWORD, ask_reset, code, email, enter, join, links, number,
        reset, secret,
    },
};

const NOBODY: &Principal = &Principal::Anonymous;
const OPERATOR: &Principal = &Principal::Operator;
const ANN: &str = "ann@example.org";
const HOME: &str = "192.0.2.7";
const QUARTER: Duration = Duration::from_mins(15);
/// What strangers may have sent to one address in a day, of one sort.
const A_DAY: usize = 34;

/// A browser that keeps nothing, somewhere.
fn at(address: &str) -> UserAgent {
    Device::new(None, None, Some(address.to_owned())).into()
}

async fn house(by_mail: ByMail) -> Node {
    let node = Node::new().await;
    let mut policy = (*node.ctx.policy()).clone();
    policy.by_mail = by_mail;
    node.ctx.set_policy(policy);
    node
}

/// Ann, with a verified address.
async fn ann(node: &Node) -> UserId {
    let id = join(&node.ctx, "ann").await;
    let address = Identifier::parse(ANN).unwrap();
    vouch::verify(&node.ctx, OPERATOR, (id, address))
        .await
        .unwrap();
    node.settle().await;
    id
}

/// A browser at home that her account knows.
async fn at_home(node: &Node) -> Browser {
    let mut home = Browser::at(HOME);
    home.enter(&node.ctx, "ann").await;
    node.settle().await;
    home
}

async fn ask_mail(ctx: &Ctx, to: &str, device: UserAgent) -> Result<AskedMail> {
    let request = AskMail {
        email: email(to),
        device,
        address: None,
    };
    signin::ask_mail(ctx, NOBODY, request).await
}

async fn show(ctx: &Ctx, asked: &AskedMail, shown: &str, device: UserAgent) -> Result<Step> {
    let request = FinishMail {
        request: asked.request.clone(),
        shown: secret(shown),
        device,
        address: None,
        opening: COOKIE,
    };
    signin::finish_mail(ctx, NOBODY, request).await
}

/// What the mails that sign in say, and went to Ann.
fn said(node: &Node) -> Vec<String> {
    let to = format!("To: {ANN}\n");
    let fits = |mail: &String| mail.contains(&to) && mail.contains("to sign in\n");
    let word = |mail: String| {
        let line = mail.lines().find(|line| line.starts_with("    "));
        line.unwrap().trim().rsplit('#').next().unwrap().to_owned()
    };
    node.mails().into_iter().filter(fits).map(word).collect()
}

/// Send all that waits: a round has its limit.
async fn send_all(node: &Node) {
    loop {
        let before = node.mails().len();
        node.settle().await;
        if node.mails().len() == before {
            return;
        }
    }
}

/// Ask for a mail to sign in with, and see what it says.
async fn mailed(node: &Node, device: UserAgent) -> (AskedMail, String) {
    let before = said(node);
    let asked = ask_mail(&node.ctx, ANN, device).await.unwrap();
    send_all(node).await;
    let mut new = said(node);
    new.retain(|one| !before.contains(one));
    assert_eq!(new.len(), 1, "one mail");
    (asked, new.remove(0))
}

/// vuln:91, asvs:V6.4.1: whoever holds a link sets a password with it, whatever
/// strangers ask for meanwhile; and then all others are void.
#[tokio::test]
async fn a_reset_link_keeps_its_worth_while_strangers_ask() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    ann(&node).await;
    ask_reset(ctx, ANN, at("203.0.113.5")).await.unwrap();
    send_all(&node).await;
    let held = links(&node, "/reset", ANN).remove(0);
    while ask_reset(ctx, ANN, at("198.51.100.1")).await.is_ok() {}
    send_all(&node).await;
    let all = links(&node, "/reset", ANN);
    assert_eq!(all.len(), 10);
    reset(ctx, &held, OTHER_PASSWORD).await.unwrap();
    for link in &all {
        let late = reset(ctx, link, PASSWORD).await;
        assert_eq!(code(&late), "one_time.invalid");
    }
}

/// vuln:91: what strangers ask for takes nothing from a device or a network that the
/// account knows, for as long as they go on.
#[tokio::test]
async fn whoever_the_account_knows_can_ask_while_strangers_do() {
    let node = house(ByMail::Code).await;
    let ctx = &node.ctx;
    ann(&node).await;
    let home = at_home(&node).await;
    let away = Browser {
        address: "203.0.113.5",
        ..home.clone()
    };
    for _ in 0..8 {
        while ask_reset(ctx, ANN, at("198.51.100.1")).await.is_ok() {}
        while ask_mail(ctx, ANN, at("198.51.100.1")).await.is_ok() {}
        send_all(&node).await;
        for (known, what) in [(away.agent(), "device"), (at(HOME), "network")] {
            let before = links(&node, "/reset", ANN).len();
            let asked = ask_reset(ctx, ANN, known.clone()).await;
            assert_eq!(code(&asked), "ok", "{what}");
            send_all(&node).await;
            assert_eq!(links(&node, "/reset", ANN).len(), before + 1, "{what}");
            let (asked, digits) = mailed(&node, known.clone()).await;
            let entered = show(ctx, &asked, &digits, known).await;
            assert_eq!(code(&entered), "ok", "{what}");
        }
        node.clock.advance(QUARTER);
    }
    while ask_reset(ctx, ANN, at("198.51.100.1")).await.is_ok() {}
    let stranger = ask_reset(ctx, ANN, at("198.18.0.5")).await;
    assert_eq!(code(&stranger), "throttled");
    join(ctx, "mallory").await;
    let mut mallory = Browser::at("198.18.1.9");
    mallory.enter(ctx, "mallory").await;
    let stranger = ask_reset(ctx, ANN, mallory.agent()).await;
    assert_eq!(code(&stranger), "throttled", "a device of somebody else");
}

/// vuln:91: a request to sign in waits beside those of others, and one that is used
/// ends them all.
#[tokio::test]
async fn what_strangers_ask_for_supersedes_no_request() {
    for by_mail in [ByMail::Code, ByMail::Link] {
        let node = house(by_mail).await;
        let ctx = &node.ctx;
        ann(&node).await;
        let (asked, shown) = mailed(&node, at("203.0.113.5")).await;
        let (others, theirs) = mailed(&node, at("198.51.100.1")).await;
        let crossed = show(ctx, &others, &shown, at("198.51.100.1")).await;
        assert_eq!(code(&crossed), "one_time.invalid", "each its own");
        let entered = show(ctx, &asked, &shown, at("203.0.113.5")).await;
        assert_eq!(code(&entered), "ok", "{by_mail:?}");
        let late = show(ctx, &others, &theirs, at("198.51.100.1")).await;
        assert_eq!(code(&late), "one_time.invalid", "{by_mail:?}");
    }
}

/// asvs:V2.3.2, asvs:V6.3.1, asvs:V6.3.8: whoever goes on for a day has a bounded number
/// of mails sent to one address, and learns of nobody whether they have an account.
#[tokio::test]
async fn strangers_fill_no_mailbox_in_a_day() {
    let node = house(ByMail::Code).await;
    let ctx = &node.ctx;
    ann(&node).await;
    let mut answers = BTreeMap::<&str, Vec<usize>>::new();
    for _ in 0..24 * 4 {
        for to in [ANN, "nobody@example.org"] {
            let (mut resets, mut signins) = (0, 0);
            while ask_reset(ctx, to, at("198.51.100.1")).await.is_ok() {
                resets += 1;
            }
            while ask_mail(ctx, to, at("198.51.100.1")).await.is_ok() {
                signins += 1;
            }
            answers.entry(to).or_default().extend([resets, signins]);
        }
        send_all(&node).await;
        node.clock.advance(QUARTER);
    }
    assert_eq!(answers[ANN], answers["nobody@example.org"]);
    let resets = links(&node, "/reset", ANN);
    assert!(resets.len() <= A_DAY, "{}", resets.len());
    assert!(said(&node).len() <= A_DAY, "{}", said(&node).len());
    assert!(resets.len() > 24, "and there is one for each hour");
}

/// Whoever cannot ask because strangers did finds a link of theirs in the mailbox, and
/// it works.
#[tokio::test]
async fn who_may_not_ask_has_a_link_that_works() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    ann(&node).await;
    for _ in 0..30 {
        node.clock.advance(Duration::from_mins(7));
        while ask_reset(ctx, ANN, at("198.51.100.1")).await.is_ok() {}
        send_all(&node).await;
        let live = "SELECT CAST(count(*) AS BIGINT) AS number FROM one_time_secrets
            WHERE purpose = 'password_reset' AND used_at IS NULL AND expires_at > $1";
        let live = number(ctx, live, vec![ctx.now().into()]).await;
        assert!(live > 0, "refused, and nothing in the mailbox");
    }
    let mut works = false;
    for link in links(&node, "/reset", ANN) {
        works |= reset(ctx, &link, OTHER_PASSWORD).await.is_ok();
    }
    assert!(works);
    let asked = ask_reset(ctx, ANN, at("198.51.100.1")).await;
    assert_eq!(code(&asked), "ok", "the owner was there: it begins anew");
}

/// Signing in by mail as often as one likes is no flood.
#[tokio::test]
async fn who_gets_in_by_mail_may_ask_again() {
    let node = house(ByMail::Code).await;
    let ctx = &node.ctx;
    ann(&node).await;
    for number in 0..50 {
        // Somewhere else each time, and keeping nothing.
        let somewhere = at(&format!("198.51.{number}.1"));
        let (asked, digits) = mailed(&node, somewhere.clone()).await;
        let entered = show(ctx, &asked, &digits, somewhere).await;
        assert_eq!(code(&entered), "ok", "{number}");
        node.clock.advance(Duration::from_mins(1));
    }
}

/// asvs:V2.3.2: who has an account fills no mailbox either by saying that it is theirs.
#[tokio::test]
async fn nobody_fills_a_mailbox_by_saying_that_it_is_theirs() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "mallory").await;
    let (id, mallory) = enter(ctx, "mallory").await;
    let victim = "victim@example.net";
    let new = Identifier::Email(email(victim));
    account::add_identifier(ctx, &mallory, (id, new))
        .await
        .unwrap();
    for _ in 0..24 * 4 {
        while verify::ask(ctx, &mallory, email(victim)).await.is_ok() {}
        send_all(&node).await;
        node.clock.advance(QUARTER);
    }
    let sent = links(&node, "/verify", victim).len();
    assert!((24..=A_DAY).contains(&sent), "{sent}");
}
