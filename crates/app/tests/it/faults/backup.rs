//! fault:F34 — a backup taken under load is whole, and restoring it brings no
//! session back.

use std::{fs, time::Duration};

use reqwest::Client;
use tollgate_testkit::services::{PostgresDatabase, Program};

use super::load::{Crowd, program};

async fn restores_into(new: Program) {
    let folder = tempfile::tempdir().unwrap();
    let program = program(folder.path());
    let mut server = program.start(&["serve"]).await;
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
    let crowd = Crowd::new("person", 6);
    crowd
        .work(&server.url(), tokio::time::sleep(Duration::from_secs(1)))
        .await;
    crowd.check(&server).await;
    let backup = folder.path().join("backup");
    let file = backup.to_str().unwrap();
    // A crowd of its own writes meanwhile; the first one's accounts are in.
    let others = Crowd::new("other", 6);
    let (arguments, url) = (["db", "backup", file], server.url());
    let (taken, ()) = tokio::join!(
        program.run(&arguments, ""),
        others.work(&url, tokio::time::sleep(Duration::from_secs(1)))
    );
    taken.succeeded();
    server.terminate().await;

    fs::create_dir_all(new.folder().join("tollgate-data")).unwrap();
    fs::copy(
        folder.path().join("tollgate-data/secrets.toml"),
        new.folder().join("tollgate-data/secrets.toml"),
    )
    .unwrap();
    let damaged = new.folder().join("damaged");
    let bytes = fs::read(&backup).unwrap();
    fs::write(&damaged, &bytes[..bytes.len() - 100]).unwrap();
    assert_eq!(
        new.run(&["db", "restore", damaged.to_str().unwrap(), "--yes"], "")
            .await
            .code,
        Some(2)
    );
    new.run(&["db", "restore", file, "--yes"], "")
        .await
        .succeeded();
    new.run(&["audit", "verify"], "").await.succeeded();
    let mut server = new.start(&["serve"]).await;
    crowd.check_after_restore(&server).await;
    assert!(!server.stderr().contains("/setup#"), "setup is open again");
    let page = Client::new()
        .get(format!("{}/setup", server.url()))
        .send()
        .await
        .unwrap();
    assert!(page.text().await.unwrap().contains("administrator already"));
    assert_eq!(
        new.run(&["db", "restore", file, "--yes"], "").await.code,
        Some(6),
        "into a database that is not empty"
    );
    server.terminate().await;
}

/// fault:F34, vuln:120
#[tokio::test(flavor = "multi_thread")]
async fn from_sqlite_to_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    restores_into(program(folder.path())).await;
}

/// fault:F34
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: cargo xtask test runs it"]
async fn from_sqlite_to_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let database = PostgresDatabase::create().expect("TEST_DATABASE_URL is set");
    restores_into(program(folder.path()).env("TOLLGATE_DATABASE__URL", &database.url())).await;
}
