//! People who work with a server until it is gone, and remember what it
//! acknowledged: the journal that every fault is held against.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use tokio::{sync::Mutex, task::JoinSet};
use tollgate_testkit::services::{Program, Server};

/// A server with limits that a load from one address does not meet.
pub(super) fn program(folder: &std::path::Path) -> Program {
    Program::new(env!("CARGO_BIN_EXE_tollgate"), folder)
        .env("TOLLGATE_SIGNIN__REGISTRATION", "open")
        .env("TOLLGATE_SIGNIN__ATTEMPTS__ADDRESS_BURST", "10000")
        .env("TOLLGATE_SIGNIN__ATTEMPTS__ADDRESS_PER_MINUTE", "10000")
        .env("TOLLGATE_SIGNIN__ATTEMPTS__PER_NETWORK", "40")
        .env("TOLLGATE_SIGNIN__ATTEMPTS__IN_ALL", "100000")
        .env("TOLLGATE_LOG__LEVEL", "warn")
}

/// Somebody who uses the server, with all that it has acknowledged to them.
pub(super) struct Person {
    client: Client,
    email: String,
    password: Option<String>,
    live: Option<Pair>,
    ended: Vec<Pair>,
    /// What was asked last, while it is not known whether it was done.
    pending: Option<Pending>,
    turn: u32,
    /// Effects that were acknowledged.
    pub(super) acknowledged: u64,
    /// Answers of 500 and above other than 503.
    pub(super) faults: Vec<String>,
}

#[derive(Clone)]
struct Pair {
    access: String,
    refresh: String,
}

/// Something that takes several steps on the server.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    SignUp,
    SignIn,
    Refresh,
    Password,
    SignOut,
}

enum Pending {
    SignUp,
    SignIn,
    Refresh(Instant),
    SignOut,
    Password(String),
}

/// Several people at once.
pub(super) struct Crowd(Vec<Arc<Mutex<Person>>>);

/// The server did not answer, or said that it cannot now.
struct Gone;

impl Crowd {
    pub(super) fn new(name: &str, size: usize) -> Self {
        let person = |number| Arc::new(Mutex::new(Person::new(name, number)));
        Self((0..size).map(person).collect())
    }

    /// Let everybody work until `until` resolves, and finish what they began;
    /// whoever meets a dead server stops earlier.
    pub(super) async fn work(&self, url: &str, until: impl Future<Output = ()>) {
        let mut tasks = JoinSet::new();
        let stop = Arc::new(AtomicBool::new(false));
        for person in &self.0 {
            let (person, url, stop) = (person.clone(), url.to_owned(), stop.clone());
            tasks.spawn(async move {
                let mut person = person.lock().await;
                while !stop.load(Ordering::Relaxed) && person.act(&url).await.is_ok() {}
            });
        }
        until.await;
        stop.store(true, Ordering::Relaxed);
        while let Some(outcome) = tasks.join_next().await {
            outcome.expect("everybody was served as promised");
        }
    }

    /// Everything acknowledged is there, and nothing ended works.
    pub(super) async fn check(&self, server: &Server) {
        let mut tasks = JoinSet::new();
        for person in &self.0 {
            let (person, url) = (person.clone(), server.url());
            tasks.spawn(async move { person.lock().await.check(&url).await });
        }
        while let Some(outcome) = tasks.join_next().await {
            outcome.expect("a person's check holds");
        }
    }

    /// Nobody's earlier session works; everybody's password does.
    pub(super) async fn check_after_restore(&self, server: &Server) {
        for person in &self.0 {
            person.lock().await.check_after_restore(&server.url()).await;
        }
    }

    /// How many effects were acknowledged, and what should not have been said.
    pub(super) async fn tally(&self) -> (u64, Vec<String>) {
        let (mut acknowledged, mut faults) = (0, Vec::new());
        for person in &self.0 {
            let person = person.lock().await;
            acknowledged += person.acknowledged;
            faults.extend(person.faults.iter().cloned());
        }
        (acknowledged, faults)
    }
}

impl Person {
    pub(super) fn new(name: &str, number: usize) -> Self {
        let client = Client::builder().timeout(Duration::from_secs(20)).build();
        Self {
            client: client.expect("a client without TLS needs nothing"),
            email: format!("{name}{number}@example.org"),
            password: None,
            live: None,
            ended: Vec::new(),
            pending: None,
            turn: number as u32,
            acknowledged: 0,
            faults: Vec::new(),
        }
    }

    /// Do what comes before `deed`.
    pub(super) async fn prepare(&mut self, deed: Deed, url: &str) {
        let before: &[Deed] = match deed {
            Deed::SignUp => &[],
            Deed::SignIn => &[Deed::SignUp],
            Deed::Refresh | Deed::Password | Deed::SignOut => &[Deed::SignUp, Deed::SignIn],
        };
        for deed in before {
            assert!(self.perform(*deed, url).await, "{deed:?}");
        }
    }

    /// Do it; whether it was acknowledged.
    pub(super) async fn perform(&mut self, deed: Deed, url: &str) -> bool {
        let done = match deed {
            Deed::SignUp => self.sign_up(url).await,
            Deed::SignIn => self.sign_in(url).await,
            Deed::Refresh => self.refresh(url).await,
            Deed::Password => self.change_password(url).await,
            Deed::SignOut => self.sign_out(url).await,
        };
        done.is_ok()
    }

    /// Do the next thing.
    async fn act(&mut self, url: &str) -> Result<(), Gone> {
        self.settle(url).await?;
        self.turn = self.turn.wrapping_add(1);
        match (&self.password, &self.live) {
            (None, _) => self.sign_up(url).await,
            (Some(_), None) => self.sign_in(url).await,
            (Some(_), Some(_)) => match self.turn % 8 {
                0 => self.change_password(url).await,
                3 => self.sign_out(url).await,
                _ => self.refresh(url).await,
            },
        }
    }

    async fn sign_up(&mut self, url: &str) -> Result<(), Gone> {
        self.pending = Some(Pending::SignUp);
        let password = format!("first pass of {}", self.email.len());
        let body = json!({ "email": self.email, "password": password });
        let request = self.client.post(format!("{url}/api/v1/signup")).json(&body);
        let answer = self.send(request).await?;
        // Taken: it was made the last time, when the answer was lost.
        assert!(
            [StatusCode::CREATED, StatusCode::CONFLICT].contains(&answer.status()),
            "sign-up: {}",
            answer.status()
        );
        self.password = Some(password);
        self.done();
        Ok(())
    }

    async fn sign_in(&mut self, url: &str) -> Result<(), Gone> {
        self.pending = Some(Pending::SignIn);
        let password = self.password.clone().expect("they have signed up");
        let answer = self.try_password(url, &password).await?;
        assert_eq!(answer.status(), StatusCode::OK, "sign-in of {}", self.email);
        self.live = Some(pair(answer).await?);
        self.done();
        Ok(())
    }

    async fn refresh(&mut self, url: &str) -> Result<(), Gone> {
        self.pending = Some(Pending::Refresh(Instant::now()));
        let token = self
            .live
            .as_ref()
            .expect("they are signed in")
            .refresh
            .clone();
        let answer = self.try_refresh(url, &token).await?;
        assert_eq!(answer.status(), StatusCode::OK, "refresh of {}", self.email);
        self.live = Some(pair(answer).await?);
        self.done();
        Ok(())
    }

    async fn sign_out(&mut self, url: &str) -> Result<(), Gone> {
        self.pending = Some(Pending::SignOut);
        let pair = self.live.clone().expect("they are signed in");
        let request = self
            .client
            .delete(format!("{url}/api/v1/session"))
            .bearer_auth(&pair.access);
        let answer = self.send(request).await?;
        assert!(
            answer.status().is_success(),
            "sign-out: {}",
            answer.status()
        );
        self.ended.push(pair);
        self.live = None;
        self.done();
        Ok(())
    }

    async fn change_password(&mut self, url: &str) -> Result<(), Gone> {
        let new = format!("changed pass {} of {}", self.turn, self.email.len());
        self.pending = Some(Pending::Password(new.clone()));
        let pair = self.live.clone().expect("they are signed in");
        let body = json!({ "current_password": self.password, "new_password": new });
        let request = self
            .client
            .put(format!("{url}/api/v1/me/password"))
            .bearer_auth(&pair.access);
        let answer = self.send(request.json(&body)).await?;
        assert!(
            answer.status().is_success(),
            "change of password: {}",
            answer.status()
        );
        self.password = Some(new);
        self.done();
        Ok(())
    }

    /// Everything acknowledged to them is there, and nothing ended works.
    pub(super) async fn check(&mut self, url: &str) {
        self.settle(url).await.ok().expect("the server is back");
        let Some(password) = self.password.clone() else {
            return;
        };
        let answer = self
            .try_password(url, &password)
            .await
            .ok()
            .expect("the server is back");
        assert_eq!(
            answer.status(),
            StatusCode::OK,
            "the password of {} was lost",
            self.email
        );
        if let Some(live) = self.live.clone() {
            let answer = self
                .try_refresh(url, &live.refresh)
                .await
                .ok()
                .expect("the server is back");
            assert_eq!(
                answer.status(),
                StatusCode::OK,
                "the session of {} was lost",
                self.email
            );
            self.live = pair(answer).await.ok();
        }
        self.check_ended(url).await;
    }

    async fn check_ended(&mut self, url: &str) {
        for pair in std::mem::take(&mut self.ended) {
            assert_eq!(
                self.me(url, &pair.access).await,
                StatusCode::UNAUTHORIZED,
                "an ended session of {} lives",
                self.email
            );
            let answer = self
                .try_refresh(url, &pair.refresh)
                .await
                .ok()
                .expect("the server is back");
            assert_eq!(
                answer.status(),
                StatusCode::UNAUTHORIZED,
                "an ended session of {} lives",
                self.email
            );
        }
    }

    async fn check_after_restore(&mut self, url: &str) {
        self.pending = None;
        self.ended.extend(self.live.take());
        self.check_ended(url).await;
        let Some(password) = self.password.clone() else {
            return;
        };
        let answer = self
            .try_password(url, &password)
            .await
            .ok()
            .expect("the server is there");
        assert_eq!(
            answer.status(),
            StatusCode::OK,
            "the account of {} was lost",
            self.email
        );
    }

    /// Find out what became of the request that got no answer.
    async fn settle(&mut self, url: &str) -> Result<(), Gone> {
        match &self.pending {
            None | Some(Pending::SignUp | Pending::SignIn) => {}
            Some(Pending::Refresh(asked)) => {
                // The honest retry: the same token, a moment later.
                let in_time = asked.elapsed() < Duration::from_secs(8);
                let token = self.live.clone().expect("they were signed in").refresh;
                let answer = self.try_refresh(url, &token).await?;
                assert!(
                    answer.status() == StatusCode::OK || !in_time,
                    "the retry of {} was refused",
                    self.email
                );
                self.live = match answer.status() {
                    StatusCode::OK => Some(pair(answer).await?),
                    _ => None,
                };
            }
            Some(Pending::SignOut) => self.live = None,
            Some(Pending::Password(new)) => {
                let new = new.clone();
                if self.try_password(url, &new).await?.status() == StatusCode::OK {
                    self.password = Some(new);
                }
            }
        }
        self.pending = None;
        Ok(())
    }

    async fn try_password(&mut self, url: &str, password: &str) -> Result<Response, Gone> {
        let body = json!({ "login": self.email, "password": password, "mode": "token" });
        self.send(
            self.client
                .post(format!("{url}/api/v1/session"))
                .json(&body),
        )
        .await
    }

    async fn try_refresh(&mut self, url: &str, token: &str) -> Result<Response, Gone> {
        let body = json!({ "refresh_token": token });
        self.send(
            self.client
                .post(format!("{url}/api/v1/session/refresh"))
                .json(&body),
        )
        .await
    }

    async fn me(&mut self, url: &str, access: &str) -> StatusCode {
        let request = self
            .client
            .get(format!("{url}/api/v1/me"))
            .bearer_auth(access);
        self.send(request)
            .await
            .ok()
            .expect("the server is back")
            .status()
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Result<Response, Gone> {
        let answer = request.send().await.map_err(|_| Gone)?;
        let status = answer.status();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            return Err(Gone);
        }
        if status.is_server_error() {
            self.faults.push(format!(
                "{status}: {}",
                answer.text().await.unwrap_or_default()
            ));
            return Err(Gone);
        }
        Ok(answer)
    }

    fn done(&mut self) {
        self.pending = None;
        self.acknowledged += 1;
    }
}

/// An answer that is cut off counts as none.
async fn pair(answer: Response) -> Result<Pair, Gone> {
    let body: Value = answer.json().await.map_err(|_| Gone)?;
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    match (text("access_token"), text("refresh_token")) {
        (Some(access), Some(refresh)) => Ok(Pair { access, refresh }),
        _ => panic!("an answer without tokens: {body}"),
    }
}
