//! The pages about devices, as a browser sends and reads them.

use std::time::Duration;

use tollgate_base::{access::Principal, identifier::Identifier};
use tollgate_flows::{ctx::Confirmation, vouch};
use tollgate_testkit::house::{Answer, Client, PASSWORD};

use crate::{
    account_pages::{browser, form, leads_to, submit},
    api::factors::equip,
    support::house,
};

/// The same browser with what an answer set.
fn keeping(browser: &Client, answer: &Answer) -> Client {
    let lines = answer.headers.get_all("set-cookie").iter();
    let pairs = lines.map(|line| line.to_str().unwrap().split(';').next().unwrap());
    let kept = pairs.filter(|pair| !pair.starts_with("tollgate-form="));
    kept.fold(browser.clone(), |browser, pair| {
        browser.with("cookie", pair)
    })
}

fn first() -> String {
    let typed = PASSWORD.replace(' ', "+");
    format!("login=ann%40example.org&password={typed}")
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let from = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap();
    from.1.split('"').next().unwrap().to_owned()
}

/// The tick box of the second step is heard, and the page of sessions tells of it.
#[tokio::test]
async fn the_second_step_is_left_out_where_that_was_ticked() {
    let house = house().await;
    house.person("ann").await;
    let ann = browser(&house, "ann@example.org").await;
    let app = equip(&house, &ann).await;
    house.node.clock.advance(Duration::from_secs(30));
    let second = submit(&form(&house), "/signin", &first()).await.expect(200);
    assert!(second.text.contains("on this device for 30 days"));
    let code = app.generate(house.node.ctx.now().secs().unsigned_abs());
    let challenge = hidden(&second.text, "challenge");
    let sent = format!("challenge={challenge}&code={code}&trust=yes");
    let entered = submit(&form(&house), "/signin/code", &sent)
        .await
        .expect(303);
    let kept = keeping(&form(&house), &entered);
    let page = kept.get("/me/sessions").await.expect(200).text;
    assert!(page.contains("No second step, until 2027-02-14"), "{page}");
    submit(&kept, "/signin", &first()).await.expect(303);

    let path = page.split_once("/me/devices/dev_").unwrap().1;
    let path = format!("/me/devices/dev_{}", path.split('"').next().unwrap());
    let gone = submit(&ann, &path, "").await;
    leads_to(&ann, gone, "The device is forgotten and signed out.").await;
    kept.get("/me/sessions").await.expect(303);
    submit(&kept, "/signin", &first()).await.expect(200);

    let mut policy = (*house.node.ctx.policy()).clone();
    policy.devices.trust = None;
    house.node.ctx.set_policy(policy);
    let second = submit(&form(&house), "/signin", &first()).await.expect(200);
    assert!(!second.text.contains("name=\"trust\" value=\"yes\">"));
}

/// Whoever is asked for a mailed code still gets to where they wanted to go.
#[tokio::test]
async fn a_new_device_is_confirmed_on_the_way() {
    let house = house().await;
    let ann = house.person("ann").await;
    let address = Identifier::parse(&ann.email).unwrap();
    let request = (ann.id.parse().unwrap(), address);
    vouch::verify(&house.node.ctx, &Principal::Operator, request)
        .await
        .unwrap();
    let mut policy = (*house.node.ctx.policy()).clone();
    policy.devices.confirm = Confirmation::Device;
    house.node.ctx.set_policy(policy);

    let stranger = form(&house);
    let typed = format!("{}&next=%2Fme%2Fdata", first());
    let asked = submit(&stranger, "/signin", &typed).await.expect(200).text;
    assert!(asked.contains("a…@example.org"), "{asked}");
    let here = "/signin/confirm?next=%2Fme%2Fdata";
    assert!(asked.contains(&format!("action=\"{here}\"")));
    let loaded = stranger.get(here).await.expect(303);
    assert_eq!(loaded.header("location"), "/signin?next=%2Fme%2Fdata");

    house.node.settle().await;
    let mails = house.node.mails();
    let mut lines = mails.iter().flat_map(|mail| mail.lines()).map(str::trim);
    let code = |line: &&str| line.len() == 8 && line.bytes().all(|byte| byte.is_ascii_digit());
    let code = lines.find(code).unwrap();
    let challenge = hidden(&asked, "challenge");
    let send = async |code: &str| {
        let fields =
            format!("challenge={challenge}&sent_to=a…@example.org&next=%2Fme%2Fdata&code={code}");
        submit(&stranger, here, &fields).await
    };
    let wrong = send("00000000").await.expect(401).text;
    assert!(wrong.contains("a…@example.org") && wrong.contains("The code is not valid"));
    let entered = send(code).await.expect(303);
    assert_eq!(entered.header("location"), "/me/data");
    let kept = keeping(&stranger, &entered);
    submit(&kept, "/signin", &first()).await.expect(303);
    let over = send(code).await.expect(400).text;
    assert!(over.contains("name=\"login\""), "back at the first step");
}

/// An administrator sees somebody's devices and has them forgotten.
#[tokio::test]
async fn the_page_of_a_person_lists_their_devices() {
    let house = house().await;
    let ann = house.person("ann").await;
    let in_browser = submit(&form(&house), "/signin", &first()).await.expect(303);
    let kept = keeping(&form(&house), &in_browser);
    house.admin().await;
    let admin = browser(&house, "admin@example.org").await;
    let at = format!("/admin/people/{}", ann.id);
    let page = admin.get(&at).await.expect(200).text;
    assert!(page.contains("Known devices"), "{page}");
    let gone = submit(&admin, &format!("{at}/devices/forget"), "").await;
    leads_to(&admin, gone, "The devices are forgotten and signed out.").await;
    kept.get("/me").await.expect(303);
}
