//! Texts and lists of breached passwords, by command.

use std::fs;

use serde_json::Value;
use tollgate_testkit::services::{Reply, WebServer};

use super::{PASSWORD, Scene, parsed};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn hooked(mut scene: Scene, server: &WebServer) -> Scene {
    let secret = scene.program.folder().join("sms-secret");
    fs::write(&secret, SECRET).unwrap();
    scene.program = scene
        .program
        .env("TOLLGATE_SMS__DELIVERY", "hook")
        .env("TOLLGATE_SMS__URL", &format!("{}/sms", server.url()))
        .env("TOLLGATE_SMS__SECRET_FILE", &secret.display().to_string());
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_tried_out_by_command() {
    let server = WebServer::start().await;
    let scene = hooked(Scene::new(), &server);
    let said = scene
        .run("sms test +49301234567 --lang de")
        .await
        .succeeded();
    assert!(said.contains("The hook took it."), "{said}");
    let [asked] = &server.take_seen()[..] else {
        panic!("it is asked once");
    };
    let signed = standardwebhooks::Webhook::new(SECRET).unwrap();
    let stamp = asked.values("webhook-timestamp")[0].parse().unwrap();
    let id = asked.values("webhook-id")[0];
    let expected = signed.sign(id, stamp, &asked.body).unwrap();
    assert_eq!(asked.values("webhook-signature"), [expected.as_str()]);
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    assert!(
        body["text"]
            .as_str()
            .unwrap()
            .starts_with("Das ist ein Test")
    );

    server.reply(Reply::Says(401, String::new()));
    let refused = scene.run("sms test +49301234567").await;
    assert_eq!(refused.code, Some(7), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("It answered 401."),
        "{}",
        refused.stderr
    );
    let odd = scene.run("sms test 030").await;
    assert_eq!(odd.code, Some(2), "{}", odd.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_breached_passwords_is_made_by_command() {
    let mut scene = Scene::new();
    let folder = scene.program.folder();
    // The SHA-1 of PASSWORD's neighbour, as published lists have it.
    fs::write(
        folder.join("dump"),
        "AF3F4A7F0CFEB4D6D0AA0ECC6A8B6A1A6C1E9B5E:12\n5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9\n",
    )
    .unwrap();
    let nowhere = scene.run("breach-list build dump").await;
    assert_eq!(nowhere.code, Some(2), "{}", nowhere.stderr);
    assert!(
        nowhere.stderr.contains("--output FILE"),
        "{}",
        nowhere.stderr
    );
    scene.program = scene
        .program
        .env("TOLLGATE_PASSWORD__BREACH_LIST", "breached.list");
    let finished = scene.run("doctor --json --set listen=127.0.0.1:0").await;
    let missing = parsed("doctor", &finished);
    let about = |findings: &Value| {
        let all = findings["findings"].as_array().unwrap().clone();
        all.into_iter()
            .find(|it| it["about"] == "breached list")
            .unwrap()
    };
    assert_eq!(about(&missing)["state"], "wrong", "{missing:#}");
    for refused in ["config check", "serve --set listen=127.0.0.1:0"] {
        let refused = scene.run(refused).await;
        assert_ne!(refused.code, Some(0));
        for said in ["config.invalid", "breached.list", "breach-list build"] {
            assert!(refused.stderr.contains(said), "{said}: {}", refused.stderr);
        }
    }
    let made = scene.run("breach-list build dump").await.succeeded();
    assert!(made.contains("knows 2 passwords, from 2 lines"), "{made}");
    let finished = scene.run("doctor --json --set listen=127.0.0.1:0").await;
    let whole = parsed("doctor", &finished);
    assert_eq!(about(&whole)["state"], "good", "{whole:#}");
    scene.run("config check").await.succeeded();
    scene
        .run("breach-list build dump --output other.list")
        .await
        .succeeded();
    let bad = scene.run("breach-list build missing --json").await;
    let bad = parsed("breach-list", &bad);
    assert_eq!(bad["error"]["code"], "file.failed");
    let weak = scene
        .run_with("user create ann@example.org --password-file -", "password")
        .await;
    assert!(weak.stderr.contains("password.weak"), "{}", weak.stderr);
    scene
        .run_with("user create ann@example.org --password-file -", PASSWORD)
        .await
        .succeeded();
}
