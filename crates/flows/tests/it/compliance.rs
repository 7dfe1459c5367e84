//! What the compliance rules find, who is told of it, and how a finding is
//! accepted until a day.

use std::time::Duration;

use tollgate_base::{
    access::{Principal, Role},
    id::UserId,
    page::PageRequest,
};
use tollgate_flows::{
    Ctx, Draft, RuleDraft, backup,
    compliance::{self, Accept, Finding, Named, Report, Subject, Sweep},
    ctx::{Policy, SecondFactor},
    people,
    sites::{self, CreateSite},
};
use tollgate_store::args;
use tollgate_testkit::node::Node;

use crate::support::{TOKENS, boss, code, enter, events, force_role, join, number, sign_in};

const OPERATOR: &Principal = &Principal::Operator;
const DAY: Duration = Duration::from_hours(24);

async fn check(ctx: &Ctx) -> Report {
    compliance::check(ctx, OPERATOR, ()).await.unwrap()
}

/// Findings that count and that are accepted.
fn counted(report: &Report, rule: &str) -> (i64, i64) {
    let line = report.lines.iter().find(|line| line.rule.name == rule);
    let line = line.unwrap();
    (line.findings, line.accepted)
}

fn named(rule: &str) -> Named {
    rule.parse().unwrap()
}

async fn found(ctx: &Ctx, rule: &str) -> Vec<Finding> {
    let page = PageRequest {
        limit: 50,
        after: None,
    };
    let all = compliance::findings(ctx, OPERATOR, (named(rule), page)).await;
    all.unwrap().rows
}

async fn subjects(ctx: &Ctx, rule: &str) -> Vec<String> {
    found(ctx, rule)
        .await
        .into_iter()
        .map(|it| it.subject)
        .collect()
}

fn set(ctx: &Ctx, change: impl Fn(&mut Policy)) {
    let mut policy = (*ctx.policy()).clone();
    change(&mut policy);
    ctx.set_policy(policy);
}

async fn add_app(ctx: &Ctx, id: UserId, name: &str) {
    let sql = "INSERT INTO factors (id, account_id, kind, name, secret, last_step, created_at, confirmed_at)
        VALUES ($1, $2, 'totp', 'App', $3, 0, 0, 0)";
    let sealed: Vec<u8> = vec![1];
    ctx.db()
        .write_one(sql, args![name, id, sealed])
        .await
        .unwrap();
}

/// What each rule about accounts is for, by somebody whom it finds and somebody
/// whom it does not.
#[tokio::test]
async fn each_rule_finds_whom_it_is_about() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (root, _) = boss(ctx, "root").await;
    let ids = [
        join(ctx, "ann").await,
        join(ctx, "bob").await,
        join(ctx, "cid").await,
    ];
    let [ann, bob, cid] = ids;
    let dora = join(ctx, "dora").await;

    // Nobody has a factor: the administrator is found, the others need none.
    assert_eq!(
        subjects(ctx, "admin-without-factor").await,
        [root.to_string()]
    );
    assert!(found(ctx, "factor-missing").await.is_empty());
    set(ctx, |policy| policy.second_factor = SecondFactor::All);
    assert_eq!(found(ctx, "factor-missing").await.len(), 4);
    add_app(ctx, ann, "fac_00000000000000000000000001").await;
    add_app(ctx, root, "fac_00000000000000000000000002").await;
    assert_eq!(found(ctx, "factor-missing").await.len(), 3);
    assert!(found(ctx, "admin-without-factor").await.is_empty());
    assert_eq!(found(ctx, "recovery-codes-few").await.len(), 2);

    // Codes that are sent are weaker.
    force_role(ctx, bob, Role::Admin).await;
    let way =
        "INSERT INTO code_ways (account_id, way, target, added_at) VALUES ($1, 'email', 'x', 0)";
    ctx.db().write_one(way, args![bob]).await.unwrap();
    assert_eq!(subjects(ctx, "admin-sent-codes").await, [bob.to_string()]);
    people::suspend(ctx, OPERATOR, bob).await.unwrap();
    assert!(found(ctx, "admin-sent-codes").await.is_empty());
    assert_eq!(subjects(ctx, "admin-suspended").await, [bob.to_string()]);

    // Cid has never signed in; Dora did, and then no more.
    assert!(found(ctx, "never-used").await.is_empty());
    node.clock.advance(31 * DAY);
    sign_in(ctx, "dora", TOKENS).await;
    let unused = subjects(ctx, "never-used").await;
    assert!(unused.contains(&cid.to_string()) && !unused.contains(&dora.to_string()));
    assert!(
        found(ctx, "dormant")
            .await
            .iter()
            .all(|it| it.subject != dora.to_string())
    );
    check(ctx).await;
    // Her session is deleted, and it is known all the same.
    node.clock.advance(91 * DAY);
    ctx.db()
        .write_one("DELETE FROM refresh_tokens", args![])
        .await
        .unwrap();
    ctx.db()
        .write_one("DELETE FROM sessions", args![])
        .await
        .unwrap();
    ctx.db()
        .write_one("DELETE FROM devices", args![])
        .await
        .unwrap();
    assert!(subjects(ctx, "dormant").await.contains(&dora.to_string()));
    assert!(
        subjects(ctx, "address-unverified")
            .await
            .contains(&cid.to_string())
    );

    let foreign = "UPDATE passwords SET hash = '$2b$04$abcdefghijklmnopqrstuuYr6vXyqVvJmfEvGZQ6uHNJ5vZkvUYMa' WHERE account_id = $1";
    ctx.db().write_one(foreign, args![cid]).await.unwrap();
    assert_eq!(subjects(ctx, "password-outdated").await, [cid.to_string()]);

    let founder = "UPDATE accounts SET founder = TRUE WHERE id = $1";
    ctx.db().write_one(founder, args![root]).await.unwrap();
    assert_eq!(subjects(ctx, "founder-admin").await, [root.to_string()]);

    sign_in(ctx, "dora", TOKENS).await;
    set(ctx, |policy| policy.session.max = DAY);
    assert!(found(ctx, "session-old").await.is_empty());
    node.clock.advance(2 * DAY);
    assert_eq!(subjects(ctx, "session-old").await, [dora.to_string()]);
}

#[tokio::test]
async fn the_installation_is_held_to_rules_too() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    boss(ctx, "root").await;
    assert_eq!(found(ctx, "admins-few").await.len(), 1);
    assert!(found(ctx, "backup-old").await.is_empty(), "it is new");
    node.clock.advance(9 * DAY);
    assert_eq!(
        found(ctx, "backup-old").await[0].detail,
        "none was ever written"
    );
    let folder = tempfile::tempdir().unwrap();
    backup::write(ctx, OPERATOR, folder.path().join("a.backup"))
        .await
        .unwrap();
    node.settle().await;
    assert!(found(ctx, "backup-old").await.is_empty());
    node.clock.advance(9 * DAY);
    assert_eq!(found(ctx, "backup-old").await.len(), 1);

    for name in ["a1", "a2", "a3"] {
        let id = join(ctx, name).await;
        force_role(ctx, id, Role::Admin).await;
    }
    assert!(found(ctx, "admins-few").await.is_empty());
    set(ctx, |policy| policy.compliance.admins = 3);
    assert_eq!(
        found(ctx, "admins-many").await[0].detail,
        "4 administrators"
    );

    assert!(found(ctx, "key-old").await.is_empty());
    node.clock.advance(366 * DAY);
    assert!(!found(ctx, "key-old").await.is_empty());

    let rule = |path: &str, who: &str| RuleDraft {
        path: path.into(),
        methods: Vec::new(),
        allow: vec![who.into()],
    };
    let draft = Draft {
        name: "notes".into(),
        url: "https://notes.example.org".into(),
        identity_token: false,
        rules: Some(vec![rule("/", "anyone"), rule("/admin", "role:admin")]),
    };
    let site = CreateSite { draft, once: None };
    let site = sites::create(ctx, OPERATOR, site)
        .await
        .unwrap()
        .site
        .id
        .to_string();
    assert_eq!(subjects(ctx, "site-open").await, [site]);
    let idle = found(ctx, "site-rule-idle").await;
    assert_eq!(
        (idle[0].name.as_str(), idle[0].detail.as_str()),
        ("notes", "rule 2: /admin for role:admin")
    );
}

/// It is told once, when something begins or grows; not again each day.
#[tokio::test]
async fn what_is_new_is_told_once() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    boss(ctx, "root").await;
    let mut sweep = Sweep::default();
    let chore = Principal::Chore("compliance");
    compliance::keep_checking(ctx, &chore, &mut sweep)
        .await
        .unwrap();
    assert_eq!(events(ctx, "compliance.changed").await, 1);
    let report = compliance::report(ctx, OPERATOR, ()).await.unwrap();
    assert_eq!(counted(&report, "admin-without-factor"), (1, 0));
    assert_eq!(report.checked_at, Some(ctx.now()));

    // Not twice a day, and nothing new the next day.
    let before = ctx.now();
    node.clock.advance(Duration::from_hours(1));
    compliance::keep_checking(ctx, &chore, &mut sweep)
        .await
        .unwrap();
    let report = compliance::report(ctx, OPERATOR, ()).await.unwrap();
    assert_eq!(report.checked_at, Some(before));
    node.clock.advance(DAY);
    compliance::keep_checking(ctx, &chore, &mut sweep)
        .await
        .unwrap();
    assert_eq!(events(ctx, "compliance.changed").await, 1);
    let report = compliance::report(ctx, OPERATOR, ()).await.unwrap();
    let line = &report.lines[0];
    assert_eq!(
        (line.rule.name, line.since),
        ("admin-without-factor", Some(before))
    );

    let id = join(ctx, "second").await;
    force_role(ctx, id, Role::Admin).await;
    check(ctx).await;
    assert_eq!(events(ctx, "compliance.changed").await, 2);
    add_app(ctx, id, "fac_00000000000000000000000001").await;
    let report = check(ctx).await;
    assert_eq!(counted(&report, "admin-without-factor"), (1, 0));
}

#[tokio::test]
async fn a_finding_is_accepted_until_a_day_and_no_longer() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (root, admin) = boss(ctx, "root").await;
    let accept = |reason: &str, days: u32| Accept {
        rule: named("admin-without-factor"),
        subject: Subject(root.to_string()),
        reason: reason.into(),
        until: ctx.now().plus(days * DAY),
    };
    for (reason, days) in [("", 1), ("why", 0), ("why", 400), ("a\nb", 1)] {
        let refused = compliance::accept(ctx, &admin, accept(reason, days)).await;
        assert_eq!(code(&refused), "request.invalid", "{reason:?} {days}");
    }
    compliance::accept(ctx, &admin, accept("break-glass account", 30))
        .await
        .unwrap();
    assert_eq!(counted(&check(ctx).await, "admin-without-factor"), (0, 1));
    let row = found(ctx, "admin-without-factor").await.remove(0);
    let told = row.accepted.unwrap();
    assert_eq!(
        (told.reason.as_str(), told.accepted_by),
        ("break-glass account", root.to_string())
    );
    assert_eq!(events(ctx, "compliance.accepted").await, 1);

    node.clock.advance(31 * DAY);
    assert_eq!(counted(&check(ctx).await, "admin-without-factor"), (1, 0));
    let gone = compliance::withdraw(
        ctx,
        OPERATOR,
        (named("admin-without-factor"), Subject(root.to_string())),
    )
    .await;
    assert_eq!(code(&gone), "finding.missing");
    compliance::accept(ctx, OPERATOR, accept("again", 1))
        .await
        .unwrap();
    compliance::withdraw(
        ctx,
        OPERATOR,
        (named("admin-without-factor"), Subject(root.to_string())),
    )
    .await
    .unwrap();
    assert_eq!(events(ctx, "compliance.withdrawn").await, 1);
    assert_eq!(counted(&check(ctx).await, "admin-without-factor"), (1, 0));

    let strange = Accept {
        rule: named("site-open"),
        ..accept("why", 1)
    };
    assert_eq!(
        code(&compliance::accept(ctx, OPERATOR, strange).await),
        "finding.missing"
    );
    join(ctx, "ann").await;
    let (_, ann) = enter(ctx, "ann").await;
    assert_eq!(
        code(&compliance::report(ctx, &ann, ()).await),
        "access.denied"
    );
    assert_eq!(
        code(&compliance::accept(ctx, &ann, accept("why", 1)).await),
        "access.denied"
    );
}

/// Each account is seen once, whatever the size of the page.
#[tokio::test]
async fn pages_of_findings_skip_nobody() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    for place in 0..7 {
        join(ctx, &format!("p{place}")).await;
    }
    node.clock.advance(40 * DAY);
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = PageRequest { limit: 3, after };
        let found = compliance::findings(ctx, OPERATOR, (named("never-used"), page))
            .await
            .unwrap();
        seen.extend(found.rows.into_iter().map(|it| it.subject));
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 7);
    let all = number(
        ctx,
        "SELECT CAST(count(*) AS BIGINT) AS number FROM accounts",
        Vec::new(),
    )
    .await;
    assert_eq!(all, 7);
}
