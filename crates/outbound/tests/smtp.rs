//! Mail handed to a real server: through TLS and without, with a password, and
//! in every mood that a server has.

use std::{sync::Arc, time::Duration};

use tollgate_base::{Result, time::Time};
use tollgate_outbound::mail::{Encryption, Mailer, Message, Server, Smtp};
use tollgate_testkit::services::{Greeting, Mood, SMTP_PASSWORD, SMTP_USER, SmtpServer};

fn settings(server: &SmtpServer, encryption: Encryption) -> Server {
    Server {
        host: "localhost".into(),
        port: server.port(),
        encryption,
        user: Some(SMTP_USER.into()),
        password: Some(SMTP_PASSWORD.into()),
        roots: Some(server.roots()),
        patience: Duration::from_secs(2),
        from: "Tollgäte <id@example.org>".into(),
    }
}

fn mailer(settings: Server) -> Mailer {
    Mailer::Smtp(Arc::new(Smtp::new(settings).expect("it is well set")))
}

fn message(to: &str) -> Message {
    Message {
        id: "job_1".into(),
        at: Time::from_secs(1_800_000_000),
        to: to.into(),
        subject: "Hello\r\nBcc: eve@example.org".into(),
        text: ".one\nzwölf\n".to_owned().into(),
        html: "<p>zwölf</p>".to_owned().into(),
    }
}

/// The code of what came of it, or `ok`.
fn code(outcome: &Result<()>) -> &'static str {
    outcome
        .as_ref()
        .err()
        .map_or("ok", |error| error.code().name)
}

/// asvs:V1.3.11
#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let server = SmtpServer::start(Greeting::Plain).await;
    let sent = mailer(settings(&server, Encryption::None))
        .send(message("ann@example.org"))
        .await;
    sent.unwrap();
    let letters = server.letters();
    let [letter] = letters.as_slice() else {
        panic!("{letters:?}");
    };
    assert_eq!(letter.to, ["ann@example.org"]);
    assert!(letter.known, "the password was given");
    assert_eq!(letter.header("Message-ID"), "<job_1@example.org>");
    assert_eq!(letter.header("Auto-Submitted"), "auto-generated");
    assert_eq!(letter.header("Date"), "Fri, 15 Jan 2027 08:00:00 +0000");
    assert_eq!(letter.header("Bcc"), "", "a subject begins no header");
    assert!(letter.header("From").contains("<id@example.org>"));
    for part in ["\n.one\nzw=C3=B6lf\n", "\n<p>zw=C3=B6lf</p>\n"] {
        assert!(letter.text.contains(part), "{}", letter.text);
    }
}

/// asvs:V12.3.2, asvs:V12.3.1
#[tokio::test]
async fn with_encryption_nothing_is_said_before_it() {
    let greetings = [
        (Greeting::StartTls, Encryption::StartTls),
        (Greeting::Tls, Encryption::Tls),
    ];
    for (greeting, encryption) in greetings {
        let server = SmtpServer::start(greeting).await;
        let ours = settings(&server, encryption);
        let sent = mailer(ours.clone()).send(message("ann@example.org")).await;
        assert_eq!(code(&sent), "ok", "{greeting:?}");
        assert!(server.letters()[0].encrypted, "{greeting:?}");

        let stranger = Server {
            roots: None,
            ..ours
        };
        let sent = mailer(stranger).send(message("ann@example.org")).await;
        assert_eq!(code(&sent), "mail.failed", "nobody vouches for it");
        assert_eq!(server.letters().len(), 1);
    }
    let server = SmtpServer::start(Greeting::Plain).await;
    let sent = mailer(settings(&server, Encryption::StartTls))
        .send(message("ann@example.org"))
        .await;
    assert_eq!(code(&sent), "mail.failed", "no mail without STARTTLS");
    assert!(server.letters().is_empty());
}

/// fault:F16
#[tokio::test]
async fn what_the_server_does_is_told_from_what_it_thinks_of_a_mail() {
    let server = SmtpServer::start(Greeting::Plain).await;
    let mailer = mailer(settings(&server, Encryption::None));
    let moods = [
        (Mood::Down, "mail.failed"),
        (Mood::Silent, "mail.failed"),
        (Mood::Garbled, "mail.failed"),
        (Mood::LetsNobodyIn, "mail.failed"),
        (Mood::DropsAfterData, "mail.failed"),
        (Mood::Answers("451 4.7.1 Greylisted"), "mail.failed"),
        (Mood::Answers("530 5.7.0 Who are you?"), "mail.failed"),
        (Mood::Answers("550 5.1.1 No such person"), "mail.refused"),
        (
            Mood::Answers("552 5.2.2 The mailbox of that person is full"),
            "mail.refused",
        ),
        (Mood::Answers("550 No such person"), "mail.refused"),
        // These are about us: a word to the operator mends them.
        (
            Mood::Answers("553 5.7.1 You do not own that sender"),
            "mail.failed",
        ),
        (
            Mood::Answers("554 5.7.1 Client host is blocked"),
            "mail.failed",
        ),
        (Mood::Answers("554 Relaying denied"), "mail.failed"),
        (
            Mood::Answers("550 5.1.8 The sender's domain is not known"),
            "mail.failed",
        ),
        (
            Mood::RefusesSender("550 5.1.0 Sender refused"),
            "mail.failed",
        ),
        (Mood::RefusesSender("553 Sender refused"), "mail.failed"),
        (Mood::RefusesText("550 5.7.26 DMARC"), "mail.failed"),
        (Mood::RefusesText("550 Looks like spam"), "mail.failed"),
        (
            Mood::RefusesText("550 5.1.1 No such person"),
            "mail.refused",
        ),
        (Mood::Kind, "ok"),
    ];
    for (mood, expected) in moods {
        server.be(mood);
        let sent = mailer.send(message("ann@example.org")).await;
        assert_eq!(code(&sent), expected, "{mood:?}");
        let shown = sent.map_or_else(|error| error.public().to_owned(), |()| String::new());
        assert!(
            !shown.contains("person"),
            "the server's words may name people: {shown}"
        );
    }
    let odd = mailer.send(message("zwölf@example.org")).await;
    assert_eq!(code(&odd), "mail.refused", "SMTPUTF8 is not offered");
    assert_eq!(server.letters().len(), 1);
}

#[tokio::test]
async fn whether_mail_would_go_is_asked_without_sending_any() {
    let server = SmtpServer::start(Greeting::Plain).await;
    let mailer = mailer(settings(&server, Encryption::None));
    assert_eq!(code(&mailer.reach().await), "ok");
    server.be(Mood::LetsNobodyIn);
    assert_eq!(code(&mailer.reach().await), "mail.failed");
    assert!(server.letters().is_empty());
    assert_eq!(server.visits(), 2);
}
