//! The audit trail as evidence: searched and told of, signed, and kept no longer
//! than it must be.

use std::time::Duration;

use tollgate_base::{access::Principal, id::UserId};
use tollgate_flows::{
    Class, ClientProfile, Ctx, Device, Level, alerts,
    audit::{self, Head, Kept, Proof, Search},
    ctx::{AuditPolicy, Keep, PURPOSE_AUDIT},
    keyring::{self, Begin},
    overview, review,
    signin::{self, SignIn, Step},
};
use tollgate_records::events::EventKind;
use tollgate_store::args;
use tollgate_testkit::node::Node;

use crate::support::{
    COOKIE, PASSWORD, boss, code, cookie, enter, events as told, join, number, secret, who,
};

const OPERATOR: &Principal = &Principal::Operator;
const CHORE: &Principal = &Principal::Chore("test");

/// asvs:V16.2.1
#[tokio::test]
async fn each_part_of_a_search_finds_what_it_says() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (ann, _) = seen_from(ctx, "ann", "192.0.2.1").await;
    node.clock.advance(Duration::from_mins(1));
    let middle = ctx.now();
    let (bob, session) = seen_from(ctx, "bob", "192.0.2.2").await;
    node.settle().await;
    let by = |id: UserId| Some(id.to_string());
    let none = Search::default;
    let kind = |kinds: &[EventKind]| Search {
        kinds: kinds.to_vec(),
        ..none()
    };
    let opened = EventKind::SignedIn;
    for (search, wanted) in [
        (kind(&[opened]), 2),
        (kind(&[opened, EventKind::AccountCreated]), 4),
        (
            Search {
                class: Some(Class::SignIns),
                ..kind(&[opened])
            },
            2,
        ),
        (
            Search {
                class: Some(Class::Operation),
                ..kind(&[opened])
            },
            0,
        ),
        (
            Search {
                level: Some(Level::Error),
                ..kind(&[opened])
            },
            0,
        ),
        (
            Search {
                subject: by(ann),
                ..kind(&[opened])
            },
            1,
        ),
        (
            Search {
                actor: by(bob),
                ..kind(&[opened])
            },
            1,
        ),
        (
            Search {
                session: Some(session),
                ..none()
            },
            1,
        ),
        (
            Search {
                address: Some("192.0.2.2".into()),
                ..kind(&[opened])
            },
            1,
        ),
        (
            Search {
                address: Some("192.0.2.3".into()),
                ..none()
            },
            0,
        ),
        (
            Search {
                text: Some("192.0.2.1".into()),
                ..kind(&[opened])
            },
            1,
        ),
        (
            Search {
                text: Some("PASSWORD".into()),
                ..kind(&[opened])
            },
            2,
        ),
        (
            Search {
                from: Some(middle),
                ..kind(&[opened])
            },
            1,
        ),
        (
            Search {
                to: Some(middle),
                ..kind(&[opened])
            },
            1,
        ),
    ] {
        let asked = format!("{search:?}");
        let found = audit::search(ctx, OPERATOR, (search, 50, None))
            .await
            .unwrap();
        assert_eq!(found.rows.len(), wanted, "{asked}");
        assert!(
            found
                .rows
                .is_sorted_by_key(|event| std::cmp::Reverse((event.at, event.id)))
        );
        assert_eq!(found.next, None);
    }
}

/// Pages cover all there is, each event once; a cursor is good for its own search and
/// its own asker alone, and going on is not told again.
///
/// vuln:127, asvs:V16.4.2
#[tokio::test]
async fn reading_is_told_once_and_a_cursor_is_nobody_elses() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (_, root) = boss(ctx, "root").await;
    let (_, other) = boss(ctx, "other").await;
    for name in ["ann", "bob", "cid", "dan", "eve"] {
        join(ctx, name).await;
    }
    let search = || Search {
        class: Some(Class::Administration),
        ..Search::default()
    };
    node.clock.advance(Duration::from_secs(1));
    let first = audit::search(ctx, &root, (search(), 2, None))
        .await
        .unwrap();
    let (mut seen, mut next) = (first.rows, first.next.clone());
    while let Some(cursor) = next {
        let page = audit::search(ctx, &root, (search(), 2, Some(cursor)))
            .await
            .unwrap();
        assert!(page.rows.len() <= 2);
        seen.extend(page.rows);
        next = page.next;
    }
    assert_eq!(told(ctx, "audit.read").await, 1);
    let mut ids: Vec<_> = seen.iter().map(|event| event.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), seen.len());
    let all = audit::search(ctx, &root, (search(), 200, None))
        .await
        .unwrap();
    // The first reading itself, newer than where it began.
    assert_eq!(all.rows.len(), seen.len() + 1);
    assert_eq!(all.rows[0].kind, "audit.read");
    assert!(all.rows[0].data.contains("\"class\":\"administration\""));

    let cursor = first.next.unwrap();
    let (place, tag) = cursor.split_once('.').unwrap();
    let forged = [
        place.to_owned(),
        format!("{place}."),
        format!("{place}.{}", "0".repeat(tag.len())),
        format!("AAAA.{tag}"),
    ];
    for forged in forged {
        let outcome = audit::search(ctx, &root, (search(), 2, Some(forged))).await;
        assert_eq!(code(&outcome), "cursor.invalid");
    }
    let elsewhere = audit::search(ctx, &root, (Search::default(), 2, Some(cursor.clone()))).await;
    assert_eq!(code(&elsewhere), "cursor.invalid");
    let hers = audit::search(ctx, &other, (search(), 2, Some(cursor))).await;
    assert_eq!(code(&hers), "cursor.invalid");
    let nobody = audit::search(ctx, &Principal::Anonymous, (search(), 2, None)).await;
    assert_eq!(code(&nobody), "auth.required");
}

/// Whoever looks without a search is told of too, once for each look, and nobody's own
/// activity is full of it.
///
/// asvs:V16.4.2
#[tokio::test]
async fn every_look_is_told() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (_, root) = boss(ctx, "root").await;
    let ann = join(ctx, "ann").await;
    let of = Some(ann.to_string());
    node.clock.advance(Duration::from_secs(1));
    let seen = audit::recent(ctx, &root, ("person", of.clone(), 20)).await;
    let many = seen.unwrap().len();
    assert_eq!(told(ctx, "audit.read").await, 1);
    review::review(ctx, &root, ann).await.unwrap();
    audit::recent(ctx, OPERATOR, ("tail", None, 20))
        .await
        .unwrap();
    assert_eq!(told(ctx, "audit.read").await, 3);
    let looks = audit::page(ctx, OPERATOR, (None, None, 3)).await.unwrap();
    assert!(looks.iter().all(|look| look.kind == "audit.read"));
    let first = looks
        .iter()
        .find(|look| look.detail("view").as_deref() == Some("person"));
    let first: serde_json::Value = serde_json::from_str(&first.unwrap().data).unwrap();
    assert_eq!(
        (&first["of"], &first["found"]),
        (&ann.to_string().into(), &many.into())
    );
    let again = audit::page(ctx, OPERATOR, (None, of, 20)).await.unwrap();
    assert_eq!(again.len(), many);
    let shown = overview::overview(ctx, &root, ()).await.unwrap().latest;
    let shown = shown.unwrap();
    assert!(!shown.is_empty() && shown.iter().all(|event| event.kind != "audit.read"));
    let (_, herself) = enter(ctx, "ann").await;
    let refused = audit::recent(ctx, &herself, ("person", None, 20)).await;
    assert_eq!(code(&refused), "access.denied");
    assert_eq!(told(ctx, "audit.read").await, 3);
}

/// What was taken out is told before the first byte of it.
#[tokio::test]
async fn taking_out_is_told_first() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (_, root) = boss(ctx, "root").await;
    node.settle().await;
    let end = audit::begin_export(ctx, &root, (0, "ndjson"))
        .await
        .unwrap();
    assert_eq!(told(ctx, "audit.exported").await, 1);
    let rows = audit::export(ctx, &root, (0, 1_000)).await.unwrap();
    assert_eq!(rows.len() as i64, end);
    let (_, herself) = enter_new(ctx, "ann").await;
    let refused = audit::begin_export(ctx, &herself, (0, "ndjson")).await;
    assert_eq!(code(&refused), "access.denied");
}

/// asvs:V16.4.2
#[tokio::test]
async fn a_signed_head_shows_what_the_chain_alone_cannot() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    for name in ["ann", "bob"] {
        enter_new(ctx, name).await;
    }
    node.settle().await;
    assert!(
        audit::checkpoint(ctx, CHORE, ()).await.unwrap().is_none(),
        "not yet"
    );
    node.clock.advance(Duration::from_mins(10));
    let first = audit::checkpoint(ctx, CHORE, ()).await.unwrap().unwrap();
    assert!(audit::checkpoint(ctx, CHORE, ()).await.unwrap().is_none());
    node.clock.advance(Duration::from_secs(1));
    keyring::rotate(ctx, OPERATOR, (PURPOSE_AUDIT.into(), Begin::Now))
        .await
        .unwrap();
    let old = keyring::list(ctx, OPERATOR, ()).await.unwrap();
    let old = old
        .iter()
        .find(|key| key.purpose == PURPOSE_AUDIT && !key.signs);
    keyring::remove(ctx, OPERATOR, old.unwrap().id)
        .await
        .unwrap();
    node.settle().await;
    node.clock.advance(Duration::from_mins(10));
    let second = audit::checkpoint(ctx, CHORE, ()).await.unwrap().unwrap();
    assert!(second.seq > first.seq);
    node.settle().await;

    // Both are proved, that of the removed key too.
    let whole = audit::verify(ctx, OPERATOR, Kept::default()).await.unwrap();
    assert_eq!(whole.checkpoints, 2);
    let set = audit::key_set(ctx, OPERATOR, ()).await.unwrap();
    let keys = audit::keys_in(&set);
    assert_eq!(keys.len(), 2);
    let line = format!("{{\"checkpoint\":\"{}\",\"x\":\"eyJ.no\"}}", second.signed);
    let found: Vec<&str> = audit::checkpoints_in(&line).collect();
    assert_eq!(found, [&second.signed]);
    let kept = || Kept {
        checkpoints: vec![first.signed.clone(), second.signed.clone()],
        keys: keys.clone(),
        ..Kept::default()
    };
    audit::verify(ctx, OPERATOR, kept()).await.unwrap();
    patrol(ctx).await;
    assert!(fault(ctx).await.is_none());

    // The same without a database.
    let trail = audit::export(ctx, OPERATOR, (0, 1_000)).await.unwrap();
    let head = Head::read(&second.signed, &keys).unwrap();
    assert_eq!((head.seq, head.hash), (second.seq, second.hash));
    let mut proof = Proof::begin();
    proof.expect(&head).unwrap();
    for event in &trail {
        proof.step(event).unwrap();
    }
    proof.end().unwrap();
    assert_eq!(proof.met(), 1);

    // Signed by a stranger, or for another trail.
    let other = Node::new().await;
    enter_new(&other.ctx, "ann").await;
    other.settle().await;
    other.clock.advance(Duration::from_mins(10));
    let theirs = audit::checkpoint(&other.ctx, CHORE, ())
        .await
        .unwrap()
        .unwrap();
    assert!(Head::read(&theirs.signed, &keys).is_err());
    let set = audit::key_set(&other.ctx, OPERATOR, ()).await.unwrap();
    let foreign = Kept {
        checkpoints: vec![theirs.signed],
        keys: audit::keys_in(&set),
        ..Kept::default()
    };
    assert_eq!(
        code(&audit::verify(ctx, OPERATOR, foreign).await),
        "audit.broken"
    );

    // The tail is cut, and all that told of it with it: only what left the machine shows that.
    run(ctx, "DELETE FROM events WHERE seq > 3").await;
    assert_eq!(
        code(&audit::verify(ctx, OPERATOR, Kept::default()).await),
        "audit.broken"
    );
    audit::checkpoint(ctx, CHORE, ()).await.unwrap();
    assert!(fault(ctx).await.unwrap().contains("cut off"));
    assert_eq!(told(ctx, "audit.broken").await, 1);
    audit::checkpoint(ctx, CHORE, ()).await.unwrap();
    assert_eq!(told(ctx, "audit.broken").await, 1, "it is told once");
    run(ctx, "DELETE FROM checkpoints").await;
    run(ctx, "DELETE FROM cursors").await;
    run(ctx, "DELETE FROM alert_marks").await;
    audit::verify(ctx, OPERATOR, Kept::default()).await.unwrap();
    assert_eq!(
        code(&audit::verify(ctx, OPERATOR, kept()).await),
        "audit.broken"
    );
}

/// What does not fit is told once, however much happens behind it, and nothing is
/// signed until all of the trail was seen to fit again.
///
/// asvs:V16.4.2
#[tokio::test]
async fn nothing_is_signed_behind_a_fault_while_it_stands() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let later = async |name: &str| {
        enter_new(ctx, name).await;
        node.settle().await;
        node.clock.advance(Duration::from_mins(10));
    };
    later("ann").await;
    let first = audit::checkpoint(ctx, CHORE, ()).await.unwrap().unwrap();
    run(ctx, "UPDATE events SET actor = actor || 'x' WHERE seq = 2").await;
    patrol(ctx).await;
    let found = fault(ctx).await.unwrap();
    for name in ["bob", "cid"] {
        later(name).await;
        assert!(audit::checkpoint(ctx, CHORE, ()).await.unwrap().is_none());
        patrol(ctx).await;
        let standing = audit::standing(ctx, OPERATOR, ()).await.unwrap();
        assert_eq!(standing.fault.as_ref(), Some(&found));
        assert_eq!(standing.last.unwrap().seq, first.seq);
    }
    assert_eq!(told(ctx, "audit.broken").await, 1);

    run(
        ctx,
        "UPDATE events SET actor = substr(actor, 1, length(actor) - 1) WHERE seq = 2",
    )
    .await;
    assert!(audit::checkpoint(ctx, CHORE, ()).await.unwrap().is_none());
    patrol(ctx).await;
    assert_eq!(fault(ctx).await, None);
    let second = audit::checkpoint(ctx, CHORE, ()).await.unwrap().unwrap();
    assert!(second.seq > first.seq);
    let whole = audit::verify(ctx, OPERATOR, Kept::default()).await.unwrap();
    assert_eq!(whole.checkpoints, 2);
}

/// The end is cut off, and the checkpoints in it: how far others had come tells of it,
/// at once, and nobody waits until the trail is as long again.
///
/// asvs:V16.4.2
#[tokio::test]
async fn a_cut_end_is_told_by_how_far_others_had_come() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    // Somebody watches from here on.
    node.settle().await;
    for name in ["ann", "bob", "cid"] {
        enter_new(ctx, name).await;
    }
    node.settle().await;
    alerts::check(ctx, CHORE, ()).await.unwrap();
    node.clock.advance(Duration::from_mins(10));
    audit::checkpoint(ctx, CHORE, ()).await.unwrap().unwrap();
    run(ctx, "DELETE FROM events WHERE seq > 3").await;
    run(ctx, "DELETE FROM checkpoints WHERE seq > 3").await;

    let checked = audit::verify(ctx, OPERATOR, Kept::default()).await;
    assert_eq!(code(&checked), "audit.broken");
    assert!(checked.unwrap_err().public().contains("cut off"));
    audit::checkpoint(ctx, CHORE, ()).await.unwrap();
    alerts::check(ctx, CHORE, ()).await.unwrap();
    patrol(ctx).await;
    assert!(fault(ctx).await.unwrap().contains("cut off"));
    assert_eq!(told(ctx, "audit.broken").await, 1);
    // It is heard at once, and so is what comes after it.
    node.settle().await;
    node.settle().await;
    let open = async || {
        let open = alerts::list(ctx, OPERATOR, true).await.unwrap();
        let mut rules: Vec<_> = open.into_iter().map(|alert| alert.rule).collect();
        rules.sort();
        rules
    };
    assert_eq!(open().await, ["trail-broken"]);
    boss(ctx, "root").await;
    node.settle().await;
    assert!(open().await.contains(&"administrator-made".to_owned()));

    // It stands, also when the trail is longer than it ever was.
    for name in ["dan", "eve", "fay", "gus"] {
        enter_new(ctx, name).await;
    }
    node.settle().await;
    node.clock.advance(Duration::from_mins(10));
    patrol(ctx).await;
    assert!(audit::checkpoint(ctx, CHORE, ()).await.unwrap().is_none());
    assert!(fault(ctx).await.is_some());
    let checked = audit::verify(ctx, OPERATOR, Kept::default()).await;
    assert_eq!(code(&checked), "audit.broken");
}

/// A signed head that was altered where it is kept, and hashes that are none: the
/// trail is broken, and not the program.
///
/// asvs:V16.4.2
#[tokio::test]
async fn what_is_no_hash_any_more_breaks_the_trail_and_nothing_else() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    enter_new(ctx, "ann").await;
    node.settle().await;
    node.clock.advance(Duration::from_mins(10));
    audit::checkpoint(ctx, CHORE, ()).await.unwrap().unwrap();
    for (alter, back) in [
        (
            "UPDATE checkpoints SET hash = (SELECT hash FROM events WHERE seq = 1)",
            "UPDATE checkpoints SET hash = (SELECT hash FROM events WHERE events.seq = checkpoints.seq)",
        ),
        (
            "UPDATE checkpoints SET hash = substr(hash, 1, 5)",
            "UPDATE checkpoints SET hash = (SELECT hash FROM events WHERE events.seq = checkpoints.seq)",
        ),
        (
            "UPDATE events SET hash = substr(hash, 1, 5) WHERE seq = 2",
            "UPDATE events SET hash = personal_digest WHERE seq = 2",
        ),
    ] {
        run(ctx, alter).await;
        let outcome = audit::verify(ctx, OPERATOR, Kept::default()).await;
        assert_eq!(code(&outcome), "audit.broken", "{alter}");
        patrol(ctx).await;
        assert!(fault(ctx).await.is_some(), "{alter}");
        run(ctx, back).await;
        run(ctx, "UPDATE cursors SET fault = NULL").await;
    }
    // The first fault of all is in the trail; so is whatever is done meanwhile.
    enter_new(ctx, "bob").await;
    node.settle().await;
}

/// People without a single event that tells of them: that is no trail that holds.
#[tokio::test]
async fn an_empty_trail_of_a_house_with_people_does_not_verify() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    for sql in ["DELETE FROM events", "DELETE FROM alert_marks"] {
        run(ctx, sql).await;
    }
    let empty = audit::verify(ctx, OPERATOR, Kept::default()).await.unwrap();
    assert_eq!(empty.sealed, 0);
    join(ctx, "ann").await;
    audit::verify(ctx, OPERATOR, Kept::default()).await.unwrap();
    run(ctx, "DELETE FROM events").await;
    let outcome = audit::verify(ctx, OPERATOR, Kept::default()).await;
    assert_eq!(code(&outcome), "audit.broken");
}

/// Whoever may write to the database can also write all hashes anew. They have no
/// key to sign with.
///
/// asvs:V16.4.2
#[tokio::test]
async fn a_trail_that_was_written_anew_does_not_fit_what_was_signed() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    for name in ["ann", "bob", "cid"] {
        enter_new(ctx, name).await;
    }
    node.settle().await;
    node.clock.advance(Duration::from_mins(10));
    audit::checkpoint(ctx, CHORE, ()).await.unwrap().unwrap();
    run(ctx, "UPDATE events SET actor = 'operator' WHERE seq = 2").await;
    run(
        ctx,
        "UPDATE events SET seq = NULL, hash = NULL WHERE seq IS NOT NULL",
    )
    .await;
    run(ctx, "DELETE FROM tallies").await;
    node.settle().await;
    let outcome = audit::verify(ctx, OPERATOR, Kept::default()).await;
    assert_eq!(code(&outcome), "audit.broken");
    patrol(ctx).await;
    assert!(fault(ctx).await.unwrap().contains("signed"));
}

/// asvs:V14.2.7, asvs:V14.2.4, asvs:V16.1.1
#[tokio::test]
async fn personal_data_expire_by_class_and_the_proof_stays() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let day = Duration::from_hours(24);
    with(ctx, |audit| {
        audit.keep = Keep {
            sign_ins: Some(day * 90),
            security: Some(day * 400),
            ..Keep::default()
        };
    });
    seen_from(ctx, "ann", "192.0.2.1").await;
    node.clock.advance(day * 60);
    seen_from(ctx, "bob", "192.0.2.2").await;
    node.settle().await;
    let before = audit::verify(ctx, OPERATOR, Kept::default()).await.unwrap();
    assert_eq!(audit::expire(ctx, CHORE, ()).await.unwrap(), 0);
    node.clock.advance(day * 31);
    let gone = audit::expire(ctx, CHORE, ()).await.unwrap();
    assert!(gone >= 1);
    assert_eq!(audit::expire(ctx, CHORE, ()).await.unwrap(), 0);
    node.settle().await;
    let left = "SELECT CAST(count(*) AS BIGINT) AS number FROM events
        WHERE kind = 'session.opened' AND personal IS NOT NULL AND salt IS NOT NULL AND address = $1";
    assert_eq!(number(ctx, left, args!["192.0.2.1"]).await, 0);
    assert_eq!(number(ctx, left, args!["192.0.2.2"]).await, 1);
    // One event for the run, and the trail holds with one more.
    assert_eq!(told(ctx, "audit.expired").await, 1);
    let after = audit::verify(ctx, OPERATOR, Kept::default()).await.unwrap();
    assert_eq!(after.sealed, before.sealed + 1);
    let kind = vec![EventKind::AccountCreated];
    let search = Search {
        kinds: kind,
        ..Search::default()
    };
    let found = audit::search(ctx, OPERATOR, (search, 10, None))
        .await
        .unwrap();
    assert_eq!(found.rows.len(), 2, "what is kept for good is there");
}

pub(crate) fn with(ctx: &Ctx, change: impl FnOnce(&mut AuditPolicy)) {
    let mut policy = (*ctx.policy()).clone();
    change(&mut policy.audit);
    ctx.set_policy(policy);
}

/// Look at all of it once.
async fn patrol(ctx: &Ctx) {
    let begin = Default::default();
    audit::patrol(ctx, CHORE, begin).await.unwrap();
}

async fn fault(ctx: &Ctx) -> Option<String> {
    audit::standing(ctx, OPERATOR, ()).await.unwrap().fault
}

async fn run(ctx: &Ctx, sql: &'static str) {
    ctx.db().write_one(sql, Vec::new()).await.unwrap();
}

async fn enter_new(ctx: &Ctx, name: &str) -> (UserId, Principal) {
    join(ctx, name).await;
    enter(ctx, name).await
}

/// Somebody who signs in from an address; the id of their session.
async fn seen_from(ctx: &Ctx, name: &str, address: &str) -> (UserId, String) {
    let id = join(ctx, name).await;
    let request = SignIn {
        login: name.into(),
        password: secret(PASSWORD),
        device: Device::new(Some("Laptop".into()), None, Some(address.into())).into(),
        address: None,
        opening: COOKIE,
        client: ClientProfile::NATIVE,
    };
    let step = signin::signin(ctx, &Principal::Anonymous, request).await;
    let Step::Done(done) = step.unwrap() else {
        panic!("{name} has no second factor")
    };
    let by = who(ctx, &cookie(&done)).await.unwrap();
    (id, by.person().unwrap().session.to_string())
}
