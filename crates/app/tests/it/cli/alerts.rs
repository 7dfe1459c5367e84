//! Alerts from outside: raised by what strangers do, told once by each channel, and
//! looked at, tried and closed by commands and the API.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use axum::http::HeaderMap;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use tempfile::TempDir;
use tokio::time::sleep;
use tollgate_testkit::services::{Reply, Seen, WebServer};

use super::{PASSWORD, Scene, access, sign_in};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// How long an alert may take: it is sealed, raised and told within seconds, but for a
/// minute in which its receiver was told something else, such as what the compliance
/// rules find in a server that nobody looks after yet.
const DEADLINE: Duration = Duration::from_secs(100);

/// Where a server tells its alerts.
struct Channels {
    chat: WebServer,
    hook: WebServer,
    folder: TempDir,
}

impl Channels {
    async fn start() -> Self {
        Self {
            chat: WebServer::start().await,
            hook: WebServer::encrypted().await,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A scene that tells each of them.
    fn scene(&self) -> Scene {
        let mut scene = Scene::new();
        let path = |path: &Path| path.display().to_string();
        scene.program = [
            ("SLACK_URL", format!("{}/services/secret", self.chat.url())),
            ("WEBHOOK_URL", format!("{}/alerts", self.hook.url())),
            ("WEBHOOK_SECRET", SECRET.to_owned()),
            ("TLS_ROOT_FILE", path(&self.hook.roots())),
            ("FILE", path(&self.file())),
            ("MAIL_TO", "ops@example.org".to_owned()),
        ]
        .into_iter()
        .fold(scene.program, |program, (name, value)| {
            program.env(&format!("TOLLGATE_ALERTS__{name}"), &value)
        })
        .env("TOLLGATE_MAIL__FOLDER", &path(&self.mails()));
        scene
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("alerts.jsonl")
    }

    fn mails(&self) -> std::path::PathBuf {
        self.folder.path().join("mail")
    }

    /// Each line of the file.
    fn lines(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.file()).unwrap_or_default();
        let lines = text.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Each mail to those who look after the server.
    fn letters(&self) -> Vec<String> {
        let files = fs::read_dir(self.mails()).into_iter().flatten();
        let texts = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
        texts
            .filter(|text| text.contains("ops@example.org"))
            .collect()
    }
}

/// What it was asked about somebody.
async fn told_of(receiver: &WebServer, whom: &str) -> Seen {
    let begun = Instant::now();
    loop {
        let seen = receiver.take_seen().into_iter();
        let about = |seen: &Seen| String::from_utf8_lossy(&seen.body).contains(whom);
        if let Some(seen) = seen.into_iter().find(about) {
            return seen;
        }
        assert!(begun.elapsed() < DEADLINE, "nothing is told");
        sleep(Duration::from_millis(20)).await;
    }
}

fn body(seen: &Seen) -> Value {
    serde_json::from_slice(&seen.body).unwrap()
}

/// Whether a receiver that holds the secret believes the message.
fn is_believed(seen: &Seen) -> bool {
    let headers: HeaderMap = seen
        .headers
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
    let receiver = Webhook::new(SECRET).unwrap();
    receiver.verify(&seen.body, &headers).is_ok()
}

/// Ten wrong passwords block an account: whoever looks after the server hears of it
/// once, in each place, says that they saw it, and closes it.
///
/// vuln:91, asvs:V16.3.1
#[tokio::test(flavor = "multi_thread")]
async fn ten_wrong_passwords_are_told_of_once_everywhere() {
    let channels = Channels::start().await;
    let scene = channels.scene();
    let ann = scene.create("user create ann").await;
    let server = scene.serve().await;
    for _ in 0..12 {
        let refused = sign_in(&server.url(), "ann", "a wrong phrase").await;
        assert!(refused.status().is_client_error());
    }
    let said = told_of(&channels.chat, &ann).await;
    let text = body(&said)["text"].as_str().unwrap().to_owned();
    assert!(text.contains("/admin/alerts#alr_"), "{text}");
    let posted = told_of(&channels.hook, &ann).await;
    assert!(is_believed(&posted));
    let message = body(&posted);
    assert_eq!(message["type"], "alert.raised");
    let mut told = message["data"]["alerts"].as_array().unwrap().iter();
    let alert = told.find(|alert| alert["subject"] == json!(ann)).unwrap();
    assert_eq!(alert["rule"], "account-blocked");
    let lines = || {
        let mut lines = channels.lines();
        lines.retain(|line| line["data"]["subject"] == json!(ann));
        lines
    };
    let letters = || {
        let mut letters = channels.letters();
        letters.retain(|letter| letter.contains(&ann));
        letters
    };
    let begun = Instant::now();
    while lines().is_empty() || letters().is_empty() {
        assert!(begun.elapsed() < DEADLINE, "no line, or no mail");
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(lines()[0]["data"]["id"], alert["id"]);
    // Whoever goes on guessing changes nothing about that.
    for _ in 0..3 {
        sign_in(&server.url(), "ann", "a wrong phrase").await;
    }
    sleep(Duration::from_millis(2_500)).await;
    assert_eq!((lines().len(), letters().len()), (1, 1), "{:?}", lines());
    let again = |seen: &Seen| String::from_utf8_lossy(&seen.body).contains(&ann);
    let more = [&channels.chat, &channels.hook]
        .map(|one| one.take_seen().iter().filter(|seen| again(seen)).count());
    assert_eq!(more, [0, 0], "each is told once");

    let id = alert["id"].as_str().unwrap();
    let seen = scene.run(&format!("alert ack {id}")).await.succeeded();
    assert!(seen.contains("seen at") && seen.contains(&ann), "{seen}");
    let open = scene.json("alert list").await;
    assert!(
        with(&open, id).unwrap()["acknowledged_at"].is_string(),
        "{open}"
    );
    scene.run(&format!("alert close {id}")).await.succeeded();
    let open = scene.json("alert list").await;
    assert!(with(&open, id).is_none(), "{open}");

    scene.create("admin create root").await;
    let token = access(&server.url(), "root", PASSWORD).await;
    let url = format!("{}/api/v1/alerts?closed=true", server.url());
    let asked = Client::new().get(url).bearer_auth(&token).send().await;
    let closed: Value = asked.unwrap().json().await.unwrap();
    let closed = with(&closed, id).unwrap();
    assert_eq!(closed["closed_by"], "operator", "{closed}");
}

/// The alert of that id in a list, in which there may be others.
fn with<'l>(list: &'l Value, id: &str) -> Option<&'l Value> {
    let mut alerts = list["data"].as_array().unwrap().iter();
    alerts.find(|alert| alert["id"] == id)
}

/// Each channel is tried, and the one that fails is named, by the command, the API and
/// the doctor; the others are told all the same.
#[tokio::test(flavor = "multi_thread")]
async fn channels_are_tried_and_the_one_that_fails_is_named() {
    let channels = Channels::start().await;
    let scene = channels.scene();
    scene.create("admin create root").await;
    let tried = scene.run("alert test").await.succeeded();
    assert_eq!(tried.matches("took it").count(), 4, "{tried}");
    assert_eq!(channels.lines()[0]["type"], "alert.test");
    assert_eq!(channels.letters().len(), 1);
    assert!(is_believed(&channels.hook.take_seen()[0]));
    let doctor = scene.run("doctor").await.stdout;
    assert!(!doctor.contains("No channel is set"), "{doctor}");

    channels.chat.reply(Reply::Says(500, "no".to_owned()));
    let tried = scene.run("alert test").await;
    assert_eq!(tried.code, Some(1), "{}", tried.stdout);
    for says in ["slack FAILED: It answered 500.", "webhook took it"] {
        assert!(tried.stdout.contains(says), "{says}: {}", tried.stdout);
    }
    let doctor = scene.run("doctor").await.stdout;
    assert!(doctor.contains("The channel slack failed"), "{doctor}");
    assert!(!doctor.contains("/services/secret"), "it is a secret");

    let server = scene.serve().await;
    let token = access(&server.url(), "root", PASSWORD).await;
    let url = format!("{}/api/v1/alert-channels", server.url());
    let asked = Client::new().get(url).bearer_auth(&token).send().await;
    let listed: Value = asked.unwrap().json().await.unwrap();
    let all = listed["data"].as_array().unwrap();
    let failing: Vec<&Value> = all.iter().filter(|one| !one["fault"].is_null()).collect();
    assert_eq!(failing.len(), 1, "{listed}");
    assert_eq!(failing[0]["name"], "slack");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_says_that_nobody_is_told() {
    let mut scene = Scene::new();
    scene.program = scene.program.env("TOLLGATE_ALERTS__MAIL_TO", "");
    scene.create("admin create root").await;
    let doctor = scene.run("doctor").await.stdout;
    assert!(doctor.contains("No channel is set"), "{doctor}");
    assert!(doctor.contains("tollgate alert test"), "what to do");
    let tried = scene.run("alert test").await;
    assert_eq!(tried.code, Some(1), "{}", tried.stdout);
    assert!(tried.stdout.contains("No channel is set: see [alerts]."));
    let unknown = scene
        .run("alert close alr_01k3bq7k3vf0q8s6r2c4e5g6h7")
        .await;
    assert_eq!(unknown.code, Some(4), "{}", unknown.stderr);
    let server = scene.serve().await;
    let url = format!("{}/api/v1/alerts", server.url());
    let asked = reqwest::get(url).await.unwrap();
    assert_eq!(asked.status(), StatusCode::UNAUTHORIZED);
}
