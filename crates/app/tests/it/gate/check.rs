//! What proxies are answered: who passes, what the app is told, and what no
//! visitor can talk the gate into.

use axum::{body::Body, http::Method};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tollgate_base::{
    access::{Principal, Role},
    identifier::Email,
};
use tollgate_flows::{
    Applicant, Device,
    setup::{self, Condition, SetUp},
};
use tollgate_testkit::house::{Answer, Client, PASSWORD};

use crate::support::house;

use super::{Browser, IDENTITY, nginx, nobody, signed_in, site};

const APP: &str = "http://notes.localhost:8080";
/// The cookie of that site: browsers do not tell ports apart.
const COOKIE: &str = "tollgate-site-8080";

/// What Caddy and Traefik ask for a visitor.
async fn forwarded(client: &Client, proxy: &str, method: &str, host: &str, uri: &str) -> Answer {
    let asks = client
        .clone()
        .with("x-forwarded-method", method)
        .with("x-forwarded-proto", "http")
        .with("x-forwarded-host", host)
        .with("x-forwarded-uri", uri);
    asks.get(&format!("/api/authz/{proxy}")).await
}

/// What Envoy asks for a visitor.
async fn envoy(client: &Client, method: &str, host: &str, target: &str) -> Answer {
    let asks = client.clone().with("host", host);
    let path = format!("/api/authz/envoy{target}");
    asks.send(method.parse().unwrap(), &path, Body::empty(), None)
        .await
}

#[tokio::test]
async fn every_proxy_gets_the_same_answer_in_its_own_way() {
    let house = house().await;
    let ann = house.person("ann").await;
    site(
        &house,
        APP,
        json!([{ "path": "/open", "allow": ["anyone"] }, { "path": "/", "allow": ["signed-in"] }]),
    )
    .await;
    let (host, stranger) = ("notes.localhost:8080", house.stranger());
    let all = async |client: &Client, method: &str, target: &str| {
        [
            nginx(client, method, &format!("{APP}{target}")).await,
            forwarded(client, "caddy", method, host, target).await,
            forwarded(client, "traefik", method, host, target).await,
            envoy(client, method, host, target).await,
        ]
    };
    for answer in all(&ann.client, "POST", "/a?b").await {
        assert_eq!(answer.expect(200).header("remote-id"), ann.id);
    }
    for target in ["/open", "/open/x?y"] {
        for answer in all(&stranger, "GET", target).await {
            nobody(&answer.expect(200));
        }
    }
    for target in ["/", "/a"] {
        for answer in all(&stranger, "GET", target).await {
            nobody(&answer);
            assert_eq!(answer.expect(401).code(), "auth.required");
        }
    }
    let browser = stranger.clone().with("accept", "text/html,*/*");
    let statuses = all(&browser, "GET", "/a").await.map(|answer| {
        nobody(&answer);
        let to = "http://notes.localhost:8080/.tollgate/enter?to=%2Fa";
        assert_eq!(answer.header("location"), to);
        answer.status.as_u16()
    });
    assert_eq!(statuses, [401, 302, 302, 302]);
    for answer in all(&browser, "POST", "/a").await {
        assert!(answer.expect(401).header("location").is_empty());
    }
    let script = browser.clone().with("sec-fetch-mode", "cors");
    for answer in all(&script, "GET", "/a").await {
        assert!(
            answer
                .expect(401)
                .header("www-authenticate")
                .starts_with("Bearer")
        );
    }
    let form = stranger.clone().with("sec-fetch-mode", "navigate");
    for answer in all(&form, "POST", "/a").await {
        assert!(!answer.header("location").is_empty());
    }
}

/// vuln:96, vuln:105, asvs:V3.5.4: whatever stands in the cookie, it is a valid
/// session on this very host or nobody.
#[tokio::test]
async fn a_cookie_is_a_session_or_nothing() {
    let house = house().await;
    let ann = house.person("ann").await;
    site(&house, APP, signed_in()).await;
    site(&house, "http://wiki.localhost:8080", signed_in()).await;
    let mut browser = Browser::new(&house);
    browser.sign_in(&ann.email).await;
    browser
        .follow(&format!("{APP}/.tollgate/enter?to=%2F"))
        .await;
    browser
        .follow("http://wiki.localhost:8080/.tollgate/enter?to=%2F")
        .await;
    let good = browser.cookies("notes.localhost")[COOKIE].clone();
    let elsewhere = browser.cookies("wiki.localhost")[COOKIE].clone();
    let master = browser.cookies("localhost")["tollgate"].clone();
    let show = async |cookie: &[u8]| {
        let value = axum::http::HeaderValue::from_bytes(cookie).unwrap();
        nginx(&house.stranger().with_value("cookie", value), "GET", APP).await
    };
    let ok = show(format!("a=b; {COOKIE}={good}; c").as_bytes()).await;
    assert_eq!(ok.expect(200).header("remote-id"), ann.id);

    let mut bad = vec![
        String::new(),
        elsewhere,
        master.clone(),
        ann.access.clone(),
        good.to_uppercase(),
        format!("\"{good}\""),
        format!("{good}="),
        format!("{good}{good}"),
        format!("{good}; {COOKIE}={good}"),
        format!("x; {COOKIE}={good}"),
        good.replace("tgv_", "tgs_"),
    ];
    for at in 0..good.len() {
        let mut changed = good.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        bad.push(String::from_utf8(changed).unwrap());
        bad.push(good[..at].to_owned());
    }
    let mut chance: u64 = 0x5eed;
    for length in 0..200 {
        let text = (0..length % 80).map(|_| {
            chance = chance
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            char::from(b'!' + ((chance >> 33) % 94) as u8)
        });
        bad.push(text.collect());
    }
    for value in bad {
        let answer = show(format!("{COOKIE}={value}").as_bytes()).await;
        assert_eq!(answer.status, 401, "{value}");
        nobody(&answer);
    }
    for raw in [
        &b"\xff\xfe"[..],
        b"=",
        b";;;",
        b"tollgate-site-8080=\xff",
        b"tollgate-site=x",
    ] {
        nobody(&show(raw).await.expect(401));
    }
    nobody(
        &show(format!("tollgate={master}").as_bytes())
            .await
            .expect(401),
    );
}

/// vuln:97, vuln:98, vuln:99, vuln:101: nothing that the visitor says of itself counts.
#[tokio::test]
async fn a_visitor_talks_the_gate_into_nothing() {
    let house = house().await;
    let ann = house.person("ann").await;
    site(
        &house,
        APP,
        json!([
            { "path": "/public", "allow": ["anyone"] },
            { "path": "/admin", "allow": ["role:admin"] },
            { "path": "/", "allow": ["signed-in"] },
        ]),
    )
    .await;
    let mut forged = house
        .stranger()
        .with("user-agent", "kube-probe/1.0")
        .with("connection", "remote-user");
    for name in IDENTITY {
        forged = forged
            .with(name, "admin")
            .with(&name.replace('-', "_"), "admin");
    }
    let forged = forged
        .with("x-forwarded-user", "admin")
        .with("x-forwarded-uri", "/public")
        .with("x-original-uri", "/public")
        .with("x-rewrite-url", "/public")
        .with("x-forwarded-prefix", "/public");
    nobody(&nginx(&forged, "GET", &format!("{APP}/a")).await.expect(401));
    nobody(
        &nginx(&forged, "GET", &format!("{APP}/public"))
            .await
            .expect(200),
    );
    let asks = forged
        .clone()
        .with("x-original-url", &format!("{APP}/a"))
        .with("x-original-method", "GET");
    nobody(
        &asks
            .get("/api/authz/nginx?to=/public&x-original-url=/public")
            .await
            .expect(401),
    );

    for sly in [
        "/a?x=/public",
        "/a?/public",
        "/public/../a",
        "/public/..%2fa",
        "/public/%2e%2e/a",
        "/public;/a",
        "/a#/public",
        "/a%23/public",
        "//public",
        "/public%00",
        "/Public",
        "/pub%6cic",
        "/public\\..\\a",
        "/public%5c..%5ca",
        "/public//../a",
    ] {
        let answer = nginx(&house.stranger(), "GET", &format!("{APP}{sly}")).await;
        assert_eq!(answer.status, 401, "{sly}");
    }
    for sly in [
        "/ADMIN",
        "/admin;x",
        "/x/../admin",
        "/%61dmin",
        "//admin",
        "/x%2f..%2fadmin",
        "/admin/.",
        "/./admin",
    ] {
        let answer = nginx(&ann.client, "GET", &format!("{APP}{sly}")).await;
        assert_eq!(answer.expect(403).code(), "gate.denied", "{sly}");
    }
    // Who may enter everything may write it as they like.
    let boss = house.someone("root", Role::Admin).await;
    nginx(&boss.client, "GET", &format!("{APP}/x/../admin"))
        .await
        .expect(200);
}

/// vuln:101, vuln:104: two readers of a doubled header read two things.
#[tokio::test]
async fn a_proxy_says_everything_once_or_is_refused() {
    let house = house().await;
    let ann = house.person("ann").await;
    site(&house, APP, signed_in()).await;
    let asks = || {
        ann.client
            .clone()
            .with("x-original-url", APP)
            .with("x-original-method", "GET")
    };
    asks().get("/api/authz/nginx").await.expect(200);
    let wrong = [
        asks().with("x-original-url", APP),
        asks().with("x-original-method", "GET"),
        ann.client.clone().with("x-original-url", APP),
        ann.client.clone().with("x-original-method", "GET"),
        ann.client.clone(),
    ];
    for client in wrong {
        let answer = client.get("/api/authz/nginx").await.expect(400);
        nobody(&answer);
        assert_eq!(answer.code(), "gate.request");
    }
    for url in [
        "",
        "/",
        "notes.localhost:8080/",
        "ftp://notes.localhost:8080/",
        "//notes.localhost:8080/",
    ] {
        nginx(&ann.client, "GET", url).await.expect(400);
    }
    for host in [
        "",
        "evil.example",
        "notes.localhost",
        "notes.localhost:8080.evil.example",
        "evil.example@notes.localhost:8080",
        "notes.localhost:8080, x",
    ] {
        let answer = forwarded(&ann.client, "caddy", "GET", host, "/").await;
        nobody(&answer);
        assert_eq!(answer.expect(403).code(), "site.unknown", "{host}");
    }
    for host in ["NOTES.localhost:8080", "notes.LOCALHOST.:8080"] {
        forwarded(&ann.client, "traefik", "GET", host, "/")
            .await
            .expect(200);
        envoy(&ann.client, "GET", host, "/").await.expect(200);
    }
    let doubled = ann
        .client
        .clone()
        .with("host", "notes.localhost:8080")
        .with("host", "notes.localhost:8080");
    doubled.get("/api/authz/envoy/").await.expect(400);
}

/// vuln:99: neither a preflight nor an upgrade is a way in.
#[tokio::test]
async fn preflights_and_upgrades_are_judged_like_anything_else() {
    let house = house().await;
    let ann = house.person("ann").await;
    site(&house, APP, json!([{ "path": "/live", "methods": ["OPTIONS"], "allow": ["anyone"] }, { "allow": ["signed-in"] }])).await;
    let host = "notes.localhost:8080";
    // An origin that may call our own API.
    let preflight = house
        .stranger()
        .with("origin", "https://app.example.org")
        .with("access-control-request-method", "GET");
    for proxy in ["caddy", "traefik"] {
        nobody(
            &forwarded(&preflight, proxy, "OPTIONS", host, "/")
                .await
                .expect(401),
        );
    }
    for method in ["OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"] {
        nobody(&envoy(&preflight, method, host, "/").await.expect(401));
    }
    nobody(&nginx(&preflight, "OPTIONS", APP).await.expect(401));
    envoy(&preflight, "OPTIONS", host, "/live")
        .await
        .expect(200);
    let itself = preflight
        .send(Method::OPTIONS, "/api/authz/nginx", Body::empty(), None)
        .await;
    itself.expect(400);

    let upgrade = |client: &Client| {
        let client = client
            .clone()
            .with("connection", "upgrade")
            .with("upgrade", "websocket");
        client
            .with("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
            .with("sec-websocket-version", "13")
    };
    nobody(
        &nginx(&upgrade(&house.stranger()), "GET", APP)
            .await
            .expect(401),
    );
    let let_in = nginx(&upgrade(&ann.client), "GET", APP).await.expect(200);
    assert_eq!(let_in.header("remote-id"), ann.id);
}

/// Whoever holds the server says whose address it is, and apps are told so from
/// the first request on.
#[tokio::test]
async fn whom_the_operator_or_an_administrator_makes_is_known_by_address() {
    for way in ["link", "command", "administrator", "manager"] {
        let house = house().await;
        site(&house, APP, signed_in()).await;
        let ctx = &house.node.ctx;
        let email = "first@example.org";
        let first = Applicant {
            email: Some(Email::parse(email).unwrap()),
            username: None,
            display_name: None,
            password: Some(PASSWORD.to_owned().into()),
        };
        match way {
            "link" => {
                let token = setup::link(ctx, &Principal::Operator, ()).await.unwrap();
                let request = SetUp {
                    token,
                    admin: first,
                    device: Device::default().into(),
                };
                let made = setup::set_up(ctx, &Principal::Anonymous, request).await;
                made.map(drop).unwrap();
            }
            "command" => {
                let wanted = (first, Condition::First);
                let made = setup::create_admin(ctx, &Principal::Operator, wanted).await;
                made.map(drop).unwrap();
            }
            role => {
                let role = if role == "manager" {
                    Role::Manager
                } else {
                    Role::Admin
                };
                let by = house.someone("maker", role).await.client;
                let body = json!({ "email": email, "password": PASSWORD });
                by.post("/api/v1/people", body).await.expect(201);
            }
        }
        let somebody = house.sign_in(email).await;
        let answer = nginx(&somebody.client, "GET", APP).await.expect(200);
        assert_eq!(
            (answer.header("remote-email"), answer.header("remote-user")),
            (email, email),
            "{way}"
        );
    }
}

/// Apps believe what they are told: an address that somebody merely typed is
/// not told, and lets nobody in.
#[tokio::test]
async fn an_address_counts_when_it_is_known_to_be_theirs() {
    let house = house().await;
    let ann = house.person("ann").await;
    let boss = house.someone("root", Role::Admin).await;
    let rules =
        json!([{ "path": "/ann", "allow": ["user:Ann@example.org"] }, { "allow": ["signed-in"] }]);
    site(&house, APP, rules).await;
    let answer = nginx(&ann.client, "GET", APP).await.expect(200);
    assert_eq!(
        (answer.header("remote-email"), answer.header("remote-user")),
        ("", ann.id.as_str())
    );
    nginx(&ann.client, "GET", &format!("{APP}/ann"))
        .await
        .expect(403);
    let body = json!({ "identifier": ann.email });
    boss.client
        .put(&format!("/api/v1/people/{}/verified", ann.id), body)
        .await
        .expect(200);
    let answer = nginx(&ann.client, "GET", &format!("{APP}/ann"))
        .await
        .expect(200);
    assert_eq!(
        (answer.header("remote-email"), answer.header("remote-user")),
        (ann.email.as_str(), ann.email.as_str())
    );
}

/// A statement that the app can check by our key set, and that no other app,
/// and none of our own doors, takes.
#[tokio::test]
async fn an_app_may_ask_for_a_signed_statement() {
    let house = house().await;
    let ann = house.person("ann").await;
    let boss = house.someone("root", Role::Admin).await;
    let body = json!({ "name": "notes", "url": APP, "identity_token": true });
    boss.client.post("/api/v1/sites", body).await.expect(201);
    let token = async || {
        let answer = nginx(&ann.client, "GET", APP).await.expect(200);
        answer.header("tollgate-identity").to_owned()
    };
    let first = token().await;
    assert_eq!(token().await, first, "a warm check does not sign");
    let part = |text: &str, place: usize| -> Value {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        let part = text.split('.').nth(place).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    let (head, claims) = (part(&first, 0), part(&first, 1));
    assert_eq!(
        (&head["alg"], &head["typ"]),
        (&json!("EdDSA"), &json!("tollgate-identity+jwt"))
    );
    assert_eq!(
        (&claims["aud"], &claims["sub"]),
        (&json!(APP), &json!(ann.id))
    );
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        300
    );
    let keys = house
        .stranger()
        .get("/.well-known/jwks.json")
        .await
        .expect(200)
        .json();
    let key = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["kid"] == head["kid"])
        .unwrap();
    assert_eq!(key["alg"], "EdDSA");

    let bearer = house
        .stranger()
        .with("authorization", &format!("Bearer {first}"));
    bearer.get("/api/v1/me").await.expect(401);
    nginx(&bearer, "GET", APP).await.expect(401);
    house
        .node
        .clock
        .advance(std::time::Duration::from_secs(239));
    assert_eq!(token().await, first);
    house.node.clock.advance(std::time::Duration::from_secs(1));
    assert_ne!(
        token().await,
        first,
        "none is handed out that is about to expire"
    );
}

/// vuln:105
#[tokio::test]
async fn a_thousand_visitors_are_never_taken_for_each_other() {
    const PEOPLE: usize = 1_000;
    let house = house().await;
    site(&house, APP, signed_in()).await;
    let mut people = Vec::with_capacity(PEOPLE);
    for number in 0..PEOPLE {
        people.push(house.person(&format!("p{number}")).await);
    }
    for round in 0..8 {
        // Who hears no news for long trusts nothing that it remembers.
        house.node.follow().await;
        let mut crowd = JoinSet::new();
        for lane in 0..8 {
            let mine: Vec<_> = (0..PEOPLE / 8)
                .map(|step| &people[(round * 125 + step * 7 + lane * 131) % PEOPLE])
                .map(|person| (person.id.clone(), person.client.clone()))
                .collect();
            crowd.spawn(async move {
                for (id, client) in mine {
                    let answer = nginx(&client, "GET", APP).await.expect(200);
                    assert_eq!(answer.header("remote-id"), id);
                    tokio::task::yield_now().await;
                }
            });
        }
        assert_eq!(crowd.join_all().await.len(), 8);
    }
}
