//! People and programs who mean well.

use reqwest::StatusCode;
use serde_json::Value;
use tollgate_testkit::services::{ProxyKind, raw};

use super::scene::{Browser, EMAIL, NAME, Scene, USER};

pub(super) async fn a_browser_signs_in_and_comes_back(kind: ProxyKind) {
    let scene = Scene::new(kind).await;
    let browser = Browser::new();
    let wanted = format!("{}/page/one?a=1&b=%2Fx%20y", scene.origin());

    let first = browser.page(&wanted).await;
    assert_eq!(first.status(), StatusCode::FOUND);
    let (way, _) = browser.walk(&wanted).await;
    let signin = way.last().unwrap();
    assert_eq!(
        (signin.origin().ascii_serialization(), signin.path()),
        (scene.public_url(), "/signin"),
        "{way:#?}"
    );
    scene.unseen("before signing in");

    browser.sign_in(&scene).await;
    let (_, next) = signin
        .query_pairs()
        .find(|(name, _)| name == "next")
        .expect("where to go on");
    let (way, page) = browser.walk(signin.join(&next).unwrap().as_str()).await;
    assert_eq!(way.last().unwrap().as_str(), wanted, "{way:#?}");
    assert_eq!(page.unwrap().status(), StatusCode::OK);
    let seen = scene.seen();
    assert_eq!(seen.target, "/page/one?a=1&b=%2Fx%20y");
    assert_eq!(seen.values("remote-user"), [USER]);
    assert_eq!(seen.values("remote-email"), [EMAIL]);
    assert_eq!(seen.values("remote-name"), [NAME]);
    assert_eq!(seen.values("remote-groups"), ["default"]);
    assert!(seen.values("remote-id")[0].starts_with("usr_"));
    let statement = seen.values("tollgate-identity").concat();
    assert_eq!(statement.split('.').count(), 3, "{statement}");
    let cookies = seen.values("cookie").concat();
    assert!(
        !cookies.contains("tollgate=") && !cookies.contains("tgs_"),
        "the app was given the way to the account: {cookies}"
    );

    // Straight in from now on, and out at the next request.
    assert_eq!(browser.page(&wanted).await.status(), StatusCode::OK);
    scene.seen();
    browser.sign_out(&scene).await;
    assert_eq!(browser.page(&wanted).await.status(), StatusCode::FOUND);
    scene.unseen("after signing out");
}

pub(super) async fn a_program_is_told_and_let_in_with_a_token(kind: ProxyKind) {
    let scene = Scene::new(kind).await;
    // vuln:99: nobody is let in for what they call themselves.
    for agent in [
        "curl/8.5.0",
        "GoogleHC/1.0",
        "kube-probe/1.30",
        "ELB-HealthChecker/2.0",
        "Prometheus/2.50.0",
    ] {
        let headers = format!("User-Agent: {agent}\r\nAccept: */*\r\n");
        let answer = scene.get("/data", &headers).await;
        assert_eq!(answer.status, 401, "{agent}");
        assert!(answer.header("location").is_none(), "{agent}");
        assert!(answer.header("www-authenticate").is_some(), "{agent}");
        let kind = answer.header("content-type").unwrap_or_default();
        assert!(kind.starts_with("application/problem+json"), "{kind}");
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(body["code"], "auth.required");
    }
    scene.unseen("without a credential");

    let token = scene.token().await;
    let answer = scene
        .get("/data", &format!("Authorization: Bearer {token}\r\n"))
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let seen = scene.seen();
    assert_eq!(seen.values("remote-user"), [USER]);
    let given = seen.values("authorization").concat();
    assert_eq!(given, "", "the app was given the caller's token");
    let answer = scene
        .get("/data", &format!("Authorization: Bearer {token}x\r\n"))
        .await;
    assert_eq!(answer.status, 401);
    scene.unseen("with a broken token");
}

pub(super) async fn who_is_known_may_still_not_enter(kind: ProxyKind) {
    let scene = Scene::new(kind).await;
    let (_, cookie) = scene.visitor().await;
    for target in ["/admin", "/admin/users?all"] {
        let answer = scene.get(target, &cookie).await;
        assert_eq!(answer.status, 403, "{target}");
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(body["code"], "gate.denied");
        let id = body["request_id"].as_str().unwrap_or_default();
        assert!(id.starts_with("req_"), "{body}");
        scene.tollgate.line_with(id).await;
        assert!(
            answer
                .header("tollgate-identity")
                .unwrap_or_default()
                .is_empty()
        );
    }
    scene.unseen("without the role");
    assert_eq!(scene.get("/public/x", "").await.status, 200);
    assert_eq!(scene.seen().values("remote-user").concat(), "");
    let own = "Authorization: Basic YW5uOngK\r\n";
    assert_eq!(scene.get("/public/x", own).await.status, 200);
    assert_eq!(scene.seen().values("authorization"), ["Basic YW5uOngK"]);

    let browser = format!("{cookie}Accept: text/html\r\n");
    let sent = scene.get("/admin", &browser).await;
    assert_eq!(sent.status, 302, "{sent:?}");
    let to = sent.header("location").unwrap_or_default();
    assert_eq!(to, format!("{}/.tollgate/refused", scene.origin()));
    let page = scene.get("/.tollgate/refused", &browser).await;
    assert_eq!(page.status, 403);
    assert!(page.body.contains("<h1>") && page.body.contains("gate.denied"));
}

/// A careless hand adds a location to the snippet.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nginx: cargo xtask test runs it"]
async fn a_location_that_is_added_to_nginx_is_checked_too() {
    let scene = Scene::edited(ProxyKind::Nginx, |snippet, upstream| {
        let added = format!("location /extra/ {{ proxy_pass {upstream}; }}\n    location / {{");
        snippet.replacen("location / {", &added, 1)
    })
    .await;
    let (_, cookie) = scene.visitor().await;
    assert_eq!(scene.get("/extra/x", "").await.status, 401);
    scene.unseen("without a credential");
    let lines = format!("{cookie}Remote-User: root\r\n");
    assert_eq!(scene.get("/extra/x", &lines).await.status, 200);
    assert_eq!(scene.seen().values("remote-user"), [USER]);
}

pub(super) async fn what_is_sent_arrives_untouched(kind: ProxyKind) {
    let scene = Scene::new(kind).await;
    let (_, cookie) = scene.visitor().await;
    let authority = scene.authority();
    let body = "0123456789abcdef".repeat(20_000);
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let length = body.len();
        let request = format!(
            "{method} /form?x=%41 HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n{cookie}\
             Origin: http://{authority}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        let answer = raw(scene.proxy(), request.as_bytes()).await;
        assert_eq!(answer.status, 200, "{method}: {}", answer.body);
        let seen = scene.seen();
        assert_eq!(
            (seen.method.as_str(), seen.target.as_str()),
            (method, "/form?x=%41")
        );
        assert!(seen.body == body.as_bytes(), "{method}");
        assert_eq!(seen.values("host"), [authority.as_str()]);
    }
    let chunks = format!(
        "POST /form HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n{cookie}\
         Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
    );
    assert_eq!(raw(scene.proxy(), chunks.as_bytes()).await.status, 200);
    assert_eq!(scene.seen().body, b"hello world");
}
