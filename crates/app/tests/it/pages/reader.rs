//! Somebody who reads pages and sends their forms: a browser's cookies, origin
//! and wishes, without a browser.

use std::{collections::BTreeMap, fmt::Write};

use axum::{body::Body, http::Method};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tollgate_testkit::house::{Answer, House, PASSWORD, PUBLIC_URL};

/// What browsers take.
const ACCEPT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

pub(crate) struct Reader<'a> {
    house: &'a House,
    cookies: BTreeMap<String, String>,
    /// The token of the forms on the page that was read last.
    pub(crate) token: String,
    language: &'static str,
    pub(crate) origin: &'static str,
}

impl<'a> Reader<'a> {
    pub(crate) fn of(house: &'a House) -> Self {
        Self {
            house,
            cookies: BTreeMap::new(),
            token: String::new(),
            language: "en",
            origin: PUBLIC_URL,
        }
    }

    pub(crate) fn speaks(mut self, language: &'static str) -> Self {
        self.language = language;
        self
    }

    /// Somebody who has an account and has signed in.
    pub(crate) async fn signed_in(house: &'a House, login: &str) -> Self {
        let mut reader = Self::of(house);
        reader.read("/signin").await;
        let fields = [("login", login), ("password", PASSWORD)];
        reader.send("/signin", &fields).await.expect(303);
        reader
    }

    pub(crate) async fn read(&mut self, path: &str) -> Answer {
        let answer = self.ask(Method::GET, path, "").await;
        self.keep(answer)
    }

    /// Send a form with the token of the page that was read last.
    pub(crate) async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token.clone();
        let fields = fields.iter().copied();
        let fields = fields.chain([("form_token", token.as_str())]);
        let mut body = String::new();
        for (name, value) in fields {
            let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
            write!(body, "{name}={value}&").unwrap();
        }
        let answer = self
            .ask(Method::POST, path, body.trim_end_matches('&'))
            .await;
        self.keep(answer)
    }

    /// Any method with any body, and nothing is kept of the answer.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: &str) -> Answer {
        let jar = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let jar = jar.collect::<Vec<_>>().join("; ");
        let mut client = self
            .house
            .stranger()
            .with("accept", ACCEPT)
            .with("accept-language", self.language);
        if !jar.is_empty() {
            client = client.with("cookie", &jar);
        }
        if method != Method::GET {
            let page = format!("{}{path}", self.origin);
            client = client.with("origin", self.origin).with("referer", &page);
        }
        let form = Some("application/x-www-form-urlencoded");
        client
            .send(method, path, Body::from(body.to_owned()), form)
            .await
    }

    /// What a cookie holds; empty if it is not there.
    pub(crate) fn cookie(&self, name: &str) -> &str {
        self.cookies.get(name).map_or("", String::as_str)
    }

    pub(crate) fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    fn keep(&mut self, answer: Answer) -> Answer {
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.set_cookie(name, value);
            }
        }
        let form = answer.text.split_once("name=\"form_token\" value=\"");
        if let Some((_, token)) = form {
            token
                .split('"')
                .next()
                .unwrap_or_default()
                .clone_into(&mut self.token);
        }
        answer
    }
}
