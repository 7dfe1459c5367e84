//! Signing in by mail: with a link or a code, in the browser that asked, to a
//! verified address; and what strangers learn from asking.

use std::time::Duration;

use tollgate_base::{
    ExposeSecret, Result, SecretString,
    access::{Assurance, Principal},
    id::UserId,
    identifier::Identifier,
};
use tollgate_flows::{
    Applicant, Ctx, Device, account,
    ctx::ByMail,
    password, people,
    people::CreatePerson,
    signin::{self, AskMail, AskedMail, FinishMail, Step},
    vouch,
};
use tollgate_testkit::node::Node;

use crate::{
    authenticator::{equipped, finish},
    support::{
        COOKIE, OTHER_PASSWORD, PASSWORD, applicant, code, cookie, email, enter, events, join,
        number, reset, secret, sign_in, together, try_in, try_join, who,
    },
};

const OPERATOR: &Principal = &Principal::Operator;
const ANN: &str = "ann@example.org";

async fn house(by_mail: ByMail) -> Node {
    let node = Node::new().await;
    allow(&node.ctx, by_mail);
    node
}

fn allow(ctx: &Ctx, by_mail: ByMail) {
    let mut policy = (*ctx.policy()).clone();
    policy.by_mail = by_mail;
    ctx.set_policy(policy);
}

/// Somebody with a verified address.
async fn verified(ctx: &Ctx, name: &str) -> UserId {
    let id = join(ctx, name).await;
    let own = Identifier::Email(email(&format!("{name}@example.org")));
    vouch::verify(ctx, OPERATOR, (id, own)).await.unwrap();
    id
}

async fn ask(ctx: &Ctx, address: &str) -> Result<AskedMail> {
    let request = AskMail {
        email: email(address),
        device: Device::default().into(),
        address: None,
    };
    signin::ask_mail(ctx, &Principal::Anonymous, request).await
}

async fn show(ctx: &Ctx, asked: &AskedMail, shown: &str) -> Result<Step> {
    let request = FinishMail {
        request: asked.request.clone(),
        shown: secret(shown),
        device: Device::default().into(),
        address: None,
        opening: COOKIE,
    };
    signin::finish_mail(ctx, &Principal::Anonymous, request).await
}

/// What a mail says that a person has to show: the newest, as files are named
/// by their time.
fn said(node: &Node, subject: &str) -> Vec<String> {
    let fits = |mail: &String| mail.contains(&format!("Subject: {subject}"));
    let mails = node.mails().into_iter().filter(fits);
    let word = |mail: String| {
        let line = mail.lines().find(|line| line.starts_with("    "));
        let line = line.unwrap().trim();
        line.rsplit('#').next().unwrap().to_owned()
    };
    mails.map(word).collect()
}

/// Ask for a code and read it.
async fn mailed(node: &Node, address: &str) -> (AskedMail, String) {
    let subject = match node.ctx.policy().by_mail {
        ByMail::Code => "Your code to sign in",
        _ => "Your link to sign in",
    };
    let before = said(node, subject);
    let asked = ask(&node.ctx, address).await.unwrap();
    node.settle().await;
    let mut new = said(node, subject);
    new.retain(|one| !before.contains(one));
    assert_eq!(new.len(), 1, "one mail for {address}");
    (asked, new.remove(0))
}

/// The way in that the audit trail tells of last.
async fn way(ctx: &Ctx) -> String {
    let sql = "SELECT data FROM events WHERE kind = $1 ORDER BY id DESC LIMIT 1";
    let args = vec!["session.opened".into()];
    let row = ctx.db().one(sql, args).await.unwrap();
    let data: String = row.get("data").unwrap();
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    data["way"].as_str().unwrap().to_owned()
}

/// asvs:V6.5.1, asvs:V6.6.2, asvs:V6.3.6, vuln:117: a code works once, in the
/// browser that asked for it, and is one factor.
#[tokio::test]
async fn a_code_signs_in_once_where_it_was_asked_for() {
    let node = house(ByMail::Code).await;
    let ctx = &node.ctx;
    verified(ctx, "ann").await;
    verified(ctx, "bob").await;
    let (of_bob, _) = mailed(&node, "bob@example.org").await;
    let (asked, digits) = mailed(&node, ANN).await;
    assert_eq!(digits.len(), 8, "{digits}");
    let elsewhere = show(ctx, &of_bob, &digits).await;
    assert_eq!(code(&elsewhere), "one_time.invalid", "another browser");
    let spaced = format!(" {}-{} ", &digits[..4], &digits[4..]);
    let Ok(Step::Done(signed_in)) = show(ctx, &asked, &spaced).await else {
        panic!("it signs in");
    };
    let principal = who(ctx, &cookie(&signed_in)).await.unwrap();
    assert_eq!(principal.person().unwrap().assurance, Assurance::One);
    assert_eq!(way(ctx).await, "mail_code");
    let again = show(ctx, &asked, &digits).await;
    assert_eq!(code(&again), "one_time.invalid", "it works once");
}

/// asvs:V6.6.3, asvs:V6.5.4, vuln:70, vuln:78, vuln:88: each code has five tries,
/// also if a hundred come at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn five_tries_are_all_that_a_code_has() {
    let node = house(ByMail::Code).await;
    verified(&node.ctx, "ann").await;
    let (asked, digits) = mailed(&node, ANN).await;
    let outcomes = together(100, |place| {
        let (ctx, guess) = (node.ctx.clone(), format!("{place:08}"));
        let asked = AskedMail {
            request: asked.request.clone(),
            lives: asked.lives,
        };
        async move { show(&ctx, &asked, &guess).await }
    })
    .await;
    assert!(
        outcomes
            .iter()
            .all(|outcome| code(outcome) == "one_time.invalid")
    );
    let sql = "SELECT max(attempts) AS number FROM one_time_secrets WHERE purpose = $1";
    let evaluated = number(&node.ctx, sql, vec!["sign_in_code".into()]).await;
    assert_eq!(evaluated, 5);
    let late = show(&node.ctx, &asked, &digits).await;
    assert_eq!(code(&late), "one_time.invalid");
}

/// asvs:V6.5.1: of any number at once, one gets in.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_parallel_tries_with_one_link_one_succeeds() {
    let node = house(ByMail::Link).await;
    verified(&node.ctx, "ann").await;
    let (asked, token) = mailed(&node, ANN).await;
    let outcomes = together(16, |_| {
        let (ctx, token) = (node.ctx.clone(), token.clone());
        let asked = AskedMail {
            request: asked.request.clone(),
            lives: asked.lives,
        };
        async move { show(&ctx, &asked, &token).await }
    })
    .await;
    let entered = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(entered, 1, "{outcomes:?}");
    assert_eq!(way(&node.ctx).await, "mail_link");
}

/// asvs:V6.5.5: a code lives ten minutes, a link fifteen.
#[tokio::test]
async fn codes_and_links_end_by_time() {
    for (by_mail, minutes) in [(ByMail::Code, 10), (ByMail::Link, 15)] {
        let node = house(by_mail).await;
        verified(&node.ctx, "ann").await;
        let (asked, good) = mailed(&node, ANN).await;
        let (late, bad) = {
            node.clock.advance(Duration::from_secs(minutes * 60 - 1));
            assert_eq!(code(&show(&node.ctx, &asked, &good).await), "ok");
            mailed(&node, ANN).await
        };
        node.clock.advance(Duration::from_secs(minutes * 60));
        let outcome = show(&node.ctx, &late, &bad).await;
        assert_eq!(code(&outcome), "one_time.invalid", "{by_mail:?}");
    }
}

/// asvs:V6.3.8, vuln:107: whom the address belongs to, if it is anybody's, shows
/// neither in the answers nor in what is stored for them; and only who has
/// verified it gets a mail, with or without a password.
#[tokio::test]
async fn strangers_learn_nothing_by_asking() {
    let node = house(ByMail::Code).await;
    let ctx = &node.ctx;
    verified(ctx, "ann").await;
    let bare = CreatePerson {
        applicant: Applicant {
            password: None,
            ..applicant("bare")
        },
        role: tollgate_base::access::Role::Default,
        once: None,
    };
    people::create(ctx, OPERATOR, bare).await.unwrap();
    join(ctx, "unverified").await;
    let suspended = verified(ctx, "suspended").await;
    people::suspend(ctx, OPERATOR, suspended).await.unwrap();
    node.settle().await;
    let before = node.mails().len();
    let names = ["ann", "bare", "unverified", "suspended", "nobody"];
    for name in names {
        let asked = ask(ctx, &format!("{name}@example.org")).await.unwrap();
        assert_eq!(asked.lives, Duration::from_mins(10));
        let queued = "SELECT count(*) AS number FROM jobs WHERE queue = $1";
        assert_eq!(
            number(ctx, queued, vec!["sign_in".into()]).await,
            1,
            "{name}"
        );
        node.settle().await;
        for _ in 0..6 {
            let guess = show(ctx, &asked, "00000000").await;
            assert_eq!(code(&guess), "one_time.invalid", "{name}");
        }
    }
    let tries = "SELECT CAST(sum(attempts) AS BIGINT) AS number FROM one_time_secrets
        WHERE purpose = $1";
    let tries = number(ctx, tries, vec!["sign_in_code".into()]).await;
    assert_eq!(tries, 25, "five each, whoever it is");
    assert_eq!(node.mails().len(), before + 2, "ann and bare");
    assert_eq!(events(ctx, "signin.mailed").await, 2);
}

/// asvs:V2.3.2, asvs:V6.3.1, asvs:V6.6.3: nobody is flooded, by whichever of their addresses,
/// and no limit tells who exists.
#[tokio::test]
async fn mails_are_few() {
    let node = house(ByMail::Code).await;
    let ctx = &node.ctx;
    let id = verified(ctx, "ann").await;
    let second = Identifier::Email(email("second@example.org"));
    account::add_identifier(ctx, OPERATOR, (id, second.clone()))
        .await
        .unwrap();
    vouch::verify(ctx, OPERATOR, (id, second)).await.unwrap();
    node.settle().await;
    let before = node.mails().len();
    for address in [ANN, "nobody@example.org"] {
        for count in 1..=12 {
            let outcome = code(&ask(ctx, address).await);
            let expected = if count > 10 { "throttled" } else { "ok" };
            assert_eq!(outcome, expected, "{address} {count}");
        }
    }
    assert_eq!(code(&ask(ctx, "ANN@Example.org").await), "throttled");
    assert_eq!(code(&ask(ctx, "second@example.org").await), "ok");
    for _ in 0..3 {
        node.settle().await;
    }
    assert_eq!(node.mails().len() - before, 10, "ten for the account");
}

/// One that is used makes the others void, and more ends them all.
#[tokio::test]
async fn whatever_overtakes_a_mail_makes_it_void() {
    for by_mail in [ByMail::Code, ByMail::Link] {
        let node = house(by_mail).await;
        let ctx = &node.ctx;
        let id = verified(ctx, "ann").await;
        let (old, first) = mailed(&node, ANN).await;
        let (new, newest) = mailed(&node, ANN).await;
        assert_eq!(code(&show(ctx, &new, &newest).await), "ok");
        assert_eq!(code(&show(ctx, &old, &first).await), "one_time.invalid");

        let (asked, shown) = mailed(&node, ANN).await;
        people::suspend(ctx, OPERATOR, id).await.unwrap();
        let outcome = show(ctx, &asked, &shown).await;
        assert_eq!(code(&outcome), "one_time.invalid", "suspended");
        people::resume(ctx, OPERATOR, id).await.unwrap();

        let (asked, shown) = mailed(&node, ANN).await;
        let link = password::reset_link(ctx, OPERATOR, id).await.unwrap();
        reset(ctx, &link.token, OTHER_PASSWORD).await.unwrap();
        let outcome = show(ctx, &asked, &shown).await;
        assert_eq!(code(&outcome), "one_time.invalid", "another password");

        let (asked, shown) = mailed(&node, ANN).await;
        let own = Identifier::Email(email(ANN));
        account::remove_identifier(ctx, OPERATOR, (id, own))
            .await
            .unwrap();
        let outcome = show(ctx, &asked, &shown).await;
        assert_eq!(code(&outcome), "one_time.invalid", "another address");
    }
}

/// asvs:V6.3.3, asvs:V6.3.6, vuln:73: mail is one factor, and is never asked for
/// twice to make two.
#[tokio::test]
async fn a_second_factor_is_asked_for_after_a_mail() {
    let node = house(ByMail::Code).await;
    let ctx = &node.ctx;
    let (by, app, _) = equipped(&node, "ann").await;
    let own = Identifier::Email(email(ANN));
    vouch::verify(ctx, OPERATOR, (by.user().unwrap(), own))
        .await
        .unwrap();
    let (asked, digits) = mailed(&node, ANN).await;
    let Ok(Step::Second(challenge)) = show(ctx, &asked, &digits).await else {
        panic!("a second step");
    };
    let (_, another) = mailed(&node, ANN).await;
    let by_mail = finish(ctx, &challenge, &secret(another)).await;
    assert_eq!(code(&by_mail), "factor.code");
    let signed_in = finish(ctx, &challenge, &app.shows(ctx)).await.unwrap();
    let principal = who(ctx, &cookie(&signed_in)).await.unwrap();
    assert_eq!(principal.person().unwrap().assurance, Assurance::Two);
    assert_eq!(way(ctx).await, "mail_code+totp");

    // Whoever sets another password meanwhile begins again.
    let (asked, digits) = mailed(&node, ANN).await;
    let Ok(Step::Second(challenge)) = show(ctx, &asked, &digits).await else {
        panic!("a second step");
    };
    let user = by.user().unwrap();
    let link = password::reset_link(ctx, OPERATOR, user).await.unwrap();
    reset(ctx, &link.token, OTHER_PASSWORD).await.unwrap();
    node.clock.advance(Duration::from_secs(30));
    let late = finish(ctx, &challenge, &app.shows(ctx)).await;
    assert_eq!(code(&late), "one_time.invalid");
}

/// Who guesses passwords keeps nobody from signing in by mail.
#[tokio::test]
async fn guessing_passwords_locks_nobody_out_of_their_mail() {
    let node = house(ByMail::Link).await;
    let ctx = &node.ctx;
    verified(ctx, "ann").await;
    for _ in 0..10 {
        let wrong = try_in(ctx, "ann", "wrong", COOKIE).await;
        assert_eq!(code(&wrong), "signin.failed");
    }
    let locked = try_in(ctx, "ann", PASSWORD, COOKIE).await;
    assert_eq!(code(&locked), "throttled");
    let (asked, token) = mailed(&node, ANN).await;
    assert_eq!(code(&show(ctx, &asked, &token).await), "ok");
}

/// asvs:V6.3.6: it is off unless the operator wants it, and then what was mailed
/// is worth nothing.
#[tokio::test]
async fn it_is_off_by_default_and_can_be_turned_off() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    verified(ctx, "ann").await;
    assert_eq!(code(&ask(ctx, ANN).await), "signin.mail_off");
    allow(ctx, ByMail::Code);
    let (asked, digits) = mailed(&node, ANN).await;
    allow(ctx, ByMail::Off);
    let late = show(ctx, &asked, &digits).await;
    assert_eq!(code(&late), "signin.mail_off");
}

/// asvs:V6.5.2, vuln:81: what is stored opens nothing, and no secret stands in
/// the queue.
#[tokio::test]
async fn what_is_stored_is_not_what_is_shown() {
    let node = house(ByMail::Code).await;
    let ctx = &node.ctx;
    verified(ctx, "ann").await;
    let asked = ask(ctx, ANN).await.unwrap();
    let sql = "SELECT payload FROM jobs WHERE queue = $1 ORDER BY id";
    let row = ctx.db().one(sql, vec!["sign_in".into()]).await.unwrap();
    let payload: String = row.get("payload").unwrap();
    node.settle().await;
    let digits = said(&node, "Your code to sign in").remove(0);
    assert!(!payload.contains(&digits), "{payload}");
    assert!(
        !payload.contains(asked.request.expose_secret()),
        "{payload}"
    );
    let sql = "SELECT count(*) AS number FROM events WHERE data LIKE $1";
    let leaked = number(ctx, sql, vec![format!("%{digits}%").into()]).await;
    assert_eq!(leaked, 0);
}

/// Somebody who signs up is mailed a link at once, in their language, and asking
/// again has limits.
#[tokio::test]
async fn signing_up_sends_a_link_that_verifies() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let request = tollgate_flows::signup::SignUp {
        applicant: applicant("ann"),
        locale: Some("de-AT".into()),
        address: None,
        client: tollgate_flows::ClientProfile::NATIVE,
    };
    let made = tollgate_flows::signup::signup(ctx, &Principal::Anonymous, request);
    let made = made.await.unwrap();
    assert_eq!(made.account.profile.locale.as_deref(), Some("de-AT"));
    node.settle().await;
    let mails = node.mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("Bestätigen Sie"), "{}", mails[0]);
    let token: SecretString = said(&node, "Bestätigen")[0].clone().into();
    let (_, ann) = enter(ctx, "ann").await;
    tollgate_flows::verify::confirm(ctx, &ann, token)
        .await
        .unwrap();
    let view = account::me(ctx, &ann, ()).await.unwrap();
    assert!(view.email().unwrap().verified_at.is_some());

    let nameless = Applicant {
        email: None,
        ..applicant("bob")
    };
    try_join(ctx, nameless).await.unwrap();
    node.settle().await;
    assert_eq!(node.mails().len(), 1, "there is no address to mail to");
    sign_in(ctx, "bob", COOKIE).await;
}
