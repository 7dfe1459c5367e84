//! fault:F39 — the audit trail has nowhere to go. Where whoever takes it is gone,
//! nobody notices and they get all of it afterwards; where it cannot be written,
//! nothing is changed that it would have to tell of.

use std::{
    collections::BTreeMap,
    sync::{Mutex, mpsc::channel},
    time::{Duration, Instant},
};

use reqwest::{Response, StatusCode};
use serde_json::Value;
use tokio::{task::JoinSet, time::sleep};
use tollgate_base::entropy::Entropy;
use tollgate_store::{
    args,
    sql::{Db, Settings, Tx},
};
use tollgate_testkit::services::{
    Carriage, Line, LogServer, PostgresDatabase, Program, Server, campaign,
};

use crate::support::tell;

use super::{
    load::{Crowd, program},
    visitor::{Tokens, Visitor, no_fault, refusal},
};

/// How long events may take to a log server that is back.
const CAUGHT_UP: Duration = Duration::from_secs(30);
/// A write that cannot be done is refused within this time.
const REFUSAL: Duration = Duration::from_secs(10);
/// How long a trail that cannot be written may stay so in these stories.
const HELD_MOST: Duration = Duration::from_mins(1);
const PASSWORD: &str = "a fine long phrase";

/// An administrator, and somebody to whom they do things.
struct Office {
    root: Visitor,
    bob: Visitor,
    /// Where the administrator finds them.
    at: String,
}

impl Office {
    async fn open(program: &Program, server: &Server) -> Self {
        let name = "root@example.org";
        let create = &["admin", "create", name, "--password-file", "-"];
        program.run(create, PASSWORD).await.succeeded();
        let bob = Visitor::new(server, "bob").await;
        let shown = program.run(&["user", "show", "bob@example.org", "--json"], "");
        let shown: Value = serde_json::from_str(&shown.await.succeeded()).unwrap();
        let id = shown["user"]["id"].as_str().unwrap();
        Self {
            root: Visitor::known(server, "root"),
            at: format!("{}/api/v1/people/{id}", server.url()),
            bob,
        }
    }

    /// The administrator suspends them or lets them in again.
    async fn change(&self, verb: &str, by: &Tokens) -> Response {
        let request = self.root.client.post(format!("{}/{verb}", self.at));
        request.bearer_auth(&by.access).send().await.unwrap()
    }

    async fn changed(&self, verb: &str, by: &Tokens) {
        let status = self.change(verb, by).await.status();
        assert_eq!(status, StatusCode::NO_CONTENT, "{verb}");
    }

    /// Whether the administrator finds them suspended.
    async fn is_suspended(&self, by: &Tokens) -> bool {
        let request = self.root.client.get(&self.at).bearer_auth(&by.access);
        let shown: Value = request.send().await.unwrap().json().await.unwrap();
        assert!(shown["id"].is_string(), "{shown}");
        !shown["suspended_at"].is_null()
    }

    /// While the trail cannot be written: nothing is changed, and all else goes on.
    /// Says how many reads were answered, and how long the refusals took.
    async fn is_refused(&self, (root, bob): (&Tokens, &Tokens), new: &str) -> (u32, Duration) {
        let asked = Instant::now();
        let refused = async {
            tokio::join!(
                async { refusal(self.change("suspend", root).await).await },
                async { refusal(self.bob.sign_up(new).await).await },
                async { refusal(self.bob.refresh(&bob.refresh).await).await },
                async { refusal(self.bob.try_password().await).await },
            )
        };
        let mut refused = std::pin::pin!(refused);
        let mut reads = 0;
        let (change, sign_up, refresh, sign_in) = loop {
            tokio::select! {
                refused = &mut refused => break refused,
                status = self.bob.me(&bob.access) => assert_eq!(status, StatusCode::OK),
            }
            assert!(!self.is_suspended(root).await, "half a change");
            reads += 2;
        };
        let took = asked.elapsed();
        assert!(took < REFUSAL, "{took:?}");
        for (what, (status, code)) in [
            ("change", change),
            ("sign-up", sign_up),
            ("refresh", refresh),
            ("sign-in", sign_in),
        ] {
            let meant = match &*code {
                "internal.store" => StatusCode::INTERNAL_SERVER_ERROR,
                "busy.store" | "store.down" => StatusCode::SERVICE_UNAVAILABLE,
                _ => panic!("{what}: {status} {code}"),
            };
            assert_eq!(status, meant, "{what}: {code}");
        }
        (reads, took)
    }

    /// Once it can be: what was refused was not done, and is done now.
    async fn goes_on(&self, (root, bob): (&Tokens, &Tokens), new: &str) {
        assert!(!self.is_suspended(root).await);
        assert_eq!(self.bob.me(&bob.access).await, StatusCode::OK);
        let renewed = self.bob.refresh(&bob.refresh).await.status();
        assert_eq!(renewed, StatusCode::OK, "the token was not spent");
        let made = self.bob.sign_up(new).await.status();
        assert_eq!(made, StatusCode::CREATED, "there was no account");
        self.changed("suspend", root).await;
        assert_eq!(self.bob.me(&bob.access).await, StatusCode::UNAUTHORIZED);
        self.changed("resume", root).await;
        self.bob.sign_in().await;
    }
}

/// fault:F39
#[tokio::test(flavor = "multi_thread")]
async fn a_log_server_that_goes_gets_all_of_the_trail_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let logs = LogServer::start().await;
    let line = Line::to(logs.address()).await;
    let url = format!("tls://localhost:{}", line.address().port());
    let program = program(folder.path())
        .env("TOLLGATE_AUDIT__SYSLOG__URL", &url)
        .env(
            "TOLLGATE_AUDIT__SYSLOG__TLS_ROOT_FILE",
            logs.roots().to_str().unwrap(),
        )
        .env("TOLLGATE_AUDIT__SYSLOG__TIMEOUT", "1s");
    let mut server = program.start(&["serve"]).await;
    let office = Office::open(&program, &server).await;
    let (crowd, rounds) = (Crowd::new("person", 4), if campaign() { 20 } else { 3 });
    let (mut missed, mut slowest) = (0, Duration::ZERO);
    let ways = [Carriage::Reset, Carriage::Silent];
    for carriage in ways.into_iter().cycle().take(rounds) {
        let root = office.root.sign_in().await;
        // The trail is handed over each second: also while it is under way.
        let [chance] = Entropy.bytes::<1>().expect("the system has random numbers");
        let goes = async {
            sleep(Duration::from_millis(u64::from(chance) * 4)).await;
            line.set(carriage);
            for verb in ["suspend", "resume"].repeat(3) {
                office.changed(verb, &root).await;
                sleep(Duration::from_millis(100)).await;
            }
        };
        crowd.work(&server.url(), goes).await;
        let last = last_number(&program).await;
        let arrived = arrived(&logs.lines()).len() as i64;
        assert!(arrived < last, "{carriage:?}: nobody was gone");
        missed += last - arrived;
        line.set(Carriage::Whole);
        let back = Instant::now();
        while (self::arrived(&logs.lines()).len() as i64) < last {
            assert!(back.elapsed() < CAUGHT_UP, "{carriage:?}: {last} in all");
            sleep(Duration::from_millis(20)).await;
        }
        slowest = slowest.max(back.elapsed());
        crowd.check(&server).await;
    }
    no_fault(&server).await;
    let (acknowledged, faults) = crowd.tally().await;
    assert!(faults.is_empty(), "{faults:?}");
    server.terminate().await;
    let lines = logs.lines();
    let arrived = arrived(&lines);
    for (number, id) in trail(&program, |event| event["id"].clone()).await {
        if let Some(told) = arrived.get(&number) {
            assert_eq!(*told, id, "number {number}");
        }
    }
    program.run(&["audit", "verify"], "").await.succeeded();
    tell(format_args!(
        "fault:F39 a log server {rounds} times gone, {acknowledged} acknowledged effects, not one \
         fault; of {} events {missed} happened meanwhile, each arrived in its order, {} again; all \
         there {} ms after its return",
        arrived.len(),
        lines.len() - arrived.len(),
        slowest.as_millis()
    ));
}

/// The numbers that were told with their ids: each after the one before, though
/// some again.
fn arrived(lines: &[String]) -> BTreeMap<i64, Value> {
    let mut arrived = BTreeMap::new();
    for line in lines {
        let part = |name: &str| {
            let (_, rest) = line.split_once(&format!(" {name}=\"")).unwrap();
            rest.split_once('"').unwrap().0
        };
        let number: i64 = part("seq").parse().unwrap();
        let next = arrived.len() as i64 + 1;
        assert!(number <= next, "{number} came where {next} was due");
        arrived.insert(number, part("id").into());
    }
    arrived
}

/// The number of the last event, once it has one.
async fn last_number(program: &Program) -> i64 {
    let begun = Instant::now();
    loop {
        let tail = &["audit", "tail", "-n", "1", "--json"];
        let tail = program.run(tail, "").await.succeeded();
        let last: Value = serde_json::from_str(tail.lines().last().unwrap()).unwrap();
        if let Some(number) = last["seq"].as_i64() {
            return number;
        }
        assert!(begun.elapsed() < CAUGHT_UP, "nobody seals: {tail}");
    }
}

/// The sealed events by their numbers, and of each what is asked for.
async fn trail(program: &Program, of: impl Fn(&Value) -> Value) -> Vec<(i64, Value)> {
    let export = program.run(&["audit", "export"], "").await.succeeded();
    let events = export.lines().map(|line| {
        let event: Value = serde_json::from_str(line).unwrap();
        (event["seq"].as_i64().unwrap(), of(&event))
    });
    events.collect()
}

/// A trail that refuses every event, and then takes them again.
///
/// fault:F39
#[tokio::test(flavor = "multi_thread")]
async fn what_the_trail_cannot_tell_of_is_not_done() {
    let folder = tempfile::tempdir().unwrap();
    let program = program(folder.path());
    let mut server = program.start(&["serve"]).await;
    let office = Office::open(&program, &server).await;
    let file = folder.path().join("tollgate-data/tollgate.db");
    let url = format!("sqlite://{}", file.display());
    let other = Db::open(Settings::new(url.into())).await.unwrap();
    let rounds = if campaign() { 20 } else { 3 };
    let (mut reads, mut slowest) = (0, Duration::ZERO);
    for round in 0..rounds {
        let tokens = (office.root.sign_in().await, office.bob.sign_in().await);
        let (root, bob) = (&tokens.0, &tokens.1);
        let new = format!("new{round}");
        let refuses = "CREATE TRIGGER refuses BEFORE INSERT ON events
            BEGIN SELECT RAISE(ABORT, 'the trail takes nothing'); END";
        say(&other, refuses).await;
        let (read, took) = office.is_refused((root, bob), &new).await;
        say(&other, "DROP TRIGGER refuses").await;
        office.goes_on((root, bob), &new).await;
        (reads, slowest) = (reads + read, slowest.max(took));
    }
    other.close().await;
    last_number(&program).await;
    server.terminate().await;
    finish(&program, rounds, (reads, slowest), "refuses events").await;
}

/// A trail that somebody else holds, and then lets go.
///
/// fault:F39
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: cargo xtask test runs it"]
async fn what_a_locked_trail_cannot_tell_of_is_not_done() {
    let folder = tempfile::tempdir().unwrap();
    let database = PostgresDatabase::create().expect("TEST_DATABASE_URL is set");
    let program = program(folder.path()).env("TOLLGATE_DATABASE__URL", &database.url());
    let mut server = program.start(&["serve"]).await;
    let office = Office::open(&program, &server).await;
    let mut settings = Settings::new(database.url().into());
    settings.write_deadline = HELD_MOST;
    let other = Db::open(settings).await.unwrap();
    let rounds = if campaign() { 20 } else { 2 };
    let (mut reads, mut slowest) = (0, Duration::ZERO);
    for round in 0..rounds {
        let tokens = (office.root.sign_in().await, office.bob.sign_in().await);
        let (root, bob) = (&tokens.0, &tokens.1);
        let new = format!("new{round}");
        let (held, is_held) = channel();
        let (release, released) = channel::<()>();
        let mut holder = JoinSet::new();
        holder.spawn({
            let (other, released) = (other.clone(), Mutex::new(released));
            async move {
                let body = async move |tx: &mut Tx<'_>| {
                    tx.run("LOCK TABLE events IN EXCLUSIVE MODE", args![])
                        .await?;
                    let _ = held.send(());
                    let _ = released.lock().unwrap().recv_timeout(HELD_MOST);
                    Ok(())
                };
                other.write(body).await
            }
        });
        tokio::task::spawn_blocking(move || is_held.recv().unwrap())
            .await
            .unwrap();
        let (read, took) = office.is_refused((root, bob), &new).await;
        release.send(()).unwrap();
        holder.join_next().await.unwrap().unwrap().unwrap();
        office.goes_on((root, bob), &new).await;
        (reads, slowest) = (reads + read, slowest.max(took));
    }
    other.close().await;
    last_number(&program).await;
    server.terminate().await;
    finish(&program, rounds, (reads, slowest), "is locked").await;
}

async fn say(db: &Db, sql: &'static str) {
    db.write(async move |tx: &mut Tx<'_>| tx.run(sql, args![]).await)
        .await
        .unwrap();
}

/// The trail tells of what was done, and of nothing that was refused.
async fn finish(program: &Program, rounds: usize, (reads, slowest): (u32, Duration), how: &str) {
    program.run(&["audit", "verify"], "").await.succeeded();
    program.run(&["db", "check"], "").await.succeeded();
    let kinds = trail(program, |event| event["kind"].clone()).await;
    let suspended = kinds.iter().filter(|(_, kind)| kind == "account.suspended");
    assert_eq!(suspended.count(), rounds);
    assert!(reads > 0, "nobody could read");
    tell(format_args!(
        "fault:F39 a trail that {how}, {rounds} times: every change refused within {} ms and not \
         done, {reads} of {reads} reads answered meanwhile, all done afterwards",
        slowest.as_millis()
    ));
}
