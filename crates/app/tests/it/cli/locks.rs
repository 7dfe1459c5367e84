//! Lock-outs on the command line: who is locked is seen there, and let in again.

use reqwest::StatusCode;

use super::{PASSWORD, Scene, sign_in};

/// vuln:91
#[tokio::test(flavor = "multi_thread")]
async fn a_lock_is_seen_and_ended_by_commands() {
    let scene = Scene::new();
    let id = scene.create("user create ann@example.org").await;
    let server = scene.serve().await;
    let status = async |password: &str| {
        let answer = sign_in(&server.url(), "ann@example.org", password).await;
        answer.status()
    };
    let open = scene.json("user show ann@example.org").await;
    assert!(open["locked_until"].is_null(), "{open}");
    let guessed = {
        let mut guessed = 0;
        while status("a wrong phrase").await != StatusCode::TOO_MANY_REQUESTS {
            guessed += 1;
        }
        guessed
    };
    assert_eq!(guessed, 10);
    assert_eq!(status(PASSWORD).await, StatusCode::TOO_MANY_REQUESTS);
    let locked = scene.json("user show ann@example.org").await;
    assert!(locked["locked_until"].is_string(), "{locked}");
    let text = scene.run("user show ann@example.org").await.succeeded();
    assert!(text.contains("for strangers, until 20"), "{text}");

    let said = scene.run("user unlock ann@example.org").await.succeeded();
    assert!(said.contains(&id), "{said}");
    assert_eq!(status(PASSWORD).await, StatusCode::OK);
    let open = scene.json("user show ann@example.org").await;
    assert!(open["locked_until"].is_null(), "{open}");
    // There is nothing left to end, and nothing is noted.
    scene.run("user unlock ann@example.org").await.succeeded();
    // The second would be sealed together with the first, or before what follows it.
    scene
        .run("user suspend ann@example.org --yes")
        .await
        .succeeded();
    let trail = loop {
        let trail = scene.run("audit export --json").await.succeeded();
        if trail.contains("account.suspended") {
            break trail;
        }
    };
    assert_eq!(trail.matches("account.unlocked").count(), 1, "{trail}");
    let nobody = scene.run("user unlock nobody@example.org").await;
    assert_eq!(nobody.code, Some(4), "{}", nobody.stderr);
}
