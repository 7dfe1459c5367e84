//! New passwords are held against those that became known.

use std::{fs, time::Duration};

use tollgate_base::{
    Result,
    access::{Principal, Role},
};
use tollgate_flows::{
    Ctx,
    password::{self, Candidate},
    people::{self, CreatePerson},
};
use tollgate_outbound::breaches::{Breaches, Builder, List, Ranges};
use tollgate_testkit::{
    node::Node,
    services::{Reply, WebServer},
};

use crate::support::{
    PASSWORD, applicant, change_password, code, enter, events, join, reset, secret, try_join,
};

/// Good by every other rule.
const KNOWN: &str = "purple monkey dishwasher";

fn ranges(server: &WebServer) -> Breaches {
    let url = format!("{}/range", server.url()).parse().unwrap();
    Breaches {
        list: None,
        ranges: Some(Ranges::new(url, None, Duration::from_millis(500)).unwrap()),
    }
}

/// Everything that somebody's new password comes by.
async fn everywhere(ctx: &Ctx, new: &str, name: &str) -> Vec<Result<()>> {
    let mut chosen = applicant(name);
    chosen.password = Some(secret(new));
    let signed_up = try_join(ctx, chosen).await.map(drop);
    let mut made = applicant(&format!("{name}-made"));
    made.password = Some(secret(new));
    let request = CreatePerson {
        applicant: made,
        role: Role::Default,
        once: None,
    };
    let made = people::create(ctx, &Principal::Operator, request)
        .await
        .map(drop);
    let other = format!("{name}-other");
    join(ctx, &other).await;
    let (_, by) = enter(ctx, &other).await;
    let changed = change_password(ctx, &by, (PASSWORD, new)).await;
    let third = format!("{name}-third");
    let third = join(ctx, &third).await;
    let link = password::reset_link(ctx, &Principal::Operator, third)
        .await
        .unwrap();
    let was_reset = reset(ctx, &link.token, new).await;
    vec![signed_up, made, changed, was_reset]
}

fn breached(outcome: &Result<()>) -> bool {
    let rules = outcome.as_ref().err().map(|fault| fault.fields().to_vec());
    rules.is_some_and(|rules| rules.iter().any(|fault| fault.rule == "breached"))
}

/// asvs:V6.2.12: a breached password is refused wherever one is chosen, and the
/// service hears of five digits of its hash.
#[tokio::test]
async fn a_breached_password_is_refused_and_stays_here() {
    let server = WebServer::start().await;
    let (start, rest) = halves(KNOWN);
    let other = format!("{}:7\r\n", "0".repeat(35));
    server.reply(Reply::Says(200, format!("{other}{rest}:3\r\n")));
    let node = Node::asking(ranges(&server)).await;
    let outcomes = everywhere(&node.ctx, KNOWN, "ann").await;
    assert!(outcomes.iter().all(breached), "{outcomes:?}");
    assert_eq!(events(&node.ctx, "password.breach_check_failed").await, 0);
    for asked in server.take_seen() {
        let told = asked.target.strip_prefix("/range/").unwrap();
        assert!(told.len() == 5 && told.bytes().all(|digit| digit.is_ascii_hexdigit()));
        assert_eq!(asked.values("add-padding"), ["true"]);
        assert!(asked.body.is_empty() && asked.values("cookie").is_empty());
    }

    // Padding is seen never, and the case of the digits is the service's.
    server.reply(Reply::Says(200, format!("{rest}:0\r\n")));
    let outcomes = everywhere(&node.ctx, KNOWN, "bob").await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    server.reply(Reply::Says(200, format!("{}:12\n", rest.to_lowercase())));
    let outcomes = everywhere(&node.ctx, KNOWN, "cyd").await;
    assert!(outcomes.iter().all(breached), "{outcomes:?}");
    let seen = server.take_seen();
    assert!(
        seen.iter()
            .any(|asked| asked.target == format!("/range/{start}"))
    );
}

/// asvs:V6.2.12: who does not answer, or not in time, or without end, stands in
/// nobody's way; that is noted once an hour.
#[tokio::test]
async fn who_does_not_answer_is_noted_once_and_refuses_nothing() {
    let server = WebServer::start().await;
    let node = Node::asking(ranges(&server)).await;
    let ctx = &node.ctx;
    let elsewhere = WebServer::start().await;
    elsewhere.reply(Reply::Says(200, String::new()));
    let moods = [
        Reply::Silence,
        Reply::Garbage,
        Reply::Flood,
        Reply::HangsUp,
        Reply::Says(503, String::new()),
        Reply::Redirects(elsewhere.url()),
    ];
    for (place, mood) in moods.into_iter().enumerate() {
        server.reply(mood.clone());
        let joined = join(ctx, &format!("person{place}")).await;
        assert!(!joined.to_string().is_empty(), "{mood:?}");
        assert_eq!(
            events(ctx, "password.breach_check_failed").await,
            1,
            "{mood:?}"
        );
    }
    assert!(elsewhere.take_seen().is_empty(), "no redirect is followed");
    node.clock.advance(Duration::from_secs(3_601));
    join(ctx, "zoe").await;
    assert_eq!(events(ctx, "password.breach_check_failed").await, 2);
}

/// asvs:V6.2.12: by a list on the disk, while it is typed too; a list that is
/// gone refuses nothing.
#[tokio::test]
async fn a_list_on_the_disk_is_asked_first() {
    let folder = tempfile::tempdir().unwrap();
    let (dump, list) = (folder.path().join("dump"), folder.path().join("list"));
    let (start, rest) = halves(KNOWN);
    fs::write(&dump, format!("{start}{rest}:3\n")).unwrap();
    let mut builder = Builder::new(list.clone(), 1);
    builder.add(&dump).unwrap();
    builder
        .finish(tollgate_base::time::Time::from_secs(1_800_000_000))
        .unwrap();
    let server = WebServer::start().await;
    server.reply(Reply::Says(200, String::new()));
    let breaches = Breaches {
        list: Some(List::new(list.clone())),
        ..ranges(&server)
    };
    let node = Node::asking(breaches).await;
    let ctx = &node.ctx;
    let weigh = async |typed: &str| {
        let request = Candidate {
            password: secret(typed),
            names: Vec::new(),
            address: None,
        };
        let weighed = password::strength(ctx, &Principal::Anonymous, request).await;
        weighed.unwrap()
    };
    assert_eq!(weigh(KNOWN).await.faults[0].rule, "breached");
    assert!(weigh(PASSWORD).await.faults.is_empty());
    assert!(
        server.take_seen().is_empty(),
        "nobody else is asked while one types"
    );
    let outcomes = everywhere(ctx, KNOWN, "ann").await;
    assert!(outcomes.iter().all(breached), "{outcomes:?}");
    let told: Vec<String> = server.take_seen().into_iter().map(|it| it.target).collect();
    assert!(
        !told.contains(&format!("/range/{start}")),
        "the list knew it"
    );

    fs::remove_file(&list).unwrap();
    let outcomes = everywhere(ctx, KNOWN, "bob").await;
    assert!(outcomes.iter().all(|it| code(it) == "ok"), "{outcomes:?}");
    assert_eq!(events(ctx, "password.breach_check_failed").await, 1);
}

/// The first five digits of a password's SHA-1, and the others.
fn halves(password: &str) -> (String, String) {
    use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
    let digits = tollgate_base::hex::hex(hash.as_ref()).to_uppercase();
    let (start, rest) = digits.split_at(5);
    (start.to_owned(), rest.to_owned())
}
