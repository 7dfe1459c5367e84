//! Sessions that are bound, as proxies ask about them: the visitor's address is
//! what the proxies say.

use tollgate_flows::ctx::Binding;
use tollgate_testkit::house::{Client, House};

use crate::support::house;

use super::{Browser, nginx, nobody, signed_in, site};

const APP: &str = "http://notes.localhost:8080";
/// The cookie of that site: browsers do not tell ports apart.
const COOKIE: &str = "tollgate-site-8080";

fn bind(house: &House, binding: Binding) {
    let mut policy = (*house.node.ctx.policy()).clone();
    policy.session.binding = binding;
    house.node.ctx.set_policy(policy);
}

/// vuln:93, asvs:V15.3.4: the address is that of whom the proxy heard, and nobody
/// chooses it for themselves.
#[tokio::test]
async fn a_bound_session_passes_from_its_own_network_alone() {
    let house = house().await;
    let mut http = (*house.web.http()).clone();
    http.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    house.web.set_http(http);
    house.person("ann").await;
    site(&house, APP, signed_in()).await;
    let mut browser = Browser::new(&house).from("203.0.113.7");
    browser.sign_in("ann@example.org").await;
    browser
        .follow(&format!("{APP}/.tollgate/enter?to=%2F"))
        .await;
    let cookie = format!("{COOKIE}={}", browser.cookies("notes.localhost")[COOKIE]);
    let from = |forwarded: &str| -> Client {
        let client = house.stranger().with("cookie", &cookie);
        client.with("x-forwarded-for", forwarded)
    };
    nginx(&from("198.51.100.7"), "GET", APP).await.expect(200);
    bind(&house, Binding::Network);
    nginx(&from("203.0.113.250"), "GET", APP).await.expect(200);
    for elsewhere in ["198.51.100.7", "203.0.113.7, 198.51.100.7"] {
        for _ in 0..2 {
            nobody(&nginx(&from(elsewhere), "GET", APP).await.expect(401));
        }
    }
    nginx(&from("203.0.113.7"), "GET", APP).await.expect(200);

    // A browser does not send an app's host what it is known by on ours.
    bind(&house, Binding::Device);
    nginx(&from("198.51.100.7"), "GET", APP).await.expect(200);
}
