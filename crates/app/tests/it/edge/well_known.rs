//! What others look for at fixed places.

use std::time::Duration;

use tollgate_base::time::Time;
use tollgate_testkit::house::PUBLIC_URL;

use crate::support::house;

/// RFC 9116: who is told of faults, and until when that holds.
#[tokio::test]
async fn security_txt_says_who_is_told() {
    let house = house().await;
    let path = "/.well-known/security.txt";
    house.stranger().get(path).await.expect(404);
    let mut http = (*house.web.http()).clone();
    http.security_contact = Some("mailto:security@example.org".into());
    house.web.set_http(http);
    let answer = house.stranger().get(path).await.expect(200);
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    let line = |name: &str| {
        let mut lines = answer.text.lines().filter_map(|line| line.split_once(": "));
        lines.find(|line| line.0 == name).unwrap().1.to_owned()
    };
    assert_eq!(line("Contact"), "mailto:security@example.org");
    assert_eq!(line("Canonical"), format!("{PUBLIC_URL}{path}"));
    let (now, expires) = (
        house.node.ctx.now(),
        line("Expires").parse::<Time>().unwrap(),
    );
    assert!(expires > now.plus(Duration::from_hours(30 * 24)));
    assert!(expires < now.plus(Duration::from_hours(365 * 24)));
}

#[tokio::test]
async fn change_password_leads_to_the_page() {
    let house = house().await;
    let answer = house.stranger().get("/.well-known/change-password").await;
    assert_eq!(
        answer.clone().expect(303).header("location"),
        "/me/password"
    );
}
