//! Who has access: each account with the apps that let its owner in, and why; and
//! the review of one account, with what was done about it.

use std::time::Duration;

use tollgate_base::{
    access::{Principal, Role},
    id::{SiteId, UserId},
    page::Page,
};
use tollgate_flows::{
    Ctx, Draft, RuleDraft,
    access::{self, Access, Ask},
    audit, people, review,
    signin::{self, IssueToken},
    signout::{self, Which},
    sites::{self, CreateSite},
};
use tollgate_testkit::node::Node;

use crate::support::{
    COOKIE, TOKENS, boss, code, enter, events, force_role, join, sign_in, try_in,
};

const OPERATOR: &Principal = &Principal::Operator;

async fn site(ctx: &Ctx, name: &str, rules: &[(&str, &str)]) -> SiteId {
    let rule = |(path, who): &(&str, &str)| RuleDraft {
        path: (*path).into(),
        methods: Vec::new(),
        allow: vec![(*who).into()],
    };
    let draft = Draft {
        name: name.into(),
        url: format!("https://{name}.example.org"),
        identity_token: false,
        rules: Some(rules.iter().map(rule).collect()),
    };
    let made = sites::create(ctx, OPERATOR, CreateSite { draft, once: None }).await;
    made.unwrap().site.id
}

fn everybody() -> Ask {
    Ask {
        role: None,
        site: None,
        after: None,
        most: 50,
    }
}

async fn report(ctx: &Ctx, ask: Ask) -> Page<Access> {
    access::report(ctx, OPERATOR, ask).await.unwrap()
}

fn of(page: &Page<Access>, id: UserId) -> &Access {
    let found = page.rows.iter().find(|row| row.standing.id == id);
    found.unwrap()
}

#[tokio::test]
async fn the_report_says_which_apps_let_somebody_in_and_why() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (root, _) = boss(ctx, "root").await;
    let (ann, bob) = (join(ctx, "ann").await, join(ctx, "bob").await);
    sign_in(ctx, "ann", TOKENS).await;
    let notes = site(
        ctx,
        "notes",
        &[("/admin", "role:admin"), ("/", "signed-in")],
    )
    .await;
    let closed = site(ctx, "closed", &[("/", "user:ann"), ("/late", "anyone")]).await;

    let all = report(ctx, everybody()).await;
    assert!(all.next.is_none() && all.rows.len() == 3);
    let rules = |row: &Access, site: SiteId| {
        let entry = row.sites.iter().find(|entry| entry.site == site);
        entry.map(|entry| entry.rules.join("; "))
    };
    let told = |text: &str| Some(text.to_owned());
    assert_eq!(
        rules(of(&all, root), notes),
        told("rule 1: /admin for role:admin; rule 2: / for signed-in")
    );
    assert_eq!(rules(of(&all, ann), notes), told("rule 2: / for signed-in"));
    assert_eq!(rules(of(&all, ann), closed), told("rule 1: / for user:ann"));
    // A rule behind a wider one lets nobody in.
    assert_eq!(rules(of(&all, bob), closed), None);
    let row = &of(&all, ann).standing;
    assert_eq!((row.sessions, row.last_used_at), (1, Some(ctx.now())));
    assert_eq!(of(&all, bob).standing.last_used_at, None);

    let inside = report(
        ctx,
        Ask {
            site: Some(closed),
            ..everybody()
        },
    )
    .await;
    assert_eq!(inside.rows.len(), 1);
    assert_eq!(inside.rows[0].standing.id, ann);
    let admins = report(
        ctx,
        Ask {
            role: Some(Role::Admin),
            ..everybody()
        },
    )
    .await;
    assert_eq!(admins.rows.len(), 1);
    people::suspend(ctx, OPERATOR, ann).await.unwrap();
    let all = report(ctx, everybody()).await;
    assert!(
        of(&all, ann).sites.is_empty(),
        "the gate takes her for a stranger"
    );
    assert_eq!(events(ctx, "access.reported").await, 4);

    let (_, bob) = enter(ctx, "bob").await;
    assert_eq!(
        code(&access::report(ctx, &bob, everybody()).await),
        "access.denied"
    );
    let nowhere = Ask {
        site: Some(SiteId::from_bits(7)),
        ..everybody()
    };
    assert_eq!(
        code(&access::report(ctx, OPERATOR, nowhere).await),
        "site.missing"
    );
}

#[tokio::test]
async fn pages_of_the_report_skip_nobody() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    for place in 0..7 {
        join(ctx, &format!("p{place}")).await;
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = report(
            ctx,
            Ask {
                after,
                most: 3,
                ..everybody()
            },
        )
        .await;
        seen.extend(page.rows.iter().map(|row| row.standing.id.to_string()));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 7);
    seen.dedup();
    assert_eq!(seen.len(), 7);
}

#[tokio::test]
async fn a_review_tells_what_is_open_and_notes_what_was_done() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (_, admin) = boss(ctx, "root").await;
    let ann = join(ctx, "ann").await;
    sign_in(ctx, "ann", COOKIE).await;
    let token = IssueToken {
        account: ann,
        minutes: 10,
    };
    signin::issue_token(ctx, OPERATOR, token).await.unwrap();
    node.clock.advance(Duration::from_secs(1));

    let seen = review::review(ctx, &admin, ann).await.unwrap();
    assert_eq!(seen.standing.sessions, 1);
    assert!(
        seen.links
            .iter()
            .any(|link| link.purpose == "sign_in_token")
    );
    assert!(
        seen.events
            .iter()
            .any(|event| event.kind == "session.opened")
    );
    assert!(seen.done.is_empty() && seen.last.is_none());

    signout::end_all(ctx, &admin, (ann, Which::All))
        .await
        .unwrap();
    review::void_links(ctx, &admin, ann).await.unwrap();
    let seen = review::review(ctx, &admin, ann).await.unwrap();
    assert_eq!((seen.standing.sessions, seen.links.len()), (0, 0));
    let done: Vec<_> = seen.done.iter().map(String::as_str).collect();
    assert_eq!(done, ["links.voided", "sessions.ended"]);
    // What another did is not what this one did.
    let other = review::review(ctx, OPERATOR, ann).await.unwrap();
    assert!(other.done.is_empty());

    node.clock.advance(Duration::from_secs(1));
    review::close(ctx, &admin, ann).await.unwrap();
    let page = (None, Some(ann.to_string()), 1);
    let noted = audit::page(ctx, &admin, page).await.unwrap().remove(0);
    assert_eq!(noted.kind, "account.reviewed");
    let data: serde_json::Value = serde_json::from_str(&noted.data).unwrap();
    assert_eq!(
        data["done"],
        serde_json::json!(["links.voided", "sessions.ended"])
    );
    assert_eq!(data["open"]["sessions"], 0);
    node.clock.advance(Duration::from_secs(1));
    let seen = review::review(ctx, &admin, ann).await.unwrap();
    assert!(seen.last.is_some() && seen.done.is_empty());
}

/// A manager looks after people of the default role, and reads no audit trail.
#[tokio::test]
async fn who_may_review_and_void() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (root, _) = boss(ctx, "root").await;
    let manager = join(ctx, "manager").await;
    force_role(ctx, manager, Role::Manager).await;
    let (_, manager) = enter(ctx, "manager").await;
    let ann = join(ctx, "ann").await;
    assert_eq!(
        code(&review::review(ctx, &manager, ann).await),
        "access.denied"
    );
    assert_eq!(
        code(&review::close(ctx, &manager, ann).await),
        "access.denied"
    );
    assert_eq!(
        code(&review::void_links(ctx, &manager, root).await),
        "access.rank"
    );
    review::void_links(ctx, &manager, ann).await.unwrap();
    assert!(
        try_in(ctx, "ann", crate::support::PASSWORD, TOKENS)
            .await
            .is_ok()
    );
    let (_, herself) = enter(ctx, "ann").await;
    assert_eq!(
        code(&review::void_links(ctx, &herself, ann).await),
        "access.denied"
    );
}
