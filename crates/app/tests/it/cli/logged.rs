//! What a running server writes down: each request in one line of JSON that names who
//! asked and what was refused, and nothing of it in any other place.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tollgate_base::time::Time;
use tollgate_testkit::services::Server;

use super::{PASSWORD, Scene, access, sign_in};

/// Text that would end a line, a field and a terminal's patience.
const HOSTILE: &str = "ann\r\n{\"level\":\"ERROR\",\"message\":\"forged\"}\u{2028}\u{1b}[2J";

/// The log as it stands, every line of which is JSON.
fn lines(server: &Server) -> Vec<Value> {
    let log = server.stderr();
    let line = |line| serde_json::from_str(line).unwrap_or_else(|fault| panic!("{fault}: {line}"));
    log.lines().map(line).collect()
}

/// The line of the request that this is the answer to.
fn line_of(server: &Server, answer: &Response) -> Value {
    let id = answer.headers()["x-request-id"].to_str().unwrap();
    let mut lines = lines(server).into_iter();
    let line = lines.find(|line| line["message"] == "Answered" && line["span"]["request.id"] == id);
    line.unwrap_or_else(|| panic!("no line tells of {id}"))
}

/// Somebody who may not, a site that may not, a token of nobody and a wrong password: each
/// is in the log with its code, its route and who it was, if that is known.
///
/// asvs:V16.2.1, asvs:V16.2.2, asvs:V16.2.4, asvs:V16.3.1, asvs:V16.3.2, asvs:V16.3.3,
/// asvs:V16.4.1, vuln:136
#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_is_one_line_that_says_who_and_why() {
    let scene = Scene::new();
    scene.create("admin create root").await;
    let ann = scene.create("user create ann").await;
    let server = scene.program.start(&["serve", "--quiet"]).await;
    let url = server.url();
    let token = access(&url, "ann", PASSWORD).await;
    let client = Client::new();
    let ask = async |method, path: &str, header: (&'static str, &str)| {
        let request = client.request(method, format!("{url}{path}"));
        let request = request.header(header.0, header.1);
        let request = request.header("user-agent", "\"},{\"message\":\"forged\"");
        request.json(&json!({})).send().await.unwrap()
    };
    let bearer = ("authorization", &*format!("Bearer {token}"));
    let forged = ("authorization", &*format!("Bearer {token}x"));
    let planted = ("cookie", &*format!("tollgate=tgs_{}", "A".repeat(43)));
    let by = Value::from(ann.clone());
    for (method, path, header, code, actor) in [
        (Method::GET, "/api/v1/people", bearer, "access.denied", &by),
        (Method::GET, "/admin/people", bearer, "access.denied", &by),
        (
            Method::PATCH,
            "/api/v1/me",
            forged,
            "token.invalid",
            &Value::Null,
        ),
        (
            Method::PATCH,
            "/api/v1/me",
            planted,
            "request.origin",
            &Value::Null,
        ),
    ] {
        let answer = ask(method, path, header).await;
        let line = line_of(&server, &answer);
        assert_eq!(
            (&line["code"], &line["actor"]),
            (&Value::from(code), actor),
            "{line}"
        );
        assert_eq!(line["span"]["route"], path, "{line}");
        assert_eq!(line["status"], answer.status().as_u16(), "{line}");
    }
    let well = line_of(&server, &ask(Method::GET, "/api/v1/me", bearer).await);
    assert_eq!(
        (&well["actor"], &well["code"]),
        (&by, &Value::Null),
        "{well}"
    );

    for login in [HOSTILE, "ann"] {
        let refused = line_of(&server, &sign_in(&url, login, "a wrong guess").await);
        assert_eq!(refused["code"], "signin.failed", "{refused}");
        assert_eq!(refused["span"]["route"], "/api/v1/session", "{refused}");
    }
    let mut guesses = 1;
    while line_of(&server, &sign_in(&url, "ann", "a wrong guess").await)["code"] != "throttled" {
        guesses += 1;
        assert!(guesses < 30, "nobody keeps the guesser waiting");
    }

    let told = lines(&server);
    for line in &told {
        let time = line["timestamp"].as_str().unwrap();
        assert!(
            time.ends_with('Z') && time.parse::<Time>().is_ok(),
            "{line}"
        );
        for part in ["level", "target", "message"] {
            assert!(
                !line[part].as_str().unwrap_or_default().is_empty(),
                "{line}"
            );
        }
        assert!(!line.to_string().contains("forged"), "{line}");
    }
    let event = |name: &str| told.iter().find(|line| line["message"] == name);
    let opened = event("session.opened").expect("that somebody signed in");
    assert_eq!(opened["subject"], ann, "{opened}");
    assert_eq!(opened["span"]["route"], "/api/v1/session", "{opened}");
    let shut = event("signin.blocked").expect("that somebody is shut out");
    assert_eq!(shut["level"], "WARN", "{shut}");
}

/// A server that did its work has no files but those that the manual lists, and its log
/// is in none of them.
///
/// asvs:V16.2.3
#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_lies_where_the_manual_says() {
    let scene = Scene::new();
    scene.create("admin create ann@example.org").await;
    let server = scene.serve().await;
    let url = server.url();
    access(&url, "ann@example.org", PASSWORD).await;
    sign_in(&url, "ann@example.org", "a wrong guess").await;
    let reset = Client::new().post(format!("{url}/api/v1/password-reset"));
    let reset = reset.json(&json!({ "email": "ann@example.org" }));
    assert!(reset.send().await.unwrap().status().is_success());
    let folder = scene.program.folder();
    let mails = folder.join("tollgate-data/mail");
    let begun = Instant::now();
    while fs::read_dir(&mails).map_or(0, Iterator::count) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(30), "no mail came");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(
        server.stderr().contains("\"Answered\""),
        "{}",
        server.stderr()
    );

    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/reference/files.md");
    let listed = fs::read_to_string(page).unwrap();
    let mut found = Vec::new();
    files(folder, &mut found);
    assert!(found.len() > 2, "{found:?}");
    for path in found {
        let inside = path.strip_prefix(folder).unwrap();
        let name = inside.display().to_string();
        let name = name.trim_end_matches("-wal").trim_end_matches("-shm");
        let parent = format!("`{}/`", inside.parent().unwrap().display());
        let kept_apart = parent != "`tollgate-data/`" && listed.contains(&parent);
        assert!(
            listed.contains(&format!("`{name}`")) || kept_apart,
            "{name} is in no list"
        );
        let text = fs::read(&path).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        assert!(!text.contains("\"Answered\""), "{name} holds the log");
    }
}

/// Every file below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}
