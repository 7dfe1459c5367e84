//! Several processes are one server: what one ends is ended on the others, and
//! for commands typed on the machine, within a second.

mod accounts;
mod behind_nginx;

use std::{
    future::Future,
    time::{Duration, Instant},
};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tollgate_testkit::services::{PostgresDatabase, PostgresServer, Program, Shutdown};

use crate::support::tell;

/// The promised bound.
const BOUND: Duration = Duration::from_secs(1);
const EMAIL: &str = "ann@example.org";
const PASSWORD: &str = "a fine long phrase";

fn program(folder: &std::path::Path) -> Program {
    Program::new(env!("CARGO_BIN_EXE_tollgate"), folder)
        .env("TOLLGATE_SIGNIN__REGISTRATION", "open")
        .env("TOLLGATE_LOG__LEVEL", "warn")
}

async fn sign_up(url: &str) {
    let body = json!({ "email": EMAIL, "password": PASSWORD });
    let answer = Client::new()
        .post(format!("{url}/api/v1/signup"))
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(
        answer.status(),
        StatusCode::CREATED,
        "{}",
        answer.text().await.unwrap()
    );
}

/// A session: its id, access token and refresh token.
async fn sign_in(url: &str) -> (String, String, String) {
    let body = json!({ "login": EMAIL, "password": PASSWORD, "mode": "token" });
    let answer = Client::new()
        .post(format!("{url}/api/v1/session"))
        .json(&body)
        .send()
        .await
        .unwrap();
    let body: Value = answer.error_for_status().unwrap().json().await.unwrap();
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    (
        text("session_id"),
        text("access_token"),
        text("refresh_token"),
    )
}

async fn me(url: &str, access: &str) -> StatusCode {
    let request = Client::new()
        .get(format!("{url}/api/v1/me"))
        .bearer_auth(access);
    request.send().await.unwrap().status()
}

/// Wait until a token is refused, and say how long that took. Never after the
/// bound.
async fn refused_within_bound(url: &str, access: &str, since: Instant) -> Duration {
    loop {
        match me(url, access).await {
            StatusCode::UNAUTHORIZED => return since.elapsed(),
            StatusCode::OK => assert!(
                since.elapsed() < BOUND,
                "still let in after {:?}",
                since.elapsed()
            ),
            other => panic!("{other}"),
        }
    }
}

/// Whatever ends a session, each by the command line beside the running server.
async fn commands_are_heard(program: Program) {
    let mut server = program.start(&["serve"]).await;
    let url = server.url();
    sign_up(&url).await;
    program
        .run(
            &[
                "admin",
                "create",
                "root@example.org",
                "--password-file",
                "-",
            ],
            "a phrase of five words",
        )
        .await
        .succeeded();

    let (session, access, refresh) = sign_in(&url).await;
    assert_eq!(me(&url, &access).await, StatusCode::OK);
    program
        .run(&["session", "end", &session], "")
        .await
        .succeeded();
    let took = refused_within_bound(&url, &access, Instant::now()).await;
    tell(format_args!(
        "a session ended by command was refused after {} ms",
        took.as_millis()
    ));
    let body = json!({ "refresh_token": refresh });
    let renewed = Client::new()
        .post(format!("{url}/api/v1/session/refresh"))
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(renewed.status(), StatusCode::UNAUTHORIZED);

    let (_, access, _) = sign_in(&url).await;
    assert_eq!(me(&url, &access).await, StatusCode::OK);
    program
        .run(&["user", "suspend", EMAIL, "--yes"], "")
        .await
        .succeeded();
    refused_within_bound(&url, &access, Instant::now()).await;
    program
        .run(&["user", "resume", EMAIL], "")
        .await
        .succeeded();
    sign_in(&url).await;
    server.terminate().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_on_sqlite_hears_of_commands_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    commands_are_heard(program(folder.path())).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: cargo xtask test runs it"]
async fn a_server_on_postgresql_hears_of_commands_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let database = PostgresDatabase::create().expect("TEST_DATABASE_URL is set");
    commands_are_heard(program(folder.path()).env("TOLLGATE_DATABASE__URL", &database.url())).await;
}

/// Two servers on one PostgreSQL, with the same secrets file.
async fn two_nodes<F: Future<Output = ()>>(
    url: &str,
    redis: Option<String>,
    story: impl FnOnce(String, String) -> F,
) {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [one, two] = folders.each_ref().map(|folder| {
        let program = program(folder.path())
            .env("TOLLGATE_DATABASE__URL", url)
            .env("TOLLGATE_PUBLIC_URL", "https://id.example.org");
        match &redis {
            Some(redis) => program.env("TOLLGATE_REDIS__URL", redis),
            None => program,
        }
    });
    let mut first = one.start(&["serve"]).await;
    let secrets = one.folder().join("tollgate-data/secrets.toml");
    let two = two.env("TOLLGATE_SECRETS__FILE", secrets.to_str().unwrap());
    let mut second = two.start(&["serve"]).await;
    story(first.url(), second.url()).await;
    first.terminate().await;
    second.terminate().await;
}

async fn what_one_ends_is_ended_on_the_other(one: String, two: String) {
    sign_up(&one).await;
    let mut slowest = Duration::ZERO;
    for _ in 0..10 {
        let (_, access, _) = sign_in(&one).await;
        assert_eq!(me(&two, &access).await, StatusCode::OK);
        let out = Client::new()
            .delete(format!("{one}/api/v1/session"))
            .bearer_auth(&access)
            .send()
            .await
            .unwrap();
        assert!(out.status().is_success());
        let since = Instant::now();
        assert_eq!(
            me(&one, &access).await,
            StatusCode::UNAUTHORIZED,
            "on the same node at the next request"
        );
        slowest = slowest.max(refused_within_bound(&two, &access, since).await);
    }
    tell(format_args!(
        "a session ended on one node was refused on the other after {} ms at most",
        slowest.as_millis()
    ));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: cargo xtask test runs it"]
async fn two_nodes_without_redis() {
    let database = PostgresDatabase::create().expect("TEST_DATABASE_URL is set");
    two_nodes(&database.url(), None, what_one_ends_is_ended_on_the_other).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL and Redis: cargo xtask test runs it"]
async fn two_nodes_with_redis() {
    let database = PostgresDatabase::create().expect("TEST_DATABASE_URL is set");
    let redis = tollgate_testkit::services::redis_url().expect("TEST_REDIS_URL is set");
    two_nodes(
        &database.url(),
        Some(redis),
        what_one_ends_is_ended_on_the_other,
    )
    .await;
}

/// A node that is cut off from its database refuses what it remembers.
///
/// asvs:V16.5.3
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: cargo xtask test runs it"]
async fn a_node_without_its_database_fails_closed() {
    let folder = tempfile::tempdir().unwrap();
    let database = PostgresServer::start().await;
    let mut server = program(folder.path())
        .env("TOLLGATE_DATABASE__URL", &database.url())
        .start(&["serve"])
        .await;
    let url = server.url();
    sign_up(&url).await;
    let (_, access, _) = sign_in(&url).await;
    assert_eq!(me(&url, &access).await, StatusCode::OK);
    database.stop(Shutdown::Immediate).await;
    let cut = Instant::now();
    while me(&url, &access).await == StatusCode::OK {
        assert!(
            cut.elapsed() < Duration::from_secs(7),
            "remembered for {:?}",
            cut.elapsed()
        );
    }
    for _ in 0..50 {
        assert_eq!(me(&url, &access).await, StatusCode::SERVICE_UNAVAILABLE);
    }
    database.start_again().await;
    let back = Instant::now();
    while me(&url, &access).await != StatusCode::OK {
        assert!(
            back.elapsed() < Duration::from_secs(10),
            "not back after {:?}",
            back.elapsed()
        );
    }
    server.terminate().await;
}
