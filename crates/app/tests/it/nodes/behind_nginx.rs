//! Two nodes on one PostgreSQL behind a real nginx, with the text that the manual
//! shows: nobody can tell which of them answers, and one may go.

use std::{
    fs,
    time::{Duration, Instant},
};

use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tollgate_testkit::services::{
    PostgresDatabase, Program, Proxy, ProxyKind, Server, free_port, redis_url,
};
use totp_rs::{Algorithm, Secret, TOTP};

use crate::support::tell;

use super::{BOUND, PASSWORD, program};

/// Requests in a row that would meet either node.
const OFTEN: usize = 8;
const WORST: Duration = Duration::from_secs(10);

/// Both nodes, and what is before them.
struct Nodes {
    nginx: Proxy,
    servers: [Server; 2],
    program: Program,
    client: Client,
    folder: TempDir,
    _second: TempDir,
    _database: PostgresDatabase,
}

impl Nodes {
    async fn start(redis: Option<String>) -> Self {
        let (folder, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let database = PostgresDatabase::create().expect("TEST_DATABASE_URL is set");
        let secrets = folder.path().join("tollgate-data/secrets.toml");
        let mail = folder.path().join("mail");
        let port = free_port().unwrap();
        let public = format!("http://localhost:{port}");
        let programs = [&folder, &second].map(|own| {
            let program = program(own.path())
                .env("TOLLGATE_DATABASE__URL", &database.url())
                .env("TOLLGATE_PUBLIC_URL", &public)
                .env("TOLLGATE_PASSWORD__MEMORY_KIB", "7168")
                .env("TOLLGATE_PASSWORD__PASSES", "5")
                .env("TOLLGATE_SIGNIN__ATTEMPTS__ADDRESS_BURST", "1000")
                .env("TOLLGATE_TRUSTED_PROXIES", "127.0.0.1/32")
                .env("TOLLGATE_MAIL__FOLDER", mail.to_str().unwrap())
                .env("TOLLGATE_SECRETS__FILE", secrets.to_str().unwrap());
            match &redis {
                Some(redis) => program.env("TOLLGATE_REDIS__URL", redis),
                None => program,
            }
        });
        let [one, two] = &programs;
        let servers = [one.start(&["serve"]).await, two.start(&["serve"]).await];
        let ports = servers
            .each_ref()
            .map(|server| server.url().rsplit(':').next().unwrap().to_owned());
        let text = published()
            .replace("8700", &ports[0])
            .replace("8710", &ports[1])
            .replace("8080", &port.to_string());
        Self {
            nginx: ProxyKind::Nginx.start(port, &text).await,
            servers,
            program: one.clone(),
            client: Client::new(),
            folder,
            _second: second,
            _database: database,
        }
    }

    /// Where everybody comes in.
    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.nginx.address())
    }

    async fn post(&self, path: &str, body: Value) -> Response {
        send(self.client.post(self.url(path)).json(&body)).await
    }

    async fn sign_up(&self, name: &str) {
        let body = json!({ "email": email(name), "password": PASSWORD });
        let made = self.post("/api/v1/signup", body).await;
        assert_eq!(made.status(), StatusCode::CREATED);
    }

    /// Whatever comes of a right password.
    async fn try_password(&self, name: &str) -> (StatusCode, Value) {
        let body = json!({ "login": email(name), "password": PASSWORD, "mode": "token" });
        let answer = self.post("/api/v1/session", body).await;
        (answer.status(), answer.json().await.unwrap())
    }

    async fn sign_in(&self, name: &str) -> Value {
        let (status, body) = self.try_password(name).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    async fn id_of(&self, name: &str) -> String {
        let line = ["user", "show", &email(name), "--json"];
        let shown = self.program.run(&line, "").await.succeeded();
        let shown: Value = serde_json::from_str(&shown).unwrap();
        shown["user"]["id"].as_str().unwrap().to_owned()
    }

    /// How long until either node answers so.
    async fn soon(&self, path: &str, access: &str, wanted: StatusCode) -> Duration {
        let begun = Instant::now();
        for server in &self.servers {
            let url = format!("{}{path}", server.url());
            loop {
                let asked = self.client.get(&url).bearer_auth(access);
                let status = send(asked).await.status();
                if status == wanted {
                    break;
                }
                assert!(begun.elapsed() < BOUND, "{path}: {status} from {url}");
            }
        }
        begun.elapsed()
    }

    fn mails(&self) -> usize {
        fs::read_dir(self.folder.path().join("mail")).map_or(0, Iterator::count)
    }

    async fn stop(mut self) {
        for server in &mut self.servers {
            server.terminate().await;
        }
        self.program.run(&["audit", "verify"], "").await.succeeded();
    }
}

/// What the manual shows for nginx.
fn published() -> String {
    let page = include_str!("../../../../../docs/src/how-to/nodes.md");
    let text = page.split("```nginx\n").nth(1).expect("a block for nginx");
    text.split("```").next().unwrap_or_default().to_owned()
}

fn email(name: &str) -> String {
    format!("{name}@example.org")
}

async fn send(request: RequestBuilder) -> Response {
    request.send().await.expect("nginx answers")
}

fn text(body: &Value, name: &str) -> String {
    body[name]
        .as_str()
        .unwrap_or_else(|| panic!("{body}"))
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL and nginx: cargo xtask test runs it"]
async fn two_nodes_are_one_server() {
    one_server(Nodes::start(None).await).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL, Redis and nginx: cargo xtask test runs it"]
async fn two_nodes_with_redis_are_one_server() {
    let redis = redis_url().expect("TEST_REDIS_URL is set");
    one_server(Nodes::start(Some(redis)).await).await;
}

/// vuln:17, vuln:55, vuln:91
async fn one_server(nodes: Nodes) {
    let operator = &["admin", "create", &email("root"), "--password-file", "-"];
    nodes.program.run(operator, PASSWORD).await.succeeded();
    sessions_are_everywhere(&nodes).await;
    let slowest = changes_are_everywhere(&nodes).await;
    a_second_factor_is_everywhere(&nodes).await;
    a_lock_is_everywhere(&nodes).await;
    what_works_once_works_once(&nodes).await;
    mail_is_sent_once(&nodes).await;
    let nodes = one_may_go(nodes).await;
    nodes.stop().await;
    tell(format_args!(
        "two nodes behind nginx: a suspension or a role was in force on both after {} ms at most",
        slowest.as_millis()
    ));
}

async fn sessions_are_everywhere(nodes: &Nodes) {
    nodes.sign_up("ann").await;
    let mut session = nodes.sign_in("ann").await;
    for _ in 0..OFTEN {
        let asked = nodes.client.get(nodes.url("/api/v1/me"));
        let asked = asked.bearer_auth(text(&session, "access_token"));
        assert_eq!(send(asked).await.status(), StatusCode::OK);
        let body = json!({ "refresh_token": session["refresh_token"] });
        let renewed = nodes.post("/api/v1/session/refresh", body).await;
        assert_eq!(renewed.status(), StatusCode::OK);
        session = renewed.json().await.unwrap();
    }
}

async fn changes_are_everywhere(nodes: &Nodes) -> Duration {
    let ann = text(&nodes.sign_in("ann").await, "access_token");
    let root = text(&nodes.sign_in("root").await, "access_token");
    let path = format!("/api/v1/people/{}", nodes.id_of("ann").await);
    let mut slowest = Duration::ZERO;
    for (role, wanted) in [
        ("manager", StatusCode::OK),
        ("default", StatusCode::FORBIDDEN),
    ] {
        let asked = nodes.client.put(nodes.url(&format!("{path}/role")));
        let asked = asked.bearer_auth(&root).json(&json!({ "role": role }));
        assert!(send(asked).await.status().is_success());
        slowest = slowest.max(nodes.soon("/api/v1/people", &ann, wanted).await);
    }
    let suspend = nodes.client.post(nodes.url(&format!("{path}/suspend")));
    let told = send(suspend.bearer_auth(&root)).await;
    assert!(told.status().is_success(), "{}", told.status());
    let gone = StatusCode::UNAUTHORIZED;
    slowest.max(nodes.soon("/api/v1/me", &ann, gone).await)
}

async fn a_second_factor_is_everywhere(nodes: &Nodes) {
    nodes.sign_up("bea").await;
    let access = text(&nodes.sign_in("bea").await, "access_token");
    let ask = async |path: &str, body: Value| {
        let asked = nodes.client.post(nodes.url(path)).bearer_auth(&access);
        let answer = send(asked.json(&body)).await;
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json::<Value>().await.unwrap()
    };
    let wanted = json!({ "name": "Phone", "current_password": PASSWORD });
    let begun = ask("/api/v1/me/factors", wanted).await;
    let secret = Secret::Encoded(text(&begun, "secret")).to_bytes().unwrap();
    let app = TOTP::new(Algorithm::SHA1, 6, 1, 30, secret).unwrap();
    let confirm = format!("/api/v1/me/factors/{}/confirmation", text(&begun, "id"));
    let shown = json!({ "code": app.generate_current().unwrap() });
    ask(&confirm, shown).await;
    for _ in 0..OFTEN / 2 {
        let (status, body) = nodes.try_password("bea").await;
        assert_eq!(status, StatusCode::ACCEPTED, "{body}");
    }
}

async fn a_lock_is_everywhere(nodes: &Nodes) {
    nodes.sign_up("cay").await;
    let guess = json!({ "login": email("cay"), "password": "a wrong phrase", "mode": "token" });
    let mut evaluated = 0;
    while nodes.post("/api/v1/session", guess.clone()).await.status() == StatusCode::UNAUTHORIZED {
        evaluated += 1;
        assert!(evaluated <= 10, "each node counts by itself");
    }
    for server in &nodes.servers {
        let right = json!({ "login": email("cay"), "password": PASSWORD, "mode": "token" });
        let asked = nodes
            .client
            .post(format!("{}/api/v1/session", server.url()));
        let status = send(asked.json(&right)).await.status();
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    }
}

async fn what_works_once_works_once(nodes: &Nodes) {
    nodes.sign_up("dot").await;
    let root = text(&nodes.sign_in("root").await, "access_token");
    let path = format!("/api/v1/people/{}/sign-in-link", nodes.id_of("dot").await);
    let asked = nodes.client.post(nodes.url(&path)).bearer_auth(&root);
    let link: Value = send(asked.json(&json!({}))).await.json().await.unwrap();
    let body = json!({ "token": text(&link, "token"), "mode": "token" });
    let mut shown = JoinSet::new();
    for _ in 0..16 {
        let asked = nodes.client.post(nodes.url("/api/v1/session/token"));
        shown.spawn(asked.json(&body).send());
    }
    let mut worked = 0;
    while let Some(answer) = shown.join_next().await {
        match answer.unwrap().unwrap().status() {
            StatusCode::OK => worked += 1,
            StatusCode::BAD_REQUEST | StatusCode::TOO_MANY_REQUESTS => {}
            other => panic!("{other}"),
        }
    }
    assert_eq!(worked, 1);
}

/// Either node delivers, each mail once.
async fn mail_is_sent_once(nodes: &Nodes) {
    let quiet = async || {
        let begun = Instant::now();
        loop {
            let queue = nodes.program.run(&["mail", "queue", "--json"], "").await;
            let queue: Value = serde_json::from_str(&queue.succeeded()).unwrap();
            if queue["data"] == json!([]) {
                return nodes.mails();
            }
            assert!(begun.elapsed() < WORST, "{queue}");
        }
    };
    let before = quiet().await;
    for number in 0..6 {
        nodes.sign_up(&format!("eve{number}")).await;
    }
    assert_eq!(quiet().await - before, 6);
}

/// A node goes and nobody notices.
async fn one_may_go(mut nodes: Nodes) -> Nodes {
    nodes.sign_up("flo").await;
    let access = text(&nodes.sign_in("flo").await, "access_token");
    nodes.servers[0].kill9().await;
    for _ in 0..OFTEN {
        let asked = nodes.client.get(nodes.url("/api/v1/me"));
        let status = send(asked.bearer_auth(&access)).await.status();
        assert_eq!(status, StatusCode::OK);
    }
    nodes.sign_in("flo").await;
    nodes.servers[0].start_again().await;
    nodes
}
