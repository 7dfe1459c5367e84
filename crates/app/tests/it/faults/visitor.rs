//! One person at a server, request by request: for faults that want to look at
//! each answer.

use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tollgate_testkit::services::Server;

const PASSWORD: &str = "a fine long phrase";

/// Somebody with an account.
#[derive(Clone)]
pub(super) struct Visitor {
    pub(super) client: Client,
    pub(super) url: String,
    email: String,
}

/// What a sign-in gave.
#[derive(Clone)]
pub(super) struct Tokens {
    pub(super) access: String,
    pub(super) refresh: String,
}

impl Visitor {
    /// They sign up as `name@example.org`.
    pub(super) async fn new(server: &Server, name: &str) -> Self {
        let visitor = Self::known(server, name);
        let made = visitor.sign_up(name).await;
        assert_eq!(made.status(), StatusCode::CREATED);
        visitor
    }

    /// They have an account, or will have one.
    pub(super) fn known(server: &Server, name: &str) -> Self {
        Self {
            client: Client::new(),
            url: server.url(),
            email: format!("{name}@example.org"),
        }
    }

    /// An account for somebody.
    pub(super) async fn sign_up(&self, name: &str) -> Response {
        let body = json!({ "email": format!("{name}@example.org"), "password": PASSWORD });
        send(self.post("/api/v1/signup").json(&body)).await
    }

    /// Their password, for tokens.
    pub(super) async fn try_password(&self) -> Response {
        let body = json!({ "login": self.email, "password": PASSWORD, "mode": "token" });
        send(self.post("/api/v1/session").json(&body)).await
    }

    /// A password that is not theirs.
    async fn guess(&self) -> StatusCode {
        let body = json!({ "login": self.email, "password": "a wrong phrase", "mode": "token" });
        send(self.post("/api/v1/session").json(&body))
            .await
            .status()
    }

    /// Their password, which must be taken.
    pub(super) async fn sign_in(&self) -> Tokens {
        tokens(self.try_password().await).await
    }

    pub(super) async fn refresh(&self, token: &str) -> Response {
        let body = json!({ "refresh_token": token });
        send(self.post("/api/v1/session/refresh").json(&body)).await
    }

    pub(super) async fn me(&self, access: &str) -> StatusCode {
        let request = self.client.get(format!("{}/api/v1/me", self.url));
        send(request.bearer_auth(access)).await.status()
    }

    pub(super) async fn sign_out(&self, access: &str) -> Response {
        let request = self.client.delete(format!("{}/api/v1/session", self.url));
        send(request.bearer_auth(access)).await
    }

    /// The status of a page for everybody, and its text.
    pub(super) async fn get(&self, path: &str) -> (StatusCode, String) {
        let answer = send(self.client.get(format!("{}{path}", self.url))).await;
        (answer.status(), answer.text().await.unwrap())
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.url))
    }
}

/// Guess until the account takes no more, not from them either.
pub(super) async fn shut_out(victim: &Visitor) {
    for _ in 0..10 {
        assert_eq!(victim.guess().await, StatusCode::UNAUTHORIZED);
    }
    let refused = victim.try_password().await.status();
    assert_eq!(refused, StatusCode::TOO_MANY_REQUESTS);
}

/// The tokens of an answer that must have some.
pub(super) async fn tokens(answer: Response) -> Tokens {
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(status, StatusCode::OK, "{body}");
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    Tokens {
        access: text("access_token"),
        refresh: text("refresh_token"),
    }
}

/// The status and the stable code of a refusal.
pub(super) async fn refusal(answer: Response) -> (StatusCode, String) {
    let status = answer.status();
    let body: Value = answer.json().await.unwrap_or_default();
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}

async fn send(request: RequestBuilder) -> Response {
    request.send().await.expect("the server answers")
}

/// Not one answer of 500 and above, 503 among them, in this life of the server.
pub(super) async fn no_fault(server: &Server) {
    let numbers = numbers(server).await;
    assert!(!numbers.contains(r#"status="5"#), "{numbers}");
    assert!(numbers.contains("tollgate_panics_total 0\n"), "{numbers}");
}

/// The metrics of a server.
pub(super) async fn numbers(server: &Server) -> String {
    let answer = reqwest::get(server.metrics_url() + "/metrics").await;
    answer.unwrap().text().await.unwrap()
}
