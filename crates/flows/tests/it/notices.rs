//! What people are told by mail of changes to how they sign in, so that a thief
//! cannot make them in silence.

use std::{collections::BTreeSet, time::Duration};

use tollgate_base::access::{Principal, Role};
use tollgate_flows::{
    Applicant, Ctx,
    account::{self, EditProfile},
    factors, lockdown, outbox, password, people,
};
use tollgate_testkit::node::Node;

use crate::{
    authenticator::{begin, challenge, equipped, finish},
    support::{
        COOKIE, OTHER_PASSWORD, PASSWORD, TOKENS, adopt, applicant, boss, change_password, code,
        cookie, enter, events, join_quietly, renew, reset, secret, sign_in, tokens, try_in,
        try_join, who,
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
    let made = ["A link to set a new password for your account was made"];
    assert_eq!(
        told(&node, &mut seen).await,
        made,
        "also one that is not mailed"
    );
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

/// What others do to an account is told to its owner too, in words that fit: there is
/// nothing to do for whoever did it, as it was not they.
#[tokio::test]
async fn whoever_owns_an_account_is_told_what_others_do_to_it() {
    let node = Node::new().await;
    let (ctx, mut seen) = (&node.ctx, Vec::new());
    let (_, admin) = boss(ctx, "root").await;
    let ann = join_quietly(ctx, "ann").await;
    let (_, by) = enter(ctx, "ann").await;
    told(&node, &mut seen).await;

    let mine = "If it was you, do nothing.";
    password::reset_link(ctx, &admin, ann).await.unwrap();
    people::assign_role(ctx, &admin, (ann, Role::Manager))
        .await
        .unwrap();
    let known = seen.len();
    let others = BTreeSet::from([
        "A link to set a new password for your account was made".to_owned(),
        "What you may do here was changed".to_owned(),
    ]);
    let now = told(&node, &mut seen).await;
    assert_eq!(now.into_iter().collect::<BTreeSet<_>>(), others);
    for mail in &seen[known..] {
        assert!(mail.contains("To: ann@example.org"), "{mail}");
        assert!(!mail.contains(mine), "{mail}");
        assert!(mail.contains("whoever runs this server"), "{mail}");
    }

    let _ = lockdown::lockdown(ctx, &by, ()).await.unwrap();
    let shut = ["Everybody else was shut out of your account"];
    assert_eq!(told(&node, &mut seen).await, shut);
    assert!(seen.last().unwrap().contains(mine));

    let (_, first) = tokens(&sign_in(ctx, "ann", TOKENS).await);
    let second = renew(ctx, &first).await.unwrap();
    renew(ctx, &second).await.unwrap();
    assert_eq!(code(&renew(ctx, &first).await), "token.reused");
    let copied = ["A session of yours was ended: its token was used twice"];
    assert_eq!(told(&node, &mut seen).await, copied);
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
