//! fault:F30 — of two nodes on one PostgreSQL one loses its line to it: it refuses
//! what it cannot know any more, nothing one-time works twice meanwhile, and it is
//! back by itself.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{sync::oneshot, time::sleep};
use tollgate_base::entropy::Entropy;
use tollgate_testkit::services::{
    Carriage, Line, Namespace, PostgresDatabase, Program, Server, campaign, database_url,
};

use crate::support::tell;

use super::{load::program, visitor::Visitor};

/// After so long without news a node lets nobody in.
const STALE: Duration = Duration::from_secs(5);
/// How much longer that may take.
const SPARE: Duration = Duration::from_secs(2);
/// How long until it does again, once the line is whole.
const BACK: Duration = Duration::from_secs(5);
const APP: &str = "https://notes.example.org";
const ROOT: &str = "root@example.org";
const PASSWORD: &str = "a fine long phrase";

/// Two nodes on one database; the second reaches it by a line, and may be on a host
/// of its own.
struct Pair {
    near: Server,
    far: Server,
    line: Line,
    host: Option<Namespace>,
    program: Program,
    _database: PostgresDatabase,
    _folders: [TempDir; 2],
}

/// How the second is cut off.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// Its line does this.
    Line(Carriage),
    /// The cable of its host is out.
    Cable,
}

impl Pair {
    async fn start() -> Self {
        Self::start_on(None).await
    }

    async fn start_on(host: Option<Namespace>) -> Self {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let database = PostgresDatabase::create().expect("TEST_DATABASE_URL is set");
        let server = address(&database_url().expect("TEST_DATABASE_URL is set"));
        let line = match &host {
            None => Line::to(server).await,
            Some(host) => Line::from(host.outside(), server).await,
        };
        let secrets = folders[0].path().join("tollgate-data/secrets.toml");
        let by_line = database
            .url()
            .replace(&server.to_string(), &line.address().to_string());
        let [near, mut far] = [(0, database.url()), (1, by_line)].map(|(number, url)| {
            program(folders[number].path())
                .env("TOLLGATE_DATABASE__URL", &url)
                .env("TOLLGATE_PUBLIC_URL", "https://id.example.org")
                .env("TOLLGATE_SECRETS__FILE", secrets.to_str().unwrap())
        });
        if let Some(host) = &host {
            far = far.on(host);
        }
        let operator = &["admin", "create", ROOT, "--password-file", "-"];
        near.run(operator, PASSWORD).await.succeeded();
        Self {
            near: near.start(&["serve"]).await,
            far: far.start(&["serve"]).await,
            line,
            host,
            program: near,
            _database: database,
            _folders: folders,
        }
    }

    fn cut_off(&self, cut: Cut) {
        match cut {
            Cut::Line(carriage) => self.line.set(carriage),
            Cut::Cable => self.host.iter().for_each(Namespace::cut),
        }
    }

    fn heal(&self) {
        self.line.set(Carriage::Whole);
        self.host.iter().for_each(Namespace::mend);
    }

    async fn stop(mut self) {
        self.near.terminate().await;
        self.far.terminate().await;
        self.program.run(&["audit", "verify"], "").await.succeeded();
    }
}

/// Of the server in a database's URL.
fn address(url: &str) -> SocketAddr {
    let rest = url.split_once("://").expect("a URL has a scheme").1;
    let host = rest.split(['/', '?']).next().unwrap_or(rest);
    let host = host.rsplit('@').next().unwrap_or(host);
    host.parse().expect("tests name the server by its address")
}

/// fault:F30
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: cargo xtask test runs it"]
async fn a_node_that_is_cut_off_refuses_what_it_cannot_know() {
    let cuts = [Carriage::Silent, Carriage::Reset].map(Cut::Line);
    refuses_while(Pair::start().await, &cuts).await;
}

/// fault:F30
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL, root and iproute2: cargo xtask test runs it"]
async fn a_host_that_is_cut_off_refuses_what_it_cannot_know() {
    let pair = Pair::start_on(Some(Namespace::create())).await;
    let times = if campaign() { 20 } else { 1 };
    refuses_while(pair, &vec![Cut::Cable; times]).await;
}

async fn refuses_while(pair: Pair, cuts: &[Cut]) {
    let site = &["site", "add", "notes", APP];
    pair.program.run(site, "").await.succeeded();
    let ann = Visitor::new(&pair.near, "ann").await;
    let (first, made) = (ann.sign_in().await, Instant::now());
    // What a command changed is news there.
    while visit(&ann.client, &pair.far, &first.access).await != StatusCode::OK {
        assert!(made.elapsed() < BACK, "the site is never known");
    }
    let mut slowest = [Duration::ZERO; 2];
    for cut in cuts {
        let (kept, ended) = (ann.sign_in().await, ann.sign_in().await);
        for session in [&kept, &ended] {
            let heard = visit(&ann.client, &pair.far, &session.access);
            assert_eq!(heard.await, StatusCode::OK);
        }
        pair.cut_off(*cut);
        let begun = Instant::now();
        assert!(ann.sign_out(&ended.access).await.status().is_success());
        while visit(&ann.client, &pair.far, &ended.access).await == StatusCode::OK {
            assert!(begun.elapsed() < STALE + SPARE, "{cut:?}");
        }
        slowest[0] = slowest[0].max(begun.elapsed());
        for session in [&kept, &ended] {
            let told = visit(&ann.client, &pair.far, &session.access).await;
            assert_eq!(told, StatusCode::SERVICE_UNAVAILABLE, "{cut:?}");
        }
        let told = visit(&ann.client, &pair.near, &kept.access).await;
        assert_eq!(told, StatusCode::OK, "the other node");
        pair.heal();
        let healed = Instant::now();
        while visit(&ann.client, &pair.far, &kept.access).await != StatusCode::OK {
            assert!(healed.elapsed() < BACK, "{cut:?}");
        }
        slowest[1] = slowest[1].max(healed.elapsed());
        let told = visit(&ann.client, &pair.far, &ended.access).await;
        assert_eq!(told, StatusCode::UNAUTHORIZED, "{cut:?}");
    }
    pair.stop().await;
    tell(format_args!(
        "fault:F30 a node cut off from its database ({cuts:?}) refused after {} ms, and was back after {} ms",
        slowest[0].as_millis(),
        slowest[1].as_millis()
    ));
}

/// What a proxy hears of somebody who asks for the app: from memory, where they
/// were there before.
async fn visit(client: &Client, server: &Server, access: &str) -> StatusCode {
    let request = client
        .get(format!("{}/api/authz/nginx", server.url()))
        .header("x-original-url", format!("{APP}/"))
        .header("x-original-method", "GET")
        .bearer_auth(access);
    request.send().await.unwrap().status()
}

/// fault:F30
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: cargo xtask test runs it"]
async fn nothing_works_twice_while_the_line_fails() {
    let pair = Pair::start().await;
    Visitor::new(&pair.near, "ann").await;
    let ann = pair
        .program
        .run(&["user", "show", "ann@example.org", "--json"], "");
    let ann: Value = serde_json::from_str(&ann.await.succeeded()).unwrap();
    let issue = format!(
        "{}/api/v1/people/{}/sign-in-link",
        pair.near.url(),
        ann["user"]["id"]
            .as_str()
            .unwrap_or_else(|| panic!("{ann}"))
    );
    let root = Visitor::known(&pair.near, "root");
    let tries = if campaign() { 1_000 } else { 40 };
    let (mut redeemed, mut uncertain) = (0, 0);
    let (stop, mut stopped) = oneshot::channel::<()>();
    let fails = async {
        while stopped.try_recv().is_err() {
            let [kind, length] = Entropy.bytes::<2>().expect("the system has random numbers");
            pair.line.set(match kind % 4 {
                0 => Carriage::Whole,
                1 => Carriage::Late(Duration::from_millis(u64::from(kind) / 4)),
                2 => Carriage::Silent,
                _ => Carriage::Reset,
            });
            sleep(Duration::from_millis(u64::from(length))).await;
        }
    };
    let redeems = async {
        let mut session = root.sign_in().await;
        for number in 0..tries {
            if number % 100 == 99 {
                // An access token lives five minutes, a fresh proof ten.
                session = root.sign_in().await;
            }
            let link = root.client.post(&issue).bearer_auth(&session.access);
            let link = link.json(&json!({})).send().await.unwrap();
            let link: Value = link.error_for_status().unwrap().json().await.unwrap();
            let token = link["token"].as_str().unwrap();
            // The other way is longer.
            let [head_start] = Entropy.bytes::<1>().expect("the system has random numbers");
            let near = async {
                sleep(Duration::from_millis(u64::from(head_start) / 4)).await;
                present(&root.client, &pair.near, token).await
            };
            let told = tokio::join!(near, present(&root.client, &pair.far, token));
            let in_by_both = told.0 == StatusCode::OK && told.1 == StatusCode::OK;
            assert!(!in_by_both, "link {number} worked twice");
            match told {
                (StatusCode::OK, _) | (_, StatusCode::OK) => redeemed += 1,
                // Its answer was lost with the line, or it was refused by both.
                _ => uncertain += 1,
            }
            let again = present(&root.client, &pair.near, token).await;
            if told.0 == StatusCode::OK || told.1 == StatusCode::OK {
                assert_eq!(again, StatusCode::BAD_REQUEST, "link {number} worked again");
            }
        }
        let _ = stop.send(());
    };
    tokio::join!(fails, redeems);
    pair.line.set(Carriage::Whole);
    assert!(redeemed > tries / 2, "only {redeemed} of {tries}");
    pair.stop().await;
    tell(format_args!(
        "fault:F30 {tries} links shown to both nodes at once while the line of one failed: \
         {redeemed} worked, none twice, {uncertain} without an answer that says so"
    ));
}

/// Never an answer that is not meant.
async fn present(client: &Client, server: &Server, token: &str) -> StatusCode {
    let body = json!({ "token": token, "mode": "token" });
    let request = client.post(format!("{}/api/v1/session/token", server.url()));
    let status = request.json(&body).send().await.unwrap().status();
    let meant = [
        StatusCode::OK,
        StatusCode::BAD_REQUEST,
        StatusCode::SERVICE_UNAVAILABLE,
    ];
    assert!(meant.contains(&status), "{status}");
    status
}
