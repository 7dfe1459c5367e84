//! Driving each way in over HTTP: somebody who gets what they are to show, what
//! comes in between, and what they are answered.

use std::time::Duration;

use serde_json::{Value, json};
use tollgate_base::{
    ExposeSecret,
    access::{Principal, Role},
    identifier::Identifier,
};
use tollgate_crypto::jwt::{SigningKey, sign_plain};
use tollgate_flows::{
    Hurdle, Way,
    ctx::{ByMail, Confirmation, SecondFactor},
    people, setup, vouch,
};
use tollgate_store::counters::Rate;
use tollgate_testkit::{
    authenticator::Authenticator,
    house::{Answer, Client, House, PASSWORD, PUBLIC_URL, Someone},
    node::CHATBOT_SECRET,
};
use totp_rs::{Algorithm, Secret, TOTP};

use crate::{
    code_pages::{add_phone, allow, texted},
    gate::{Browser, signed_in, site},
    pages::reader::Reader,
    required::require,
    support::house,
};

const OPERATOR: &Principal = &Principal::Operator;
const ANN: &str = "ann@example.org";
const APP: &str = "http://notes.localhost:8080";

/// What somebody is answered.
#[derive(Debug)]
pub(super) enum Seen {
    In,
    SecondStep,
    /// In, and nothing may be done but one thing.
    Limited,
    /// A problem, with its code.
    Problem(u16, String),
    /// A refusal in the words of a foreign protocol.
    Foreign(u16),
    /// Sent on to where one may begin again.
    Away,
}

/// Somebody at a door.
pub(super) struct Scene {
    house: House,
    ann: Someone,
    way: Way,
    hurdle: Option<Hurdle>,
    app: Option<App>,
    device: Authenticator,
    /// What Ann's device is known by, where it is hers that shows something.
    known: Option<String>,
    holds: Holds,
}

/// What they are to show.
enum Holds {
    Nothing,
    Text(String),
    /// The body of a request.
    Body(Value),
    Ticket(Browser, String),
    Visit(Browser),
}

/// An authenticator app with its recovery codes.
struct App {
    totp: TOTP,
    codes: Vec<String>,
}

impl Scene {
    /// Somebody who wants in by a way, and what stands there.
    pub(super) async fn raise(way: Way, hurdle: Option<Hurdle>) -> Self {
        Box::pin(Self::build(way, hurdle, false)).await
    }

    async fn build(way: Way, hurdle: Option<Hurdle>, at_home: bool) -> Self {
        let house = house().await;
        let mut policy = (*house.node.ctx.policy()).clone();
        policy.by_mail = match way {
            Way::MailLink => ByMail::Link,
            _ => ByMail::Code,
        };
        house.node.ctx.set_policy(policy);
        let ann = house.person("ann").await;
        let mut scene = Self {
            house,
            ann,
            way,
            hurdle,
            app: None,
            device: Authenticator::synced(PUBLIC_URL),
            known: None,
            holds: Holds::Nothing,
        };
        let mut known = None;
        if at_home {
            let login = json!({ "login": ANN, "password": PASSWORD, "remember_device": true });
            let opened = scene.post("/api/v1/session", login).await.json();
            known = opened["device_token"].as_str().map(ToOwned::to_owned);
        }
        if hurdle != Some(Hurdle::Unverified) {
            let (id, own) = (scene.ann.id.parse().unwrap(), Identifier::parse(ANN));
            vouch::verify(&scene.house.node.ctx, OPERATOR, (id, own.unwrap()))
                .await
                .unwrap();
        }
        let early = matches!(way, Way::ChatbotBearer | Way::ChatbotRefresh);
        if early {
            scene.holds = scene.get().await;
        }
        if hurdle == Some(Hurdle::SecondFactor) || matches!(way, Way::Totp | Way::RecoveryCode) {
            scene.add_app().await;
        }
        if !early {
            scene.holds = scene.get().await;
        }
        scene.block().await;
        scene.known = known;
        scene
    }

    /// The same, and what is shown comes from a device that the account knows.
    pub(super) async fn at_home(way: Way, hurdle: Option<Hurdle>) -> Self {
        Box::pin(Self::build(way, hurdle, true)).await
    }

    /// What comes in between.
    async fn block(&self) {
        let ctx = &self.house.node.ctx;
        match self.hurdle {
            Some(Hurdle::Suspended) => {
                let id = self.ann.id.parse().unwrap();
                people::suspend(ctx, OPERATOR, id).await.unwrap();
            }
            Some(Hurdle::Locked) => {
                let wrong = json!({ "login": ANN, "password": "wrong" });
                let tries = async || self.post("/api/v1/session", wrong.clone()).await.status;
                while tries().await != 429 {}
            }
            Some(Hurdle::Flooded) => {
                let mut policy = (*ctx.policy()).clone();
                policy.address_rate = Rate {
                    burst: 0,
                    per: Duration::from_mins(1),
                };
                ctx.set_policy(policy);
            }
            Some(Hurdle::FactorRequired) => require(ctx, SecondFactor::All),
            Some(Hurdle::SecondFactor | Hurdle::Unverified) | None => {}
        }
    }

    /// Get what is to be shown.
    async fn get(&mut self) -> Holds {
        match self.way {
            Way::Password | Way::ChatbotLogin => Holds::Nothing,
            Way::Totp | Way::RecoveryCode => {
                let login = json!({ "login": ANN, "password": PASSWORD });
                let first = self.post("/api/v1/session", login).await.expect(202);
                let code = match self.way {
                    Way::Totp => self.code(),
                    _ => self.app.as_ref().unwrap().codes[0].clone(),
                };
                Holds::Body(json!({ "challenge": first.json()["challenge"], "code": code }))
            }
            Way::EmailCode | Way::SmsCode => self.ask_code().await,
            Way::Confirmation => self.ask_confirmation().await,
            Way::Passkey => {
                self.add_passkey().await;
                Holds::Body(self.use_passkey().await)
            }
            Way::MailLink | Way::MailCode => self.ask_mail().await,
            Way::SignInToken => self.ask_admin().await,
            Way::Setup => {
                let token = setup::link(&self.house.node.ctx, OPERATOR, ()).await;
                Holds::Text(token.unwrap().expose_secret().to_owned())
            }
            Way::ResetLink => {
                let email = json!({ "email": ANN });
                self.post("/api/v1/password-reset", email).await.expect(202);
                Holds::Text(self.mailed("Set a new password").await.unwrap())
            }
            Way::RecoveryLink => {
                let admin = self.house.someone("admin", Role::Admin).await;
                let path = format!("/api/v1/people/{}/recovery", self.ann.id);
                admin.client.post(&path, json!({})).await;
                self.house.node.clock.advance(Duration::from_hours(24));
                let shown = self.mailed("Finish the recovery").await;
                Holds::Text(shown.unwrap_or_else(|| "tgo_none".to_owned()))
            }
            Way::Cookie => Holds::Text(self.cookie().await),
            Way::Bearer => Holds::Text(self.tokens("access_token").await),
            Way::Refresh => Holds::Text(self.tokens("refresh_token").await),
            Way::SiteTicket | Way::SiteCookie => self.cross().await,
            Way::ChatbotBearer => Holds::Text(self.chatbot("access").await),
            Way::ChatbotRefresh => Holds::Text(self.chatbot("refresh").await),
            Way::ForeignToken => Holds::Text(self.foreign()),
        }
    }

    /// Show it.
    pub(super) async fn show(mut self) -> Seen {
        let login = json!({ "login": ANN, "password": PASSWORD });
        let chatbot = json!({ "email": ANN, "password": PASSWORD });
        match (self.way, std::mem::replace(&mut self.holds, Holds::Nothing)) {
            (Way::Password, _) => ours(&self.post("/api/v1/session", login).await),
            (Way::ChatbotLogin, _) => foreign(&self.post("/api/token/", chatbot).await),
            (Way::Totp | Way::RecoveryCode | Way::EmailCode | Way::SmsCode, Holds::Body(body)) => {
                ours(&self.post("/api/v1/session/second", body).await)
            }
            (Way::Passkey, Holds::Body(body)) => {
                let path = "/api/v1/session/passkey/confirmation";
                ours(&self.post(path, body).await)
            }
            (Way::MailLink | Way::MailCode, Holds::Body(body)) => {
                ours(&self.post("/api/v1/session/mail/confirmation", body).await)
            }
            (Way::SignInToken, Holds::Body(body)) => {
                ours(&self.post("/api/v1/session/token", body).await)
            }
            (Way::Setup, Holds::Text(token)) => self.set_up(&token).await,
            (Way::ResetLink, Holds::Text(token)) => {
                let body = json!({ "token": token, "new_password": "another fine phrase" });
                ours(&self.post("/api/v1/password-reset/confirm", body).await)
            }
            (Way::Confirmation, Holds::Body(body)) => {
                ours(&self.post("/api/v1/session/confirmation", body).await)
            }
            (Way::RecoveryLink, Holds::Text(token)) => {
                let body = json!({ "token": token, "password": "another fine phrase" });
                ours(&self.post("/api/v1/recovery", body).await)
            }
            (Way::Cookie, Holds::Text(cookie)) => ours(
                &self
                    .stranger()
                    .with("cookie", &cookie)
                    .get("/api/v1/me/export")
                    .await,
            ),
            (Way::Bearer, Holds::Text(token)) => {
                ours(&self.bearer(&token).get("/api/v1/me/export").await)
            }
            (Way::Refresh, Holds::Text(token)) => {
                let body = json!({ "refresh_token": token });
                ours(&self.post("/api/v1/session/refresh", body).await)
            }
            (Way::SiteTicket, Holds::Ticket(mut browser, url)) => {
                browser.open(&url).await;
                let jar = browser.cookies("notes.localhost");
                if jar.contains_key("tollgate-site-8080") {
                    Seen::In
                } else {
                    Seen::Away
                }
            }
            (Way::SiteCookie, Holds::Visit(browser)) => {
                match browser.visit(&format!("{APP}/a")).await.status.as_u16() {
                    200 => Seen::In,
                    _ => Seen::Away,
                }
            }
            (Way::ChatbotBearer | Way::ForeignToken, Holds::Text(token)) => {
                foreign(&self.bearer(&token).get("/auth/status/").await)
            }
            (Way::ChatbotRefresh, Holds::Text(token)) => {
                let body = json!({ "refresh": token });
                foreign(&self.post("/api/token/refresh/", body).await)
            }
            (way, _) => panic!("{way:?} has nothing to show"),
        }
    }

    fn stranger(&self) -> Client {
        let client = self.house.stranger();
        match &self.known {
            Some(token) => client.with("tollgate-device", token),
            None => client,
        }
    }

    fn bearer(&self, token: &str) -> Client {
        let value = format!("Bearer {token}");
        self.stranger().with("authorization", &value)
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.stranger().post(path, body).await
    }

    /// A code that was not shown before.
    fn code(&self) -> String {
        self.house.node.clock.advance(Duration::from_secs(30));
        let now = self.house.node.ctx.now().secs().unsigned_abs();
        self.app.as_ref().unwrap().totp.generate(now)
    }

    async fn add_app(&mut self) {
        let ann = &self.ann.client;
        let wanted = json!({ "name": "Phone", "current_password": PASSWORD });
        let begun = ann.post("/api/v1/me/factors", wanted).await.expect(201);
        let begun = begun.json();
        let secret = Secret::Encoded(begun["secret"].as_str().unwrap().to_owned());
        let secret = secret.to_bytes().unwrap();
        let totp = TOTP::new(Algorithm::SHA1, 6, 1, 30, secret).unwrap();
        let id = begun["id"].as_str().unwrap();
        let now = self.house.node.ctx.now().secs().unsigned_abs();
        let shown = json!({ "code": totp.generate(now) });
        let path = format!("/api/v1/me/factors/{id}/confirmation");
        let made = ann.post(&path, shown).await.expect(200).json();
        let codes = made["recovery_codes"].as_array().unwrap();
        let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned());
        self.app = Some(App {
            totp,
            codes: codes.collect(),
        });
    }

    async fn add_passkey(&mut self) {
        let wanted = json!({ "name": "Laptop", "current_password": PASSWORD });
        let path = "/api/v1/me/passkeys";
        let question = self.ann.client.post(path, wanted).await.expect(200).json();
        let made = self.device.create(&question["options"].to_string());
        let made: Value = serde_json::from_str(&made).unwrap();
        let answer = json!({ "ceremony": question["ceremony"], "credential": made });
        let path = "/api/v1/me/passkeys/confirmation";
        self.ann.client.post(path, answer).await.expect(200);
    }

    async fn use_passkey(&mut self) -> Value {
        let question = self.post("/api/v1/session/passkey", json!({})).await;
        let question = question.expect(200).json();
        let used = self.device.get(&question["options"].to_string());
        let used: Value = serde_json::from_str(&used).unwrap();
        json!({ "ceremony": question["ceremony"], "credential": used })
    }

    /// What a mail says that a person has to show, if one came.
    async fn mailed(&self, subject: &str) -> Option<String> {
        self.house.node.settle().await;
        let mails = self.house.node.mails();
        let mail = mails.iter().find(|mail| mail.contains(subject))?;
        let line = mail.lines().find(|line| line.starts_with("    "))?;
        Some(line.trim().rsplit('#').next()?.to_owned())
    }

    async fn ask_mail(&self) -> Holds {
        let asked = self.post("/api/v1/session/mail", json!({ "email": ANN }));
        let asked = asked.await.expect(202).json();
        let shown = self.mailed("to sign in\n").await;
        let shown = shown.unwrap_or_else(|| "00000000".to_owned());
        Holds::Body(json!({ "request": asked["request"], "code": shown }))
    }

    async fn ask_code(&self) -> Holds {
        let by = if self.way == Way::SmsCode {
            add_phone(&self.house, &self.ann.client).await;
            "sms"
        } else {
            "email"
        };
        allow(&self.house.node.ctx);
        let on = json!({ "by": by, "current_password": PASSWORD });
        self.ann.client.put("/api/v1/me/codes", on).await;
        let login = json!({ "login": ANN, "password": PASSWORD });
        let first = self.post("/api/v1/session", login).await;
        if first.status != 202 {
            return Holds::Body(json!({ "challenge": "tgo_none", "code": "0000 0000" }));
        }
        let challenge = first.json()["challenge"].clone();
        let before = self.house.node.texts();
        let send = json!({ "challenge": challenge, "by": by });
        let sent = self.post("/api/v1/session/second/code", send).await;
        if sent.status != 202 {
            return Holds::Body(json!({ "challenge": challenge, "code": "0000 0000" }));
        }
        let code = match self.way {
            Way::SmsCode => texted(&self.house, &before).await,
            _ => self.mailed("Subject: Your code:").await.unwrap(),
        };
        Holds::Body(json!({ "challenge": challenge, "code": code }))
    }

    async fn ask_confirmation(&self) -> Holds {
        let ctx = &self.house.node.ctx;
        let mut policy = (*ctx.policy()).clone();
        policy.devices.confirm = Confirmation::Device;
        ctx.set_policy(policy);
        let login = json!({ "login": ANN, "password": PASSWORD });
        let first = self.post("/api/v1/session", login).await;
        let challenge = first.json()["challenge"].clone();
        match self.mailed("Subject: Was it you?").await {
            Some(code) => Holds::Body(json!({ "challenge": challenge, "code": code })),
            None => Holds::Body(json!({ "challenge": "tgo_none", "code": "00000000" })),
        }
    }

    async fn ask_admin(&self) -> Holds {
        let admin = self.house.someone("admin", Role::Admin).await;
        let path = format!("/api/v1/people/{}/sign-in-link", self.ann.id);
        let made = admin.client.post(&path, json!({})).await.expect(200).json();
        assert_eq!(made["expires_in"], 600);
        Holds::Body(json!({ "token": made["token"] }))
    }

    /// In by the front door, with a code where one is asked for.
    async fn enter(&self, mode: &str) -> Answer {
        let client = self.stranger().with("origin", PUBLIC_URL);
        let login = json!({ "login": ANN, "password": PASSWORD, "mode": mode });
        let answer = client.post("/api/v1/session", login).await;
        if answer.status == 200 {
            return answer;
        }
        let challenge = answer.expect(202).json()["challenge"].clone();
        let second = json!({ "challenge": challenge, "code": self.code(), "mode": mode });
        client
            .post("/api/v1/session/second", second)
            .await
            .expect(200)
    }

    async fn cookie(&self) -> String {
        let answer = self.enter("cookie").await;
        let cookie = answer.header("set-cookie").split(';').next();
        cookie.unwrap().to_owned()
    }

    async fn tokens(&self, which: &str) -> String {
        let opened = self.enter("token").await.json();
        opened[which].as_str().unwrap().to_owned()
    }

    async fn cross(&self) -> Holds {
        site(&self.house, APP, signed_in()).await;
        let mut browser = Browser::new(&self.house);
        let cookie = self.cookie().await;
        let (name, value) = cookie.split_once('=').unwrap();
        let jar = browser.cookies("localhost");
        jar.insert(name.to_owned(), value.to_owned());
        let mut url = format!("{APP}/.tollgate/enter?to=%2Fa");
        while !url.contains("/.tollgate/land") {
            let answer = browser.open(&url).await.expect(303);
            answer.header("location").clone_into(&mut url);
        }
        if self.way == Way::SiteTicket {
            return Holds::Ticket(browser, url);
        }
        browser.open(&url).await.expect(303);
        Holds::Visit(browser)
    }

    async fn chatbot(&self, which: &str) -> String {
        let login = json!({ "email": ANN, "password": PASSWORD });
        let opened = self.post("/api/token/", login).await.expect(200).json();
        opened[which].as_str().unwrap().to_owned()
    }

    /// As a service makes it that shares the secret.
    fn foreign(&self) -> String {
        // Times in tokens are whole seconds: one of the same second may be older.
        self.house.node.clock.advance(Duration::from_secs(1));
        let now = self.house.node.ctx.now().secs();
        let claims = json!({
            "token_type": "access", "exp": now + 600, "iat": now, "jti": "0".repeat(32),
            "user_id": 1,
        });
        let secret = CHATBOT_SECRET.as_bytes();
        let key = SigningKey::from_shared_secret("elsewhere", secret).unwrap();
        sign_plain(&key, &claims).unwrap()
    }

    async fn set_up(&self, token: &str) -> Seen {
        let mut reader = Reader::of(&self.house);
        reader.read("/setup").await.expect(200);
        let fields = [
            ("token", token),
            ("name", "Root"),
            ("email", "root@example.org"),
            ("username", ""),
            ("password", PASSWORD),
        ];
        let answer = reader.send("/setup", &fields).await;
        if reader.cookie("tollgate").is_empty() {
            return Seen::Foreign(answer.status.as_u16());
        }
        match reader.read("/admin").await.status.as_u16() {
            200 => Seen::In,
            _ => Seen::Limited,
        }
    }
}

/// An answer of our own API.
fn ours(answer: &Answer) -> Seen {
    match answer.status.as_u16() {
        202 => Seen::SecondStep,
        200 if answer.json()["limited"] == true => Seen::Limited,
        200 | 204 => Seen::In,
        status => Seen::Problem(status, answer.code()),
    }
}

fn foreign(answer: &Answer) -> Seen {
    match answer.status.as_u16() {
        200 => Seen::In,
        status => Seen::Foreign(status),
    }
}
