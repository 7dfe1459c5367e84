//! Stories of the command line, told by the real binary: first minutes,
//! commands beside a running server, a server's life from start to end, and whom it
//! tells.

mod alerts;
mod audit;
mod commands;
mod doctor;
mod life;
mod locks;
mod logged;
mod newcomer;
mod restore;
mod sample;
mod texts;
mod webhooks;

use std::path::Path;

use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use tollgate_testkit::services::{Finished, PostgresDatabase, Program, Server};

/// A password that nothing objects to.
const PASSWORD: &str = "correct horse battery";

/// The binary in an empty folder. On PostgreSQL, if there is one.
pub(super) struct Scene {
    program: Program,
    database: Option<PostgresDatabase>,
    _folder: tempfile::TempDir,
}

impl Scene {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = PostgresDatabase::create();
        let mut program = program(folder.path());
        if let Some(database) = &database {
            program = program.env("TOLLGATE_DATABASE__URL", &database.url());
        }
        Self {
            program,
            database,
            _folder: folder,
        }
    }

    /// A command with its arguments in one text.
    pub(super) async fn run(&self, line: &str) -> Finished {
        self.run_with(line, "").await
    }

    async fn run_with(&self, line: &str, input: &str) -> Finished {
        let arguments: Vec<&str> = line.split_whitespace().collect();
        self.program.run(&arguments, input).await
    }

    /// The JSON that a command answers with.
    async fn json(&self, line: &str) -> Value {
        let finished = self.run(&format!("{line} --json")).await;
        parsed(line, &finished)
    }

    pub(super) async fn serve(&self) -> Server {
        self.program.start(&["serve"]).await
    }

    /// An account with [`PASSWORD`]; its id.
    pub(super) async fn create(&self, command: &str) -> String {
        let made = self
            .run_with(&format!("{command} --password-file - --json"), PASSWORD)
            .await;
        let made = parsed(command, &made);
        made["user"]["id"]
            .as_str()
            .unwrap_or_else(|| panic!("{command}: {made}"))
            .to_owned()
    }
}

/// Hashes cost as little as is allowed; tokens are the same on every port.
fn program(folder: &Path) -> Program {
    Program::new(env!("CARGO_BIN_EXE_tollgate"), folder)
        .env("TOLLGATE_TOKENS__ISSUER", "https://id.example.org")
        .env("TOLLGATE_PASSWORD__MEMORY_KIB", "7168")
        .env("TOLLGATE_PASSWORD__PASSES", "5")
}

#[track_caller]
fn parsed(line: &str, finished: &Finished) -> Value {
    serde_json::from_str(&finished.stdout)
        .unwrap_or_else(|fault| panic!("{line}: {fault}\n{}\n{}", finished.stdout, finished.stderr))
}

/// A token pair for somebody, or the refusal.
async fn sign_in(url: &str, login: &str, password: &str) -> Response {
    let body = json!({ "login": login, "password": password, "mode": "token" });
    let request = Client::new()
        .post(format!("{url}/api/v1/session"))
        .json(&body);
    request.send().await.expect("the server answers")
}

/// The access token of somebody who can sign in.
async fn access(url: &str, login: &str, password: &str) -> String {
    let answer = sign_in(url, login, password).await;
    assert_eq!(answer.status(), StatusCode::OK, "{login} signs in");
    let body: Value = answer.json().await.unwrap();
    body["access_token"]
        .as_str()
        .expect("an access token")
        .to_owned()
}

/// What the server says to an access token.
async fn me(url: &str, token: &str) -> StatusCode {
    let request = Client::new()
        .get(format!("{url}/api/v1/me"))
        .bearer_auth(token);
    request.send().await.expect("the server answers").status()
}
