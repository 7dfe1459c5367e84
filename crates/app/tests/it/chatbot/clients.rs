//! The chatbot's own clients, unmodified, and the real SimpleJWT, against the
//! real binary; and what becomes of them when Redis goes.

use std::path::{Path, PathBuf};

use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tollgate_testkit::services::{Interpreter, Program, RedisServer, Server};

use super::{ANN, PASSWORD};

/// As an operator of the chatbot has it in their environment.
const SECRET: &str = "k3%v9s$w2m!x7q@4tz_8n+5c1rj6fy0pdh=bgauel";

/// The binary with an empty folder and the chatbot's own variables.
struct Place {
    program: Program,
    _folder: TempDir,
}

#[tokio::test]
#[ignore = "needs Python with SimpleJWT: cargo xtask test runs it"]
async fn its_python_client_runs_unmodified() {
    let (_place, server) = started().await;
    run(
        &Interpreter::python(),
        "driver.py",
        &[&server.url(), ANN, PASSWORD],
    )
    .await;
}

#[tokio::test]
#[ignore = "needs Node: cargo xtask test runs it"]
async fn its_javascript_runs_unmodified() {
    let (_place, server) = started().await;
    register(&server).await;
    run(
        &Interpreter::node(),
        "driver.mjs",
        &[&server.url(), ANN, PASSWORD],
    )
    .await;
}

#[tokio::test]
#[ignore = "needs Python with SimpleJWT: cargo xtask test runs it"]
async fn tokens_of_the_real_simplejwt_are_admitted_and_ours_are_read_by_it() {
    let (_place, server) = started().await;
    register(&server).await;
    run(
        &Interpreter::python(),
        "simplejwt_peer.py",
        &[&server.url(), ANN, PASSWORD, SECRET],
    )
    .await;
}

/// The golden file is what the installed libraries answer, not what we wish.
#[tokio::test]
#[ignore = "needs Python with SimpleJWT: cargo xtask test runs it"]
async fn the_golden_file_is_what_the_real_libraries_answer() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../dialects/src/chatbot/golden/simplejwt_5_5.txt");
    let path = golden.to_str().expect("a path in UTF-8");
    let captured = Interpreter::python()
        .run(&script("reference/capture.py"), &[path], "")
        .await;
    let recorded = std::fs::read_to_string(&golden).expect("a golden file");
    assert!(
        captured.succeeded() == recorded,
        "compare: python reference/capture.py {path}"
    );
}

/// Redis only counts attempts across nodes: stopped or silent, nothing fails.
#[tokio::test]
#[ignore = "needs Redis: cargo xtask test runs it"]
async fn redis_may_go_at_any_time() {
    let redis = RedisServer::start().await;
    let (host, port) = redis
        .url()
        .strip_prefix("redis://")
        .and_then(split)
        .expect("host and port");
    let place = Place::new()
        .env("REDIS_HOST", &host)
        .env("REDIS_PORT", &port);
    let server = place.program.start(&["serve"]).await;
    register(&server).await;
    let early = live(&server, None).await;
    redis.freeze();
    let middle = live(&server, Some(early)).await;
    redis.thaw();
    redis.stop().await;
    let late = live(&server, Some(middle)).await;
    redis.start_again().await;
    live(&server, Some(late)).await;
}

/// Do everything there is, beginning with a token of before; gives a new one.
async fn live(server: &Server, earlier: Option<String>) -> String {
    if let Some(token) = earlier {
        assert_eq!(status(server, &token).await, 200);
        assert_eq!(
            call(server, "/auth/logout/", Some(&token), json!({}))
                .await
                .0,
            200
        );
        assert_eq!(status(server, &token).await, 401);
    }
    let person = json!({"email": ANN, "password": PASSWORD});
    let (code, pair) = call(server, "/auth/login/", None, person).await;
    assert_eq!(code, 200, "{pair}");
    let refresh = json!({ "refresh": pair["refresh_token"] });
    let (code, renewed) = call(server, "/api/token/refresh/", None, refresh).await;
    assert_eq!(code, 200, "{renewed}");
    assert_eq!(
        call(server, "/password-reset/", None, json!({ "email": ANN }))
            .await
            .0,
        200
    );
    let access = renewed["access"].as_str().expect("a token").to_owned();
    assert_eq!(status(server, &access).await, 200);
    access
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::with_prefix("tollgate-chatbot-").expect("a temporary folder");
        let program = Program::new(env!("CARGO_BIN_EXE_tollgate"), folder.path())
            .env("SECRET_KEY", SECRET)
            .env("DEBUG", "False")
            .env("TOLLGATE_SIGNIN__REGISTRATION", "open");
        Self {
            program,
            _folder: folder,
        }
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.program = self.program.env(name, value);
        self
    }
}

async fn started() -> (Place, Server) {
    let place = Place::new();
    let server = place.program.start(&["serve"]).await;
    (place, server)
}

async fn register(server: &Server) {
    let person = json!({"email": ANN, "password": PASSWORD});
    let (code, body) = call(server, "/auth/register/", None, person).await;
    assert_eq!(code, 201, "{body}");
}

async fn status(server: &Server, token: &str) -> u16 {
    let request = Client::new()
        .get(format!("{}/auth/status/", server.url()))
        .bearer_auth(token);
    request.send().await.expect("an answer").status().as_u16()
}

async fn call(server: &Server, path: &str, token: Option<&str>, body: Value) -> (u16, Value) {
    let mut request = Client::new()
        .post(format!("{}{path}", server.url()))
        .json(&body);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

async fn run(interpreter: &Interpreter, name: &str, arguments: &[&str]) {
    interpreter
        .run(&script(name), arguments, "")
        .await
        .succeeded();
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/clients/chatbot")
        .join(name)
}

fn split(address: &str) -> Option<(String, String)> {
    let (host, port) = address.trim_end_matches('/').rsplit_once(':')?;
    Some((host.to_owned(), port.to_owned()))
}
