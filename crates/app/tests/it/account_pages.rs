//! The pages about one's own account, as a browser sends and reads them.

use std::time::Duration;

use axum::{body::Body, http::Method};
use image::{DynamicImage, ImageFormat, RgbImage};
use serde_json::json;
use tollgate_testkit::house::{Answer, Client, House, PASSWORD, PUBLIC_URL};

use crate::support::house;

const FORM: &str = "application/x-www-form-urlencoded";
/// What the browser keeps for its forms' tokens.
const HALF: &str = "a1b2c3d4e5f6a7b8a1b2c3d4e5f6a7b8a1b2c3d4e5f6a7b8a1b2c3d4e5f6a7b8";

/// A browser in which somebody is signed in.
pub(crate) async fn browser(house: &House, email: &str) -> Client {
    let page = bare(house);
    let fields = format!("login={email}&password={}", PASSWORD.replace(' ', "+"));
    let answer = submit(&form(house), "/signin", &fields).await.expect(303);
    let mut cookies = answer.headers.get_all("set-cookie").iter();
    let session = cookies
        .find_map(|line| {
            line.to_str()
                .ok()
                .filter(|line| line.starts_with("tollgate="))
        })
        .expect("a session");
    let session = session.split(';').next().unwrap();
    page.with("cookie", &format!("{session}; tollgate-form={HALF}"))
}

/// A browser in which nobody is signed in, with its half of the forms' token.
pub(crate) fn form(house: &House) -> Client {
    bare(house).with("cookie", &format!("tollgate-form={HALF}"))
}

fn bare(house: &House) -> Client {
    let page = house.stranger().with("origin", PUBLIC_URL);
    page.with("accept", "text/html")
}

/// Send a form as it is.
pub(crate) async fn send(browser: &Client, path: &str, body: &str) -> Answer {
    let body = Body::from(body.to_owned());
    browser.send(Method::POST, path, body, Some(FORM)).await
}

/// Send a form with the right token.
pub(crate) async fn submit(browser: &Client, path: &str, fields: &str) -> Answer {
    let token = token(browser).await;
    send(browser, path, &format!("form_token={token}&{fields}")).await
}

/// The token of this browser's forms, from a page that is for all.
async fn token(browser: &Client) -> String {
    let page = browser.clone().with("accept", "text/html");
    let page = page.get("/forgot").await.expect(200).text;
    let (_, token) = page
        .split_once("name=\"form_token\" value=\"")
        .expect("a form");
    token.split('"').next().unwrap_or_default().to_owned()
}

/// The page to which a form leads says this.
pub(crate) async fn leads_to(browser: &Client, answer: Answer, words: &str) {
    let at = answer.expect(303).header("location").to_owned();
    let page = browser.get(&at).await.expect(200);
    assert!(page.text.contains(words), "{at} does not say {words}");
}

async fn upload(browser: &Client, token: &str, file: &[u8]) -> Answer {
    let head = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n{token}\r\n\
         --cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../etc/passwd\"\r\n\
         Content-Type: text/html\r\n\r\n"
    );
    let body = [head.as_bytes(), file, b"\r\n--cut--\r\n"].concat();
    let kind = "multipart/form-data; boundary=cut";
    browser
        .send(Method::POST, "/me/picture", Body::from(body), Some(kind))
        .await
}

#[tokio::test]
async fn a_profile_is_changed_and_told_in_the_language_that_was_chosen() {
    let house = house().await;
    house.person("ann").await;
    let ann = browser(&house, "ann@example.org").await;
    let home = ann.get("/me").await.expect(200);
    assert!(home.text.contains("Hello, ann") && home.text.contains("ann@example.org"));
    let saved = submit(
        &ann,
        "/me/profile",
        "display_name=Ann+%3Cb%3E&bio=&locale=de",
    )
    .await;
    assert!(saved.header("set-cookie").contains("lang=de"));
    leads_to(&ann, saved, "Gespeichert.").await;
    let page = ann.get("/me/profile").await.expect(200).text;
    assert!(page.contains("lang=\"de\"") && page.contains("Ann &#60;b&#62;"));
    let long = format!("display_name={}&bio=&locale=", "x".repeat(101));
    let refused = submit(&ann, "/me/profile", &long).await.expect(400);
    assert!(refused.text.contains("aria-invalid=\"true\""));
    let added = submit(&ann, "/me/names", "identifier=annabel").await;
    leads_to(&ann, added, "annabel").await;
    let twice = submit(&ann, "/me/names", "identifier=annabel").await;
    let twice = twice.expect(409).text;
    assert!(
        twice.contains("name=\"back\" value=\"/me/profile\""),
        "there is no page where the form is sent: {twice}"
    );
    assert!(twice.contains("href=\"/me/profile\" aria-current=\"page\""));
    let removed = submit(&ann, "/me/names/remove", "identifier=annabel").await;
    removed.expect(303);
    submit(&ann, "/me/names/remove", "identifier=ann%40example.org")
        .await
        .expect(400);
}

/// asvs:V6.4.1: a new address is shown as one that waits, to be sent to again or taken back.
#[tokio::test]
async fn a_new_address_waits_on_the_page() {
    let house = house().await;
    house.person("ann").await;
    let ann = browser(&house, "ann@example.org").await;
    let new = "identifier=new%40example.net";
    let added = submit(&ann, "/me/names", new).await;
    leads_to(&ann, added, "A mail with a link is on its way.").await;
    let page = ann.get("/me/profile").await.expect(200).text;
    assert!(page.contains("<bdi>new@example.net</bdi>") && page.contains("Waits for you"));
    for language in ["de", "es", "ar"] {
        let page = ann.clone().with("accept-language", language);
        let page = page.get("/me/profile").await.expect(200).text;
        assert!(!page.contains('⟦') && !page.contains("Waits for you"));
    }
    let again = submit(&ann, "/me/names/verify", new).await;
    leads_to(&ann, again, "A mail with a link is on its way.").await;
    let back = submit(&ann, "/me/names/remove", new).await;
    leads_to(&ann, back, "The name was removed.").await;
    let page = ann.get("/me/profile").await.expect(200).text;
    assert!(!page.contains("new@example.net"));
    house.node.settle().await;
    let mails = house.node.mails_to("/verify");
    assert!(
        mails.iter().all(|mail| !mail.contains("To: new@")),
        "{mails:?}"
    );
}

/// asvs:V5.2.1, asvs:V5.3.2
#[tokio::test]
async fn a_picture_is_uploaded_by_a_form_with_its_token() {
    let house = house().await;
    house.person("ann").await;
    let ann = browser(&house, "ann@example.org").await;
    let plain: DynamicImage = RgbImage::new(40, 30).into();
    let mut file = std::io::Cursor::new(Vec::new());
    plain.write_to(&mut file, ImageFormat::Png).unwrap();
    let file = file.into_inner();
    let token = token(&ann).await;
    upload(&ann, &"0".repeat(64), &file).await.expect(403);
    ann.get("/api/v1/me/picture").await.expect(404);
    leads_to(
        &ann,
        upload(&ann, &token, &file).await,
        "src=\"/api/v1/me/picture\"",
    )
    .await;
    ann.get("/api/v1/me/picture").await.expect(200);
    let refused = upload(&ann, &token, b"<svg/>").await.expect(400);
    assert!(refused.text.contains("role=\"alert\""));
    upload(&ann, &token, &vec![0; 6 * 1024 * 1024])
        .await
        .expect(413);
    submit(&ann, "/me/picture/remove", "").await.expect(303);
    ann.get("/api/v1/me/picture").await.expect(404);
}

#[tokio::test]
async fn a_password_is_changed_and_other_sessions_end() {
    let house = house().await;
    let elsewhere = house.person("ann").await.client;
    let ann = browser(&house, "ann@example.org").await;
    let page = ann.get("/me/password").await.expect(200).text;
    assert!(
        page.contains("Sign out my other session") && page.contains("value=\"yes\" checked"),
        "one more is open"
    );
    let wrong = "current_password=wrong&new_password=purple+monkey+dishwasher";
    let refused = submit(&ann, "/me/password", wrong).await.expect(403);
    assert!(refused.text.contains("current_password-fault"));
    let weak = "current_password=correct+horse+battery&new_password=short";
    let refused = submit(&ann, "/me/password", weak).await.expect(400);
    assert!(refused.text.contains("new_password-fault"));
    let good = "current_password=correct+horse+battery&new_password=purple+monkey+dishwasher";
    let changed = submit(&ann, "/me/password", good).await;
    leads_to(&ann, changed, "Your password is changed.").await;
    elsewhere.get("/api/v1/me").await.expect(200);
    let again = "current_password=purple+monkey+dishwasher&new_password=purple+monkey+dishwasher";
    let refused = submit(&ann, "/me/password", again).await.expect(400);
    assert!(refused.text.contains("You have or had it already."));
    let good =
        "current_password=purple+monkey+dishwasher&new_password=a+horse+of+glass&end_others=yes";
    let changed = submit(&ann, "/me/password", good).await;
    leads_to(&ann, changed, "All other sessions have ended.").await;
    elsewhere.get("/api/v1/me").await.expect(401);
}

/// The script sends what the form holds, and shows the words that come back.
#[tokio::test]
async fn a_new_password_is_judged_while_it_is_typed() {
    let house = house().await;
    house.person("ann").await;
    let ann = browser(&house, "ann@example.org").await;
    let page = ann.get("/me/password").await.expect(200);
    assert!(page.text.contains("data-strength=\"new_password\" hidden"));
    let weigh = async |password: &str, lang: &str| {
        let form =
            format!("password={password}&name=&email=&username=ann%40example.org&lang={lang}");
        submit(&ann, "/password/strength", &form).await
    };
    let told = weigh("horse+battery+purple", "en").await.expect(200).json();
    assert_eq!(told, json!({ "score": 4, "words": "Strong." }));
    let told = weigh("monkey+dragon", "de").await.expect(200).json();
    let words = "Mäßig: Ein Wort mehr hilft.";
    assert_eq!(told, json!({ "score": 2, "words": words }));
    let told = weigh("ann%40example", "es").await.expect(200).json();
    assert_eq!(told["score"], 0);
    assert!(
        told["words"].as_str().unwrap().contains("tu nombre"),
        "{told}"
    );
    let foreign = "form_token=x&password=x&name=&email=&username=&lang=en";
    send(&ann, "/password/strength", foreign).await.expect(403);
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_owner_alone() {
    let house = house().await;
    let (first, bob) = (house.person("ann").await, house.person("bob").await);
    let third = house.sign_in("ann@example.org").await;
    let ann = browser(&house, "ann@example.org").await;
    let page = ann.get("/me/sessions").await.expect(200).text;
    assert_eq!(
        page.matches("/end\"").count(),
        2 + 1,
        "two to end, and all others"
    );
    assert!(page.contains("This one"));
    let foreign = format!("/me/sessions/{}/end", bob.session);
    submit(&ann, &foreign, "").await.expect(404);
    bob.client.get("/api/v1/me").await.expect(200);
    let at = format!("/me/sessions/{}/end", first.session);
    send(&ann, &at, "form_token=x").await.expect(403);
    first.client.get("/api/v1/me").await.expect(200);
    leads_to(&ann, submit(&ann, &at, "").await, "The session has ended.").await;
    first.client.get("/api/v1/me").await.expect(401);
    leads_to(
        &ann,
        submit(&ann, "/me/sessions/end", "").await,
        "All other sessions",
    )
    .await;
    third.client.get("/api/v1/me").await.expect(401);
    ann.get("/me").await.expect(200);
}

#[tokio::test]
async fn an_account_is_deleted_when_its_name_was_typed() {
    let house = house().await;
    house.person("ann").await;
    let ann = browser(&house, "ann@example.org").await;
    let page = ann.get("/me/data").await.expect(200).text;
    assert!(page.contains("href=\"/api/v1/me/export\" download"));
    submit(&ann, "/me/delete", "confirmation=ann")
        .await
        .expect(400);
    let gone = submit(&ann, "/me/delete", "confirmation=ann%40example.org")
        .await
        .expect(200);
    assert!(gone.text.contains("Your account is deleted"));
    ann.get("/me").await.expect(303);
}

/// asvs:V7.5.3: a browser that was left open takes nothing out or away; its owner is led
/// to show who they are, and on from there.
#[tokio::test]
async fn whoever_comes_back_late_shows_again_who_they_are() {
    let house = house().await;
    house.person("ann").await;
    let ann = browser(&house, "ann@example.org").await;
    house.node.clock.advance(Duration::from_mins(10));
    ann.get("/api/v1/me/export").await.expect(403);
    let page = ann.get("/me/data").await.expect(200).text;
    assert!(page.contains("Type your password again") && !page.contains("Download"));
    let typed = "confirmation=ann%40example.org";
    let refused = submit(&ann, "/me/delete", typed).await.expect(403).text;
    assert!(refused.contains("Type your password again"));
    let wrong = submit(&ann, "/me/step-up", "next=/me/data&current_password=no").await;
    wrong.expect(403);
    let right = format!(
        "next=/me/data&current_password={}",
        PASSWORD.replace(' ', "+")
    );
    let on = submit(&ann, "/me/step-up", &right).await.expect(303);
    assert_eq!(on.header("location"), "/me/data");
    ann.get("/api/v1/me/export").await.expect(200);

    // Pages that ask for nothing themselves lead there.
    let boss = house.admin().await;
    let ada = browser(&house, &boss.email).await;
    house.node.clock.advance(Duration::from_mins(10));
    let id = house.person("bob").await.id;
    let link = format!("/admin/people/{id}/reset-link");
    let refused = submit(&ada, &link, "").await.expect(403).text;
    assert!(refused.contains("href=\"/me/step-up?next=%2Fme\""));
    let asked = ada.get("/me/step-up?next=/admin/people").await.expect(200);
    assert!(asked.text.contains("Type your password again"));
    let right = right.replace("/me/data", "/admin/people");
    submit(&ada, "/me/step-up", &right).await.expect(303);
    submit(&ada, &link, "").await.expect(200);
    let on = ada.get("/me/step-up?next=/admin/people").await.expect(303);
    assert_eq!(on.header("location"), "/admin/people");
}

/// Every page in every language: translated, one heading, nothing inline.
#[tokio::test]
async fn pages_speak_four_languages() {
    let house = house().await;
    house.person("ann").await;
    let ann = browser(&house, "ann@example.org").await;
    for path in [
        "/me",
        "/me/profile",
        "/me/password",
        "/me/sessions",
        "/me/data",
    ] {
        for language in ["en", "de", "es", "ar"] {
            let page = ann.clone().with("accept-language", language);
            let text = page.get(path).await.expect(200).text;
            assert!(
                text.contains(&format!("<html lang=\"{language}\"")),
                "{path}"
            );
            assert_eq!(text.matches("<h1").count(), 1, "{path}");
            assert!(
                !text.contains('⟦') && !text.contains(" style="),
                "{path} {language}"
            );
        }
        let stranger = house.stranger().with("accept", "text/html");
        let sent = stranger.get(path).await.expect(303);
        assert!(
            sent.header("location").starts_with("/signin?next="),
            "{path}"
        );
    }
}

/// asvs:V7.6.2: opening the link proves nothing; the button does.
#[tokio::test]
async fn an_address_is_verified_by_a_button_behind_a_link() {
    let house = house().await;
    house.person("ann").await;
    let browser = browser(&house, "ann@example.org").await;
    let answer = submit(&browser, "/me/names/verify", "identifier=ann%40example.org").await;
    leads_to(&browser, answer, "A mail with a link is on its way.").await;
    house.node.settle().await;
    let mails = house.node.mails();
    let linked = mails.iter().find_map(|mail| mail.split_once("/verify#"));
    let token = linked.expect("a link").1;
    let token = token.split_whitespace().next().unwrap_or_default();
    browser
        .get(&format!("/verify?token={token}"))
        .await
        .expect(200);
    let page = browser.get("/me/profile").await.expect(200);
    assert!(page.text.contains("Not verified"));

    let wrong = submit(&browser, "/verify", "token=wrong").await;
    assert_eq!(wrong.status, 400, "{}", wrong.text);
    let done = submit(&browser, "/verify", &format!("token={token}")).await;
    assert!(
        done.expect(200)
            .text
            .contains("Your e-mail address is verified")
    );
    let page = browser.get("/me/profile").await.expect(200);
    assert!(!page.text.contains("Not verified"));
}

/// A form that lacks a field, or brings one too many, is refused with a page, also
/// where the client takes whatever comes.
#[tokio::test]
async fn a_form_that_is_not_whole_is_answered_with_a_page() {
    let house = house().await;
    for accept in ["text/html", "*/*"] {
        let stranger = house.stranger().with("origin", PUBLIC_URL);
        let stranger = stranger
            .with("accept", accept)
            .with("cookie", &format!("tollgate-form={HALF}"));
        for (path, fields) in [("/signin", "login=ann"), ("/signin/code", "")] {
            let refused = submit(&stranger, path, fields).await;
            let kind = refused.header("content-type");
            assert!(kind.starts_with("text/html"), "{path} {accept}: {kind}");
            assert!(refused.text.contains("<h1"), "{}", refused.text);
        }
    }
}
