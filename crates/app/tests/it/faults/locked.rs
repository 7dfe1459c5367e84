//! fault:F7 — somebody else holds the lock of the SQLite file: reads go on,
//! writes wait and are then refused politely, and work again at once after.

use std::{
    sync::mpsc::channel,
    time::{Duration, Instant},
};

use reqwest::{Client, StatusCode};
use serde_json::json;
use tokio::task::JoinSet;
use tollgate_store::sql::{Db, Settings, Tx};

use super::load::program;

/// fault:F7
#[tokio::test(flavor = "multi_thread")]
async fn a_locked_database_delays_writes_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let server = program(folder.path()).start(&["serve"]).await;
    let (client, url) = (Client::new(), server.url());
    let ann = json!({ "email": "ann@example.org", "password": "a fine long phrase" });
    client
        .post(format!("{url}/api/v1/signup"))
        .json(&ann)
        .send()
        .await
        .unwrap()
        .error_for_status()
        .unwrap();
    let login =
        json!({ "login": "ann@example.org", "password": "a fine long phrase", "mode": "token" });
    let session: serde_json::Value = client
        .post(format!("{url}/api/v1/session"))
        .json(&login)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let access = session["access_token"].as_str().unwrap().to_owned();
    let me = || {
        client
            .get(format!("{url}/api/v1/me"))
            .bearer_auth(&access)
            .send()
    };

    let path = folder.path().join("tollgate-data").join("tollgate.db");
    let other = Db::open(Settings::new(format!("sqlite://{}", path.display()).into()))
        .await
        .unwrap();
    let (held, is_held) = channel();
    let (release, released) = channel::<()>();
    let mut holder = JoinSet::new();
    holder.spawn({
        let other = other.clone();
        async move {
            let released = std::sync::Mutex::new(released);
            let body = async move |_: &mut Tx<'_>| {
                let _ = held.send(());
                let _ = released
                    .lock()
                    .unwrap()
                    .recv_timeout(Duration::from_secs(20));
                Ok(())
            };
            other.write(body).await
        }
    });
    tokio::task::spawn_blocking(move || is_held.recv().unwrap())
        .await
        .unwrap();

    let asked = Instant::now();
    let bob = json!({ "email": "bob@example.org", "password": "another fine phrase" });
    let mut write = JoinSet::new();
    write.spawn(
        client
            .post(format!("{url}/api/v1/signup"))
            .json(&bob)
            .send(),
    );
    let mut reads = 0;
    let refused = loop {
        if let Some(answer) = write.try_join_next() {
            break answer.unwrap().unwrap();
        }
        assert_eq!(me().await.unwrap().status(), StatusCode::OK);
        reads += 1;
    };
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("retry-after"));
    assert!(
        asked.elapsed() < Duration::from_secs(7),
        "{:?}",
        asked.elapsed()
    );
    assert!(reads > 100, "only {reads} reads went through");

    release.send(()).unwrap();
    let _ = holder.join_next().await;
    let again = Instant::now();
    let made = client
        .post(format!("{url}/api/v1/signup"))
        .json(&bob)
        .send()
        .await
        .unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    assert!(
        again.elapsed() < Duration::from_secs(1),
        "{:?}",
        again.elapsed()
    );
}
