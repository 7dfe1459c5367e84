//! One whole story with secrets that occur nowhere else: not one of them is in
//! a log at its most talkative, in the metrics, in the audit trail, in a
//! backup, in the answer of a refusal, or in what the machine tells of a process.

use std::{fs, path::Path};

use reqwest::{Client, Response};
use serde_json::{Value, json};
use tollgate_testkit::services::{Program, Server};

/// Passwords, right and wrong ones, in the order of the story.
const PASSWORDS: [&str; 5] = [
    "canary zebra admin 4417",
    "canary quagga first 8823",
    "canary okapi wrong 1290",
    "canary tapir second 5531",
    "canary dugong third 7102",
];
const SHARED: &str = "canary-shared-secret-of-a-dialect-98412273";

/// What was handed out or typed, and where answers went wrong.
#[derive(Default)]
struct Journal {
    secrets: Vec<String>,
    refusals: Vec<String>,
}

impl Journal {
    fn keep(&mut self, secret: &str) {
        assert!(secret.len() > 15, "'{secret}' occurs by chance");
        self.secrets.push(secret.to_owned());
    }

    /// The body of an answer: of a refusal for the search, of others for its secrets.
    async fn read(&mut self, answer: Response) -> Value {
        let refused = !answer.status().is_success();
        let cookies: Vec<String> = answer
            .headers()
            .get_all("set-cookie")
            .iter()
            .map(|value| value.to_str().unwrap().to_owned())
            .collect();
        for cookie in cookies {
            let value = cookie.split(['=', ';']).nth(1).unwrap_or_default();
            if !value.is_empty() {
                self.keep(value);
            }
        }
        let text = answer.text().await.unwrap();
        if refused {
            self.refusals.push(text.clone());
        }
        let body: Value = serde_json::from_str(&text).unwrap_or_default();
        for name in ["access_token", "refresh_token"] {
            if let Some(token) = body[name].as_str() {
                self.keep(token);
            }
        }
        body
    }

    /// Fails if any of the secrets, or a telling part of one, is in `text`.
    fn search(&self, place: &str, text: &str) {
        for secret in &self.secrets {
            // Of a token the last part alone would do.
            let part = secret.rsplit(['.', '#']).next().unwrap_or(secret);
            assert!(!text.contains(part), "{place} holds {secret}");
        }
    }
}

/// asvs:V16.2.5, asvs:V14.2.1, vuln:137, vuln:138
#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_told_to_anybody_else() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(env!("CARGO_BIN_EXE_tollgate"), folder.path())
        .env("TOLLGATE_SIGNIN__REGISTRATION", "open")
        .env("TOLLGATE_SIGNIN__BY_MAIL", "link")
        .env("TOLLGATE_LOG__LEVEL", "trace")
        .env("TOLLGATE_DIALECTS__CHATBOT__SECRET", SHARED);
    let mut server = program.start(&["serve"]).await;
    let mut journal = Journal::default();
    for password in PASSWORDS {
        journal.keep(password);
    }
    journal.keep(SHARED);

    let banner = server.line_with("/setup#").await;
    let link = banner.split_once("/setup#").unwrap().1.trim().to_owned();
    journal.keep(&link);
    let arguments = [
        "admin",
        "create",
        "root@example.org",
        "--password-file",
        "-",
    ];
    program.run(&arguments, PASSWORDS[0]).await.succeeded();
    story(&server, folder.path(), &mut journal).await;
    let made = program.run(&["user", "signin-link", "root@example.org"], "");
    let made = made.await.succeeded();
    let token = made.trim().rsplit('#').next().unwrap().to_owned();
    without_password(&server, folder.path(), (&mut journal, token)).await;

    let refusals = journal.refusals.join("\n");
    assert!(journal.refusals.len() >= 8, "{refusals}");
    journal.search("a refusal", &refusals);
    let banner = format!(
        "      {}/setup#{link}",
        server.url().replace("127.0.0.1", "localhost")
    );
    let log = server.stderr().replace(&banner, "");
    assert!(
        log.contains(r#""level":"DEBUG""#),
        "the log is at its most talkative"
    );
    journal.search("the log", &log);
    journal.search("the output", &server.stdout().replace(&banner, ""));
    let numbers = reqwest::get(server.metrics_url() + "/metrics")
        .await
        .unwrap();
    journal.search("the metrics", &numbers.text().await.unwrap());
    journal.search("the process listing", &server.process_listing());

    let backup = folder.path().join("backup");
    program
        .run(&["db", "backup", backup.to_str().unwrap()], "")
        .await
        .succeeded();
    journal.search(
        "the backup",
        &String::from_utf8_lossy(&fs::read(&backup).unwrap()),
    );
    for arguments in [
        &["audit", "export"][..],
        &["audit", "tail", "-n", "1000", "--json"],
        &["user", "list", "--json"],
        &["user", "export", "root@example.org"],
        &["config", "show", "--origin"],
        &["signing-key", "list", "--json"],
    ] {
        let finished = program.run(arguments, "").await;
        journal.search(&arguments.join(" "), &finished.stdout);
        journal.search(&arguments.join(" "), &finished.stderr);
    }
    server.terminate().await;
    for file in ["tollgate.db", "tollgate.db-wal"] {
        let bytes = fs::read(folder.path().join("tollgate-data").join(file)).unwrap_or_default();
        journal.search(file, &String::from_utf8_lossy(&bytes));
    }
}

/// Everything that a person does with secrets, right and wrong.
async fn story(server: &Server, folder: &Path, journal: &mut Journal) {
    let (client, url) = (Client::new(), server.url());
    let own = format!("http://localhost:{}", url.rsplit(':').next().unwrap());
    let post = |path: &str, body: Value| {
        client
            .post(format!("{url}{path}"))
            .header("origin", &own)
            .json(&body)
            .send()
    };
    let ann = |password: &str, mode: &str| json!({ "login": "ann@example.org", "password": password, "mode": mode });

    let made = post(
        "/api/v1/signup",
        json!({ "email": "ann@example.org", "password": PASSWORDS[1] }),
    )
    .await;
    journal.read(made.unwrap()).await;
    for (password, mode) in [
        (PASSWORDS[2], "token"),
        (PASSWORDS[2], "cookie"),
        (PASSWORDS[1], "cookie"),
    ] {
        journal
            .read(post("/api/v1/session", ann(password, mode)).await.unwrap())
            .await;
    }
    let pair = journal
        .read(
            post("/api/v1/session", ann(PASSWORDS[1], "token"))
                .await
                .unwrap(),
        )
        .await;
    let first = pair["refresh_token"].clone();
    let renew = |token: &Value| post("/api/v1/session/refresh", json!({ "refresh_token": token }));
    let pair = journal.read(renew(&first).await.unwrap()).await;
    let access = pair["access_token"].as_str().unwrap().to_owned();
    // The secret in every wrong place that a client might choose.
    for wrong in [
        client.get(format!("{url}/api/v1/me?access_token={access}")),
        client
            .get(format!("{url}/api/v1/me"))
            .header("authorization", format!("Basic {access}")),
        client
            .get(format!("{url}/api/v1/me"))
            .header("authorization", format!("Bearer x{access}")),
        client.get(format!("{url}/{access}")),
        client
            .post(format!("{url}/api/v1/session"))
            .body(PASSWORDS[2]),
        client
            .post(format!("{url}/api/v1/session"))
            .json(&json!({ "password": PASSWORDS[2], "login": 7 })),
        client
            .post(format!("{url}/auth/login/"))
            .json(&json!({ "username": "ann@example.org", "password": PASSWORDS[2] })),
        client
            .post(format!("{url}/api/token/refresh/"))
            .json(&json!({ "refresh": access })),
        client
            .post(format!("{url}/setup"))
            .header("accept", "application/json")
            .form(&[("token", PASSWORDS[2])]),
    ] {
        let answer = wrong.send().await.unwrap();
        assert!(!answer.status().is_success());
        journal.read(answer).await;
    }
    let change = json!({ "current_password": PASSWORDS[1], "new_password": PASSWORDS[3] });
    let changed = client
        .put(format!("{url}/api/v1/me/password"))
        .bearer_auth(&access)
        .json(&change);
    assert!(changed.send().await.unwrap().status().is_success());

    post(
        "/api/v1/password-reset",
        json!({ "email": "ann@example.org" }),
    )
    .await
    .unwrap();
    let token = mailed(folder, "/reset#").await;
    journal.keep(&token);
    let weak = json!({ "token": token, "new_password": "short" });
    journal
        .read(post("/api/v1/password-reset/confirm", weak).await.unwrap())
        .await;
    let confirm = json!({ "token": token, "new_password": PASSWORDS[4] });
    for _ in 0..2 {
        journal
            .read(
                post("/api/v1/password-reset/confirm", confirm.clone())
                    .await
                    .unwrap(),
            )
            .await;
    }
    journal.read(renew(&first).await.unwrap()).await;
    let last = journal
        .read(
            post("/api/v1/session", ann(PASSWORDS[4], "token"))
                .await
                .unwrap(),
        )
        .await;
    assert!(
        last["access_token"].is_string(),
        "the story went to its end: {last}"
    );
}

/// Signing in by mail and by a link of the operator, wrong and right.
async fn without_password(
    server: &Server,
    folder: &Path,
    (journal, token): (&mut Journal, String),
) {
    let (client, url) = (Client::new(), server.url());
    let post = async |path: &str, body: Value| {
        let request = client.post(format!("{url}{path}")).json(&body);
        request.send().await.unwrap()
    };
    let email = json!({ "email": "root@example.org" });
    let asked = journal
        .read(post("/api/v1/session/mail", email).await)
        .await;
    let request = asked["request"].as_str().unwrap().to_owned();
    journal.keep(&request);
    let link = mailed(folder, "/signin/link#").await;
    journal.keep(&link);
    journal.keep(&token);
    for (request, code) in [(&link, &request), (&request, &token), (&request, &link)] {
        let shown = json!({ "request": request, "code": code });
        let answer = post("/api/v1/session/mail/confirmation", shown).await;
        journal.read(answer).await;
    }
    for _ in 0..2 {
        let shown = json!({ "token": token });
        let answer = post("/api/v1/session/token", shown).await;
        journal.read(answer).await;
    }
    assert!(journal.refusals.len() >= 11, "{:?}", journal.refusals);
}

/// The token of the one mail with a link, once it is there.
async fn mailed(folder: &Path, begin: &str) -> String {
    let mails = folder.join("tollgate-data/mail");
    for _ in 0..500 {
        let files = fs::read_dir(&mails).into_iter().flatten();
        let mut texts = files.filter_map(|file| fs::read_to_string(file.ok()?.path()).ok());
        let link = texts.find_map(|text| {
            let (_, rest) = text.split_once(begin)?;
            rest.split_whitespace().next().map(str::to_owned)
        });
        if let Some(token) = link {
            return token;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("no mail came");
}
