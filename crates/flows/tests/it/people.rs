//! Looking after other people's accounts: who may do what to whom, lists that
//! neither skip nor repeat, requests that arrive twice, and a last
//! administrator who stays.

use std::{collections::BTreeSet, time::Duration};

use tollgate_base::{
    Result,
    access::{Permission, Permissions, Principal, Role},
    id::UserId,
    identifier::Identifier,
    page::PageRequest,
};
use tollgate_flows::{
    Ctx, Filter, Once,
    account::{self, EditProfile},
    password,
    people::{self, CreatePerson},
    signout,
};
use tollgate_testkit::node::Node;

use crate::support::{
    applicant, boss, code, count, enter, events, force_role, join, number, together,
};

/// asvs:V8.2.1, asvs:V8.2.2, asvs:V8.3.1, vuln:80
#[tokio::test]
async fn rank_decides_who_may_look_after_whom() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (root, admin) = boss(ctx, "root").await;
    for name in ["mia", "max"] {
        force_role(ctx, join(ctx, name).await, Role::Manager).await;
    }
    let ((_, manager), (peer, _)) = (enter(ctx, "mia").await, enter(ctx, "max").await);
    let (ann, bob) = (join(ctx, "ann").await, join(ctx, "bob").await);
    let (_, plain) = enter(ctx, "ann").await;
    let nobody = UserId::new(ctx.now(), ctx.entropy()).unwrap();
    for (who, by, on, looks_after, rules) in [
        ("admin on manager", &admin, peer, "ok", "ok"),
        (
            "admin on nobody",
            &admin,
            nobody,
            "person.missing",
            "person.missing",
        ),
        ("manager on default", &manager, bob, "ok", "access.denied"),
        (
            "manager on peer",
            &manager,
            peer,
            "access.rank",
            "access.denied",
        ),
        (
            "manager on admin",
            &manager,
            root,
            "access.rank",
            "access.denied",
        ),
        (
            "default on default",
            &plain,
            bob,
            "access.denied",
            "access.denied",
        ),
        (
            "default on nobody",
            &plain,
            nobody,
            "access.denied",
            "access.denied",
        ),
        (
            "stranger",
            &Principal::Anonymous,
            ann,
            "auth.required",
            "auth.required",
        ),
    ] {
        let care = [
            code(&people::show(ctx, by, on).await),
            code(&signout::list(ctx, by, on).await),
            code(&password::reset_link(ctx, by, on).await),
            code(&people::suspend(ctx, by, on).await),
            code(&people::resume(ctx, by, on).await),
        ];
        assert_eq!(care, [looks_after; 5], "{who}");
        let rule = [
            code(&people::assign_role(ctx, by, (on, Role::Admin)).await),
            code(&people::assign_role(ctx, by, (on, Role::Manager)).await),
            code(&account::export(ctx, by, on).await),
        ];
        assert_eq!(rule, [rules; 3], "{who}");
    }
    for (by, role, answer) in [
        (&manager, Role::Default, "ok"),
        (&manager, Role::Manager, "access.rank"),
        (&manager, Role::Admin, "access.rank"),
        (&plain, Role::Default, "access.denied"),
        (&admin, Role::Admin, "ok"),
    ] {
        let outcome = create(ctx, by, &format!("new-{role}"), role, None).await;
        assert_eq!(code(&outcome), answer, "{by} makes {role}");
    }
}

/// vuln:113: who makes an account for somebody says whose names these are; who
/// makes their own, or lacks the right to vouch, says nothing.
#[tokio::test]
async fn whoever_may_vouch_vouches_for_whom_they_make() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (_, admin) = boss(ctx, "root").await;
    assert_eq!(events(ctx, "identifier.verified").await, 2);
    let ann = join(ctx, "ann").await;
    assert_eq!(unproven(ctx, ann).await, ["ann@example.org", "ann"]);

    let bob = create(ctx, &admin, "bob", Role::Default, None).await;
    let bob = bob.unwrap();
    assert_eq!(unproven(ctx, bob).await, [""; 0]);
    assert_eq!(events(ctx, "identifier.verified").await, 4);

    let Principal::Person(mut narrow) = admin.clone() else {
        panic!("root is a person")
    };
    narrow.ceiling = Permissions::NONE.with(Permission::PeopleCreate);
    let narrow = Principal::Person(narrow);
    let cid = create(ctx, &narrow, "cid", Role::Default, None).await;
    assert_eq!(
        unproven(ctx, cid.unwrap()).await,
        ["cid@example.org", "cid"]
    );

    // What somebody has, proven or not, is not given to another.
    let again = create(ctx, &admin, "ann", Role::Default, None).await;
    assert_eq!(code(&again), "identifier.taken");
    assert_eq!(unproven(ctx, ann).await, ["ann@example.org", "ann"]);
    assert_eq!(events(ctx, "identifier.verified").await, 4);
}

/// asvs:V15.4.2
#[tokio::test]
async fn pages_neither_skip_nor_repeat_while_people_arrive() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    for place in 0..25 {
        // All at one time: the id breaks ties.
        join(ctx, &format!("ann-{place}")).await;
    }
    let before: BTreeSet<String> = names(ctx, Filter::default()).await.into_iter().collect();
    let mut seen = Vec::new();
    let mut page = PageRequest {
        limit: 7,
        after: None,
    };
    loop {
        let part = people::list(ctx, &Principal::Operator, (Filter::default(), page))
            .await
            .unwrap();
        seen.extend(
            part.rows
                .iter()
                .map(|view| view.username().unwrap().shown.clone()),
        );
        node.clock.advance(Duration::from_secs(1));
        join(ctx, &format!("late-{}", seen.len())).await;
        let Some(next) = part.next else { break };
        page = PageRequest {
            limit: 7,
            after: Some(next),
        };
    }
    assert_eq!(seen.len(), 25);
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), before);
}

#[tokio::test]
async fn a_list_is_narrowed_by_role_state_and_any_part_of_a_name() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    for name in ["anna", "ann-x", "ann_y", "an", "bob", "émile"] {
        join(ctx, name).await;
    }
    let bob = Identifier::parse("BOB").unwrap();
    let bob = people::find(ctx, &Principal::Operator, bob)
        .await
        .unwrap()
        .account
        .id;
    people::suspend(ctx, &Principal::Operator, bob)
        .await
        .unwrap();
    force_role(ctx, join(ctx, "mia").await, Role::Manager).await;
    let named = EditProfile {
        display_name: Some("Zoë Straßer 100%".into()),
        ..EditProfile::default()
    };
    account::edit(ctx, &Principal::Operator, (bob, named))
        .await
        .unwrap();
    let part = |text: &str| Filter {
        part: Some(text.into()),
        ..Filter::default()
    };
    let (manager, suspended) = (Some(Role::Manager), Some(true));
    for (filter, wanted) in [
        (part("NN"), vec!["ann-x", "ann_y", "anna"]),
        (part("_y@"), vec!["ann_y"]),
        (part("E\u{301}m"), vec!["émile"]),
        (part("zoe\u{308} STRASS"), vec!["bob"]),
        (part("0%"), vec!["bob"]),
        (part("a%a"), vec![]),
        (
            Filter {
                role: manager,
                ..Filter::default()
            },
            vec!["mia"],
        ),
        (
            Filter {
                suspended,
                ..Filter::default()
            },
            vec!["bob"],
        ),
        (
            Filter {
                role: manager,
                suspended,
                ..Filter::default()
            },
            vec![],
        ),
    ] {
        let mut found = names(ctx, filter.clone()).await;
        found.sort();
        assert_eq!(found, wanted, "{filter:?}");
    }
}

/// asvs:V15.4.2
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_request_that_arrives_twenty_times_makes_one_person() {
    let node = Node::new().await;
    let other = node.second().await;
    let (root, admin) = boss(&node.ctx, "root").await;
    for round in 0..5 {
        let key = format!("key {round}");
        let name = format!("ann-{round}");
        let nodes = [node.ctx.clone(), other.ctx.clone()];
        let outcomes = together(20, |place| {
            let (ctx, admin) = (nodes[place % 2].clone(), admin.clone());
            let (name, once) = (name.clone(), once(root, &key, 1));
            async move { create(&ctx, &admin, &name, Role::Default, Some(once)).await }
        })
        .await;
        let made: BTreeSet<UserId> = outcomes.into_iter().map(Result::unwrap).collect();
        assert_eq!(made.len(), 1);
        let mismatch = create(
            &node.ctx,
            &admin,
            "other",
            Role::Default,
            Some(once(root, &key, 2)),
        );
        assert_eq!(code(&mismatch.await), "idempotency.mismatch");
    }
    // Keys belong to who uses them, and a day later they are new again.
    let (rita, second) = boss(&node.ctx, "rita").await;
    create(
        &node.ctx,
        &second,
        "bob",
        Role::Default,
        Some(once(rita, "key 0", 3)),
    )
    .await
    .unwrap();
    node.clock.advance(Duration::from_hours(24));
    let again = create(
        &node.ctx,
        &admin,
        "cid",
        Role::Default,
        Some(once(root, "key 0", 4)),
    );
    again.await.unwrap();
}

/// asvs:V15.4.2, asvs:V8.3.1
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_administrators_who_remove_each_other_leave_one() {
    let node = Node::new().await;
    let other = node.second().await;
    for round in 0..9 {
        let (ann, by_ann) = boss(&node.ctx, &format!("ann{round}")).await;
        let (bob, by_bob) = boss(&node.ctx, &format!("bob{round}")).await;
        let sides = [
            (node.ctx.clone(), by_ann, bob),
            (other.ctx.clone(), by_bob, ann),
        ];
        let outcomes = together(2, |place| {
            let (ctx, by, on) = sides[place].clone();
            async move {
                match round % 3 {
                    0 => people::assign_role(&ctx, &by, (on, Role::Default)).await,
                    1 => people::suspend(&ctx, &by, on).await,
                    _ => account::delete(&ctx, &by, on).await,
                }
            }
        })
        .await;
        assert_eq!(
            (count(&outcomes, "ok"), count(&outcomes, "admin.last")),
            (1, 1)
        );
        let acting = "SELECT CAST(count(*) AS BIGINT) AS number FROM accounts
            WHERE role = 'admin' AND suspended_at IS NULL";
        assert_eq!(number(&node.ctx, acting, Vec::new()).await, 1);
        let retire = "UPDATE accounts SET role = 'default' WHERE role = 'admin'";
        node.ctx.db().write_one(retire, Vec::new()).await.unwrap();
    }
}

async fn create(
    ctx: &Ctx,
    by: &Principal,
    name: &str,
    role: Role,
    once: Option<Once>,
) -> Result<UserId> {
    let applicant = applicant(name);
    let request = CreatePerson {
        applicant,
        role,
        once,
    };
    Ok(people::create(ctx, by, request).await?.account.id)
}

fn once(by: UserId, key: &str, body: u8) -> Once {
    Once {
        principal: by.to_string(),
        route: "POST /api/v1/people",
        key: key.to_owned(),
        body_hash: [body; 32],
    }
}

/// The names that nobody has vouched for.
async fn unproven(ctx: &Ctx, id: UserId) -> Vec<String> {
    let view = people::show(ctx, &Principal::Operator, id).await.unwrap();
    let all = view.identifiers.into_iter();
    let open = all.filter(|identifier| identifier.verified_at.is_none());
    open.map(|identifier| identifier.canonical).collect()
}

async fn names(ctx: &Ctx, filter: Filter) -> Vec<String> {
    let page = PageRequest {
        limit: PageRequest::MOST,
        after: None,
    };
    let page = people::list(ctx, &Principal::Operator, (filter, page))
        .await
        .unwrap();
    page.rows
        .iter()
        .map(|view| view.username().unwrap().shown.clone())
        .collect()
}
