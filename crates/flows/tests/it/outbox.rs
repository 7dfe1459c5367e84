//! What becomes of mail while its server is away, slow or of another mind.

use std::time::Duration;

use tollgate_base::{SecretString, access::Principal};
use tollgate_flows::{
    Ctx, UserAgent,
    account::{self, EditProfile},
    health, outbox,
};
use tollgate_testkit::{
    node::Node,
    services::{Greeting, Letter, Mood, SmtpServer},
};

use crate::support::{
    OTHER_PASSWORD, PASSWORD, ask_reset, change_password, code, enter, events, join_quietly, reset,
    secret,
};

const OPERATOR: &Principal = &Principal::Operator;

async fn ask(ctx: &Ctx, name: &str) {
    let asked = ask_reset(ctx, &format!("{name}@example.org"), UserAgent::default()).await;
    asked.unwrap();
}

/// Two rounds of chores for each minute of that time.
async fn pass(node: &Node, minutes: u32) {
    for _ in 0..minutes * 2 {
        node.clock.advance(Duration::from_secs(30));
        node.settle().await;
    }
}

/// The token that a reset mail holds.
fn token(letter: &Letter) -> SecretString {
    let rest = letter.text.split_once("Token: ").expect("a token").1;
    secret(rest.split_whitespace().next().unwrap_or_default())
}

/// fault:F16: an hour without a server and three restarts lose no mail and
/// double none; the links that then come are good.
#[tokio::test]
async fn mail_waits_for_its_server() {
    let server = SmtpServer::start(Greeting::Plain).await;
    let mut node = Node::mailing(&server).await;
    let people = ["ann", "bob", "cyd", "dan", "eve"];
    for name in people {
        join_quietly(&node.ctx, name).await;
    }
    let outage = [
        Mood::Down,
        Mood::Answers("451 4.7.1 Greylisted"),
        Mood::LetsNobodyIn,
        Mood::DropsAfterData,
    ];
    for mood in outage {
        server.be(mood);
        if mood == Mood::Down {
            for name in people {
                ask(&node.ctx, name).await;
            }
        }
        pass(&node, 20).await;
        node = node.second().await;
    }
    assert!(server.letters().is_empty());
    assert!(server.visits() < 500, "{}", server.visits());

    server.be(Mood::Kind);
    pass(&node, 60).await;
    let mut letters = server.letters();
    letters.sort_by(|one, other| one.to.cmp(&other.to));
    let to: Vec<_> = letters.iter().flat_map(|letter| &letter.to).collect();
    assert_eq!(
        to,
        people.map(|name| format!("{name}@example.org")).each_ref()
    );
    assert_eq!(events(&node.ctx, "mail.given_up").await, 0);

    let outcome = reset(&node.ctx, &token(&letters[0]), OTHER_PASSWORD).await;
    outcome.expect("a link lives from when it was sent");
}

/// fault:F16: while a server does not answer, asking is as fast as ever, and
/// what is not asked for any more is not sent.
#[tokio::test]
async fn a_link_that_is_void_meanwhile_is_not_sent() {
    let server = SmtpServer::start(Greeting::Plain).await;
    let node = Node::mailing(&server).await;
    join_quietly(&node.ctx, "ann").await;
    server.be(Mood::Down);
    ask(&node.ctx, "ann").await;
    node.settle().await;
    let (_, ann) = enter(&node.ctx, "ann").await;
    change_password(&node.ctx, &ann, (PASSWORD, "a third horse battery"))
        .await
        .unwrap();
    ask(&node.ctx, "ann").await;
    node.settle().await;
    server.be(Mood::Kind);
    pass(&node, 5).await;
    let letters = server.letters();
    let with_links: Vec<_> = letters
        .iter()
        .filter(|it| it.text.contains("Token: "))
        .collect();
    assert_eq!(with_links.len(), 1, "and one tells of the new password");
    let good = token(with_links[0]);
    let outcome = reset(&node.ctx, &good, OTHER_PASSWORD).await;
    outcome.unwrap();
}

/// fault:F16: what is refused for good is told, and does not hold up the rest.
#[tokio::test]
async fn a_refused_mail_is_buried_at_once() {
    let server = SmtpServer::start(Greeting::Plain).await;
    let node = Node::mailing(&server).await;
    join_quietly(&node.ctx, "ann").await;
    join_quietly(&node.ctx, "bob").await;
    server.be(Mood::Answers("550 5.1.1 No such person"));
    ask(&node.ctx, "ann").await;
    node.settle().await;
    assert_eq!(events(&node.ctx, "mail.given_up").await, 1);

    server.be(Mood::Kind);
    ask(&node.ctx, "bob").await;
    pass(&node, 30).await;
    let to: Vec<_> = server
        .letters()
        .into_iter()
        .map(|letter| letter.to)
        .collect();
    assert_eq!(to, [["bob@example.org"]]);
}

#[tokio::test]
async fn a_mail_is_written_in_the_language_of_its_receiver() {
    let node = Node::new().await;
    let ann = join_quietly(&node.ctx, "ann").await;
    let edit = EditProfile {
        locale: Some("de-AT".into()),
        ..EditProfile::default()
    };
    let edited = account::edit(&node.ctx, OPERATOR, (ann, edit)).await;
    edited.unwrap();
    ask(&node.ctx, "ann").await;
    node.settle().await;
    let mails = node.mails();
    assert!(
        mails[0].contains("Subject: Neues Passwort setzen\n"),
        "{mails:?}"
    );
}

/// What `/readyz?verbose` tells of mail.
async fn told(ctx: &Ctx) -> Option<String> {
    let parts = health::parts(ctx, OPERATOR, ()).await;
    let mail = parts.into_iter().find(|part| part.name == "mail").unwrap();
    assert!(mail.spare, "a server without mail is of use");
    mail.fault
}

/// fault:F16: nothing is lost: the operator sees what was given up and why, and
/// decides.
#[tokio::test]
async fn what_was_given_up_waits_for_the_operator() {
    let server = SmtpServer::start(Greeting::Plain).await;
    let node = Node::mailing(&server).await;
    let ctx = &node.ctx;
    for name in ["ann", "bob"] {
        join_quietly(ctx, name).await;
    }
    assert_eq!(told(ctx).await, None);
    server.be(Mood::Answers("550 5.1.1 No such person"));
    for name in ["ann", "bob"] {
        ask(ctx, name).await;
        pass(&node, 1).await;
    }
    let fault = told(ctx).await.unwrap();
    assert!(fault.contains("2 were given up"), "{fault}");
    let held = outbox::list(ctx, OPERATOR, ()).await.unwrap();
    let [ann, bob] = held.as_slice() else {
        panic!("{held:?}");
    };
    assert_eq!(ann.to.as_deref(), Some("ann@example.org"));
    assert!(ann.given_up_at.is_some() && ann.fault.as_ref().unwrap().contains("No such person"));

    let (_, herself) = enter(ctx, "ann").await;
    let refused = outbox::list(ctx, &herself, ()).await;
    assert_eq!(code(&refused), "access.denied");
    let refused = outbox::retry(ctx, &herself, ann.id).await;
    assert_eq!(code(&refused), "access.denied");

    server.be(Mood::Kind);
    outbox::retry(ctx, OPERATOR, ann.id).await.unwrap();
    outbox::discard(ctx, OPERATOR, bob.id).await.unwrap();
    pass(&node, 5).await;
    let to: Vec<_> = server
        .letters()
        .into_iter()
        .map(|letter| letter.to)
        .collect();
    assert_eq!(to, [["ann@example.org"]]);
    for id in [ann.id, bob.id] {
        let gone = outbox::retry(ctx, OPERATOR, id).await;
        assert_eq!(code(&gone), "mail.missing");
    }
    assert_eq!(told(ctx).await, None);
    assert_eq!(events(ctx, "mail.retried").await, 1);
    assert_eq!(events(ctx, "mail.discarded").await, 1);
}
