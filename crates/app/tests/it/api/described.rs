//! The API by its own description, as schemathesis reads it: no server error,
//! and no answer that the description does not declare.

use std::path::Path;

use serde_json::{Value, json};
use tollgate_testkit::services::{Interpreter, Program, campaign};

const PASSWORD: &str = "a phrase of five words";

/// asvs:V4.1.1, asvs:V16.5.1
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Python with schemathesis: cargo xtask test runs it"]
async fn schemathesis_finds_nothing_undeclared() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(env!("CARGO_BIN_EXE_tollgate"), folder.path())
        .env("TOLLGATE_SIGNIN__REGISTRATION", "open")
        .env("TOLLGATE_SIGNIN__ATTEMPTS__ADDRESS_BURST", "10000")
        .env("TOLLGATE_SIGNIN__ATTEMPTS__ADDRESS_PER_MINUTE", "10000")
        .env("TOLLGATE_LOG__LEVEL", "error");
    let arguments = [
        "admin",
        "create",
        "root@example.org",
        "--password-file",
        "-",
    ];
    program.run(&arguments, PASSWORD).await.succeeded();
    let server = program.start(&["serve"]).await;
    let body = json!({ "login": "root@example.org", "password": PASSWORD, "mode": "token" });
    let request = reqwest::Client::new().post(format!("{}/api/v1/session", server.url()));
    let session: Value = request
        .json(&body)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let token = session["access_token"].as_str().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/api/described.py");
    let examples = if campaign() { "100" } else { "5" };
    for credential in ["-", token] {
        let arguments = [&*server.url(), credential, examples];
        Interpreter::python()
            .run(&script, &arguments, "")
            .await
            .succeeded();
    }
    assert!(!server.stderr().contains("ERROR"), "{}", server.stderr());
}
