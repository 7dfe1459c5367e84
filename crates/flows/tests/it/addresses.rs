//! Addresses that people say are theirs: nothing goes there but the link that proves it,
//! nobody is kept from theirs, and what was sent to one that is gone opens nothing.

use std::time::Duration;

use tollgate_base::{Result, SecretString, access::Principal, id::UserId, identifier::Identifier};
use tollgate_flows::{
    Ctx, UserAgent,
    account::{self, Added},
    factors, lockdown, outbox, tend, verify,
};
use tollgate_testkit::{
    node::Node,
    services::{Greeting, Mood, SmtpServer},
};

use crate::{
    authenticator::{challenge, equipped},
    support::{
        self, COOKIE, OTHER_PASSWORD, PASSWORD, adopt, code, email, enter, events, join,
        join_quietly, links, number, reset, try_in,
    },
};

const OPERATOR: &Principal = &Principal::Operator;
const NEW: &str = "new@example.net";

fn address(text: &str) -> Identifier {
    Identifier::Email(email(text))
}

async fn add(ctx: &Ctx, by: &Principal, text: &str) -> Result<Added> {
    let new = Identifier::parse(text).unwrap();
    account::add_identifier(ctx, by, (by.user().unwrap(), new)).await
}

async fn take(ctx: &Ctx, by: &Principal, text: &str) {
    let old = (by.user().unwrap(), Identifier::parse(text).unwrap());
    account::remove_identifier(ctx, by, old).await.unwrap();
}

/// Ask for a reset link, and see which have come to that address.
async fn ask_reset(node: &Node, to: &str) -> Vec<SecretString> {
    support::ask_reset(&node.ctx, to, UserAgent::default())
        .await
        .unwrap();
    node.settle().await;
    links(node, "/reset", to)
}

/// Those that wait.
async fn waiting(ctx: &Ctx, by: &Principal) -> Vec<String> {
    let waiting = account::waiting(ctx, by, by.user().unwrap()).await;
    waiting.unwrap().into_iter().map(|one| one.shown).collect()
}

async fn names(ctx: &Ctx, by: &Principal) -> Vec<(String, bool)> {
    let view = account::me(ctx, by, ()).await.unwrap();
    let names = view.identifiers.into_iter();
    names
        .map(|name| (name.shown, name.verified_at.is_some()))
        .collect()
}

/// Somebody, signed in, whose address is proved.
async fn proved(node: &Node, name: &str) -> (UserId, Principal) {
    join(&node.ctx, name).await;
    node.settle().await;
    let (id, by) = enter(&node.ctx, name).await;
    let own = format!("{name}@example.org");
    let link = links(node, "/verify", &own).remove(0);
    verify::confirm(&node.ctx, &by, link).await.unwrap();
    (id, by)
}

/// asvs:V6.4.3, vuln:107: whoever reads the mail of an address that was only typed gets no
/// link to the account.
#[tokio::test]
async fn no_reset_link_goes_to_an_address_that_was_only_typed() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (id, ann) = proved(&node, "ann").await;
    add(ctx, &ann, NEW).await.unwrap();
    let typed = "typed@example.net";
    account::add_identifier(ctx, OPERATOR, (id, address(typed)))
        .await
        .unwrap();
    for only_typed in [NEW, typed] {
        assert!(
            ask_reset(&node, only_typed).await.is_empty(),
            "{only_typed}"
        );
    }
    assert_eq!(ask_reset(&node, "ann@example.org").await.len(), 1);
    assert_eq!(events(ctx, "password.reset_requested").await, 1);
}

/// vuln:107: eve says that an address is hers before its owner has an account. It is kept
/// from nobody, and its owner never lands in her account.
#[tokio::test]
async fn nobody_waits_in_an_account_for_its_address_owner() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join_quietly(ctx, "eve").await;
    let (_, eve) = enter(ctx, "eve").await;
    add(ctx, &eve, "ann@example.org").await.unwrap();
    node.settle().await;
    let pressed = links(&node, "/verify", "ann@example.org").remove(0);
    assert_eq!(
        code(&try_in(ctx, "ann@example.org", PASSWORD, COOKIE).await),
        "signin.failed"
    );

    join(ctx, "ann").await;
    let (_, ann) = enter(ctx, "ann").await;
    let other = verify::confirm(ctx, &ann, pressed.clone()).await;
    assert_eq!(code(&other), "verification.other");
    let taken = verify::confirm(ctx, &eve, pressed).await;
    assert_eq!(code(&taken), "identifier.taken");
    let link = ask_reset(&node, "ann@example.org").await.remove(0);
    reset(ctx, &link, OTHER_PASSWORD).await.unwrap();
    assert_eq!(
        code(&try_in(ctx, "ann", OTHER_PASSWORD, COOKIE).await),
        "ok"
    );
    assert_eq!(code(&try_in(ctx, "eve", PASSWORD, COOKIE).await), "ok");
    assert_eq!(names(ctx, &eve).await.len(), 2, "her own");
}

/// asvs:V6.4.1: an address is a name once its link is opened in the account that asked,
/// and then the address of before is told.
#[tokio::test]
async fn an_address_becomes_a_name_once_its_link_is_opened() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join_quietly(ctx, "ann").await;
    join_quietly(ctx, "bob").await;
    let (_, ann) = enter(ctx, "ann").await;
    let (_, bob) = enter(ctx, "bob").await;
    let added = add(ctx, &ann, "New@Example.net").await.unwrap();
    assert!(matches!(added, Added::Waits(waits) if waits.canonical == NEW));
    assert_eq!(waiting(ctx, &ann).await, ["New@Example.net"]);
    assert_eq!(names(ctx, &ann).await.len(), 2, "as before");
    assert_eq!(
        code(&try_in(ctx, NEW, PASSWORD, COOKIE).await),
        "signin.failed"
    );
    node.settle().await;
    assert_eq!(events(ctx, "identifier.added").await, 0);
    let link = links(&node, "/verify", "New@Example.net").remove(0);
    for (by, refusal) in [
        (&bob, "verification.other"),
        (&Principal::Anonymous, "auth.required"),
    ] {
        assert_eq!(code(&verify::confirm(ctx, by, link.clone()).await), refusal);
    }
    verify::confirm(ctx, &ann, link.clone()).await.unwrap();
    let proved = ("New@Example.net".to_owned(), true);
    assert!(names(ctx, &ann).await.contains(&proved));
    assert!(waiting(ctx, &ann).await.is_empty());
    assert_eq!(code(&try_in(ctx, NEW, PASSWORD, COOKIE).await), "ok");
    assert_eq!(events(ctx, "identifier.added").await, 1);
    assert_eq!(events(ctx, "identifier.verified").await, 1);
    let again = verify::confirm(ctx, &ann, link).await;
    assert_eq!(code(&again), "one_time.invalid");
    node.settle().await;
    let mails = node.mails();
    let subject = "Subject: A name to sign in with was added";
    let told: Vec<_> = mails.iter().filter(|mail| mail.contains(subject)).collect();
    assert!(
        told.len() == 1 && told[0].contains("To: ann@example.org"),
        "{told:?}"
    );
}

/// asvs:V6.3.8: whether an address is somebody's shows in nothing that follows, not even
/// in what is told of mail that fails.
#[tokio::test]
async fn who_has_an_address_is_not_told_by_adding_it() {
    let server = SmtpServer::start(Greeting::Plain).await;
    let node = Node::mailing(&server).await;
    let ctx = &node.ctx;
    join_quietly(ctx, "ann").await;
    join_quietly(ctx, "bob").await;
    let (_, bob) = enter(ctx, "bob").await;
    server.be(Mood::Answers("450 4.7.1 Greylisted"));
    for typed in ["ann@example.org", "nobody@example.org"] {
        for _ in 0..2 {
            let added = add(ctx, &bob, typed).await;
            assert!(matches!(added, Ok(Added::Waits(_))), "{typed}");
        }
        verify::ask(ctx, &bob, email(typed)).await.unwrap();
    }
    node.settle().await;
    node.settle().await;
    assert!(outbox::mine(ctx, &bob, ()).await.unwrap().is_empty());
    server.be(Mood::Kind);
    for _ in 0..4 {
        node.clock.advance(Duration::from_mins(1));
        node.settle().await;
    }
    let letters = server.letters();
    assert!(
        letters
            .iter()
            .all(|letter| letter.to == ["nobody@example.org"])
    );
    assert_eq!(letters.len(), 3);
    let waiting = account::waiting(ctx, &bob, bob.user().unwrap()).await;
    let waiting = waiting.unwrap();
    let [of_ann, of_nobody] = waiting.as_slice() else {
        panic!("{waiting:?}");
    };
    assert_eq!(of_ann.expires_at, of_nobody.expires_at);
    let own = add(ctx, &bob, "bob@example.org").await;
    assert_eq!(code(&own), "identifier.taken", "one knows one's own");
}

/// asvs:V6.3.1: nobody keeps an owner from proving theirs by saying often that it is theirs.
#[tokio::test]
async fn typing_an_address_takes_nothing_from_its_owner() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join_quietly(ctx, "ann").await;
    join_quietly(ctx, "eve").await;
    let (_, eve) = enter(ctx, "eve").await;
    let mut outcomes = Vec::new();
    for _ in 0..12 {
        outcomes.push(code(&add(ctx, &eve, "ann@example.org").await));
    }
    // That of the sign-up counts too.
    assert_eq!(outcomes[8..], ["ok", "throttled", "throttled", "throttled"]);
    let (_, ann) = enter(ctx, "ann").await;
    verify::ask(ctx, &ann, email("ann@example.org"))
        .await
        .unwrap();
    node.settle().await;
    assert_eq!(links(&node, "/verify", "ann@example.org").len(), 1);
}

/// Few wait, for two days, and whoever added one takes it back; its link goes with it.
#[tokio::test]
async fn addresses_wait_for_two_days_or_until_they_are_taken_back() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join_quietly(ctx, "ann").await;
    let (_, ann) = enter(ctx, "ann").await;
    for n in 1..=5 {
        add(ctx, &ann, &format!("ann{n}@example.net"))
            .await
            .unwrap();
    }
    assert_eq!(code(&add(ctx, &ann, NEW).await), "request.invalid");
    node.settle().await;
    take(ctx, &ann, "ann1@example.net").await;
    add(ctx, &ann, "ann1@example.net").await.unwrap();
    let void = links(&node, "/verify", "ann1@example.net").remove(0);
    assert_eq!(
        code(&verify::confirm(ctx, &ann, void).await),
        "one_time.invalid"
    );
    let stands = links(&node, "/verify", "ann2@example.net").remove(0);
    verify::confirm(ctx, &ann, stands).await.unwrap();

    let _ = lockdown::lockdown(ctx, &ann, ()).await.unwrap();
    assert!(waiting(ctx, &ann).await.is_empty());
    node.settle().await;
    assert_eq!(
        links(&node, "/verify", "ann1@example.net").len(),
        1,
        "none of the second"
    );
    add(ctx, &ann, NEW).await.unwrap();
    node.settle().await;
    node.clock.advance(Duration::from_hours(24));
    let late = links(&node, "/verify", NEW).remove(0);
    assert_eq!(
        code(&verify::confirm(ctx, &ann, late).await),
        "one_time.invalid"
    );
    assert_eq!(waiting(ctx, &ann).await, [NEW], "a link may be sent again");
    node.clock.advance(Duration::from_hours(24));
    assert!(waiting(ctx, &ann).await.is_empty());
    let over = verify::ask(ctx, &ann, email(NEW)).await;
    assert_eq!(code(&over), "request.invalid");
    tend::clean(ctx, &Principal::Chore("test"), ())
        .await
        .unwrap();
    let rows = "SELECT CAST(count(*) AS BIGINT) AS number FROM waiting_addresses";
    assert_eq!(number(ctx, rows, Vec::new()).await, 0);
}

/// asvs:V6.3.8: usernames are public enough to be chosen, and not to be listed.
#[tokio::test]
async fn names_are_not_listed_by_adding_them() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join_quietly(ctx, "ann").await;
    join_quietly(ctx, "bob").await;
    let (_, bob) = enter(ctx, "bob").await;
    for _ in 0..20 {
        assert_eq!(code(&add(ctx, &bob, "ann").await), "identifier.taken");
    }
    assert_eq!(code(&add(ctx, &bob, "ann").await), "throttled");
    node.clock.advance(Duration::from_mins(61));
    let (_, bob) = enter(ctx, "bob").await;
    assert_eq!(code(&add(ctx, &bob, "robert").await), "ok");
}

/// asvs:V6.4.3: what was asked for while an address was somebody's is worth nothing once it
/// is not, delivered or not.
#[tokio::test]
async fn links_do_not_outlive_their_address() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (id, ann) = proved(&node, "ann").await;
    adopt(&node, &ann, NEW).await;
    let sent = ask_reset(&node, "ann@example.org").await.remove(0);
    let nobody = UserAgent::default();
    support::ask_reset(ctx, "ann@example.org", nobody)
        .await
        .unwrap();
    take(ctx, &ann, "ann@example.org").await;
    assert_eq!(
        code(&reset(ctx, &sent, OTHER_PASSWORD).await),
        "one_time.invalid"
    );
    node.settle().await;
    assert_eq!(
        links(&node, "/reset", "ann@example.org").len(),
        1,
        "no more"
    );

    account::add_identifier(ctx, OPERATOR, (id, address("typed@example.net")))
        .await
        .unwrap();
    verify::ask(ctx, &ann, email("typed@example.net"))
        .await
        .unwrap();
    node.settle().await;
    let sent = links(&node, "/verify", "typed@example.net").remove(0);
    take(ctx, &ann, "typed@example.net").await;
    account::add_identifier(ctx, OPERATOR, (id, address("typed@example.net")))
        .await
        .unwrap();
    let void = verify::confirm(ctx, &ann, sent).await;
    assert_eq!(code(&void), "one_time.invalid", "it went, and came again");
}

/// asvs:V6.4.3: a link to where none would go any more is worth nothing.
#[tokio::test]
async fn a_reset_link_ends_with_the_right_to_one() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join_quietly(ctx, "ann").await;
    let (_, ann) = enter(ctx, "ann").await;
    let sent = ask_reset(&node, "ann@example.org").await.remove(0);
    adopt(&node, &ann, NEW).await;
    assert_eq!(
        code(&reset(ctx, &sent, OTHER_PASSWORD).await),
        "one_time.invalid"
    );
    assert_eq!(
        ask_reset(&node, "ann@example.org").await.len(),
        1,
        "no more"
    );
    let good = ask_reset(&node, NEW).await.remove(0);
    reset(ctx, &good, OTHER_PASSWORD).await.unwrap();
}

/// asvs:V6.4.3: a reset by mail changes the password, and nothing else.
#[tokio::test]
async fn a_reset_of_an_unproved_account_changes_nothing_else() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (ann, _, _) = equipped(&node, "ann").await;
    let id = ann.user().unwrap();
    let link = ask_reset(&node, "ann@example.org").await.remove(0);
    reset(ctx, &link, OTHER_PASSWORD).await.unwrap();
    challenge(ctx, "ann", OTHER_PASSWORD).await;
    let left = factors::list(ctx, OPERATOR, id).await.unwrap();
    assert_eq!(left.apps.len(), 1);
    assert_eq!(events(ctx, "identifier.verified").await, 0);
}
