//! What people are told by mail of changes to how they sign in, so that a thief
//! cannot make them in silence.

use std::{collections::BTreeSet, time::Duration};

use tollgate_base::access::Principal;
use tollgate_flows::{
    Applicant, Ctx,
    account::{self, EditProfile},
    factors, outbox, password,
};
use tollgate_testkit::node::Node;

use crate::{
    authenticator::{begin, challenge, equipped, finish},
    support::{
        COOKIE, OTHER_PASSWORD, PASSWORD, adopt, applicant, change_password, cookie, enter, events,
        join_quietly, reset, secret, try_in, try_join, who,
    },
};

/// The subjects of the mails that came since the last look.
async fn told(node: &Node, seen: &mut Vec<String>) -> Vec<String> {
    node.settle().await;
    // No two mails say the same minute.
    node.clock.advance(Duration::from_mins(1));
    let mut subjects = Vec::new();
    for mail in node.mails() {
        if !seen.contains(&mail) {
            let subject = mail.lines().find_map(|line| line.strip_prefix("Subject: "));
            subjects.push(subject.unwrap().to_owned());
            seen.push(mail);
        }
    }
    subjects
}

/// asvs:V6.3.7, vuln:34: every change tells its owner, once.
#[tokio::test]
async fn whoever_owns_an_account_is_told_of_each_change() {
    let node = Node::new().await;
    let (ctx, mut seen) = (&node.ctx, Vec::new());
    let (by, app, _) = equipped(&node, "ann").await;
    let added = ["An authenticator app was added"];
    assert_eq!(told(&node, &mut seen).await, added, "codes came with it");
    let mail = seen[0].clone();
    assert!(mail.contains("To: ann@example.org"), "{mail}");
    assert!(
        mail.contains("2027-01-15 08:00 UTC") && mail.contains("http://localhost:8700"),
        "when, and where to go: {mail}"
    );
    factors::renew_codes(ctx, &by, Some(secret(PASSWORD)))
        .await
        .unwrap();
    let renewed = ["New recovery codes were made"];
    assert_eq!(told(&node, &mut seen).await, renewed);
    change_password(ctx, &by, (PASSWORD, OTHER_PASSWORD))
        .await
        .unwrap();
    let changed = ["Your password was changed"];
    assert_eq!(told(&node, &mut seen).await, changed);
    let link = password::reset_link(ctx, &Principal::Operator, by.user().unwrap()).await;
    reset(ctx, &link.unwrap().token, PASSWORD).await.unwrap();
    assert_eq!(told(&node, &mut seen).await, changed);

    let first = challenge(ctx, "ann", PASSWORD).await;
    let signed_in = finish(ctx, &first, &app.shows(ctx)).await.unwrap();
    let by = who(ctx, &cookie(&signed_in)).await;
    let by = by.unwrap();
    factors::remove(ctx, &by, (app.id, Some(secret(PASSWORD))))
        .await
        .unwrap();
    let removed = ["An authenticator app was removed"];
    assert_eq!(told(&node, &mut seen).await, removed);
    let app = begin(ctx, &by, PASSWORD).await.unwrap();
    assert!(told(&node, &mut seen).await.is_empty(), "only begun");
    factors::confirm(ctx, &by, (app.id, app.shows(ctx)))
        .await
        .unwrap();
    assert_eq!(told(&node, &mut seen).await, added);
    for _ in 0..10 {
        node.clock.advance(Duration::from_mins(15));
        let guessed = challenge(ctx, "ann", PASSWORD).await;
        let wrong = finish(ctx, &guessed, &secret("000000")).await;
        assert!(wrong.is_err());
    }
    let guessed = ["Somebody who knows your password is guessing codes"];
    assert_eq!(told(&node, &mut seen).await, guessed);
    factors::reset(ctx, &Principal::Operator, by.user().unwrap())
        .await
        .unwrap();
    let gone = ["Your second factors were taken away"];
    assert_eq!(told(&node, &mut seen).await, gone);
    let _ = try_in(ctx, "ann", "wrong", COOKIE).await;
    assert!(told(&node, &mut seen).await.is_empty());
    assert_eq!(events(ctx, "mail.given_up").await, 0);
}

async fn rename(ctx: &Ctx, by: &Principal, locale: &str) {
    let edit = EditProfile {
        locale: Some(locale.into()),
        ..EditProfile::default()
    };
    let id = by.user().unwrap();
    account::edit(ctx, by, (id, edit)).await.unwrap();
}

/// It goes to an address that is known to be theirs, in their language.
#[tokio::test]
async fn a_notice_goes_to_the_verified_address_in_the_owners_language() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let id = join_quietly(ctx, "ann").await;
    let (_, by) = enter(ctx, "ann").await;
    rename(ctx, &by, "de").await;
    adopt(&node, &by, "second@example.org").await;
    change_password(ctx, &by, (PASSWORD, OTHER_PASSWORD))
        .await
        .unwrap();
    let waiting = outbox::list(ctx, &Principal::Operator, ()).await.unwrap();
    let shown: BTreeSet<_> = waiting
        .iter()
        .map(|mail| (mail.kind.as_str(), mail.to.clone()))
        .collect();
    let first = ("notice", Some("ann@example.org".to_owned()));
    let both = BTreeSet::from([first, ("notice", Some(id.to_string()))]);
    assert_eq!(shown, both);
    node.settle().await;
    let mails = node.mails();
    assert_eq!(mails.len(), 3, "the link, and two notices");
    let changed = |mail: &&String| mail.contains("Ihr Passwort wurde geändert");
    let changed = mails.iter().find(changed).unwrap();
    assert!(changed.contains("To: second@"), "{changed}");
    assert!(!changed.contains("Token"), "it carries no link");
}

/// Whoever has no address is told nothing, and nobody waits for that.
#[tokio::test]
async fn without_an_address_there_is_no_notice() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let nameless = Applicant {
        email: None,
        ..applicant("ann")
    };
    try_join(ctx, nameless).await.unwrap();
    let (_, by) = enter(ctx, "ann").await;
    change_password(ctx, &by, (PASSWORD, OTHER_PASSWORD))
        .await
        .unwrap();
    node.settle().await;
    assert!(node.mails().is_empty());
    let left = outbox::list(ctx, &Principal::Operator, ()).await.unwrap();
    assert!(left.is_empty());
}

/// asvs:V6.3.7: a recovery code is what a thief uses once they have the password.
#[tokio::test]
async fn whoever_owns_a_recovery_code_is_told_of_its_use() {
    let node = Node::new().await;
    let (ctx, mut seen) = (&node.ctx, Vec::new());
    let (_, _, codes) = equipped(&node, "ann").await;
    told(&node, &mut seen).await;
    let used = ["A recovery code was used"];
    for (nth, words) in [(0, "9 codes are left"), (1, "8 codes are left")] {
        let first = challenge(ctx, "ann", PASSWORD).await;
        let from = Some("198.51.100.7".parse().unwrap());
        let entered = finish(ctx, &first, &codes[nth]);
        Ctx::asked_from(from, entered).await.unwrap();
        assert_eq!(told(&node, &mut seen).await, used, "and of nothing else");
        let mail = seen.last().unwrap().replace("=\n", "");
        for said in [words, "198.51.100.7", "UTC", "/me/factors", "/forgot"] {
            assert!(mail.contains(said), "{said}: {mail}");
        }
    }
    let first = challenge(ctx, "ann", PASSWORD).await;
    assert!(finish(ctx, &first, &codes[0]).await.is_err());
    assert!(told(&node, &mut seen).await.is_empty());
}
