//! The gate in front of apps, as proxies and browsers meet it.

mod check;
mod credentials;
mod landing;
mod places;
mod process;
mod sites;

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Method, header},
};
use serde_json::{Value, json};
use tollgate_base::access::Principal;
use tollgate_flows::{
    Draft, RuleDraft,
    sites::{self as register, CreateSite},
};
use tollgate_testkit::house::{Answer, Client, House, PASSWORD, PUBLIC_URL};

/// Every header that tells an app who it is.
pub(crate) const IDENTITY: [&str; 6] = [
    "remote-user",
    "remote-email",
    "remote-name",
    "remote-groups",
    "remote-id",
    "tollgate-identity",
];

/// The answer has every identity header, and they say nobody.
#[track_caller]
pub(crate) fn nobody(answer: &Answer) {
    for name in IDENTITY {
        assert_eq!(answer.headers.get_all(name).iter().count(), 1, "{name}");
        assert_eq!(answer.header(name), "", "{name}");
    }
}

/// Register a site with these rules.
pub(crate) async fn site(house: &House, url: &str, rules: Value) {
    let texts = |list: &Value| -> Vec<String> {
        let texts = list.as_array().into_iter().flatten();
        texts
            .map(|text| text.as_str().unwrap().to_owned())
            .collect()
    };
    let rule = |rule: &Value| RuleDraft {
        path: rule["path"].as_str().unwrap_or("/").to_owned(),
        methods: texts(&rule["methods"]),
        allow: texts(&rule["allow"]),
    };
    let draft = Draft {
        name: url.to_owned(),
        url: url.to_owned(),
        identity_token: false,
        rules: Some(rules.as_array().unwrap().iter().map(rule).collect()),
    };
    let request = CreateSite { draft, once: None };
    let made = register::create(&house.node.ctx, &Principal::Operator, request).await;
    made.unwrap();
}

/// Everything for everybody with an account.
pub(crate) fn signed_in() -> Value {
    json!([{ "path": "/", "allow": ["signed-in"] }])
}

/// What nginx asks for a visitor.
pub(crate) async fn nginx(client: &Client, method: &str, url: &str) -> Answer {
    let asks = client
        .clone()
        .with("x-original-url", url)
        .with("x-original-method", method);
    asks.get("/api/authz/nginx").await
}

/// A browser: it keeps cookies by host, and goes where it is told step by step.
pub(crate) struct Browser {
    stranger: Client,
    jars: BTreeMap<String, BTreeMap<String, String>>,
}

impl Browser {
    pub(crate) fn new(house: &House) -> Self {
        Self {
            stranger: house.stranger(),
            jars: BTreeMap::new(),
        }
    }

    /// The same behind a proxy that says this of it.
    pub(crate) fn from(self, address: &str) -> Self {
        Self {
            stranger: self.stranger.with("x-forwarded-for", address),
            ..self
        }
    }

    /// Sign in on our own host.
    pub(crate) async fn sign_in(&mut self, email: &str) {
        let body = json!({ "login": email, "password": PASSWORD, "mode": "cookie" });
        let client = self.stranger.clone().with("origin", PUBLIC_URL);
        let answer = client.post("/api/v1/session", body).await.expect(200);
        self.keep("localhost", &answer);
    }

    /// Open an address.
    pub(crate) async fn open(&mut self, url: &str) -> Answer {
        let (authority, target) = apart(url);
        let client = self.client(authority).with("host", authority);
        let answer = client.send(Method::GET, target, Body::empty(), None).await;
        self.keep(hostname(authority), &answer);
        answer
    }

    /// Open an address and follow redirects until one leaves it at an app, or
    /// there are none. The last address and its answer.
    pub(crate) async fn follow(&mut self, url: &str) -> (String, Answer) {
        let mut url = url.to_owned();
        for _ in 0..10 {
            let answer = self.open(&url).await;
            let Some(next) = answer.headers.get(header::LOCATION) else {
                return (url, answer);
            };
            let next = next.to_str().unwrap();
            let origin = &url[..url.len() - apart(&url).1.len()];
            url = if next.starts_with('/') {
                format!("{origin}{next}")
            } else {
                next.to_owned()
            };
            if !["/.tollgate/", "/enter?"]
                .iter()
                .any(|ours| apart(&url).1.starts_with(ours))
            {
                return (url, answer);
            }
        }
        panic!("redirected in a circle: {url}");
    }

    /// What the proxy in front of an app asks for this browser.
    pub(crate) async fn visit(&self, url: &str) -> Answer {
        let client = self.client(apart(url).0).with("accept", "text/html");
        nginx(&client, "GET", url).await
    }

    /// The cookies of a host; ports share them.
    pub(crate) fn cookies(&mut self, host: &str) -> &mut BTreeMap<String, String> {
        self.jars.entry(host.to_owned()).or_default()
    }

    fn client(&self, authority: &str) -> Client {
        let jar = self.jars.get(hostname(authority)).into_iter().flatten();
        let pairs: Vec<String> = jar.map(|(name, value)| format!("{name}={value}")).collect();
        let client = self.stranger.clone();
        if pairs.is_empty() {
            client
        } else {
            client.with("cookie", &pairs.join("; "))
        }
    }

    fn keep(&mut self, host: &str, answer: &Answer) {
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            assert!(!cookie.contains("Domain"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            let jar = self.jars.entry(host.to_owned()).or_default();
            if cookie.contains("Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

fn apart(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").unwrap().1;
    rest.split_at(rest.find('/').unwrap_or(rest.len()))
}

fn hostname(authority: &str) -> &str {
    authority.split(':').next().unwrap()
}
