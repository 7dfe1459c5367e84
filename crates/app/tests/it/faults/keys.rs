//! fault:F28 — signing keys turn while the process that turns them is killed at
//! each moment, and the server restarts: one key signs at any time, old tokens
//! live until their key is removed, and no key comes back.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::StatusCode;
use serde_json::Value;
use tollgate_base::entropy::Entropy;
use tollgate_testkit::services::{Program, campaign};

use crate::support::tell;

use super::{
    load::program,
    script::Script,
    visitor::{Tokens, Visitor, no_fault},
};

/// What is promised of a removed key's tokens.
const BOUND: Duration = Duration::from_secs(1);

/// A key as the command lists it.
struct Key {
    id: String,
    signs: bool,
}

/// fault:F28, asvs:V11.2.2
#[tokio::test(flavor = "multi_thread")]
async fn keys_turn_whole_or_not_at_all() {
    let (folder, script) = (tempfile::tempdir().unwrap(), Script::new());
    let program = program(folder.path());
    let broken = script.around(program.clone());
    let mut server = program.start(&["serve"]).await;
    let ann = Visitor::new(&server, "ann").await;
    let (rounds, stride) = if campaign() { (5, 1) } else { (1, 5) };
    let (mut kills, mut slowest) = (0, Duration::ZERO);
    let mut gone = BTreeSet::new();
    for _ in 0..rounds {
        for what in [
            &["rotate", "access"][..],
            &["rotate", "access", "--now"],
            &["remove"],
        ] {
            let [chance] = Entropy.bytes::<1>().expect("the system has random numbers");
            for moment in (1 + usize::from(chance) % stride..).step_by(stride) {
                let held = ann.sign_in().await;
                // By its own word: the server may not have heard of the last turn.
                let signer = kid(&held);
                let mut line = vec!["signing-key"];
                line.extend(what);
                if what == ["remove"] {
                    // The one that signed gives way first: an emergency.
                    program
                        .run(&["signing-key", "rotate", "access", "--now"], "")
                        .await
                        .succeeded();
                    line.extend([&*signer, "--yes"]);
                }
                script.arm(&format!("kill any {moment}"));
                let finished = broken.run(&line, "").await;
                let whole = script.disarm();
                kills += usize::from(!whole);

                let after = keys(&program).await;
                assert_eq!(after.iter().filter(|key| key.signs).count(), 1, "one signs");
                assert!(
                    after.iter().all(|key| !gone.contains(&key.id)),
                    "a key came back"
                );
                if after.iter().any(|key| key.id == signer) {
                    assert_eq!(ann.me(&held.access).await, StatusCode::OK, "{line:?}");
                } else {
                    slowest = slowest.max(refused(&ann, &held).await);
                    gone.insert(signer.clone());
                }
                let now = ann.sign_in().await;
                assert_eq!(ann.me(&now.access).await, StatusCode::OK, "{line:?}");
                if whole {
                    finished.succeeded();
                    break;
                }
            }
        }
        no_fault(&server).await;
        let held = ann.sign_in().await;
        server.terminate().await;
        server.start_again().await;
        assert_eq!(
            ann.me(&held.access).await,
            StatusCode::OK,
            "after a restart"
        );
    }
    server.terminate().await;
    program.run(&["audit", "verify"], "").await.succeeded();
    tell(format_args!(
        "fault:F28 {kills} kills while keys turned, {} keys removed, their tokens refused within {} ms",
        gone.len(),
        slowest.as_millis()
    ));
}

async fn keys(program: &Program) -> Vec<Key> {
    let listed = program
        .run(&["signing-key", "list", "--json"], "")
        .await
        .succeeded();
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let access = |key: &&Value| key["purpose"] == "access";
    let read = |key: &Value| Key {
        id: key["id"].as_str().unwrap().to_owned(),
        signs: key["signs"].as_bool().unwrap(),
    };
    listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(access)
        .map(read)
        .collect()
}

/// Which key signed an access token.
fn kid(held: &Tokens) -> String {
    let header = held.access.split('.').next().unwrap();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

/// How long it took until the tokens of a removed key were refused.
async fn refused(ann: &Visitor, held: &Tokens) -> Duration {
    let since = Instant::now();
    loop {
        let answer = ann.me(&held.access).await;
        if answer == StatusCode::UNAUTHORIZED {
            return since.elapsed();
        }
        assert!(since.elapsed() < BOUND, "still answered with {answer}");
    }
}
