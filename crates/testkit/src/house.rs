//! A whole server in process: a node with a router around it, and clients that
//! speak to it without a network.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header},
};
use serde_json::{Value, json};
use tollgate_base::{
    access::{Principal, Role},
    identifier::Email,
};
use tollgate_flows::{
    Applicant, ClientProfile,
    people::{self, CreatePerson},
    signup::{self, SignUp},
};
use tollgate_web::{Http, Limits, Networks, Web};
use tower::ServiceExt;

use crate::node::Node;

/// The password of everybody in the house.
pub const PASSWORD: &str = "correct horse battery";

/// Where the house says that it is.
pub const PUBLIC_URL: &str = "http://localhost:8700";

/// How a session cookie begins.
const SESSION: &str = "tollgate=";

/// Largest answer that a test reads.
const ANSWER_MOST: usize = 16 * 1024 * 1024;

/// A server with its surfaces.
pub struct House {
    /// Its verbs, clock and chores.
    pub node: Node,
    /// Its HTTP state.
    pub web: Web,
    router: Router,
    router_of: fn(&Web) -> Router,
}

/// Somebody who sends requests, with or without credentials. As a browser does, it
/// keeps the cookie that takes the place of the one by which it is signed in.
pub struct Client {
    router: Router,
    headers: Mutex<HeaderMap>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub bytes: Vec<u8>,
    /// The body as text; empty if it is none.
    pub text: String,
}

/// Somebody with an account who is signed in by token.
pub struct Someone {
    /// The account's id.
    pub id: String,
    /// What they sign in with.
    pub email: String,
    /// The session.
    pub session: String,
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
    /// Sends the access token with each request.
    pub client: Client,
}

impl House {
    /// A house of its own; `router_of` builds its finished router.
    pub async fn new(router_of: fn(&Web) -> Router) -> Self {
        Self::around(Node::new().await, router_of)
    }

    /// One more node on the same database.
    pub async fn second_node(&self) -> Self {
        Self::around(self.node.second().await, self.router_of)
    }

    /// A house around a node.
    pub fn around(node: Node, router_of: fn(&Web) -> Router) -> Self {
        let http = Http {
            public_url: PUBLIC_URL.into(),
            listen: ([127, 0, 0, 1], 8700).into(),
            trusted_proxies: Vec::new(),
            cors_origins: vec!["https://app.example.org".into()],
            body_limit: 1024 * 1024,
            hsts_subdomains: false,
            request_timeout: Duration::from_secs(30),
            limits: Limits::default(),
            networks: Networks::default(),
            security_contact: None,
        };
        let web = Web::new(node.ctx.clone(), http);
        let router = router_of(&web);
        Self {
            node,
            web,
            router,
            router_of,
        }
    }

    /// Somebody without credentials, on this machine.
    pub fn stranger(&self) -> Client {
        Client {
            router: self.router.clone(),
            headers: Mutex::default(),
        }
    }

    /// An administrator.
    pub async fn admin(&self) -> Someone {
        self.someone("admin", Role::Admin).await
    }

    /// A person of the default role who signed up by themselves, signed in as
    /// `name@example.org`.
    pub async fn person(&self, name: &str) -> Someone {
        let request = SignUp {
            applicant: applicant(name),
            address: None,
            locale: None,
            client: ClientProfile::NATIVE,
        };
        let made = signup::signup(&self.node.ctx, &Principal::Anonymous, request).await;
        made.expect("they sign up");
        self.sign_in(&address(name)).await
    }

    /// A person of that role whom the operator made, signed in as
    /// `name@example.org`.
    pub async fn someone(&self, name: &str, role: Role) -> Someone {
        let request = CreatePerson {
            applicant: applicant(name),
            role,
            once: None,
        };
        let made = people::create(&self.node.ctx, &Principal::Operator, request).await;
        made.expect("the account is made");
        self.sign_in(&address(name)).await
    }

    /// Somebody who has an account, signed in once more.
    pub async fn sign_in(&self, email: &str) -> Someone {
        let body = json!({ "login": email, "password": PASSWORD, "mode": "token" });
        let answer = self
            .stranger()
            .post("/api/v1/session", body)
            .await
            .expect(200);
        let body = answer.json();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let access = text(&body["access_token"]);
        Someone {
            id: text(&body["user"]["id"]),
            email: email.to_owned(),
            session: text(&body["session_id"]),
            refresh: text(&body["refresh_token"]),
            client: self
                .stranger()
                .with("authorization", &format!("Bearer {access}")),
            access,
        }
    }
}

impl Clone for Client {
    fn clone(&self) -> Self {
        Self {
            router: self.router.clone(),
            headers: Mutex::new(self.headers().clone()),
        }
    }
}

impl Client {
    /// With one header more.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("a header's value");
        self.with_value(name, value)
    }

    /// With one header more, whose value may not be text.
    #[must_use]
    pub fn with_value(self, name: &str, value: HeaderValue) -> Self {
        let name: HeaderName = name.parse().expect("a header's name");
        self.headers().append(name, value);
        self
    }

    fn headers(&self) -> MutexGuard<'_, HeaderMap> {
        self.headers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keep a new session cookie in the place of an old one. One that is taken away is
    /// kept, as by somebody who has a copy.
    fn keep(&self, answer: &HeaderMap) {
        let set = answer.get_all(header::SET_COOKIE).iter();
        let mut texts = set.filter_map(|value| value.to_str().ok());
        let Some(new) = texts.find(|text| text.starts_with(SESSION)) else {
            return;
        };
        let new = new.split(';').next().unwrap_or_default();
        let mut headers = self.headers();
        let Some(header::Entry::Occupied(mut held)) = headers.try_entry(header::COOKIE).ok() else {
            return;
        };
        let text = held.get().to_str().unwrap_or_default().to_owned();
        let old = text.split("; ").find(|pair| pair.starts_with(SESSION));
        if let Some(old) = old.filter(|_| new != SESSION) {
            let value = HeaderValue::from_str(&text.replace(old, new)).expect("a cookie");
            held.insert(value);
        }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty(), None).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.json(Method::POST, path, &body).await
    }

    /// PUT of JSON.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.json(Method::PUT, path, &body).await
    }

    /// PATCH of JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.json(Method::PATCH, path, &body).await
    }

    /// DELETE without a body.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, Body::empty(), None).await
    }

    /// Any method with JSON.
    pub async fn json(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.send(
            method,
            path,
            Body::from(body.to_string()),
            Some("application/json"),
        )
        .await
    }

    /// Anything at all.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Body,
        media_type: Option<&str>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .body(body)
            .expect("a request");
        request.headers_mut().extend(self.headers().clone());
        if let Some(media_type) = media_type {
            let value = HeaderValue::from_str(media_type).expect("a media type");
            request.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        request
            .extensions_mut()
            .insert(ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000))));
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        self.keep(&parts.headers);
        let bytes = to_bytes(body, ANSWER_MOST)
            .await
            .expect("the answer is whole");
        let text = String::from_utf8(bytes.to_vec()).unwrap_or_default();
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes: bytes.into(),
            text,
        }
    }
}

impl Answer {
    /// Go on with it if it has that status.
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|fault| panic!("{fault}: {}", self.text))
    }

    /// The stable code of a problem.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// A header as text; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

fn applicant(name: &str) -> Applicant {
    Applicant {
        email: Some(Email::parse(&address(name)).expect("an address")),
        username: None,
        display_name: Some(name.to_owned()),
        password: Some(PASSWORD.to_owned().into()),
    }
}

fn address(name: &str) -> String {
    format!("{name}@example.org")
}
