//! The audit trail on the command line: signed by a server, and proved on a machine
//! that has nothing of it but files.

use std::{
    fs,
    time::{Duration, Instant},
};

use tokio::time::sleep;
use tollgate_testkit::services::LogServer;

use super::Scene;

/// How long events may take to a log server: they are sealed, and sent each second.
const DEADLINE: Duration = Duration::from_secs(30);

/// What left the machine.
const KEPT: &str = "--checkpoint tollgate.log --keys keys.json";

/// Someone else than the server changes what was taken out, in each way there is.
///
/// asvs:V16.4.2
#[tokio::test(flavor = "multi_thread")]
async fn files_alone_prove_the_trail_and_show_every_change() {
    let mut scene = Scene::new();
    scene.program = scene.program.env("TOLLGATE_AUDIT__CHECKPOINT_EVENTS", "1");
    scene.create("admin create ann").await;
    // The first round seals; the second finds something to sign.
    scene.serve().await.terminate().await;
    let mut server = scene.serve().await;
    let log = server.line_with("Signed a checkpoint").await;
    server.terminate().await;
    let folder = scene.program.folder().to_owned();
    let keep = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    keep("tollgate.log", &log);
    keep("keys.json", &scene.run("audit keys --json").await.stdout);
    scene
        .run("audit verify --checkpoint tollgate.log")
        .await
        .succeeded();
    let trail = scene.run("audit export").await.stdout;

    let elsewhere = Scene::new();
    for file in ["tollgate.log", "keys.json"] {
        fs::copy(folder.join(file), elsewhere.program.folder().join(file)).unwrap();
    }
    let lines: Vec<&str> = trail.lines().collect();
    let check = async |text: String, options: &str| {
        fs::write(elsewhere.program.folder().join("trail.ndjson"), text).unwrap();
        let line = format!("audit verify --file trail.ndjson {options} --json");
        elsewhere.run(&line).await
    };
    let whole = check(trail.clone(), KEPT).await;
    assert!(whole.code == Some(0), "{}", whole.stderr);
    assert!(!elsewhere.program.folder().join("tollgate-data").exists());
    let without = |place: usize| {
        let mut lines = lines.clone();
        lines.remove(place);
        lines.join("\n")
    };
    let swapped = {
        let mut lines = lines.clone();
        lines.swap(1, 2);
        lines.join("\n")
    };
    let forged = trail.replace("\"actor\":\"operator\"", "\"actor\":\"anonymous\"");
    assert_ne!(forged, trail);
    for (how, text) in [
        ("changed", forged),
        ("deleted", without(1)),
        ("swapped", swapped),
        ("renumbered", trail.replace("\"seq\":2,", "\"seq\":9,")),
        ("cut", lines[0].to_owned()),
        ("no trail", "{}".to_owned()),
        ("nothing", String::new()),
    ] {
        let refused = check(text, KEPT).await;
        assert!(
            refused.stdout.contains("audit.broken"),
            "{how}: {}",
            refused.stdout
        );
    }
    // Without what left the machine, a cut end does not show.
    for kept in ["", "--keys keys.json"] {
        let cut = check(lines[0].to_owned(), kept).await;
        assert!(cut.code == Some(0), "{}", cut.stdout);
    }
    // Another file than the one that was meant says nothing of the trail.
    for kept in [
        "--checkpoint tollgate.log --keys tollgate.log",
        "--checkpoint trail.ndjson --keys keys.json",
    ] {
        let refused = check(trail.clone(), kept).await;
        assert_eq!(refused.code, Some(2), "{}", refused.stdout);
        assert!(
            refused.stdout.contains("usage.invalid"),
            "{}",
            refused.stdout
        );
    }
    // What was searched for is told with as many as were shown.
    scene.run("audit search -n 1").await.succeeded();
    scene.run("audit tail -n 2").await.succeeded();
    let told = scene.run("audit search --kind audit.read --json").await;
    let told = told.succeeded().stdout.clone();
    assert!(told.contains("\"found\":1,\"more\":true"), "{told}");
    assert!(told.contains("\"view\":\"tail\""), "{told}");
}

/// A log server that proves who it is gets the whole trail in its order, and one that
/// cannot gets nothing.
///
/// asvs:V16.4.3, asvs:V12.3.1, asvs:V12.3.2, asvs:V12.3.4, asvs:V16.3.4
#[tokio::test(flavor = "multi_thread")]
async fn a_log_server_gets_the_trail_through_tls() {
    let (logs, other) = (LogServer::start().await, LogServer::start().await);
    let [doubting, trusting] = [&other, &logs].map(|roots| {
        let mut scene = Scene::new();
        let roots = roots.roots().display().to_string();
        scene.program = scene
            .program
            .env("TOLLGATE_AUDIT__SYSLOG__URL", &logs.url())
            .env("TOLLGATE_AUDIT__SYSLOG__TLS_ROOT_FILE", &roots);
        scene
    });
    let mut server = doubting.serve().await;
    server.line_with("takes no events").await;
    server.terminate().await;
    assert!(logs.lines().is_empty(), "whoever it is may read along");

    trusting.create("admin create ann").await;
    let mut server = trusting.serve().await;
    trusting.create("user create bob").await;
    let begun = Instant::now();
    let of_people = |line: &&String| line.contains("account.created");
    while logs.lines().iter().filter(of_people).count() < 2 {
        assert!(begun.elapsed() < DEADLINE, "{:?}", logs.lines());
        sleep(Duration::from_millis(20)).await;
    }
    server.terminate().await;
    let lines = logs.lines();
    let numbers: Vec<i64> = lines.iter().map(|line| number(line)).collect();
    let whole: Vec<i64> = (1..=numbers.len() as i64).collect();
    assert_eq!(numbers, whole, "{lines:?}");
    assert!(lines.iter().all(|line| line.starts_with('<')), "{lines:?}");
}

/// Which event of the trail a message tells.
fn number(line: &str) -> i64 {
    let (_, rest) = line.split_once(" seq=\"").unwrap();
    rest.split_once('"').unwrap().0.parse().unwrap()
}
