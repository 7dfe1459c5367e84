//! Getting back into an account whose second factors are lost: nobody does it
//! alone, and nobody does it unseen.

use std::time::Duration;

use tollgate_base::{
    SecretString,
    access::{Person, Principal, Role},
    identifier::Identifier,
};
use tollgate_flows::{
    Ctx, account, factors, lockdown,
    outbox::{self, Undelivered},
    password, people,
    recovery::{self, Finish},
    step_up, vouch,
};
use tollgate_testkit::{
    node::Node,
    services::{Greeting, Mood, SmtpServer},
};

use crate::{
    authenticator::{App, challenge, equipped, finish},
    support::{
        COOKIE, OTHER_PASSWORD, PASSWORD, adopt, boss, code, cookie, email, enter, events, join,
        join_quietly, secret, try_in, who,
    },
};

const DAY: Duration = Duration::from_hours(24);

/// Somebody with a second factor and a verified address, and an administrator.
async fn scene() -> (Node, (Principal, App), Principal) {
    let node = Node::new().await;
    let (ann, app, _) = equipped(&node, "ann").await;
    let address = Identifier::Email(email("ann@example.org"));
    vouch::verify(
        &node.ctx,
        &Principal::Operator,
        (ann.user().unwrap(), address),
    )
    .await
    .unwrap();
    let (_, admin) = boss(&node.ctx, "boss").await;
    (node, (ann, app), admin)
}

/// The tokens of the links that were mailed, oldest first.
fn links(node: &Node) -> Vec<SecretString> {
    let mails = node.mails();
    let token = |mail: &String| {
        let after = mail.split_once("/recover#")?.1;
        let end = after.find(|sign: char| !(sign.is_ascii_alphanumeric() || "_-".contains(sign)));
        Some(secret(&after[..end?]))
    };
    mails.iter().filter_map(token).collect()
}

async fn redeem(ctx: &Ctx, token: &SecretString) -> &'static str {
    let request = Finish {
        token: token.clone(),
        new: secret(OTHER_PASSWORD),
    };
    code(&recovery::finish(ctx, &Principal::Anonymous, request).await)
}

/// asvs:V6.4.6, asvs:V6.4.3: whoever starts it never holds the link, and the owner
/// hears of it a day before.
#[tokio::test]
async fn whoever_lost_everything_gets_back_in_after_the_wait() {
    let (node, (ann, _), admin) = scene().await;
    let (ctx, id) = (&node.ctx, ann.user().unwrap());
    recovery::start(ctx, &admin, id).await.unwrap();
    let again = recovery::start(ctx, &admin, id).await.unwrap();
    assert_eq!(events(ctx, "recovery.started").await, 1, "one waits");
    assert_eq!(again.ready_at, ctx.now().plus(DAY));
    node.settle().await;
    let notice = "Subject: A recovery of your account was started";
    assert_eq!(
        node.mails()
            .iter()
            .filter(|mail| mail.contains(notice))
            .count(),
        1
    );
    node.clock.advance(Duration::from_hours(23));
    node.settle().await;
    assert!(links(&node).is_empty(), "nobody has a link yet");
    node.clock.advance(Duration::from_hours(1));
    node.settle().await;
    let link = links(&node).remove(0);
    assert_eq!(redeem(ctx, &link).await, "ok");
    assert_eq!(redeem(ctx, &link).await, "one_time.invalid", "once");
    let old = try_in(ctx, "ann", PASSWORD, COOKIE).await;
    assert_eq!(code(&old), "signin.failed");
    let new = try_in(ctx, "ann", OTHER_PASSWORD, COOKIE).await.unwrap();
    let by = who(ctx, &cookie(&new)).await.unwrap();
    let left = factors::list(ctx, &by, id).await.unwrap();
    assert!(left.apps.is_empty() && left.codes_left == 0);
    assert_eq!(events(ctx, "recovery.finished").await, 1);
}

/// asvs:V6.4.4, vuln:77: the owner stops it, also without knowing how: a sign-in
/// with a second factor does.
#[tokio::test]
async fn whoever_lost_nothing_stops_it() {
    for way in [
        "by hand",
        "by signing in",
        "by locking down",
        "by the administrator",
    ] {
        let (node, (ann, app), admin) = scene().await;
        let (ctx, id) = (&node.ctx, ann.user().unwrap());
        recovery::start(ctx, &admin, id).await.unwrap();
        node.clock.advance(DAY);
        node.settle().await;
        let link = links(&node).remove(0);
        match way {
            "by hand" => recovery::stop(ctx, &ann, id).await.unwrap(),
            "by locking down" => drop(lockdown::lockdown(ctx, &ann, ()).await.unwrap()),
            "by the administrator" => recovery::stop(ctx, &admin, id).await.unwrap(),
            _ => {
                let first = challenge(ctx, "ann", PASSWORD).await;
                finish(ctx, &first, &app.shows(ctx)).await.unwrap();
            }
        }
        assert_eq!(redeem(ctx, &link).await, "one_time.invalid", "{way}");
        assert_eq!(events(ctx, "recovery.stopped").await, 1, "{way}");
        let gone = recovery::stop(ctx, &ann, id).await;
        assert_eq!(code(&gone), "recovery.missing", "{way}");
    }
}

/// vuln:80: who may start one, for whom, and where its link may go.
#[tokio::test]
async fn nobody_recovers_themselves_or_their_betters() {
    let (node, (ann, _), admin) = scene().await;
    let (ctx, id) = (&node.ctx, ann.user().unwrap());
    assert_eq!(code(&recovery::start(ctx, &ann, id).await), "access.denied");
    let boss = admin.user().unwrap();
    let own = recovery::start(ctx, &admin, boss).await;
    assert_eq!(code(&own), "access.denied");
    let bob = join(ctx, "bob").await;
    let unproved = recovery::start(ctx, &admin, bob).await;
    assert_eq!(code(&unproved), "recovery.address");
    let (lead, by) = enter(ctx, "bob").await;
    people::assign_role(ctx, &admin, (lead, Role::Manager))
        .await
        .unwrap();
    let Principal::Person(person) = by else {
        unreachable!("bob signed in");
    };
    let lead = Principal::Person(Person {
        role: Role::Manager,
        ..person
    });
    let above = recovery::start(ctx, &lead, boss).await;
    assert_eq!(code(&above), "access.rank");
    recovery::start(ctx, &lead, id).await.unwrap();
}

/// asvs:V6.4.3: the link is worth nothing once its address is nobody's, and another
/// recovery, which goes elsewhere, may be started.
#[tokio::test]
async fn a_link_to_an_address_that_is_gone_opens_nothing() {
    let (node, (ann, app), admin) = scene().await;
    let (ctx, id) = (&node.ctx, ann.user().unwrap());
    adopt(&node, &ann, "new@example.org").await;
    recovery::start(ctx, &admin, id).await.unwrap();
    node.clock.advance(DAY);
    node.settle().await;
    let link = links(&node).remove(0);
    let _ = step_up::step_up(ctx, &ann, app.shows(ctx)).await.unwrap();
    let other = Identifier::Email(email("new@example.org"));
    account::add_identifier(
        ctx,
        &Principal::Operator,
        (id, Identifier::parse("annabel").unwrap()),
    )
    .await
    .unwrap();
    let name = Identifier::parse("annabel").unwrap();
    account::remove_identifier(ctx, &ann, (id, name))
        .await
        .unwrap();
    assert_eq!(events(ctx, "recovery.stopped").await, 0, "another name");
    let gone = Identifier::Email(email("ann@example.org"));
    account::remove_identifier(ctx, &ann, (id, gone))
        .await
        .unwrap();
    assert_eq!(redeem(ctx, &link).await, "one_time.invalid");
    assert_eq!(events(ctx, "recovery.stopped").await, 1);
    let _ = step_up::step_up_by_password(ctx, &admin, secret(PASSWORD))
        .await
        .unwrap();
    recovery::start(ctx, &admin, id).await.unwrap();
    node.clock.advance(DAY);
    node.settle().await;
    let link = crate::support::links(&node, "/recover", other.shown()).remove(0);
    assert_eq!(redeem(ctx, &link).await, "ok");
}

/// asvs:V7.5.1: names to sign in with change only for who was here a moment ago,
/// and each address of before hears of it.
#[tokio::test]
async fn names_change_for_who_proves_themselves_again() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let id = join(ctx, "ann").await;
    let (_, by) = enter(ctx, "ann").await;
    let new = Identifier::Email(email("new@example.org"));
    node.clock.advance(Duration::from_mins(10));
    let late = account::add_identifier(ctx, &by, (id, new.clone())).await;
    assert_eq!(code(&late), "password.fresh");
    let wrong = step_up::step_up_by_password(ctx, &by, secret(OTHER_PASSWORD)).await;
    assert_eq!(code(&wrong), "password.wrong");
    let _ = step_up::step_up_by_password(ctx, &by, secret(PASSWORD))
        .await
        .unwrap();
    adopt(&node, &by, "new@example.org").await;
    let old = Identifier::Email(email("ann@example.org"));
    account::remove_identifier(ctx, &by, (id, old))
        .await
        .unwrap();
    node.settle().await;
    let mails = node.mails();
    for subject in ["was added", "was removed"] {
        let subject = format!("Subject: A name to sign in with {subject}");
        let told = mails.iter().find(|mail| mail.contains(&subject)).unwrap();
        assert!(told.contains("To: ann@example.org"), "{told}");
    }

    let (ben, app, _) = equipped(&node, "ben").await;
    let id = ben.user().unwrap();
    node.clock.advance(Duration::from_mins(10));
    let username = Identifier::parse("benedict").unwrap();
    let late = account::add_identifier(ctx, &ben, (id, username.clone())).await;
    assert_eq!(code(&late), "factor.fresh");
    let alone = step_up::step_up_by_password(ctx, &ben, secret(PASSWORD)).await;
    assert_eq!(code(&alone), "factor.fresh", "the password is not enough");
    let _ = step_up::step_up(ctx, &ben, app.shows(ctx)).await.unwrap();
    account::add_identifier(ctx, &ben, (id, username))
        .await
        .unwrap();
}

/// Whoever locks down stays, and nothing that was on its way arrives.
#[tokio::test]
async fn everybody_else_is_shut_out_at_once() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let id = join(ctx, "ann").await;
    let (_, ann) = enter(ctx, "ann").await;
    let thief = try_in(ctx, "ann", PASSWORD, COOKIE).await.unwrap();
    let link = password::reset_link(ctx, &Principal::Operator, id)
        .await
        .unwrap();
    node.clock.advance(Duration::from_secs(1));
    assert_eq!(lockdown::lockdown(ctx, &ann, ()).await.unwrap().0, 1);
    let out = who(ctx, &cookie(&thief)).await;
    assert_eq!(code(&out), "session.revoked");
    let void = crate::support::reset(ctx, &link.token, OTHER_PASSWORD).await;
    assert_eq!(code(&void), "one_time.invalid");
    let seen = account::activity(ctx, &ann, id).await.unwrap();
    assert_eq!(seen[0].kind, "account.locked_down");
}

/// The one mail of a sort that waits or was given up.
async fn held(ctx: &Ctx, kind: &str) -> Undelivered {
    let all = outbox::list(ctx, &Principal::Operator, ()).await.unwrap();
    let mut of_it = all.into_iter().filter(|mail| mail.kind == kind);
    of_it.next().expect("such a mail")
}

/// asvs:V6.4.6, vuln:80: whoever started it hurries nothing and hushes nothing up
/// through the mails that wait.
#[tokio::test]
async fn nobody_meddles_with_the_mails_of_a_recovery() {
    let (node, (ann, _), admin) = scene().await;
    let (ctx, id) = (&node.ctx, ann.user().unwrap());
    node.settle().await;
    recovery::start(ctx, &admin, id).await.unwrap();
    for kind in ["notice", "account_recovery"] {
        let mail = held(ctx, kind).await;
        assert!(!mail.may_retry && !mail.may_drop, "{mail:?}");
        for by in [&admin, &Principal::Operator] {
            let hurried = outbox::retry(ctx, by, mail.id).await;
            assert_eq!(code(&hurried), "mail.waits", "{kind}");
            let hushed = outbox::discard(ctx, by, mail.id).await;
            assert_eq!(code(&hushed), "mail.waits", "{kind}");
        }
    }
    node.settle().await;
    let told = |mail: &String| mail.contains("A recovery of your account was started");
    assert_eq!(node.mails().iter().filter(|mail| told(mail)).count(), 1);
    assert!(links(&node).is_empty(), "nobody has a link yet");
    node.clock.advance(DAY);
    node.settle().await;
    let link = links(&node).remove(0);
    assert_eq!(redeem(ctx, &link).await, "ok");
}

/// fault:F16: a recovery whose mail was given up does not stand in the way of the
/// next.
#[tokio::test]
async fn a_recovery_whose_link_never_went_out_is_started_anew() {
    for dropped in [false, true] {
        let server = SmtpServer::start(Greeting::Plain).await;
        let node = Node::mailing(&server).await;
        let (ctx, id) = (&node.ctx, join_quietly(&node.ctx, "ann").await);
        let address = Identifier::Email(email("ann@example.org"));
        vouch::verify(ctx, &Principal::Operator, (id, address))
            .await
            .unwrap();
        recovery::start(ctx, &Principal::Operator, id)
            .await
            .unwrap();
        node.settle().await;
        server.be(Mood::Answers("451 4.7.1 Greylisted"));
        node.clock.advance(DAY);
        node.settle().await;
        let late = held(ctx, "account_recovery").await;
        assert!(late.may_retry && !late.may_drop, "{late:?}");
        let kept = outbox::discard(ctx, &Principal::Operator, late.id).await;
        assert_eq!(code(&kept), "mail.owed");
        let first = recovery::start(ctx, &Principal::Operator, id)
            .await
            .unwrap();
        assert!(first.ready_at <= ctx.now(), "its mail is still tried");

        server.be(Mood::Answers("550 5.1.1 No such person"));
        outbox::retry(ctx, &Principal::Operator, late.id)
            .await
            .unwrap();
        node.settle().await;
        if dropped {
            outbox::discard(ctx, &Principal::Operator, late.id)
                .await
                .unwrap();
            let over = recovery::pending(ctx, &Principal::Operator, id).await;
            assert!(over.unwrap().is_none());
        }
        server.be(Mood::Kind);
        let next = recovery::start(ctx, &Principal::Operator, id)
            .await
            .unwrap();
        assert_eq!(next.ready_at, ctx.now().plus(DAY), "it waits anew");
        node.settle().await;
        node.clock.advance(DAY);
        node.settle().await;
        let text = server.letters().pop().unwrap().text;
        let rest = text.split_once("Token: ").expect("a token").1;
        let token = secret(rest.split_whitespace().next().unwrap_or_default());
        assert_eq!(redeem(ctx, &token).await, "ok");
        assert_eq!(events(ctx, "recovery.started").await, 2);
    }
}
