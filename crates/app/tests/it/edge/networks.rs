//! From which networks the server may be used.

use std::{fs, net::IpAddr};

use ipnet::IpNet;
use tollgate_flows::Countries;
use tollgate_testkit::{
    countries,
    house::{Client, House},
};

use crate::{
    gate::{nginx, signed_in, site},
    support::{defaults, house},
};

const APP: &str = "http://notes.localhost:8080";

/// What proxies on this machine say is believed.
fn set(house: &House, allow: &[&str], deny: &[&str]) {
    let nets =
        |texts: &[&str]| -> Vec<IpNet> { texts.iter().map(|text| text.parse().unwrap()).collect() };
    let mut http = (*house.web.http()).clone();
    http.limits.routes = tollgate::wire::http(&defaults(), &Countries::default())
        .limits
        .routes;
    http.trusted_proxies = vec![IpAddr::from([127, 0, 0, 1]).into()];
    http.networks.allow = nets(allow);
    http.networks.deny = nets(deny);
    house.web.set_http(http);
}

fn from(client: Client, address: &str) -> Client {
    client.with("x-forwarded-for", address)
}

/// vuln:92, vuln:93, asvs:V4.1.3
#[tokio::test]
async fn who_comes_from_elsewhere_is_refused() {
    let house = house().await;
    let ann = house.person("ann").await;
    site(&house, APP, signed_in()).await;
    set(&house, &["10.0.0.0/8", "2001:db8::/32"], &["10.6.6.0/24"]);
    for (address, may) in [
        ("10.1.2.3", true),
        ("::ffff:10.1.2.3", true),
        ("2001:db8::7", true),
        // An invented one on the left changes nothing.
        ("203.0.113.9, 10.1.2.3", true),
        ("10.1.2.3, 203.0.113.9", false),
        ("10.6.6.6", false),
        ("203.0.113.9", false),
        ("2001:db9::7", false),
        // What cannot be read is let in nowhere.
        ("10.1.2.3:80", false),
        ("unknown", false),
        ("", false),
    ] {
        let here = || from(ann.client.clone(), address);
        let answer = here().get("/api/v1/me").await;
        assert_eq!(answer.status == 200, may, "{address}: {}", answer.status);
        if !may {
            assert_eq!(answer.expect(403).code(), "network.denied");
            let page = from(house.stranger(), address).with("accept", "text/html");
            let page = page.get("/signin").await.expect(403);
            assert!(page.text.contains("network.denied"), "{}", page.text);
        }
        let visit = nginx(&here(), "GET", &format!("{APP}/")).await;
        assert_eq!(visit.status == 200, may, "{address} at the gate");
        if !may {
            assert_eq!(visit.expect(403).header("tollgate-code"), "network.denied");
        }
    }
    // A proxy that speaks for itself is judged by its own address.
    ann.client.get("/api/v1/me").await.expect(403);
    set(&house, &[], &["203.0.113.0/24"]);
    ann.client.get("/api/v1/me").await.expect(200);
    from(ann.client.clone(), "unknown")
        .get("/api/v1/me")
        .await
        .expect(403);
}

/// A machine may ask itself how it is; behind a proxy nobody is this machine.
#[tokio::test]
async fn a_machine_asks_itself_how_it_is() {
    let house = house().await;
    set(&house, &["10.0.0.0/8"], &["127.0.0.0/8"]);
    for path in ["/livez", "/readyz"] {
        house.stranger().get(path).await.expect(200);
        from(house.stranger(), "203.0.113.9")
            .get(path)
            .await
            .expect(403);
        from(house.stranger(), "127.0.0.1")
            .get(path)
            .await
            .expect(403);
    }
    house.stranger().get("/signin").await.expect(403);
}

#[tokio::test]
async fn who_is_in_another_country_is_refused() {
    let house = house().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("countries.mmdb");
    let known = [("203.0.113.0/24", "DE"), ("2001:db8:5::/48", "ES")];
    fs::write(&file, countries::file(&known)).unwrap();
    let lists = |allow: &str, deny: &str| {
        let list = |text: &str| {
            text.split_whitespace()
                .map(|it| it.parse().unwrap())
                .collect()
        };
        set(&house, &[], &[]);
        let mut http = (*house.web.http()).clone();
        http.networks.countries = Countries::open(&file).unwrap();
        http.networks.allow_countries = list(allow);
        http.networks.deny_countries = list(deny);
        house.web.set_http(http);
    };
    let (german, spanish, unknown) = ("203.0.113.9", "2001:db8:5::1", "198.51.100.7");
    for (allow, deny, may) in [
        ("", "", [true, true, true]),
        ("DE", "", [true, false, false]),
        ("DE ES", "ES", [true, false, false]),
        ("", "es", [true, false, true]),
    ] {
        lists(allow, deny);
        for (address, may) in [german, spanish, unknown].into_iter().zip(may) {
            let answer = from(house.stranger(), address).get("/signin").await;
            assert_eq!(answer.status == 200, may, "{allow}, not {deny}: {address}");
        }
        for address in ["192.168.1.7", "127.0.0.1", "fd00::7"] {
            from(house.stranger(), address)
                .get("/signin")
                .await
                .expect(200);
        }
    }
}
