//! Numbers, rules and the dashboard say the same names: each number that the code
//! counts is described, and nothing watches one that nobody counts.

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::time::sleep;
use tollgate::telemetry::numbers::{Kind, NUMBERS};
use tollgate_records::events::EventKind;

use super::cli::Scene;

/// What a histogram is told as.
const PARTS: [&str; 3] = ["_bucket", "_count", "_sum"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("monitoring")
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

/// Every name of ours in a text.
fn names(text: &str) -> BTreeSet<&str> {
    let is_part = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    text.split(|letter| !is_part(letter))
        .filter(|word| word.starts_with("tollgate_"))
        .collect()
}

/// What `macro_name!(` is called with first, where that is a literal of ours.
fn counted(code: &str) -> impl Iterator<Item = &str> {
    ["counter!(", "gauge!(", "histogram!("]
        .into_iter()
        .flat_map(|call| code.split(call).skip(1))
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .filter(|name| name.starts_with("tollgate_"))
}

fn sources(folder: &Path, code: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, code);
        } else if path.extension().is_some_and(|it| it == "rs") {
            code.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_number_is_described() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut code = String::new();
    for entry in fs::read_dir(crates).unwrap() {
        sources(&entry.unwrap().path().join("src"), &mut code);
    }
    let described: BTreeSet<&str> = NUMBERS.iter().map(|number| number.name).collect();
    assert_eq!(described.len(), NUMBERS.len(), "one is described twice");
    let unknown: Vec<&str> = counted(&code)
        .filter(|name| !described.contains(name))
        .collect();
    assert!(unknown.is_empty(), "add to telemetry::numbers: {unknown:?}");
    let table = include_str!("../../src/telemetry/numbers.rs");
    for name in described {
        let elsewhere = code.matches(&format!("\"{name}\"")).count();
        let in_table = table.matches(&format!("\"{name}\"")).count();
        let by_constant = table.contains(&format!("counter!({}", constant(table, name)))
            || table.contains(&format!("gauge!({}", constant(table, name)));
        assert!(elsewhere > in_table || by_constant, "nobody counts {name}");
    }
}

/// The constant that stands for a name in the table, or what is in no text.
fn constant<'t>(table: &'t str, name: &str) -> &'t str {
    let end = format!(": &str = \"{name}\";");
    let line = table.lines().find(|line| line.ends_with(&end));
    line.and_then(|line| line.strip_prefix("const ")?.split(':').next())
        .unwrap_or("no constant")
}

#[test]
fn what_watches_watches_something() {
    let kinds: BTreeSet<&str> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
    for file in [
        "tollgate.rules.yml",
        "tollgate.rules.test.yml",
        "tollgate.dashboard.json",
    ] {
        let text = read(file);
        assert!(!names(&text).is_empty(), "{file}");
        for name in names(&text) {
            let known = NUMBERS.iter().any(|number| match number.kind {
                Kind::Histogram => PARTS
                    .iter()
                    .any(|part| name.strip_suffix(part) == Some(number.name)),
                Kind::Counter | Kind::Gauge => name == number.name,
            });
            assert!(known, "{file}: {name}");
        }
        let plain = text.replace("\\\"", "\"");
        let marks = ["kind=~\"", "kind=\""];
        for kind in marks.into_iter().flat_map(|mark| plain.split(mark).skip(1)) {
            for kind in kind.split('"').next().unwrap().split('|') {
                assert!(
                    kinds.contains(kind) || !kind.contains('.'),
                    "{file}: {kind}"
                );
            }
        }
    }
}

/// What is counted is shown or told of; what is not is counted for whoever looks closer.
#[test]
fn what_is_counted_is_watched() {
    const CLOSER: [&str; 6] = [
        "tollgate_principal_cache_entries",
        "tollgate_store_batch_size",
        "tollgate_store_retries_total",
        "tollgate_breach_checks_failed_total",
        "tollgate_rows_cleaned_total",
        "tollgate_trace_spans_total",
    ];
    let text = read("tollgate.rules.yml") + &read("tollgate.dashboard.json");
    for number in NUMBERS.iter().filter(|one| !CLOSER.contains(&one.name)) {
        assert!(text.contains(number.name), "{} is watched", number.name);
    }
}

/// Whoever takes the server over by a command is seen by Prometheus too.
#[tokio::test(flavor = "multi_thread")]
async fn what_commands_do_is_counted_by_the_server() {
    let scene = Scene::new();
    scene.create("user create root").await;
    let server = scene.serve().await;
    scene.run("admin recover root").await.succeeded();
    let told = async || {
        let url = format!("{}/metrics", server.metrics_url());
        let text = reqwest::get(url).await.unwrap().text().await.unwrap();
        let wanted = "tollgate_events_total{kind=\"admin.recovered\"} ";
        let line = text.lines().find_map(|line| line.strip_prefix(wanted));
        line.unwrap().to_owned()
    };
    let begun = Instant::now();
    while told().await != "1" {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{}",
            told().await
        );
        sleep(Duration::from_millis(100)).await;
    }
    sleep(Duration::from_secs(2)).await;
    assert_eq!(told().await, "1", "once");
}

#[tokio::test]
async fn the_files_come_out_of_the_binary() {
    let scene = Scene::new();
    let rules = scene.run("monitoring rules").await;
    assert_eq!(
        rules.stdout.trim_end(),
        read("tollgate.rules.yml").trim_end()
    );
    let dashboard = scene.run("monitoring dashboard").await;
    let parsed: Value = serde_json::from_str(&dashboard.stdout).unwrap();
    assert_eq!(parsed["title"], "Tollgate");
    assert_eq!(scene.run("monitoring nothing").await.code, Some(2));
}

fn promtool(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new("promtool")
        .args(arguments)
        .current_dir(folder())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

#[track_caller]
fn approved(arguments: &[&str], input: &str) {
    let output = promtool(arguments, input);
    let said = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&said)
    );
}

#[test]
#[ignore = "needs promtool"]
fn promtool_approves_of_the_rules() {
    approved(&["check", "rules", "tollgate.rules.yml"], "");
    approved(&["test", "rules", "tollgate.rules.test.yml"], "");
    let broken = tempfile::NamedTempFile::new().unwrap();
    fs::write(
        broken.path(),
        read("tollgate.rules.yml").replace("increase(", "increase(("),
    )
    .unwrap();
    let output = promtool(
        &["check", "rules", &broken.path().display().to_string()],
        "",
    );
    assert!(!output.status.success(), "it would approve of anything");
}

/// Every question of the dashboard, as a rule: promtool reads those.
#[test]
#[ignore = "needs promtool"]
fn promtool_understands_the_dashboard() {
    let dashboard: Value = serde_json::from_str(&read("tollgate.dashboard.json")).unwrap();
    let questions: Vec<String> = dashboard["panels"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|panel| panel["targets"].as_array().unwrap())
        .map(|target| target["expr"].as_str().unwrap())
        .map(|question| {
            question
                .replace("$__rate_interval", "5m")
                .replace("$job", "tollgate")
        })
        .collect();
    assert!(questions.len() >= 15);
    let rules: Vec<Value> = questions
        .iter()
        .enumerate()
        .map(|(number, question)| json!({ "record": format!("panel:{number}"), "expr": question }))
        .collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    let groups = json!({ "groups": [{ "name": "dashboard", "rules": rules }] });
    fs::write(file.path(), groups.to_string()).unwrap();
    approved(&["check", "rules", &file.path().display().to_string()], "");
}

#[tokio::test]
#[ignore = "needs promtool"]
async fn promtool_approves_of_what_a_server_tells() {
    let scene = Scene::new();
    let server = scene.serve().await;
    let answer = reqwest::get(format!("{}/metrics", server.metrics_url()))
        .await
        .unwrap();
    let numbers = answer.text().await.unwrap();
    for begun in [
        "tollgate_events_total{kind=\"token.reused\"} 0",
        "tollgate_panics_total 0",
        "tollgate_store_poisoned 0",
        "tollgate_mail_sent_total{result=\"refused\"} 0",
        "tollgate_requests_throttled_total{by=\"address\",cost=\"changing\"} 0",
        "tollgate_alerts_told_total{channel=\"mail\",result=\"failed\"} 0",
        "tollgate_webhook_deliveries_total{result=\"failed\"} 0",
    ] {
        assert!(numbers.contains(begun), "{begun} in\n{numbers}");
    }
    approved(&["check", "metrics"], &numbers);
}
