//! The doctor: finds what is wrong, says what to do, and mends what it may.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt};

use serde_json::Value;
use tollgate_testkit::services::Finished;

use super::{PASSWORD, Scene, parsed};

/// A listening port that nobody has.
const QUIET: &str = "--set listen=127.0.0.1:0 --set metrics_listen=off";

async fn examined(scene: &Scene, line: &str) -> (Finished, Value) {
    let finished = scene.run(&format!("doctor --json {line}")).await;
    let findings = parsed("doctor", &finished);
    (finished, findings)
}

/// The findings about something that are in a state.
fn found<'v>(findings: &'v Value, about: &str, state: &str) -> Vec<&'v Value> {
    let all = findings["findings"].as_array().unwrap().iter();
    all.filter(|it| it["about"] == about && it["state"] == state)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_installation_has_nothing_wrong() {
    let scene = Scene::new();
    scene.create("admin create ann@example.org").await;
    let mut server = scene.serve().await;
    let listen = server.url().replace("http://", "--set listen=");
    let (finished, findings) = examined(&scene, &listen).await;
    assert_eq!(
        (finished.code, findings["wrong"].as_u64()),
        (Some(0), Some(0)),
        "{findings:#}"
    );
    for about in [
        "configuration",
        "files",
        "disk",
        "clock",
        "database",
        "administrators",
        "signing keys",
        "audit",
        "reachable",
    ] {
        assert_eq!(
            found(&findings, about, "good").len(),
            1,
            "{about}: {findings:#}"
        );
    }
    server.terminate().await;
    let words = scene.run(&format!("doctor {QUIET}")).await;
    assert!(
        words.stdout.trim_end().ends_with("Nothing is wrong."),
        "{}",
        words.stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_comes_with_its_remedy() {
    let scene = Scene::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    scene.run("user list").await.succeeded();
    let secrets = scene.program.folder().join("tollgate-data/secrets.toml");
    fs::set_permissions(&secrets, fs::Permissions::from_mode(0o644)).unwrap();
    let line = format!(
        "--set listen={} --set public_url=https://id.example.org --set redis.url=redis://127.0.0.1:1",
        taken.local_addr().unwrap()
    );
    let (finished, findings) = examined(&scene, &line).await;
    assert_eq!(finished.code, Some(1));
    for about in ["files", "port", "proxies", "redis", "administrators"] {
        let wrong = found(&findings, about, "wrong");
        assert_eq!(wrong.len(), 1, "{about}: {findings:#}");
        assert!(wrong[0]["fix"].as_str().unwrap().len() > 10, "{wrong:?}");
    }
    assert!(!found(&findings, "backup", "remark").is_empty());

    let (_, findings) = examined(&scene, &format!("--fix {QUIET}")).await;
    assert_eq!(found(&findings, "files", "mended").len(), 1, "{findings:#}");
    let (_, findings) = examined(&scene, QUIET).await;
    assert_eq!(found(&findings, "files", "good").len(), 1, "{findings:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_opened_is_told_and_not_touched() {
    let scene = Scene::new();
    let (finished, findings) = examined(&scene, "--set no.such=1").await;
    assert_eq!(finished.code, Some(1));
    assert_eq!(
        found(&findings, "configuration", "wrong").len(),
        1,
        "{findings:#}"
    );

    let (_, findings) = examined(&scene, QUIET).await;
    assert!(
        found(&findings, "files", "remark").len() == 1,
        "{findings:#}"
    );

    scene.run("user list").await.succeeded();
    let secrets = scene.program.folder().join("tollgate-data/secrets.toml");
    let kept = fs::read(&secrets).unwrap();
    fs::remove_file(&secrets).unwrap();
    let (finished, findings) = examined(&scene, &format!("--fix {QUIET}")).await;
    assert_eq!(finished.code, Some(1));
    assert_eq!(
        found(&findings, "secrets", "wrong").len(),
        1,
        "{findings:#}"
    );
    assert!(!secrets.exists(), "no new key for old data");
    fs::write(&secrets, kept).unwrap();

    let weak = scene.program.folder().join("weak");
    fs::write(&weak, "password").unwrap();
    let line = format!(
        "{QUIET} --set admin.email=ann@example.org --set admin.password_file={}",
        weak.display()
    );
    let (_, findings) = examined(&scene, &line).await;
    assert!(
        found(&findings, "administrators", "wrong")[0]["says"]
            .as_str()
            .unwrap()
            .contains("Many people use it"),
        "{findings:#}"
    );
    fs::write(&weak, PASSWORD).unwrap();
    let (_, findings) = examined(&scene, &line).await;
    assert_eq!(
        found(&findings, "administrators", "remark").len(),
        1,
        "{findings:#}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn shells_editors_and_man_know_the_commands() {
    let scene = Scene::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = scene.run(&format!("completions {shell}")).await;
        assert_eq!(script.code, Some(0), "{shell}");
        assert!(
            script.stdout.contains("signing-key") && script.stdout.contains("reset-link"),
            "{shell}"
        );
    }
    let pages = scene.json("man pages").await;
    let files = pages["files"].as_array().unwrap();
    assert!(
        files.contains(&"tollgate.1".into()) && files.contains(&"tollgate-user-create.1".into()),
        "{pages}"
    );
    let page =
        fs::read_to_string(scene.program.folder().join("pages/tollgate-user-create.1")).unwrap();
    assert!(
        page.contains("Make an account") && page.contains(".TH"),
        "{page}"
    );

    let schema = scene.json("config schema").await;
    let idle = &schema["properties"]["session"]["properties"]["idle"];
    assert_eq!(
        (idle["type"].as_str(), idle["default"].as_str()),
        (Some("string"), Some("14d"))
    );
    let attempts =
        &schema["properties"]["signin"]["properties"]["attempts"]["properties"]["per_account"];
    assert_eq!(
        (attempts["minimum"].as_i64(), attempts["default"].as_i64()),
        (Some(1), Some(10))
    );
    assert_eq!(
        schema["properties"]["dialects"]["properties"]["chatbot"]["properties"]["enabled"]["type"],
        "boolean"
    );
    assert_eq!(schema["additionalProperties"], false);
}
