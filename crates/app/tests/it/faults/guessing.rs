//! fault:F23 — bad sign-ins by the thousand: at one account, from one network, from
//! many at one account, at many accounts from many networks, and under every name
//! that an account has. Few are looked at, the rest cost no hash, and whom an account
//! knows gets in all the while.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tollgate_store::sql::{Db, Settings};
use tollgate_testkit::services::{Program, Server, campaign};

use crate::support::tell;

use super::visitor::{Visitor, no_fault};

const ANN: &str = "ann@example.org";
const PASSWORD: &str = "a fine long phrase";
/// Who guess at the same time.
const AT_ONCE: usize = 32;
const MB: u64 = 1_000_000;

/// A server behind a proxy, and somebody whose device it knows.
struct House {
    server: Server,
    folder: TempDir,
    ann: Person,
}

/// Somebody with the device that their account knows.
#[derive(Clone)]
struct Person {
    client: Client,
    url: String,
    device: String,
}

/// What an attack came to.
struct Outcome {
    tries: usize,
    looked_at: usize,
    /// How long each refusal took.
    refusals: Vec<Duration>,
    /// How long each good sign-in took meanwhile.
    good: Vec<Duration>,
}

impl House {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut program = Program::new(env!("CARGO_BIN_EXE_tollgate"), folder.path())
            .env("TOLLGATE_SIGNIN__REGISTRATION", "open")
            .env("TOLLGATE_TRUSTED_PROXIES", "127.0.0.0/8")
            .env("TOLLGATE_LOG__LEVEL", "warn");
        if !campaign() {
            // As the attack is smaller, so is what sets off the guard.
            program = program
                .env("TOLLGATE_SIGNIN__ATTEMPTS__PER_NETWORK", "5")
                .env("TOLLGATE_SIGNIN__ATTEMPTS__IN_ALL", "10");
        }
        let server = program.start(&["serve"]).await;
        Visitor::new(&server, "ann").await;
        let mut ann = Person {
            client: Client::new(),
            url: format!("{}/api/v1/session", server.url()),
            device: String::new(),
        };
        let opened: Value = ann.sign_in("192.0.2.7").await.json().await.unwrap();
        ann.device = opened["device_token"].as_str().unwrap().into();
        Self {
            server,
            folder,
            ann,
        }
    }

    /// Attack, with the names and addresses of each try.
    async fn attacked(
        &self,
        tries: usize,
        of: impl Fn(usize) -> (String, String) + Clone + Send + 'static,
    ) -> Outcome {
        let next = Arc::new(AtomicUsize::new(0));
        let mut attackers = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (next, of, somebody) = (next.clone(), of.clone(), self.ann.clone());
            attackers.spawn(async move {
                let (mut looked_at, mut refusals) = (0, Vec::new());
                loop {
                    let nth = next.fetch_add(1, Relaxed);
                    if nth >= tries {
                        return (looked_at, refusals);
                    }
                    let (login, from) = of(nth);
                    let begun = Instant::now();
                    let guess = somebody.ask(&login, "a wrong phrase", &from);
                    match guess.send().await.unwrap().status() {
                        StatusCode::UNAUTHORIZED => looked_at += 1,
                        StatusCode::TOO_MANY_REQUESTS => refusals.push(begun.elapsed()),
                        other => panic!("{other}"),
                    }
                }
            });
        }
        let over = Arc::new(AtomicBool::new(false));
        let (ann, ends) = (self.ann.clone(), over.clone());
        let mut visits = JoinSet::new();
        visits.spawn(async move {
            let mut good = Vec::new();
            while !ends.load(Relaxed) {
                let begun = Instant::now();
                // Away from home, on the device that is known.
                ann.sign_in(&format!("203.0.113.{}", good.len() % 250))
                    .await;
                good.push(begun.elapsed());
            }
            good
        });
        let (mut looked_at, mut refusals) = (0, Vec::new());
        for (looked, slow) in attackers.join_all().await {
            looked_at += looked;
            refusals.extend(slow);
        }
        over.store(true, Relaxed);
        Outcome {
            tries,
            looked_at,
            refusals,
            good: visits.join_all().await.concat(),
        }
    }

    /// What the attack left behind: bounded, and no fault.
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    async fn ended(mut self, mut outcome: Outcome, what: &str) {
        no_fault(&self.server).await;
        self.server.terminate().await;
        let data = self.folder.path().join("tollgate-data");
        let files = fs::read_dir(&data).unwrap();
        let sizes = files.map(|file| file.unwrap().metadata().unwrap().len());
        let size: u64 = sizes.sum();
        let url = format!("sqlite://{}/tollgate.db", data.display());
        let db = Db::open(Settings::new(url.into())).await.unwrap();
        let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM events WHERE kind <> 'session.opened'";
        let events: i64 = db.one(sql, Vec::new()).await.unwrap().get("n").unwrap();
        let (good, refused) = (p95(&mut outcome.good), p95(&mut outcome.refusals));
        let Outcome {
            tries, looked_at, ..
        } = outcome;
        tell(format_args!(
            "fault:F23 {what}: {looked_at} of {tries} looked at; p95 of refusals {refused:?}, \
             of {} good sign-ins {good:?}; {events} events, {:.1} MB",
            outcome.good.len(),
            size as f64 / 1e6
        ));
        assert!(looked_at <= tries / 20, "{looked_at} of {tries}");
        // Of a few the slowest is the one before the guard was up.
        assert!(!campaign() || good <= Duration::from_secs(1), "{good:?}");
        assert!(events <= 1_000, "{events} events");
        assert!(size <= 20 * MB, "{size} bytes");
    }
}

impl Person {
    fn ask(&self, login: &str, password: &str, from: &str) -> RequestBuilder {
        let body = json!({
            "login": login, "password": password, "mode": "token", "remember_device": true,
        });
        let request = self.client.post(&self.url).json(&body);
        request.header("x-forwarded-for", from)
    }

    /// They get in.
    async fn sign_in(&self, from: &str) -> Response {
        let request = self.ask(ANN, PASSWORD, from);
        let request = request.header("tollgate-device", &self.device);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer
    }
}

fn p95(times: &mut [Duration]) -> Duration {
    times.sort();
    times
        .get(times.len() * 95 / 100)
        .copied()
        .unwrap_or_default()
}

fn tries() -> usize {
    if campaign() { 100_000 } else { 1_000 }
}

/// One of ten thousand addresses, in 512 networks.
fn address(nth: usize) -> String {
    let (network, host) = (nth % 512, nth / 512 % 20);
    format!("198.{}.{}.{}", 18 + network / 256, network % 256, host + 1)
}

/// fault:F23, vuln:89
#[tokio::test(flavor = "multi_thread")]
async fn one_account_is_guessed_at_ten_times_from_wherever() {
    const NAMES: [&str; 4] = [
        ANN,
        "ANN@example.org",
        " ann@EXAMPLE.org ",
        "Ann@Example.ORG",
    ];
    let house = House::start().await;
    let spelled = |nth: usize| (NAMES[nth % NAMES.len()].to_owned(), address(nth));
    let outcome = house.attacked(tries(), spelled).await;
    assert!(outcome.looked_at <= 10, "{}", outcome.looked_at);
    house.ended(outcome, "one account").await;
}

/// fault:F23
#[tokio::test(flavor = "multi_thread")]
async fn one_network_is_shut_whichever_accounts_it_tries() {
    let house = House::start().await;
    let many = |nth| (format!("person{nth}"), format!("198.18.0.{}", nth % 250));
    let outcome = house.attacked(tries(), many).await;
    house.ended(outcome, "one network").await;
}

/// fault:F23: stuffing, whose rows are bounded as well.
#[tokio::test(flavor = "multi_thread")]
async fn many_accounts_from_many_networks_are_asked_for_work() {
    let house = House::start().await;
    let many = |nth| (format!("person{nth}"), address(nth));
    let outcome = house.attacked(tries(), many).await;
    house.ended(outcome, "10,000 addresses").await;
}
