//! What all pages have in common: policy, language, light, one heading.

use tollgate_base::access::Principal;
use tollgate_flows::setup;
use tollgate_testkit::house::{Answer, House};

use super::reader::Reader;
use crate::support::house;

const STRANGERS: &[&str] = &[
    "/",
    "/setup",
    "/signin",
    "/signin/mail",
    "/signin/link",
    "/signin/token",
    "/signup",
    "/forgot",
    "/reset",
    "/nowhere",
];
const SIGNED_IN: &[&str] = &[
    "/me",
    "/signout",
    "/setup/address",
    "/setup/done",
    "/nowhere",
];

/// Rules that every page keeps.
fn judge(page: &Answer, path: &str, tag: &str) {
    let text = &page.text;
    let dir = if tag == "ar" { "rtl" } else { "ltr" };
    let whole = format!("{path} in {tag}: {text}");
    assert!(
        text.contains(&format!("<html lang=\"{tag}\" dir=\"{dir}\"")),
        "{whole}"
    );
    assert_eq!(page.header("content-language"), tag, "{whole}");
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && !policy.contains("unsafe"),
        "{policy}"
    );
    for inline in [
        "<style",
        " style=",
        "<script>",
        "javascript:",
        " onclick=",
        " onsubmit=",
        "<object",
        "<embed",
        "<applet",
    ] {
        assert!(!text.contains(inline), "{inline} on {whole}");
    }
    assert_eq!(text.matches("<h1").count(), 1, "{whole}");
    assert!(!text.contains('⟦'), "a message is missing: {whole}");
    assert!(
        text.contains("class=\"skip\"") && text.contains("<main id=\"main\""),
        "{whole}"
    );
    let posts = text.matches("method=\"post\"").count();
    assert_eq!(
        text.matches("name=\"form_token\"").count(),
        posts,
        "{whole}"
    );
    assert!(posts > 0, "the foot has a form: {whole}");
}

async fn judge_all(house: &House, login: Option<&str>, paths: &[&str]) {
    for tag in ["en", "de", "es", "ar"] {
        let mut reader = match login {
            Some(login) => Reader::signed_in(house, login).await,
            None => Reader::of(house),
        };
        reader.set_cookie("lang", tag);
        for path in paths {
            let page = reader.read(path).await;
            if page.status != 303 {
                judge(&page, path, tag);
            }
        }
    }
}

/// asvs:V3.4.3, asvs:V3.7.1
#[tokio::test]
async fn every_page_is_whole_in_every_language() {
    let house = house().await;
    judge_all(&house, None, STRANGERS).await;
    house.admin().await;
    setup::link(&house.node.ctx, &Principal::Operator, ())
        .await
        .unwrap_err();
    judge_all(&house, None, STRANGERS).await;
    judge_all(&house, Some("admin@example.org"), SIGNED_IN).await;
}

#[tokio::test]
async fn refusals_speak_the_language_of_the_reader() {
    let house = house().await;
    let mut ana = Reader::of(&house).speaks("es-MX,en;q=0.5");
    ana.read("/signup").await.expect(200);
    let fields = [("email", "ana"), ("password", "corta")];
    let refused = ana.send("/signup", &fields).await.expect(400);
    judge(&refused, "/signup", "es");
    assert!(
        refused.text.contains("No es un correo electrónico."),
        "{}",
        refused.text
    );
    assert!(
        ana.read("/nowhere")
            .await
            .text
            .contains("No hay nada en esta dirección")
    );
}

#[tokio::test]
async fn a_choice_of_language_and_light_stays() {
    let house = house().await;
    let mut ann = Reader::of(&house);
    ann.read("/signin?next=%2Fme").await;
    let chosen = ann
        .send(
            "/preferences",
            &[("lang", "ar"), ("back", "/signin?next=%2Fme")],
        )
        .await
        .expect(303);
    assert_eq!(chosen.header("location"), "/signin?next=%2Fme");
    let dark = ann
        .send("/preferences", &[("theme", "dark"), ("back", "/signin")])
        .await
        .expect(303);
    // The manual is made of files: its script reads the choice.
    let (choice, script) = (dark.header("set-cookie"), ann.read("/docs/book.js").await);
    assert!(
        choice.starts_with("theme=dark;") && !choice.contains("HttpOnly"),
        "{choice}"
    );
    assert!(script.text.contains("theme=(light|dark)"));
    let page = ann.read("/signin").await;
    judge(&page, "/signin", "ar");
    assert!(page.text.contains("data-theme=\"dark\""));

    for (back, lang) in [
        ("//evil.example", "de"),
        ("https://evil.example", "xx; Path=/evil"),
    ] {
        let answer = ann
            .send("/preferences", &[("lang", lang), ("back", back)])
            .await
            .expect(303);
        assert_eq!(answer.header("location"), "/");
    }
    assert_eq!(
        ann.cookie("lang"),
        "de",
        "what cannot be chosen changes nothing"
    );
}

/// What pages load is ours, is there, and may be kept.
///
/// asvs:V3.6.1, asvs:V14.2.3
#[tokio::test]
async fn what_pages_load_is_there() {
    let house = house().await;
    let mut ann = Reader::of(&house);
    let page = ann.read("/signin").await;
    let loaded: Vec<&str> = page
        .text
        .split('"')
        .filter(|part| part.starts_with("/static/"))
        .collect();
    assert_eq!(loaded.len(), 3, "{loaded:?}");
    let mut weight = page.text.len();
    for path in loaded {
        let file = house.stranger().get(path).await.expect(200);
        assert!(file.header("cache-control").contains("immutable"), "{path}");
        assert!(!file.text.contains("//cdn") && !file.text.contains("@import"));
        weight += file.text.len();
    }
    assert!(weight < 60 * 1024, "{weight} bytes");
}
