//! The manual as it is served: every page is there, every link leads somewhere,
//! and no page asks another host or brings a script of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
};

use axum::http::Method;
use tollgate_base::codes;
use tollgate_testkit::house::{Answer, House};

use crate::support::house;

/// Addresses of ours beside the manual that pages may lead to.
const ROUTES: [&str; 4] = [
    "/",
    "/api/docs",
    "/api/openapi.json",
    "/.well-known/jwks.json",
];

/// Every page by its address, found by following links from the first.
async fn walk(house: &House) -> BTreeMap<String, Answer> {
    let mut pages = BTreeMap::new();
    let mut open = vec!["/docs/".to_owned()];
    while let Some(address) = open.pop() {
        if pages.contains_key(&address) {
            continue;
        }
        let page = house.stranger().get(&address).await;
        assert_eq!(page.status, 200, "{address}");
        if page.header("content-type").starts_with("text/html") {
            let links = attributes(&page.text, "href").chain(attributes(&page.text, "src"));
            let inside = links
                .map(|link| resolved(&address, link))
                .filter(|link| link.starts_with("/docs/"));
            open.extend(inside.map(|link| link.split('#').next().unwrap().to_owned()));
        }
        pages.insert(address, page);
    }
    pages
}

/// The values of an attribute, as they stand.
fn attributes<'t>(html: &'t str, name: &str) -> impl Iterator<Item = &'t str> {
    let begin = format!(" {name}=\"");
    let parts: Vec<&str> = html.split(begin.as_str()).skip(1).collect();
    parts.into_iter().filter_map(|rest| rest.split('"').next())
}

/// Whether a tag brings a script along, such as `onclick`.
fn has_handler(html: &str) -> bool {
    let tags = html.split('<').filter_map(|part| part.split('>').next());
    tags.flat_map(|tag| tag.split_whitespace().skip(1))
        .any(|word| word.starts_with("on") && word.contains('='))
}

/// Where a link on a page leads.
fn resolved(address: &str, link: &str) -> String {
    let base = url::Url::parse("http://house")
        .unwrap()
        .join(address)
        .unwrap();
    let url = base.join(link).unwrap();
    if url.host_str() != Some("house") {
        return url.to_string();
    }
    let fragment = url
        .fragment()
        .map(|it| format!("#{it}"))
        .unwrap_or_default();
    format!("{}{fragment}", url.path())
}

#[tokio::test]
async fn every_link_leads_somewhere() {
    let house = house().await;
    let pages = walk(&house).await;
    assert!(pages.len() > 20, "{} pages", pages.len());
    let mut broken = Vec::new();
    for (address, page) in &pages {
        let ids: BTreeSet<&str> = attributes(&page.text, "id").collect();
        assert!(
            ids.len() == attributes(&page.text, "id").count(),
            "{address}: an id twice"
        );
        for link in attributes(&page.text, "href") {
            let target = resolved(address, link);
            let (path, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let found = match pages.get(path) {
                Some(page) => {
                    anchor.is_empty() || attributes(&page.text, "id").any(|id| id == anchor)
                }
                None => ROUTES.contains(&path),
            };
            if !found {
                broken.push(format!("{address}: {link}"));
            }
        }
    }
    assert!(
        broken.is_empty(),
        "links that lead nowhere:\n{}",
        broken.join("\n")
    );
    for route in ROUTES {
        assert_eq!(house.stranger().get(route).await.status, 200, "{route}");
    }
}

/// asvs:V3.6.1, asvs:V14.2.3, asvs:V3.4.3, asvs:V3.7.1
#[tokio::test]
async fn a_page_is_whole_by_itself() {
    let house = house().await;
    for (address, page) in walk(&house).await {
        let policy = page.header("content-security-policy").to_owned();
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{address}"
        );
        assert!(!page.text.contains("@import"), "{address}");
        if !page.header("content-type").starts_with("text/html") {
            continue;
        }
        let html = &page.text;
        let elsewhere: Vec<&str> = attributes(html, "src")
            .filter(|link| link.contains("//"))
            .collect();
        assert!(elsewhere.is_empty(), "{address} asks for {elsewhere:?}");
        assert!(
            !html.contains("<style") && !html.contains(" style=\""),
            "{address}: a style of its own"
        );
        assert!(
            !html.contains("<script>") && !has_handler(html),
            "{address}: a script of its own"
        );
        for plugin in ["<object", "<embed", "<applet"] {
            assert!(!html.contains(plugin), "{address}: {plugin}");
        }
        assert_eq!(html.matches("<h1").count(), 1, "{address}: one heading");
        assert!(html.contains("<html lang=\"en\""), "{address}");
    }
}

#[tokio::test]
async fn each_code_has_its_page() {
    let house = house().await;
    for code in codes::ALL {
        let page = house
            .stranger()
            .get(&format!("/docs/errors/{}", code.name))
            .await
            .expect(200);
        assert!(
            page.text.contains(&format!("<code>{}</code>", code.name)),
            "{}",
            code.name
        );
        assert!(
            !page.text.contains("@t"),
            "{}: everything is filled in",
            code.name
        );
        assert!(
            page.header("content-security-policy")
                .starts_with("default-src 'none'")
        );
    }
    let refused = house.stranger().get("/api/v1/me").await.expect(401).json();
    let page = house
        .stranger()
        .get(refused["type"].as_str().unwrap())
        .await
        .expect(200);
    assert!(page.text.contains("auth.required"));
    house
        .stranger()
        .get("/docs/errors/no.such.code")
        .await
        .expect(404);
}

/// Whoever takes gzip gets it; the text is the same.
#[tokio::test]
async fn pages_and_the_description_are_sent_packed() {
    let house = house().await;
    for path in ["/docs/", "/api/openapi.json"] {
        let plain = house.stranger().get(path).await.expect(200);
        let takes = house.stranger().with("accept-encoding", "br, gzip");
        let packed = takes.get(path).await.expect(200);
        assert_eq!(packed.header("content-encoding"), "gzip");
        for answer in [&plain, &packed] {
            assert_eq!(answer.header("vary"), "accept-encoding", "{path}");
        }
        assert_eq!(packed.header("content-type"), plain.header("content-type"));
        assert!(packed.bytes.len() * 2 < plain.bytes.len(), "{path}");
        let mut text = String::new();
        let mut unpacked = flate2::read::GzDecoder::new(packed.bytes.as_slice());
        unpacked.read_to_string(&mut text).unwrap();
        assert_eq!(text, plain.text);
    }
}

#[tokio::test]
async fn a_page_that_is_known_is_not_sent_again() {
    let house = house().await;
    house.stranger().get("/docs").await.expect(308);
    let page = house.stranger().get("/docs/book.css").await.expect(200);
    assert_eq!(page.header("content-type"), "text/css; charset=utf-8");
    let tag = page.header("etag").to_owned();
    let again = house
        .stranger()
        .with("if-none-match", &tag)
        .get("/docs/book.css")
        .await;
    assert_eq!((again.status.as_u16(), again.text.len()), (304, 0));
    let other = house
        .stranger()
        .with("if-none-match", "\"other\"")
        .get("/docs/book.css")
        .await;
    assert_eq!(other.status, 200);
    for path in [
        "/docs/nothing.html",
        "/docs/../Cargo.toml",
        "/docs/%2e%2e/x",
        "/docs/reference",
    ] {
        let missing = house
            .stranger()
            .send(Method::GET, path, axum::body::Body::empty(), None)
            .await;
        assert_eq!(missing.status, 404, "{path}");
    }
}
