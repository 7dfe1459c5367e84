//! Alerts: raised once for each thing, told once and clearly, by each channel apart.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use tollgate_base::{Result, access::Principal};
use tollgate_flows::{
    Alert, Ctx, Severity,
    alerts::{self, Channel, ChannelState, RULES},
    ctx::{AlertPolicy, PURPOSE_ACCESS},
    keyring::{self, Begin},
    webhooks::{self, WebhookDraft},
};
use tollgate_outbound::{
    channels::{Channels, Chat, Lines},
    hook::{Hook, Place},
    letters::Letters,
};
use tollgate_testkit::{
    node::Node,
    services::{Greeting, Mood, Reply, SmtpServer, WebServer},
};

use crate::support::{COOKIE, boss, code, enter, events, join_quietly, number, try_in};

const OPERATOR: &Principal = &Principal::Operator;
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

async fn open(ctx: &Ctx) -> Vec<Alert> {
    alerts::list(ctx, OPERATOR, true).await.unwrap()
}

fn rules(alerts: &[Alert]) -> Vec<&str> {
    alerts.iter().map(|alert| alert.rule.as_str()).collect()
}

/// Fail until the account is blocked.
async fn block(ctx: &Ctx, name: &str) {
    for _ in 0..11 {
        let _: Result<_> = try_in(ctx, name, "not the password", COOKIE).await;
    }
}

async fn pass(node: &Node, span: Duration) {
    node.clock.advance(span);
    node.settle().await;
}

fn chat(server: &WebServer) -> Chat {
    let url = format!("{}/services/secret", server.url());
    Chat::new(url.into(), None, Duration::from_millis(500)).unwrap()
}

fn state(states: &[ChannelState], channel: Channel) -> &ChannelState {
    states
        .iter()
        .find(|state| state.channel == channel)
        .unwrap()
}

/// One alert for each account, however often; a new one once it was
/// closed, and one more of another rule for many at once.
#[tokio::test]
async fn the_same_is_one_alert_until_it_is_closed() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (root_id, root) = boss(ctx, "root").await;
    node.settle().await;
    for alert in open(ctx).await {
        alerts::close(ctx, OPERATOR, alert.id).await.unwrap();
    }
    let ann = join_quietly(ctx, "ann").await;
    for _ in 0..3 {
        block(ctx, "ann").await;
        pass(&node, Duration::from_mins(70)).await;
    }
    let raised = open(ctx).await;
    assert_eq!(rules(&raised), ["account-blocked"]);
    let alert = &raised[0];
    assert_eq!(
        (alert.subject.clone(), alert.severity),
        (ann.to_string(), Severity::Warning)
    );
    assert!(alert.count >= 3 && alert.last_at > alert.first_at);

    let (_, herself) = enter(ctx, "ann").await;
    assert_eq!(
        code(&alerts::list(ctx, &herself, true).await),
        "access.denied"
    );
    assert_eq!(
        code(&alerts::close(ctx, &herself, alert.id).await),
        "access.denied"
    );
    assert_eq!(
        code(&alerts::test(ctx, &herself, ()).await),
        "access.denied"
    );
    let seen = alerts::acknowledge(ctx, &root, alert.id).await.unwrap();
    assert_eq!(seen.acknowledged.unwrap().0, root_id.to_string());
    alerts::close(ctx, &root, alert.id).await.unwrap();
    alerts::close(ctx, &root, alert.id).await.unwrap();
    assert_eq!(events(ctx, "alert.acknowledged").await, 1);
    assert_eq!(events(ctx, "alert.closed").await, 2, "once for each alert");
    assert!(open(ctx).await.is_empty());

    for name in ["b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8", "ann"] {
        if name != "ann" {
            join_quietly(ctx, name).await;
        }
        block(ctx, name).await;
    }
    node.settle().await;
    let raised = open(ctx).await;
    assert_eq!(raised[0].rule, "many-blocked", "the worst is first");
    assert_eq!(raised.len(), 2, "one alert tells of all but the first");
    assert!(raised.iter().all(|new| new.id != alert.id));

    join_quietly(ctx, "cem").await;
    block(ctx, "cem").await;
    node.settle().await;
    let after = open(ctx).await;
    assert_eq!(after.len(), 2, "and of those that follow");
    assert!(after[0].count > raised[0].count);
}

/// Two nodes watch the same trail: each event counts once.
#[tokio::test]
async fn an_event_raises_once_however_many_nodes_watch() {
    let node = Node::new().await;
    let other = node.second().await;
    boss(&node.ctx, "root").await;
    for _ in 0..3 {
        other.settle().await;
        node.settle().await;
        node.clock.advance(Duration::from_secs(20));
    }
    let raised = open(&node.ctx).await;
    assert_eq!(rules(&raised), ["administrator-made"]);
    assert_eq!(raised[0].count, 1);
}

/// Each channel gets it in its own form; what fails is shown, and holds up no other.
#[tokio::test]
async fn channels_are_told_apart_from_each_other() {
    let (talk, hooked) = (WebServer::start().await, WebServer::start().await);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alerts.jsonl");
    let place = Place {
        url: hooked.url().parse().unwrap(),
        secret: SECRET.to_owned().into(),
        roots: None,
        patience: Duration::from_millis(500),
    };
    let channels = Channels {
        chat: Some(chat(&talk)),
        hook: Some(Arc::new(Hook::new(place).unwrap())),
        file: Some(Lines::new(path.clone(), 1024 * 1024)),
    };
    let policy = AlertPolicy {
        mail: vec!["admins".into(), "ops@example.org".into()],
        ..AlertPolicy::default()
    };
    let node = Node::telling(channels, policy).await;
    let ctx = &node.ctx;
    talk.reply(Reply::Silence);
    boss(ctx, "root").await;
    node.settle().await;

    let message: Value = serde_json::from_slice(&hooked.take_seen()[0].body).unwrap();
    assert_eq!(message["type"], "alert.raised");
    assert_eq!(message["data"]["alerts"][0]["rule"], "administrator-made");
    let line = std::fs::read_to_string(&path).unwrap();
    assert!(line.contains("\"severity\":\"warning\""), "{line}");
    let mails = node.mails();
    for to in ["root@example.org", "ops@example.org"] {
        let theirs = mails
            .iter()
            .filter(|mail| mail.contains(&format!("To: {to}\n")));
        let theirs: Vec<_> = theirs
            .filter(|mail| mail.contains("/admin/alerts"))
            .collect();
        assert_eq!(theirs.len(), 1, "{to}: {mails:?}");
        for says in [
            "Subject: Tollgate: Warning: There is a new administrator",
            "/review",
            "/admin/alerts#alr_",
            "(root",
        ] {
            assert!(theirs[0].contains(says), "{says}: {}", theirs[0]);
        }
    }
    let told = alerts::channels(ctx, OPERATOR, ()).await.unwrap();
    assert_eq!(
        state(&told, Channel::Slack).fault.as_deref(),
        Some("It took too long.")
    );
    for channel in [Channel::Mail, Channel::Webhook, Channel::File] {
        assert_eq!(state(&told, channel).fault, None, "{channel:?}");
    }

    talk.take_seen();
    talk.reply(Reply::Says(200, "ok".into()));
    pass(&node, Duration::from_mins(2)).await;
    let said: Value = serde_json::from_slice(&talk.take_seen()[0].body).unwrap();
    let text = said["text"].as_str().unwrap();
    assert!(
        text.contains("Warning") && text.contains("/admin/alerts#alr_") && text.contains("(root"),
        "{text}"
    );
    assert!(hooked.take_seen().is_empty(), "it was told once");

    let tested = alerts::test(ctx, OPERATOR, ()).await.unwrap();
    assert!(
        tested
            .iter()
            .all(|state| state.set && state.fault.is_none()),
        "{tested:?}"
    );
    let message: Value = serde_json::from_slice(&hooked.take_seen()[0].body).unwrap();
    assert_eq!(message["type"], "alert.test");
    assert_eq!(talk.take_seen().len(), 1);
}

/// Told again after a quiet while, not once somebody has seen it; what is mild comes
/// together later.
#[tokio::test]
async fn what_comes_again_is_told_after_a_quiet_while() {
    let talk = WebServer::start().await;
    let channels = Channels {
        chat: Some(chat(&talk)),
        ..Channels::default()
    };
    let policy = AlertPolicy {
        slack_level: Severity::Info,
        digest: Some(Duration::from_hours(24)),
        ..AlertPolicy::default()
    };
    let node = Node::telling(channels, policy).await;
    let ctx = &node.ctx;
    join_quietly(ctx, "ann").await;
    block(ctx, "ann").await;
    node.settle().await;
    assert_eq!(talk.take_seen().len(), 1);
    pass(&node, Duration::from_mins(16)).await;
    block(ctx, "ann").await;
    pass(&node, Duration::from_mins(2)).await;
    assert!(talk.take_seen().is_empty(), "within the quiet while");
    pass(&node, Duration::from_hours(5)).await;
    block(ctx, "ann").await;
    pass(&node, Duration::from_mins(2)).await;
    assert_eq!(talk.take_seen().len(), 1, "after it");
    let alert = open(ctx).await.remove(0);
    alerts::acknowledge(ctx, OPERATOR, alert.id).await.unwrap();
    pass(&node, Duration::from_hours(5)).await;
    block(ctx, "ann").await;
    pass(&node, Duration::from_mins(2)).await;
    assert!(talk.take_seen().is_empty(), "somebody has seen it");

    // Mild ones: not at once, and together.
    for _ in 0..2 {
        keyring::rotate(ctx, OPERATOR, (PURPOSE_ACCESS.to_owned(), Begin::Now))
            .await
            .unwrap();
        pass(&node, Duration::from_mins(2)).await;
    }
    assert!(talk.take_seen().is_empty());
    pass(&node, Duration::from_hours(24)).await;
    assert_eq!(talk.take_seen().len(), 1);
}

/// What no event tells of is looked at: an administrator without a second factor, and
/// a trail that was touched or cut.
#[tokio::test]
async fn conditions_raise_alerts_too() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let by = &Principal::Chore("check_alerts");
    join_quietly(ctx, "ann").await;
    node.settle().await;
    alerts::check(ctx, by, ()).await.unwrap();
    assert!(open(ctx).await.is_empty());
    boss(ctx, "root").await;
    node.settle().await;
    for _ in 0..2 {
        node.clock.advance(Duration::from_mins(5));
        alerts::check(ctx, by, ()).await.unwrap();
    }
    let raised = open(ctx).await;
    let without = raised
        .iter()
        .find(|one| one.rule == "administrator-without-factor");
    assert_eq!(without.unwrap().count, 1, "it is told once while it lasts");
    let sql = "UPDATE accounts SET role = 'default' WHERE role = 'admin'";
    ctx.db().write_one(sql, Vec::new()).await.unwrap();
    node.clock.advance(Duration::from_mins(5));
    alerts::check(ctx, by, ()).await.unwrap();
    assert!(
        !rules(&open(ctx).await).contains(&"administrator-without-factor"),
        "it is over"
    );

    // Cut off behind our back.
    let sql = "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)";
    ctx.db().write_one(sql, Vec::new()).await.unwrap();
    node.clock.advance(Duration::from_mins(5));
    alerts::check(ctx, by, ()).await.unwrap();
    assert_eq!(open(ctx).await[0].rule, "trail-broken");
}

/// Write an event of a kind behind our back.
async fn happen(ctx: &Ctx, number: u32, kind: &str, data: &str) {
    let sql = "INSERT INTO events (id, at, kind, actor, subject, data, personal_digest)
        VALUES ($1, $2, $3, 'anonymous', $4, $5, $6)";
    let id = format!("evt_01k3bq7k3vf0q8s6r2c4e5{number:04}");
    let subject = format!("usr_01k3bq7k3vf0q8s6r2c4e5{number:04}");
    let digest = tollgate_records::events::personal_digest(&[0; 16], "");
    let row = tollgate_store::args![id, ctx.now(), kind, subject, data, digest];
    ctx.db().write_one(sql, row).await.unwrap();
}

/// A mail server that does not know one receiver says so of that one: whoever looks
/// sees whom, for as long as it is so, and the others get their mail.
#[tokio::test]
async fn a_receiver_that_is_refused_is_named_until_it_is_not() {
    let server = SmtpServer::start(Greeting::Plain).await;
    let policy = AlertPolicy {
        mail: ["aa-gone@example.org", "zz@example.org", "ops@example.org"]
            .map(str::to_owned)
            .to_vec(),
        ..AlertPolicy::default()
    };
    let node = Node::mailing_alerts(&server, policy).await;
    let ctx = &node.ctx;
    server.be(Mood::KnowsNo("aa-gone"));
    join_quietly(ctx, "ann").await;
    block(ctx, "ann").await;
    for _ in 0..3 {
        pass(&node, Duration::from_secs(2)).await;
    }
    let got = |name: &str| {
        let to = format!("{name}@example.org");
        let letters = server.letters();
        letters
            .iter()
            .filter(|mail| mail.to == [to.as_str()])
            .count()
    };
    assert_eq!((got("zz"), got("ops"), got("aa-gone")), (1, 1, 0));
    let fault = async || {
        let told = alerts::channels(ctx, OPERATOR, ()).await.unwrap();
        state(&told, Channel::Mail).fault.clone()
    };
    let says = fault().await.expect("one was refused");
    assert!(says.contains("aa-gone@example.org"), "{says}");
    assert!(says.contains("550"), "{says}");
    assert!(!says.contains("zz@") && !says.contains("ops@"), "{says}");

    let tested = alerts::test(ctx, OPERATOR, ()).await.unwrap();
    let says = state(&tested, Channel::Mail).fault.clone().unwrap();
    assert!(says.contains("aa-gone@") && says.contains("550"), "{says}");
    assert_eq!(
        (got("zz"), got("ops")),
        (2, 2),
        "they are tested all the same"
    );

    // Another one takes no mail either; then all do.
    server.be(Mood::Answers("451 4.7.1 Greylisted"));
    alerts::test(ctx, OPERATOR, ()).await.unwrap();
    let says = fault().await.unwrap();
    assert!(says.contains("zz@") && says.contains("ops@"), "{says}");
    server.be(Mood::Kind);
    for _ in 0..3 {
        pass(&node, Duration::from_hours(1)).await;
    }
    assert_eq!(got("aa-gone"), 1, "it was tried again");
    alerts::test(ctx, OPERATOR, ()).await.unwrap();
    assert_eq!(fault().await, None);
}

/// What the compliance rules find is as bad as the worst of it.
#[tokio::test]
async fn what_compliance_finds_is_told_as_bad_as_it_is() {
    let talk = WebServer::start().await;
    let channels = Channels {
        chat: Some(chat(&talk)),
        ..Channels::default()
    };
    let node = Node::telling(channels, AlertPolicy::default()).await;
    let ctx = &node.ctx;
    for (number, worst, severity, told) in [
        (1, "low", Severity::Info, 0),
        (2, "high", Severity::Warning, 1),
        (3, "critical", Severity::Critical, 1),
        // What was worse is open yet.
        (4, "medium", Severity::Critical, 0),
    ] {
        let data = format!(r#"{{"worst":"{worst}","rules":{{}}}}"#);
        happen(ctx, number, "compliance.changed", &data).await;
        pass(&node, Duration::from_mins(2)).await;
        let raised = open(ctx).await;
        assert_eq!(rules(&raised), ["compliance-changed"]);
        assert_eq!(raised[0].severity, severity, "{worst}");
        assert_eq!(talk.take_seen().len(), told, "{worst}");
    }
}

/// What is critical waits neither behind what was told a moment ago nor behind a test.
#[tokio::test]
async fn what_is_critical_does_not_wait() {
    let talk = WebServer::start().await;
    let channels = Channels {
        chat: Some(chat(&talk)),
        ..Channels::default()
    };
    let node = Node::telling(channels, AlertPolicy::default()).await;
    let ctx = &node.ctx;
    alerts::test(ctx, OPERATOR, ()).await.unwrap();
    assert_eq!(talk.take_seen().len(), 1);
    happen(ctx, 1, "factor.reset", "{}").await;
    pass(&node, Duration::from_secs(1)).await;
    assert_eq!(talk.take_seen().len(), 1, "a test holds up nothing");
    happen(ctx, 2, "factor.reset", "{}").await;
    pass(&node, Duration::from_secs(1)).await;
    assert!(
        talk.take_seen().is_empty(),
        "told together, within a minute"
    );
    happen(ctx, 3, "token.reused", "{}").await;
    pass(&node, Duration::from_secs(1)).await;
    let said = talk.take_seen();
    assert_eq!(said.len(), 1, "at once");
    let text = String::from_utf8_lossy(&said[0].body).into_owned();
    assert!(text.contains("Critical"), "{text}");
    pass(&node, Duration::from_mins(1)).await;
    let rest = talk.take_seen().len();
    assert!(
        rest <= 1 && (rest == 1 || text.contains("Warning")),
        "none is lost"
    );
}

/// Whoever adds a webhook has a copy of all that happens sent away, and whoever turns
/// one off stops it: somebody is told.
#[tokio::test]
async fn whoever_changes_a_webhook_is_seen() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let draft = |active| WebhookDraft {
        name: "Receiver".to_owned(),
        url: "https://hooks.example.org/".to_owned(),
        events: vec!["*".to_owned()],
        active,
    };
    let (made, _) = webhooks::create(ctx, OPERATOR, draft(true)).await.unwrap();
    let id = made.webhook.id;
    node.settle().await;
    let raised = open(ctx).await;
    assert_eq!(rules(&raised), ["webhook-changed"]);
    assert_eq!(raised[0].subject, id.to_string());
    assert_eq!(raised[0].severity, Severity::Warning);
    webhooks::edit(ctx, OPERATOR, (id, draft(false)))
        .await
        .unwrap();
    webhooks::delete(ctx, OPERATOR, id).await.unwrap();
    node.settle().await;
    let raised = open(ctx).await;
    assert_eq!((raised.len(), raised[0].count), (1, 3));
}

/// A flood of accounts makes no flood of alerts.
#[tokio::test]
async fn alerts_are_bounded() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    for number in 0..110 {
        let sql = "INSERT INTO events (id, at, kind, actor, subject, data, personal_digest)
            VALUES ($1, $2, 'token.reused', 'anonymous', $3, '{}', $4)";
        let id = format!("evt_01k3bq7k3vf0q8s6r2c4e5{number:04}");
        let subject = format!("usr_01k3bq7k3vf0q8s6r2c4e5{number:04}");
        let digest = tollgate_records::events::personal_digest(&[0; 16], "");
        let row = tollgate_store::args![id, ctx.now(), subject, digest];
        ctx.db().write_one(sql, row).await.unwrap();
    }
    node.settle().await;
    let raised = open(ctx).await;
    assert_eq!(raised.len(), 101);
    let rest = raised
        .iter()
        .find(|alert| alert.subject.is_empty())
        .unwrap();
    assert_eq!(rest.count, 10);
    node.clock.advance(Duration::from_hours(31 * 24));
    let by = &Principal::Chore("check_alerts");
    alerts::check(ctx, by, ()).await.unwrap();
    assert!(
        open(ctx).await.is_empty(),
        "what does not come again is closed"
    );
    node.clock.advance(Duration::from_hours(91 * 24));
    alerts::check(ctx, by, ()).await.unwrap();
    let sql = "SELECT CAST(count(*) AS BIGINT) AS number FROM alerts";
    assert_eq!(number(ctx, sql, Vec::new()).await, 0);
}

#[test]
fn each_rule_has_words_in_each_language() {
    let letters = Letters::load(None).unwrap();
    let mut names = std::collections::BTreeSet::new();
    for rule in RULES {
        assert!(names.insert(rule.name), "{} is there twice", rule.name);
        let english = letters.alert_rule(Some("en"), rule.name);
        assert!(!english.is_empty(), "{}", rule.name);
        for language in Letters::languages().filter(|tag| *tag != "en") {
            assert_ne!(
                letters.alert_rule(Some(language), rule.name),
                english,
                "{}",
                rule.name
            );
        }
    }
}
