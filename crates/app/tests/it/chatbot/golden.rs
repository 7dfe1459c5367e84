//! Recorded exchanges, played against us. A golden file is a preface and then,
//! for each exchange,
//!
//! ```text
//! === title
//! METHOD /path
//! Header: value
//!
//! body
//! ---
//! status
//! Header: value
//!
//! body
//! ```
//!
//! Tokens in angle brackets are ours, `<JWT>` and `<DATE>` stand for any. What
//! is stated must be answered; headers that are not stated may be. Lines of a
//! multipart body end in CRLF.

use std::collections::HashMap;

use axum::http::Request;
use serde_json::json;
use tollgate_flows::ctx::SimpleJwt;

use super::{ANN, Answer, Chatbot};

const SIMPLEJWT_5_3: &str =
    include_str!("../../../../dialects/src/chatbot/golden/simplejwt_5_3.txt");
const SIMPLEJWT_5_5: &str =
    include_str!("../../../../dialects/src/chatbot/golden/simplejwt_5_5.txt");
const VIEWS: &str = include_str!("../../../../dialects/src/chatbot/golden/views.txt");

/// Where we differ on purpose: what 5.3 let through and 5.5 refuses, we refuse
/// under either wording.
const STRICTER: [&str; 1] = ["refresh: suspended person"];

/// Of the shared secret and person 1, valid for ever, by PyJWT: one signed with
/// HS512, one not at all.
const HS512: &str = "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjo0MTAyNDQ0ODAwLCJpYXQiOjE4MDAwMDAwMDAsImp0aSI6IjAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwIiwidXNlcl9pZCI6IjEifQ.D0g0KpeONgl00lGWhSXwE5F3jnsBz_RjGXBuEEHQ3NqEEMfYeSl_jrJDRq4Do5Mhtye15LhtRFAnBNpy0HacGQ";
const UNSIGNED: &str = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjo0MTAyNDQ0ODAwLCJpYXQiOjE4MDAwMDAwMDAsImp0aSI6IjAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwIiwidXNlcl9pZCI6IjEifQ.";

/// One exchange of a file.
struct Exchange<'f> {
    title: &'f str,
    request: Message<'f>,
    answer: Message<'f>,
}

struct Message<'f> {
    first: &'f str,
    headers: Vec<(&'f str, &'f str)>,
    body: &'f str,
}

#[tokio::test]
async fn we_answer_as_simplejwt_5_3_does() {
    play(SIMPLEJWT_5_3, SimpleJwt::V5_3).await;
}

#[tokio::test]
async fn we_answer_as_simplejwt_5_5_does() {
    play(SIMPLEJWT_5_5, SimpleJwt::V5_5).await;
}

#[tokio::test]
async fn we_answer_as_the_views_of_the_chatbot_do() {
    play(VIEWS, SimpleJwt::V5_5).await;
}

async fn play(file: &str, wording: SimpleJwt) {
    let chatbot = Chatbot::with_ann().await;
    chatbot.speak(wording);
    let known = tokens(&chatbot).await;
    let mut differing = Vec::new();
    for exchange in file.split("=== ").skip(1).map(Exchange::read) {
        if wording == SimpleJwt::V5_3 && STRICTER.contains(&exchange.title) {
            continue;
        }
        let answer = chatbot.send(exchange.request.fill(&known)).await;
        let differences = exchange.differences(&answer);
        if !differences.is_empty() {
            differing.push(format!("── {}\n{differences}", exchange.title));
        }
    }
    assert!(differing.is_empty(), "\n{}", differing.join("\n"));
}

/// What stands for each name in angle brackets, for person 1 (Ann), who may
/// sign in, and person 2 (Ben), who may not any more.
async fn tokens(chatbot: &Chatbot) -> HashMap<&'static str, String> {
    let ben = json!({"email": "ben@example.org", "password": "staple battery horse"});
    assert_eq!(chatbot.post("/auth/register/", ben).await.status, 201);
    chatbot.suspend("ben@example.org").await;
    assert_eq!(
        chatbot
            .post("/password-reset/", json!({"email": ANN}))
            .await
            .status,
        200
    );
    chatbot.node.settle().await;
    let reset = chatbot.reset_token();
    let now = chatbot.node.clock.now().secs();
    let (access, refresh) = chatbot.login().await;
    HashMap::from([
        ("<ACCESS>", access),
        ("<REFRESH>", refresh),
        ("<RESET>", reset),
        (
            "<EXPIRED_ACCESS>",
            chatbot.foreign(json!({"exp": now - 1, "iat": now - 601})),
        ),
        (
            "<EXPIRED_REFRESH>",
            chatbot.foreign(json!({"token_type": "refresh", "exp": now - 1, "iat": now - 601})),
        ),
        ("<SUSPENDED_ACCESS>", chatbot.foreign(json!({"user_id": 2}))),
        (
            "<SUSPENDED_REFRESH>",
            chatbot.foreign(json!({"token_type": "refresh", "user_id": 2})),
        ),
        ("<NOBODY>", chatbot.foreign(json!({"user_id": 999_999}))),
        ("<NO_USER>", chatbot.foreign(json!({"user_id": null}))),
        ("<NO_ID>", chatbot.foreign(json!({"jti": null}))),
        ("<NO_EXP>", chatbot.foreign(json!({"exp": null}))),
        ("<NO_TYPE>", chatbot.foreign(json!({"token_type": null}))),
        ("<FUTURE_IAT>", chatbot.foreign(json!({"iat": now + 300}))),
        ("<FUTURE_NBF>", chatbot.foreign(json!({"nbf": now + 300}))),
        ("<NUMBER_AS_SUB>", chatbot.foreign(json!({"sub": 1}))),
        ("<EXTRA_AUD>", chatbot.foreign(json!({"aud": "somebody"}))),
        ("<USER_AS_TEXT>", chatbot.foreign(json!({"user_id": "1"}))),
        ("<USER_AS_NUMBER>", chatbot.foreign(json!({"user_id": 1}))),
        (
            "<OTHER_KEY>",
            chatbot.signed("another secret of at least 32 bytes", json!({})),
        ),
        ("<HS512>", HS512.to_owned()),
        ("<UNSIGNED>", UNSIGNED.to_owned()),
    ])
}

impl<'f> Exchange<'f> {
    fn read(text: &'f str) -> Self {
        let (title, rest) = text.split_once('\n').expect("a title");
        let (request, answer) = rest.split_once("\n---\n").expect("a request and an answer");
        Self {
            title,
            request: Message::read(request),
            answer: Message::read(
                answer
                    .strip_suffix("\n\n")
                    .or(answer.strip_suffix('\n'))
                    .unwrap_or(answer),
            ),
        }
    }

    /// What was answered otherwise than stated.
    fn differences(&self, answer: &Answer) -> String {
        let mut lines = Vec::new();
        let mut compare = |what: &str, stated: &str, found: &str| {
            if stated != found {
                lines.push(format!("{what}\n  stated {stated}\n  found  {found}"));
            }
        };
        compare("status", self.answer.first, &answer.status.to_string());
        for (name, stated) in &self.answer.headers {
            compare(
                name,
                stated,
                &redacted(answer.header(name).unwrap_or("nothing")),
            );
        }
        // The server leaves the body of an answer to HEAD out later.
        if !self.request.first.starts_with("HEAD ") {
            compare("body", self.answer.body, &redacted(&answer.body));
        }
        lines.join("\n")
    }
}

impl<'f> Message<'f> {
    fn read(text: &'f str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let first = lines.next().expect("a first line");
        let headers = lines
            .map(|line| line.split_once(": ").expect("a header"))
            .collect();
        Self {
            first,
            headers,
            body,
        }
    }

    fn fill(&self, known: &HashMap<&str, String>) -> Request<axum::body::Body> {
        let fill = |text: &str| {
            known.iter().fold(text.to_owned(), |text, (name, token)| {
                text.replace(name, token)
            })
        };
        let (method, path) = self.first.split_once(' ').expect("a method and a path");
        let mut request = Request::builder().method(method).uri(path);
        let mut body = fill(self.body);
        for (name, value) in &self.headers {
            if value.starts_with("multipart/") {
                body = format!("{body}\n").replace('\n', "\r\n");
            }
            request = request.header(*name, fill(value));
        }
        request.body(body.into()).expect("a request")
    }
}

/// The text with its tokens and its cookie's date taken out.
fn redacted(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("eyJ") {
        let token = rest[start..].find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c));
        shown += &rest[..start];
        shown += "<JWT>";
        rest = token.map_or("", |length| &rest[start + length..]);
    }
    shown += rest;
    match shown.split_once("expires=") {
        Some((before, after)) if !after.starts_with("Thu, 01 Jan 1970") => {
            let rest = after.split_once(';').map_or("", |(_, rest)| rest);
            format!("{before}expires=<DATE>;{rest}")
        }
        _ => shown,
    }
}
