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

/// asvs:V13.4.2, asvs:V13.4.1, asvs:V13.4.3, asvs:V13.4.7
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

/// A page with the ending of a file is none: no cache between keeps it for others.
///
/// asvs:V14.2.5
#[tokio::test]
async fn no_ending_makes_a_file_of_a_page() {
    let house = house().await;
    let ann = house.person("ann").await.client;
    for path in ["/me", "/me/profile", "/api/v1/me", "/api/v1/me/export"] {
        let page = ann.get(path).await.expect(200);
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        for ending in [
            "/x.css", "/.js", ".css", ";x.css", "%0a.css", "%3bx.css", "%2fx.js",
        ] {
            let answer = ann.get(&format!("{path}{ending}")).await.expect(404);
            assert_eq!(answer.header("cache-control"), "no-store", "{path}{ending}");
            assert!(!answer.text.contains("ann@example.org"), "{path}{ending}");
        }
    }
}

/// asvs:V3.5.7
#[tokio::test]
async fn scripts_and_styles_hold_nothing_of_the_reader() {
    let house = house().await;
    let ann = house.person("ann").await.client;
    let page = house.stranger().get("/signin").await.expect(200).text;
    let files = page.split('"').filter(|part| part.starts_with("/static/"));
    let mut files: Vec<&str> = files.collect();
    files.push("/docs/book.js");
    assert_eq!(files.len(), 4, "{files:?}");
    for path in files {
        let (one, other) = (house.stranger().get(path).await, ann.get(path).await);
        assert_eq!(one.expect(200).bytes, other.expect(200).bytes, "{path}");
    }
}
