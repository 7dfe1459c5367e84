//! Pages in the language that is made for tests: a word in plain letters is in
//! no file and would be English for everybody.

use tollgate_base::{
    ExposeSecret,
    access::{Principal, Role},
    identifier::Email,
};
use tollgate_flows::{
    Applicant,
    people::{self, CreatePerson},
};
use tollgate_testkit::house::{Client, House, PASSWORD, PUBLIC_URL};
use tollgate_web::{Web, finish};

use crate::{refused, routes};

/// Names that are the same everywhere.
const NAMES: &[&str] = &["Tollgate", "CSV", "ID", "English", "Deutsch", "Español"];

fn router(web: &Web) -> axum::Router {
    finish(routes::router(), web.clone(), refused)
}

/// What stands between the tags, where nothing in it is code.
fn said(page: &str) -> String {
    let body = page.split_once("<body>").expect("a page has a body").1;
    let mut text = String::new();
    for part in body.split('<').skip(1) {
        let (tag, words) = part.split_once('>').unwrap_or(("", part));
        let code = ["code", "dd", "bdi"]
            .iter()
            .any(|name| tag.starts_with(name));
        if !code {
            text.push_str(words);
            text.push(' ');
        }
    }
    text
}

fn untranslated(page: &str) -> Vec<String> {
    let text = said(page);
    let words = text.split_whitespace().filter(|word| !NAMES.contains(word));
    let plain = |word: &&str| {
        word.len() > 1
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || b".,!?".contains(&byte))
    };
    words.filter(plain).map(ToOwned::to_owned).collect()
}

/// Somebody who reads the made language, signed in by its page if `login` is given.
async fn reader(house: &House, login: Option<&str>) -> Client {
    let stranger = house.stranger().with("accept", "text/html");
    let Some(login) = login else {
        return stranger.with("cookie", "lang=en-XA");
    };
    let browser = "a".repeat(64);
    let token = house.node.ctx.form_token(&browser.clone().into(), None);
    let token = token.expose_secret();
    let body = format!(
        "form_token={token}&login={login}&password={}",
        PASSWORD.replace(' ', "+")
    );
    let form = Some("application/x-www-form-urlencoded");
    let answer = stranger
        .clone()
        .with("cookie", &format!("tollgate-form={browser}"))
        .with("origin", PUBLIC_URL)
        .send(
            "POST".parse().expect("a method"),
            "/signin",
            body.into(),
            form,
        )
        .await
        .expect(303);
    let mut cookies = answer.headers.get_all("set-cookie").iter();
    let session = cookies.find_map(|line| {
        line.to_str()
            .ok()
            .filter(|line| line.starts_with("tollgate="))
    });
    let session = session
        .and_then(|line| line.split(';').next())
        .expect("a session");
    stranger.with("cookie", &format!("lang=en-XA; {session}"))
}

#[tokio::test]
async fn no_word_is_in_no_file() {
    let house = House::new(router).await;
    let before = reader(&house, None).await;
    for path in ["/", "/setup", "/signin", "/signup", "/forgot", "/reset"] {
        let page = before.get(path).await.expect(200);
        assert_eq!(untranslated(&page.text), [""; 0], "{path}");
    }
    let email = "1@2.org";
    let applicant = Applicant {
        email: Some(Email::parse(email).expect("an address")),
        username: None,
        display_name: None,
        password: Some(PASSWORD.to_owned().into()),
    };
    let request = CreatePerson {
        applicant,
        role: Role::Admin,
        once: None,
    };
    let made = people::create(&house.node.ctx, &Principal::Operator, request).await;
    made.expect("the account is made");
    let admin = reader(&house, Some("1%402.org")).await;
    for (method, path) in routes::LISTING {
        // Alerts are told in the words of their mails, which are in other files.
        let elsewhere = ["/enter", "/admin/alerts"].contains(path);
        if *method != "GET" || path.contains('{') || path.contains("tollgate/") || elsewhere {
            continue;
        }
        let page = admin.get(path).await;
        if page.header("content-type").starts_with("text/html") {
            assert_eq!(untranslated(&page.text), [""; 0], "{path}");
        }
    }
}

#[test]
fn words_that_are_in_no_file_are_found() {
    let page = "<body><p>Ⓒⓞⓟⓨ this <code>curl</code> Ⓝⓞⓦ</p>";
    assert_eq!(untranslated(page), ["this"]);
}
