//! What a collector gets: a tree for each request, none of anybody's secrets, and
//! nothing that a request waits for.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::any_value::Value as Said,
    trace::v1::{Span, span::SpanKind, status::StatusCode},
};
use prost::Message;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use tollgate_base::hex::hex;
use tollgate_testkit::services::{
    PostgresDatabase, Program, RedisServer, Reply, Server, WebServer,
};

const PASSWORD: &str = "quagga zebra tapir 8823";
const WRONG: &str = "okapi dugong numbat 1290";
/// What strangers say of themselves, and where they go.
const CANARIES: [&str; 6] = [
    PASSWORD,
    WRONG,
    "ann-canary",
    "CanaryBrowser",
    "198.51.100.77",
    "canary-in-the-address",
];
/// How long what was done may take until it is told.
const PATIENCE: Duration = Duration::from_secs(20);
/// A trace that a proxy began, and its span.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const ABOVE: &str = "00f067aa0ba902b7";

/// A server whose traces go to a collector of ours.
struct Scene {
    folder: TempDir,
    collector: WebServer,
    /// What the collector was sent, letter by letter.
    bodies: Vec<Vec<u8>>,
}

impl Scene {
    async fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            collector: WebServer::start().await,
            bodies: Vec::new(),
        }
    }

    fn program(&self) -> Program {
        Program::new(env!("CARGO_BIN_EXE_tollgate"), self.folder.path())
            .env("TOLLGATE_TRACES__ENDPOINT", &self.collector.url())
            .env("TOLLGATE_SIGNIN__REGISTRATION", "open")
    }

    /// What was told until now.
    fn spans(&mut self) -> Vec<Span> {
        for seen in self.collector.take_seen() {
            assert_eq!((&*seen.method, &*seen.target), ("POST", "/v1/traces"));
            assert_eq!(seen.values("content-type"), ["application/x-protobuf"]);
            self.bodies.push(seen.body);
        }
        let requests = self.bodies.iter().map(|body| {
            ExportTraceServiceRequest::decode(&body[..]).expect("it is what the crate writes")
        });
        requests
            .flat_map(|request| request.resource_spans)
            .flat_map(|resource| resource.scope_spans)
            .flat_map(|scope| scope.spans)
            .collect()
    }

    /// What was told once these were, in any order.
    async fn until(&mut self, names: &[&str]) -> Vec<Span> {
        let begun = Instant::now();
        loop {
            let spans = self.spans();
            let told = |name: &&&str| spans.iter().any(|span| span.name == **name);
            if names.iter().all(|name| told(&name)) {
                return spans;
            }
            let all: Vec<&str> = spans.iter().map(|span| &*span.name).collect();
            assert!(begun.elapsed() < PATIENCE, "only {all:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn says(span: &Span) -> BTreeMap<&str, String> {
    let text = |said: &Said| match said {
        Said::StringValue(text) => text.clone(),
        Said::IntValue(number) => number.to_string(),
        other => panic!("{other:?}"),
    };
    let value = |value: &Option<_>| -> Option<String> {
        let value: &opentelemetry_proto::tonic::common::v1::AnyValue = value.as_ref()?;
        value.value.as_ref().map(text)
    };
    let said = span.attributes.iter();
    said.filter_map(|one| Some((&*one.key, value(&one.value)?)))
        .collect()
}

/// Each trace has one beginning, and all else in it hangs below that.
fn are_trees(spans: &[Span]) {
    let mut traces: BTreeMap<&[u8], Vec<&Span>> = BTreeMap::new();
    for span in spans {
        traces.entry(&span.trace_id).or_default().push(span);
    }
    for spans in traces.values() {
        let ids: BTreeSet<&[u8]> = spans.iter().map(|span| &span.span_id[..]).collect();
        assert_eq!(ids.len(), spans.len());
        let (begin, below): (Vec<&Span>, Vec<&Span>) = spans
            .iter()
            .partition(|span| span.parent_span_id.is_empty());
        assert_eq!(begin.len(), 1, "{spans:?}");
        let kinds = [SpanKind::Server as i32, SpanKind::Consumer as i32];
        assert!(kinds.contains(&begin[0].kind), "{begin:?}");
        for span in below {
            assert!(ids.contains(&span.parent_span_id[..]), "{span:?}");
            assert!(span.start_time_unix_nano >= begin[0].start_time_unix_nano);
        }
    }
}

/// What its trace is made of.
fn below<'s>(spans: &'s [Span], begin: &Span) -> BTreeSet<&'s str> {
    let same = spans.iter().filter(|span| span.trace_id == begin.trace_id);
    same.map(|span| &*span.name).collect()
}

async fn post(server: &Server, path: &str, body: Value) -> Response {
    let request = Client::new().post(format!("{}{path}", server.url()));
    let request = request
        .header("user-agent", "CanaryBrowser/1.0")
        .header("x-forwarded-for", "198.51.100.77")
        .json(&body);
    request.send().await.unwrap()
}

/// asvs:V16.2.5, asvs:V14.2.1
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_is_one_tree_and_tells_no_secrets() {
    let (mut scene, breaches) = (Scene::new().await, WebServer::start().await);
    breaches.reply(Reply::Says(200, String::new()));
    // The log tells all that it can, whole mails among it.
    let program = scene
        .program()
        .env("TOLLGATE_TRUSTED_PROXIES", "127.0.0.1/32")
        .env("TOLLGATE_PASSWORD__BREACH_URL", &breaches.url())
        .env("TOLLGATE_MAIL__DELIVERY", "log")
        .env("TOLLGATE_LOG__FORMAT", "json")
        .env("TOLLGATE_LOG__LEVEL", "trace");
    let mut server = program.start(&["serve"]).await;
    let arguments = ["admin", "create", "root", "--password-file", "-"];
    program.run(&arguments, PASSWORD).await.succeeded();
    let ann = |password: &str| json!({ "login": "ann-canary@example.org", "password": password, "mode": "token" });
    let new = json!({ "email": "ann-canary@example.org", "password": PASSWORD });
    assert!(
        post(&server, "/api/v1/signup", new)
            .await
            .status()
            .is_success()
    );
    let refused = post(&server, "/api/v1/session", ann(WRONG)).await;
    assert_eq!(refused.status(), 401);
    let let_in = post(&server, "/api/v1/session", ann(PASSWORD)).await;
    assert_eq!(let_in.status(), 200);
    let id = let_in.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let pair: Value = let_in.json().await.unwrap();
    let access = pair["access_token"].as_str().unwrap();
    let get = |path: &str| {
        let request = Client::new().get(format!("{}{path}", server.url()));
        request
            .bearer_auth(access)
            .header("x-forwarded-uri", "/canary-in-the-address")
    };
    for path in [
        "/api/v1/me?q=canary-in-the-address",
        "/canary-in-the-address",
        "/api/authz/caddy?q=canary-in-the-address",
    ] {
        get(path).send().await.unwrap();
    }

    let names = [
        "POST /api/v1/signup",
        "POST /api/v1/session",
        "GET /api/v1/me",
        "GET unmatched",
        "GET /api/authz/{proxy}",
        "delivery",
    ];
    scene.until(&names).await;
    assert!(server.terminate().await.success());
    let spans = scene.spans();
    are_trees(&spans);
    let signed: Vec<&Span> = spans
        .iter()
        .filter(|span| span.name == "POST /api/v1/session")
        .collect();
    let answers: Vec<String> = signed
        .iter()
        .map(|span| says(span)["http.response.status_code"].clone())
        .collect();
    assert_eq!(answers, ["401", "200"]);
    assert_eq!(says(signed[1])["request.id"], id);
    assert_eq!(signed[1].kind, SpanKind::Server as i32);
    let password = ["password hash", "database read", "database write"];
    for name in password {
        assert!(below(&spans, signed[1]).contains(name), "{name}");
    }
    let new = spans.iter().find(|span| span.name == "POST /api/v1/signup");
    assert!(below(&spans, new.unwrap()).contains("outbound call"));

    let refresh = pair["refresh_token"].as_str().unwrap();
    let signature = access.rsplit('.').next().unwrap();
    for body in &scene.bodies {
        let text = String::from_utf8_lossy(body);
        for canary in CANARIES.into_iter().chain([access, signature, refresh]) {
            assert!(!text.contains(canary), "the collector was told {canary}");
        }
    }
    // What is for the collector is not the log's, which says whose lines they are.
    let lines = server.stderr();
    let answered: Value = lines
        .lines()
        .filter(|line| line.contains(&id))
        .filter_map(|line| serde_json::from_str(line).ok())
        .find(|line: &Value| line["message"] == "Answered")
        .expect("each request has a line");
    assert_eq!(answered["span"]["name"], "request");
    assert!(lines.contains(r#""level":"DEBUG""#));
    assert!(!lines.contains(r#""name":"database"#) && !lines.contains("tollgate::spans"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL and Redis: cargo xtask test runs it"]
async fn questions_to_redis_and_postgresql_are_told_too() {
    let (mut scene, redis) = (Scene::new().await, RedisServer::start().await);
    let database = PostgresDatabase::create().expect("TEST_DATABASE_URL is set");
    let program = scene
        .program()
        .env("TOLLGATE_DATABASE__URL", &database.url())
        .env("TOLLGATE_REDIS__URL", &redis.url());
    let mut server = program.start(&["serve"]).await;
    let body = json!({ "login": "ann", "password": WRONG, "mode": "token" });
    let begun = Instant::now();
    // It is not waited for when a server starts.
    while !scene.spans().iter().any(|span| span.name == "redis") {
        assert!(begun.elapsed() < PATIENCE);
        post(&server, "/api/v1/session", body.clone()).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    server.terminate().await;
    let spans = scene.spans();
    are_trees(&spans);
    let reads = spans.iter().filter(|span| span.name == "database read");
    let engines: BTreeSet<String> = reads
        .map(|span| says(span)["db.system.name"].clone())
        .collect();
    assert_eq!(engines, BTreeSet::from(["postgresql".to_owned()]));
}

/// What proxies say is believed of those that are trusted, once, and in full.
#[tokio::test(flavor = "multi_thread")]
async fn a_trace_goes_on_where_a_trusted_proxy_began_it() {
    let mut scene = Scene::new().await;
    let ask = async |server: &Server, path: &str, said: &[&str]| {
        let mut request = Client::new().get(format!("{}{path}", server.url()));
        for value in said {
            request = request.header("traceparent", *value);
        }
        request.send().await.unwrap();
    };
    let (on, off) = (
        format!("00-{TRACE}-{ABOVE}-01"),
        format!("00-{TRACE}-{ABOVE}-00"),
    );
    let above = |spans: &[Span], name: &str| -> Vec<(String, String)> {
        let named = spans.iter().filter(|span| span.name == name);
        named
            .map(|span| (hex(&span.trace_id), hex(&span.parent_span_id)))
            .collect()
    };

    let program = scene.program();
    let mut stranger = program.start(&["serve"]).await;
    ask(&stranger, "/signin", &[&on]).await;
    let spans = scene.until(&["GET /signin"]).await;
    let [(trace, parent)] = &above(&spans, "GET /signin")[..] else {
        panic!("{spans:?}");
    };
    assert!(trace != TRACE && parent.is_empty());
    stranger.terminate().await;
    scene.spans();
    scene.bodies.clear();

    // None begins here, so only those are told that began elsewhere.
    let program = program
        .env("TOLLGATE_TRACES__SHARE", "0%")
        .env("TOLLGATE_TRUSTED_PROXIES", "127.0.0.1/32");
    let mut server = program.start(&["serve"]).await;
    ask(&server, "/livez", &[]).await;
    ask(&server, "/livez", &[&off]).await;
    ask(&server, "/livez", &[&on, &on]).await;
    ask(&server, "/livez", &["00-0-0-01"]).await;
    ask(&server, "/signin", &[&on]).await;
    server.terminate().await;
    let spans = scene.spans();
    let proxy = (TRACE.to_owned(), ABOVE.to_owned());
    assert_eq!(above(&spans, "GET /signin"), [proxy]);
    assert!(above(&spans, "GET /livez").is_empty(), "{spans:?}");
    assert!(spans.iter().all(|span| hex(&span.trace_id) == *TRACE));
}

/// A collector that is away, or takes its time, costs nothing but the traces.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_collector() {
    for (reply, count) in [(Reply::HangsUp, 200), (Reply::Silence, 6_000)] {
        let scene = Scene::new().await;
        scene.collector.reply(reply.clone());
        let mut server = scene.program().start(&["serve"]).await;
        let (client, url) = (Client::new(), format!("{}/livez", server.url()));
        let mut slowest = Duration::ZERO;
        for _ in 0..count / 50 {
            let asked = (0..50).map(|_| async {
                let begun = Instant::now();
                let answer = client.get(&url).send().await.unwrap();
                assert_eq!(answer.status(), 200);
                begun.elapsed()
            });
            slowest = join_all(asked)
                .await
                .into_iter()
                .fold(slowest, Duration::max);
        }
        assert!(slowest < Duration::from_secs(5), "{slowest:?}");
        if reply == Reply::Silence {
            let numbers = reqwest::get(server.metrics_url() + "/metrics")
                .await
                .unwrap();
            let numbers = numbers.text().await.unwrap();
            let dropped = numbers
                .lines()
                .find_map(|line| {
                    line.strip_prefix("tollgate_trace_spans_total{result=\"dropped\"} ")
                })
                .expect("more than there is room for");
            let dropped: usize = dropped.parse().unwrap();
            assert!((1..count).contains(&dropped), "{dropped}");
        }
        let begun = Instant::now();
        assert!(server.terminate().await.success());
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(10), "{reply:?}: {took:?}");
        if reply == Reply::Silence {
            assert!(server.stderr().contains("The last traces are lost"));
        } else {
            assert!(server.stderr().contains("Traces are lost"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_traces_are_told_before_the_end() {
    let mut scene = Scene::new().await;
    let mut server = scene.program().start(&["serve"]).await;
    reqwest::get(server.url() + "/signin").await.unwrap();
    assert!(server.terminate().await.success());
    let spans = scene.spans();
    assert!(
        spans.iter().any(|span| span.name == "GET /signin"),
        "{spans:?}"
    );
    let broken = spans.iter().filter_map(|span| span.status.as_ref());
    assert!(
        broken
            .clone()
            .all(|status| status.code() != StatusCode::Error)
    );
}
