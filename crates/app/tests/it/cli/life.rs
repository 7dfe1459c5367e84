//! A server's life: signals, health, being killed, and what its log tells.

use std::{
    fs,
    time::{Duration, Instant},
};

use reqwest::{Client, StatusCode};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tollgate_testkit::services::{Server, Signal};

use super::{PASSWORD, Scene, access, me};

/// How long anything here may take.
const DEADLINE: Duration = Duration::from_secs(20);

async fn sign_up(url: &str, name: &str) -> StatusCode {
    let body = json!({ "username": name, "password": PASSWORD });
    Client::new()
        .post(format!("{url}/api/v1/signup"))
        .json(&body)
        .send()
        .await
        .unwrap()
        .status()
}

/// A request whose body lacks its last byte.
async fn half_a_request(server: &Server) -> TcpStream {
    let address = server.url().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let request = format!(
        "POST /api/v1/session HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// fault:F35
#[tokio::test(flavor = "multi_thread")]
async fn a_hang_up_takes_all_of_a_configuration_or_nothing() {
    let scene = Scene::new();
    scene.create("admin create ann").await;
    let file = scene.program.folder().join("tollgate.toml");
    fs::write(&file, "[signin]\nregistration = \"off\"\n").unwrap();
    let server = scene.serve().await;
    let url = server.url();
    assert_eq!(sign_up(&url, "bob").await, StatusCode::FORBIDDEN);

    fs::write(
        &file,
        "[signin]\nregistration = \"open\"\n[session]\nidel = \"1d\"\n",
    )
    .unwrap();
    server.signal(Signal::Hangup);
    server.line_with("The configuration stays as it is").await;
    assert_eq!(
        sign_up(&url, "bob").await,
        StatusCode::FORBIDDEN,
        "nothing of a faulty file counts"
    );
    assert_eq!(
        scene.run("reload").await.code,
        Some(3),
        "told before the server is asked"
    );

    fs::write(
        &file,
        "[signin]\nregistration = \"open\"\n[tokens]\naudience = \"other\"\n",
    )
    .unwrap();
    scene.run("reload").await.succeeded();
    let line = server.line_with("Read the configuration again").await;
    assert!(
        line.contains("signin.registration") && line.contains("tokens.audience"),
        "{line}"
    );
    assert_eq!(sign_up(&url, "bob").await, StatusCode::CREATED);
}

/// fault:F35
#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_answers_what_is_under_way() {
    let scene = Scene::new();
    let mut server = scene.serve().await;
    let mut stream = half_a_request(&server).await;
    server.signal(Signal::Terminate);
    server.line_with("Stopping").await;
    stream.write_all(b"}").await.unwrap();
    let mut answer = String::new();
    timeout(DEADLINE, stream.read_to_string(&mut answer))
        .await
        .expect("an answer in time")
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    let line = server.line_with("Stopped").await;
    assert!(line.contains("\"whole\":true"), "{line}");
    assert!(server.terminate().await.success());
}

/// fault:F35
#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_it_at_once() {
    let scene = Scene::new();
    let mut server = scene.serve().await;
    let _open = half_a_request(&server).await;
    server.signal(Signal::Interrupt);
    server.line_with("Stopping").await;
    let asked = Instant::now();
    let status = server.terminate().await;
    assert_eq!(status.code(), Some(1));
    assert!(
        asked.elapsed() < Duration::from_secs(3),
        "it did not wait for the open request"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn health_has_exit_codes() {
    let scene = Scene::new();
    let mut server = scene.serve().await;
    let check = format!(
        "healthcheck --set listen={}",
        server.url().trim_start_matches("http://")
    );
    assert_eq!(scene.run(&check).await.code, Some(0));
    assert_eq!(scene.run(&format!("{check} --live")).await.code, Some(0));
    server.terminate().await;
    let refused = scene.run(&check).await;
    assert_eq!(refused.code, Some(7), "{}", refused.stderr);
    assert!(refused.stderr.contains("server.unreachable"));
    assert_eq!(
        scene.run("reload").await.code,
        Some(7),
        "its process file is nobody's"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_goes_on_where_it_was() {
    let scene = Scene::new();
    scene.create("admin create ann").await;
    let mut server = scene.serve().await;
    let url = server.url();
    let token = access(&url, "ann", PASSWORD).await;
    server.kill9().await;
    server.start_again().await;
    assert_eq!(me(&url, &token).await, StatusCode::OK);
    scene.run("audit verify").await.succeeded();
    scene.run("reload").await.succeeded();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_told() {
    let scene = Scene::new();
    let server = scene.serve().await;
    let address = server.url().trim_start_matches("http://").to_owned();
    let refused = scene
        .run(&format!(
            "serve --set listen={address} --set metrics_listen=off"
        ))
        .await;
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("listen.failed"),
        "{}",
        refused.stderr
    );
}

/// asvs:V16.2.5, asvs:V14.2.1
#[tokio::test(flavor = "multi_thread")]
async fn logs_and_metrics_tell_no_secret_and_nobody() {
    let scene = Scene::new();
    let mut server = scene.serve().await;
    scene
        .create("admin create ann@example.org --name Annabel")
        .await;
    let url = server.url();
    let token = access(&url, "ann@example.org", PASSWORD).await;
    assert_eq!(me(&url, &token).await, StatusCode::OK);
    assert_eq!(
        me(&url, &format!("{token}x")).await,
        StatusCode::UNAUTHORIZED
    );
    super::sign_in(&url, "ann@example.org", "a wrong password").await;

    let metrics = reqwest::get(format!("{}/metrics", server.metrics_url()))
        .await
        .unwrap();
    assert_eq!(metrics.status(), StatusCode::OK);
    let numbers = metrics.text().await.unwrap();
    for name in [
        "tollgate_signins_total",
        "tollgate_hash_queue_depth",
        "tollgate_store_queue_depth",
        "tollgate_principal_cache_total",
        "tollgate_http_request_duration_seconds_bucket",
    ] {
        assert!(numbers.contains(name), "{name} in\n{numbers}");
    }
    assert_eq!(
        reqwest::get(format!("{url}/metrics"))
            .await
            .unwrap()
            .status(),
        StatusCode::NOT_FOUND
    );
    assert!(server.terminate().await.success());
    let link = server.line_with("/setup#").await;
    let told = [server.stdout(), server.stderr().replace(&link, ""), numbers].join("\n");
    for secret in [
        PASSWORD,
        "a wrong password",
        "ann@example.org",
        "Annabel",
        &token,
    ] {
        assert!(!told.contains(secret), "{secret} in\n{told}");
    }
    let lines = told.lines().filter(|line| line.starts_with('{'));
    for line in lines {
        serde_json::from_str::<serde_json::Value>(line)
            .unwrap_or_else(|fault| panic!("{fault}: {line}"));
    }
}
