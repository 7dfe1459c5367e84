//! The pages about second factors, as a browser sends and reads them.

use std::time::Duration;

use tollgate_testkit::house::PASSWORD;

use crate::{
    account_pages::{browser, form, submit},
    api::factors::equip,
    support::house,
};

/// vuln:75, vuln:80: the pages ask for a code in place of their forms.
#[tokio::test]
async fn a_page_asks_for_a_code_again() {
    let house = house().await;
    house.person("ann").await;
    let ann = browser(&house, "ann@example.org").await;
    let app = equip(&house, &ann).await;
    let pages = ["/me/factors", "/me/password"];
    for page in pages {
        let fresh = ann.get(page).await.expect(200).text;
        assert!(!fresh.contains("Show a code again") && fresh.contains("current_password"));
    }
    house.node.clock.advance(Duration::from_mins(10));
    let typed = PASSWORD.replace(' ', "+");
    let late = submit(
        &ann,
        "/me/recovery-codes",
        &format!("codes_password={typed}"),
    )
    .await;
    let late = late.expect(403).text;
    assert!(late.contains("Show a code again") && !late.contains("codes_password"));
    for page in pages {
        let stale = ann.get(page).await.expect(200).text;
        assert!(stale.contains("Show a code again"), "{page}");
        assert!(!stale.contains("current_password"), "{page}");
        let next = page.replace('/', "%2F");
        let wrong = submit(&ann, "/me/step-up", &format!("next={next}&code=000000")).await;
        let wrong = wrong.expect(403).text;
        assert!(wrong.contains("id=\"code-fault\""), "{wrong}");
        assert!(wrong.contains(&format!("name=\"next\" value=\"{page}\"")));
    }
    let code = app.generate(house.node.ctx.now().secs().unsigned_abs());
    let elsewhere = format!("next=%2F%2Fevil.example&code={code}");
    let shown = submit(&ann, "/me/step-up", &elsewhere).await.expect(303);
    assert_eq!(shown.header("location"), "/me", "a path of ours alone");
    let fresh = ann.get("/me/factors").await.expect(200).text;
    assert!(!fresh.contains("Show a code again"));
}

/// A refusal stands at the form that was sent.
#[tokio::test]
async fn a_wrong_password_is_told_where_it_was_typed() {
    let house = house().await;
    house.person("ann").await;
    let ann = browser(&house, "ann@example.org").await;
    equip(&house, &ann).await;
    let wrong = submit(&ann, "/me/recovery-codes", "codes_password=wrong").await;
    let wrong = wrong.expect(403).text;
    assert!(wrong.contains("id=\"codes_password-fault\""), "{wrong}");
    assert!(!wrong.contains("id=\"current_password-fault\""));
}

/// Whoever begins the sign-in again still gets to where they wanted to go.
#[tokio::test]
async fn the_second_step_knows_where_to_go_on() {
    let house = house().await;
    house.person("ann").await;
    let ann = browser(&house, "ann@example.org").await;
    let app = equip(&house, &ann).await;
    house.node.clock.advance(Duration::from_secs(30));
    let stranger = form(&house);
    let typed = PASSWORD.replace(' ', "+");
    let first = format!("login=ann%40example.org&password={typed}&next=%2Fme%2Fpassword");
    let second = submit(&stranger, "/signin", &first).await.expect(200).text;
    let again = "href=\"/signin?next=%2Fme%2Fpassword\"";
    assert!(second.contains(again), "{second}");
    let here = "/signin/code?next=%2Fme%2Fpassword";
    assert!(second.contains(&format!("action=\"{here}\"")));
    let loaded = stranger.get(here).await.expect(303);
    assert_eq!(loaded.header("location"), "/signin?next=%2Fme%2Fpassword");
    let bare = stranger.get("/signin/code").await.expect(303);
    assert_eq!(bare.header("location"), "/signin");

    let challenge = second.split_once("name=\"challenge\" value=\"").unwrap().1;
    let challenge = challenge.split('"').next().unwrap();
    let code = app.generate(house.node.ctx.now().secs().unsigned_abs());
    let sent = format!("challenge={challenge}&next=%2Fme%2Fpassword&code={code}");
    let entered = submit(&stranger, here, &sent).await.expect(303);
    assert_eq!(entered.header("location"), "/me/password");
    assert!(entered.header("set-cookie").starts_with("tollgate="));
}
