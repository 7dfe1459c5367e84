//! People with second factors, who got them through the interface as anybody does:
//! an authenticator app each, or a passkey.

use std::{net::SocketAddr, time::Duration};

use serde_json::{Value, json};
use tollgate_authenticator::Authenticator;
use tollgate_base::time::Clock;

use totp_rs::{Algorithm, Secret, TOTP};

use crate::{
    Result,
    client::{Answer, Caller, Connection, post},
    people::{PASSWORD, People},
};

/// How long an app shows one code.
pub(crate) const STEP: Duration = Duration::from_secs(30);

/// Somebody who signs in with a password and the code of an app.
pub(crate) struct WithApp {
    name: String,
    app: TOTP,
    next: Vec<u8>,
    is_second: bool,
}

/// Somebody who signs in with a passkey alone.
pub(crate) struct WithPasskey {
    device: Authenticator,
    next: Vec<u8>,
    is_second: bool,
}

impl WithApp {
    /// Give so many people an app each. What it shows was used up: they sign in from
    /// the next step on.
    pub(crate) async fn equip(
        people: &mut People,
        address: SocketAddr,
        count: usize,
    ) -> Result<Vec<Self>> {
        let mut equipped = Vec::new();
        for name in people.names(count) {
            let mut owner = Owner::enter(address, &name).await?;
            let begun = json!({ "name": "Phone", "current_password": PASSWORD });
            let begun = owner.send("/api/v1/me/factors", &begun, 201).await?;
            let secret = Secret::Encoded(text(&begun["secret"])?).to_bytes()?;
            let app = TOTP::new(Algorithm::SHA1, 6, 1, STEP.as_secs(), secret)?;
            let path = format!("/api/v1/me/factors/{}/confirmation", text(&begun["id"])?);
            let code = json!({ "code": shown(&app) });
            owner.send(&path, &code, 200).await?;
            let next = signin(&name);
            equipped.push(Self {
                name,
                app,
                next,
                is_second: false,
            });
        }
        Ok(equipped)
    }
}

impl Caller for WithApp {
    fn ask(&mut self) -> &[u8] {
        &self.next
    }

    fn hear(&mut self, answer: &Answer) {
        self.next = if self.is_second {
            answer.expect(200);
            signin(&self.name)
        } else {
            answer.expect(202);
            let challenge = &answer.json()["challenge"];
            let code = json!({ "challenge": challenge, "code": shown(&self.app), "mode": "token" });
            post("/api/v1/session/second", &code)
        };
        self.is_second = !self.is_second;
    }
}

impl WithPasskey {
    /// Give so many people a passkey each.
    pub(crate) async fn equip(
        people: &mut People,
        address: SocketAddr,
        origin: &str,
        count: usize,
    ) -> Result<Vec<Self>> {
        let mut equipped = Vec::new();
        for name in people.names(count) {
            let mut owner = Owner::enter(address, &name).await?;
            let wanted = json!({ "name": "Phone", "current_password": PASSWORD });
            let asked = owner.send("/api/v1/me/passkeys", &wanted, 200).await?;
            let mut device = Authenticator::synced(origin);
            let made: Value = serde_json::from_str(&device.create(&asked["options"].to_string()))?;
            let made = json!({ "ceremony": asked["ceremony"], "credential": made });
            let path = "/api/v1/me/passkeys/confirmation";
            owner.send(path, &made, 200).await?;
            equipped.push(Self {
                device,
                next: begin(),
                is_second: false,
            });
        }
        Ok(equipped)
    }
}

impl Caller for WithPasskey {
    fn ask(&mut self) -> &[u8] {
        &self.next
    }

    fn hear(&mut self, answer: &Answer) {
        answer.expect(200);
        self.next = if self.is_second {
            begin()
        } else {
            let asked = answer.json();
            let signed = self.device.get(&asked["options"].to_string());
            let signed: Value = serde_json::from_str(&signed).expect("JSON of our own");
            let body =
                json!({ "ceremony": asked["ceremony"], "credential": signed, "mode": "token" });
            post("/api/v1/session/passkey/confirmation", &body)
        };
        self.is_second = !self.is_second;
    }
}

/// Somebody who is signed in and adds a factor.
struct Owner {
    connection: Connection,
    bearer: String,
}

impl Owner {
    async fn enter(address: SocketAddr, name: &str) -> Result<Self> {
        let mut connection = Connection::open(address).await?;
        let answer = connection.exchange(&signin(name)).await?;
        answer.expect(200);
        let bearer = format!("Bearer {}", text(&answer.json()["access_token"])?);
        Ok(Self { connection, bearer })
    }

    async fn send(&mut self, path: &str, body: &Value, status: u16) -> Result<Value> {
        let request = with_bearer(&post(path, body), &self.bearer);
        let answer = self.connection.exchange(&request).await?;
        answer.expect(status);
        Ok(answer.json())
    }
}

fn with_bearer(request: &[u8], bearer: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(request);
    let line = format!("\r\nAuthorization: {bearer}\r\n");
    text.replacen("\r\n", &line, 1).into_bytes()
}

fn signin(name: &str) -> Vec<u8> {
    let body = json!({ "login": name, "password": PASSWORD, "mode": "token" });
    post("/api/v1/session", &body)
}

fn begin() -> Vec<u8> {
    post("/api/v1/session/passkey", &json!({}))
}

fn shown(app: &TOTP) -> String {
    app.generate(Clock::machine().now().secs().unsigned_abs())
}

fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().ok_or("no text")?.to_owned())
}
