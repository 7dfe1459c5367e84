//! Backups beside a running server, and what a restore does to sessions.

use std::fs;

use reqwest::StatusCode;

use super::{PASSWORD, Scene, access, me};

/// A new machine with the secrets of `old`, and its backup read in.
async fn moved(old: &Scene, options: &str) -> Scene {
    let new = Scene::new();
    let (from, to) = (old.program.folder(), new.program.folder());
    fs::create_dir(to.join("tollgate-data")).unwrap();
    fs::copy(
        from.join("tollgate-data/secrets.toml"),
        to.join("tollgate-data/secrets.toml"),
    )
    .unwrap();
    let file = from.join("one.backup");
    new.run(&format!("db restore {} --yes {options}", file.display()))
        .await
        .succeeded();
    new
}

/// fault:F34, vuln:120
#[tokio::test(flavor = "multi_thread")]
async fn a_restore_ends_every_session_unless_it_is_told_otherwise() {
    let old = Scene::new();
    old.create("admin create ann").await;
    let server = old.serve().await;
    let token = access(&server.url(), "ann", PASSWORD).await;
    old.run("db backup one.backup").await.succeeded();
    assert_eq!(
        me(&server.url(), &token).await,
        StatusCode::OK,
        "the server did not stop for it"
    );
    let again = old.run("db backup one.backup").await;
    assert_eq!(again.code, Some(6), "no backup is overwritten");

    let new = moved(&old, "").await;
    let restored = new.serve().await;
    assert_eq!(me(&restored.url(), &token).await, StatusCode::UNAUTHORIZED);
    access(&restored.url(), "ann", PASSWORD).await;
    assert!(
        !restored.stderr().contains("/setup#"),
        "the setup page stays closed"
    );
    new.run("audit verify").await.succeeded();

    let kept = moved(&old, "--keep-sessions").await;
    let restored = kept.serve().await;
    assert_eq!(me(&restored.url(), &token).await, StatusCode::OK);
}

/// fault:F34
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_needs_its_secrets_and_an_empty_place() {
    let old = Scene::new();
    old.create("admin create ann").await;
    old.run("db backup one.backup").await.succeeded();
    let file = old.program.folder().join("one.backup");
    let restore = format!("db restore {} --yes", file.display());
    assert_eq!(old.run(&restore).await.code, Some(6), "it is not empty");

    let new = Scene::new();
    let missing = new.run(&restore).await;
    assert_eq!(missing.code, Some(3), "{}", missing.stderr);
    let other = Scene::new();
    other.run("user list").await.succeeded();
    let secrets = other.program.folder().join("tollgate-data/secrets.toml");
    fs::create_dir_all(new.program.folder().join("tollgate-data")).unwrap();
    fs::copy(
        secrets,
        new.program.folder().join("tollgate-data/secrets.toml"),
    )
    .unwrap();
    let foreign = new.run(&restore).await;
    assert_ne!(foreign.code, Some(0));
    assert!(foreign.stderr.contains("master key"), "{}", foreign.stderr);
}
