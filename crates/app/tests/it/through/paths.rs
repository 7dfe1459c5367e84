//! Targets and hosts that two readers could read differently. Only what is
//! plainly open is open.

use tollgate_testkit::services::{ProxyKind, raw};

use super::scene::{LAX_HOST, Scene};

/// Below the open path at first sight, or for a careless reader; `{}` is the
/// authority of the site.
const TRICKS: [&str; 62] = [
    "/secret?x=/public",
    "/secret?/public",
    "/secret#/public",
    "/secret%23/public",
    "/secret%3f/public",
    "/secret%3F/public",
    "/secret;/public",
    "/secret;x=/public",
    "/secret%00/public",
    "/secret%0a/public",
    "/secret/%2e%2e/public/../secret",
    "/public/../secret",
    "/public/./../secret",
    "/public/x/../../secret",
    "/public//../secret",
    "/public/..//secret",
    "//public/../secret",
    "/./public/../secret",
    "/public/%2e%2e/secret",
    "/public/%2E%2E/secret",
    "/public/.%2e/secret",
    "/public/%2e./secret",
    "/public/..%2fsecret",
    "/public/..%2Fsecret",
    "/public/%2e%2e%2fsecret",
    "/public%2f..%2fsecret",
    "/public%2f%2e%2e%2fsecret",
    "/public/..;/secret",
    "/public/..;x=y/secret",
    "/public;/../secret",
    "/public/%2e%2e;/secret",
    "/public/;/../../secret",
    "/public/..\\secret",
    "/public\\..\\secret",
    "/public/..%5csecret",
    "/public%5c..%5csecret",
    "/public/\t../secret",
    "/public/..%09/secret",
    "/public/..%00/secret",
    "/public/..#/../secret",
    "/public#/../secret",
    "/public%23/../secret",
    "/public%3f/../secret",
    "/%70ublic/../secret",
    "/public/..%c0%afsecret",
    "/public/%c0%ae%c0%ae/secret",
    "/public/%u002e%u002e/secret",
    "/public/%",
    "/public/%zz/../secret",
    "/Public",
    "/PUBLIC",
    "/publicity",
    "/public-secret",
    "/.public",
    "secret",
    "?/public",
    "*",
    "http://{}/secret",
    "http://{}/public/../secret",
    "http://{}/secret?x=/public",
    "http://public@{}/secret",
    "{}/public",
];

/// Headers by which a visitor might say that the target was another.
const CLAIMS: [&str; 15] = [
    "X-Original-URL: http://{}/public",
    "X-Original-URL: /public",
    "X-Original-Uri: /public",
    "X-Original-Method: OPTIONS",
    "X-Rewrite-Url: /public",
    "X-Forwarded-Uri: /public",
    "X-Forwarded-Path: /public",
    "X-Forwarded-Prefix: /public",
    "X-Forwarded-Host: lax.localhost",
    "Forwarded: host=lax.localhost",
    "X-Forwarded-Method: OPTIONS",
    "X_Original_URL: http://{}/public",
    "X_Forwarded_Uri: /public",
    "X-Envoy-Original-Path: /public",
    "Connection: X-Original-URL, X-Forwarded-Uri, X-Forwarded-Host, X-Forwarded-Method",
];

/// Whether every reader takes `target` for the open path.
fn is_plainly_open(target: &str) -> bool {
    let path = target.split('?').next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '/';
    let open = path == "/public" || path.starts_with("/public/");
    open && path.chars().all(plain) && !path.contains("//")
}

/// vuln:98, vuln:101, vuln:103, vuln:104
pub(super) async fn a_rule_for_one_path_opens_no_other(kind: ProxyKind) {
    let scene = Scene::new(kind).await;
    let authority = scene.authority();
    for target in [
        "/public",
        "/public/a/b",
        "/public?x=/../secret",
        "/public/?a#b",
    ] {
        let answer = scene.get(target.split('#').next().unwrap(), "").await;
        assert_eq!(answer.status, 200, "{target}");
        assert!(is_plainly_open(&scene.seen().target));
    }
    for trick in TRICKS {
        let target = trick.replace("{}", &authority);
        scene.get(&target, "").await;
        let seen = scene.app.take_seen();
        let let_by = seen.iter().find(|seen| !is_plainly_open(&seen.target));
        assert!(let_by.is_none(), "{target}: {let_by:#?}");
    }
    for claim in CLAIMS {
        let line = claim.replace("{}", &authority) + "\r\n";
        for lines in [line.clone(), line.repeat(2)] {
            scene.get("/secret", &lines).await;
            scene.unseen(&lines);
        }
    }
}

/// vuln:102
pub(super) async fn a_host_in_disguise_gets_no_other_rules(kind: ProxyKind) {
    let scene = Scene::new(kind).await;
    let authority = scene.authority();
    let port = scene.proxy().port();
    let hosts = [
        authority.to_uppercase(),
        "app.localhost".to_owned(),
        format!("app.localhost.:{port}"),
        "App.Localhost.".to_owned(),
        "app.localhost:80".to_owned(),
        "app.localhost:443".to_owned(),
        format!("app.localhost:0{port}"),
        LAX_HOST.to_owned(),
        format!("{LAX_HOST}:{port}"),
        format!("{}.:{port}", LAX_HOST.to_uppercase()),
        format!("{LAX_HOST}, {authority}"),
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        "app.localhost@other".to_owned(),
        "other/app.localhost".to_owned(),
        String::new(),
    ];
    for host in &hosts {
        for target in ["/secret", "/admin"]
            .map(|path| {
                [
                    path.to_owned(),
                    format!("http://{host}{path}"),
                    format!("http://{authority}{path}"),
                ]
            })
            .concat()
        {
            let request =
                format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            raw(scene.proxy(), request.as_bytes()).await;
            scene.unseen(&request);
            let twice = request.replace("Connection", &format!("Host: {authority}\r\nConnection"));
            raw(scene.proxy(), twice.as_bytes()).await;
            scene.unseen(&twice);
        }
    }
}
