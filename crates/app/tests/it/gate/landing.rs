//! How a sign-in crosses from our host to an app's, and how it does not.

use std::time::Duration;

use axum::http::header;
use tollgate_testkit::house::{Answer, House};
use url::Url;

use crate::support::house;

use super::{Browser, IDENTITY, signed_in, site};

const APP: &str = "http://notes.localhost:8080";
const COOKIE: &str = "tollgate-site-8080";

/// A house with the app, and the address where a sign-in to it begins.
async fn with_app() -> (House, String) {
    let house = house().await;
    site(&house, APP, signed_in()).await;
    (house, format!("{APP}/.tollgate/enter?to=%2Fa"))
}

/// asvs:V10.4.1: from the first visit to the last.
#[tokio::test]
async fn a_sign_in_lands_on_the_app_and_ends_with_the_session() {
    let (house, _) = with_app().await;
    let ann = house.person("ann").await;
    let mut browser = Browser::new(&house);

    let first = browser.visit(&format!("{APP}/a?b=c&d")).await.expect(401);
    let entrance = first.header("location").to_owned();
    assert!(
        entrance.starts_with("http://notes.localhost:8080/.tollgate/enter?to="),
        "{entrance}"
    );
    let (at, _) = browser.follow(&entrance).await;
    assert!(
        at.starts_with("http://localhost:8700/signin?next=%2Fenter%3F"),
        "{at}"
    );

    browser.sign_in(&ann.email).await;
    let next = Url::parse(&at).unwrap();
    let next = next
        .query_pairs()
        .find(|(name, _)| name == "next")
        .unwrap()
        .1
        .into_owned();
    let (at, _) = browser
        .follow(&format!("http://localhost:8700{next}"))
        .await;
    assert_eq!(at, format!("{APP}/a?b=c&d"));
    let let_in = browser.visit(&at).await.expect(200);
    assert_eq!(let_in.header("remote-id"), ann.id);
    assert_eq!(let_in.header("remote-name"), "ann");
    assert_eq!(let_in.header("remote-groups"), "default");
    for name in IDENTITY {
        assert!(let_in.headers.contains_key(name), "{name}");
    }
    assert!(
        !browser.cookies("notes.localhost").contains_key("tollgate"),
        "the master cookie stays at home"
    );

    let session = ann
        .client
        .get("/api/v1/me/sessions")
        .await
        .expect(200)
        .json();
    let session = session["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["kind"] == "cookie")
        .unwrap()["id"]
        .clone();
    let path = format!("/api/v1/me/sessions/{}", session.as_str().unwrap());
    ann.client.delete(&path).await.expect(204);
    browser.visit(&at).await.expect(401);
}

/// Where an answer sends the browser, as it understands it.
fn sent_to(from: &str, answer: &Answer) -> Option<Url> {
    let location = answer.headers.get(header::LOCATION)?.to_str().unwrap();
    Some(Url::parse(from).unwrap().join(location).unwrap())
}

/// vuln:46, vuln:47, asvs:V3.7.2: nobody is sent where no site is registered.
#[tokio::test]
async fn redirects_lead_to_registered_sites_only() {
    let (house, _) = with_app().await;
    let ann = house.person("ann").await;
    let mut browser = Browser::new(&house);
    browser.sign_in(&ann.email).await;
    let targets = [
        "https://evil.example",
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/%09/evil.example",
        "/\n//evil.example",
        "//evil.example/.tollgate/",
        "/.tollgate/land?ticket=x",
        "http://notes.localhost:8080@evil.example/",
        "http://notes.localhost:8080.evil.example/",
        "http://notes.localhost:8080\\@evil.example/",
        "http://notes.localhost:8080#@evil.example/",
        "http://notes.localhost:8080?@evil.example/",
        "http://notes.localhost:8080//evil.example",
        "http://notes.localhost:8080/\\evil.example",
        "http://evil.example\\@notes.localhost:8080/",
        "http://notes.localhost/",
        "http://localhost:8700/",
        "https://notes.localhost:8080/",
        "HTTP://notes.localhost:8080/",
        "http:/notes.localhost:8080/",
        "http:notes.localhost:8080/",
        "javascript:alert(1)//notes.localhost:8080/",
        "data:text/html,x",
        "",
        " /a",
        "ä",
    ];
    let ours = ["http://notes.localhost:8080", "http://localhost:8700"];
    let state = "0".repeat(64);
    for target in targets {
        let to: String = url::form_urlencoded::byte_serialize(target.as_bytes()).collect();
        for from in [
            format!("{APP}/.tollgate/enter?to={to}"),
            format!("http://localhost:8700/enter?to={to}&state={state}"),
            format!("{APP}/.tollgate/land?ticket=x&to={to}"),
        ] {
            let mut from = from;
            for _ in 0..6 {
                let answer = browser.open(&from).await;
                let Some(next) = sent_to(&from, &answer) else {
                    break;
                };
                assert!(
                    ours.contains(&next.origin().ascii_serialization().as_str()),
                    "{target:?}: {from} -> {next}"
                );
                from = next.to_string();
                if !from.contains("/.tollgate/") && !from.contains("/enter?") {
                    break;
                }
            }
        }
    }
    for host in ["evil.example", "localhost:8700", "notes.localhost", ""] {
        for path in [
            "/.tollgate/enter?to=/",
            "/.tollgate/land?ticket=x&to=/",
            "/.tollgate/leave",
            "/.tollgate/refused",
        ] {
            let answer = house
                .stranger()
                .with("host", host)
                .get(path)
                .await
                .expect(403);
            assert!(
                answer.text.contains("site.unknown") && !answer.headers.contains_key("location")
            );
        }
    }
}

/// vuln:62, vuln:66, asvs:V10.2.1: a sign-in ends in the browser that began it.
#[tokio::test]
async fn nobody_is_signed_in_to_somebody_elses_account() {
    let (house, entrance) = with_app().await;
    let mallory = house.person("mallory").await;
    let (mut hers, mut victims) = (Browser::new(&house), Browser::new(&house));
    hers.sign_in(&mallory.email).await;
    let begun = hers.open(&entrance).await.expect(303);
    let crossed = hers.open(begun.header("location")).await.expect(303);
    let trap = crossed.header("location").to_owned();
    assert!(
        trap.starts_with(&format!("{APP}/.tollgate/land?ticket=")),
        "{trap}"
    );

    for prepared in [false, true] {
        if prepared {
            // The victim is on the way to the app too.
            victims.open(&entrance).await.expect(303);
        }
        let answer = victims.open(&trap).await.expect(303);
        assert!(!answer.headers.contains_key("set-cookie"));
        assert_eq!(
            answer.header("location"),
            "/.tollgate/enter?to=%2Fa&again=1"
        );
        let (at, _) = victims.follow(&trap).await;
        assert!(at.starts_with("http://localhost:8700/signin?"), "{at}");
        let told = victims.open(&format!("{trap}&again=1")).await;
        assert!(told.status.is_client_error() && !told.headers.contains_key("set-cookie"));
        assert!(!victims.cookies("notes.localhost").contains_key(COOKIE));
    }
    // Her own browser still can.
    let landed = hers.open(&trap).await.expect(303);
    assert_eq!(landed.header("location"), "/a");
    let again = hers.open(&trap).await.expect(303);
    assert!(
        !again.headers.contains_key("set-cookie"),
        "a ticket works once"
    );
}

#[tokio::test]
async fn who_keeps_no_cookies_is_told_so_and_not_sent_in_circles() {
    let (house, entrance) = with_app().await;
    let ann = house.person("ann").await;
    let mut browser = Browser::new(&house);
    browser.sign_in(&ann.email).await;
    let mut at = entrance;
    for _ in 0..8 {
        browser.cookies("notes.localhost").clear();
        let answer = browser.open(&at).await;
        let Some(next) = sent_to(&at, &answer) else {
            assert_eq!(answer.status, 403);
            assert!(
                answer.text.contains("Allow cookies for this site"),
                "{}",
                answer.text
            );
            return;
        };
        at = next.to_string();
    }
    panic!("sent in circles: {at}");
}

/// What a page says on an app's host must not depend on the app: its style comes
/// from the paths that are ours there, and no form of ours is sent to the app.
#[tokio::test]
async fn a_page_on_an_apps_host_rests_on_nothing_of_the_app() {
    let (house, _) = with_app().await;
    let host = "notes.localhost:8080";
    let visitor = house.stranger().with("host", host);
    let told = visitor
        .clone()
        .with("accept", "text/html")
        .get("/.tollgate/land?ticket=x&again=1")
        .await
        .expect(403);
    let named = told.text.split(['"', '\'']);
    let ours: Vec<&str> = named.filter(|it| it.starts_with("/.tollgate/")).collect();
    assert_eq!(ours.len(), 3, "style, script and mark: {ours:?}");
    for path in ours {
        visitor.get(path).await.expect(200);
    }
    for other in ["\"/static/", "<form", "/preferences"] {
        assert!(!told.text.contains(other), "{other} in {}", told.text);
    }
    assert!(told.text.contains("href=\"http://localhost:8700/\""));
    assert!(
        !told.headers.contains_key("set-cookie"),
        "no form, no token of a form"
    );
}

/// A ticket that comes too late begins anew, and lands.
#[tokio::test]
async fn who_was_slow_lands_at_the_second_try() {
    let (house, entrance) = with_app().await;
    let ann = house.person("ann").await;
    let mut browser = Browser::new(&house);
    browser.sign_in(&ann.email).await;
    let begun = browser.open(&entrance).await;
    let crossed = browser.open(begun.header("location")).await;
    house.node.clock.advance(Duration::from_secs(31));
    let (at, _) = browser.follow(crossed.header("location")).await;
    assert_eq!(at, format!("{APP}/a"));
    browser.visit(APP).await.expect(200);
}

#[tokio::test]
async fn leaving_forgets_the_cookie_and_goes_on_to_sign_out() {
    let (house, entrance) = with_app().await;
    let ann = house.person("ann").await;
    let mut browser = Browser::new(&house);
    browser.sign_in(&ann.email).await;
    browser.follow(&entrance).await;
    let left = browser
        .open(&format!("{APP}/.tollgate/leave"))
        .await
        .expect(303);
    assert_eq!(left.header("location"), "http://localhost:8700/signout");
    assert!(!browser.cookies("notes.localhost").contains_key(COOKIE));
    browser.visit(APP).await.expect(401);
}
