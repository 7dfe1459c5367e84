//! What people say of themselves, of their devices, apps and receivers is text wherever it
//! is shown: it begins no element, ends no attribute, and fills in no template.

use serde_json::json;
use tollgate_testkit::house::{Answer, Client, PASSWORD};

use crate::{account_pages::browser, support::house};

/// The end of an attribute, of an element and of a script, a handler, and the
/// placeholders of the languages that our pages and mails are written in.
const HOSTILE: &str = "\"'><img src=x onerror=x()></script><script>x()//{{7*7}}{$x}";

/// What Markdown, BBCode and style sheets would make something of, and formats of C, Rust
/// and Python.
const SCRIPTED: &str = "**b** [a](javascript:a) [b]c[/b] */body{} %s%n{0:?}{} {a.b}";

/// What a browser makes of the escapes in a text.
fn unescaped(text: &str) -> String {
    let escapes = [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
    ];
    let plain = |text: String, (escape, sign)| text.replace(escape, sign);
    escapes.into_iter().fold(text.to_owned(), plain)
}

#[track_caller]
fn is_text(at: &str, answer: &Answer, said: &str) {
    let page = &answer.text;
    for markup in [
        "<img src=x",
        "<script>x()",
        "</script><script>",
        "onerror=x()>",
        "<strong>b",
        "<b>c",
        "href=\"javascript:",
    ] {
        assert!(!page.contains(markup), "{at} holds {markup}: {page}");
    }
    assert!(!page.contains("\"'>"), "{at} ends an attribute: {page}");
    assert!(
        unescaped(page).contains(said),
        "{at} does not show it: {page}"
    );
}

/// asvs:V1.1.2, asvs:V1.2.1, asvs:V1.2.3, asvs:V1.3.1, asvs:V1.3.7, vuln:132, vuln:134
#[tokio::test]
async fn what_others_wrote_is_text_on_every_page() {
    is_text_everywhere(HOSTILE).await;
}

/// asvs:V1.3.5, asvs:V1.3.10
#[tokio::test]
async fn what_others_wrote_is_neither_markdown_nor_a_format() {
    is_text_everywhere(SCRIPTED).await;
}

async fn is_text_everywhere(said: &str) {
    let house = house().await;
    let (boss, ann) = (house.admin().await, house.person("ann").await);
    let called = json!({ "display_name": said, "bio": said });
    ann.client.patch("/api/v1/me", called).await.expect(200);
    let signed = json!({ "login": ann.email, "password": PASSWORD, "device": said });
    let signed = house.stranger().post("/api/v1/session", signed).await;
    signed.expect(200);
    let site = json!({ "name": said, "url": "https://notes.example.org" });
    let webhook = json!({ "name": said, "url": "https://hooks.example.org/", "events": ["*"] });
    let made = |path: &'static str, body| boss.client.post(path, body);
    let site = made("/api/v1/sites", site).await;
    let webhook = made("/api/v1/webhooks", webhook).await;

    let page = browser(&house, &ann.email).await;
    let at = format!("/admin/people/{}", ann.id);
    let admin = browser(&house, &boss.email).await;
    let seen = async |client: &Client, path: &str| {
        is_text(path, &client.get(path).await.expect(200), said);
    };
    for path in ["/me", "/me/profile", "/me/sessions"] {
        seen(&page, path).await;
    }
    for path in [
        "/admin/people",
        &at,
        &format!("{at}/delete"),
        &format!("{at}/review"),
    ] {
        seen(&admin, path).await;
    }
    for (made, path) in [(site, "/admin/sites"), (webhook, "/admin/webhooks")] {
        made.expect(201);
        seen(&admin, path).await;
    }
    let asked = percent_encoding::utf8_percent_encode(said, percent_encoding::NON_ALPHANUMERIC);
    seen(&admin, &format!("/admin/people?q={asked}")).await;

    // For a program it is a text of JSON, which no browser takes for a page.
    let told = ann.client.get("/api/v1/me").await.expect(200);
    assert_eq!(told.json()["display_name"], said);
    assert_eq!(told.header("content-type"), "application/json");
    assert_eq!(told.header("x-content-type-options"), "nosniff");
}
