//! fault:F40 — many act at once on one account, and chance delays them between
//! any read and any write: whatever the order, the outcome is one that a simple
//! model allows. A seed that fails fails again.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};

use tokio::task::JoinSet;
use tollgate_base::{
    ExposeSecret, Result, SecretString,
    access::Principal,
    fail::{FailPoints, Moment},
    id::UserId,
    identifier::Email,
};
use tollgate_flows::{
    Applicant, ClientProfile, Credentials, Ctx, Opening,
    admit::{self, Credential, Place},
    password::{self, ResetPassword},
    refresh::{self, Refresh},
    signin::{self, SignIn, Step},
    signout,
    signup::{self, SignUp},
};
use tollgate_testkit::{node::Node, services::campaign};

use crate::support::tell;

use super::model::{self, Act, Deed, Order};

const PASSWORD: &str = "correct horse battery";
const ACTORS: usize = 6;
const ACTS: usize = 5;
const NOBODY: &Principal = &Principal::Anonymous;

/// Numbers that follow from a seed (SplitMix64).
pub(super) struct Chance(AtomicU64);

impl Chance {
    fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    fn below(&self, most: u64) -> u64 {
        let mut mixed = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, SeqCst);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }
}

/// One account with its sessions, and what was done to it so far.
struct Stage {
    nodes: [Ctx; 2],
    login: String,
    reset: SecretString,
    accesses: Vec<SecretString>,
    /// Refresh tokens that anybody has seen, with their session.
    tokens: Mutex<Vec<(usize, SecretString)>>,
    ticks: AtomicU64,
    acts: Mutex<Vec<Act>>,
}

/// fault:F40, asvs:V15.4.2, vuln:17
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_order_is_one_that_the_model_allows() {
    let seeds = if campaign() { 10_000 } else { 100 };
    let delays = std::sync::Arc::new(Chance::new(0));
    let points = delays.clone();
    let node = Node::with(FailPoints::new(move |moment, _| {
        // A quarter of all moments last up to a third of a millisecond.
        if moment != Moment::Chore && points.below(4) == 0 {
            std::thread::sleep(Duration::from_micros(points.below(300)));
        }
    }))
    .await;
    let second = node.second().await;
    let (mut acts, mut won) = (0, 0);
    for seed in 0..seeds {
        delays.0.store(seed, SeqCst);
        let history = play(&node, &second, seed).await;
        acts += history.len();
        won += history.iter().filter(|act| act.outcome.is_ok()).count();
    }
    assert!(
        won > acts / 10,
        "only {won} of {acts} acts came to something"
    );
    tell(format_args!(
        "fault:F40 {seeds} seeds, {acts} acts at once on two nodes, {won} succeeded, all as the model allows"
    ));
}

async fn play(node: &Node, second: &Node, seed: u64) -> Vec<Act> {
    let stage = std::sync::Arc::new(Stage::set(node, second, seed).await);
    let mut crowd = JoinSet::new();
    for actor in 0..ACTORS {
        let (stage, chance) = (stage.clone(), Chance::new(seed << 8 | actor as u64));
        crowd.spawn(async move {
            for _ in 0..ACTS {
                let on = chance.below(2) as usize;
                let order = stage.pick(&chance);
                stage.act(on, order).await;
            }
        });
    }
    while let Some(outcome) = crowd.join_next().await {
        outcome.unwrap();
    }
    // Chores run too: unsealed events would be read again with each round.
    node.settle().await;
    second.follow().await;
    let acts = std::mem::take(&mut *stage.acts.lock().unwrap());
    let newest =
        model::check(&acts).unwrap_or_else(|fault| panic!("seed {seed}: {fault}\n{}", told(&acts)));
    stage.epilogue(&acts, &newest, seed).await;
    acts
}

impl Stage {
    async fn set(node: &Node, second: &Node, seed: u64) -> Self {
        let ctx = &node.ctx;
        let login = format!("ann{seed}@example.org");
        let user = sign_up(ctx, &login).await;
        let (mut accesses, mut tokens) = (Vec::new(), Vec::new());
        for session in 0..2 {
            let (access, refresh) = sign_in(ctx, &login, PASSWORD).await.unwrap();
            accesses.push(access);
            tokens.push((session, refresh));
        }
        let reset = password::reset_link(ctx, &Principal::Operator, user).await;
        Self {
            nodes: [ctx.clone(), second.ctx.clone()],
            login,
            reset: reset.unwrap().token,
            accesses,
            tokens: Mutex::new(tokens),
            ticks: AtomicU64::default(),
            acts: Mutex::default(),
        }
    }

    /// What to do next. Ends are rare, so that there is something to end.
    fn pick(&self, chance: &Chance) -> Order {
        let session = chance.below(2) as usize;
        match chance.below(16) {
            0 => Order::SignOut(session),
            1 => Order::Reset(format!("purple monkey dishwasher {}", chance.below(9))),
            2..6 => Order::Check(session),
            _ => {
                let tokens = self.tokens.lock().unwrap();
                let recent = chance.below(4.min(tokens.len() as u64)) as usize;
                let (session, token) = &tokens[tokens.len() - 1 - recent];
                Order::Renew(*session, token.expose_secret().to_owned())
            }
        }
    }

    async fn act(&self, on: usize, order: Order) {
        let ctx = &self.nodes[on];
        let began = self.ticks.fetch_add(1, SeqCst);
        let outcome = match &order {
            Order::Check(session) => self.who(ctx, *session).await.map(|_| Deed::Done),
            Order::SignOut(session) => match self.who(ctx, *session).await {
                Ok(who) => signout::signout(ctx, &who, ()).await.map(|()| Deed::Done),
                Err(refusal) => Err(refusal),
            },
            Order::Reset(new) => self.reset(ctx, new).await.map(|()| Deed::Done),
            Order::Renew(session, token) => match renew(ctx, token).await {
                Ok(next) => {
                    let mut tokens = self.tokens.lock().unwrap();
                    let text = next.expose_secret().to_owned();
                    if !tokens
                        .iter()
                        .any(|(_, known)| known.expose_secret() == text)
                    {
                        tokens.push((*session, next));
                    }
                    Ok(Deed::Next(text))
                }
                Err(refusal) => Err(refusal),
            },
        };
        let ended = self.ticks.fetch_add(1, SeqCst);
        let outcome = outcome.map_err(|refusal| refusal.code().name);
        self.acts.lock().unwrap().push(Act {
            on,
            order,
            began,
            ended,
            outcome,
        });
    }

    async fn who(&self, ctx: &Ctx, session: usize) -> Result<Principal> {
        let credential = Credential::Access(self.accesses[session].clone());
        admit::admit(ctx, NOBODY, (&credential, &Place::default())).await
    }

    async fn reset(&self, ctx: &Ctx, new: &str) -> Result<()> {
        let request = ResetPassword {
            token: self.reset.clone(),
            new: new.to_owned().into(),
            client: ClientProfile::NATIVE,
        };
        password::reset(ctx, NOBODY, request).await
    }

    /// The one password that works is the one that was set last, a session that
    /// nobody ended lives, and one that was ended is dead on both nodes.
    async fn epilogue(&self, acts: &[Act], newest: &[Option<String>], seed: u64) {
        let set = acts
            .iter()
            .find_map(|act| match (&act.order, &act.outcome) {
                (Order::Reset(new), Ok(_)) => Some(new.as_str()),
                _ => None,
            });
        let password = set.unwrap_or(PASSWORD);
        assert!(
            sign_in(&self.nodes[0], &self.login, password).await.is_ok(),
            "seed {seed}"
        );
        for (session, newest) in newest.iter().enumerate() {
            for ctx in &self.nodes {
                let lives = self.who(ctx, session).await.is_ok();
                assert_eq!(
                    lives,
                    newest.is_some(),
                    "seed {seed}: session {session}\n{}",
                    told(acts)
                );
            }
            if let Some(token) = newest {
                let token = if token.is_empty() {
                    self.first(session)
                } else {
                    token.clone()
                };
                assert!(
                    renew(&self.nodes[1], &token).await.is_ok(),
                    "seed {seed}\n{acts:#?}"
                );
            }
        }
    }

    fn first(&self, session: usize) -> String {
        let tokens = self.tokens.lock().unwrap();
        let first = tokens.iter().find(|(of, _)| *of == session).unwrap();
        first.1.expose_secret().to_owned()
    }
}

async fn sign_up(ctx: &Ctx, email: &str) -> UserId {
    let applicant = Applicant {
        email: Some(Email::parse(email).unwrap()),
        username: None,
        display_name: None,
        password: Some(PASSWORD.to_owned().into()),
    };
    let request = SignUp {
        applicant,
        address: None,
        locale: None,
        client: ClientProfile::NATIVE,
    };
    signup::signup(ctx, NOBODY, request)
        .await
        .unwrap()
        .account
        .id
}

async fn sign_in(ctx: &Ctx, login: &str, password: &str) -> Result<(SecretString, SecretString)> {
    let request = SignIn {
        login: login.into(),
        password: password.to_owned().into(),
        device: tollgate_flows::UserAgent::default(),
        address: None,
        opening: Opening::Tokens { remember: true },
        client: ClientProfile::NATIVE,
    };
    let Step::Done(signed_in) = signin::signin(ctx, NOBODY, request).await? else {
        panic!("nobody here has a second factor");
    };
    match signed_in.credentials {
        Credentials::Tokens {
            access, refresh, ..
        } => Ok((access, refresh)),
        Credentials::Cookie { .. } => panic!("tokens were asked for"),
    }
}

async fn renew(ctx: &Ctx, token: &str) -> Result<SecretString> {
    let request = Refresh {
        token: token.to_owned().into(),
        place: Place::default(),
    };
    match refresh::refresh(ctx, NOBODY, request).await? {
        Credentials::Tokens { refresh, .. } => Ok(refresh),
        Credentials::Cookie { .. } => panic!("a refresh token is never exchanged for a cookie"),
    }
}

/// One act a line, as they began.
fn told(acts: &[Act]) -> String {
    let mut acts: Vec<&Act> = acts.iter().collect();
    acts.sort_by_key(|act| act.began);
    let lines: Vec<String> = acts.iter().map(|act| format!("{act:?}")).collect();
    lines.join("\n")
}
