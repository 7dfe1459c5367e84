//! The real binary and a mail server: what people ask for arrives, and the
//! operator is told what is wrong.

use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::sleep;
use tollgate_testkit::services::{
    Greeting, Letter, Mood, Program, SMTP_PASSWORD, SMTP_USER, Server, SmtpServer,
};

/// How long a mail may take.
const DEADLINE: Duration = Duration::from_secs(30);

/// The program in a folder of its own, its mail set to go to that server.
fn program(folder: &TempDir, server: &SmtpServer, scheme: &str) -> Program {
    let password = folder.path().join("mail-password");
    std::fs::write(&password, SMTP_PASSWORD).unwrap();
    Program::new(env!("CARGO_BIN_EXE_tollgate"), folder.path())
        .env("TOLLGATE_MAIL__DELIVERY", "smtp")
        .env("TOLLGATE_MAIL__FROM", "Our server <id@example.org>")
        .env(
            "TOLLGATE_MAIL__URL",
            &format!("{scheme}://{SMTP_USER}@localhost:{}", server.port()),
        )
        .env(
            "TOLLGATE_MAIL__PASSWORD_FILE",
            &password.display().to_string(),
        )
        .env(
            "TOLLGATE_MAIL__TLS_ROOT_FILE",
            &server.roots().display().to_string(),
        )
}

async fn ask(server: &Server, address: &str) {
    let answer = Client::new()
        .post(format!("{}/api/v1/password-reset", server.url()))
        .json(&json!({ "email": address }))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 202);
}

async fn arrived(server: &SmtpServer) -> Letter {
    let start = Instant::now();
    loop {
        if let Some(letter) = server.letters().pop() {
            return letter;
        }
        assert!(start.elapsed() < DEADLINE, "no mail came");
        sleep(Duration::from_millis(20)).await;
    }
}

/// fault:F16: the answer comes at once while the mail server says nothing, and
/// the mail when it speaks again.
#[tokio::test(flavor = "multi_thread")]
async fn a_reset_mail_arrives_through_tls() {
    let (folder, mail) = (
        TempDir::new().unwrap(),
        SmtpServer::start(Greeting::Tls).await,
    );
    let program = program(&folder, &mail, "smtps").env("TOLLGATE_MAIL__TIMEOUT", "5s");
    let made = program
        .run(&["admin", "create", "ann@example.org"], "")
        .await;
    made.succeeded();
    let server = program.start(&["serve"]).await;
    mail.be(Mood::Silent);
    for address in ["ann@example.org", "nobody@example.org"] {
        ask(&server, address).await;
    }
    assert!(
        !server.stderr().contains("took too long"),
        "people are answered before the mail server is given up"
    );
    server.line_with("The mail server took too long.").await;
    assert!(
        !server.stderr().contains("ann@example.org"),
        "the log names nobody"
    );

    mail.be(Mood::Kind);
    let letter = arrived(&mail).await;
    assert_eq!(letter.to, ["ann@example.org"]);
    assert!(letter.encrypted && letter.known);
    assert_eq!(letter.header("From"), "\"Our server\" <id@example.org>");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_is_told_what_is_wrong_with_mail() {
    let (folder, mail) = (
        TempDir::new().unwrap(),
        SmtpServer::start(Greeting::Tls).await,
    );
    let program = program(&folder, &mail, "smtps");
    let sent = program
        .run(&["mail", "test", "ann@example.org"], "")
        .await
        .succeeded();
    assert!(sent.contains("took it"), "{sent}");
    assert_eq!(mail.letters()[0].to, ["ann@example.org"]);

    mail.be(Mood::LetsNobodyIn);
    let refused = program.run(&["mail", "test", "ann@example.org"], "").await;
    assert_eq!(refused.code, Some(7), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("does not let us in") && refused.stderr.contains("Who?"),
        "what we make of it and what it says: {}",
        refused.stderr
    );
    assert!(!refused.stderr.contains(SMTP_PASSWORD));
    let doctor = program.run(&["doctor"], "").await;
    assert!(
        doctor.stdout.contains("does not let us in"),
        "{}",
        doctor.stdout
    );

    mail.be(Mood::Answers("550 5.1.1 No such person"));
    let refused = program.run(&["mail", "test", "ann@example.org"], "").await;
    assert!(
        refused.stderr.contains("mail.refused"),
        "{}",
        refused.stderr
    );
}

/// fault:F16: the doctor counts what was given up, and says what to do with it.
#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_tells_of_mail_that_was_given_up() {
    let (folder, mail) = (
        TempDir::new().unwrap(),
        SmtpServer::start(Greeting::Tls).await,
    );
    let program = program(&folder, &mail, "smtps");
    let made = program
        .run(&["admin", "create", "ann@example.org"], "")
        .await;
    made.succeeded();
    let doctor = program.run(&["doctor"], "").await;
    assert!(!doctor.stdout.contains("given up"), "{}", doctor.stdout);
    let server = program.start(&["serve"]).await;
    mail.be(Mood::Answers("550 5.1.1 No such person"));
    ask(&server, "ann@example.org").await;
    server.line_with("mail.given_up").await;
    let doctor = program.run(&["doctor"], "").await;
    for said in [
        "1 mails and texts were given up, 0 failed",
        "tollgate mail queue",
        "retry",
        "drop",
    ] {
        assert!(doctor.stdout.contains(said), "{said}: {}", doctor.stdout);
    }
    let queue = program.run(&["mail", "queue"], "").await.succeeded();
    assert_eq!(queue.matches("No such person").count(), 1, "{queue}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_mail_says_is_shown_and_can_be_replaced() {
    let folder = TempDir::new().unwrap();
    let own = folder.path().join("own");
    std::fs::create_dir(&own).unwrap();
    std::fs::write(
        own.join("de.ftl"),
        "password-reset-subject = Neues Kennwort\n",
    )
    .unwrap();
    let program = Program::new(env!("CARGO_BIN_EXE_tollgate"), folder.path())
        .env("TOLLGATE_MAIL__TEMPLATES", &own.display().to_string());
    let preview = ["mail", "preview", "password-reset", "--lang", "de"];
    let text = program.run(&preview, "").await.succeeded();
    assert!(text.starts_with("Neues Kennwort\n\nJemand hat"), "{text}");
    let html = program
        .run(&[&preview[..], &["--html"]].concat(), "")
        .await
        .succeeded();
    assert!(
        html.contains("<h1 style") && html.contains("Neues Kennwort"),
        "{html}"
    );

    std::fs::write(own.join("layout.html"), "{{colour}}").unwrap();
    let refused = program.run(&preview, "").await;
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    assert!(refused.stderr.contains("{{colour}}"), "{}", refused.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_was_given_up_is_seen_and_sent_after_all() {
    let (folder, mail) = (
        TempDir::new().unwrap(),
        SmtpServer::start(Greeting::Tls).await,
    );
    let program = program(&folder, &mail, "smtps");
    let made = program
        .run(&["admin", "create", "ann@example.org"], "")
        .await;
    made.succeeded();
    let server = program.start(&["serve"]).await;
    mail.be(Mood::Answers("550 5.1.1 No such person"));
    ask(&server, "ann@example.org").await;
    server.line_with("mail.given_up").await;
    let queue = program.run(&["mail", "queue", "--json"], "").await;
    let queue: Value = serde_json::from_str(&queue.succeeded()).unwrap();
    let held = &queue["data"][0];
    assert_eq!(held["to"], "ann@example.org");
    assert!(held["given_up_at"].is_string(), "{held}");

    mail.be(Mood::Kind);
    let id = held["id"].as_str().unwrap();
    program.run(&["mail", "retry", id], "").await.succeeded();
    assert_eq!(arrived(&mail).await.to, ["ann@example.org"]);
    let gone = program.run(&["mail", "drop", id, "--yes"], "").await;
    assert_eq!(gone.code, Some(4), "{}", gone.stderr);
}
