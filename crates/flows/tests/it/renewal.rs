//! What ends what: a copy of a session's secret, and whatever somebody began and did
//! not finish, when its owner proves themselves again or shuts others out.

use std::time::Duration;

use tollgate_base::{Result, access::Principal, identifier::Identifier};
use tollgate_flows::{
    ClientProfile, Ctx, Device, Renewed, account,
    admit::Credential,
    factors, lockdown, passkeys,
    password::{self, ChangePassword},
    people, recovery,
    signin::{self, IssueToken, UseToken},
    step_up, verify,
};
use tollgate_testkit::{authenticator::Authenticator, node::Node};

use crate::{
    authenticator::{App, begin as begin_app, challenge, equipped, finish},
    keychain::{HERE, begin as begin_passkey, end as end_passkey},
    support::{
        COOKIE, OTHER_PASSWORD, PASSWORD, TOKENS, boss, code, cookie, email, enter, join, links,
        renewed, secret, sign_in, who,
    },
};

async fn change(ctx: &Ctx, by: &Principal, end_others: bool) -> Result<Renewed> {
    let request = ChangePassword {
        current: Some(secret(PASSWORD)),
        new: secret(OTHER_PASSWORD),
        end_others,
        client: ClientProfile::NATIVE,
    };
    password::change_own(ctx, by, request).await
}

/// The next cookie of a session; the one before is a copy that a thief may have.
async fn next(node: &Node, before: &Credential, after: &Renewed) -> (Credential, Principal) {
    assert_eq!(code(&who(&node.ctx, before).await), "token.invalid");
    let next = renewed(after);
    let by = who(&node.ctx, &next).await.unwrap();
    (next, by)
}

/// asvs:V7.2.4: each time that somebody proves themselves again, and each time that
/// they shut others out, the session has a new secret and the old one opens nothing.
#[tokio::test]
async fn a_copied_cookie_is_worth_nothing_once_its_owner_acts() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let first = cookie(&sign_in(ctx, "ann", COOKIE).await);
    let by = who(ctx, &first).await.unwrap();
    let session = by.person().unwrap().session;

    let typed = step_up::step_up_by_password(ctx, &by, secret(PASSWORD)).await;
    let (second, by) = next(&node, &first, &typed.unwrap()).await;
    let app = begin_app(ctx, &by, PASSWORD).await.unwrap();
    let added = factors::confirm(ctx, &by, (app.id, app.shows(ctx))).await;
    let (third, by) = next(&node, &second, &added.unwrap().renewed).await;
    node.clock.advance(Duration::from_secs(30));
    let shown = step_up::step_up(ctx, &by, app.shows(ctx)).await;
    let (fourth, by) = next(&node, &third, &shown.unwrap()).await;
    let question = begin_passkey(ctx, &by).await.unwrap();
    let made = Authenticator::bound(HERE).create(&question.options);
    let request = passkeys::Finish {
        ceremony: question.ceremony.clone(),
        answer: made,
    };
    let added = passkeys::finish(ctx, &by, request).await.unwrap();
    let (fifth, by) = next(&node, &fourth, &added.renewed).await;
    let changed = change(ctx, &by, false).await;
    let (sixth, by) = next(&node, &fifth, &changed.unwrap()).await;
    let (_, shut) = lockdown::lockdown(ctx, &by, ()).await.unwrap();
    let (_, by) = next(&node, &sixth, &shut).await;
    assert_eq!(
        by.person().unwrap().session,
        session,
        "it is still the same"
    );

    // A program has no cookie to lose, and keeps its tokens.
    join(ctx, "bob").await;
    let tokens = sign_in(ctx, "bob", TOKENS).await;
    let (access, _) = crate::support::tokens(&tokens);
    let bob = who(ctx, &Credential::Access(access.clone())).await.unwrap();
    let typed = step_up::step_up_by_password(ctx, &bob, secret(PASSWORD)).await;
    assert!(typed.unwrap().credentials().is_none());
    who(ctx, &Credential::Access(access)).await.unwrap();
}

/// asvs:V7.4.3: whoever knew the password began something, and does not finish it once
/// the password is another one, though their session was left alone.
#[tokio::test]
async fn what_was_begun_ends_with_the_password() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let (_, owner) = enter(ctx, "ann").await;
    let (user, thief) = enter(ctx, "ann").await;
    let app = begin_app(ctx, &thief, PASSWORD).await.unwrap();
    let question = begin_passkey(ctx, &thief).await.unwrap();
    let waits = Identifier::Email(email("thief@example.net"));
    account::add_identifier(ctx, &thief, (user, waits))
        .await
        .unwrap();
    node.settle().await;
    let link = links(&node, "/verify", "thief@example.net").remove(0);
    let wanted = IssueToken {
        account: user,
        minutes: 10,
    };
    let issued = signin::issue_token(ctx, &Principal::Operator, wanted).await;
    node.clock.advance(Duration::from_secs(1));
    let _ = change(ctx, &owner, false).await.unwrap();

    assert_eq!(code(&confirm(ctx, &thief, &app).await), "factor.missing");
    let made = Authenticator::bound(HERE).create(&question.options);
    let proved = verify::confirm(ctx, &thief, link).await;
    assert_eq!(code(&proved), "one_time.invalid");
    let late = end_passkey(ctx, &thief, &question, made).await;
    assert_eq!(code(&late), "one_time.invalid");
    let request = UseToken {
        token: issued.unwrap().token,
        device: Device::default().into(),
        address: None,
        opening: COOKIE,
    };
    let late = signin::use_token(ctx, &Principal::Anonymous, request).await;
    assert_eq!(code(&late), "one_time.invalid");
}

async fn confirm(ctx: &Ctx, by: &Principal, app: &App) -> Result<()> {
    factors::confirm(ctx, by, (app.id, app.shows(ctx)))
        .await
        .map(drop)
}

/// An app that was begun is added within ten minutes, or begun again.
#[tokio::test]
async fn an_app_that_was_begun_does_not_wait_for_ever() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let (_, ann) = enter(ctx, "ann").await;
    let app = begin_app(ctx, &ann, PASSWORD).await.unwrap();
    node.clock.advance(Duration::from_mins(10));
    assert_eq!(code(&confirm(ctx, &ann, &app).await), "factor.missing");
}

/// asvs:V7.4.2: a sign-in that was begun does not go on once the account was suspended,
/// though it was let in again since.
#[tokio::test]
async fn a_sign_in_that_was_begun_ends_with_everything_else() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (_, boss) = boss(ctx, "boss").await;
    let (ann, app, _) = equipped(&node, "ann").await;
    let user = ann.person().unwrap().user;
    let first = challenge(ctx, "ann", PASSWORD).await;
    node.clock.advance(Duration::from_secs(30));
    people::suspend(ctx, &boss, user).await.unwrap();
    people::resume(ctx, &boss, user).await.unwrap();
    assert_eq!(
        code(&finish(ctx, &first, &app.shows(ctx)).await),
        "one_time.invalid"
    );
}

/// asvs:V7.5.3: taking everything out or away, and making a way in for another one, asks
/// for a proof that is young: a session that was left open is not enough.
#[tokio::test]
async fn a_session_that_was_left_open_takes_nothing_out_or_away() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (_, boss) = boss(ctx, "boss").await;
    let (ann, app, _) = equipped(&node, "ann").await;
    let bob = join(ctx, "bob").await;
    let user = ann.person().unwrap().user;
    account::export(ctx, &ann, user).await.unwrap();
    node.clock.advance(Duration::from_mins(10));

    assert_eq!(
        code(&account::export(ctx, &ann, user).await),
        "factor.fresh"
    );
    assert_eq!(
        code(&account::delete(ctx, &ann, user).await),
        "factor.fresh"
    );
    let wanted = || IssueToken {
        account: bob,
        minutes: 10,
    };
    let refusals = [
        code(&account::export(ctx, &boss, bob).await),
        code(&account::delete(ctx, &boss, bob).await),
        code(&password::reset_link(ctx, &boss, bob).await),
        code(&signin::issue_token(ctx, &boss, wanted()).await),
        code(&recovery::start(ctx, &boss, bob).await),
    ];
    assert_eq!(refusals, ["password.fresh"; 5]);

    let typed = step_up::step_up_by_password(ctx, &boss, secret(PASSWORD)).await;
    let boss = who(ctx, &renewed(&typed.unwrap())).await.unwrap();
    password::reset_link(ctx, &boss, bob).await.unwrap();
    signin::issue_token(ctx, &boss, wanted()).await.unwrap();
    account::delete(ctx, &boss, bob).await.unwrap();
    let shown = step_up::step_up(ctx, &ann, app.shows(ctx)).await;
    let ann = who(ctx, &renewed(&shown.unwrap())).await.unwrap();
    account::delete(ctx, &ann, user).await.unwrap();
}
