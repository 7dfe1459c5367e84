//! Signing in by mail and by an administrator's link, as a browser without script
//! meets the pages.

use tollgate_base::access::Role;
use tollgate_flows::ctx::ByMail;
use tollgate_testkit::house::{House, PUBLIC_URL};

use crate::{pages::reader::Reader, support::house};

const ANN: &str = "ann@example.org";

/// A house where one may sign in so, with Ann, whom the operator vouches for.
async fn mailing(by_mail: ByMail) -> House {
    let house = house().await;
    let mut policy = (*house.node.ctx.policy()).clone();
    policy.by_mail = by_mail;
    house.node.ctx.set_policy(policy);
    house.someone("ann", Role::Default).await;
    house
}

/// What the newest mail to sign in with says that has to be shown.
async fn mailed(house: &House) -> String {
    house.node.settle().await;
    let mails = house.node.mails();
    let [mail] = mails.as_slice() else {
        panic!("{mails:?}");
    };
    let line = mail.lines().find(|line| line.starts_with("    "));
    let shown = line.unwrap().trim().rsplit('#').next().unwrap();
    shown.to_owned()
}

/// asvs:V6.6.2, asvs:V7.6.2, asvs:V3.3.4: the code goes into the browser that
/// asked, which is led on to where it wanted to go.
#[tokio::test]
async fn a_code_is_typed_where_it_was_asked_for() {
    let house = mailing(ByMail::Code).await;
    let mut ann = Reader::of(&house);
    let page = ann.read("/signin?next=/me/password").await.expect(200);
    let link = "href=\"/signin/mail?next=%2Fme%2Fpassword\">Mail me a code<";
    assert!(page.text.contains(link), "{}", page.text);
    ann.read("/signin/mail?next=%2Fme%2Fpassword")
        .await
        .expect(200);
    let refused = ann.send("/signin/mail", &[("email", "ann")]).await;
    assert!(refused.expect(400).text.contains("aria-invalid"));
    let fields = [("email", ANN), ("next", "/me/password")];
    let asked = ann.send("/signin/mail", &fields).await.expect(200);
    let cookies = asked.headers.get_all("set-cookie").iter();
    let kept: Vec<&str> = cookies
        .filter_map(|line| line.to_str().ok())
        .filter(|line| line.starts_with("tollgate-mail="))
        .collect();
    assert_eq!(kept.len(), 1);
    assert!(
        kept[0].ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=600"),
        "{kept:?}"
    );
    let code = mailed(&house).await;

    let mut other = Reader::of(&house);
    other.read("/signin/mail").await.expect(200);
    let lost = other.send("/signin/mail/code", &[("code", &code)]).await;
    assert_eq!(lost.expect(303).header("location"), "/signin/mail");

    // The page can be loaded again; a wrong code is told beside its field.
    ann.read("/signin/mail/code").await.expect(200);
    let wrong = ann.send("/signin/mail/code", &[("code", "00000000")]).await;
    let wrong = wrong.expect(400);
    assert!(
        wrong.text.contains("That is not the code") && wrong.text.contains("id=\"code-fault\""),
        "{}",
        wrong.text
    );
    let fields = [("code", code.as_str()), ("remember", "yes")];
    let entered = ann.send("/signin/mail/code", &fields).await.expect(303);
    assert_eq!(entered.header("location"), "/me/password");
    assert!(ann.cookie("tollgate-mail").is_empty(), "nothing waits");
    ann.read("/me/password").await.expect(200);
    let again = ann.send("/signin/mail/code", &[("code", &code)]).await;
    assert_eq!(again.expect(303).header("location"), "/signin/mail");
}

/// asvs:V7.6.2: looking at a link uses nothing up, and in another browser the
/// page says so.
#[tokio::test]
async fn a_link_is_opened_where_it_was_asked_for() {
    let house = mailing(ByMail::Link).await;
    let mut ann = Reader::of(&house);
    ann.read("/signin/mail").await.expect(200);
    let fields = [("email", ANN), ("next", "//evil.example")];
    let asked = ann.send("/signin/mail", &fields).await.expect(200);
    assert!(asked.text.contains("Open it in this browser"));
    let token = mailed(&house).await;

    let mut other = Reader::of(&house);
    let told = other.read("/signin/link").await.expect(200);
    assert!(told.text.contains("This link is for another browser"));
    assert!(!told.text.contains("action=\"/signin/link\""));
    let pressed = other.send("/signin/link", &[("token", &token)]).await;
    assert!(pressed.expect(400).text.contains("for another browser"));

    for _ in 0..2 {
        let page = ann.read("/signin/link").await.expect(200);
        assert!(page.text.contains("data-from-link"));
        assert!(ann.cookie("tollgate").is_empty(), "a look lets nobody in");
    }
    let wrong = ann.send("/signin/link", &[("token", "tgo_x")]).await;
    assert!(wrong.expect(400).text.contains("Ask for a new one"));
    let entered = ann.send("/signin/link", &[("token", &token)]).await;
    assert_eq!(entered.expect(303).header("location"), "/");
    ann.read("/me").await.expect(200);
}

#[tokio::test]
async fn nobody_is_offered_what_is_off() {
    let house = mailing(ByMail::Off).await;
    let mut reader = Reader::of(&house);
    let page = reader.read("/signin").await.expect(200);
    assert!(!page.text.contains("/signin/mail"));
    let off = reader.read("/signin/mail").await.expect(403);
    assert!(off.text.contains("Nobody signs in by mail here"));
    let off = reader.send("/signin/mail", &[("email", ANN)]).await;
    assert!(
        off.expect(403)
            .text
            .contains("Nobody signs in by mail here")
    );
    house.node.settle().await;
    assert!(house.node.mails().is_empty());
}

/// asvs:V6.3.8: page and cookie are the same, whoever it is.
#[tokio::test]
async fn whether_an_address_is_known_does_not_show() {
    for by_mail in [ByMail::Code, ByMail::Link] {
        let house = mailing(by_mail).await;
        let mut seen = Vec::new();
        for email in [ANN, "bob@example.org"] {
            let mut reader = Reader::of(&house);
            reader.read("/signin/mail").await.expect(200);
            let asked = reader.send("/signin/mail", &[("email", email)]).await;
            let length = reader.cookie("tollgate-mail").len();
            let form = reader.token.clone();
            let text = asked.text.replace(email, "X").replace(&form, "F");
            seen.push((asked.status, length, text));
        }
        assert_eq!(seen[0], seen[1]);
    }
}

/// asvs:V14.2.1: a manager is not offered it, an administrator gets it once, and
/// whoever opens it presses a button.
#[tokio::test]
async fn an_administrator_lets_somebody_in() {
    let house = mailing(ByMail::Off).await;
    let admin = house.admin().await;
    house.someone("manager", Role::Manager).await;
    let people = admin.client.get("/api/v1/people?q=ann").await.expect(200);
    let id = people.json()["data"][0]["id"].as_str().unwrap().to_owned();
    let at = format!("/admin/people/{id}");
    let path = format!("{at}/sign-in-link");

    let mut manager = Reader::signed_in(&house, "manager@example.org").await;
    let page = manager.read(&at).await.expect(200);
    assert!(!page.text.contains("sign-in-link"));
    manager.send(&path, &[("minutes", "10")]).await.expect(403);

    let mut admin = Reader::signed_in(&house, "admin@example.org").await;
    let page = admin.read(&at).await.expect(200);
    assert!(page.text.contains(&path));
    let refused = admin.send(&path, &[("minutes", "61")]).await;
    assert!(!refused.expect(400).text.contains("/signin/token#"));
    let made = admin.send(&path, &[("minutes", "30")]).await.expect(200);
    let link = format!("{PUBLIC_URL}/signin/token#");
    let token = made.text.split_once(&link).unwrap().1;
    let token: String = token.chars().take_while(|c| *c != '<').collect();

    let mut ann = Reader::of(&house);
    ann.read("/signin/token").await.expect(200);
    let wrong = ann.send("/signin/token", &[("token", "tgo_x")]).await;
    wrong.expect(400);
    let entered = ann.send("/signin/token", &[("token", &token)]).await;
    assert_eq!(entered.expect(303).header("location"), "/");
    ann.read("/me").await.expect(200);
    let again = ann.send("/signin/token", &[("token", &token)]).await;
    again.expect(400);

    let suspend = format!("{at}/suspend");
    admin.send(&suspend, &[]).await.expect(303);
    let page = admin.read(&at).await.expect(200);
    assert!(!page.text.contains("sign-in-link"));
    let refused = admin.send(&path, &[("minutes", "10")]).await;
    assert!(refused.expect(409).text.contains("suspended"));
}
