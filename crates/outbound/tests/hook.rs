//! Texts handed to a real hook, in every mood that one has.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it too")]

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use tollgate_base::{Result, phone::Phone, time::Time};
use tollgate_outbound::{
    hook::{Hook, Place},
    sms::{Text, Texter},
};
use tollgate_testkit::services::{Reply, WebServer};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn texter(server: &WebServer, vouched: bool) -> Texter {
    let place = Place {
        url: format!("{}/sms?to=all", server.url()).parse().unwrap(),
        secret: SECRET.to_owned().into(),
        roots: vouched.then(|| server.roots()),
        patience: Duration::from_secs(1),
    };
    Texter::Hook(Arc::new(Hook::new(place).unwrap()))
}

async fn send(texter: &Texter) -> Result<()> {
    let text = Text {
        id: "job_1".into(),
        at: Time::from_secs(1_800_000_000),
        to: Phone::parse("+49 30 1234567").unwrap(),
        text: "1234 5678 is zwölf.".to_owned().into(),
    };
    texter.send(text).await
}

/// The code of what came of it, or `ok`.
fn code(outcome: &Result<()>) -> &'static str {
    outcome
        .as_ref()
        .err()
        .map_or("ok", |error| error.code().name)
}

#[tokio::test]
async fn a_text_arrives_signed_as_standard_webhooks_are() {
    let server = WebServer::start().await;
    send(&texter(&server, false)).await.unwrap();
    let [asked] = &server.take_seen()[..] else {
        panic!("it is asked once");
    };
    assert_eq!(
        (asked.method.as_str(), asked.target.as_str()),
        ("POST", "/sms?to=all")
    );
    assert_eq!(asked.values("content-type"), ["application/json"]);
    assert_eq!(asked.values("webhook-id"), ["job_1"]);
    assert_eq!(asked.values("webhook-timestamp"), ["1800000000"]);
    let signed = standardwebhooks::Webhook::new(SECRET).unwrap();
    let expected = signed.sign("job_1", 1_800_000_000, &asked.body).unwrap();
    assert_eq!(asked.values("webhook-signature"), [expected.as_str()]);
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(body["id"], "job_1");
    assert_eq!(body["type"], "sms");
    assert_eq!(body["to"], "+49301234567");
    assert_eq!(body["text"], "1234 5678 is zwölf.");
    assert_eq!(body["timestamp"], "2027-01-15T08:00:00.000000Z");
}

/// asvs:V12.3.2, asvs:V12.3.1
#[tokio::test]
async fn a_hook_proves_who_it_is() {
    let server = WebServer::encrypted().await;
    assert_eq!(code(&send(&texter(&server, true)).await), "ok");
    assert_eq!(server.take_seen().len(), 1);
    assert_eq!(code(&send(&texter(&server, false)).await), "sms.failed");
    assert!(
        server.take_seen().is_empty(),
        "nothing is said to a stranger"
    );
}

/// fault:F17, vuln:129: nobody is led elsewhere, and no answer is waited for or
/// read without end.
#[tokio::test]
async fn whatever_the_hook_does_is_told_from_a_bad_number() {
    let (server, elsewhere) = (WebServer::start().await, WebServer::start().await);
    let texter = texter(&server, false);
    let said = |status: u16| Reply::Says(status, "+49301234567 is odd".into());
    for (reply, expected) in [
        (said(200), "ok"),
        (said(202), "ok"),
        (Reply::Redirects(elsewhere.url()), "sms.failed"),
        (said(401), "sms.failed"),
        (said(404), "sms.failed"),
        (said(422), "sms.refused"),
        (said(500), "sms.failed"),
        (Reply::Silence, "sms.failed"),
        (Reply::Garbage, "sms.failed"),
        (Reply::Flood, "sms.failed"),
        (Reply::HangsUp, "sms.failed"),
    ] {
        server.reply(reply.clone());
        let outcome = send(&texter).await;
        assert_eq!(code(&outcome), expected, "{reply:?}");
        let shown = outcome.map_err(|fault| format!("{fault:?}")).err();
        let shown = shown.unwrap_or_default();
        assert!(
            !shown.contains("49301234567"),
            "its words may name people: {shown}"
        );
    }
    assert!(elsewhere.take_seen().is_empty());
    drop(server);
    assert_eq!(code(&send(&texter).await), "sms.failed", "it is gone");
    assert_eq!(code(&send(&Texter::Off).await), "sms.refused");
}

#[tokio::test]
async fn a_text_lies_in_the_folder_once_and_is_private() {
    let folder = tempfile::tempdir().unwrap();
    let texter = Texter::Folder(folder.path().join("texts"));
    for _ in 0..2 {
        send(&texter).await.unwrap();
    }
    let file = folder.path().join("texts/job_1.txt");
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text, "To: +49301234567\n\n1234 5678 is zwölf.");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
