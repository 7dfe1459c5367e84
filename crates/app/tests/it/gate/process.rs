//! Sites from the command line and from files, while a server runs.

use std::time::{Duration, Instant};

use reqwest::Client;
use tollgate_testkit::services::Program;

/// The promised bound.
const BOUND: Duration = Duration::from_secs(1);

async fn asked(server: &str, url: &str) -> u16 {
    let request = Client::new()
        .get(format!("{server}/api/authz/nginx"))
        .header("x-original-url", url)
        .header("x-original-method", "GET");
    request.send().await.unwrap().status().as_u16()
}

/// Wait until the gate answers so, and not for longer than promised.
async fn soon(server: &str, url: &str, status: u16) {
    let since = Instant::now();
    loop {
        let now = asked(server, url).await;
        if now == status {
            return;
        }
        assert!(
            since.elapsed() < BOUND * 2,
            "{url}: {now} for {:?}",
            since.elapsed()
        );
    }
}

#[tokio::test]
async fn commands_and_files_register_sites_while_a_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(env!("CARGO_BIN_EXE_tollgate"), folder.path())
        .env("TOLLGATE_LOG__LEVEL", "warn");
    let server = program.start(&["serve"]).await;
    let url = server.url();
    let run = async |arguments: &[&str]| program.run(arguments, "").await;
    assert_eq!(asked(&url, "https://notes.example.org/").await, 403);

    let add = [
        "site",
        "add",
        "notes",
        "https://notes.example.org",
        "--rule",
        "GET /docs anyone",
        "--rule",
        "/ role:admin",
    ];
    run(&add).await.succeeded();
    soon(&url, "https://notes.example.org/", 401).await;
    assert_eq!(asked(&url, "https://notes.example.org/docs").await, 200);
    let told = run(&["site", "test", "https://notes.example.org/docs/x"])
        .await
        .succeeded();
    assert_eq!(told.trim(), "allowed: rule 1 decides: GET /docs for anyone");
    let told = run(&[
        "site",
        "test",
        "https://notes.example.org/docs;x",
        "--method",
        "POST",
    ])
    .await
    .succeeded();
    assert_eq!(told.trim(), "sign-in: rule 2 decides: / for role:admin");

    let conf = folder.path().join("conf.d");
    std::fs::create_dir(&conf).unwrap();
    std::fs::write(folder.path().join("tollgate.toml"), "").unwrap();
    let wiki = "[[sites]]\nname = 'wiki'\nurl = 'https://wiki.example.org'\n";
    std::fs::write(conf.join("wiki.toml"), wiki).unwrap();
    run(&["reload"]).await.succeeded();
    soon(&url, "https://wiki.example.org/", 401).await;
    let listed = run(&["site", "list"]).await.succeeded();
    assert!(
        listed.contains("configuration") && listed.contains("https://notes.example.org"),
        "{listed}"
    );

    // A file that makes no sense changes nothing.
    std::fs::write(
        conf.join("wiki.toml"),
        format!("{wiki}[[sites]]\nname = 'x'\n"),
    )
    .unwrap();
    run(&["reload"]).await;
    assert_eq!(asked(&url, "https://wiki.example.org/").await, 401);
    std::fs::write(conf.join("wiki.toml"), wiki).unwrap();
    run(&["site", "remove", "notes", "--yes"]).await.succeeded();
    soon(&url, "https://notes.example.org/", 403).await;
}
