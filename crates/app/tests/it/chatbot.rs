//! Stories of the chatbot dialect, told through its own addresses.
//!
//! Here: a server that speaks it, and what goes in and out, byte for byte.

mod clients;
mod factors;
mod golden;
mod people;
mod tokens;

use std::time::Duration;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request},
};
use serde_json::{Value, json};
use tollgate_base::{access::Principal, identifier::Identifier};
use tollgate_crypto::jwt::{SigningKey, sign_plain};
use tollgate_flows::{
    ctx::{Policy, SimpleJwt},
    people as verbs,
};
use tollgate_testkit::node::{CHATBOT_SECRET, Node};
use tollgate_web::{Http, Limits, Networks, Web, finish};
use tower::ServiceExt;

const ANN: &str = "ann@example.org";
const PASSWORD: &str = "horse battery staple";

/// A server that speaks nothing else.
struct Chatbot {
    node: Node,
    app: Router,
}

/// What came back.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Chatbot {
    async fn new() -> Self {
        Self::on(Node::new().await)
    }

    /// One that Ann has registered with.
    async fn with_ann() -> Self {
        let chatbot = Self::new().await;
        let registered = chatbot
            .post(
                "/auth/register/",
                json!({"email": ANN, "password": PASSWORD}),
            )
            .await;
        assert_eq!(registered.status, 201, "{registered:?}");
        chatbot
    }

    fn on(node: Node) -> Self {
        let http = Http {
            public_url: "http://localhost:8700".into(),
            listen: ([127, 0, 0, 1], 8700).into(),
            trusted_proxies: Vec::new(),
            cors_origins: Vec::new(),
            body_limit: 64 * 1024,
            hsts_subdomains: false,
            request_timeout: Duration::from_secs(30),
            limits: Limits::default(),
            networks: Networks::default(),
            security_contact: None,
        };
        let app = finish(
            tollgate_dialects::routes::router(true),
            Web::new(node.ctx.clone(), http),
            tollgate_console::refused,
        );
        Self { node, app }
    }

    /// Change what the operator allows.
    fn allow(&self, change: impl FnOnce(&mut Policy)) {
        let mut policy = self.node.ctx.policy().as_ref().clone();
        change(&mut policy);
        self.node.ctx.set_policy(policy);
    }

    fn speak(&self, wording: SimpleJwt) {
        self.allow(|policy| policy.chatbot.simplejwt = wording);
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self
            .app
            .clone()
            .oneshot(request)
            .await
            .expect("a router always answers");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 1 << 20).await.expect("a body in memory");
        let body = String::from_utf8(body.to_vec()).expect("an answer in UTF-8");
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        }
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        let request = Request::post(path).header("content-type", "application/json");
        self.send(request.body(body.to_string().into()).expect("a request"))
            .await
    }

    /// With a bearer token.
    async fn ask(&self, method: &str, path: &str, token: &str) -> Answer {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("authorization", format!("Bearer {token}"));
        self.send(request.body(Body::empty()).expect("a request"))
            .await
    }

    /// Sign Ann in: her access and refresh token.
    async fn login(&self) -> (String, String) {
        let answer = self
            .post("/auth/login/", json!({"email": ANN, "password": PASSWORD}))
            .await;
        assert_eq!(answer.status, 200, "{answer:?}");
        (answer.text("access_token"), answer.text("refresh_token"))
    }

    async fn status(&self, token: &str) -> Answer {
        self.ask("GET", "/auth/status/", token).await
    }

    async fn refresh(&self, token: &str) -> Answer {
        self.post("/api/token/refresh/", json!({ "refresh": token }))
            .await
    }

    async fn suspend(&self, email: &str) {
        let by = Principal::Operator;
        let name = Identifier::parse(email).expect("an address");
        let person = verbs::find(&self.node.ctx, &by, name)
            .await
            .expect("they have registered");
        verbs::suspend(&self.node.ctx, &by, person.account.id)
            .await
            .expect("the operator may");
    }

    /// A token as any service makes it that shares the secret: an access token
    /// of person 1 from now on, with some claims replaced or, by null, removed.
    fn foreign(&self, changes: Value) -> String {
        self.signed(CHATBOT_SECRET, changes)
    }

    fn signed(&self, secret: &str, changes: Value) -> String {
        let now = self.node.clock.now().secs();
        let mut claims = json!({
            "token_type": "access", "exp": now + 600, "iat": now, "jti": "0".repeat(32), "user_id": 1,
        });
        let (Value::Object(claimed), Value::Object(changes)) = (&mut claims, changes) else {
            panic!("claims and changes are objects");
        };
        for (name, value) in changes {
            if value.is_null() {
                claimed.remove(&name);
            } else {
                claimed.insert(name, value);
            }
        }
        let key = SigningKey::from_shared_secret("shared", secret.as_bytes()).expect("long enough");
        sign_plain(&key, &claims).expect("claims are JSON")
    }
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|fault| panic!("{fault}: {self:?}"))
    }

    /// A member that is a text.
    fn text(&self, name: &str) -> String {
        let body = self.json();
        body[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name} in {self:?}"))
            .to_owned()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .map(|value| value.to_str().expect("plain text"))
    }
}
