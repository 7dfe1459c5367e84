//! What the surface shows to whoever looks around: no other methods than those
//! that are told, no files, no names and versions, nothing for other sites.

use axum::{body::Body, http::Method};

use crate::support::{house, operations};

/// asvs:V4.1.4, asvs:V13.4.4
#[tokio::test]
async fn each_address_takes_its_methods_and_no_other() {
    let house = house().await;
    let stranger = house.stranger();
    let mut asked = 0;
    for (path, _, _) in operations() {
        if path.starts_with("/api/authz/") || path.contains('{') {
            continue;
        }
        for name in ["TRACE", "TRACK", "PROPFIND", "FOO"] {
            let method: Method = name.parse().unwrap();
            let answer = stranger.send(method, path, Body::empty(), None).await;
            assert_eq!(answer.status, 405, "{name} {path}: {}", answer.text);
            assert!(!answer.header("allow").is_empty(), "{name} {path}");
            asked += 1;
        }
        // A method that is told in another place is not heard.
        let told = stranger.clone().with("x-http-method-override", "DELETE");
        let answer = told
            .send("FOO".parse().unwrap(), path, Body::empty(), None)
            .await;
        assert_eq!(answer.status, 405, "{path}");
    }
    assert!(asked > 100, "{asked}");
}

/// asvs:V13.4.1, asvs:V13.4.3, asvs:V13.4.7
#[tokio::test]
async fn no_file_and_no_folder_lies_open() {
    let house = house().await;
    for path in [
        "/.git/HEAD",
        "/.env",
        "/.svn/entries",
        "/tollgate.toml",
        "/tollgate-data/secrets.toml",
        "/tollgate.db",
        "/backup.zip",
        "/static/",
        "/static/../Cargo.toml",
        "/static/%2e%2e/Cargo.toml",
        "/.tollgate/static/",
        "/.well-known/",
        "/api/",
        "/metrics",
        "/debug/pprof/",
    ] {
        let answer = house.stranger().get(path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
    }
}

/// asvs:V13.4.6, asvs:V3.4.8, asvs:V3.5.8, asvs:V3.5.6
#[tokio::test]
async fn no_version_is_told_and_nothing_is_for_other_sites() {
    let house = house().await;
    let ann = house.person("ann").await;
    for path in [
        "/",
        "/signin",
        "/api/v1/me",
        "/api/v1/me?callback=read",
        "/nowhere",
        "/livez",
    ] {
        let answer = ann.client.get(path).await;
        for name in ["server", "x-powered-by", "via"] {
            assert_eq!(answer.header(name), "", "{path}: {name}");
        }
        assert!(!answer.text.contains(env!("CARGO_PKG_VERSION")), "{path}");
        for name in ["cross-origin-opener-policy", "cross-origin-resource-policy"] {
            assert_eq!(answer.header(name), "same-origin", "{path}: {name}");
        }
        let kind = answer.header("content-type");
        assert!(!kind.contains("javascript"), "{path}: {kind}");
    }
}
