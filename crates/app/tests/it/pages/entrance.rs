//! Signing in, up and out by pages, and asking for a new password.

use tollgate_flows::ctx::Registration;
use tollgate_testkit::house::{House, PASSWORD};

use super::reader::Reader;
use crate::support::house;

/// Allow or refuse registration.
fn registration(house: &House, registration: Registration) {
    let mut policy = house.node.ctx.policy().as_ref().clone();
    policy.registration = registration;
    house.node.ctx.set_policy(policy);
}

/// asvs:V14.3.1
#[tokio::test]
async fn somebody_signs_in_and_out() {
    let house = house().await;
    house.admin().await;
    house.person("ann").await;
    let mut ann = Reader::of(&house);
    assert_eq!(
        ann.read("/").await.expect(303).header("location"),
        "/signin"
    );
    let page = ann.read("/signin").await.expect(200);
    assert!(page.text.contains("autocomplete=\"username webauthn\""));
    assert!(page.text.contains("autocomplete=\"current-password\""));

    let wrong = [
        ("login", "ann@example.org"),
        ("password", "a wrong one"),
        ("next", "/me"),
    ];
    let refused = ann.send("/signin", &wrong).await.expect(401);
    assert!(
        refused.text.contains("value=\"ann@example.org\"")
            && refused.text.contains("value=\"/me\"")
    );
    assert!(refused.text.contains("role=\"alert\""), "{}", refused.text);
    assert!(
        !refused.text.contains("a wrong one"),
        "a password is never sent back"
    );
    assert_eq!(ann.cookie("tollgate"), "");

    let right = [
        ("login", "ann@example.org"),
        ("password", PASSWORD),
        ("next", "/me"),
    ];
    let answer = ann.send("/signin", &right).await.expect(303);
    assert_eq!(answer.header("location"), "/me");
    let page = ann.read("/me").await.expect(200);
    assert!(page.text.contains("ann"), "{}", page.text);
    assert_eq!(ann.read("/").await.expect(303).header("location"), "/me");
    assert_eq!(
        ann.read("/signin?next=/signout").await.header("location"),
        "/signout"
    );

    let asks = ann.read("/signout").await.expect(200);
    assert!(asks.text.contains("ann@example.org"));
    ann.read("/me").await.expect(200);
    let held = ann.cookie("tollgate").to_owned();
    let out = ann.send("/signout", &[]).await.expect(200);
    assert_eq!(out.header("clear-site-data"), "\"storage\"");
    assert_eq!(out.header("cache-control"), "no-store");
    assert_eq!(ann.cookie("tollgate"), "");
    ann.set_cookie("tollgate", &held);
    let gone = ann.read("/me").await.expect(303);
    assert_eq!(gone.header("location"), "/signin?next=%2Fme");
    ann.send("/signout", &[]).await.expect(200);
}

/// Staying signed in is asked for, never the default.
#[tokio::test]
async fn who_does_not_ask_is_not_remembered() {
    let house = house().await;
    house.person("ann").await;
    for (fields, kept) in [(&[][..], false), (&[("remember", "yes")][..], true)] {
        let mut ann = Reader::of(&house);
        ann.read("/signin").await;
        let fields = [
            &[("login", "ann@example.org"), ("password", PASSWORD)],
            fields,
        ]
        .concat();
        let answer = ann.send("/signin", &fields).await.expect(303);
        let mut cookies = answer.headers.get_all("set-cookie").iter();
        let session = cookies.find_map(|line| {
            line.to_str()
                .ok()
                .filter(|line| line.starts_with("tollgate="))
        });
        assert_eq!(session.unwrap().contains("Max-Age"), kept);
    }
}

/// asvs:V1.2.2, vuln:82, asvs:V5.1.5
#[tokio::test]
async fn signing_in_leads_to_no_other_host() {
    let house = house().await;
    house.person("ann").await;
    for next in [
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/me\r\nset-cookie: a=b",
        "///evil.example",
        "me",
        "",
    ] {
        let mut ann = Reader::of(&house);
        ann.read("/signin").await;
        let fields = [
            ("login", "ann@example.org"),
            ("password", PASSWORD),
            ("next", next),
        ];
        let answer = ann.send("/signin", &fields).await.expect(303);
        assert_eq!(answer.header("location"), "/", "{next:?}");
    }
    // What crosses to another host does so from a page, not from the form.
    let mut ann = Reader::of(&house);
    let towards = "/enter?to=https%3A%2F%2Fapp.example%2F&state=x";
    let asked = ann
        .read("/signin?next=%2Fenter%3Fto%3Dhttps%253A%252F%252Fapp.example%252F")
        .await;
    assert!(asked.text.contains("app.example"));
    let fields = [
        ("login", "ann@example.org"),
        ("password", PASSWORD),
        ("next", towards),
    ];
    let between = ann.send("/signin", &fields).await.expect(200);
    assert!(
        between.text.contains("http-equiv=\"refresh\""),
        "{}",
        between.text
    );
    assert!(!ann.cookie("tollgate").is_empty());
}

/// asvs:V6.3.1
#[tokio::test]
async fn who_tries_too_often_is_told_when_to_come_back() {
    let house = house().await;
    house.person("ann").await;
    let mut ann = Reader::of(&house);
    ann.read("/signin").await;
    let wrong = [("login", "ann@example.org"), ("password", "a wrong one")];
    for _ in 0..100 {
        let answer = ann.send("/signin", &wrong).await;
        if answer.status == 429 {
            assert!(!answer.header("retry-after").is_empty());
            assert!(
                answer.text.contains("Wait ") && answer.text.contains("value=\"ann@example.org\"")
            );
            return;
        }
        answer.expect(401);
    }
    panic!("nobody was stopped");
}

#[tokio::test]
async fn somebody_signs_up_where_it_is_allowed() {
    let house = house().await;
    house.person("ann").await;
    registration(&house, Registration::Off);
    let mut bob = Reader::of(&house);
    let closed = bob.read("/signup").await.expect(403);
    assert!(
        closed.text.contains("Ask an administrator"),
        "{}",
        closed.text
    );
    assert!(!bob.read("/signin").await.text.contains("/signup"));
    let fields = |email| {
        [
            ("email", email),
            ("username", "bob"),
            ("name", "Bob"),
            ("password", PASSWORD),
        ]
    };
    bob.send("/signup", &fields("bob@example.org"))
        .await
        .expect(403);

    registration(&house, Registration::Open);
    assert!(bob.read("/signin").await.text.contains("/signup"));
    let taken = bob
        .send("/signup", &fields("ann@example.org"))
        .await
        .expect(409);
    assert!(taken.text.contains("aria-invalid=\"true\"") && taken.text.contains("value=\"Bob\""));
    assert!(
        !taken.text.contains(PASSWORD),
        "a password is never sent back"
    );
    let made = bob
        .send("/signup", &fields("bob@example.org"))
        .await
        .expect(201);
    assert!(made.text.contains("bob@example.org"));
    Reader::signed_in(&house, "bob")
        .await
        .read("/me")
        .await
        .expect(200);
}

/// asvs:V6.3.8
#[tokio::test]
async fn whether_an_address_is_known_does_not_show() {
    let house = house().await;
    house.person("ann").await;
    let mut pages = Vec::new();
    for email in ["ann@example.org", "bob@example.org"] {
        let mut reader = Reader::of(&house);
        reader.read("/forgot").await.expect(200);
        let token = reader.token.clone();
        let page = reader
            .send("/forgot", &[("email", email)])
            .await
            .expect(200);
        pages.push(page.text.replace(email, "").replace(&token, ""));
    }
    assert_eq!(pages[0], pages[1]);
    let mut reader = Reader::of(&house);
    reader.read("/forgot").await;
    let refused = reader
        .send("/forgot", &[("email", "nobody")])
        .await
        .expect(400);
    assert!(refused.text.contains("value=\"nobody\"") && refused.text.contains("email-fault"));
}

#[tokio::test]
async fn the_check_of_the_address_is_for_administrators() {
    let house = house().await;
    house.admin().await;
    house.person("ann").await;
    let mut admin = Reader::signed_in(&house, "admin@example.org").await;
    let page = admin.read("/setup/address").await.expect(200);
    assert!(page.text.contains("http://localhost:8700"));
    admin.read("/setup/done").await.expect(200);
    let mut ann = Reader::signed_in(&house, "ann@example.org").await;
    ann.read("/setup/address").await.expect(403);
}
