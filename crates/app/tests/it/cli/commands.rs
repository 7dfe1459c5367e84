//! Commands by themselves and beside a running server: their JSON, their exit
//! codes, and that their changes count at once.

use std::{
    fs,
    time::{Duration, Instant},
};

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{PASSWORD, Scene, access, me, parsed, sign_in};

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_the_configuration_are_told_all_at_once() {
    let scene = Scene::new();
    let file = scene.program.folder().join("tollgate.toml");
    fs::write(&file, "lisen = \"127.0.0.1:1\"\n[session]\nidle = 14\n").unwrap();
    for line in ["serve", "config check", "user list", "healthcheck"] {
        let refused = scene.run(line).await;
        assert_eq!(refused.code, Some(3), "{line}");
        assert!(
            refused.stderr.contains("Did you mean `listen`"),
            "{line}: {}",
            refused.stderr
        );
        assert!(
            refused.stderr.contains("session.idle"),
            "{line}: {}",
            refused.stderr
        );
        assert!(refused.stdout.is_empty(), "{line}: {}", refused.stdout);
    }
    let faults = scene.json("config check").await;
    assert_eq!(faults["error"]["faults"].as_array().unwrap().len(), 2);
    assert_eq!(faults["error"]["exit"], 3);
}

/// What somebody typed of themselves is vouched for by a command, and seen.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_vouched_for_by_a_command() {
    let mut scene = Scene::new();
    scene.create("admin create ann@example.org").await;
    scene.create("user create bob").await;
    scene.program = scene.program.env("TOLLGATE_SIGNIN__REGISTRATION", "open");
    let server = scene.serve().await;
    let body = json!({ "email": "eve@example.org", "password": PASSWORD });
    let request = reqwest::Client::new().post(format!("{}/api/v1/signup", server.url()));
    let made = request.json(&body).send().await.unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    let said = async |line: &str| scene.run(line).await.succeeded();
    let ann = said("user show ann@example.org").await;
    assert!(ann.contains("ann@example.org (verified)"), "{ann}");
    let eve = said("user show eve@example.org").await;
    assert!(eve.contains("eve@example.org (not verified)"), "{eve}");
    let eve = said("user verify eve@example.org").await;
    assert!(eve.contains("eve@example.org (verified)"), "{eve}");
    let refused = scene.run("user verify bob").await;
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("no e-mail address"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_speaks_json() {
    let scene = Scene::new();
    let ann = scene
        .create("admin create ann@example.org --username ann --name Ann")
        .await;
    let bob = scene.create("user create bob").await;
    let server = scene.serve().await;
    let listen = server.url().trim_start_matches("http://").to_owned();
    let session = {
        access(&server.url(), "bob", PASSWORD).await;
        let listed = scene.json(&format!("session list {bob}")).await;
        listed["data"][0]["id"].as_str().unwrap().to_owned()
    };
    let key = scene.json("signing-key list").await["data"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let check = async |line: &str, code: i32, field: &str| {
        let finished = scene.run(&format!("{line} --json")).await;
        assert_eq!(
            finished.code,
            Some(code),
            "{line}\n{}\n{}",
            finished.stdout,
            finished.stderr
        );
        let last = finished.stdout.lines().next_back().unwrap_or_default();
        let answer: Value =
            serde_json::from_str(last).unwrap_or_else(|fault| panic!("{line}: {fault}: {last}"));
        assert!(
            answer.pointer(field).is_some_and(|value| !value.is_null()),
            "{line}: no {field} in {answer}"
        );
    };
    check("version", 0, "/version").await;
    check("config check", 0, "/valid").await;
    check("config show --origin", 0, "/data/0/origin").await;
    check("config init", 0, "/text").await;
    check("user list --role admin --limit 1", 0, "/data/0/id").await;
    check("user list --search ANN@", 0, "/data/0/id").await;
    check(&format!("user show {ann}"), 0, "/user/identifiers/0/value").await;
    check("user create carol", 0, "/reset_url").await;
    check("user reset-link carol", 0, "/reset_url").await;
    check("user signin-link carol", 0, "/signin_url").await;
    let too_long = "user signin-link carol --minutes 61";
    check(too_long, 2, "/error/code").await;
    check("user role carol manager", 0, "/user/role").await;
    check("user verify carol carol", 0, "/user/id").await;
    check(
        "user verify carol nobody@example.org",
        2,
        "/error/fields/0/pointer",
    )
    .await;
    check("user suspend carol", 0, "/results/0/state").await;
    check("user resume carol", 0, "/results/0/state").await;
    check("user sessions bob", 0, "/data/0/id").await;
    check("user export bob", 0, "/password_hash").await;
    check("device list bob", 0, "/data").await;
    check("device forget bob --all --yes", 0, "/forgotten").await;
    let device = "device forget bob dev_00000000000000000000000000";
    check(device, 4, "/error/code").await;
    check(&format!("session end {session}"), 0, "/results/0/id").await;
    check("session end --all bob --yes", 0, "/ended").await;
    check("user delete carol --yes", 0, "/results/0/state").await;
    check("signing-key rotate access", 0, "/key/id").await;
    check(&format!("signing-key remove {key} --yes"), 6, "/error/code").await;
    check("admin recover bob", 0, "/reset_url").await;
    check("audit verify", 0, "/head").await;
    check("audit tail -n 3", 0, "/kind").await;
    check("audit search -n 3 --class administration", 0, "/kind").await;
    check("audit search --actor nobody", 4, "/error/code").await;
    check("audit search --kind no.such", 2, "/error/code").await;
    check("audit keys", 0, "/keys").await;
    check("audit exports", 0, "/exports").await;
    check("audit replay --sink syslog --after 0", 2, "/error/code").await;
    check("audit verify --file no-such-file", 1, "/error/code").await;
    check("audit export", 0, "/hash").await;
    check("db migrate", 0, "/schema").await;
    check("db status", 0, "/events/sealed").await;
    check("db check", 0, "/faults").await;
    check("db backup one.backup", 0, "/tables/accounts").await;
    check("db restore one.backup --yes", 6, "/error/code").await;
    check(&format!("healthcheck --set listen={listen}"), 0, "/ready").await;
    check("reload", 0, "/pid").await;
    check("setup-link", 6, "/error/next").await;
    check("user list --limit 0", 2, "/error/fields/0/detail").await;
    check("user show nobody", 4, "/error/code").await;
    check("no-such-command", 2, "/error/code").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn destructive_commands_ask_first() {
    let scene = Scene::new();
    scene.create("admin create ann").await;
    let bob = scene.create("user create bob").await;
    for line in [
        "user delete bob",
        "user delete bob --no-input",
        "session end --all bob",
        "device forget bob --all",
        "signing-key remove sgk_00000000000000000000000000 --no-input",
    ] {
        let refused = scene.run_with(line, "yes\n").await;
        assert_eq!(refused.code, Some(2), "{line}: {}", refused.stderr);
        assert!(
            refused.stderr.contains("confirmation.required"),
            "{line}: {}",
            refused.stderr
        );
    }
    scene.run(&format!("user show {bob}")).await.succeeded();
    scene.run("user delete bob --yes").await.succeeded();
    assert_eq!(scene.run(&format!("user show {bob}")).await.code, Some(4));
}

#[tokio::test(flavor = "multi_thread")]
async fn some_of_many_may_fail() {
    let scene = Scene::new();
    scene.create("admin create ann").await;
    scene.create("user create bob").await;
    let some = scene.run("user suspend bob nobody ann --json").await;
    assert_eq!(some.code, Some(8), "{}", some.stderr);
    let results = &parsed("suspend", &some)["results"];
    assert_eq!(results[0]["state"], "suspended");
    assert_eq!(results[1]["error"]["code"], "person.missing");
    assert_eq!(results[2]["error"]["code"], "admin.last");
    assert_eq!(scene.run("user suspend ann").await.code, Some(6));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_made_by_command_counts_on_the_running_server() {
    let scene = Scene::new();
    scene.create("admin create ann").await;
    let bob = scene.create("user create bob").await;
    let server = scene.serve().await;
    let url = server.url();
    for command in [
        format!("session end --all {bob} --yes"),
        format!("user suspend {bob}"),
    ] {
        let token = access(&url, "bob", PASSWORD).await;
        assert_eq!(me(&url, &token).await, StatusCode::OK);
        scene.run(&command).await.succeeded();
        let done = Instant::now();
        while me(&url, &token).await == StatusCode::OK {
            assert!(
                done.elapsed() < Duration::from_secs(1),
                "{command} counts within a second"
            );
        }
    }
    assert_eq!(
        sign_in(&url, "bob", PASSWORD).await.status(),
        StatusCode::UNAUTHORIZED
    );
    scene.run("user resume bob").await.succeeded();
    access(&url, "bob", PASSWORD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_and_data_do_not_mix() {
    let scene = Scene::new();
    let link = scene.run("setup-link").await;
    assert!(
        link.stdout.starts_with("http") && link.stdout.lines().count() == 1,
        "{}",
        link.stdout
    );
    assert!(link.stderr.contains("works once"));
    let quiet = scene.run("setup-link --quiet").await;
    assert!(quiet.stderr.is_empty(), "{}", quiet.stderr);
    let refused = scene.run("user show nobody").await;
    assert!(refused.stdout.is_empty());
    for part in [
        "There is no such person",
        "(person.missing)",
        "Next: tollgate user list",
    ] {
        assert!(refused.stderr.contains(part), "{part}: {}", refused.stderr);
    }
    assert!(!refused.stderr.contains('\u{1b}'), "no colour into a pipe");
    let secret = scene
        .run("user list --set dialects.chatbot.secret=hunter2hunter2")
        .await;
    assert_eq!(secret.code, Some(2));
    assert!(secret.stderr.contains("secret_file"), "{}", secret.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_file_is_begun_once() {
    let scene = Scene::new();
    scene.run("config init tollgate.toml").await.succeeded();
    scene.run("config check").await.succeeded();
    assert_eq!(scene.run("config init tollgate.toml").await.code, Some(6));
}
