//! Events on their way to webhooks: in order, at least once, signed, never inside, and
//! at nobody else's cost.

use std::time::Duration;

use serde_json::Value;
use tollgate_base::{ExposeSecret, Result, SecretString, access::Principal, id::WebhookId};
use tollgate_flows::{
    Ctx,
    webhooks::{self, From, Standing, WebhookDraft},
};
use tollgate_testkit::{
    node::Node,
    services::{Reply, Seen, WebServer},
};

use crate::support::{boss, code, enter, events, join_quietly};

const OPERATOR: &Principal = &Principal::Operator;

fn draft(url: &str, events: &[&str]) -> WebhookDraft {
    WebhookDraft {
        name: "Receiver".to_owned(),
        url: url.to_owned(),
        events: events.iter().map(|&event| event.to_owned()).collect(),
        active: true,
    }
}

async fn add(ctx: &Ctx, url: &str, events: &[&str]) -> (WebhookId, SecretString) {
    let made = webhooks::create(ctx, OPERATOR, draft(url, events)).await;
    let (standing, secret) = made.unwrap();
    (standing.webhook.id, secret)
}

async fn show(ctx: &Ctx, id: WebhookId) -> Standing {
    webhooks::show(ctx, OPERATOR, id).await.unwrap()
}

fn header(seen: &Seen, name: &str) -> String {
    let mut all = seen.headers.iter();
    let found = all.find(|(one, _)| one.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

fn body(seen: &Seen) -> Value {
    serde_json::from_slice(&seen.body).unwrap()
}

/// Whether a library that others wrote takes it for signed with that secret.
fn is_signed(seen: &Seen, secret: &SecretString) -> bool {
    let oracle = standardwebhooks::Webhook::new(secret.expose_secret()).unwrap();
    let (id, at) = (
        header(seen, "webhook-id"),
        header(seen, "webhook-timestamp"),
    );
    let expected = oracle.sign(&id, at.parse().unwrap(), &seen.body).unwrap();
    let signatures = header(seen, "webhook-signature");
    signatures.split(' ').any(|one| one == expected)
}

async fn pass(node: &Node, span: Duration) {
    node.clock.advance(span);
    node.settle().await;
}

/// asvs:V16.4.3
#[tokio::test]
async fn events_arrive_in_order_and_signed() {
    let server = WebServer::encrypted().await;
    let node = Node::calling(server.roots()).await;
    let ctx = &node.ctx;
    join_quietly(ctx, "ann").await;
    node.settle().await;
    let (id, secret) = add(ctx, &server.url(), &["session.*", "account.created"]).await;
    let (ann, _) = enter(ctx, "ann").await;
    node.clock.advance(Duration::from_secs(1));
    join_quietly(ctx, "bob").await;
    node.settle().await;

    let seen = server.take_seen();
    let kinds: Vec<_> = seen.iter().map(|one| body(one)["type"].clone()).collect();
    assert_eq!(kinds, ["session.opened", "account.created"]);
    assert!(seen.iter().all(|one| is_signed(one, &secret)));
    let first = body(&seen[0]);
    assert_eq!(first["data"]["subject"], ann.to_string());
    assert_eq!(first["data"]["id"], header(&seen[0], "webhook-id"));
    // Where it was done from is personal, and stays here.
    assert!(!String::from_utf8_lossy(&seen[0].body).contains("192.0.2.7"));
    let told = show(ctx, id).await;
    assert_eq!(
        (told.success.taken, told.success.all, told.behind),
        (2, 2, 0)
    );

    let again = webhooks::replay(ctx, OPERATOR, (id, From::Number(1))).await;
    assert!(again.unwrap() > 2);
    node.settle().await;
    let replayed = server.take_seen();
    assert_eq!(
        header(&replayed[replayed.len() - 1], "webhook-id"),
        header(&seen[1], "webhook-id")
    );
    assert_eq!(events(ctx, "webhook.replayed").await, 1);

    // What nobody could mean throws nothing away that is under way.
    webhooks::replay(ctx, OPERATOR, (id, From::Number(1)))
        .await
        .unwrap();
    let behind = show(ctx, id).await.behind;
    let later = ctx.now().plus(Duration::from_secs(1));
    for from in [From::Number(99_999), From::Number(-1), From::Time(later)] {
        let refused = webhooks::replay(ctx, OPERATOR, (id, from)).await;
        assert_eq!(code(&refused), "request.invalid");
    }
    assert_eq!(show(ctx, id).await.behind, behind);
}

/// asvs:V13.3.4: whoever rotates a secret loses no message.
#[tokio::test]
async fn both_secrets_sign_while_one_is_replaced() {
    let server = WebServer::encrypted().await;
    let node = Node::calling(server.roots()).await;
    let ctx = &node.ctx;
    let (id, old) = add(ctx, &server.url(), &["account.*"]).await;
    let new = webhooks::rotate(ctx, OPERATOR, (id, false)).await.unwrap();
    let tested = webhooks::test(ctx, OPERATOR, id).await.unwrap();
    assert_eq!((tested.taken, tested.status), (true, Some(204)));
    let seen = server.take_seen();
    assert!(is_signed(&seen[0], &old) && is_signed(&seen[0], &new));
    node.clock.advance(webhooks::OVERLAP);
    webhooks::test(ctx, OPERATOR, id).await.unwrap();
    let seen = server.take_seen();
    assert!(!is_signed(&seen[0], &old) && is_signed(&seen[0], &new));
    let sql = "SELECT CAST(count(*) AS BIGINT) AS number FROM webhooks WHERE secret = $1";
    let plain = vec![old.expose_secret().as_bytes().into()];
    assert_eq!(
        crate::support::number(ctx, sql, plain).await,
        0,
        "it lies sealed"
    );
}

/// One event, out of its turn: what it told the first time.
#[tokio::test]
async fn an_event_is_handed_over_once_more() {
    let server = WebServer::encrypted().await;
    let node = Node::calling(server.roots()).await;
    let ctx = &node.ctx;
    let (id, _) = add(ctx, &server.url(), &["session.*"]).await;
    join_quietly(ctx, "ann").await;
    enter(ctx, "ann").await;
    node.settle().await;
    let seen = server.take_seen();
    let all = webhooks::list_deliveries(ctx, OPERATOR, (id, None, 10)).await;
    let first = all.unwrap().remove(0);
    let again = webhooks::retry(ctx, OPERATOR, (id, first.id))
        .await
        .unwrap();
    assert!(again.taken);
    let more = server.take_seen();
    assert_eq!(body(&more[0]), body(&seen[0]));
    assert_eq!(
        header(&more[0], "webhook-id"),
        header(&seen[0], "webhook-id")
    );
}

/// The secret that the receiver knows signs for its whole day, whoever rotates again.
#[tokio::test]
async fn a_secret_is_not_rotated_twice_in_a_day() {
    let server = WebServer::encrypted().await;
    let node = Node::calling(server.roots()).await;
    let ctx = &node.ctx;
    let (id, old) = add(ctx, &server.url(), &["account.*"]).await;
    let new = webhooks::rotate(ctx, OPERATOR, (id, false)).await.unwrap();
    node.clock
        .advance(webhooks::OVERLAP - Duration::from_secs(1));
    let again = webhooks::rotate(ctx, OPERATOR, (id, false)).await;
    assert_eq!(code(&again), "webhook.rotating");
    webhooks::test(ctx, OPERATOR, id).await.unwrap();
    let seen = server.take_seen();
    assert!(is_signed(&seen[0], &old) && is_signed(&seen[0], &new));
    node.clock.advance(Duration::from_secs(1));
    let third = webhooks::rotate(ctx, OPERATOR, (id, false)).await.unwrap();
    webhooks::test(ctx, OPERATOR, id).await.unwrap();
    assert!(is_signed(&server.take_seen()[0], &new));
    // One that became known goes at once, by whoever says so.
    webhooks::rotate(ctx, OPERATOR, (id, true)).await.unwrap();
    webhooks::test(ctx, OPERATOR, id).await.unwrap();
    let seen = server.take_seen();
    assert!(is_signed(&seen[0], &third) && !is_signed(&seen[0], &new));
}

/// fault:F17: down, slow, redirecting, babbling or breaking off: events wait in the
/// trail, nobody else waits, and all arrive in order afterwards.
#[tokio::test]
async fn a_bad_receiver_holds_up_nobody_else() {
    let bad = WebServer::encrypted().await;
    let node = Node::calling(bad.roots()).await;
    let ctx = &node.ctx;
    let (id, _) = add(ctx, &bad.url(), &["account.created"]).await;
    let inside = WebServer::start().await;
    let moods = [
        Reply::Says(500, "no".to_owned()),
        Reply::Redirects(inside.url()),
        Reply::Silence,
        Reply::Garbage,
        Reply::HangsUp,
    ];
    let mut names = Vec::new();
    for (number, mood) in moods.into_iter().enumerate() {
        bad.reply(mood.clone());
        names.push(join_quietly(ctx, &format!("p{number}")).await.to_string());
        node.clock.advance(Duration::from_mins(1));
        let sending = node.settle();
        if mood == Reply::Silence {
            // While it is waited for, others write.
            let sql = "DELETE FROM jobs";
            tokio::pin!(sending);
            tokio::select! {
                () = &mut sending => panic!("a write waits for the receiver"),
                written = ctx.db().write_one(sql, Vec::new()) => drop(written.unwrap()),
            }
            sending.await;
        } else {
            sending.await;
        }
        let told = show(ctx, id).await;
        assert!(
            told.webhook.active && told.webhook.failing_since.is_some(),
            "{mood:?}"
        );
    }
    assert!(inside.take_seen().is_empty(), "no redirect is followed");
    assert_eq!(
        bad.take_seen().len(),
        5,
        "the first event is tried, and no other"
    );

    bad.reply(Reply::Flood);
    pass(&node, Duration::from_hours(2)).await;
    let seen = bad.take_seen();
    let subjects: Vec<_> = seen
        .iter()
        .map(|one| body(one)["data"]["subject"].clone())
        .collect();
    assert_eq!(
        subjects, names,
        "however long an answer is, its status counts"
    );
    let log = webhooks::list_deliveries(ctx, OPERATOR, (id, None, 10))
        .await
        .unwrap();
    assert_eq!(log.len(), 5);
    assert!(log.iter().all(|one| one.taken && one.answer.len() <= 1024));
    assert_eq!(log[4].tries, 6);
}

/// fault:F17: what is gone, and what takes nothing for three days, is turned off and
/// told of; turned on again, it goes on from its place.
#[tokio::test]
async fn a_dead_receiver_is_given_up_and_loses_nothing() {
    let server = WebServer::encrypted().await;
    let node = Node::calling(server.roots()).await;
    let ctx = &node.ctx;
    let (id, _) = add(ctx, &server.url(), &["account.created"]).await;
    server.reply(Reply::Says(503, String::new()));
    join_quietly(ctx, "ann").await;
    for _ in 0..74 {
        pass(&node, Duration::from_mins(73)).await;
    }
    let told = show(ctx, id).await;
    assert_eq!(told.webhook.stopped.as_deref(), Some("failing"));
    assert!(!told.webhook.active && events(ctx, "webhook.stopped").await == 1);
    assert!(
        server.take_seen().len() < 90,
        "it is asked ever more seldom"
    );

    server.reply(Reply::Says(200, String::new()));
    pass(&node, Duration::from_hours(2)).await;
    assert!(server.take_seen().is_empty());
    let on = draft(&server.url(), &["account.created"]);
    webhooks::edit(ctx, OPERATOR, (id, on)).await.unwrap();
    node.settle().await;
    assert_eq!(server.take_seen().len(), 1);

    server.reply(Reply::Says(410, String::new()));
    join_quietly(ctx, "bob").await;
    node.settle().await;
    assert_eq!(show(ctx, id).await.webhook.stopped.as_deref(), Some("gone"));
}

/// asvs:V13.2.4, vuln:129, asvs:V1.3.6: neither an address nor a name leads inside.
#[tokio::test]
async fn nothing_is_sent_inside() {
    let server = WebServer::encrypted().await;
    let node = Node::new().await;
    let ctx = &node.ctx;
    let create = async |url: &str| {
        let made: Result<_> = webhooks::create(ctx, OPERATOR, draft(url, &["*"])).await;
        code(&made)
    };
    for url in [
        "http://hooks.example.org/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest",
        "https://ann@hooks.example.org/",
        "file:///etc/passwd",
        "https://",
    ] {
        assert_eq!(create(url).await, "request.invalid", "{url}");
    }
    // A name is looked up when something is sent.
    let (id, _) = add(ctx, &server.url(), &["*"]).await;
    let tested = webhooks::test(ctx, OPERATOR, id).await.unwrap();
    assert_eq!(tested.fault.as_deref(), Some("It is at a private address."));
    assert!(server.take_seen().is_empty());
    let wrong = webhooks::create(ctx, OPERATOR, draft(&server.url(), &["session"])).await;
    assert_eq!(code(&wrong), "request.invalid");
}

#[tokio::test]
async fn only_administrators_who_stood_lately_say_where_events_go() {
    let server = WebServer::encrypted().await;
    let node = Node::calling(server.roots()).await;
    let ctx = &node.ctx;
    join_quietly(ctx, "ann").await;
    let (_, ann) = enter(ctx, "ann").await;
    let (_, root) = boss(ctx, "root").await;
    let new = || draft(&server.url(), &["*"]);
    assert_eq!(
        code(&webhooks::create(ctx, &ann, new()).await),
        "access.denied"
    );
    assert_eq!(code(&webhooks::list(ctx, &ann, ()).await), "access.denied");
    let (made, _) = webhooks::create(ctx, &root, new()).await.unwrap();
    let id = made.webhook.id;
    node.clock.advance(Duration::from_mins(11));
    assert_eq!(
        code(&webhooks::rotate(ctx, &root, (id, false)).await),
        "password.fresh"
    );
    assert_eq!(
        code(&webhooks::create(ctx, &root, new()).await),
        "password.fresh"
    );
    let edited = webhooks::edit(ctx, &root, (id, new())).await;
    assert_eq!(code(&edited), "password.fresh");

    let tested = webhooks::test(ctx, &root, id).await.unwrap();
    server.reply(Reply::Says(500, "no\u{0} more".to_owned()));
    let again = webhooks::retry(ctx, &root, (id, tested.id)).await.unwrap();
    assert_eq!((again.taken, again.answer.as_str()), (false, "no more"));
    let log = webhooks::list_deliveries(ctx, &root, (id, None, 10))
        .await
        .unwrap();
    assert_eq!((log.len(), log[0].tries), (1, 2));
    assert_eq!(
        code(&webhooks::retry(ctx, &ann, (id, tested.id)).await),
        "access.denied"
    );

    webhooks::delete(ctx, &root, id).await.unwrap();
    assert_eq!(
        code(&webhooks::show(ctx, &root, id).await),
        "webhook.missing"
    );
    for kind in ["webhook.created", "webhook.deleted"] {
        assert_eq!(events(ctx, kind).await, 1, "{kind}");
    }
}
