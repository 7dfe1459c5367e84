//! Webhooks from outside: made by the API and by commands, received by a server that
//! checks each message with a library that others wrote.

use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use tokio::time::sleep;
use tollgate_testkit::services::{Reply, Seen, Server, WebServer};

use super::{PASSWORD, Scene, access};

/// How long a message may take: it is sealed, and sent within a second.
const DEADLINE: Duration = Duration::from_secs(30);

/// A scene whose server may speak to receivers on this machine, and vouches for one.
fn allowing(receiver: &WebServer) -> Scene {
    let mut scene = vouching(receiver);
    scene.program = scene
        .program
        .env("TOLLGATE_WEBHOOKS__ALLOW_NETWORKS", "127.0.0.0/8,::1/128");
    scene
}

fn vouching(receiver: &WebServer) -> Scene {
    let mut scene = Scene::new();
    let roots = receiver.roots().display().to_string();
    scene.program = scene
        .program
        .env("TOLLGATE_WEBHOOKS__TLS_ROOT_FILE", &roots);
    scene
}

/// An administrator who signed in a moment ago.
struct Administrator<'s> {
    server: &'s Server,
    token: String,
}

impl<'s> Administrator<'s> {
    async fn of(server: &'s Server) -> Self {
        let token = access(&server.url(), "root", PASSWORD).await;
        Self { server, token }
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let url = format!("{}/api/v1/webhooks{path}", self.server.url());
        let request = Client::new().request(method, url).bearer_auth(&self.token);
        let request = if body.is_null() {
            request
        } else {
            request.json(&body)
        };
        let answer = request.send().await.unwrap();
        let status = answer.status();
        (status, answer.json().await.unwrap_or_default())
    }

    /// A webhook for new accounts; its id and its secret.
    async fn create(&self, url: &str) -> (String, String) {
        let body = json!({ "name": "Receiver", "url": url, "events": ["account.created"] });
        let (status, made) = self.ask(Method::POST, "", body).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&made["webhook"]["id"]), text(&made["secret"]))
    }
}

/// The next messages that arrive, as many as are waited for.
async fn arrived(receiver: &WebServer, many: usize) -> Vec<Seen> {
    let (begun, mut seen) = (Instant::now(), Vec::new());
    while seen.len() < many {
        seen.extend(receiver.take_seen());
        assert!(
            begun.elapsed() < DEADLINE,
            "{} of {many} messages",
            seen.len()
        );
        sleep(Duration::from_millis(20)).await;
    }
    seen
}

/// Whether a receiver that holds that secret believes the message, now.
fn is_believed(seen: &Seen, secret: &str) -> bool {
    let headers: HeaderMap = seen
        .headers
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
    let receiver = Webhook::new(secret).unwrap();
    receiver.verify(&seen.body, &headers).is_ok()
}

/// About whom the message is.
fn subject(seen: &Seen) -> String {
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!(body["type"], "account.created");
    body["data"]["subject"].as_str().unwrap().to_owned()
}

/// From its making to its end: signed, with two secrets while one is replaced, after
/// the receiver was down, once more, and no longer.
///
/// asvs:V16.4.3, asvs:V13.3.4, fault:F17
#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_lives_by_the_api_and_by_commands() {
    let receiver = WebServer::encrypted().await;
    let scene = allowing(&receiver);
    let first_of_all = scene.create("admin create root").await;
    let server = scene.serve().await;
    let root = Administrator::of(&server).await;
    let (id, old) = root.create(&receiver.url()).await;
    let bob = scene.create("user create bob").await;
    let first = arrived(&receiver, 1).await.remove(0);
    assert_eq!(subject(&first), bob);
    assert!(is_believed(&first, &old));
    let stranger = old.replace(&old[6..10], "AAAA");
    assert!(!is_believed(&first, &stranger), "any secret would do");

    let rotated = scene.json(&format!("webhook rotate {id}")).await;
    let new = rotated["secret"].as_str().unwrap();
    assert_ne!(old, new);
    let cid = scene.create("user create cid").await;
    let second = arrived(&receiver, 1).await.remove(0);
    assert_eq!(subject(&second), cid);
    assert!(is_believed(&second, &old) && is_believed(&second, new));

    receiver.reply(Reply::Says(503, "closed for today".to_owned()));
    let dan = scene.create("user create dan").await;
    arrived(&receiver, 1).await;
    let eve = scene.create("user create eve").await;
    let listed = root
        .ask(Method::GET, &format!("/{id}"), Value::Null)
        .await
        .1;
    assert!(listed["behind"].as_i64().unwrap() > 0, "{listed}");
    let words = scene.run(&format!("webhook deliveries {id}")).await;
    assert!(words.stdout.contains("refused: 503"), "{}", words.stdout);
    receiver.reply(Reply::Says(204, String::new()));
    // Turned on again, it is tried at once instead of some seconds later.
    receiver.take_seen();
    let line = format!("webhook switch {id} on");
    scene.run(&line).await.succeeded();
    let later = arrived(&receiver, 2).await;
    let subjects: Vec<String> = later.iter().map(subject).collect();
    assert_eq!(subjects, [dan.clone(), eve.clone()], "in order, none twice");

    let replayed = scene.json(&format!("webhook replay {id} --from 1")).await;
    assert!(replayed["events"].as_i64().unwrap() >= 5, "{replayed}");
    let again = arrived(&receiver, 5).await;
    let subjects: Vec<String> = again.iter().map(subject).collect();
    assert_eq!(subjects, [first_of_all, bob, cid, dan, eve]);
    assert_eq!(again[1].values("webhook-id"), first.values("webhook-id"));

    let (status, _) = root
        .ask(Method::DELETE, &format!("/{id}"), Value::Null)
        .await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, gone) = root.ask(Method::GET, &format!("/{id}"), Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "{gone}");
    let listed = scene.json("webhook list").await;
    assert_eq!(listed["data"], json!([]));
}

/// vuln:129, asvs:V1.3.6: what lies inside is not spoken to, under whichever name.
#[tokio::test(flavor = "multi_thread")]
async fn receivers_inside_are_refused_unless_they_are_allowed() {
    let receiver = WebServer::encrypted().await;
    let mut scene = vouching(&receiver);
    scene.create("admin create root").await;
    let mut server = scene.serve().await;
    let root = Administrator::of(&server).await;
    let by_number = receiver.url().replace("localhost", "127.0.0.1");
    let body = json!({ "name": "Inside", "url": by_number, "events": ["*"] });
    let (status, refused) = root.ask(Method::POST, "", body).await;
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::BAD_REQUEST, &json!("request.invalid"))
    );
    let typed = scene
        .run(&format!("webhook create inside {by_number}"))
        .await;
    assert_eq!(typed.code, Some(2), "{}", typed.stderr);
    assert!(typed.stderr.contains("private address"), "{}", typed.stderr);

    // Where a name leads is seen when something is sent.
    let (id, _) = root.create(&receiver.url()).await;
    let tested = scene.run(&format!("webhook test {id}")).await;
    assert_eq!(tested.code, Some(1), "{}", tested.stdout);
    assert!(tested.stdout.contains("It is at a private address."));
    let (_, tested) = root
        .ask(Method::POST, &format!("/{id}/test"), Value::Null)
        .await;
    assert_eq!(tested["fault"], "It is at a private address.");
    assert!(receiver.take_seen().is_empty());
    server.terminate().await;

    scene.program = scene
        .program
        .env("TOLLGATE_WEBHOOKS__ALLOW_NETWORKS", "127.0.0.0/8,::1/128");
    let tested = scene.run(&format!("webhook test {id}")).await.succeeded();
    assert!(tested.contains("taken: 204"), "{tested}");
    assert_eq!(receiver.take_seen().len(), 1);
}
